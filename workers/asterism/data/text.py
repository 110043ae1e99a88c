"""A text dataset: JSON lines of {"name", "text"[, "language"][, "group"]}, sorted by name, known by the hash
of its bytes.

Documents are split by their text, so that a copy under another name is in the same split. What says nearly
the same in other words, as two spellings of a language, is one `group`, and a group is never divided.
"""

from __future__ import annotations

import hashlib
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from asterism.data.splits import Split, bucket, in_split
from asterism.errors import Refused

PAD = 0


class NoDocuments(Refused):
    """A split or subset of a text dataset is empty."""


_UNSEEN_LANGUAGE_BUCKET = 0


@dataclass(frozen=True, kw_only=True)
class Document:
    """One document; `language` and `group` are None where the dataset does not say."""

    name: str
    text: str
    language: str | None = None
    group: str | None = None

    @property
    def key(self) -> str:
        """What decides its split: the group, else the hash of the text without regard to white space."""
        return self.group or content_hash(" ".join(self.text.split()).encode())


def parse_line(line: str, number: int, where: str) -> Document:
    """One line of a dataset, or a refusal that names it."""
    try:
        fields: Any = json.loads(line)
        return Document(
            name=fields["name"],
            text=fields["text"],
            language=fields.get("language"),
            group=fields.get("group"),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(f"{where}, line {number}: not a document with name and text ({error})") from error


def encode(documents: Iterable[Document]) -> bytes:
    """The dataset's bytes: sorted by name, so that its hash does not depend on the order of the source."""
    lines = []
    for document in sorted(documents, key=lambda each: each.name):
        said = {"language": document.language, "group": document.group}
        more = {key: value for key, value in said.items() if value is not None}
        lines.append(json.dumps({"name": document.name, "text": document.text, **more}, ensure_ascii=False))
    return ("\n".join(lines) + "\n").encode()


def content_hash(data: bytes) -> str:
    """The name under which the dataset's bytes are kept."""
    return hashlib.sha256(data).hexdigest()


def file_hash(path: Path) -> str:
    """The same of a file on disk."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def unseen_language(language: str | None) -> bool:
    """About a tenth of all languages is never trained on, in any run."""
    return language is not None and bucket(language, "language/") == _UNSEEN_LANGUAGE_BUCKET


@dataclass(frozen=True, kw_only=True)
class Windows:
    """Documents of one split laid end to end, from which windows are drawn that never cross a border.

    Values are bytes here, tokens in a dataset with a tokenizer.
    """

    values_N: np.ndarray
    starts_D: np.ndarray
    lengths_D: np.ndarray

    def draw(self, rng: np.random.Generator, count: int, length: int) -> tuple[np.ndarray, np.ndarray]:
        """Bytes [count, length] and whether each is inside its document; every start is equally likely."""
        index, inside = self.places(rng, count, length)
        return np.where(inside, self.values_N[index], PAD).astype(np.int64), inside

    def places(self, rng: np.random.Generator, count: int, length: int) -> tuple[np.ndarray, np.ndarray]:
        """Where windows lie among the values, [count, length], and whether that is inside the document."""
        places = np.cumsum(np.maximum(self.lengths_D - length + 1, 1))
        chosen = rng.integers(0, places[-1], count)
        document = np.searchsorted(places, chosen, side="right")
        offset = chosen - np.where(document > 0, places[document - 1], 0)
        inside = offset[:, None] + np.arange(length) < self.lengths_D[document][:, None]
        index = (self.starts_D[document] + offset)[:, None] + np.arange(length)
        return np.minimum(index, len(self.values_N) - 1), inside


def windows(documents: Iterable[Document]) -> Windows:
    """Lay documents out as bytes."""
    encoded = [data for data in (document.text.encode() for document in documents) if len(data) >= 2]
    if not encoded:
        raise NoDocuments("a text dataset has no document in a split that a task needs")
    lengths = np.array([len(data) for data in encoded])
    return Windows(
        values_N=np.frombuffer(b"".join(encoded), dtype=np.uint8),
        starts_D=np.concatenate([[0], np.cumsum(lengths)[:-1]]),
        lengths_D=lengths,
    )


class Named(Protocol):
    """What the split of a dataset reads of a document."""

    @property
    def key(self) -> str: ...

    @property
    def language(self) -> str | None: ...


D = TypeVar("D", bound=Named)


class SplitDataset(ABC, Generic[D]):
    """A dataset on disk with its document split."""

    def __init__(self, path: Path) -> None:
        self._documents = tuple(self._read(path))
        self._splits: dict[Split, tuple[D, ...]] = {}
        self._windows: dict[tuple[Split, str], Windows] = {}

    @abstractmethod
    def _read(self, path: Path) -> Iterable[D]: ...

    @abstractmethod
    def _lay_out(self, documents: Iterable[D]) -> Windows: ...

    @abstractmethod
    def _subset(self, split: Split, subset: str) -> Iterator[D]:
        """A named subset of a split."""

    def documents(self, split: Split) -> Iterator[D]:
        """Documents of a split. Those of unseen languages are left out of train and divided like the others:
        an article of one may be the same text as an article of a language that is trained on.
        """
        if split not in self._splits:  # hashing every text is slow beside all that is asked of a split
            self._splits[split] = tuple(
                each
                for each in self._documents
                if in_split(each.key, split) and not (split == "train" and unseen_language(each.language))
            )
        return iter(self._splits[split])

    def windows(self, split: Split, subset: str = "all") -> Windows:
        """Windows of a split, of one of the subsets below."""
        key = (split, subset)
        if key not in self._windows:
            self._windows[key] = self._lay_out(self._subset(split, subset))
        return self._windows[key]

    def _in_language(self, split: Split, subset: str) -> Iterator[D]:
        code = subset.removeprefix("language:")
        return (each for each in self.documents(split) if (each.language or "").split("-")[0] == code)


class TextDataset(SplitDataset[Document]):
    """Plain text, read as bytes."""

    def _read(self, path: Path) -> Iterable[Document]:
        return read(path)

    def _lay_out(self, documents: Iterable[Document]) -> Windows:
        return windows(documents)

    def _subset(self, split: Split, subset: str) -> Iterator[Document]:
        """A named subset, the docstrings of code (`prose`), or one language (`language:sw`)."""
        if subset == "prose":
            yield from (prose(document) for document in self.documents(split))
        elif subset.startswith("language:"):
            # Laid end to end: many an article is shorter than a row, and would fill it in one way only.
            texts = [each.text for each in self._in_language(split, subset)]
            yield from [Document(name=subset, text="\n".join(texts))] if texts else []
        else:
            yield from (each for each in self.documents(split) if SUBSETS[subset](each))


def _other_script(document: Document) -> bool:
    """Not in Latin letters: these take little over one byte each in UTF-8, Cyrillic and Arabic nearly two."""
    return len(document.text.encode()) > 1.5 * len(document.text)


_QUOTED = re.compile(r'"""(.*?)"""', re.DOTALL)


def prose(document: Document) -> Document:
    """The triple-quoted strings of Python code, indentation removed: English technical prose."""
    texts = (" ".join(found.split()) for found in _QUOTED.findall(document.text))
    return replace(document, text="\n".join(text for text in texts if " " in text))


SUBSETS: dict[str, Callable[[Document], bool]] = {
    "all": lambda document: True,
    "seen": lambda document: not unseen_language(document.language),
    "unseen": lambda document: unseen_language(document.language),
    "other-script": lambda document: not unseen_language(document.language) and _other_script(document),
}


def read(path: Path) -> Iterator[Document]:
    """Documents of a dataset file, or a refusal that names what is wrong."""
    try:
        handle = path.open(encoding="utf-8")
    except OSError as error:
        raise Refused(f"dataset file {path.name} cannot be read: {error.strerror}") from error
    with handle:
        for number, line in enumerate(handle, 1):
            if line.strip():
                yield parse_line(line, number, path.name)


@lru_cache(maxsize=4)
def load(path: Path) -> TextDataset:
    """The dataset at `path`, kept for the process: artifacts never change."""
    return TextDataset(path)
