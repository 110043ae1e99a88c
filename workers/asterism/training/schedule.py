"""The learning rate over a training, and where its rungs branch off.

Asked for its whole budget alone, a training warms up, keeps its rate, and lets it fall to 0 over the last
30 %. Asked for rungs, it keeps one trunk at the constant rate; at each rung a branch, a copy of weights and
optimiser, falls to 0 over an eighth more tokens, is scored and is dropped. So rungs are annealed alike and
compare, and the trunk can go on later to a larger rung as if it had never stopped (warm-up–stable–decay,
arXiv 2404.06395).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from asterism.errors import Refused

WARM_UP = 40
DECAY_SHARE = 0.3
BRANCH_SHARE = 0.125
"""Steps of a branch, as a share of the trunk's steps before it."""
WHOLE = (1.0,)


@dataclass(frozen=True, kw_only=True)
class Branch:
    """Steps start … stop - 1: the trunk's weights after `start` steps, annealed on the rows that follow."""

    fraction: float
    start: int
    stop: int

    @property
    def steps(self) -> int:
        return self.stop - self.start


def branches(rungs: Sequence[float], steps: int) -> tuple[Branch, ...]:
    """The branches of a training of at most `steps` steps; none where only the whole budget is asked for."""
    if tuple(rungs) == WHOLE:
        return ()
    starts = [max(1, round(fraction * steps)) for fraction in rungs]
    rising = all(a < b for a, b in zip(starts, starts[1:], strict=False))
    if not rungs or not rising or not all(0 < fraction <= 1 for fraction in rungs):
        raise Refused(
            f"rungs {list(rungs)}: fractions above 0, up to 1, rising, a step of {steps} or more apart"
        )
    return tuple(
        Branch(fraction=float(fraction), start=start, stop=start + max(1, round(BRANCH_SHARE * start)))
        for fraction, start in zip(rungs, starts, strict=True)
    )


def _warm(step: int, steps: int) -> float:
    return min(1.0, (step + 1) / min(WARM_UP, max(1, steps // 4)))


def factor(step: int, steps: int) -> float:
    """Share of the rate at step 0, 1, …: warm-up, constant, linear to 0 over the last 30 %."""
    return min(_warm(step, steps), (steps - step) / (DECAY_SHARE * steps))


def decaying(step: int, steps: int) -> bool:
    """Whether the rate is falling at this step."""
    return steps - step < DECAY_SHARE * steps


def trunk_factor(step: int, steps: int) -> float:
    """Share of the rate on the trunk: warm-up, then constant."""
    return _warm(step, steps)


def branch_factor(step: int, steps: int, branch: Branch) -> float:
    """Share of the rate in a branch: linear to 0."""
    return min(_warm(step, steps), (branch.stop - step) / branch.steps)
