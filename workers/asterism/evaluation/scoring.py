"""Every task of a suite scored on fixed rows: answer NLL, accuracy, and both against predictors that cannot
read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from asterism.backbone import Backbone
from asterism.data.splits import Split
from asterism.data.text import NoDocuments
from asterism.errors import WorkerError
from asterism.evaluation.baseline import fit
from asterism.evaluation.choices import ChoiceSheet, choice_sheet, chosen
from asterism.tasks.registry import generator
from asterism.tasks.rows import Rows
from asterism.tasks.stream import Stream
from asterism.tasks.suite import Score, Suite
from asterism.tasks.vocabulary import SIZE

EVALUATION_SEED = 1
FITTED_ROWS = 1024
TOKENS_AT_ONCE = 4096
LEAST_ROWS = 4
"""Different rows without which a task has no score; a user's series has as many at least."""

# Shapes: R rows, T tokens, S scored positions.


@dataclass(frozen=True, kw_only=True)
class TaskRows:
    """One task's sums per row, from which all its numbers follow. `error` says why there are none. `bytes_R`
    are the bytes behind the answers, where an answer is a token of a tokenizer.
    """

    task: Score
    count_R: np.ndarray
    nll_R: np.ndarray
    hits_R: np.ndarray
    baseline_R: np.ndarray
    chance_R: np.ndarray
    binding_R: np.ndarray
    error: str | None = None
    bytes_R: np.ndarray | None = None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A task's fixed rows with what the baseline says about them; the same for every candidate."""

    rows: Rows
    scored_RT: np.ndarray
    baseline_RT: np.ndarray
    chance_RT: np.ndarray


_CACHE: dict[object, Sheet | ChoiceSheet] = {}


def _sheet(score: Score, rows: int, split: Split, datasets: Mapping[str, Path]) -> Sheet | ChoiceSheet:
    key = (score.rows_key, score.marks, rows, split, tuple(sorted(datasets.items())))
    if key not in _CACHE:
        make = choice_sheet if generator(score.generator).options else _make_sheet
        _CACHE[key] = make(score, rows, split, datasets)
    return _CACHE[key]


def asked_rows(
    score: Score, rows: int, split: Split, datasets: Mapping[str, Path]
) -> tuple[Rows, np.ndarray]:
    """A task's fixed rows, and which answers are scored, [R, T]: a row that stands twice is scored once."""
    made = Stream(score.generator, score.settings, split=split, seed=EVALUATION_SEED, datasets=datasets)
    asked = made.rows(0, rows)
    first = np.unique(asked.tokens_RT, axis=0, return_index=True)[1]
    scored_RT = np.isin(asked.marks_RT, score.marks)
    scored_RT[np.setdiff1d(np.arange(rows), first)] = False
    if 0 < (different := int(scored_RT.any(1).sum())) < LEAST_ROWS:
        raise NoDocuments(f"{different} different rows in the {split} split, too few to score: {LEAST_ROWS}")
    return asked, scored_RT


def _rows_to_fit(score: Score, datasets: Mapping[str, Path]) -> Rows:
    """Training rows. Of a language that is never trained on, those of all languages that are."""
    settings = score.settings
    try:
        return Stream(score.generator, settings, split="train", seed=EVALUATION_SEED, datasets=datasets).rows(
            0, FITTED_ROWS
        )
    except NoDocuments:
        settings = {**settings, "subset": "all"}
        return Stream(score.generator, settings, split="train", seed=EVALUATION_SEED, datasets=datasets).rows(
            0, FITTED_ROWS
        )


def _make_sheet(score: Score, rows: int, split: Split, datasets: Mapping[str, Path]) -> Sheet:
    asked, scored_RT = asked_rows(score, rows, split, datasets)
    fitted = _rows_to_fit(score, datasets)
    baseline = fit(
        fitted, score.marks, max(SIZE, 1 + int(max(each.targets_RT.max() for each in (asked, fitted))))
    )
    return Sheet(
        rows=asked,
        scored_RT=scored_RT,
        baseline_RT=baseline.nll(asked),
        chance_RT=baseline.hits(asked),
    )


