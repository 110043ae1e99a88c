"""Trains every kind for 2,000 steps with the recipe's settings, in float32 and in bfloat16, and says whether
the loss stayed finite and where it ended. `python -m bench.operators.stability DATASETS`, from the checkout;
the same command goes on where it stopped.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean

import torch
from asterism.evidence.passports import TRIALS, motif
from asterism.tasks.suites import suite
from asterism.training import TrainingRequest, training_seed
from asterism.training.batches import batches
from asterism.training.live import Training
from torch import Tensor

from .records import read, record
from .subjects import CHECKOUT, Json, descriptors

RESULTS = CHECKOUT / "bench" / "results" / "stability.jsonl"
SUITE = "nano-1"
STEPS, TOKENS_PER_STEP = 2000, 512
SETTLED = 200
"""Steps after which a spike of the loss is one: before, it falls from that of a uniform guess."""
LAST = 100


def request(kind: str, kinds: Json, datasets: Path) -> TrainingRequest:
    """The motif of the kind's passport on the tier's mixture of probes and text, at the recipe's rates."""
    chosen = suite(SUITE)
    paths = {name: datasets / f"{name}.jsonl" for name in chosen.datasets}
    return TrainingRequest(
        genome=motif(kind, kinds),
        suite=chosen.with_datasets(paths),
        steps=STEPS,
        tokens_per_step=TOKENS_PER_STEP,
        seed=training_seed("stability", chosen, 0),
        datasets=paths,
        fractions=(),
    )


def _in_bfloat16(features: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """The blocks in bfloat16 where autocast has it; head, loss, weights and optimiser stay in float32."""

    def cast(tokens_RT: Tensor) -> Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return features(tokens_RT).float()

    return cast


def trained(kind: str, precision: str, kinds: Json, datasets: Path) -> Json:
    """Losses of one training; a divergence is a result."""
    asked = request(kind, kinds, datasets)
    training = Training(asked, None)
    if precision == "bf16":
        training.model.features = _in_bfloat16(training.model.features)
    losses: list[float] = []
    wrong: str | None = None
    begun = time.process_time()
    for batch in batches(asked, 0):
        wrong = training.step(batch)
        losses.append(training.loss)
        if wrong or training.done == STEPS:
            break
    return {
        "status": "diverged" if wrong else "stable",
        **({"reason": wrong} if wrong else {}),
        "done": training.done,
        "firstLoss": losses[0],
        "highestLossAfter200": max(losses[SETTLED:], default=math.nan),
        "lastLoss": mean(losses[-LAST:]),
        "cpuSeconds": time.process_time() - begun,
    }


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m bench.operators.stability", description=__doc__)
    options.add_argument("datasets", type=Path, help="folder with stdlib.jsonl and udhr.jsonl")
    options.add_argument("--kinds", nargs="+", default=[])
    options.add_argument("--precisions", nargs="+", default=["fp32", "bf16"], choices=("fp32", "bf16"))
    options.add_argument("--results", type=Path, default=RESULTS)
    given = options.parse_args()
    torch.set_num_threads(1)
    kinds = descriptors()
    for kind in given.kinds or list(TRIALS):
        for precision in given.precisions:
            key = {"kind": kind, "precision": precision, "steps": STEPS, "tokensPerStep": TOKENS_PER_STEP}
            if any(key.items() <= line.items() for line in read(given.results)):
                continue
            line = record(given.results, key, trained(kind, precision, kinds, given.datasets))
            said = {name: line[name] for name in ("status", "highestLossAfter200", "lastLoss", "cpuSeconds")}
            print(f"{kind} {precision}: {said}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
