"""The rows of a step as tensors, weighted so that the density of a task's answers does not matter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from asterism.tasks.mixture import Portion, schedule
from asterism.tasks.rows import Rows
from asterism.tasks.stream import Stream
from asterism.training.distillation import SoftTargets
from asterism.training.records import TrainingRequest
from asterism.training.shuffled import ShuffledLabels

# Shapes: R rows, T tokens, S scored positions of the step.


@dataclass(frozen=True, kw_only=True)
class Batch:
    """`where_S` indexes the flattened [R·T] positions; the weights of all positions sum to 1. `soft` is what
    a teacher says at some of them.
    """

    tokens_RT: Tensor
    where_S: Tensor
    targets_S: Tensor
    weights_S: Tensor
    soft: SoftTargets | None = None


def _weights(rows: Rows, share: float) -> tuple[np.ndarray, np.ndarray]:
    scored = rows.marks_RT > 0
    return scored, np.full(scored.sum(), share / max(1, scored.sum()))


def pieces(batch: Batch, count: int) -> Iterator[tuple[Batch, float]]:
    """The rows of a step in at most `count` runs, each with its share of the rows.

    Weights stay those of the whole step, so the pieces' losses add up to its loss.
    """
    rows, length = batch.tokens_RT.shape
    edges = [round(at * rows / min(count, rows)) for at in range(min(count, rows) + 1)]
    for start, stop in zip(edges, edges[1:], strict=False):
        first, last = torch.searchsorted(batch.where_S, torch.tensor([start, stop]) * length).tolist()
        yield (
            Batch(
                tokens_RT=batch.tokens_RT[start:stop],
                where_S=batch.where_S[first:last] - start * length,
                targets_S=batch.targets_S[first:last],
                weights_S=batch.weights_S[first:last],
                soft=batch.soft and batch.soft.between(first, last),
            ),
            (stop - start) / rows,
        )


def assemble(parts: list[Rows]) -> Batch:
    """Rows of several tasks, of one length, each task weighted by its share of the rows."""
    total = sum(len(part) for part in parts)
    scored, weights = zip(*(_weights(part, len(part) / total) for part in parts), strict=True)
    where = np.concatenate(scored).reshape(-1)
    targets = np.concatenate([part.targets_RT for part in parts]).reshape(-1)
    return Batch(
        tokens_RT=torch.from_numpy(np.concatenate([part.tokens_RT for part in parts])),
        where_S=torch.from_numpy(np.flatnonzero(where)),
        targets_S=torch.from_numpy(targets[where]),
        weights_S=torch.from_numpy(np.concatenate(weights).astype(np.float32)),
    )


def batches(request: TrainingRequest, first_step: int, stop: int | None = None) -> Iterator[Batch]:
    """The batches of steps first_step … stop - 1, to the end unless given; a function of the seed and the
    step alone.
    """
    probes = request.suite.probes
    streams = [
        Stream(probe.generator, probe.settings, split="train", seed=request.seed, datasets=request.datasets)
        for probe in probes
    ]
    labels = [
        ShuffledLabels(probe, request.seed, request.datasets) for probe in probes if request.shuffle_labels
    ]

    def rows(portion: Portion, step: int) -> Rows:
        made = streams[portion.probe].rows(portion.start, portion.count)
        return labels[portion.probe].on(made, request.seed, step) if labels else made

    last = request.steps if stop is None else stop
    plan = islice(schedule(probes, request.tokens_per_step), first_step, last)
    for step, portions in enumerate(plan, first_step):
        yield assemble([rows(portion, step) for portion in portions])
