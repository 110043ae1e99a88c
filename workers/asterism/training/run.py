"""The training loop: one candidate, one thread, float32, the same bits every time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from asterism.training.batches import batches
from asterism.training.live import Training
from asterism.training.records import Diverged, Event, Interrupted, TrainingRequest

PROGRESS_EVERY = 16


def run(
    request: TrainingRequest,
    *,
    resume: bytes | Path | None = None,
    interrupt: Callable[[], bool] = lambda: False,
) -> Iterator[Event]:
    """Train; snapshots come at the end. When `interrupt` says so, a checkpoint and `Interrupted` end the
    stream.
    """
    training = Training(request, resume)
    trunk = batches(request, training.branch.start if training.branch else training.done)
    for branch, last in training.ahead():
        stream = trunk if branch is None else batches(request, training.done, last)
        while training.done < last:
            clock = time.process_time()
            batch = next(stream)
            training.charge("data", time.process_time() - clock)
            clock = time.process_time()
            wrong = training.step(batch)
            training.charge("train", time.process_time() - clock)
            if wrong:
                yield Diverged(step=training.done, reason=wrong)
                return
            finished = training.spent == training.planned
            if training.spent % PROGRESS_EVERY == 0 or finished:
                yield training.progress()
            stop = not finished and interrupt()
            if stop or (training.spent % request.checkpoint_every == 0 and not finished):
                yield training.checkpoint()
            if stop:
                yield Interrupted(step=training.spent)
                return
    if training.branches and training.done < request.steps:
        yield replace(training.checkpoint(), trunk=True)
    yield from training.results()
