"""Which tasks of a suite weigh how much in the weighted quality, and why.

Weight ∝ min(1, SNR / 2). Dropped: a ratio below 1, and tasks that nearly every architecture solves or
nearly none begins. A family keeps its three best of what is not dropped for the second reason, so that a
family of several such tasks does not rest on one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean

from asterism.evidence.statistics.noise import Groups
from asterism.evidence.statistics.signal import Signal, signal

FULL, LEAST = 2.0, 1.0
SOLVED, UNTOUCHED, MOST = 0.98, 0.03, 0.9
KEPT_A_FAMILY = 3


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A task's scores on the reference set, clipped as in quality. `error` where a run could not score it;
    `counts` is false for what quality does not read.
    """

    id: str
    family: str
    groups: Groups
    counts: bool = True
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """A decision with its reason; what weighs 0 is still reported. `flat`: solved or untouched by nearly all,
    or not scored, so that its ratio says nothing.
    """

    id: str
    family: str
    signal: Signal | None
    weight: float
    reason: str
    rescuable: bool = False
    flat: bool = False

    @property
    def tells(self) -> bool:
        """Whether it tells architectures apart beyond the noise, read by quality or not."""
        return not self.flat and self.signal is not None and self.signal.ratio >= LEAST

    @property
    def kept(self) -> bool:
        """Whether the weighted quality reads it."""
        return self.weight > 0


def weigh(tasks: Sequence[Measured]) -> list[Weighed]:
    """Decisions in the order of the tasks."""
    return _three_a_family([_alone(task) for task in tasks])


def _alone(task: Measured) -> Weighed:
    found, flat = signal(task.groups), _flat(task)
    dropped = flat or (None if task.counts else "not in quality: scored only")
    if dropped is not None or found is None:
        reason = dropped or "no σ: no architecture has two seeds"
        return Weighed(
            id=task.id, family=task.family, signal=found, weight=0, reason=reason, flat=flat is not None
        )
    if found.ratio < LEAST:
        return Weighed(
            id=task.id,
            family=task.family,
            signal=found,
            weight=0,
            reason=f"signal-to-noise {found.ratio:.2f} < {LEAST:g}",
            rescuable=found.spread > 0,
        )
    reason = "full weight" if found.ratio >= FULL else f"weight {found.ratio:.2f} / {FULL:g}"
    return Weighed(
        id=task.id, family=task.family, signal=found, weight=min(1.0, found.ratio / FULL), reason=reason
    )


def _flat(task: Measured) -> str | None:
    """Why a task says nothing, whatever its ratio."""
    if task.error:
        return f"not scored: {task.error}"
    means = [mean(values) for values in task.groups.values()]
    solved = sum(value > SOLVED for value in means)
    untouched = sum(value < UNTOUCHED for value in means)
    if means and solved > MOST * len(means):
        return f"{solved} of {len(means)} architectures above {SOLVED:g}"
    if means and untouched > MOST * len(means):
        return f"{untouched} of {len(means)} architectures below {UNTOUCHED:g}"
    return None


def _three_a_family(weighed: Sequence[Weighed]) -> list[Weighed]:
    kept: Mapping[str, int] = {
        family: sum(task.kept for task in weighed if task.family == family)
        for family in {task.family for task in weighed}
    }
    rescued: set[str] = set()
    for family, count in kept.items():
        below = [task for task in weighed if task.family == family and task.rescuable and task.signal]
        below.sort(key=lambda task: -task.signal.ratio if task.signal else 0.0)
        rescued |= {task.id for task in below[: max(0, KEPT_A_FAMILY - count)]}
    return [_rescue(task) if task.id in rescued else task for task in weighed]


def _rescue(task: Weighed) -> Weighed:
    assert task.signal is not None
    return replace(
        task,
        weight=task.signal.ratio / FULL,
        reason=f"{task.reason}; kept: the family has fewer than {KEPT_A_FAMILY} others",
    )
