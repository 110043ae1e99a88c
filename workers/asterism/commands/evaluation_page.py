"""`python -m asterism evaluation-page`: write docs/evaluation.md and its figures from the committed runs."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "write the page about the suites from their runs"


def configure(options: argparse.ArgumentParser) -> None:
    """Where the runs are and where the page goes, from the checkout's root."""
    options.add_argument("--results", type=Path, default=Path("bench/results"))
    options.add_argument("--out", type=Path, default=Path("docs/evaluation.md"))


def run(given: argparse.Namespace) -> int:
    """Write the page and, beside it, its figures."""
    from asterism.errors import Refused
    from asterism.evidence.page import page, read

    results = read(given.results)
    if not results.narrow["nano-check"]:
        raise Refused(
            f"no runs in {given.results}/nano-check.jsonl; `python -m asterism selftest` makes them"
        )
    made = page(results)
    folder = given.out.parent / "figures"
    folder.mkdir(exist_ok=True)
    for name, drawing in made.figures.items():
        (folder / name).write_text(drawing)
    given.out.write_text(made.text)
    return 0
