"""Our text probes as tasks of the harness: one per task id whose rows are plain bytes.

Every answer of a row is a document: the text before it is the context, its bytes the continuation. So the
harness asks for log-likelihoods of what the suite scores, and `acc` is whether greedy decoding writes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from asterism.evaluation.scoring import EVALUATION_SEED
from asterism.tasks.rows import Rows
from asterism.tasks.stream import Stream
from asterism.tasks.suite import Score, describe
from asterism.tasks.suites import suite

_ASCII = 128
_LOOKED_AT = 32
_LONGEST_ANSWER = 64
"""Bytes; a row that is scored everywhere is a text to model and no question."""


def name_of(suite_name: str, task: str) -> str:
    """The task's name in the harness."""
    return f"asterism_{suite_name}_{task}"


@cache
def text_tasks(suite_name: str) -> tuple[Score, ...]:
    """Tasks of a suite that can be asked in plain text."""
    found = suite(suite_name)
    return tuple(score for score in found.scores if not score.needs_dataset and _is_text(score))


def _is_text(score: Score) -> bool:
    stream = Stream(score.generator, score.settings, split="train", seed=EVALUATION_SEED)
    rows = stream.rows(0, _LOOKED_AT)
    asked = np.isin(rows.marks_RT, score.marks)
    if not asked.any():
        return False
    return all(_documents(rows.take(slice(at, at + 1)), asked[at : at + 1]) for at in range(len(rows)))


def _documents(rows: Rows, asked_RT: np.ndarray) -> list[dict[str, str]]:
    """Contexts and answers of all rows; none when a row is not plain text up to its last answer."""
    found: list[dict[str, str]] = []
    for tokens, targets, asked in zip(rows.tokens_RT, rows.targets_RT, asked_RT, strict=True):
        for first, after in _runs(asked):
            context, answer = tokens[: first + 1], targets[first:after]
            fed_back = np.array_equal(answer[:-1], tokens[first + 1 : after])
            if not fed_back or after - first > _LONGEST_ANSWER or not (_plain(context) and _plain(answer)):
                return []
            found.append({"context": _text(context), "answer": _text(answer)})
    return found


def _runs(asked_T: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], asked_T.astype(np.int8), [0]])))
    return [(int(first), int(after)) for first, after in edges.reshape(-1, 2)]


def _plain(tokens: np.ndarray) -> bool:
    return bool((tokens < _ASCII).all())


def _text(tokens: np.ndarray) -> str:
    return bytes(tokens.astype(np.uint8)).decode("ascii")


def documents(score: Score, rows: int) -> list[dict[str, str]]:
    """The questions of a task: those of the select rows that the suite scores."""
    made = Stream(score.generator, score.settings, split="select", seed=EVALUATION_SEED).rows(0, rows)
    return _documents(made, np.isin(made.marks_RT, score.marks))


def harness_tasks(suite_name: str) -> list[dict[str, Any]]:
    """Configurations that the harness reads, one per text task of the suite."""
    found = suite(suite_name)
    return [_config(score, suite_name, found.version, found.rows) for score in text_tasks(suite_name)]


def _config(score: Score, suite_name: str, version: str, rows: int) -> dict[str, Any]:
    def questions(**_metadata: Any) -> Mapping[str, Any]:
        from datasets import Dataset

        return {"test": Dataset.from_list(documents(score, rows))}

    return {
        "task": name_of(suite_name, score.id),
        "tag": [f"asterism_{suite_name}"],
        "custom_dataset": questions,
        "test_split": "test",
        "output_type": "loglikelihood",
        "doc_to_text": "{{context}}",
        "doc_to_target": "{{answer}}",
        "target_delimiter": "",
        "metric_list": [
            {"metric": "perplexity", "aggregation": "perplexity", "higher_is_better": False},
            {"metric": "acc", "aggregation": "mean", "higher_is_better": True},
        ],
        "metadata": {"version": version, "description": describe(score)},
    }
