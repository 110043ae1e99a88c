"""From rows to numbers: a score per task, per family and overall, each with a bootstrap interval.

nll_n = 1 − NLL / NLL of the fitted baseline; 1 is perfect, 0 knows nothing. In families and Q it is
clipped to [−.1, 1]. Q = (1 − w) × mean of the families + w × mean of the text families. The weighted
form differs in the families alone: their tasks count by signal-to-noise on the reference set
(docs/decisions/0016-weights-beside-quality.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from asterism.evaluation.scoring import TaskRows
from asterism.evaluation.weights import Weights, weights_of
from asterism.tasks.suite import Suite

FLOOR, CEILING = -0.1, 1.0
GUARD_OFFSET = 0.05
RESAMPLES = 1000
_BOOTSTRAP_SEED = 7
_PERCENTILES = (2.5, 97.5)

# Shapes: R rows, K columns of numbers: column 0 is the measured one, the rest are resamples.


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A value with the 95 % interval of its rows; training noise is not in it."""

    value: float
    low: float
    high: float


def resamples(rows: int) -> np.ndarray:
    """[R, 1 + RESAMPLES] how often each row counts: once each, then drawn. The same for all tasks and
    candidates: paired.
    """
    drawn = np.random.default_rng(_BOOTSTRAP_SEED).multinomial(rows, np.full(rows, 1 / rows), size=RESAMPLES)
    return np.concatenate([np.ones((1, rows)), drawn]).T


def normalised(nll_R: np.ndarray, reference_R: np.ndarray, weights_RK: np.ndarray) -> np.ndarray:
    """1 − NLL / reference for every column; a column without any answer takes the measured value."""
    spent, allowed = nll_R @ weights_RK, reference_R @ weights_RK
    value = 1 - np.divide(spent, allowed, out=np.full_like(spent, np.nan), where=allowed > 0)
    return np.where(np.isnan(value), value[0], value)


def interval(values_K: np.ndarray) -> Interval:
    """Column 0 with the percentiles of the others."""
    low, high = np.percentile(values_K[1:], _PERCENTILES)
    value = float(values_K[0])
    return Interval(value=value, low=min(value, float(low)), high=max(value, float(high)))


def guard(families: Iterable[float]) -> float:
    """Geometric mean of the families, floored so that one at zero does not hide the others; below zero is
    zero.
    """
    logs = [math.log(GUARD_OFFSET + max(0.0, value)) for value in families]
    return math.exp(sum(logs) / len(logs)) - GUARD_OFFSET


def curve_area(points: Iterable[float]) -> float:
    """Mean of the points at 25, 50 and 100 % of the tokens: speed of acquisition."""
    values = list(points)
    return sum(values) / len(values)


def above_chance(accuracy: float, chance: float) -> float:
    """0 is always giving the commonest answer, 1 is perfect; not clipped."""
    return (accuracy - chance) / (1 - chance) if chance < 1 else 0.0


class Card:
    """All numbers of one scored model."""

    def __init__(self, suite: Suite, tasks: Sequence[TaskRows]) -> None:
        self._suite, self.tasks = suite, tasks
        self.weights = weights_of(suite.name, suite.version)
        self._weights_RK = resamples(suite.rows)
        self._scores = {task.task.id: self._score(task, binding=False) for task in tasks}
        self._binding = {task.task.id: self._score(task, binding=task.task.binding) for task in tasks}

    def _score(self, task: TaskRows, *, binding: bool) -> np.ndarray:
        if task.error:
            return np.full(self._weights_RK.shape[1], FLOOR)
        return normalised(task.nll_R, task.binding_R if binding else task.baseline_R, self._weights_RK)

    def task(self, task: TaskRows) -> Interval:
        """nll_n, not clipped."""
        return interval(self._scores[task.task.id])

    def binding(self, task: TaskRows) -> float | None:
        """Score against knowing which values are in context, where that means something."""
        return float(self._binding[task.task.id][0]) if task.task.binding and not task.error else None

    def _families(self, scores: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        members: dict[str, list[np.ndarray]] = {}
        for task in self.tasks:
            if task.task.counts:
                members.setdefault(task.task.family, []).append(scores[task.task.id].clip(FLOOR, CEILING))
        return {family: np.mean(values, axis=0) for family, values in members.items()}

    def families(self) -> dict[str, Interval]:
        """Mean of each family's counted tasks."""
        return {family: interval(values) for family, values in self._families(self._scores).items()}

    def guard(self) -> float:
        """G of the families."""
        return guard(family.value for family in self.families().values())

    def weighted(self, weights: Weights) -> tuple[dict[str, Interval], Interval]:
        """Families and Q with tasks weighted; what has no weight, as a user's dataset, is left out."""
        families = self._weighted_families(weights.tasks)
        return {name: interval(values) for name, values in families.items()}, interval(self._mean(families))

    def _weighted_families(self, weights: Mapping[str, float]) -> dict[str, np.ndarray]:
        members: dict[str, list[tuple[float, np.ndarray]]] = {}
        for task in (rows.task for rows in self.tasks):
            if task.id in weights:
                clipped = self._scores[task.id].clip(FLOOR, CEILING)
                members.setdefault(task.family, []).append((weights[task.id], clipped))
        return {
            family: np.average([values for _, values in each], axis=0, weights=[weight for weight, _ in each])
            for family, each in members.items()
        }

    def _quality(self, scores: dict[str, np.ndarray]) -> np.ndarray:
        return self._mean(self._families(scores))

    def _mean(self, families: Mapping[str, np.ndarray]) -> np.ndarray:
        text = [values for family, values in families.items() if family in self._suite.text_families]
        rest = [values for family, values in families.items() if family not in self._suite.text_families]
        weight = self._suite.text_weight if text else 0.0
        return (1 - weight) * np.mean(rest, axis=0) + (weight * np.mean(text, axis=0) if text else 0.0)

    def quality(self) -> Interval:
        """Q."""
        return interval(self._quality(self._scores))

    def quality_binding(self) -> float:
        """Q with recall and pointers read against the binding baseline."""
        return float(self._quality(self._binding)[0])
