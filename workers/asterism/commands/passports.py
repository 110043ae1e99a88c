"""`python -m asterism passports`: train every kind on the probe that it should solve, at three rates and two
seeds, and say which kinds have a passport.

Runs are appended to a file, so a stopped series goes on. Run it from the checkout.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

HELP = "train each kind on its probe at three rates; kinds that fail stay out of the default spaces"


def configure(options: argparse.ArgumentParser) -> None:
    """Which runs."""
    options.add_argument("kinds", nargs="*", help="all kinds with a descriptor and a probe unless given")
    options.add_argument("--results", type=Path, default=Path("bench/results/passports.jsonl"))
    options.add_argument("--descriptors", type=Path, default=Path("schema/kinds.json"))
    options.add_argument("--role", default="all", help="multiply the rate of one parameter role only")
    options.add_argument("--rates", type=float, nargs="+", help="multipliers; 1, ½ and 2 unless given")
    options.add_argument("--seeds", type=int, default=2)
    options.add_argument("--steps", type=int, help="1024 unless given; a nano training has 2048")
    options.add_argument("--tokens", type=int, help="tokens per step")
    options.add_argument("--verdicts", action="store_true", help="train nothing, only read the file")


def run(given: argparse.Namespace) -> int:
    """Train what is missing, then print each verdict; 1 when a kind that was run has no passport."""
    import torch

    from asterism.evidence import passports as p

    torch.set_num_threads(1)
    kinds = json.loads(given.descriptors.read_text())
    chosen = given.kinds or [kind for kind in p.TRIALS if kind in kinds]
    size = {"steps": given.steps or p.STEPS, "tokens_per_step": given.tokens or p.TOKENS_PER_STEP}
    for cell in p.cells(chosen, given.role, given.rates or p.RATES, given.seeds, **size):
        if given.verdicts or p.key_of(cell) in {
            p.key_of(each) for each in p.current(p.read(given.results), kinds)
        }:
            continue
        genome = p.motif(cell.kind, kinds)
        made = p.twin(cell, genome, p.read(given.results)) or p.train_cell(cell, genome)
        p.append(given.results, made)
        spent = made.get("cpuSeconds", 0)
        said = f"{made['status']} {made['score']:.3f}, {spent:.0f} core-seconds"
        print(f"{cell.kind} {cell.role} ×{cell.rate:g} seed {cell.seed}: {said}", flush=True)
    verdicts = p.verdicts(p.current(p.read(given.results), kinds))
    p.write_verdicts(given.results, verdicts)
    for each in verdicts:
        print(f"{each.kind}: {'passport' if each.passed else 'NO passport: ' + each.reason}")
    return 1 if any(not each.passed for each in verdicts) else 0
