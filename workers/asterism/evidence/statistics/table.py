"""Committed runs as numbers by architecture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from asterism.evaluation.aggregate import CEILING, FLOOR

Run = Mapping[str, Any]
REFERENCE, RANDOM = "reference", "random"


def of_set(runs: Iterable[Run], name: str) -> list[Run]:
    """Runs of the reference set or of the random one."""
    return [run for run in runs if run.get("set", REFERENCE) == name]


def of_version(runs: Iterable[Run], suite_version: str) -> list[Run]:
    """Scored runs of one suite version under the newest trainer among them: versions never mix."""
    scored = [
        run
        for run in runs
        if run["outcome"]["status"] == "scored" and run["outcome"]["suiteVersion"] == suite_version
    ]
    newest = max((run["trainerVersion"] for run in scored), key=int, default=None)
    return [run for run in scored if run["trainerVersion"] == newest]


def failed(runs: Iterable[Run], suite_version: str) -> list[Run]:
    """Runs of one suite version that ended without a score."""
    return [
        run for run in runs if run["outcome"]["status"] == "failed" and run["suiteVersion"] == suite_version
    ]


def grouped(runs: Iterable[Run], value: Callable[[Run], float | None]) -> dict[str, list[float]]:
    """A number of every run that has it, by architecture, in the order of the runs."""
    groups: dict[str, list[float]] = {}
    for run in runs:
        found = value(run)
        if found is not None:
            groups.setdefault(run["architecture"], []).append(found)
    return groups


def task_of(run: Run, id: str) -> Mapping[str, Any] | None:
    """A task's entry in a run."""
    return next((task for task in run["outcome"]["tasks"] if task["id"] == id), None)


def clipped(run: Run, id: str) -> float | None:
    """A task's score as quality reads it."""
    task = task_of(run, id)
    return None if task is None else min(CEILING, max(FLOOR, task["score"]))


def quality(run: Run) -> float:
    """Q."""
    return run["outcome"]["quality"]["value"]


def family(name: str) -> Callable[[Run], float | None]:
    """Reads a family's score."""

    def read(run: Run) -> float | None:
        found = run["outcome"]["families"].get(name)
        return None if found is None else found["score"]

    return read


def commits(runs: Sequence[Run]) -> list[str]:
    """The commits that made the runs."""
    return sorted({run["commit"] for run in runs})
