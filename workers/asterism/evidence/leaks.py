"""How high a task may score when nothing can be known about its answers.

A predictor that gives one distribution to every answer cannot do better on the scored rows than the answers'
own frequencies there. So the sum of the NLL of those frequencies, row by row, less the model's is expected
below zero; what the scatter of rows allows above it is the bound.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

import numpy as np

from asterism.data.splits import Split
from asterism.evaluation.scoring import TaskRows, asked_rows
from asterism.tasks.rows import Rows

FALSE_ALARMS = 0.001
"""Chance that one of all tasks is above its bound when nothing is known."""

# Shapes: R rows, T tokens, S scored positions.


@dataclass(frozen=True, kw_only=True)
class Margin:
    """A task's nll_n and the highest that knowing nothing allows."""

    id: str
    value: float
    allowed: float

    @property
    def leaks(self) -> bool:
        """Whether something was known."""
        return self.value > self.allowed


def frequencies(rows: Rows, scored_RT: np.ndarray) -> np.ndarray:
    """[R] NLL of the scored answers under their own frequencies: no single distribution has less in sum."""
    answers_S = rows.targets_RT[scored_RT]
    counts = np.bincount(answers_S)
    nll_RT = np.zeros(scored_RT.shape)
    nll_RT[scored_RT] = -np.log(counts[answers_S] / len(answers_S))
    return nll_RT.sum(1)


def margins(tasks: Sequence[TaskRows], rows: int, split: Split, datasets: Mapping[str, Path]) -> list[Margin]:
    """Of every task that has a score."""
    scored = [task for task in tasks if not task.error]
    errors = NormalDist().inv_cdf(1 - FALSE_ALARMS / max(1, len(scored)))
    return [_margin(task, rows, split, datasets, errors) for task in scored]


def _margin(found: TaskRows, rows: int, split: Split, datasets: Mapping[str, Path], errors: float) -> Margin:
    task = found.task
    known_R = frequencies(*asked_rows(task, rows, split, datasets))
    gained_R = known_R - found.nll_R
    scatter = errors * float(gained_R.std(ddof=1)) * math.sqrt(rows)
    base = float(found.baseline_R.sum())
    return Margin(
        id=task.id,
        value=1 - float(found.nll_R.sum()) / base,
        allowed=1 - (float(known_R.sum()) - scatter) / base,
    )