@torch.inference_mode()
def predict(
    model: Backbone, rows: Rows, tokens_at_once: int = TOKENS_AT_ONCE
) -> tuple[np.ndarray, np.ndarray]:
    """NLL of every target and whether the likeliest answer is right, [R, T]; 0 where nothing is scored."""
    nll, hits = np.zeros(rows.tokens_RT.shape), np.zeros(rows.tokens_RT.shape, dtype=bool)
    at_once = max(1, tokens_at_once // rows.tokens_RT.shape[1])
    for start in range(0, len(rows), at_once):
        part = slice(start, start + at_once)
        scored = rows.marks_RT[part] > 0
        features = model.features(torch.from_numpy(np.ascontiguousarray(rows.tokens_RT[part])))
        logits: Tensor = model.head(features[torch.from_numpy(scored)])
        targets = torch.from_numpy(rows.targets_RT[part][scored])
        nll[part][scored] = F.cross_entropy(logits, targets, reduction="none").numpy()
        hits[part][scored] = (logits.argmax(-1) == targets).numpy()
    return nll, hits


def _task_rows(task: Score, sheet: Sheet, nll_RT: np.ndarray, hits_RT: np.ndarray) -> TaskRows:
    scored = sheet.scored_RT
    nll_R = np.where(scored, nll_RT, 0).sum(1)
    binding_R = sheet.rows.binding_R * scored.sum(1)
    error = (
        None
        if scored.any() and np.isfinite(nll_R).all()
        else "no scored answer"
        if not scored.any()
        else "NLL is not finite"
    )
    return TaskRows(
        task=task,
        count_R=scored.sum(1),
        nll_R=nll_R,
        hits_R=(scored & hits_RT).sum(1),
        baseline_R=binding_R if task.baseline == "binding" else np.where(scored, sheet.baseline_RT, 0).sum(1),
        chance_R=(scored & sheet.chance_RT).sum(1),
        binding_R=binding_R,
        error=error,
        bytes_R=None if sheet.rows.bytes_RT is None else np.where(scored, sheet.rows.bytes_RT, 0).sum(1),
    )


def _choice_rows(task: Score, sheet: ChoiceSheet, rows: int, nll_OT: np.ndarray) -> TaskRows:
    """One answer a question; rows for which the dataset has no question count nothing."""
    nll, hits = chosen(sheet.options, -nll_OT.sum(1))

    def padded(values: np.ndarray) -> np.ndarray:
        return np.concatenate([values, np.zeros(rows - len(values))])

    return TaskRows(
        task=task,
        count_R=padded(np.ones(len(nll))),
        nll_R=padded(nll),
        hits_R=padded(hits),
        baseline_R=padded(sheet.baseline_R),
        chance_R=padded(sheet.chance_R),
        binding_R=np.zeros(rows),
        error=None if np.isfinite(nll).all() else "NLL is not finite",
    )


def _broken(task: Score, rows: int, error: BaseException) -> TaskRows:
    nothing = np.zeros(rows)
    reason = f"{type(error).__name__}: {error}"[:500]
    return TaskRows(
        task=task,
        count_R=nothing,
        nll_R=nothing,
        hits_R=nothing,
        baseline_R=nothing,
        chance_R=nothing,
        binding_R=nothing,
        error=reason,
    )


def score(
    model: Backbone,
    suite: Suite,
    split: Split,
    datasets: Mapping[str, Path] | None = None,
    *,
    counted_only: bool = False,
    tokens_at_once: int = TOKENS_AT_ONCE,
) -> list[TaskRows]:
    """Score a model. A task that fails carries its reason and the others stand; a missing dataset is refused
    whole.

    `counted_only` leaves out what Q does not read, for points of the learning curve.
    """
    model.eval()
    predictions: dict[object, tuple[np.ndarray, np.ndarray]] = {}
    results = []
    for task in suite.scores:
        if counted_only and not task.counts:
            continue
        try:
            sheet = _sheet(task, suite.rows, split, datasets or {})
            if isinstance(sheet, ChoiceSheet):
                nll, _ = predict(model, sheet.options.rows, tokens_at_once)
                results.append(_choice_rows(task, sheet, suite.rows, nll))
                continue
            if task.rows_key not in predictions:
                predictions[task.rows_key] = predict(model, sheet.rows, tokens_at_once)
            results.append(_task_rows(task, sheet, *predictions[task.rows_key]))
        except NoDocuments as error:
            results.append(_broken(task, suite.rows, error))
        except (WorkerError, MemoryError):
            raise
        except Exception as error:  # one broken task must not cost the others
            results.append(_broken(task, suite.rows, error))
    return results
