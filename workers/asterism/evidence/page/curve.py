"""How soon the order of architectures shows: the learning curve's points against the end."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

import numpy as np

from asterism.evidence.page.markdown import with_interval
from asterism.evidence.statistics import table
from asterism.evidence.statistics.agreement import LEAST
from asterism.evidence.statistics.ranks import estimate, resamples, signs, tau

_EARLY = (0.25, 0.5)


def sentence(runs: Sequence[table.Run]) -> str:
    """τ of Q on the way with Q at the end, over architectures; empty where there are too few."""
    ends = _at(runs, 1)
    if len(ends) < LEAST:
        return ""
    found = []
    for fraction in _EARLY:
        points = _at(runs, fraction)
        if points.keys() == ends.keys():
            order = tau(
                signs([mean(points[name]) for name in ends]),
                signs([mean(ends[name]) for name in ends]),
                resamples(len(ends)),
            )
            found.append(f"{with_interval(estimate(np.asarray(order)))} at {fraction:.0%}")
    if not found:
        return ""
    return (
        f"Kendall's τ of Q on the way with Q at the end, n = {len(ends)} architectures: {', '.join(found)} "
        "of the tokens. These points are averaged weights of the same run, not annealed."
    )


def _at(runs: Sequence[table.Run], fraction: float) -> dict[str, list[float]]:
    def read(run: table.Run) -> float | None:
        points = [point["quality"] for point in run["outcome"]["curve"] if point["fraction"] == fraction]
        return points[0] if points else None

    return table.grouped(runs, read)
