"""How well a number at one tier foretells quality at the next, on architectures that no weight was made from.

Four questions: Kendall's τ; of all pairs, how many are decided rightly; of those that differ at the upper
tier by more than two standard errors; of those within its better half.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from asterism.evidence.statistics.ranks import (
    Estimate,
    decided,
    estimate,
    holm,
    p_value,
    resamples,
    signs,
    tau,
)

DRAWS = 1000
_SEED = 13
LEAST = 3
QUESTIONS = ("τ", "pairs", "pairs beyond 2σ", "pairs in the top half")

# Shapes: N architectures, D draws.


@dataclass(frozen=True, kw_only=True)
class Tier:
    """One number of every architecture: means over their runs, the number of runs, σ of one run if known.
    `upper`: what that σ is below with 80 % certainty.
    """

    values: np.ndarray
    runs: np.ndarray
    sigma: float | None
    upper: float | None = None

    def noisier(self) -> Tier:
        """The same numbers if σ were at its upper bound."""
        return replace(self, sigma=self.upper)


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """Answers in the order of QUESTIONS; None where there was nothing to decide."""

    architectures: int
    answers: tuple[Estimate | None, ...]
    pairs: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """A task of the lower tier against quality at the upper one; `p` is corrected for all tasks asked."""

    id: str
    family: str
    tau: Estimate | None
    p: float


def differing(target: Tier) -> np.ndarray:
    """[N, N] pairs more than two standard errors apart; none where σ is unknown."""
    if target.sigma is None:
        return np.zeros((len(target.values), len(target.values)), dtype=bool)
    error = target.sigma * np.sqrt(1 / target.runs[:, None] + 1 / target.runs[None, :])
    return np.abs(target.values[:, None] - target.values[None, :]) > 2 * error


def upper_half(target: Tier) -> np.ndarray:
    """[N, N] pairs of which both are at or above the median."""
    above = target.values >= np.median(target.values)
    return above[:, None] & above[None, :]


def agreement(source: np.ndarray, target: Tier) -> Agreement | None:
    """None below three architectures, where an order says nothing."""
    if len(source) < LEAST:
        return None
    masks, x, y = _masks(target), signs(source), signs(target.values)
    columns = _answers(x, y, masks, resamples(len(source)))
    pairs = tuple(int((mask & (y != 0)).sum() // 2) for mask in masks)
    return Agreement(
        architectures=len(source),
        answers=tuple(estimate(each) for each in columns),
        pairs=(pairs[0], *pairs),
    )


def advantage(source: np.ndarray, rival: np.ndarray, target: Tier) -> Estimate | None:
    """τ of `source` less τ of `rival`, over the same resamples."""
    if len(source) < LEAST:
        return None
    weights, y = resamples(len(source)), signs(target.values)
    return estimate(tau(signs(source), y, weights) - tau(signs(rival), y, weights))


def _masks(target: Tier) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    every = np.ones((len(target.values), len(target.values)), dtype=bool)
    return every, differing(target), upper_half(target)


def _answers(
    x: np.ndarray, y: np.ndarray, masks: Sequence[np.ndarray], weights_NK: np.ndarray
) -> list[np.ndarray]:
    return [tau(x, y, weights_NK), *(decided(x, y, mask, weights_NK) for mask in masks)]


def without_noise(tier: Tier) -> np.ndarray:
    """Values drawn together until they spread as much as the measured ones do less their seed noise."""
    assert tier.sigma is not None
    measured = float(np.var(tier.values, ddof=1))
    noise = float(np.mean(tier.sigma**2 / tier.runs))
    scale = max(0.0, 1 - noise / measured) ** 0.5 if measured > 0 else 0.0
    return tier.values.mean() + scale * (tier.values - tier.values.mean())


def ceiling(source: Tier, target: Tier) -> tuple[Estimate | None, ...] | None:
    """What tiers with exactly the same true order would be measured to agree, given their seed noise: mean
    and 95 % of draws. None where a σ is unknown.
    """
    if len(source.values) < LEAST or source.sigma is None or target.sigma is None:
        return None
    random = np.random.default_rng(_SEED)
    truth_target = np.sort(without_noise(target))
    truth_source = np.sort(without_noise(source))
    # In true order the number of runs may follow either way: their mean is enough, they are nearly equal.
    errors = [each.sigma / np.sqrt(each.runs.mean()) for each in (source, target) if each.sigma is not None]
    drawn = []
    for _ in range(DRAWS):
        x = truth_source + random.normal(0, errors[0], len(truth_source))
        y = truth_target + random.normal(0, errors[1], len(truth_target))
        seen = Tier(values=y, runs=np.full(len(y), target.runs.mean()), sigma=target.sigma)
        drawn.append([each[0] for each in _answers(signs(x), signs(y), _masks(seen), np.ones((len(y), 1)))])
    return tuple(_of_draws(column) for column in np.array(drawn).T)


def _of_draws(values_D: np.ndarray) -> Estimate | None:
    known = values_D[~np.isnan(values_D)]
    return None if not len(known) else estimate(np.concatenate([[known.mean()], known]))


def predictions(tasks: Mapping[tuple[str, str], np.ndarray], target: Tier) -> list[Prediction]:
    """Every task, keyed (family, id), best first."""
    if len(target.values) < LEAST:
        return []
    weights, y = resamples(len(target.values)), signs(target.values)
    adjusted = holm([p_value(values, target.values) for values in tasks.values()])
    made = [
        Prediction(id=id, family=family, tau=estimate(tau(signs(values), y, weights)), p=p)
        for ((family, id), values), p in zip(tasks.items(), adjusted, strict=True)
    ]
    return sorted(made, key=lambda each: (-each.tau.value if each.tau else 1.0, each.id))
