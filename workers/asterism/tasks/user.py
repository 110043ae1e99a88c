"""Tasks of a user's own data: pairs and choices in bytes, series in levels.

A question is its prompt, a separator, the answer's bytes and a filler that ends it. Choices are trained like
pairs, with the right one; they are scored by which option is likeliest (`options_of`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from asterism.data.questions import Question, open_questions
from asterism.data.splits import SPLITS, Split
from asterism.data.text import NoDocuments
from asterism.data.user_series import open_series
from asterism.tasks import vocabulary as v
from asterism.tasks.rows import Draw, Generator, Options, Rows, Settings, next_token

# Shapes: N examples, R rows, O options of all questions together, T tokens of a row.
LEVELS = 32
_ANSWER, _END = 1, 2
_BLANK = -1
_AT_ONCE = 8192


def _written(question: Question, option: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    prompt, answer = question.prompt.encode(), question.options[option].encode()
    tokens, marks = np.full(length, v.FILLER), np.zeros(length, dtype=np.uint8)
    first, last = len(prompt), len(prompt) + len(answer)
    tokens[:first] = np.frombuffer(prompt, dtype=np.uint8)
    tokens[first] = v.SEPARATOR
    tokens[first + 1 : last + 1] = np.frombuffer(answer, dtype=np.uint8)
    marks[first:last], marks[last] = _ANSWER, _END
    return tokens, marks


def _asked(written: list[tuple[np.ndarray, np.ndarray]]) -> Rows:
    return next_token(np.stack([tokens for tokens, _ in written]), np.stack([marks for _, marks in written]))


@lru_cache(maxsize=16)
def _answered(path: Path, split: Split, length: int) -> Rows:
    """Every question of a split with its right answer, and a blank row after them."""
    found = open_questions(path).questions(split, length)
    if not found:
        raise NoDocuments(f"{path.name} has no example to {split} that fits {length} tokens")
    blank = np.full(length, v.FILLER), np.zeros(length, dtype=np.uint8)
    return _asked([*(_written(each, each.answer, length) for each in found), blank])


def _order(draw: Draw, rows: int, examples: int) -> np.ndarray:
    """Scored: each example once, then blank rows, so that no interval counts an example twice. Trained: all
    of them in new orders again and again.
    """
    if draw.split != "train":
        return np.concatenate([np.arange(examples), np.full(max(0, rows - examples), _BLANK)])[:rows]
    rounds = [draw.rng.permutation(examples) for _ in range(-(-rows // examples))]
    return np.concatenate(rounds)[:rows]


def questions(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Questions of `dataset` with their right answers."""
    every = _answered(draw.path(settings["dataset"]), draw.split, settings["length"])
    return every.take(_order(draw, rows, len(every) - 1))


def options_of(path: Path, split: Split, length: int, most: int | None = None) -> Options:
    """The options of a split's first questions; question i is row i of `questions`."""
    found = open_questions(path).questions(split, length)[:most]
    if not found:
        raise NoDocuments(f"{path.name} has no example to {split} that fits {length} tokens")
    every = [(at, each, option) for at, each in enumerate(found) for option in range(len(each.options))]
    return Options(
        rows=_asked([_written(each, option, length) for _, each, option in every]),
        question_O=np.array([at for at, _, _ in every]),
        right_O=np.array([option == each.answer for _, each, option in every]),
        text_O=tuple(each.options[option] for _, each, option in every),
    )


@dataclass(frozen=True, kw_only=True)
class _Windows:
    """Where windows may start in the values of a split's parts, laid end to end."""

    values_P: np.ndarray
    starts_N: np.ndarray

    def levels(self, index: np.ndarray, steps: int) -> np.ndarray:
        """The windows at `index`, in levels, [R, steps]."""
        return quantised(self.values_P[self.starts_N[index][:, None] + np.arange(steps)])

    def hashes(self, steps: int) -> np.ndarray:
        """A number for each window, the same for the same levels, [N]."""
        factors = np.random.default_rng(0).integers(0, 2**63, steps, dtype=np.uint64) * np.uint64(
            2
        ) + np.uint64(1)
        chunks = np.array_split(np.arange(len(self.starts_N)), 1 + len(self.starts_N) // _AT_ONCE)
        return np.concatenate([(self.levels(at, steps).astype(np.uint64) * factors).sum(1) for at in chunks])


@lru_cache(maxsize=16)
def _windows(path: Path, split: Split, length: int) -> _Windows:
    """All windows of a split that training may start at, or the scored ones, half a row apart. A scored
    window whose levels an earlier split holds too, as in a series that repeats itself, is left out.
    """
    steps, apart = length - 1, 1 if split == "train" else length // 2
    parts = [part for part in open_series(path).parts(split) if len(part) >= steps]
    if not parts:
        raise NoDocuments(f"{path.name} has no {steps} points in a row to {split}")
    firsts = np.cumsum([0, *(len(part) for part in parts)])[:-1]
    places = [
        first + np.arange(0, len(part) - steps + 1, apart) for first, part in zip(firsts, parts, strict=True)
    ]
    found = _Windows(values_P=np.concatenate(parts), starts_N=np.concatenate(places))
    if split == "train":
        return found
    seen = np.concatenate(
        [_windows(path, each, length).hashes(steps) for each in SPLITS[: SPLITS.index(split)]]
    )
    hashes = found.hashes(steps)
    first_N = np.zeros(len(hashes), dtype=bool)
    first_N[np.unique(hashes, return_index=True)[1]] = True
    starts = found.starts_N[first_N & ~np.isin(hashes, seen)]
    if not len(starts):
        raise NoDocuments(f"{path.name} repeats itself: training holds every window to {split}")
    return _Windows(values_P=found.values_P, starts_N=starts)


def quantised(values_RT: np.ndarray) -> np.ndarray:
    """Levels over the row's own range; a row that does not move is all 0."""
    low, high = values_RT.min(1, keepdims=True), values_RT.max(1, keepdims=True)
    span = np.where(high > low, high - low, 1)
    return ((values_RT - low) / span * (LEVELS - 1)).round().astype(np.int64)


def series(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Windows of `dataset` in levels; each next level of the second half."""
    length = settings["length"]
    every = _windows(draw.path(settings["dataset"]), draw.split, length)
    count = len(every.starts_N)
    order = draw.rng.integers(0, count, rows) if draw.split == "train" else _order(draw, rows, count)
    start = np.full((rows, 1), v.SERIES_START)
    tokens = np.concatenate([start, v.LEVELS.start + every.levels(order, length - 1)], axis=1)
    marks = np.zeros(tokens.shape, dtype=np.uint8)
    marks[:, length // 2 - 1 : -1] = 1
    tokens[order == _BLANK], marks[order == _BLANK] = v.FILLER, 0
    return next_token(tokens, marks)


_SOURCE = "the user's dataset"
GENERATORS = {
    "user/pairs": Generator(
        make=questions,
        family="user",
        description="the answer's bytes after its prompt",
        source=_SOURCE,
        sourced=True,
    ),
    "user/choices": Generator(
        make=questions,
        family="user",
        description="which of a question's choices is the likeliest answer",
        source=_SOURCE,
        sourced=True,
        options=options_of,
    ),
    "user/series": Generator(
        make=series,
        family="user",
        description="each next level of the second half of a window of a series",
        source=_SOURCE,
        sourced=True,
    ),
}
"""One generator for each kind of `asterism.data.user_data`."""
