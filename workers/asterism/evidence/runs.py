"""The file of self-test runs: a JSON line each, added when a run ends, so that a stopped series goes on."""

from __future__ import annotations

import json
import math
import subprocess
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from asterism.evaluation.evaluate import Outcome, evaluate
from asterism.evaluation.request import EvaluationRequest
from asterism.machine import describe_machine, load_average
from asterism.tasks.reference_set import reference_genome
from asterism.training import TRAINER_VERSION


def read_runs(path: Path) -> list[dict[str, Any]]:
    """All runs so far; none when the file is not there."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def done(runs: list[dict[str, Any]], architecture: str, replicate: int) -> bool:
    """Whether this run is in the file already."""
    return any((run["architecture"], run["replicate"]) == (architecture, replicate) for run in runs)


@cache
def commit() -> str:
    """The commit this process began with: the tree may move on while a series runs."""
    given = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False
    )
    return given.stdout.strip() or "unknown"


def append_run(
    path: Path, architecture: str, suite: str, replicate: int, datasets: Mapping[str, Path]
) -> dict[str, Any]:
    """Train and score one reference architecture at nano, and add its line."""
    request = EvaluationRequest(
        genome=reference_genome(architecture),
        tier="nano",
        suite=suite,
        replicate=replicate,
        datasets=datasets,
    )
    return append_line(path, measured(request, {"architecture": architecture}))


def measured(
    request: EvaluationRequest, named: Mapping[str, Any], weights: Path | None = None
) -> dict[str, Any]:
    """The line of one training and scoring, `named` first, with where and from what it was made. `weights`:
    where those of a scored model are kept.
    """
    load_before, begun_with = load_average(), commit()
    last = list(evaluate(request))[-1]
    assert isinstance(last, Outcome)
    if weights and "checkpoint" in last.artifacts:
        weights.parent.mkdir(parents=True, exist_ok=True)
        weights.write_bytes(last.artifacts["checkpoint"])
    return {
        **named,
        "replicate": request.replicate,
        "split": request.split,
        "trainerVersion": TRAINER_VERSION,
        "commit": begun_with,
        "machine": machine_since(load_before),
        "outcome": rounded(last.outcome),
    }


def machine_since(load_before: float) -> dict[str, Any]:
    """The machine of a run that now ends, with its load average at both ends."""
    return {**asdict(describe_machine()), "loadBefore": load_before, "loadAfter": load_average()}


def append_line(path: Path, run: dict[str, Any]) -> dict[str, Any]:
    """Add a run in one write, so that two series may share a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        handle.write(json.dumps(run) + "\n")
    return run


def rounded(value: Any) -> Any:
    """Six significant digits are far below the noise; the lines stay readable."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    return [rounded(each) for each in value] if isinstance(value, list) else value


def scores(run: Mapping[str, Any]) -> dict[str, float]:
    """Task scores of a run, its quality, and bits per byte of the first text task."""
    outcome = run["outcome"]
    if outcome["status"] != "scored":
        return {}
    tasks = {task["id"]: task["score"] for task in outcome["tasks"]}
    text = next((task for task in outcome["tasks"] if task["family"] == "text" and "nll" in task), None)
    bits = {} if text is None else {"bits": text["nll"] / math.log(2)}
    return {**tasks, **bits, "quality": outcome["quality"]["value"], "binding": outcome["qualityBinding"]}
