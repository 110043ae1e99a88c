"""RULER's thirteen at other lengths than a suite asks: the same needles and questions in more filler."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from asterism.tasks.families import TASKS, Settings, Size, Task
from asterism.tasks.registry import generator
from asterism.tasks.rows import Draw, Rows

_FAMILY = "long-context"
_FILLER = {"var_tracking": "noise", "common_words": "others", "freq_words": "words", "doc_qa": "others"}
# Strangers that a document can be about, and the first count that is too many.
_MOST = {"doc_qa": 256}
# Where RULER's sentences begin (families/long_context.py).
_LONG_SENTENCES = 256
_SEED = 20_240_406


class TooLong(ValueError):
    """The task has not so much to say."""


def thirteen() -> list[Task]:
    """The tasks in RULER's forms."""
    return [task for task in TASKS[_FAMILY] if generator(name_of(task)).source.startswith("RULER")]


def usual_lengths(size: Size) -> tuple[int, ...]:
    """From the shortest row that all of them fit, three doublings."""
    shortest = max(task.settings(size)["length"] for task in thirteen())
    return tuple(shortest * times for times in (1, 2, 4, 8))


def name_of(task: Task) -> str:
    """Its generator."""
    return task.generator or f"{_FAMILY}/{task.id}"


def filler_of(task: Task, settings: Settings) -> str:
    """What grows with the length: other needles where they are the haystack."""
    name = name_of(task).removeprefix(f"{_FAMILY}/")
    return _FILLER.get(name) or ("noise" if settings["noise"] else "keys")


def rows_at(task: Task, size: Size, length: int, rows: int, datasets: Mapping[str, Path]) -> Rows:
    """Rows with as much filler as fits all of them. Texts are those of the select split; the rest is drawn
    anew, and what a suite trains has other lengths or a chance of 2⁻³² and less to be the same.
    """
    settings = {**task.settings(size), "length": length}
    if name_of(task).startswith(f"{_FAMILY}/niah"):
        settings["terse"] = task.settings(size)["length"] < _LONG_SENTENCES
    kind, filler = name_of(task).removeprefix(f"{_FAMILY}/"), filler_of(task, settings)
    made, least, most = None, settings.get(filler, 0) - 1, _MOST.get(kind, length)
    while most - least > 1:
        middle = (least + most) // 2
        found = _drawn(name_of(task), {**settings, filler: middle}, rows, datasets)
        made, least, most = (found, middle, most) if found else (made, least, middle)
    if made is None:
        raise TooLong(f"does not fit {length} tokens")
    if least + 1 == _MOST.get(kind):
        raise TooLong(f"has at most {least} {filler}, too few for {length} tokens")
    return made


def _drawn(name: str, settings: Settings, rows: int, datasets: Mapping[str, Path]) -> Rows | None:
    """None where an answer does not fit its row."""
    draw = Draw(rng=np.random.default_rng(_SEED), split="select", datasets=datasets)
    try:
        return generator(name).make(draw, rows, settings)
    except ValueError:
        return None
