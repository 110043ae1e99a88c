"""Train a candidate and score it: the one entry of workers, the shell and the self-tests."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asterism.backbone import Backbone, build
from asterism.evaluation.aggregate import Card, curve_area
from asterism.evaluation.flops import gemm_peak, training_flops
from asterism.evaluation.messages import rung_message, samples_file, scores_message
from asterism.evaluation.request import EvaluationRequest
from asterism.evaluation.scoring import TOKENS_AT_ONCE, score
from asterism.genome import genome_hash
from asterism.machine import environment, numeric_class
from asterism.training import (
    WHOLE,
    Checkpoint,
    Diverged,
    Interrupted,
    Progress,
    Snapshot,
    TrainingRequest,
    run,
)
from asterism.training.weights import encode_weights, load_weights

_NO_AREA = ("tiny", "nano")
_AREA_AT = (0.25, 0.5, 1.0)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`outcome` is the message (EvaluationOutcome without `artifacts`); `artifacts` are the bytes its hashes
    will name.
    """

    outcome: dict[str, Any]
    artifacts: Mapping[str, bytes]


def _failed(failure: str, reason: str) -> Outcome:
    return Outcome(outcome={"status": "failed", "class": failure, "reason": reason}, artifacts={})


def _point_of(card: Card, snapshot: Snapshot) -> dict[str, Any]:
    families = {name: value.value for name, value in card.families().items()}
    at = {"fraction": snapshot.fraction, "tokens": snapshot.tokens}
    return {**at, "quality": card.quality().value, "families": families}


def _counted(
    model: Backbone, request: EvaluationRequest, training: TrainingRequest, snapshot: Snapshot
) -> Card:
    load_weights(model, snapshot.weights)
    at_once = TOKENS_AT_ONCE // training.accumulate
    tasks = score(
        model, training.suite, request.split, training.datasets, counted_only=True, tokens_at_once=at_once
    )
    return Card(training.suite, tasks)


def _finish(
    request: EvaluationRequest,
    training: TrainingRequest,
    snapshots: Sequence[Snapshot],
    trunk: Checkpoint | None,
    started: float,
) -> Outcome:
    clock = time.process_time()
    model = build(request.genome, seed=training.seed)
    cards = [_counted(model, request, training, snapshot) for snapshot in snapshots[:-1]]
    load_weights(model, snapshots[-1].weights)
    at_once = TOKENS_AT_ONCE // training.accumulate
    tasks = score(model, training.suite, request.split, training.datasets, tokens_at_once=at_once)
    card = Card(training.suite, tasks)
    points = list(zip([*cards, card], snapshots, strict=True))
    curve = [_point_of(each, snapshot) for each, snapshot in points]
    if all(rows.error for rows in tasks):
        return _failed("diverged", f"no task could be scored: {tasks[0].error}")
    scored = time.process_time() - clock
    cpu = {**snapshots[-1].cpu_seconds, "score": scored}
    parameters = sum(parameter.numel() for parameter in model.parameters())
    flops = training_flops(model, training) / max(1e-9, cpu["train"]) / gemm_peak()
    outcome = {
        "status": "scored",
        "suite": training.suite.name,
        "suiteVersion": training.suite.version,
        **scores_message(card),
        **_area(request, curve),
        "curve": curve,
        **_rungs(training, points),
        "tokens": snapshots[-1].tokens + sum(each.branch_tokens for each in snapshots),
        "steps": snapshots[-1].step + sum(each.branch_steps for each in snapshots),
        "seed": training.seed,
        "parameters": parameters,
        "cpuSeconds": cpu,
        "wallSeconds": time.monotonic() - started,
        "device": "cpu",
        **_numbers(training),
        "flopsShare": flops,
        "environment": environment(),
    }
    return Outcome(
        outcome=outcome,
        artifacts={
            "checkpoint": _weights_file(request, training, snapshots[-1]),
            "samples": samples_file(tasks),
            **({} if trunk is None else {"trunk": trunk.data}),
        },
    )


def _rungs(training: TrainingRequest, points: Sequence[tuple[Card, Snapshot]]) -> dict[str, Any]:
    """What each rung's branch scored and cost; the outcome's own tokens and core-seconds hold it already."""
    if training.rungs == WHOLE:
        return {}
    return {"rungs": [rung_message(card, snapshot) for card, snapshot in points]}


def _area(request: EvaluationRequest, curve: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The learning curve's area favours who starts fast, so it is a result of its own, and none where budgets
    are short, nor of annealed rungs, which do not compare with averaged weights.
    """
    if request.tier in _NO_AREA or request.rungs != WHOLE:
        return {}
    return {"curveArea": curve_area(point["quality"] for point in curve if point["fraction"] in _AREA_AT)}


def _numbers(training: TrainingRequest) -> dict[str, Any]:
    """Sums in another order are other bits: a step in pieces is a numeric class of its own."""
    if training.accumulate == 1:
        return {"numericClass": numeric_class()}
    name = f"{numeric_class()}/accumulated-{training.accumulate}"
    return {"numericClass": name, "accumulate": training.accumulate}


def _weights_file(request: EvaluationRequest, training: TrainingRequest, final: Snapshot) -> bytes:
    facts = {
        "format": "asterism-weights-1",
        "genome": dict(request.genome),
        "genomeHash": genome_hash(request.genome),
        "tier": request.tier,
        "training": training.identity(),
        "tokens": final.tokens + final.branch_tokens,
        **({} if request.rungs == WHOLE else {"rung": final.fraction}),
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
    trunk: Checkpoint | None = None
    for event in run(training, resume=resume, interrupt=interrupt):
        if isinstance(event, Interrupted):
            return
        if isinstance(event, Diverged):
            yield _failed("diverged", event.reason)
            return
        if isinstance(event, Snapshot):
            snapshots.append(event)
        elif isinstance(event, Checkpoint) and event.trunk:
            trunk = event
        else:
            yield event
    last = snapshots[-1]
    steps = sum(len(leg) for leg in training.legs())
    yield Progress(phase="score", step=steps, steps=steps, tokens=last.tokens)
    yield _finish(request, training, snapshots, trunk, started)
