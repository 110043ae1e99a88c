"""`python -m asterism distill store|compare|page`: keep a teacher's soft targets for a student's training,
and measure what they are worth.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from asterism.shell import add_dataset_option, read_genome_file

HELP = "store what a teacher says for a student's training, or measure what that is worth"


def configure(options: argparse.ArgumentParser) -> None:
    """Three commands in one."""
    chosen = options.add_subparsers(dest="act", required=True)
    store = chosen.add_parser(
        "store", help="write a teacher's soft targets; `train --teacher` learns from them"
    )
    store.add_argument("teacher", type=Path, help="folder of a candidate, of `train`, or of Transformers")
    store.add_argument(
        "--genome", type=Path, required=True, help="the student's trial genome, in normal form"
    )
    store.add_argument("--tier", default="nano")
    store.add_argument("--suite", help="the tier's own unless given")
    store.add_argument("--replicate", type=int, default=0, help="of the student")
    store.add_argument("--top", type=int, default=32, help="tokens that are kept at each position")
    store.add_argument("--out", type=Path, required=True, help="folder; a stopped writer goes on in it")
    add_dataset_option(store)
    compare = chosen.add_parser("compare", help="a student with and without a teacher, on paired seeds")
    compare.add_argument("--results", type=Path, default=Path("bench/results/distillation.jsonl"))
    compare.add_argument("--work", type=Path, required=True, help="folder for the teacher and its targets")
    compare.add_argument("--seeds", type=int, default=5)
    compare.add_argument("--steps", type=int, default=512, help="of the students")
    compare.add_argument("--top", type=int, default=32)
    compare.add_argument("--weight", type=float, default=0.5)
    compare.add_argument("--temperature", type=float, default=1.0)
    compare.add_argument("--probes", action="store_true", help="the whole suite, not its text alone")
    add_dataset_option(compare)
    page = chosen.add_parser("page", help="write docs/distillation.md from the runs")
    page.add_argument("--results", type=Path, default=Path("bench/results/distillation.jsonl"))
    page.add_argument("--out", type=Path, default=Path("docs/distillation.md"))


def run(given: argparse.Namespace) -> int:
    """Each prints where it wrote."""
    return {"store": _store, "compare": _compare, "page": _page}[given.act](given)


def _store(given: argparse.Namespace) -> int:
    from asterism.distillation.store import write_store
    from asterism.distillation.teacher import open_teacher
    from asterism.evaluation import EvaluationRequest, tier_suite

    suite, version = tier_suite(given.tier)
    genome = read_genome_file(given.genome)
    request = EvaluationRequest(
        genome=genome,
        tier=given.tier,
        suite=given.suite or suite,
        suite_version=None if given.suite else version,
        replicate=given.replicate,
        datasets=dict(given.dataset),
    ).training()
    teacher = open_teacher(given.teacher, genome["size"]["vocab"], request.datasets)

    def said(step: int) -> None:
        if sys.stderr.isatty():
            print(f"\rstep {step}/{request.steps}", end="", file=sys.stderr)

    found = write_store(given.out, teacher, request, given.top, said=said)
    print(f"{given.out}: {request.steps:,} steps, {found}; learn from it with `train --teacher {given.out}`")
    return 0


def _compare(given: argparse.Namespace) -> int:
    import torch

    from asterism.distillation.experiment import Plan, compare

    torch.set_num_threads(1)
    plan = Plan(
        datasets=dict(given.dataset),
        work=given.work,
        results=given.results,
        text_only=not given.probes,
        steps=given.steps,
        top=given.top,
        weight=given.weight,
        temperature=given.temperature,
    )
    compare(plan, range(given.seeds))
    print(f"{given.results}: `python -m asterism distill page` writes the page")
    return 0


def _page(given: argparse.Namespace) -> int:
    from asterism.distillation.page import page

    runs = [json.loads(line) for line in given.results.read_text().splitlines()]
    given.out.write_text(page(runs))
    print(given.out)
    return 0
