"""What every converter returns: paragraphs and headings in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Block:
    """A paragraph, or a heading of depth 1 and more."""

    text: str
    heading: int = 0


class Malformed(ValueError):
    """A file that is not what its name says; it is left out and counted."""


def filled(lines: Iterable[str]) -> str:
    """Lines of a paragraph as one line."""
    return " ".join(" ".join(lines).split())


def verbatim(lines: Iterable[str]) -> str:
    """Lines of an example as they stand, without blank ones around."""
    return "\n".join(line.rstrip() for line in lines).strip("\n")
