"""How fast every task is made beside how fast a trainer eats them, in tokens per CPU second of one thread.

    OMP_NUM_THREADS=1 .asterism/venv/bin/python bench/generation.py [--write]

`--write` renews bench/results/generation.json. The trainer is the cheapest of the reference nets (two gated
convolutions at nano size), which eats the most; making includes the placing in splits, as in training.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from asterism.data.corpora import stdlib
from asterism.data.text import NoDocuments
from asterism.machine import environment, load_average
from asterism.tasks.reference_set import reference_genome
from asterism.tasks.stream import Stream
from asterism.tasks.suite import Probe, Score, Suite
from asterism.tasks.suites import SUITES, suite
from asterism.training import Snapshot, TrainingRequest, run

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "bench" / "results" / "generation.json"
ROWS, STEPS = 2048, 128


def datasets(folder: Path) -> dict[str, Path]:
    """The two corpora of every installation, written anew."""
    paths = {"stdlib": folder / "stdlib.jsonl", "udhr": folder / "udhr.jsonl"}
    paths["stdlib"].write_bytes(stdlib())
    subprocess.run(["node", str(ROOT / "scripts/datasets/udhr.mjs"), str(paths["udhr"])], check=True)
    return paths


def made_per_second(of: Probe | Score, paths: dict[str, Path]) -> float:
    """Tokens per CPU second of one task's training rows, its data read and its tables built beforehand."""

    def stream(seed: int) -> Stream:
        return Stream(of.generator, of.settings, split="train", seed=seed, datasets=paths)

    stream(1).rows(0, 8)
    made, clock = stream(2), time.process_time()
    tokens = made.rows(0, ROWS).tokens_RT.size
    return tokens / (time.process_time() - clock)


def speeds(of: Suite, paths: dict[str, Path]) -> dict[str, float]:
    """Of everything that is trained and everything that is scored; a language that is never trained on has no
    training rows.
    """
    found: dict[str, float] = {}
    forms: dict[str, Probe | Score] = {each.id: each for each in of.scores}
    forms |= {f"{each.name}, trained": each for each in of.probes}
    for name, each in forms.items():
        try:
            found[name] = made_per_second(each, paths)
        except NoDocuments:
            print(f"{of.name}: {name} has no training rows")
    return found


def trained_per_second() -> float:
    """Tokens per CPU second of training alone."""
    request = TrainingRequest(
        genome=reference_genome("cc"),
        suite=suite("tiny-1"),
        steps=STEPS,
        tokens_per_step=1024,
        seed=1,
        datasets={},
    )
    last = [event for event in run(request) if isinstance(event, Snapshot)][-1]
    return last.tokens / last.cpu_seconds["train"]


def ratios(of: Suite, made: dict[str, float], trainer: float) -> dict[str, object]:
    """The mixture as it is drawn, and the slowest id of all."""
    whole = sum(p.share for p in of.probes)
    mixture = whole / sum(p.share / made[f"{p.name}, trained"] for p in of.probes)
    slowest = min(made, key=lambda id: made[id])
    return {
        "mixture": round(mixture / trainer, 1),
        "slowest": {slowest: round(made[slowest] / trainer, 1)},
        "under20": sorted(id for id, speed in made.items() if speed < 20 * trainer),
    }


def main() -> None:
    """Measure, print the slowest, write."""
    with tempfile.TemporaryDirectory() as folder:
        paths = datasets(Path(folder))
        suites = [SUITES[name] for name in ("nano-2", "xs-1")]
        made = {each.name: speeds(each, paths) for each in suites}
    trainer = trained_per_second()
    result = {
        "command": "OMP_NUM_THREADS=1 .asterism/venv/bin/python bench/generation.py --write",
        "environment": environment(),
        "load": load_average(),
        "suiteVersions": {each.name: each.version for each in suites},
        "trainerTokensPerCpuSecond": round(trainer),
        "ratio": {each.name: ratios(each, made[each.name], trainer) for each in suites},
        "tokensPerCpuSecond": {
            name: {id: round(speed) for id, speed in each.items()} for name, each in made.items()
        },
    }
    print(json.dumps({key: result[key] for key in ("trainerTokensPerCpuSecond", "ratio")}, indent=1))
    if "--write" in sys.argv:
        RESULT.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
