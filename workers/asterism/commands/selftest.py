"""`python -m asterism selftest`: train known architectures on a suite and compare with what they must score.

Runs are appended to a file, so a stopped series goes on. `--suite nano-2` trains pairs of known order, each
on one task, and the whole mixture with labels of other rows.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from asterism.shell import add_dataset_option

HELP = "train the reference architectures and check the suite against them"


def configure(options: argparse.ArgumentParser) -> None:
    """Which runs."""
    options.add_argument("--suite", default="nano-check")
    options.add_argument("--seeds", type=int, default=3, help="replicates of each architecture")
    options.add_argument("--first", type=int, default=1, help="first replicate; 0 is what searches use")
    options.add_argument("--architectures", nargs="+", help="of the reference set; all unless given")
    options.add_argument(
        "--results",
        type=Path,
        default=Path("bench/results/self-tests.jsonl"),
        help="file that runs are appended to (.jsonl)",
    )
    options.add_argument("--report", action="store_true", help="nano-2: train nothing, only read the file")
    add_dataset_option(options)


def run(given: argparse.Namespace) -> int:
    """Train what is missing, then print each claim; 1 when one does not hold."""
    import torch

    from asterism.evidence.runs import append_run, done, read_runs, scores
    from asterism.tasks.reference_set import REFERENCE_SET

    torch.set_num_threads(1)
    if given.suite == "nano-2":
        return _pairs(given)
    for replicate in range(given.first, given.first + given.seeds):
        for architecture in given.architectures or REFERENCE_SET:
            if not done(read_runs(given.results), architecture, replicate):
                made = append_run(given.results, architecture, given.suite, replicate, dict(given.dataset))
                quality = scores(made).get("quality")
                print(f"{architecture} replicate {replicate}: quality {quality}", flush=True)
    return _claims(given) if given.suite == "nano-check" else 0


def _pairs(given: argparse.Namespace) -> int:
    from asterism.evidence.passports import append, read
    from asterism.evidence.self_test_report import faults, self_test_section
    from asterism.evidence.suite_runs import SHUFFLED, cells, key_of, train_cell
    from asterism.tasks.suites import suite

    if not given.report:
        suite(given.suite).with_datasets(dict(given.dataset))  # refused now, not after the pairs
    for cell in [] if given.report else cells(given.seeds):
        if key_of(cell) in {key_of(each) for each in read(given.results)}:
            continue
        made = train_cell(cell, dict(given.dataset))
        append(given.results, made)
        said = {} if cell.task == SHUFFLED else made["scores"]
        print(f"{cell.task}, {cell.arm}, seed {cell.seed}: {made['status']} {said}", flush=True)
    runs = read(given.results)
    print(self_test_section(runs))
    for fault in faults(runs):
        print(f"FAILS {fault}")
    return 1 if faults(runs) else 0


def _claims(given: argparse.Namespace) -> int:
    from asterism.evidence.runs import read_runs, scores
    from asterism.evidence.self_tests import check

    failed = 0
    for replicate in sorted({run["replicate"] for run in read_runs(given.results)}):
        runs = [run for run in read_runs(given.results) if run["replicate"] == replicate]
        for claim, holds in check({run["architecture"]: scores(run) for run in runs}):
            failed += not holds
            print(f"{'holds' if holds else 'FAILS'} replicate {replicate} test {claim.test} {claim.text}")
    return 1 if failed else 0
