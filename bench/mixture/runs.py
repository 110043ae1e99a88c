"""The committed runs that the page reads, and seed noise over them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import mean, variance
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
RESULTS = CHECKOUT / "bench" / "results"


def lines(name: str) -> list[dict[str, Any]]:
    """All runs of a file; none when it is not there yet."""
    path = RESULTS / name
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def pooled(groups: Iterable[Sequence[float]]) -> tuple[float, int]:
    """Standard deviation between seeds pooled over groups of two or more, and its degrees of freedom."""
    several = [values for values in groups if len(values) > 1]
    freedom = sum(len(values) - 1 for values in several)
    squares = sum(variance(values) * (len(values) - 1) for values in several)
    return (squares / freedom) ** 0.5 if freedom else float("nan"), freedom


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Markdown; the first column to the left."""
    rules = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rules, *rows])


def best(scores: Mapping[str, Sequence[float]]) -> str:
    """The variant with the highest mean."""
    return max(scores, key=lambda name: mean(scores[name]))
