"""What a teacher is worth: one student with and without it, on the same rows, steps and starting weights.

The teacher is wider and trained longer, from another seed. Both arms of a replicate see the same tokens in
the same order; only the loss differs. Runs are appended to a file when they end, so a stopped series goes on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from asterism.distillation.store import write_store
from asterism.distillation.teacher import open_teacher
from asterism.evaluation.evaluate import Outcome, evaluate
from asterism.evaluation.request import EvaluationRequest
from asterism.evaluation.runs import commit, read_runs, rounded
from asterism.machine import describe_machine, load_average
from asterism.tasks.reference_set import reference_genome
from asterism.training import TRAINER_VERSION
from asterism.training.records import Distillation

TEACHER_REPLICATE = 900
"""Far from the students' replicates: the teacher shares neither their start nor their rows."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is compared. `steps` are the students'; the teacher trains for the tier's own."""

    datasets: Mapping[str, Path]
    work: Path
    results: Path
    suite: str = "nano-1"
    architecture: str = "cq"
    steps: int = 512
    top: int = 32
    weight: float = 0.5
    temperature: float = 1.0

    def settings(self) -> dict[str, Any]:
        """What two runs must share to be of one comparison."""
        names = ("suite", "architecture", "steps", "top", "weight", "temperature")
        return {name: getattr(self, name) for name in names}

    def student(self, replicate: int, distillation: Distillation | None) -> EvaluationRequest:
        return EvaluationRequest(
            genome=reference_genome(self.architecture),
            tier="nano",
            suite=self.suite,
            replicate=replicate,
            datasets=self.datasets,
            steps=self.steps,
            distillation=distillation,
        )

    def teacher(self) -> EvaluationRequest:
        return EvaluationRequest(
            genome=widened(self.architecture),
            tier="nano",
            suite=self.suite,
            replicate=TEACHER_REPLICATE,
            datasets=self.datasets,
        )


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
        if not _done(plan, replicate, distilled=False):
            _append(plan, plan.student(replicate, None), {"role": "student", "distilled": False})
        if _done(plan, replicate, distilled=True):
            continue
        store = plan.work / f"soft-{replicate}-{plan.steps}-{plan.top}"
        request = plan.student(replicate, None).training()
        teacher = open_teacher(weights, request.genome["size"]["vocab"], request.datasets)
        found = write_store(store, teacher, request, plan.top)
        learnt = Distillation(store=store, weight=plan.weight, temperature=plan.temperature)
        facts = {"role": "student", "distilled": True, "store": found}
        _append(plan, plan.student(replicate, learnt), facts)


def _teacher(plan: Plan) -> Path:
    weights = plan.work / f"teacher-{plan.architecture}.safetensors"
    if not weights.exists():
        plan.work.mkdir(parents=True, exist_ok=True)
        made = _append(plan, plan.teacher(), {"role": "teacher", "distilled": False})
        part = weights.with_suffix(".part")
        part.write_bytes(made.artifacts["checkpoint"])
        part.replace(weights)
    return weights


def _done(plan: Plan, replicate: int, *, distilled: bool) -> bool:
    """A student without a teacher is the same whatever the teacher's settings are."""
    keys = ("suite", "architecture", "steps") if not distilled else tuple(plan.settings())
    wanted = {key: plan.settings()[key] for key in keys}
    return any(
        (run["role"], run["distilled"], run["replicate"]) == ("student", distilled, replicate)
        and {key: run[key] for key in keys} == wanted
        for run in read_runs(plan.results)
    )


def _append(plan: Plan, request: EvaluationRequest, facts: Mapping[str, Any]) -> Outcome:
    load_before, begun_with = load_average(), commit()
    last = list(evaluate(request))[-1]
    assert isinstance(last, Outcome)
    run = {
        **facts,
        **plan.settings(),
        "steps": request.training().steps,
        "replicate": request.replicate,
        "trainerVersion": TRAINER_VERSION,
        "commit": begun_with,
        "machine": {**asdict(describe_machine()), "loadBefore": load_before, "loadAfter": load_average()},
        "outcome": rounded(last.outcome),
    }
    plan.results.parent.mkdir(parents=True, exist_ok=True)
    with plan.results.open("a") as handle:
        handle.write(json.dumps(run) + "\n")
    return last
