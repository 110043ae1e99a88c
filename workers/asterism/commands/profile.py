"""`python -m asterism profile GENOME.json`: measure one genome on this machine, without queue or service."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from asterism.shell import read_genome_file

HELP = "measure latency, memory and cache of a genome on this machine"


def configure(options: argparse.ArgumentParser) -> None:
    """Options of the command; the defaults are the quickstart's."""
    options.add_argument(
        "genome", type=Path, help="genome in normal form (`asterism validate --normal` writes it)"
    )
    options.add_argument("--target", default="cpu/torch/fp32")
    options.add_argument("--contexts", type=int, nargs="+", default=[1024, 4096], metavar="TOKENS")
    options.add_argument("--prefill", type=int, nargs="+", default=[256, 1024], metavar="TOKENS")
    options.add_argument("--decode", type=int, default=32, metavar="TOKENS")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument(
        "--cpu-seconds", type=float, default=60.0, help="stop measuring rounds after this much CPU time"
    )
    options.add_argument("--core", type=int, help="pin to this core")
    options.add_argument("--calibration", type=Path, help="folder of the yardsticks' times on this machine")
    options.add_argument("--samples", type=Path, help="write the raw samples here (.json.gz)")
    options.add_argument("--json", action="store_true", help="print the whole outcome")


def run(given: argparse.Namespace) -> int:
    """Measure and print."""
    # Before torch is imported: its thread pools read this once.
    os.environ["OMP_NUM_THREADS"] = "1"
    if given.core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {given.core})
    from asterism.machine import user_state
    from asterism.profiling.raw import compressed
    from asterism.profiling.request import ProfileRequest
    from asterism.profiling.run import measure

    request = ProfileRequest(
        genome=read_genome_file(given.genome),
        target=given.target,
        contexts=tuple(given.contexts),
        prefill_lengths=tuple(given.prefill),
        decode_tokens=given.decode,
        rounds=given.rounds,
        cpu_seconds=given.cpu_seconds,
        calibration=given.calibration or user_state() / "calibration",
    )
    result = measure(request)
    if given.samples is not None:
        given.samples.write_bytes(compressed(result.samples))
    print(json.dumps(result.outcome, indent=2) if given.json else _table(result.outcome))
    return 0


def _table(outcome: Any) -> str:
    """Metrics with their intervals, then the flags in words."""
    lines = [f"target  {outcome['target']}"]
    for name, value in outcome["metrics"].items():
        interval = outcome["intervals"].get(name)
        if interval is None:
            lines.append(f"{name:26} {value:>14,.0f}")
        else:
            lines.append(f"{name:26} {value:>14.3f} ms   [{interval[0]:.3f}, {interval[1]:.3f}]")
    flags = {
        "did not settle": not outcome["settled"],
        "contended: other work ran on this machine": outcome["contended"],
        "undecided: the yardsticks disagree, or time ran out": outcome["undecided"],
    }
    noted = [text for text, holds in flags.items() if holds]
    return "\n".join([*lines, "; ".join(noted) if noted else "settled, uncontended, yardsticks agree"])
