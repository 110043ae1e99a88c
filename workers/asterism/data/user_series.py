"""A user's series of numbers. Many series are split by the hash of their values; few are each cut in time, so
that training never sees what comes later.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from asterism.data.splits import SPLITS, Split, in_split
from asterism.data.user_data import examples
from asterism.errors import Refused

LEAST = 4
"""Scored windows that every split needs; libs/search/datasets/facts.ts says the same."""
MANY = 30
"""From so many different series on, whole series are split by their hash."""
LENGTHS = (128, 64, 32)
# Where fewer are cut: the first part trains, then what the engine sees, then what only confirming opens.
_PARTS: dict[Split, tuple[float, float]] = {"train": (0, 0.6), "select": (0.6, 0.8), "report": (0.8, 1)}


def _values(found: Mapping[str, Any], where: str) -> tuple[float, ...]:
    values = found.get("values")
    if not isinstance(values, list) or not all(type(each) in (int, float) for each in values):
        raise Refused(f"{where}, field values: allowed: a list of numbers")
    # -0 becomes 0: equal numbers have equal hashes.
    numbers = tuple(float(each) + 0.0 for each in values)
    if not all(math.isfinite(each) for each in numbers):
        raise Refused(f"{where}, field values: a number is not finite")
    return numbers


def _key(values: tuple[float, ...]) -> str:
    return struct.pack(f">{len(values)}d", *values).hex()


def windows(points: int, length: int) -> int:
    """Scored windows of so many points, at half a row apart: only second halves are scored, so none of them
    overlaps.
    """
    steps = length - 1
    return 0 if points < steps else 1 + (points - steps) // (length // 2)


class SeriesSet:
    """Different series of a dataset."""

    def __init__(self, path: Path) -> None:
        every = dict.fromkeys(_values(found, where) for found, where in examples(path))
        self._series = [np.array(values) for values in every]
        self._keys = [_key(values) for values in every]

    def parts(self, split: Split) -> tuple[np.ndarray, ...]:
        """What of the series belongs to a split."""
        if len(self._series) >= MANY:
            return tuple(
                each for each, key in zip(self._series, self._keys, strict=True) if in_split(key, split)
            )
        low, high = _PARTS[split]
        return tuple(each[int(low * len(each)) : int(high * len(each))] for each in self._series)

    def counts(self, length: int) -> dict[Split, int]:
        """Scored windows that every split has."""
        return {split: sum(windows(len(part), length) for part in self.parts(split)) for split in SPLITS}

    def row_length(self, limit: int) -> int:
        """The longest row of which every split has windows enough, else the shortest."""
        allowed = [length for length in LENGTHS if length <= limit]
        fitting = (length for length in allowed if min(self.counts(length).values()) >= LEAST)
        return next(fitting, allowed[-1])

    def check(self, name: str, length: int) -> None:
        """Refuse a set that leaves a split too small to say anything."""
        counts = self.counts(length)
        if min(counts.values()) < LEAST:
            said = ", ".join(f"{count} to {split}" for split, count in counts.items())
            raise Refused(f"dataset {name}: windows of {length - 1} points: {said}; needed: {LEAST} in each")


@lru_cache(maxsize=8)
def open_series(path: Path) -> SeriesSet:
    """The set at `path`, kept for the process: artifacts never change."""
    return SeriesSet(path)
