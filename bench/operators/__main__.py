"""Measures what is missing or stale; the same command goes on where it stopped.

A whole run takes about twenty minutes of one free core.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from asterism.machine import keep_freed_memory

from . import figures, forms
from .cells import cell, measurable, over_loop
from .measure import Machine
from .plot import draw
from .records import RESULTS, drop_others, known, record
from .subjects import LENGTHS, PHASES, Json, descriptors, entry

Task = tuple[Json, Callable[[Machine], Json]]


def _cells(kinds: list[str], phases: list[str], lengths: list[int]) -> Iterator[Task]:
    described = descriptors()
    for kind in kinds or list(described):
        short = entry(kind, described)
        for phase in phases:
            for length in lengths:
                if not measurable(described[kind], phase, length):
                    continue
                made = entry(kind, described, length)
                key = {"figure": "cell", "device": "cpu", "kind": kind, "phase": phase, "length": length}

                def task(machine: Machine, args: tuple = (kind, made, short, phase, length)) -> Json:
                    return cell(*args, machine)

                yield key, task


def _figures(kinds: list[str]) -> Iterator[Task]:
    described = descriptors()
    for kind in kinds or list(described):
        if described[kind]["role"] == "mixer" and "plain" not in described[kind]["sequential"]:
            made = entry(kind, described)
            key = {"figure": "over-loop", "device": "cpu", "kind": kind}
            yield key, lambda machine, e=made: over_loop(e, machine)
    for kind, shapes in forms.FORMS.items():
        for shape in shapes if not kinds or kind in kinds else ():
            key = {"figure": "form-over-loop", "device": "cpu", "kind": kind, "shape": list(shape)}
            yield key, lambda machine, k=kind, s=shape: forms.over_loop(k, s, machine)
    for kernel in figures.KERNELS:
        for shape in figures.CONV_SHAPES:
            key = {"figure": "convolution", "device": "cpu", "kernel": kernel, "shape": list(shape)}
            yield key, lambda machine, k=kernel, s=shape: figures.convolution(k, s, machine)
    yield _lfm2("training", "25M", figures.lfm2_training)
    for size in ("25M", "350M"):
        yield _lfm2("decoding", size, figures.lfm2_decoding)
        yield _lfm2(
            "decoding", size, lambda name, machine: figures.lfm2_decoding(name, machine, True), " compiled"
        )


def _lfm2(phase: str, size: str, measured: Callable[[str, Machine], Json], form: str = "") -> Task:
    key = {"figure": f"lfm2-{phase}{form}", "device": "cpu", "size": size}
    return key, lambda machine: measured(size, machine)


def main() -> int:
    options = argparse.ArgumentParser(prog="npm run bench:operators --", description=__doc__)
    options.add_argument("--kinds", nargs="+", default=[])
    options.add_argument("--phases", nargs="+", default=list(PHASES), choices=PHASES)
    options.add_argument("--lengths", nargs="+", type=int, default=list(LENGTHS))
    options.add_argument("--only", choices=("cells", "figures"))
    options.add_argument("--figure", help="one of the figures, such as convolution or lfm2-training")
    options.add_argument("--results", type=Path, default=RESULTS)
    given = options.parse_args()
    torch.set_num_threads(1)
    keep_freed_memory()
    torch.manual_seed(0)
    machine, failed = Machine(), 0
    tasks = [] if given.only == "figures" else list(_cells(given.kinds, given.phases, given.lengths))
    tasks += [] if given.only == "cells" else list(_figures(given.kinds))
    for key, task in tasks:
        if (given.figure and not key["figure"].startswith(given.figure)) or known(given.results, key):
            continue
        name = " ".join(str(value) for value in key.values())
        try:
            line = record(given.results, key, task(machine))
        except ImportError as error:
            print(f"{name}: left out, {error}", flush=True)
        except Exception as error:  # one kind must not cost the others
            failed += 1
            print(f"{name}: FAILED {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        else:
            said = {
                k: v for k, v in line.items() if k not in (*key, "entry", "machine", "numericClass", "commit")
            }
            print(f"{name}: {said}", flush=True)
    whole = not (given.kinds or given.only or given.figure) and len(sys.argv) == 1
    if whole and not failed:
        drop_others(given.results, [key for key, _ in tasks])
    if given.results == RESULTS:
        draw()
    return 1 if failed else 0


sys.exit(main())
