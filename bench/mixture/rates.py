"""Is one learning rate fair to all kinds on the whole mixture? All rates times ½ and 2, on nano-2.

    nice -n 15 .asterism/venv/bin/python -m bench.mixture.rates DATASETS

from the checkout; the same command goes on where it stopped. Runs at the default rate are the reference runs
(bench/results/reference-nano-2.jsonl): same tier, suite, seed and split, so a cell differs in the rate alone.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from asterism.backbone import build
from asterism.evaluation.request import EvaluationRequest
from asterism.evidence.reference import Architecture, architectures
from asterism.evidence.runs import append_line, measured, read_runs, scores
from asterism.tasks.suites import suite

CHECKOUT = Path(__file__).resolve().parents[2]
RESULTS = CHECKOUT / "bench" / "results" / "rates-nano-2.jsonl"
SUITE = "nano-2"
RATES = (0.5, 2.0)


def cells(names: Sequence[str], replicates: Sequence[int]) -> Iterator[tuple[str, float, int]]:
    """Architecture, rate, replicate: one whole round of the architectures before the next replicate."""
    for replicate in replicates:
        for name in names:
            yield from ((name, rate, replicate) for rate in RATES)


def is_done(runs: Sequence[Mapping[str, Any]], name: str, rate: float, replicate: int) -> bool:
    """Whether this cell is among the runs, with this version of the suite."""
    wanted = {
        "architecture": name,
        "rate": rate,
        "replicate": replicate,
        "suiteVersion": suite(SUITE).version,
    }
    return any(wanted.items() <= run.items() for run in runs)


def train(
    architecture: Architecture, rate: float, replicate: int, datasets: Path, results: Path
) -> dict[str, Any]:
    """Train and score with every role's rate multiplied, and append the line; a divergence is a result."""
    roles = sorted(set(build(architecture.genome, meta=True).roles().values()))
    request = EvaluationRequest(
        genome=architecture.genome,
        tier="nano",
        suite=SUITE,
        replicate=replicate,
        split="select",
        datasets={name: datasets / f"{name}.jsonl" for name in suite(SUITE).datasets},
        rates=dict.fromkeys(roles, rate),
    )
    named = {
        "architecture": architecture.name,
        "rate": rate,
        "set": architecture.set,
        "tier": architecture.tier,
        "genomeHash": architecture.genome_hash,
        "suiteVersion": suite(SUITE).version,
    }
    return append_line(results, measured(request, named))


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m bench.mixture.rates", description=__doc__)
    options.add_argument("datasets", type=Path, help="folder with stdlib.jsonl and udhr.jsonl")
    options.add_argument("--results", type=Path, default=RESULTS)
    options.add_argument("--first", type=int, default=1, help="first replicate, as of the reference runs")
    options.add_argument("--seeds", type=int, default=1)
    options.add_argument(
        "--architectures", nargs="+", default=[], help="of the reference set; all unless given"
    )
    given = options.parse_args()
    torch.set_num_threads(1)
    found = architectures(CHECKOUT / "genomes" / "evaluation", "reference", "nano", given.architectures)
    by_name = {each.name: each for each in found}
    for name, rate, replicate in cells(list(by_name), range(given.first, given.first + given.seeds)):
        if not is_done(read_runs(given.results), name, rate, replicate):
            made = train(by_name[name], rate, replicate, given.datasets, given.results)
            print(f"{name} ×{rate:g} replicate {replicate}: {scores(made).get('quality')}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
