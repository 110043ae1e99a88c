"""`python -m asterism reference --tier nano`: train the frozen architectures that calibrate the broad suites.

Every run is appended to a file when it ends, so a stopped series goes on; two processes may share the work
with `--part 1/2` and `--part 2/2`. Run it from the checkout.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from asterism.shell import add_dataset_option

HELP = "train the reference or the random set on a tier's broad suite"


def _part(given: str) -> tuple[int, int]:
    """`1/2`."""
    part, _, parts = given.partition("/")
    if not (part.isdigit() and parts.isdigit() and 1 <= int(part) <= int(parts)):
        raise argparse.ArgumentTypeError(f"{given!r} is not PART/PARTS, such as 1/2")
    return int(part), int(parts)


def configure(options: argparse.ArgumentParser) -> None:
    """Which runs."""
    options.add_argument("--tier", choices=["nano", "xs"], default="nano")
    options.add_argument("--set", choices=["reference", "random"], default="reference")
    options.add_argument("--suite", help="nano-2 or xs-1, by the tier, unless given")
    options.add_argument("--seeds", type=int, default=3, help="replicates of each architecture")
    options.add_argument("--first", type=int, default=1, help="first replicate; 0 is what searches use")
    options.add_argument("--architectures", nargs="+", default=[], help="of the set; all unless given")
    options.add_argument("--part", type=_part, default=(1, 1), metavar="PART/PARTS")
    options.add_argument("--folder", type=Path, default=Path("genomes/evaluation"), help="where the sets are")
    options.add_argument("--results", type=Path, help="bench/results/reference-SUITE.jsonl unless given")
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the trained weights there")
    add_dataset_option(options)


def run(given: argparse.Namespace) -> int:
    """Train what is missing; 1 when a run failed."""
    import torch

    from asterism.evaluation.request import tier_suite
    from asterism.evidence.reference import Series, architectures, is_done, planned, run_one
    from asterism.evidence.runs import read_runs, scores

    torch.set_num_threads(1)
    name = given.suite or tier_suite(given.tier)[0]
    series = Series(
        architectures=architectures(given.folder, given.set, given.tier, given.architectures),
        suite=name,
        replicates=range(given.first, given.first + given.seeds),
        results=given.results or Path(f"bench/results/reference-{name}.jsonl"),
        datasets=dict(given.dataset),
        keep=given.keep,
    )
    part, parts = given.part
    failed = 0
    for architecture, replicate in planned(series)[part - 1 :: parts]:
        if is_done(series, architecture, replicate, read_runs(series.results)):
            continue
        made = run_one(series, architecture, replicate)
        quality = scores(made).get("quality")
        failed += quality is None
        said = f"quality {quality:.3f}" if quality is not None else made["outcome"]["reason"]
        print(f"{architecture.name} {given.tier} replicate {replicate}: {said}", flush=True)
    return 1 if failed else 0
