"""An evaluation as a worker is given it, and the training it stands for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from asterism.data.splits import Split
from asterism.data.tokenizer import FIRST_TOKEN
from asterism.data.tokens import read_header
from asterism.errors import Refused
from asterism.tasks.suites import suite
from asterism.training import TRAINER_VERSION, WHOLE, Distillation, TrainingRequest, training_seed

PROCEDURAL = "probes"
"""The name under which specs list the generated tasks; it needs no file."""


@cache
def _tiers() -> dict[str, dict[str, Any]]:
    return json.loads((files("asterism.contracts") / "tiers.json").read_text())


def tier_budget(tier: str) -> tuple[int, int]:
    """Steps and tokens per step of a tier, from the table that TypeScript generates."""
    if tier not in _tiers():
        raise Refused(f"unknown tier {tier!r}; known: {', '.join(_tiers())}")
    return _tiers()[tier]["steps"], _tiers()[tier]["tokensPerStep"]


def tier_suite(tier: str) -> tuple[str, str]:
    """Name and version of the suite that a tier is scored on."""
    tier_budget(tier)
    return _tiers()[tier]["suite"], _tiers()[tier]["suiteVersion"]


def _check_vocabulary(genome: Mapping[str, Any], datasets: Mapping[str, Path]) -> None:
    """A dataset with a tokenizer needs rows of the embedding for its tokens, behind the suite's symbols."""
    for name, path in datasets.items():
        header = read_header(path)
        if header is not None and genome["size"]["vocab"] < header.vocabulary:
            raise Refused(
                f"/size/vocab: {genome['size']['vocab']}, but dataset {name!r} is written with a tokenizer "
                f"of {header.tokens} tokens behind the suite's {FIRST_TOKEN} symbols; allowed: "
                f"{header.vocabulary} or more"
            )


@dataclass(frozen=True, kw_only=True)
class EvaluationRequest:
    """`genome` is the trial genome in normal form; `steps` overrides the tier's (smoke runs). `rates`
    multiplies the rates of the roles it names (bench/mixture); no claim asks for it.
    """

    genome: Mapping[str, Any]
    tier: str
    suite: str
    suite_version: str | None = None
    replicate: int = 0
    split: Split = "select"
    datasets: Mapping[str, Path] = field(default_factory=dict)
    steps: int | None = None
    checkpoint_every: int = 256
    shuffle_labels: bool = False
    accumulate: int = 1
    rates: Mapping[str, float] = field(default_factory=dict)
    rungs: tuple[float, ...] = WHOLE
    distillation: Distillation | None = None

    @classmethod
    def from_work(cls, work: Mapping[str, Any], datasets: Mapping[str, Path]) -> EvaluationRequest:
        """From the message of a claim; `datasets` says where its datasets lie on this machine."""
        if work["trainerVersion"] != TRAINER_VERSION:
            raise Refused(
                f"trainer version {work['trainerVersion']} was asked for, this worker has {TRAINER_VERSION}"
            )
        return cls(
            genome=work["genome"],
            tier=work["tier"],
            suite=work["suite"],
            suite_version=work["suiteVersion"],
            replicate=work["replicate"],
            split=work["split"],
            datasets=datasets,
            accumulate=work.get("accumulate", 1),
            rungs=tuple(work["rungs"]),
        )

    def training(self) -> TrainingRequest:
        """The training behind it, with the suite fitted to the datasets."""
        datasets = {name: path for name, path in self.datasets.items() if name != PROCEDURAL}
        chosen = suite(self.suite, self.suite_version)
        _check_vocabulary(self.genome, datasets)
        steps, tokens_per_step = tier_budget(self.tier)
        return TrainingRequest(
            genome=self.genome,
            suite=chosen.with_datasets(datasets),
            steps=self.steps or steps,
            tokens_per_step=tokens_per_step,
            seed=training_seed(self.tier, chosen, self.replicate),
            datasets=datasets,
            checkpoint_every=self.checkpoint_every,
            shuffle_labels=self.shuffle_labels,
            accumulate=self.accumulate,
            rates=self.rates,
            rungs=self.rungs,
            distillation=self.distillation,
        )
