"""The timing protocol: a candidate between two yardsticks, forwards and backwards, until the interval is
narrow or time is up.

One round is `conv, candidate, attention | attention, candidate, conv` (ABBA with two anchors), so a slow
drift of the machine falls on all three alike. Every sample is kept with wall and CPU time. Method:
docs/architecture.md, "profiles".
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

WARM_UP_TOLERANCE = 0.02
WARM_UP_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One prefill, or one decoded token: wall and CPU time in nanoseconds."""

    wall_ns: int
    cpu_ns: int


Visit = Mapping[str, Sequence[Sample]]  # phase → its samples


class Subject(Protocol):
    """Something that is timed: the candidate or a yardstick."""

    @property
    def name(self) -> str: ...

    @property
    def phases(self) -> Sequence[str]: ...

    def run(self, phase: str, samples: int | None = None) -> list[Sample]:
        """Time one visit to a phase; `samples` shortens it (warm-up)."""
        ...


@dataclass(frozen=True, kw_only=True)
class WarmUp:
    """How a phase settled before it was measured."""

    settled: bool
    windows_ms: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Half:
    """Half a round: each subject visited once. `visits` maps subject name to its samples per phase."""

    order: tuple[str, ...]
    visits: Mapping[str, Visit]


@dataclass(frozen=True, kw_only=True)
class Record:
    """All that was measured, before any statistics."""

    warm_up: Mapping[str, Mapping[str, WarmUp]]
    halves: Sequence[Half] = field(default_factory=tuple)
    capped: bool = False


def timed(work: Callable[[], object]) -> Sample:
    """Run once and take both clocks.

    The thread's CPU clock, not the process's: under RLIMIT_CPU Linux answers the latter at the grain of a
    tick, 4 ms or more (kernel/time/posix-cpu-timers.c), and a profile has only this thread.
    """
    wall, cpu = time.perf_counter_ns(), time.thread_time_ns()
    work()
    return Sample(wall_ns=time.perf_counter_ns() - wall, cpu_ns=time.thread_time_ns() - cpu)


def median_ms(samples: Sequence[Sample]) -> float:
    """Median CPU milliseconds."""
    return float(np.median([sample.cpu_ns for sample in samples])) / 1e6


def warm_up(subject: Subject, phase: str, *, seconds: float = WARM_UP_SECONDS) -> WarmUp:
    """Repeat short visits until two windows in a row agree within 2 %, or the time is up."""
    windows = [median_ms(subject.run(phase, 4))]
    end = time.process_time() + seconds
    while time.process_time() < end:
        windows.append(median_ms(subject.run(phase, 4)))
        if abs(windows[-1] / windows[-2] - 1) <= WARM_UP_TOLERANCE:
            return WarmUp(settled=True, windows_ms=tuple(windows))
    return WarmUp(settled=False, windows_ms=tuple(windows))


def visit(subject: Subject) -> Visit:
    """Run all phases of a subject once."""
    return {phase: subject.run(phase) for phase in subject.phases}


def _halves(candidate: Subject, yardsticks: Sequence[Subject]) -> Iterator[Half]:
    first, last = yardsticks
    while True:
        for order in ((first, candidate, last), (last, candidate, first)):
            yield Half(
                order=tuple(subject.name for subject in order),
                visits={subject.name: visit(subject) for subject in order},
            )


def interleave(
    candidate: Subject,
    yardsticks: Sequence[Subject],
    *,
    rounds: int,
    cpu_seconds: float,
    on_half: Callable[[int, int], None] = lambda done, total: None,
) -> Record:
    """Warm every phase up, then measure `rounds` rounds.

    The CPU time cap ends it early, never before one whole round.
    """
    end = time.process_time() + cpu_seconds
    subjects = [candidate, *yardsticks]
    warm = {s.name: {phase: warm_up(s, phase) for phase in s.phases} for s in subjects}
    halves: list[Half] = []
    for half in _halves(candidate, yardsticks):
        halves.append(half)
        on_half(len(halves), 2 * rounds)
        over = time.process_time() > end
        if len(halves) >= 2 * rounds or (over and len(halves) >= 2):
            break
    return Record(warm_up=warm, halves=tuple(halves), capped=len(halves) < 2 * rounds)
