"""Annealed rungs beside trainings of their budget and beside averaged weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .runs import lines, table

FRACTIONS = (0.25, 0.5, 1.0)


def _quality(run: Mapping[str, Any]) -> float:
    return run["outcome"]["quality"]["value"]


def _averaged(run: Mapping[str, Any], fraction: float) -> str:
    points = {point["fraction"]: point["quality"] for point in run["outcome"]["curve"]}
    return f"{points[fraction]:.3f}" if fraction != 1 and fraction in points else ""


def _rows(runs: list[dict[str, Any]]) -> list[list[str]]:
    found = {(run["architecture"], run["steps"], len(run["rungs"])): run for run in runs}
    steps = max(run["steps"] for run in runs)
    rows = []
    for name in dict.fromkeys(run["architecture"] for run in runs):
        trunk, whole = found.get((name, steps, len(FRACTIONS))), found.get((name, steps, 1))
        for at, fraction in enumerate(FRACTIONS):
            alone = found.get((name, round(fraction * steps), 1))
            rung = trunk["outcome"]["rungs"][at] if trunk else None
            rows.append(
                [
                    f"{name}, {fraction:g}",
                    f"{rung['tokens']:,} + {rung['branchTokens']:,}" if rung else "",
                    f"{rung['quality']['value']:.3f}" if rung else "",
                    f"{_quality(alone):.3f}" if alone else "",
                    _averaged(whole, fraction) if whole else "",
                    f"{rung['branchCpuSeconds']:.1f}" if rung else "",
                ]
            )
    return rows


def rungs() -> str:
    runs = [run for run in lines("rungs-nano-1.jsonl") if run["outcome"]["status"] == "scored"]
    if not runs:
        return "No run yet."
    head = [
        "net, rung",
        "tokens of trunk + branch",
        "annealed rung",
        "that budget alone",
        "averaged on the way",
        "core-seconds of the branch",
    ]
    return table(head, _rows(runs))
