"""The trainings behind the broad suites' self-tests. The file of runs grows by a line each, so that a stopped
series goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from asterism.backbone import build
from asterism.evaluation.aggregate import FLOOR, Card
from asterism.evaluation.request import tier_budget
from asterism.evaluation.scoring import score
from asterism.evidence.leaks import margins
from asterism.evidence.runs import commit, machine_since, rounded
from asterism.evidence.suite_claims import CLAIMS, genome, parameters, single
from asterism.genome import genome_hash
from asterism.machine import load_average
from asterism.tasks.broad import NANO_2
from asterism.training import TRAINER_VERSION, Diverged, Snapshot, TrainingRequest, run, training_seed
from asterism.training.weights import load_weights

Json = dict[str, Any]
SEEDS = 3
STEPS, TOKENS_PER_STEP = 1024, 1024
SHUFFLED = "shuffled labels"
"""The task of a cell that trains nano's whole mixture with labels of other rows."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One training: an arm on one task, or on nano's whole mixture with labels of other rows."""

    task: str
    arm: str
    seed: int
    steps: int = STEPS
    tokens_per_step: int = TOKENS_PER_STEP


def cells(seeds: int = SEEDS) -> Iterator[Cell]:
    """Every training, seeds outermost, so that a series that stops has whole seeds."""
    pairs = dict.fromkeys((claim.task, arm) for claim in CLAIMS for arm in (claim.better, claim.worse))
    steps, tokens = tier_budget("nano")
    for seed in range(seeds):
        for task, arm in pairs:
            yield Cell(task=task, arm=arm, seed=seed)
        yield Cell(
            task=SHUFFLED, arm="convolution + attention", seed=seed, steps=steps, tokens_per_step=tokens
        )


@cache
def _hash(arm: str) -> str:
    return genome_hash(genome(arm))


def key_of(run_or_cell: Json | Cell) -> tuple[Any, ...]:
    """What makes two runs the same one: results of another version of the suites do not count."""
    given = asdict(run_or_cell) if isinstance(run_or_cell, Cell) else run_or_cell
    version = given.get("suiteVersion", NANO_2.version)
    hashed = given.get("genomeHash") or _hash(given["arm"])
    return (*(given[name] for name in ("task", "arm", "seed", "steps", "tokens_per_step")), version, hashed)


def current(runs: Sequence[Json]) -> list[Json]:
    """Runs of the cells that are tried now."""
    wanted = {key_of(cell)[:2] + key_of(cell)[3:] for cell in cells(1)}
    return [run for run in runs if key_of(run)[:2] + key_of(run)[3:] in wanted]


def train_cell(cell: Cell, datasets: Mapping[str, Path]) -> Json:
    """Train and score one cell; a divergence is a result."""
    shuffled = cell.task == SHUFFLED
    suite, load_before = NANO_2 if shuffled else single(cell.task), load_average()
    made = genome(cell.arm)
    request = TrainingRequest(
        genome=made,
        suite=suite,
        steps=cell.steps,
        tokens_per_step=cell.tokens_per_step,
        seed=training_seed("self-test", suite, cell.seed),
        datasets=dict(datasets) if shuffled else {},
        fractions=(),
        shuffle_labels=shuffled,
    )
    last = list(run(request))[-1]
    return {
        **asdict(cell),
        "suiteVersion": suite.version,
        "genomeHash": genome_hash(made),
        "parameters": parameters(cell.arm),
        "trainerVersion": TRAINER_VERSION,
        "commit": commit(),
        "machine": machine_since(load_before),
        **rounded(_result(last, request)),
    }


def _result(last: object, request: TrainingRequest) -> Json:
    if isinstance(last, Diverged):
        return {"status": "diverged", "scores": dict.fromkeys((s.id for s in request.suite.scores), FLOOR)}
    assert isinstance(last, Snapshot)
    model = build(request.genome)
    load_weights(model, last.weights)
    tasks = score(model, request.suite, "select", request.datasets)
    card = Card(request.suite, tasks)
    result: Json = {
        "status": "scored",
        "split": "select",
        "scores": {rows.task.id: card.task(rows).value for rows in tasks if not rows.error},
        "accuracy": {
            rows.task.id: float(rows.hits_R.sum() / max(1, rows.count_R.sum()))
            for rows in tasks
            if not rows.error
        },
        "tokens": last.tokens,
        "cpuSeconds": sum(last.cpu_seconds.values()),
    }
    if request.shuffle_labels:
        found = margins(tasks, request.suite.rows, "select", request.datasets)
        result["allowed"] = {each.id: each.allowed for each in found}
        result["failed"] = {rows.task.id: rows.error for rows in tasks if rows.error}
    return result
