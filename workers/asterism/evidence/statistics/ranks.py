"""Do two numbers put the same things in the same order? Kendall's τ-b, its test, and pairs decided rightly.

Everything is computed from signs of differences of pairs, so a resample is a weight per thing: copies of one
thing are no pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

RESAMPLES = 2000
_SEED = 11
_PERCENTILES = (2.5, 97.5)

# Shapes: N things, K columns of weights: column 0 counts each once, the rest are resamples.


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A value with the 95 % interval of a bootstrap over the things; None where no resample had a value."""

    value: float
    low: float
    high: float


def signs(values: Sequence[float] | np.ndarray) -> np.ndarray:
    """[N, N] sign of every difference."""
    array = np.asarray(values, dtype=float)
    return np.sign(array[:, None] - array[None, :])


def resamples(things: int) -> np.ndarray:
    """[N, 1 + RESAMPLES] how often each counts; the same for every number, so differences are paired."""
    drawn = np.random.default_rng(_SEED).multinomial(things, np.full(things, 1 / things), size=RESAMPLES)
    return np.concatenate([np.ones((1, things)), drawn]).T


def _sum(pairs_NN: np.ndarray, weights_NK: np.ndarray) -> np.ndarray:
    return (weights_NK * (pairs_NN @ weights_NK)).sum(0)


def tau(x: np.ndarray, y: np.ndarray, weights_NK: np.ndarray) -> np.ndarray:
    """τ-b of every column from two matrices of signs; NaN where one of them is all ties."""
    ties = _sum(np.abs(x), weights_NK) * _sum(np.abs(y), weights_NK)
    return _ratio(_sum(x * y, weights_NK), np.sqrt(ties))


def decided(x: np.ndarray, y: np.ndarray, pairs: np.ndarray, weights_NK: np.ndarray) -> np.ndarray:
    """Share of the pairs in which `x` names the better one by `y`; a tie of `x` is half right."""
    asked = pairs & (y != 0)
    return _ratio(_sum(asked * (1 + x * y) / 2, weights_NK), _sum(asked, weights_NK))


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.full_like(above, np.nan, dtype=float), where=below > 0)


def estimate(values_K: np.ndarray) -> Estimate | None:
    """Column 0 with percentiles of the resamples that have a value."""
    rest = values_K[1:][~np.isnan(values_K[1:])]
    if np.isnan(values_K[0]) or not len(rest):
        return None
    low, high = np.percentile(rest, _PERCENTILES)
    value = float(values_K[0])
    return Estimate(value=value, low=min(value, float(low)), high=max(value, float(high)))


def p_value(x: Sequence[float] | np.ndarray, y: Sequence[float] | np.ndarray) -> float:
    """Two-sided, that two orders have nothing to do with each other: Kendall's normal approximation with
    his correction for ties.
    """
    n = len(x)
    score = float((signs(x) * signs(y)).sum() / 2)
    variance = _variance(n, _ties(x), _ties(y))
    return 1.0 if variance <= 0 else 2 * (1 - NormalDist().cdf(abs(score) / variance**0.5))


def _ties(values: Sequence[float] | np.ndarray) -> np.ndarray:
    return np.unique(np.asarray(values, dtype=float), return_counts=True)[1].astype(float)


def _variance(n: int, x: np.ndarray, y: np.ndarray) -> float:
    """Of the number of agreeing less disagreeing pairs (Kendall, Rank Correlation Methods, ch. 4)."""

    def plain(t: np.ndarray | float) -> float:
        return float(np.sum(t * (np.asarray(t) - 1) * (2 * np.asarray(t) + 5)))

    def pairs(t: np.ndarray) -> float:
        return float((t * (t - 1)).sum())

    def triples(t: np.ndarray) -> float:
        return float((t * (t - 1) * (t - 2)).sum())

    found = (plain(float(n)) - plain(x) - plain(y)) / 18
    if n > 1:
        found += pairs(x) * pairs(y) / (2 * n * (n - 1))
    return found + (triples(x) * triples(y) / (9 * n * (n - 1) * (n - 2)) if n > 2 else 0)


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values of many questions asked at once, by Holm's steps down."""
    order = sorted(range(len(p_values)), key=lambda at: p_values[at])
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, at in enumerate(order):
        highest = max(highest, min(1.0, p_values[at] * (len(p_values) - rank)))
        adjusted[at] = highest
    return adjusted
