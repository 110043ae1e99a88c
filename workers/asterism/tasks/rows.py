"""What a task makes: rows of tokens with the positions that are scored; and what it may look at while making
them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from asterism.data.corpora import how_to_get
from asterism.data.splits import Split
from asterism.data.text import TextDataset
from asterism.data.tokens import TokenDataset, open_dataset
from asterism.errors import Refused
from asterism.tasks import vocabulary

# Shapes: R rows, T tokens of a row.


@dataclass(frozen=True, kw_only=True)
class Rows:
    """`targets_RT[r, t]` is what a model must say after reading `tokens_RT[r, :t+1]`, where `marks_RT[r, t]`
    > 0.

    A mark tells apart what is scored apart (1 near, 2 far; 1 or 2 hops). `binding_R` is the NLL of a
    predictor that knows which values are in context and nothing more, 0 where that means nothing. `bytes_RT`:
    UTF-8 bytes that each target stands for, where a target is not one byte.
    """

    tokens_RT: np.ndarray
    targets_RT: np.ndarray
    marks_RT: np.ndarray
    binding_R: np.ndarray
    bytes_RT: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.tokens_RT)

    def take(self, index: Any) -> Rows:
        """The rows at `index`, a slice, mask or array."""
        return Rows(
            tokens_RT=self.tokens_RT[index],
            targets_RT=self.targets_RT[index],
            marks_RT=self.marks_RT[index],
            binding_R=self.binding_R[index],
            bytes_RT=None if self.bytes_RT is None else self.bytes_RT[index],
        )


def join(parts: list[Rows]) -> Rows:
    """Rows one after the other."""
    return Rows(
        tokens_RT=np.concatenate([part.tokens_RT for part in parts]),
        targets_RT=np.concatenate([part.targets_RT for part in parts]),
        marks_RT=np.concatenate([part.marks_RT for part in parts]),
        binding_R=np.concatenate([part.binding_R for part in parts]),
        bytes_RT=_joined([part.bytes_RT for part in parts]),
    )


def _joined(parts: list[np.ndarray | None]) -> np.ndarray | None:
    given = [part for part in parts if part is not None]
    assert len(given) in (0, len(parts)), "one generator counts bytes always or never"
    return np.concatenate(given) if given else None


def labelled(
    tokens_RT: np.ndarray, targets_RT: np.ndarray, marks_RT: np.ndarray, binding: float | np.ndarray = 0.0
) -> Rows:
    """Rows whose labels are not fed back."""
    return Rows(
        tokens_RT=tokens_RT,
        targets_RT=np.where(marks_RT > 0, targets_RT, 0),
        marks_RT=marks_RT.astype(np.uint8),
        binding_R=np.broadcast_to(np.asarray(binding, dtype=np.float64), (len(tokens_RT),)),
    )


def next_token(tokens_RT: np.ndarray, marks_RT: np.ndarray, binding: float | np.ndarray = 0.0) -> Rows:
    """Rows that ask for their own next token; a mark at t scores token t + 1."""
    following = np.roll(tokens_RT, -1, axis=1)
    assert not marks_RT[:, -1].any()
    return labelled(tokens_RT, following, marks_RT, binding)


def filler(rows: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Tokens [rows, length] all filler, and marks all 0."""
    return np.full((rows, length), vocabulary.FILLER, dtype=np.int64), np.zeros(
        (rows, length), dtype=np.uint8
    )


def shuffled(rng: np.random.Generator, rows: int, count: int, choose: int | None = None) -> np.ndarray:
    """[rows, choose] distinct numbers below `count` in random order."""
    return np.argsort(rng.random((rows, count)), axis=1)[:, :choose]


@dataclass(frozen=True, kw_only=True)
class Draw:
    """Where a generator gets its randomness and its data."""

    rng: np.random.Generator
    split: Split
    datasets: Mapping[str, Path] = field(default_factory=dict)

    def path(self, name: str) -> Path:
        """Where the dataset called `name` lies."""
        if name not in self.datasets:
            given = sorted(self.datasets) or "none"
            raise Refused(f"the suite needs dataset {name!r}, given: {given}{how_to_get([name])}")
        return self.datasets[name]

    def text(self, name: str) -> TextDataset | TokenDataset:
        """The text dataset called `name`, plain or written with a tokenizer."""
        return open_dataset(self.path(name))


Settings = Mapping[str, Any]
Make = Callable[[Draw, int, Settings], Rows]


@dataclass(frozen=True, kw_only=True)
class Options:
    """Every option of a list of questions as a row of its own: `question_O` says whose it is, `text_O` what
    it is.
    """

    rows: Rows
    question_O: np.ndarray
    right_O: np.ndarray
    text_O: tuple[str, ...]


OptionsOf = Callable[[Path, Split, int, int | None], Options]


@dataclass(frozen=True, kw_only=True)
class Generator:
    """A family's way to make rows. `sourced` generators draw from data that is split already (documents,
    images). Rows of a scored split are made in blocks of `scored_block`: nine tenths of what is drawn is
    thrown away. With `options` (dataset, split, row length, at most so many questions) rows are trained on,
    and scored by which option is likeliest.
    """

    make: Make
    family: str
    description: str
    source: str
    sourced: bool = False
    scored_block: int = 512
    options: OptionsOf | None = None
