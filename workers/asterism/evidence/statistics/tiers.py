"""Two tiers side by side: the architectures that were trained at both, and each number that may foretell."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

import numpy as np

from asterism.evaluation.aggregate import CEILING, FLOOR
from asterism.evidence.statistics import table
from asterism.evidence.statistics.agreement import Tier
from asterism.evidence.statistics.noise import noise
from asterism.tasks.suite import Suite

BITS = ("lm_bpb_code", "lm_bpb_prose")
Read = Callable[[table.Run], float | None]


@dataclass(frozen=True, kw_only=True)
class Both:
    """Architectures of one set with their runs at the lower and the upper tier, in one order."""

    names: tuple[str, ...]
    lower: tuple[Sequence[table.Run], ...]
    upper: tuple[Sequence[table.Run], ...]


def both(lower: Sequence[table.Run], upper: Sequence[table.Run]) -> Both:
    """Those trained at both tiers."""
    below, above = _by_name(lower), _by_name(upper)
    names = tuple(sorted(set(below) & set(above)))
    return Both(
        names=names,
        lower=tuple(below[name] for name in names),
        upper=tuple(above[name] for name in names),
    )


def _by_name(runs: Sequence[table.Run]) -> dict[str, list[table.Run]]:
    found: dict[str, list[table.Run]] = {}
    for run in runs:
        found.setdefault(run["architecture"], []).append(run)
    return found


def means(runs: Sequence[Sequence[table.Run]], read: Read) -> np.ndarray | None:
    """A number of each architecture, mean over its runs; None when one has none."""
    values = [[value for run in each if (value := read(run)) is not None] for each in runs]
    return np.array([mean(each) for each in values]) if all(values) else None


def tier(runs: Sequence[Sequence[table.Run]], read: Read, noisy: Sequence[table.Run]) -> Tier | None:
    """A number of a tier with the σ that `noisy`, runs with several seeds, show."""
    values = means(runs, read)
    if values is None:
        return None
    counts = np.array([len(each) for each in runs])
    found = noise(table.grouped(noisy, read))
    return Tier(values=values, runs=counts, sigma=found and found.sigma, upper=found and found.upper)


def bits_per_byte(run: table.Run) -> float | None:
    """Of English prose and code, their mean."""
    tasks = [task_nll for id in BITS if (task_nll := _nll(run, id)) is not None]
    return mean(tasks) / math.log(2) if tasks else None


def _nll(run: table.Run, id: str) -> float | None:
    task = table.task_of(run, id)
    return None if task is None else task.get("nll")


def cost(name: str) -> Read:
    """Reads a cost that is known before any training."""
    return lambda run: run.get("estimate", {}).get(name)


def negative(read: Read) -> Read:
    """For numbers of which less is better."""

    def turned(run: table.Run) -> float | None:
        found = read(run)
        return None if found is None else -found

    return turned


def weighted_quality(suite: Suite, weights: Mapping[str, float]) -> Read:
    """Quality with tasks weighted, from a run's task scores."""
    members: dict[str, list[tuple[str, float]]] = {}
    for task in suite.scores:
        if weights.get(task.id, 0) > 0:
            members.setdefault(task.family, []).append((task.id, weights[task.id]))

    def read(run: table.Run) -> float | None:
        scores = {task["id"]: min(CEILING, max(FLOOR, task["score"])) for task in run["outcome"]["tasks"]}
        families = {
            family: sum(scores[id] * weight for id, weight in each) / sum(weight for _, weight in each)
            for family, each in members.items()
            if all(id in scores for id, _ in each)
        }
        text = [value for family, value in families.items() if family in suite.text_families]
        rest = [value for family, value in families.items() if family not in suite.text_families]
        if not rest:
            return None
        share = suite.text_weight if text else 0.0
        return (1 - share) * mean(rest) + (share * mean(text) if text else 0.0)

    return read


def task_values(suite: Suite, runs: Sequence[Sequence[table.Run]]) -> dict[tuple[str, str], np.ndarray]:
    """Every task that all architectures have, clipped as in quality, keyed (family, id)."""
    made = {}
    for task in suite.scores:
        found = means(runs, lambda run, id=task.id: table.clipped(run, id))
        if found is not None:
            made[task.family, task.id] = found
    return made
