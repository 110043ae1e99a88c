"""Does meeting an easy form first pay for slow probes? One probe alone, hard form only or a third easy.

    nice -n 15 .asterism/venv/bin/python -m bench.mixture.curricula

from the checkout; the same command goes on where it stopped. Same steps, same tokens, scored on the hard
form; 256 steps of 1,024 tokens, 4 to 9 core-seconds a run.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from asterism.backbone import build
from asterism.evaluation.aggregate import Card
from asterism.evaluation.scoring import score
from asterism.evidence.runs import append_line, commit, read_runs, rounded
from asterism.machine import describe_machine
from asterism.tasks.reference_set import reference_genome
from asterism.tasks.suite import Probe, Score, Suite
from asterism.training import TRAINER_VERSION, Snapshot, TrainingRequest, run, training_seed
from asterism.training.weights import load_weights

CHECKOUT = Path(__file__).resolve().parents[2]
RESULTS = CHECKOUT / "bench" / "results" / "curricula.jsonl"
STEPS, TOKENS_PER_STEP = 256, 1024
EASY_SHARE = 1 / 3
Settings = Mapping[str, Any]
FORMS: dict[str, tuple[Settings, Settings]] = {
    "state/parity": ({"length": 32}, {"length": 32, "reset": 0.15}),
    "state/word_s3": ({"length": 32}, {"length": 32, "prefix": True}),
    "formal/mod_arith_brackets": (
        {"length": 64, "depth": 2, "several": 3},
        {"length": 32, "depth": 1, "several": 4},
    ),
    "formal/listops_s": (
        {"length": 64, "depth": 3, "several": 2, "leaf": 0.5},
        {"length": 64, "depth": 1, "several": 5, "leaf": 0.5},
    ),
}
"""Generator to its hard and its easy form."""


def cells() -> Iterator[tuple[str, str, str]]:
    """Probe, architecture, mixture."""
    for name in ("cq", "cg", "cc"):
        for probe in FORMS:
            yield from ((probe, name, mixture) for mixture in ("hard", "a third easy"))


def mixture_suite(probe: str, mixture: str) -> Suite:
    """One probe's hard form, alone or beside its easy one; the hard one is scored."""
    hard, easy = FORMS[probe]
    share = 0.0 if mixture == "hard" else EASY_SHARE
    probes = [Probe(name="hard", generator=probe, settings=hard, share=1 - share)]
    if share:
        probes.append(Probe(name="easy", generator=probe, settings=easy, share=share))
    marks = (1, 2) if probe.startswith("state/") else (1,)
    scored = Score(id=probe, family="slow", generator=probe, settings=hard, marks=marks)
    return Suite(
        name=f"curricula:{probe}",
        version="1",
        probes=tuple(probes),
        scores=(scored,),
        rows=160,
        text_weight=0.0,
    )


def train(probe: str, name: str, mixture: str) -> dict[str, Any]:
    """Score of the hard form; a divergence is a result."""
    suite, genome = mixture_suite(probe, mixture), reference_genome(name)
    request = TrainingRequest(
        genome=genome,
        suite=suite,
        steps=STEPS,
        tokens_per_step=TOKENS_PER_STEP,
        seed=training_seed("curricula", suite, 0),
        fractions=(),
    )
    last = list(run(request))[-1]
    if not isinstance(last, Snapshot):
        return {"status": "diverged"}
    model = build(genome)
    load_weights(model, last.weights)
    tasks = score(model, suite, "select")
    found = Card(suite, tasks).task(tasks[0])
    accuracy = float(tasks[0].hits_R.sum() / tasks[0].count_R.sum())
    return {
        "status": "scored",
        **asdict(found),
        "accuracy": accuracy,
        "tokens": last.tokens,
        "cpuSeconds": dict(last.cpu_seconds),
    }


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m bench.mixture.curricula", description=__doc__)
    options.add_argument("--results", type=Path, default=RESULTS)
    given = options.parse_args()
    torch.set_num_threads(1)
    for probe, name, mixture in cells():
        wanted = {"probe": probe, "architecture": name, "mixture": mixture}
        if any(wanted.items() <= each.items() for each in read_runs(given.results)):
            continue
        made = {
            **wanted,
            "steps": STEPS,
            "trainerVersion": TRAINER_VERSION,
            "commit": commit(),
            "machine": asdict(describe_machine()),
            **rounded(train(probe, name, mixture)),
        }
        append_line(given.results, made)
        print(f"{name} {probe} {mixture}: {made.get('value')}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
