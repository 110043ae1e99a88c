"""Train a candidate and score it: the one entry of workers, the shell and the self-tests."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors.numpy import save

from asterism.backbone import build
from asterism.evaluation.aggregate import Card
from asterism.evaluation.flops import gemm_peak, training_flops
from asterism.evaluation.request import EvaluationRequest
from asterism.evaluation.scoring import TaskRows, score
from asterism.genome import canonical_text, genome_hash
from asterism.machine import numeric_class
from asterism.training import Checkpoint, Diverged, Interrupted, Progress, Snapshot, TrainingRequest, run
from asterism.training.weights import encode_weights, load_weights


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`outcome` is the message (EvaluationOutcome without `artifacts`); `artifacts` are the bytes its hashes will name."""

    outcome: dict[str, Any]
    artifacts: Mapping[str, bytes]


def _failed(failure: str, reason: str) -> Outcome:
    return Outcome(outcome={"status": "failed", "class": failure, "reason": reason}, artifacts={})


def _task(card: Card, rows: TaskRows) -> dict[str, Any]:
    known = {"id": rows.task.id, "family": rows.task.family, "n": int(rows.count_R.sum())}
    measured = card.task(rows)
    scores = {"score": measured.value, "low": measured.low, "high": measured.high}
    if rows.error:
        return {**known, **scores, "error": rows.error}
    answers = rows.count_R.sum()
    numbers = {
        "accuracy": float(rows.hits_R.sum() / answers),
        "nll": float(rows.nll_R.sum() / answers),
        "chance": float(rows.chance_R.sum() / answers),
        "baselineNll": float(rows.baseline_R.sum() / answers),
    }
    binding = card.binding(rows)
    return {**known, **numbers, **scores, **({} if binding is None else {"binding": binding})}


def _samples(tasks: Sequence[TaskRows]) -> bytes:
    """Per-row sums of every task: what all intervals can be computed from again."""
    columns = ("count_R", "nll_R", "hits_R", "baseline_R", "chance_R", "binding_R")
    return save(
        {
            f"{rows.task.id}/{name.removesuffix('_R')}": getattr(rows, name).astype("float64")
            for rows in tasks
            for name in columns
        }
    )


def _finish(
    request: EvaluationRequest, training: TrainingRequest, snapshots: Sequence[Snapshot], started: float
) -> Outcome:
    clock = time.process_time()
    model = build(request.genome, seed=training.seed)
    curve: list[dict[str, Any]] = []
    for snapshot in snapshots:
        load_weights(model, snapshot.weights)
        final = snapshot is snapshots[-1]
        tasks = score(model, training.suite, request.split, training.datasets, counted_only=not final)
        card = Card(training.suite, tasks)
        families = {name: value.value for name, value in card.families().items()}
        point = {"fraction": snapshot.fraction, "tokens": snapshot.tokens}
        curve.append({**point, "quality": card.quality().value, "families": families})
    if all(rows.error for rows in tasks):
        return _failed("diverged", f"no task could be scored: {tasks[0].error}")
    scored = time.process_time() - clock
    cpu = {**snapshots[-1].cpu_seconds, "score": scored}
    quality, parameters = card.quality(), sum(parameter.numel() for parameter in model.parameters())
    flops = training_flops(model, training) / max(1e-9, cpu["train"]) / gemm_peak()
    outcome = {
        "status": "scored",
        "suite": training.suite.name,
        "suiteVersion": training.suite.version,
        "tasks": [_task(card, rows) for rows in tasks],
        "families": {
            name: {"score": v.value, "low": v.low, "high": v.high} for name, v in card.families().items()
        },
        "quality": {"value": quality.value, "low": quality.low, "high": quality.high},
        "qualityBinding": card.quality_binding(),
        "curve": curve,
        "tokens": snapshots[-1].tokens,
        "steps": snapshots[-1].step,
        "seed": training.seed,
        "parameters": parameters,
        "cpuSeconds": cpu,
        "wallSeconds": time.monotonic() - started,
        "device": "cpu",
        "numericClass": numeric_class(),
        "flopsShare": flops,
    }
    return Outcome(
        outcome=outcome,
        artifacts={"checkpoint": _weights_file(request, training, snapshots[-1]), "samples": _samples(tasks)},
    )


def _weights_file(request: EvaluationRequest, training: TrainingRequest, final: Snapshot) -> bytes:
    facts = {
        "format": "asterism-weights-1",
        "genome": canonical_text(request.genome),
        "genomeHash": genome_hash(request.genome),
        "tier": request.tier,
        "training": training.identity(),
        "tokens": str(final.tokens),
    }
    return encode_weights(final.weights, facts)


def evaluate(
    request: EvaluationRequest,
    *,
    resume: bytes | Path | None = None,
    interrupt: Callable[[], bool] = lambda: False,
) -> Iterator[Progress | Checkpoint | Outcome]:
    """Progress and resume points, then one Outcome; none when `interrupt` ended it after a resume point."""
    started = time.monotonic()
    training = request.training()
    snapshots: list[Snapshot] = []
    for event in run(training, resume=resume, interrupt=interrupt):
        if isinstance(event, Interrupted):
            return
        if isinstance(event, Diverged):
            yield _failed("diverged", event.reason)
            return
        if isinstance(event, Snapshot):
            snapshots.append(event)
        else:
            yield event
    last = snapshots[-1]
    yield Progress(phase="score", step=last.step, steps=training.steps, tokens=last.tokens)
    yield _finish(request, training, snapshots, started)
