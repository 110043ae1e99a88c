"""Do annealed rungs say what a training of that budget would have said?

    nice -n 15 .asterism/venv/bin/python -m bench.mixture.rungs DATASETS

from the checkout; the same command goes on where it stopped. Rungs .25, .5 and 1 of one trunk beside
trainings of a quarter, half and all of the steps, each with its own decay, and the averaged weights on the
way. Short ones, 512 steps of nano-1, so that all of it is some core-minutes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from asterism.evaluation.request import EvaluationRequest
from asterism.evidence.runs import append_line, measured, read_runs
from asterism.tasks.reference_set import reference_genome
from asterism.tasks.suites import suite

CHECKOUT = Path(__file__).resolve().parents[2]
RESULTS = CHECKOUT / "bench" / "results" / "rungs-nano-1.jsonl"
SUITE = "nano-1"
STEPS = 512
RUNGS = (0.25, 0.5, 1.0)
WHOLE = (1.0,)


def cells() -> Iterator[tuple[str, int, tuple[float, ...]]]:
    """Architecture, steps, rungs: the trunk with its rungs, then trainings of each budget alone."""
    for name in ("cq", "cg", "cc"):
        yield name, STEPS, RUNGS
        yield from ((name, round(fraction * STEPS), WHOLE) for fraction in reversed(RUNGS))


def train(
    name: str, steps: int, rungs: tuple[float, ...], datasets: Path, results: Path
) -> Mapping[str, Any]:
    """Train and score one cell, and append the line."""
    request = EvaluationRequest(
        genome=reference_genome(name),
        tier="nano",
        suite=SUITE,
        replicate=1,
        datasets={each: datasets / f"{each}.jsonl" for each in suite(SUITE).datasets},
        steps=steps,
        rungs=rungs,
    )
    named = {"architecture": name, "steps": steps, "rungs": list(rungs)}
    made = measured(request, named)
    kept = ("status", "class", "reason", "quality", "curve", "rungs", "tokens", "cpuSeconds", "numericClass")
    outcome = {key: made["outcome"][key] for key in kept if key in made["outcome"]}
    return append_line(results, {**made, "outcome": outcome})


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m bench.mixture.rungs", description=__doc__)
    options.add_argument("datasets", type=Path, help="folder with stdlib.jsonl and udhr.jsonl")
    options.add_argument("--results", type=Path, default=RESULTS)
    given = options.parse_args()
    torch.set_num_threads(1)
    for name, steps, rungs in cells():
        wanted = {"architecture": name, "steps": steps, "rungs": list(rungs)}
        if not any(wanted.items() <= run.items() for run in read_runs(given.results)):
            made = train(name, steps, rungs, given.datasets, given.results)
            print(f"{name} {steps} steps, rungs {rungs}: {made['outcome'].get('quality')}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
