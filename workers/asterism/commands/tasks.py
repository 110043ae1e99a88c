"""`python -m asterism tasks`: every task of every suite; `--write` renews the committed catalogue."""

from __future__ import annotations

import argparse

HELP = "list the tasks of all suites"


def configure(options: argparse.ArgumentParser) -> None:
    """How to print."""
    options.add_argument("--json", action="store_true", help="print the catalogue")
    options.add_argument("--write", action="store_true", help="write it to asterism/tasks/catalogue.json")


def run(given: argparse.Namespace) -> int:
    """Print or write."""
    from asterism.tasks.catalogue import COMMITTED, catalogue, text

    if given.write:
        COMMITTED.write_text(text())
    elif given.json:
        print(text(), end="")
    else:
        for task in catalogue():
            mode = "trained" if task["trained"] else "scored"
            suites = ", ".join(task["suites"])
            print(f"{task['id']:20} {task['family']:14} {mode:8} {suites:24} {task['description']}")
    return 0
