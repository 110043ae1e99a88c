"""`python -m asterism evaluation-page`: write docs/evaluation.md from the committed self-test runs."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "write the page about the suites from their runs"


def configure(options: argparse.ArgumentParser) -> None:
    """Where the runs are and where the page goes, from the checkout's root."""
    options.add_argument("--results", type=Path, default=Path("bench/results"))
    options.add_argument("--out", type=Path, default=Path("docs/evaluation.md"))


def run(given: argparse.Namespace) -> int:
    """Write the page."""
    from asterism.errors import Refused
    from asterism.evaluation.report import page
    from asterism.evaluation.runs import read_runs

    nano_check = read_runs(given.results / "nano-check.jsonl")
    if not nano_check:
        raise Refused(
            f"no runs in {given.results}/nano-check.jsonl; `python -m asterism selftest` makes them"
        )
    given.out.write_text(page(nano_check, read_runs(given.results / "nano-1.jsonl")))
    return 0
