"""`python -m asterism train GENOME.json --tier nano --out DIR`: train and score a genome, no service."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path

from asterism.shell import add_dataset_option, read_genome_file

TRUNK = "trunk.safetensors"
HELP = "train a genome on a tier's suite and score it"


def configure(options: argparse.ArgumentParser) -> None:
    """What to train on what."""
    options.add_argument("genome", type=Path, help="trial genome in normal form")
    options.add_argument("--tier", default="nano")
    options.add_argument("--suite", help="the tier's own unless given")
    options.add_argument(
        "--replicate", type=int, default=0, help="training seed and data order follow from it"
    )
    options.add_argument(
        "--rungs",
        type=float,
        nargs="+",
        default=[1.0],
        metavar="FRACTION",
        help="score at these fractions of the tier's tokens, rising, each annealed in a branch of its own",
    )
    options.add_argument("--out", type=Path, required=True, help="folder for outcome.json, model and samples")
    options.add_argument("--teacher", type=Path, help="soft targets of `distill store` to learn from")
    options.add_argument("--teacher-weight", type=float, default=0.5, help="their part of the loss, 0 to 1")
    options.add_argument("--temperature", type=float, default=1.0, help="of the teacher's kept tokens")
    options.add_argument("--json", action="store_true", help="print the whole outcome")
    add_dataset_option(options)


def run(given: argparse.Namespace) -> int:
    """Train; Ctrl-C leaves a resume point in the folder, the same command goes on from it. A training that
    ended at a rung leaves its trunk, from which larger rungs go on.
    """
    from asterism.evaluation import EvaluationRequest, Outcome, evaluate, tier_suite
    from asterism.training import WHOLE, Checkpoint, Distillation, Progress

    suite, version = tier_suite(given.tier)
    taught = given.teacher and Distillation(
        store=given.teacher, weight=given.teacher_weight, temperature=given.temperature
    )
    request = EvaluationRequest(
        genome=read_genome_file(given.genome),
        tier=given.tier,
        suite=given.suite or suite,
        suite_version=None if given.suite else version,
        replicate=given.replicate,
        datasets=dict(given.dataset),
        distillation=taught,
        rungs=tuple(given.rungs),
    )
    given.out.mkdir(parents=True, exist_ok=True)
    resume = given.out / "resume.safetensors"
    stopped: list[int] = []
    signal.signal(signal.SIGINT, lambda number, frame: stopped.append(number))
    points = [resume, given.out / TRUNK] if request.rungs != WHOLE else [resume]
    begun = next((point for point in points if point.exists()), None)
    events = evaluate(request, resume=begun, interrupt=lambda: bool(stopped))
    for event in events:
        if isinstance(event, Checkpoint):
            resume.write_bytes(event.data)
        elif isinstance(event, Progress) and sys.stderr.isatty():
            print(f"\r{event.phase} {event.step}/{event.steps} {event.note:20}", end="", file=sys.stderr)
        elif isinstance(event, Outcome):
            return _keep(given, event.outcome, event.artifacts, resume)
    print(f"stopped; the same command goes on from {resume}", file=sys.stderr)
    return 130


def _keep(given: argparse.Namespace, outcome: dict[str, object], artifacts: object, resume: Path) -> int:
    assert isinstance(artifacts, dict)
    names = {"checkpoint": "model.safetensors", "samples": "samples.safetensors", "trunk": TRUNK}
    for key, data in artifacts.items():
        (given.out / names[key]).write_bytes(data)
    (given.out / "outcome.json").write_text(json.dumps(outcome, indent=2) + "\n")
    resume.unlink(missing_ok=True)
    if "trunk" not in artifacts:
        (given.out / TRUNK).unlink(missing_ok=True)
    print(json.dumps(outcome, indent=2) if given.json else table(outcome))
    return 0 if outcome["status"] == "scored" else 1


def table(outcome: dict[str, object]) -> str:
    """The outcome as a small table."""
    if outcome["status"] != "scored":
        return f"failed, {outcome['class']}: {outcome['reason']}"
    tasks, quality = outcome["tasks"], outcome["quality"]
    assert isinstance(tasks, list) and isinstance(quality, dict)
    lines = [f"{'task':20} {'family':14} {'score':>6} {'interval':>14} {'acc':>5}"]
    for task in tasks:
        accuracy = f"{task['accuracy']:5.2f}" if "accuracy" in task else task.get("error", "")
        low, high = f"{task['low']:.2f}", f"{task['high']:.2f}"
        lines.append(
            f"{task['id']:20} {task['family']:14} {task['score']:6.2f} {low + ' to ' + high:>14} {accuracy}"
        )
    rungs = outcome.get("rungs", [])
    assert isinstance(rungs, list)
    for rung in rungs:
        annealed = f"{rung['tokens']:,} + {rung['branchTokens']:,} tokens"
        lines.append(f"rung {rung['fraction']:g}: quality {rung['quality']['value']:.3f}, {annealed}")
    lines.append(f"quality {quality['value']:.3f} ({quality['low']:.3f} to {quality['high']:.3f})")
    return "\n".join(lines)
