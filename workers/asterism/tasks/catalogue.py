"""What people see of the suites: how each makes quality of its families, and one entry per task id. Committed
as JSON so that the API needs no Python.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from asterism.tasks.registry import generator
from asterism.tasks.stream import Stream
from asterism.tasks.suite import Score, describe
from asterism.tasks.suites import SUITES

COMMITTED = Path(__file__).with_name("catalogue.json")
_ROWS = 1024


def _chance(score: Score) -> float | None:
    """Accuracy of always giving the commonest answer, on training rows; unknown where rows need a dataset."""
    if score.needs_dataset:
        return None
    rows = Stream(score.generator, score.settings, split="train", seed=0).rows(0, _ROWS)
    answers = rows.targets_RT[np.isin(rows.marks_RT, score.marks)]
    return round(float(np.bincount(answers).max() / len(answers)), 3)


def _entry(score: Score, suite: str) -> dict[str, Any]:
    made_by = generator(score.generator)
    return {
        "id": score.id,
        "family": score.family,
        "trained": score.trained,
        "countsInQuality": score.counts,
        "chance": _chance(score),
        "suites": [suite],
        "description": describe(score),
        "source": made_by.source,
        "generator": score.generator,
        "settings": dict(score.settings),
    }


def catalogue() -> list[dict[str, Any]]:
    """Entries in the order of the suites; a task that is the same in two suites appears once."""
    entries: dict[str, dict[str, Any]] = {}
    for suite in SUITES.values():
        for score in suite.scores:
            entry = _entry(score, suite.name)
            key = json.dumps({**entry, "suites": None}, sort_keys=True)
            if key in entries:
                entries[key]["suites"].append(suite.name)
            else:
                entries[key] = entry
    return list(entries.values())


def text() -> str:
    """The committed file's text."""
    suites = {
        suite.name: {
            "version": suite.version,
            "textFamilies": list(suite.text_families),
            "textWeight": suite.text_weight,
        }
        for suite in SUITES.values()
    }
    return json.dumps({"suites": suites, "tasks": catalogue()}, indent=2, ensure_ascii=False) + "\n"
