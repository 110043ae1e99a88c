"""Effective context of one checkpoint: RULER's thirteen with more and more filler."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from asterism.backbone import Backbone
from asterism.data.corpora import how_to_get
from asterism.errors import Refused
from asterism.evaluation.scoring import predict
from asterism.tasks.families import Size
from asterism.tasks.families.long_context import effective_length
from asterism.tasks.lengths import TooLong, rows_at, thirteen
from asterism.tasks.rows import Rows


def context_curve(
    model: Backbone, size: Size, lengths: Sequence[int], rows: int, datasets: Mapping[str, Path]
) -> dict[str, Any]:
    """Mean accuracy at every length over the tasks that can be asked at all of them; the others with their
    reason. A length keeps a share of the shortest one's accuracy only where both are above chance: a model
    that guesses keeps all of it everywhere.
    """
    model.eval()
    asked: dict[str, dict[int, Rows]] = {}
    left: dict[str, str] = {}
    for task in thirteen():
        text = task.settings(size).get("text")
        if text is not None and text not in datasets:
            left[task.id] = f"needs the dataset {text}{how_to_get([text])}"
            continue
        try:
            asked[task.id] = {length: rows_at(task, size, length, rows, datasets) for length in lengths}
        except TooLong as error:
            left[task.id] = str(error)
    if not asked:
        raise Refused(f"no task fits all of the lengths {', '.join(map(str, lengths))}")
    points = [_point(model, length, {id: made[length] for id, made in asked.items()}) for length in lengths]
    absolute, _ = effective_length({point["length"]: point["accuracy"] for point in points})
    known = {point["length"]: point["accuracy"] for point in points if _above_chance(point, rows)}
    relative = effective_length(known)[1] if min(lengths) in known else 0
    return {"points": points, "absolute": absolute, "relative": relative, "sameTasks": True, "left": left}


def _point(model: Backbone, length: int, asked: Mapping[str, Rows]) -> dict[str, Any]:
    found = {id: _accuracy(model, made) for id, made in asked.items()}
    return {
        "length": length,
        "accuracy": mean(accuracy for accuracy, _ in found.values()),
        "chance": mean(chance for _, chance in found.values()),
        "tasks": list(found),
        "accuracies": {id: accuracy for id, (accuracy, _) in found.items()},
    }


def _above_chance(point: Mapping[str, Any], rows: int) -> bool:
    """By more than two standard errors of as many independent answers as rows."""
    chance = point["chance"]
    return point["accuracy"] > chance + 2 * math.sqrt(chance * (1 - chance) / rows)


def _accuracy(model: Backbone, rows: Rows) -> tuple[float, float]:
    """Share of right answers, and that of always giving the commonest."""
    scored = rows.marks_RT == 1
    _, hits = predict(model, rows)
    answers = rows.targets_RT[scored]
    return float(hits[scored].mean()), float(np.bincount(answers).max() / len(answers))
