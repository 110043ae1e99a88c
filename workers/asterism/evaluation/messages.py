"""The messages and files that say how a model scored."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from safetensors.numpy import save
from safetensors.torch import load_file

from asterism.backbone import build
from asterism.errors import Refused
from asterism.evaluation.aggregate import Card, Interval, above_chance
from asterism.evaluation.scoring import TaskRows, score
from asterism.tasks.suites import suite
from asterism.training import Snapshot
from asterism.training.weights import load_weights, read_facts


def quality_message(value: Interval) -> dict[str, float]:
    """Q as messages carry it."""
    return {"value": value.value, "low": value.low, "high": value.high}


def scores_message(card: Card) -> dict[str, Any]:
    """Tasks, families, the forms of Q, and the guard."""
    return {
        "tasks": [task_message(card, rows) for rows in card.tasks],
        "families": families_message(card.families()),
        "quality": quality_message(card.quality()),
        "qualityBinding": card.quality_binding(),
        "guard": card.guard(),
        **_weighted_message(card),
    }


def rung_message(card: Card, snapshot: Snapshot) -> dict[str, Any]:
    """A rung: the trunk's tokens, its branch's tokens and core-seconds, and what the branch scored."""
    return {
        "fraction": snapshot.fraction,
        "tokens": snapshot.tokens,
        "branchTokens": snapshot.branch_tokens,
        "branchCpuSeconds": snapshot.branch_cpu_seconds,
        "families": families_message(card.families()),
        "quality": quality_message(card.quality()),
        "qualityBinding": card.quality_binding(),
        "guard": card.guard(),
        **_weighted_message(card),
    }


def families_message(families: Mapping[str, Interval]) -> dict[str, dict[str, float]]:
    """Families as messages carry them."""
    return {name: {"score": v.value, "low": v.low, "high": v.high} for name, v in families.items()}


def _weighted_message(card: Card) -> dict[str, Any]:
    if card.weights is None:
        return {}
    families, quality = card.weighted(card.weights)
    return {
        "weighted": {
            "weights": card.weights.name,
            "families": families_message(families),
            "quality": quality_message(quality),
        }
    }


def task_message(card: Card, rows: TaskRows) -> dict[str, Any]:
    known = {"id": rows.task.id, "family": rows.task.family, "n": int(rows.count_R.sum())}
    measured = card.task(rows)
    scores = {"score": measured.value, "low": measured.low, "high": measured.high}
    if rows.error:
        return {**known, **scores, "error": rows.error}
    answers = rows.count_R.sum()
    accuracy, chance = float(rows.hits_R.sum() / answers), float(rows.chance_R.sum() / answers)
    numbers = {
        "accuracy": accuracy,
        "accuracyAboveChance": above_chance(accuracy, chance),
        "nll": float(rows.nll_R.sum() / answers),
        "chance": chance,
        "baselineNll": float(rows.baseline_R.sum() / answers),
    }
    if rows.bytes_R is not None:
        numbers["bitsPerByte"] = float(rows.nll_R.sum() / math.log(2) / rows.bytes_R.sum())
    binding = card.binding(rows)
    return {**known, **numbers, **scores, **({} if binding is None else {"binding": binding})}


def samples_file(tasks: Sequence[TaskRows]) -> bytes:
    """Per-row sums of every task: what all intervals can be computed from again."""
    columns = ("count_R", "nll_R", "hits_R", "baseline_R", "chance_R", "binding_R")
    return save(
        {
            f"{rows.task.id}/{name.removesuffix('_R')}": getattr(rows, name).astype("float64")
            for rows in tasks
            for name in columns
        }
    )


def score_file(path: Path, suite_name: str, datasets: Mapping[str, Path]) -> dict[str, Any]:
    """Score a weights file that `evaluate` wrote on the select split; the genome is in its header."""
    facts = read_facts(path)
    if "genome" not in facts:
        raise Refused(f"{path}: no genome in the header; was it written by a training?")
    model = build(facts["genome"])
    load_weights(model, load_file(path))
    chosen = suite(suite_name).with_datasets(datasets)
    return scores_message(Card(chosen, score(model, chosen, "select", datasets)))
