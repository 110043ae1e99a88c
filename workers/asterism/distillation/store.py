"""Ask a teacher at every scored position of a training, and keep what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from asterism.distillation.teacher import Teacher
from asterism.training import TrainingRequest
from asterism.training.batches import batches
from asterism.training.distillation import soft_targets
from asterism.training.soft_store import SoftWriter, store_hash


def write_store(
    folder: Path,
    teacher: Teacher,
    request: TrainingRequest,
    top: int,
    *,
    said: Callable[[int], None] = lambda step: None,
) -> str:
    """Write the soft targets of a student's training, or go on where a stopped writer left; the store's hash.

    `request` is the student's: the store fits every student with its suite, seed, step size, datasets and
    vocabulary, whatever the architecture.
    """
    torch.set_num_threads(1)
    vocabulary = request.genome["size"]["vocab"]
    training = request.taught_by()
    writer = SoftWriter(folder, training=training, teacher=teacher.identity, top=top, vocabulary=vocabulary)
    steps = replace(request, distillation=None)
    for number, batch in enumerate(batches(steps, writer.done), writer.done):
        at_P, logits, first = teacher.speak(batch.tokens_RT, batch.where_S)
        found = soft_targets(logits, at_P, top)
        writer.add(replace(found, tokens_PK=found.tokens_PK + first))
        said(number + 1)
    writer.flush()
    return store_hash(folder)
