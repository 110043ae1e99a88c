"""Percentiles of grouped samples with a bootstrap interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 400


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A percentile and its 95 % interval, in the unit of the samples."""

    value: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half the interval's width, relative to the value."""
        return (self.high - self.low) / 2 / self.value


def percentile(blocks: Sequence[Sequence[float]], q: float, *, seed: int = 0) -> Estimate:
    """Percentile q (0..100) over all samples; interval by resampling blocks, then samples inside each block.

    Tokens of one visit share whatever the machine was doing then, so visits are drawn first (Davison &
    Hinkley §3.8).
    """
    assert blocks and all(len(block) for block in blocks)
    rng = np.random.default_rng(seed)
    arrays = [np.asarray(block, dtype=np.float64) for block in blocks]
    value = float(np.percentile(np.concatenate(arrays), q))
    draws = np.empty(RESAMPLES)
    for i in range(RESAMPLES):
        chosen = rng.integers(0, len(arrays), size=len(arrays))
        resampled = [arrays[j][rng.integers(0, len(arrays[j]), size=len(arrays[j]))] for j in chosen]
        draws[i] = np.percentile(np.concatenate(resampled), q)
    low, high = np.percentile(draws, [2.5, 97.5])
    # The percentile of all samples can fall outside a bootstrap of few visits; an interval must hold its
    # own value.
    return Estimate(value=value, low=min(float(low), value), high=max(float(high), value))
