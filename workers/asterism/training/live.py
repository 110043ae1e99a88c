"""One training's live state: model, optimiser, routers, and what a checkpoint holds of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from asterism.backbone import build
from asterism.errors import Refused
from asterism.genome import genome_hash
from asterism.machine import keep_freed_memory
from asterism.training.batches import Batch, pieces
from asterism.training.checkpoint import State, decode, encode
from asterism.training.loss import batch_loss, soft_store
from asterism.training.optimiser import Optimiser
from asterism.training.records import Checkpoint, Progress, Snapshot, TrainingRequest
from asterism.training.routers import Routers
from asterism.training.schedule import Branch, branch_factor, decaying, factor, trunk_factor
from asterism.training.weights import buffers


def _under(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}


class Training:
    """What `run` drives. `done` is the number of steps behind the weights; in a branch `held` are the trunk's
    tensors, which come back when it ends.
    """

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
        self.soft = soft_store(request)
        self.branches, self.branch = request.branches(), None
        self.held: dict[str, Tensor] = {}
        self.branch_cpu: dict[str, float] = {}
        self.planned = sum(len(leg) for leg in request.legs())
        if resume is not None:
            self._restore(decode(resume, self.identity))

    def marks(self) -> dict[int, float]:
        """Steps after which a snapshot of the averaged weights is taken; none beside rungs."""
        if self.branches:
            return {}
        return {max(1, round(fraction * self.request.steps)): fraction for fraction in self.request.fractions}

    @property
    def spent(self) -> int:
        """Steps computed, those of branches among them."""
        return self.done + sum(each.steps for each in self.branches if each.fraction in self.snapshots)

    def ahead(self) -> Iterator[tuple[Branch | None, int]]:
        """What is left, leg by leg: the branch, or None on the trunk, and the step to stop before."""
        if not self.branches:
            yield None, self.request.steps
        for branch in self.branches:
            if branch.fraction in self.snapshots:
                continue
            if self.branch is None:
                yield None, branch.start
                self.branch = branch
                self.held = {name: tensor.clone() for name, tensor in self._live().items()}
            yield branch, branch.stop
            self.snapshots[branch.fraction] = self._weights()
            self._back_to_trunk()

    def _back_to_trunk(self) -> None:
        assert self.branch is not None
        self._put(self.held)
        self.done, self.branch, self.held = self.branch.start, None, {}

    def _share(self) -> tuple[float, bool]:
        """Share of the rates at this step, and whether it is falling."""
        if self.branch is not None:
            return branch_factor(self.done, self.request.steps, self.branch), True
        if self.branches:
            return trunk_factor(self.done, self.request.steps), False
        return factor(self.done, self.request.steps), decaying(self.done, self.request.steps)

    def charge(self, kind: str, seconds: float) -> None:
        """Count core-seconds; those of a branch apart as well."""
        self.cpu[kind] += seconds
        if self.branch is not None:
            name = str(self.branch.fraction)
            self.branch_cpu[name] = self.branch_cpu.get(name, 0.0) + seconds

    def step(self, batch: Batch) -> str | None:
        """One step; the reason when it left the finite numbers."""
        self.loss = 0.0
        if self.soft is not None:
            batch = replace(batch, soft=self.soft.step(self.done))
        for piece, part in pieces(batch, self.request.accumulate):
            loss = batch_loss(self.model, piece, self.request.distillation)
            (loss + part * self.routers.balance()).backward()
            self.routers.seen()
            self.loss += float(loss.detach())
        share, falling = self._share()
        norm = self.optimiser.step(self.done, share)
        if not (math.isfinite(self.loss) and math.isfinite(norm)):
            return f"loss {self.loss:.4g}, gradient norm {norm:.4g} at step {self.done + 1}"
        self.routers.settle(frozen=falling)
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
        tokens = self.spent * self.request.tokens_per_step
        where = "" if self.branch is None else f"rung {self.branch.fraction:g}, "
        return Progress(
            phase="train",
            step=self.spent,
            steps=self.planned,
            tokens=tokens,
            note=f"{where}loss {self.loss:.3f}",
        )

    def _live(self) -> dict[str, Tensor]:
        """Everything that a step changes."""
        tensors = {f"optimiser/{name}": tensor for name, tensor in self.optimiser.state().items()}
        tensors |= {f"buffer/{name}": tensor for name, tensor in buffers(self.model).items()}
        return {**tensors, "routers/overloaded": self.routers.overloaded}

    def _put(self, tensors: Mapping[str, Tensor]) -> None:
        """Set what a step changes, in the memory that the model already looks at."""
        self.optimiser.restore(_under(tensors, "optimiser/"))
        for name, buffer in self.model.named_buffers():
            buffer.copy_(tensors[f"buffer/{name}"])
        self.routers.overloaded.copy_(tensors["routers/overloaded"])

    def _weights(self) -> dict[str, Tensor]:
        return {**dict(self.optimiser.named(self.optimiser.weights)), **buffers(self.model)}

    def checkpoint(self) -> Checkpoint:
        """The resume point after the steps done."""
        tensors = self._live()
        facts: dict[str, Any] = {"cpuSeconds": self.cpu}
        if self.branches:
            facts |= {"branchCpuSeconds": self.branch_cpu}
        if self.branch is not None:
            facts |= {"branch": self.branch.fraction}
            tensors |= {f"trunk/{name}": tensor for name, tensor in self.held.items()}
        for fraction, weights in self.snapshots.items():
            tensors |= {f"snapshot/{fraction}/{name}": tensor for name, tensor in weights.items()}
        state = State(step=self.done, identity=self.identity, facts=facts, tensors=tensors)
        return Checkpoint(step=self.spent, data=encode(state))

    def _restore(self, state: State) -> None:
        self.done, self.cpu = state.step, dict(state.facts["cpuSeconds"])
        self._put(state.tensors)
        if self.branches:
            self._restore_rungs(state)
            return
        for fraction in self.request.fractions:
            if weights := _under(state.tensors, f"snapshot/{fraction}/"):
                self.snapshots[fraction] = weights

    def _restore_rungs(self, state: State) -> None:
        """All rungs that the file holds, asked for or not, and the branch that was open; one that is no
        longer asked for is left.
        """
        self.branch_cpu = dict(state.facts["branchCpuSeconds"])
        for fraction in {float(name.split("/")[1]) for name in state.tensors if name.startswith("snapshot/")}:
            self.snapshots[fraction] = _under(state.tensors, f"snapshot/{fraction}/")
        if (held := _under(state.tensors, "trunk/")) and "branch" in state.facts:
            fraction, self.held = state.facts["branch"], held
            start = round(fraction * self.request.steps)
            found = (each for each in self.branches if each.fraction == fraction)
            self.branch = next(found, Branch(fraction=fraction, start=max(1, start), stop=self.done))
            if self.branch not in self.branches:
                self._back_to_trunk()
        at = self.branch.start if self.branch else self.done
        gone = [each.fraction for each in self.branches if each.start < at]
        if missed := [fraction for fraction in gone if fraction not in self.snapshots]:
            raise Refused(f"the resume point is past the rungs {missed} and holds no weights of them")

    def _rungs(self) -> Iterator[Snapshot]:
        each_step = self.request.tokens_per_step
        for branch in self.branches:
            yield Snapshot(
                fraction=branch.fraction,
                step=branch.start,
                tokens=branch.start * each_step,
                weights=self.snapshots[branch.fraction],
                cpu_seconds=self.cpu,
                branch_steps=branch.steps,
                branch_tokens=branch.steps * each_step,
                branch_cpu_seconds=self.branch_cpu[str(branch.fraction)],
            )

    def results(self) -> Iterator[Snapshot]:
        """The snapshots of the curve, then the final weights, which are annealed and not averaged; or the
        rungs.
        """
        if self.branches:
            yield from self._rungs()
            return
        final = self._weights()
        steps = {fraction: step for step, fraction in self.marks().items()} | {1.0: self.request.steps}
        for fraction, weights in {**self.snapshots, 1.0: final}.items():
            tokens = steps[fraction] * self.request.tokens_per_step
            yield Snapshot(
                fraction=fraction, step=steps[fraction], tokens=tokens, weights=weights, cpu_seconds=self.cpu
            )
