"""Open questions of the recipe, tried on the whole mixture and not on one probe: is another rate of tables or
dynamics better for some kind, and how do SSD's first step sizes and decays matter?
`python -m bench.operators.starts DATASETS`, from the checkout; the same command goes on where it stopped.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from asterism.evaluation.aggregate import Card
from asterism.evaluation.scoring import score
from asterism.operators.operator import geometric
from asterism.operators.ssd import Ssd
from asterism.tasks.reference_set import reference_genome
from asterism.tasks.suites import suite
from asterism.training import TrainingRequest, training_seed
from asterism.training.batches import batches
from asterism.training.live import Training
from asterism.training.weights import load_weights
from torch import Tensor
from torch.nn import functional as F

from .records import read, record
from .subjects import CHECKOUT, Json, descriptors

RESULTS = CHECKOUT / "bench" / "results" / "open-questions.jsonl"
SUITE = "nano-1"
STEPS, TOKENS_PER_STEP = 1024, 1024
SEEDS = 2
RATES: dict[str, dict[str, float]] = {
    "default": {},
    "table ×½": {"table": 0.5},
    "table ×2": {"table": 2.0},
    "dynamics ×½": {"dynamics": 0.5},
    "dynamics ×2": {"dynamics": 2.0},
}
STARTS = {"steps .001–.1": (0.1, 0.001), "steps .3–1": (1.0, 0.3), "sampled": None}
"""SSD's steps over heads at equal horizons; "sampled" draws A of 1 … 16, steps of .001 … .1, as Mamba-2."""


def genomes() -> dict[str, Json]:
    """The motif of a convolution and the kind."""
    kinds = descriptors()
    others = {
        "cn": {**kinds["gated-deltanet"]["plain"], "heads": 2, "keyDim": 32, "valueDim": 32},
        "cl": {**kinds["rg-lru"]["plain"], "heads": 4, "headDim": 16},
    }
    made = {letters: reference_genome(letters) for letters in ("cq", "cg", "cm")}
    for name, mixer in others.items():
        genome = reference_genome("cc")
        genome["backbone"][2] = mixer
        made[name] = genome
    return made


def cells() -> Iterator[tuple[str, str, int]]:
    """Architecture, variant, seed: rates first."""
    for variant in RATES:
        for letters in ("cq", "cg", "cm", "cn", "cl"):
            if letters != "cq" or not variant.startswith("dynamics"):  # attention has none
                yield from ((letters, variant, seed) for seed in range(SEEDS))
    for variant in STARTS:
        yield from (("cm", variant, seed) for seed in range(SEEDS))


def _restart(operator: Ssd, variant: str, seed: int) -> None:
    steps = STARTS[variant]
    heads = operator.heads
    if steps is None:
        draw = torch.Generator().manual_seed(seed)
        rate = 1 + 15 * torch.rand(heads, generator=draw, dtype=torch.float64)
        step = 10 ** (-3 + 2 * torch.rand(heads, generator=draw, dtype=torch.float64))
    else:
        before: Tensor = F.softplus(operator.dt_bias.double()) * operator.A_log.double().exp()
        step = geometric(*steps, heads)
        rate = before / step
    with torch.no_grad():
        operator.dt_bias.copy_(torch.log(torch.expm1(step)))
        operator.A_log.copy_(rate.log())


def trained(letters: str, variant: str, seed: int, datasets: Path) -> Json:
    """Quality and task scores of one training; a divergence is a result."""
    chosen = suite(SUITE)
    paths = {name: datasets / f"{name}.jsonl" for name in chosen.datasets}
    fitted = chosen.with_datasets(paths)
    asked = TrainingRequest(
        genome=genomes()[letters],
        suite=fitted,
        steps=STEPS,
        tokens_per_step=TOKENS_PER_STEP,
        seed=training_seed("open-questions", chosen, seed),
        datasets=paths,
        fractions=(),
        rates=RATES.get(variant, {}),
    )
    training, begun = Training(asked, None), time.process_time()
    for block in training.model.blocks:
        if variant in STARTS and isinstance(block.liv, Ssd):
            _restart(block.liv, variant, seed)
    for batch in batches(asked, 0):
        if wrong := training.step(batch):
            return {"status": "diverged", "reason": wrong}
        if training.done == STEPS:
            break
    last = list(training.results())[-1]
    load_weights(training.model, last.weights)
    card = Card(fitted, tasks := score(training.model, fitted, "select", paths))
    return {
        "status": "scored",
        "quality": card.quality().value,
        "tasks": {each.task.id: card.task(each).value for each in tasks if each.error is None},
        "cpuSeconds": time.process_time() - begun,
    }


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m bench.operators.starts", description=__doc__)
    options.add_argument("datasets", type=Path, help="folder with stdlib.jsonl and udhr.jsonl")
    options.add_argument("--results", type=Path, default=RESULTS)
    given = options.parse_args()
    torch.set_num_threads(1)
    for letters, variant, seed in cells():
        key = {"architecture": letters, "variant": variant, "seed": seed, "steps": STEPS}
        if any(key.items() <= line.items() for line in read(given.results)):
            continue
        line = record(given.results, key, trained(letters, variant, seed, given.datasets))
        print(f"{letters} {variant} seed {seed}: {line['status']} {line.get('quality')}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
