"""Training noise: what another seed changes, pooled over architectures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, mean, stdev

Groups = Mapping[str, Sequence[float]]
"""One number of every run, by architecture."""

UPPER = 0.8


@dataclass(frozen=True, kw_only=True)
class Noise:
    """σ between seeds with the upper 80 % bound that its degrees of freedom leave."""

    sigma: float
    upper: float
    freedom: int


def pooled_sigma(groups: Groups) -> float | None:
    """Seed standard deviation pooled over architectures with at least two runs."""
    found = noise(groups)
    return None if found is None else found.sigma


def noise(groups: Groups) -> Noise | None:
    """None where no architecture has two runs."""
    several = [values for values in groups.values() if len(values) > 1]
    freedom = sum(len(values) - 1 for values in several)
    if not freedom:
        return None
    squares = sum(stdev(values) ** 2 * (len(values) - 1) for values in several)
    sigma = (squares / freedom) ** 0.5
    return Noise(
        sigma=sigma, upper=(squares / chi_squared_quantile(1 - UPPER, freedom)) ** 0.5, freedom=freedom
    )


def chi_squared_quantile(share: float, freedom: int) -> float:
    """Wilson and Hilferty's cube of a normal; within 2 % of the exact one at share .2 and any freedom ≥ 2,
    12 % at 1.
    """
    part = 2 / (9 * freedom)
    return freedom * (1 - part + NormalDist().inv_cdf(share) * part**0.5) ** 3


def spread(groups: Groups) -> float | None:
    """Standard deviation of the architectures' means."""
    means = [mean(values) for values in groups.values()]
    return stdev(means) if len(means) > 1 else None


def groups_in_order(groups: Groups, sigma: float) -> list[list[str]]:
    """Best first; one joins the group above while two standard errors cover the gap to that group's best."""
    order = sorted(groups, key=lambda name: -mean(groups[name]))
    made: list[list[str]] = []
    for name in order:
        if made:
            best = made[-1][0]
            error = sigma * (1 / len(groups[name]) + 1 / len(groups[best])) ** 0.5
            if mean(groups[best]) - mean(groups[name]) <= 2 * error:
                made[-1].append(name)
                continue
        made.append([name])
    return made
