"""The broad suites: every family at one size. `nano-2` and `xs-1` are registered; `s` and `m` are the same
as data.

A budget teaches a few tasks well or many not at all: 2 M tokens over the 52 core tasks taught a hybrid of
convolution and attention nothing about recall, over twenty-one they do. So `nano` trains the tasks with a
dose and scores the others from the same checkpoint, `xs` trains the core tasks, larger sizes all. Sizes above
nano spend a part of each task's tokens on the next smaller size's setting, so that slow tasks meet their easy
form first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asterism.tasks.families import SIZES, TASKS, Settings, Size, Task
from asterism.tasks.suite import Probe, Score, Suite

_TEXT = "language"
_TEXT_SHARE = 0.15
# Tokens of a family above nano, against 1 for the others: what is learnt late or has many tasks gets more.
_WEIGHTS = {"recall": 2.0, "state": 1.5, "reasoning": 1.5, "long-context": 1.5}
_EASY_SHARE = 1 / 3
NAMES: dict[Size, str] = {"nano": "nano-2", "xs": "xs-1", "s": "s-1", "m": "m-1"}
VERSION = "4"


@dataclass(frozen=True, kw_only=True)
class _Dose:
    """A task's rows in the mixture. Two ids that read the same rows apart are one of them."""

    family: str
    task: Task
    settings: Settings
    share: float

    @property
    def key(self) -> tuple[str, str]:
        return _key(self.family, self.task, self.settings)


def _generator(family: str, task: Task) -> str:
    return task.generator or f"{family}/{task.id}"


def _key(family: str, task: Task, settings: Settings) -> tuple[str, str]:
    return _generator(family, task), repr(sorted(settings.items()))


def _trained(family: str, size: Size) -> list[Task]:
    """One task for each kind of rows that the size trains."""
    found: dict[tuple[str, str], Task] = {}
    for task in TASKS[family]:
        if task.trained and (task.dose if size == "nano" else task.core or size != "xs"):
            found.setdefault(_key(family, task, task.settings(size)), task)
    return list(found.values())


def _doses(size: Size) -> Iterator[_Dose]:
    total = sum(_WEIGHTS.get(family, 1.0) for family in TASKS if family != _TEXT)
    for family in TASKS:
        tasks = _trained(family, size)
        share = _TEXT_SHARE if family == _TEXT else (1 - _TEXT_SHARE) * _WEIGHTS.get(family, 1.0) / total
        for task in tasks:
            tokens = task.dose / 100 if size == "nano" else share / len(tasks)
            yield _Dose(family=family, task=task, settings=task.settings(size), share=tokens)


def _probes(size: Size) -> tuple[Probe, ...]:
    made = []
    for dose in _doses(size):
        easy = None if size == "nano" else dose.task.settings(SIZES[SIZES.index(size) - 1])
        generator = _generator(dose.family, dose.task)
        share, name = dose.share, dose.task.id
        if easy is not None and easy != dose.settings and "dataset" not in easy:
            made.append(
                Probe(name=f"{name}-easy", generator=generator, settings=easy, share=share * _EASY_SHARE)
            )
            share *= 1 - _EASY_SHARE
        made.append(Probe(name=name, generator=generator, settings=dose.settings, share=share))
    return tuple(made)


def _score(family: str, task: Task, size: Size, taught: set[tuple[str, str]]) -> Score:
    settings = task.settings(size)
    trained = not task.held_out and _key(family, task, settings) in taught
    return Score(
        id=task.id,
        family=family,
        generator=_generator(family, task),
        settings={**settings, **task.ask},
        marks=task.marks,
        trained=trained,
        counts=trained,
        baseline="binding" if task.binding else "fitted",
        description=task.description,
    )


def broad(size: Size) -> Suite:
    """The suite of one size."""
    taught = {dose.key for dose in _doses(size)}
    return Suite(
        name=NAMES[size],
        version=VERSION,
        rows=160,
        datasets=("stdlib", "udhr"),
        text_families=(_TEXT,),
        probes=_probes(size),
        scores=tuple(_score(family, task, size, taught) for family, tasks in TASKS.items() for task in tasks),
    )


NANO_2, XS_1 = broad("nano"), broad("xs")
