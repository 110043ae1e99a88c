"""Which tasks of a suite tell architectures apart, as the page shows it."""

from __future__ import annotations

from collections.abc import Sequence

from asterism.evidence.page import figures
from asterism.evidence.page.markdown import number
from asterism.evidence.page.markdown import table as as_table
from asterism.evidence.statistics.signal import Signal
from asterism.evidence.weighing.rule import LEAST, SOLVED, UNTOUCHED, Weighed
from asterism.tasks.suite import Suite

# The figure that the suite of claims is held to.
WANTED_TASKS = {"xs-1": 40}
# A resample of architectures whose seeds happen to agree has nearly no noise.
_FAR = 99


def part(suite: Suite, decided: Sequence[Weighed]) -> tuple[list[str], dict[str, str]]:
    """Text and figure."""
    head = ["### Which tasks tell architectures apart", ""]
    known = [task for task in decided if task.signal is not None]
    if not known:
        return [
            *head,
            "Signal-to-noise needs a second seed of at least one architecture; n = 1 so far.",
            "",
        ], {}
    name = f"signal-to-noise-{suite.name}.svg"
    lines = [
        *head,
        _counts(suite, decided),
        "",
        *_silent(decided),
        f"![Signal-to-noise of {suite.name}, tasks that say nothing left out](figures/{name})",
        "",
        *_task_table([task for task in decided if _is_read(suite, task)]),
        "",
        "<details><summary>Tasks that Q does not read (scored only)</summary>",
        "",
        *_task_table([task for task in decided if not _is_read(suite, task)]),
        "",
        "</details>",
        "",
    ]
    title = f"{suite.name}: signal-to-noise of tasks, 95 % intervals; filled: weighs in the weighted Q"
    return lines, {name: figures.signal_to_noise(title, decided)}


def _is_read(suite: Suite, task: Weighed) -> bool:
    return any(score.id == task.id and score.counts for score in suite.scores)


def _counts(suite: Suite, decided: Sequence[Weighed]) -> str:
    above = [task for task in decided if task.tells]
    sure = [task for task in above if task.signal and task.signal.low >= LEAST]
    read = [task for task in above if _is_read(suite, task)]
    total = sum(_is_read(suite, task) for task in decided)
    flat = sum(task.flat for task in decided)
    wanted = WANTED_TASKS.get(suite.name)
    goal = ""
    if wanted is not None:
        reached = "reached" if len(above) >= wanted else "**not reached**"
        goal = f" Goal: at least {wanted} tasks at or above 1: {reached}."
    found = next(task.signal for task in decided if task.signal)
    return (
        f"Signal-to-noise is the standard deviation of the architectures' means over σ of one run (n = "
        f"{found.runs} runs of {found.architectures} architectures; no difference at all would read about "
        f"{(found.architectures / found.runs) ** 0.5:.2f}). {flat} of {len(decided)} tasks say nothing: more "
        f"than nine tenths of the architectures end above {SOLVED} or below {UNTOUCHED}. Of the others "
        f"{len(above)} reach 1, {len(sure)} with their whole interval; {len(read)} of them are among the "
        f"{total} that Q reads. "
        f"{sum(task.kept for task in decided)} weigh in the weighted form.{goal}"
    )


def _silent(decided: Sequence[Weighed]) -> list[str]:
    families = dict.fromkeys(task.family for task in decided)
    silent = [
        family
        for family in families
        if not any(task.kept and task.tells for task in decided if task.family == family)
    ]
    if not silent:
        return []
    return [f"Families without a weighed task that reaches 1: {', '.join(silent)}.", ""]


def _task_table(tasks: Sequence[Weighed]) -> list[str]:
    rows = [
        [
            f"`{task.id}`",
            task.family,
            _ratio(task.signal),
            number(task.signal.sigma if task.signal else None, 3),
            number(task.signal.spread if task.signal else None, 3),
            number(task.weight) if task.kept else "",
            task.reason,
        ]
        for task in tasks
    ]
    return as_table(["task", "family", "signal-to-noise", "σ", "SD of means", "weight", "why"], rows)


def _ratio(found: Signal | None) -> str:
    if found is None:
        return "–"
    high = number(found.high, 1) if found.high < _FAR else f"> {_FAR}"
    return f"{number(found.ratio, 1)} ({number(found.low, 1)} to {high})"
