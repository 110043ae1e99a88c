"""Signal-to-noise: how far architectures differ on a number, in seed standard deviations of one run.

With n seeds each and no difference at all the ratio is about 1/√n, not 0: the means carry seed noise too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asterism.evidence.statistics.noise import Groups

_RESAMPLES = 1000
_SEED = 7
_PERCENTILES = (2.5, 97.5)
# Committed runs are rounded to six digits: a σ below this says that no seed differs, not infinitely much.
RESOLUTION = 1e-4

# Shapes: A architectures, B resamples.


@dataclass(frozen=True, kw_only=True)
class Signal:
    """SD of the architectures' means ÷ σ, with the 95 % interval of a bootstrap over architectures."""

    ratio: float
    low: float
    high: float
    sigma: float
    spread: float
    architectures: int
    runs: int


def signal(groups: Groups) -> Signal | None:
    """None with fewer than two architectures, or where no architecture has two runs."""
    values = [np.asarray(each, dtype=float) for each in groups.values()]
    freedom_A = np.array([len(each) - 1 for each in values])
    if len(values) < 2 or not freedom_A.any():
        return None
    mean_A = np.array([each.mean() for each in values])
    squares_A = np.array([((each - each.mean()) ** 2).sum() for each in values])
    sigma, spread = float((squares_A.sum() / freedom_A.sum()) ** 0.5), float(mean_A.std(ddof=1))
    low, high = _interval(mean_A, squares_A, freedom_A)
    ratio = spread / max(sigma, RESOLUTION)
    return Signal(
        ratio=ratio,
        low=min(ratio, low),
        high=max(ratio, high),
        sigma=sigma,
        spread=spread,
        architectures=len(values),
        runs=int((freedom_A + 1).sum()),
    )


def _interval(mean_A: np.ndarray, squares_A: np.ndarray, freedom_A: np.ndarray) -> tuple[float, float]:
    count = len(mean_A)
    drawn_BA = np.random.default_rng(_SEED).integers(count, size=(_RESAMPLES, count))
    drawn_BA = drawn_BA[freedom_A[drawn_BA].any(1)]
    sigma_B = (squares_A[drawn_BA].sum(1) / freedom_A[drawn_BA].sum(1)) ** 0.5
    # A resample repeats architectures and so spreads less, by this on average.
    spread_B = mean_A[drawn_BA].std(1, ddof=1) * (count / (count - 1)) ** 0.5
    low, high = np.percentile(spread_B / np.maximum(sigma_B, RESOLUTION), _PERCENTILES)
    return float(low), float(high)
