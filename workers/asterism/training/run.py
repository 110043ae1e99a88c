"""The training loop: one candidate, one thread, float32, the same bits every time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from asterism.backbone import Backbone, build
from asterism.errors import Refused
from asterism.genome import genome_hash
from asterism.machine import keep_freed_memory
from asterism.training.batches import Batch, batches, pieces
from asterism.training.checkpoint import State, decode, encode
from asterism.training.distillation import mixed
from asterism.training.optimiser import Optimiser, decaying
from asterism.training.records import (
    Checkpoint,
    Distillation,
    Diverged,
    Event,
    Interrupted,
    Progress,
    Snapshot,
    TrainingRequest,
)
from asterism.training.routers import Routers
from asterism.training.soft_store import SoftStore
from asterism.training.weights import buffers

PROGRESS_EVERY = 16


def batch_loss(model: Backbone, batch: Batch, learnt: Distillation | None = None) -> Tensor:
    """Σ over tasks of (share of the rows) × (mean NLL of that task's scored tokens), in nats. Logits only
    where scored. Where a teacher speaks, a part of the loss is its.
    """
    features = model.features(batch.tokens_RT).flatten(0, 1)
    logits = model.head(features[batch.where_S])
    nll_S = F.cross_entropy(logits, batch.targets_S, reduction="none")
    if learnt is not None and batch.soft is not None:
        nll_S = mixed(nll_S, logits, batch.soft, learnt.weight, learnt.temperature)
    return (nll_S * batch.weights_S).sum()


def _soft(request: TrainingRequest) -> SoftStore | None:
    if request.distillation is None:
        return None
    store = SoftStore(request.distillation.store, request.taught_by(), request.steps)
    if store.vocabulary != request.genome["size"]["vocab"]:
        raise Refused(
            f"/size/vocab: {request.genome['size']['vocab']}, but the soft targets in "
            f"{request.distillation.store} are over a vocabulary of {store.vocabulary}"
        )
    return store


class Training:
    """One training's live state. `run` drives it."""

    def __init__(self, request: TrainingRequest, resume: bytes | Path | None) -> None:
        torch.set_num_threads(1)
        keep_freed_memory()
        self.request = request
        self.identity = {**request.identity(), "genome": genome_hash(request.genome)}
        self.model = build(request.genome, seed=request.seed)
        self.model.train()
        self.optimiser = Optimiser(self.model, self.model.roles(), request.rates)
        self.routers = Routers(self.model.routers())
        self.snapshots: dict[float, dict[str, Tensor]] = {}
        self.cpu = {"data": 0.0, "train": 0.0}
        self.done, self.loss = 0, math.nan
        self.soft = _soft(request)
        if resume is not None:
            self._restore(decode(resume, self.identity))

    def marks(self) -> dict[int, float]:
        """Steps after which a snapshot of the averaged weights is taken."""
        return {max(1, round(fraction * self.request.steps)): fraction for fraction in self.request.fractions}

    def step(self, batch: Batch) -> str | None:
        """One step; the reason when it left the finite numbers."""
        self.loss = 0.0
        if self.soft is not None:
            batch = replace(batch, soft=self.soft.step(self.done))
        for piece, share in pieces(batch, self.request.accumulate):
            loss = batch_loss(self.model, piece, self.request.distillation)
            (loss + share * self.routers.balance()).backward()
            self.routers.seen()
            self.loss += float(loss.detach())
        norm = self.optimiser.step(self.done, self.request.steps)
        if not (math.isfinite(self.loss) and math.isfinite(norm)):
            return f"loss {self.loss:.4g}, gradient norm {norm:.4g} at step {self.done + 1}"
        self.routers.settle(frozen=decaying(self.done, self.request.steps))
        self.done += 1
        if self.routers.collapsed(self.request.steps):
            return f"router-collapse at step {self.done}: one expert took over four times its part too often"
        fraction = self.marks().get(self.done)
        if fraction is not None:
            self.snapshots[fraction] = {
                **dict(self.optimiser.named(self.optimiser.average)),
                **buffers(self.model),
            }
        return None

    def progress(self) -> Progress:
        """For people and heartbeats."""
        tokens = self.done * self.request.tokens_per_step
        return Progress(
            phase="train",
            step=self.done,
            steps=self.request.steps,
            tokens=tokens,
            note=f"loss {self.loss:.3f}",
        )

    def checkpoint(self) -> Checkpoint:
        """The resume point after the steps done."""
        tensors = {f"optimiser/{name}": tensor for name, tensor in self.optimiser.state().items()}
        tensors |= {f"buffer/{name}": tensor for name, tensor in buffers(self.model).items()}
        tensors["routers/overloaded"] = self.routers.overloaded
        for fraction, weights in self.snapshots.items():
            tensors |= {f"snapshot/{fraction}/{name}": tensor for name, tensor in weights.items()}
        state = State(step=self.done, identity=self.identity, facts={"cpuSeconds": self.cpu}, tensors=tensors)
        return Checkpoint(step=self.done, data=encode(state))

    def _restore(self, state: State) -> None:
        def under(prefix: str) -> dict[str, Tensor]:
            return {
                name.removeprefix(prefix): t for name, t in state.tensors.items() if name.startswith(prefix)
            }

        self.done, self.cpu = state.step, dict(state.facts["cpuSeconds"])
        self.optimiser.restore(under("optimiser/"))
        for name, buffer in self.model.named_buffers():
            buffer.copy_(state.tensors[f"buffer/{name}"])
        self.routers.overloaded.copy_(state.tensors["routers/overloaded"])
        for fraction in self.request.fractions:
            if weights := under(f"snapshot/{fraction}/"):
                self.snapshots[fraction] = weights

    def results(self) -> Iterator[Snapshot]:
        """The snapshots of the curve, then the final weights, which are annealed and not averaged."""
        final = {**dict(self.optimiser.named(self.optimiser.weights)), **buffers(self.model)}
        steps = {fraction: step for step, fraction in self.marks().items()} | {1.0: self.request.steps}
        for fraction, weights in {**self.snapshots, 1.0: final}.items():
            tokens = steps[fraction] * self.request.tokens_per_step
            yield Snapshot(
                fraction=fraction, step=steps[fraction], tokens=tokens, weights=weights, cpu_seconds=self.cpu
            )


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
    stream = batches(request, training.done)
    while training.done < request.steps:
        clock = time.process_time()
        batch = next(stream)
        training.cpu["data"] += time.process_time() - clock
        clock = time.process_time()
        wrong = training.step(batch)
        training.cpu["train"] += time.process_time() - clock
        if wrong:
            yield Diverged(step=training.done, reason=wrong)
            return
        finished = training.done == request.steps
        if training.done % PROGRESS_EVERY == 0 or finished:
            yield training.progress()
        stop = not finished and interrupt()
        if stop or (training.done % request.checkpoint_every == 0 and not finished):
            yield training.checkpoint()
        if stop:
            yield Interrupted(step=training.done)
            return
    yield from training.results()
