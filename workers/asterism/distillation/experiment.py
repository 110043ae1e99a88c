"""What a teacher is worth: one student with and without it, on the same rows, steps and starting weights.

The teacher is wider and trained longer, from another seed. Both arms of a replicate see the same tokens in
the same order; only the loss differs. Runs are appended to a file when they end, so a stopped series goes on.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from asterism.backbone import build
from asterism.distillation.store import write_store
from asterism.distillation.teacher import open_teacher
from asterism.errors import Refused
from asterism.evaluation.aggregate import Card
from asterism.evaluation.messages import scores_message
from asterism.evaluation.request import tier_budget
from asterism.evaluation.scoring import score
from asterism.evidence.runs import commit, machine_since, read_runs, rounded
from asterism.genome import genome_hash
from asterism.machine import load_average
from asterism.tasks.reference_set import reference_genome
from asterism.tasks.suite import Suite
from asterism.tasks.suites import suite
from asterism.training import (
    TRAINER_VERSION,
    Distillation,
    Diverged,
    Snapshot,
    TrainingRequest,
    run,
    training_seed,
)
from asterism.training.weights import encode_weights, load_weights

TIER = "nano"
TEACHER_REPLICATE = 900
"""Far from the students' replicates: the teacher shares neither their start nor their rows."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is compared. `text_only` leaves the probes out: language modelling, where a teacher knows more
    than the label says. A suite and architecture have one teacher: its steps are no setting of a comparison.
    """

    datasets: Mapping[str, Path]
    work: Path
    results: Path
    suite: str = "nano-1"
    text_only: bool = True
    architecture: str = "cq"
    steps: int = 512
    teacher_steps: int = 2048
    top: int = 32
    weight: float = 0.5
    temperature: float = 1.0

    def mixture(self) -> Suite:
        """The suite, or its text alone under a name of its own."""
        whole = suite(self.suite).with_datasets(self.datasets)
        if not self.text_only:
            return whole
        return replace(
            whole,
            name=f"{whole.name}/text",
            probes=tuple(probe for probe in whole.probes if probe.generator == "text"),
            scores=tuple(each for each in whole.scores if each.generator == "text"),
            text_families=(),  # families without a counterpart: their mean is the quality
            text_weight=0.0,
        )

    def request(self, genome: Mapping[str, Any], replicate: int, steps: int) -> TrainingRequest:
        mixture = self.mixture()
        return TrainingRequest(
            genome=genome,
            suite=mixture,
            steps=steps,
            tokens_per_step=tier_budget(TIER)[1],
            seed=training_seed(TIER, mixture, replicate),
            datasets=self.datasets,
            fractions=(),
        )

    def student(self, replicate: int) -> TrainingRequest:
        return self.request(reference_genome(self.architecture), replicate, self.steps)

    def teacher(self) -> TrainingRequest:
        return self.request(widened(self.architecture), TEACHER_REPLICATE, self.teacher_steps)

    def settings(self, *, taught: bool) -> dict[str, Any]:
        """What two runs must share to be of one comparison: a student alone is the same for every teacher."""
        common = {"suite": self.mixture().name, "architecture": self.architecture, "steps": self.steps}
        learnt = {"top": self.top, "weight": self.weight, "temperature": self.temperature}
        return common | (learnt if taught else {})


def widened(letters: str) -> dict[str, Any]:
    """A reference architecture of twice the width: heads and hidden units double, what a head is stays."""
    genome = reference_genome(letters)
    doubled = ("heads", "kvHeads", "hidden")
    backbone = [
        {key: 2 * value if key in doubled else value for key, value in entry.items()}
        for entry in genome["backbone"]
    ]
    return {**genome, "size": {**genome["size"], "width": 128}, "backbone": backbone}


def compare(plan: Plan, replicates: range) -> None:
    """Train what is missing: the teacher once, then both students of every replicate."""
    weights = _teacher(plan)
    for replicate in replicates:
        request = plan.student(replicate)
        if not _done(plan, replicate, taught=False):
            _append(plan, request, replicate, {"role": "student", "distilled": False})
        if _done(plan, replicate, taught=True):
            continue
        name = f"soft-{request.suite.name.replace('/', '-')}-{replicate}-{plan.steps}-{plan.top}"
        teacher = open_teacher(weights, request.genome["size"]["vocab"], request.datasets)
        clock = time.process_time()
        found = write_store(plan.work / name, teacher, request, plan.top)
        facts = {"role": "student", "distilled": True, "store": found}
        asked = {"teacherCpuSeconds": round(time.process_time() - clock, 1)}
        learnt = Distillation(store=plan.work / name, weight=plan.weight, temperature=plan.temperature)
        _append(plan, replace(request, distillation=learnt), replicate, {**facts, **asked})


def _teacher(plan: Plan) -> Path:
    request = plan.teacher()
    weights = plan.work / f"teacher-{request.suite.name.replace('/', '-')}-{plan.architecture}.safetensors"
    if not weights.exists():
        plan.work.mkdir(parents=True, exist_ok=True)
        final = _append(plan, request, TEACHER_REPLICATE, {"role": "teacher", "distilled": False})
        genome = {"genome": dict(request.genome), "genomeHash": genome_hash(request.genome)}
        facts = {**genome, "training": request.identity()}
        part = weights.with_suffix(".part")
        part.write_bytes(encode_weights(final.weights, facts))
        part.replace(weights)
    return weights


def _done(plan: Plan, replicate: int, *, taught: bool) -> bool:
    known = {
        "role": "student",
        "distilled": taught,
        "replicate": replicate,
        "trainerVersion": TRAINER_VERSION,
    }
    wanted = {**known, **plan.settings(taught=taught)}
    return any({key: run.get(key) for key in wanted} == wanted for run in read_runs(plan.results))


def _append(plan: Plan, request: TrainingRequest, replicate: int, facts: Mapping[str, Any]) -> Snapshot:
    load_before, begun_with = load_average(), commit()
    final, outcome = _trained(request)
    line = {
        **facts,
        **plan.settings(taught=request.distillation is not None),
        "steps": request.steps,
        "replicate": replicate,
        "trainerVersion": TRAINER_VERSION,
        "commit": begun_with,
        "machine": machine_since(load_before),
        "outcome": rounded(outcome),
    }
    plan.results.parent.mkdir(parents=True, exist_ok=True)
    with plan.results.open("a") as handle:
        handle.write(json.dumps(line) + "\n")
    return final


def _trained(request: TrainingRequest) -> tuple[Snapshot, dict[str, Any]]:
    final = None
    for event in run(request):
        if isinstance(event, Diverged):
            raise Refused(f"a training of the comparison diverged: {event.reason}")
        if isinstance(event, Snapshot):
            final = event
    assert final is not None
    model = build(request.genome)
    load_weights(model, final.weights)
    card = Card(request.suite, score(model, request.suite, "select", request.datasets))
    parameters = sum(parameter.numel() for parameter in model.parameters())
    spent = {"tokens": final.tokens, "parameters": parameters, "cpuSeconds": dict(final.cpu_seconds)}
    return final, {**scores_message(card), **spent}
