"""Real series that ship inside statsmodels, each cut in time: training never sees what is scored."""

from __future__ import annotations

from functools import cache

import numpy as np

from asterism.data.packaged import packaged_file
from asterism.data.splits import Split

# The first part trains; the two later ones are what the engine sees and what only confirming opens.
_PARTS: dict[Split, tuple[float, float]] = {"train": (0, 0.6), "select": (0.6, 0.8), "report": (0.8, 1)}


def _columns(name: str) -> np.ndarray:
    """[rows, columns] numbers of a dataset; what is missing is not a number."""
    path = packaged_file("statsmodels", "statsmodels", f"datasets/{name}/{name}.csv", "task ts_real")
    return np.genfromtxt(path, delimiter=",", skip_header=1)


def whole_series() -> list[np.ndarray]:
    """The three below, undivided."""
    sunspots, weekly, months = (_columns(name) for name in ("sunspots", "co2", "elnino"))
    carbon = weekly[:, 1]
    there = np.flatnonzero(~np.isnan(carbon))
    whole = np.interp(np.arange(len(carbon)), there, carbon[there])
    return [sunspots[:, 1], whole[::4], months[:, 1:].reshape(-1)]


@cache
def real_series(split: Split) -> tuple[np.ndarray, ...]:
    """Yearly sunspots, CO₂ every four weeks, monthly sea surface temperatures: the part of each that is
    `split`'s.

    The Nile's hundred years are too few for three parts.
    """
    low, high = _PARTS[split]
    return tuple(
        np.asarray(each[int(low * len(each)) : int(high * len(each))], dtype=np.float64)
        for each in whole_series()
    )
