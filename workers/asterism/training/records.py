"""What goes into a training and what comes out of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor

from asterism.data.text import file_hash
from asterism.data.tokens import tokenizers
from asterism.errors import Refused
from asterism.tasks.suite import Suite
from asterism.training.schedule import BRANCH_SHARE, WHOLE, Branch, branches
from asterism.training.soft_store import store_hash

TRAINER_VERSION = "2"
"""Joins the memo key of a result: any change that moves a score gives a new version."""


def training_seed(tier: str, suite: Suite, replicate: int) -> int:
    """Initialisation and data order follow from these alone, so all candidates are compared in pairs. Below
    2^48: exact in JSON.
    """
    key = f"{tier}/{suite.name}/{suite.version}/{replicate}"
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:6], "big")


@dataclass(frozen=True, kw_only=True)
class Distillation:
    """Soft targets beside the labels: `weight` of the loss is theirs, the rest is the labels'."""

    store: Path
    weight: float = 0.5
    temperature: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 1:
            raise Refused(f"a teacher's weight is {self.weight}; allowed: 0 to 1")
        if not self.temperature > 0:
            raise Refused(f"a temperature is {self.temperature}; allowed: above 0")

    def identity(self) -> str:
        """Which targets, and how much they count."""
        return f"{store_hash(self.store)}/{self.weight:g}/{self.temperature:g}"


@dataclass(frozen=True, kw_only=True)
class TrainingRequest:
    """`genome` in normal form. `fractions` of the steps at which a snapshot of the averaged weights is taken.

    `shuffle_labels` gives every answer to another question of the same batch: what is learnt then was leaked.
    `accumulate`: pieces in which the rows of a step are computed, their gradients added: less memory, the
    same recipe, other rounding. `rates` multiplies the rates of the roles it names: for class passports.
    `distillation`: a teacher's soft targets for exactly these rows. `rungs` are the fractions of the steps to
    anneal and score at; with more than the whole alone, snapshots come from branches and not from averages.
    """

    genome: Mapping[str, Any]
    suite: Suite
    steps: int
    tokens_per_step: int
    seed: int
    datasets: Mapping[str, Path] = field(default_factory=dict)
    checkpoint_every: int = 256
    fractions: tuple[float, ...] = (0.25, 0.5)
    shuffle_labels: bool = False
    accumulate: int = 1
    rates: Mapping[str, float] = field(default_factory=dict)
    distillation: Distillation | None = None
    rungs: tuple[float, ...] = WHOLE

    def __post_init__(self) -> None:
        self.branches()

    def branches(self) -> tuple[Branch, ...]:
        """Where rungs leave the trunk; none when only the whole budget is asked for."""
        return branches(self.rungs, self.steps)

    def legs(self) -> tuple[range, ...]:
        """The steps of the trunk, then those of every branch: what is computed, and whose rows are read."""
        made = self.branches()
        trunk = range(made[-1].start if made else self.steps)
        return trunk, *(range(each.start, each.stop) for each in made)

    def taught_by(self) -> dict[str, Any]:
        """What a teacher's soft targets must agree with: everything that decides the rows of a step."""
        if self.shuffle_labels:
            raise Refused("shuffled labels cannot have a teacher: it would give the answers back")
        datasets = {name: file_hash(path) for name, path in sorted(self.datasets.items())}
        return {
            "suite": f"{self.suite.name}/{self.suite.version}",
            "tokensPerStep": self.tokens_per_step,
            "seed": self.seed,
            "datasets": datasets,
        }

    def identity(self) -> dict[str, str]:
        """What a checkpoint must agree with to be resumed."""
        rates = ",".join(f"{role}={factor:g}" for role, factor in sorted(self.rates.items()))
        return {
            "suite": f"{self.suite.name}/{self.suite.version}",
            "trainer": TRAINER_VERSION,
            "steps": str(self.steps),
            "tokensPerStep": str(self.tokens_per_step),
            "seed": str(self.seed),
            "datasets": ",".join(f"{name}={file_hash(path)}" for name, path in sorted(self.datasets.items())),
            **({"tokenizers": ",".join(words)} if (words := tokenizers(self.datasets)) else {}),
            "shuffled": str(self.shuffle_labels),
            **({} if self.accumulate == 1 else {"accumulate": str(self.accumulate)}),
            **({"rates": rates} if rates else {}),
            **({"branches": f"{BRANCH_SHARE:g}"} if self.rungs != WHOLE else {}),
            **({"distillation": self.distillation.identity()} if self.distillation else {}),
        }


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a phase has come; `note` is for people."""

    phase: str
    step: int
    steps: int
    tokens: int
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """Everything needed to go on after `step` steps, bit for bit, in one file's bytes (safetensors).

    `trunk`: the training ended below its whole budget; with larger rungs it goes on from here.
    """

    step: int
    data: bytes
    trunk: bool = False


@dataclass(frozen=True, kw_only=True)
class Interrupted:
    """The training stopped on request; the checkpoint before this event resumes it."""

    step: int


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """Weights to score: averaged ones for points of the learning curve, the annealed ones at the end
    (fraction 1); with rungs, those annealed in the rung's branch, whose steps, tokens and core-seconds are
    counted apart.
    """

    fraction: float
    step: int
    tokens: int
    weights: Mapping[str, Tensor]
    cpu_seconds: Mapping[str, float]
    branch_steps: int = 0
    branch_tokens: int = 0
    branch_cpu_seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Diverged:
    """A result, not a crash: the loss or a gradient left the finite numbers, or a router collapsed."""

    step: int
    reason: str


Event = Progress | Checkpoint | Interrupted | Snapshot | Diverged
