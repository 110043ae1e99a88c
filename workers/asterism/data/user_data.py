"""A user's own examples on disk: JSON lines, the first of which says what the others are.

`{"dataset": "pairs", "format": 1}`, then `{"prompt", "answer"}`; choices: `{"prompt", "choices", "answer"}`
with the index of the right one; series: `{"name", "values"}`. `asterism dataset add` writes such files and
refuses what is no example, with its line; here the same is checked again because files come from outside.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args

from asterism.errors import Refused

Kind = Literal["pairs", "choices", "series"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_BEGINS = b'{"dataset"'


def read_kind(path: Path) -> Kind | None:
    """What the file's examples are, None for text and for tokens."""
    try:
        with path.open("rb") as file:
            if not file.peek(len(_BEGINS)).startswith(_BEGINS):
                return None
            return _kind(file.readline().decode(), path.name)
    except OSError as error:
        raise Refused(f"dataset file {path.name} cannot be read: {error.strerror}") from error


def _kind(line: str, where: str) -> Kind:
    try:
        header = json.loads(line)
        kind, version = header["dataset"], header["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(f"{where}, line 1: no header with dataset and format ({error})") from error
    if kind not in KINDS or version != 1:
        raise Refused(
            f"{where}, line 1: dataset {kind!r} of format {version!r}; allowed: {', '.join(KINDS)}, format 1"
        )
    return kind


def examples(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Every example with where it stands; blank lines are skipped."""
    with path.open(encoding="utf-8") as file:
        file.readline()
        for number, line in enumerate(file, 2):
            if line.strip():
                where = f"{path.name}, line {number}"
                yield _object(line, where), where


def _object(line: str, where: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise Refused(f"{where}: no JSON ({error})") from error
    if not isinstance(found, dict):
        raise Refused(f"{where}: no JSON object")
    return found


def row_length(largest: int, limit: int) -> int:
    """Tokens of a task's rows: the smallest power of two from 32 on that holds the largest example, `limit`
    when none does.
    """
    length = 32
    while length < min(largest, limit):
        length *= 2
    return min(length, limit)
