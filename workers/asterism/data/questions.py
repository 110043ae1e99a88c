"""Prompts with answers, or with choices of which one is right, split by the hash of the prompt."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from asterism.data.splits import SPLITS, Split, in_split
from asterism.data.user_data import examples, read_kind, row_length
from asterism.errors import Refused

LEAST = 8
"""Questions that every split needs; libs/search/datasets/facts.ts says the same."""
_AROUND = 2  # the separator before the answer and the token that ends it


@dataclass(frozen=True, kw_only=True)
class Question:
    """A pair has one option: its answer."""

    prompt: str
    options: tuple[str, ...]
    answer: int

    @property
    def key(self) -> str:
        """What the split is drawn by: the same prompt is never in two splits, whatever its answers. Without a
        prompt, the choices in order.
        """
        return self.prompt or "\n".join(sorted(self.options))

    @property
    def tokens(self) -> int:
        """Tokens of its longest row."""
        return len(self.prompt.encode()) + max(len(option.encode()) for option in self.options) + _AROUND


def _text(found: Mapping[str, Any], field: str, where: str, *, empty: bool = False) -> str:
    value = found.get(field)
    if not isinstance(value, str) or not (value or empty):
        raise Refused(f"{where}, field {field}: not a text; allowed: a string that is not empty")
    return value


def _pair(found: Mapping[str, Any], where: str) -> Question:
    options = (_text(found, "answer", where),)
    return Question(prompt=_text(found, "prompt", where), options=options, answer=0)


def _choice(found: Mapping[str, Any], where: str) -> Question:
    options, answer = found.get("choices"), found.get("answer")
    if not isinstance(options, list) or len(options) < 2 or len(set(map(str, options))) < len(options):
        raise Refused(f"{where}, field choices: allowed: two or more different texts")
    if not all(isinstance(option, str) and option for option in options):
        raise Refused(f"{where}, field choices: not a text; allowed: strings that are not empty")
    if type(answer) is not int or not 0 <= answer < len(options):
        raise Refused(f"{where}, field answer: {answer!r}; allowed: 0 to {len(options) - 1}")
    return Question(prompt=_text(found, "prompt", where, empty=True), options=tuple(options), answer=answer)


class QuestionSet:
    """A dataset of questions, each once, in the order of their hashes: an order that no one chose."""

    def __init__(self, path: Path) -> None:
        read = _pair if read_kind(path) == "pairs" else _choice
        self._name = path.name
        every = dict.fromkeys(read(found, where) for found, where in examples(path))
        self._questions = sorted(every, key=lambda each: hashlib.sha256(repr(each).encode()).digest())

    def row_length(self, limit: int) -> int:
        """Tokens of a row."""
        return row_length(max((each.tokens for each in self._questions), default=0), limit)

    def questions(self, split: Split, length: int) -> tuple[Question, ...]:
        """Those of a split whose rows fit."""
        return tuple(each for each in self._questions if each.tokens <= length and in_split(each.key, split))

    def counts(self, length: int) -> dict[Split, int]:
        """Questions of every split whose rows fit."""
        return {split: len(self.questions(split, length)) for split in SPLITS}

    def check(self, name: str, length: int) -> None:
        """Refuse a set that leaves a split too small to say anything."""
        counts = self.counts(length)
        if min(counts.values()) < LEAST:
            said = ", ".join(f"{count} to {split}" for split, count in counts.items())
            raise Refused(
                f"dataset {name}: {sum(counts.values())} of {len(self._questions)} examples fit rows of "
                f"{length} tokens, {said}; needed: {LEAST} in each"
            )


@lru_cache(maxsize=8)
def open_questions(path: Path) -> QuestionSet:
    """The set at `path`, kept for the process: artifacts never change."""
    return QuestionSet(path)
