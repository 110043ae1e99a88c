"""`python -m asterism tasks`: every task of every suite; `--write` renews the committed catalogue, `--page`
the tables of published definitions.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

HELP = "list the tasks of all suites"


def configure(options: argparse.ArgumentParser) -> None:
    """How to print."""
    options.add_argument("--json", action="store_true", help="print the catalogue")
    options.add_argument("--write", action="store_true", help="write it to asterism/tasks/catalogue.json")
    options.add_argument("--page", type=Path, help="renew the tables of published definitions in this page")
    options.add_argument(
        "--compared",
        type=Path,
        default=Path("bench/results/published.json"),
        help="what bench/published.py found, for --page",
    )


def run(given: argparse.Namespace) -> int:
    """Print or write."""
    from asterism.tasks.catalogue import COMMITTED, catalogue, text

    if given.page:
        from asterism.tasks.published import renew

        given.page.write_text(renew(given.page.read_text(), json.loads(given.compared.read_text())))
    elif given.write:
        COMMITTED.write_text(text())
    elif given.json:
        print(text(), end="")
    else:
        for task in catalogue():
            mode = "trained" if task["trained"] else "scored"
            suites = ", ".join(task["suites"])
            print(f"{task['id']:20} {task['family']:14} {mode:8} {suites:24} {task['description']}")
    return 0
