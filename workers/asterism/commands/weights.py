"""`python -m asterism weights`: write a suite's weights from the committed runs of the reference set."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "write a suite's task weights from the runs of the reference set"


def configure(options: argparse.ArgumentParser) -> None:
    """Which suite; the runs are read from the checkout's root."""
    options.add_argument("--suite", required=True)
    options.add_argument("--results", type=Path, default=Path("bench/results"))
    options.add_argument("--out", type=Path, help="file; beside the rule that reads it unless given")


def run(given: argparse.Namespace) -> int:
    """Write the file and say what it keeps."""
    from asterism.errors import Refused
    from asterism.evaluation.weights.frozen import weights_file
    from asterism.evidence.runs import read_runs
    from asterism.evidence.weighing.document import document, text
    from asterism.tasks.suites import suite

    chosen = suite(given.suite)
    source = given.results / f"reference-{chosen.name}.jsonl"
    runs = read_runs(source)
    if not runs:
        raise Refused(f"no runs in {source}; `python -m asterism reference` makes them")
    made = document(chosen, runs)
    (given.out or weights_file(chosen.name)).write_text(text(made))
    kept = sum(task["weight"] > 0 for task in made["tasks"])
    state = "in effect" if made["complete"] else "not in effect: the reference set is not complete"
    print(
        f"{chosen.name} {chosen.version}: {kept} tasks kept, from {made['provenance']['runs']} runs; {state}"
    )
    return 0
