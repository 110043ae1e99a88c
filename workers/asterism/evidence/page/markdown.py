"""Tables and numbers as the page writes them."""

from __future__ import annotations

from collections.abc import Sequence

from asterism.evidence.statistics.ranks import Estimate


def row(cells: Sequence[str]) -> str:
    """One line of a table."""
    return "| " + " | ".join(cells) + " |"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table with its head."""
    return [row(head), row(["---"] * len(head)), *(row(each) for each in rows)]


def number(value: float | None, digits: int = 2) -> str:
    """A dash where there is none."""
    if value is None:
        return "–"
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def with_interval(found: Estimate | None) -> str:
    """`0.61 (0.42 to 0.77)`."""
    return "–" if found is None else f"{number(found.value)} ({number(found.low)} to {number(found.high)})"


def many(count: int, what: str) -> str:
    """`1 run`, `2 runs`."""
    return f"{count} {what}{'' if count == 1 else 's'}"
