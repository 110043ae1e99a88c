"""A text dataset that is written with a tokenizer: ids and byte counts of every document, and the tokenizer
itself.

JSON lines: first `{"tokenizer": <tokenizer.json>, "sha256", "tokens"}`, then one document a line, `{"name"[,
"language"], "group", "ids", "bytes"}`, both arrays base64 of little-endian uint32; the group is what decides
the split, as in the text that it was written from. The file's hash, by which results
know the dataset, is so the tokenizer's too; reading it needs no tokenizer library.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from asterism.data.splits import Split
from asterism.data.text import (
    PAD,
    Document,
    NoDocuments,
    SplitDataset,
    TextDataset,
    Windows,
    load,
    unseen_language,
)
from asterism.data.tokenizer import FIRST_TOKEN, FileTokenizer, definition_hash, read_definition
from asterism.errors import Refused

_AT_ONCE = 256
_BEGINS = b'{"tokenizer"'


@dataclass(frozen=True, kw_only=True)
class Header:
    """What stands in the first line. `tokens`: ids of the tokenizer are below it."""

    definition: dict[str, Any]
    sha256: str
    tokens: int

    @property
    def vocabulary(self) -> int:
        """What a genome needs to read it beside the suite's symbols."""
        return FIRST_TOKEN + self.tokens


def read_header(path: Path) -> Header | None:
    """The header, None for a dataset of plain text."""
    try:
        with path.open("rb") as file:
            if not file.peek(len(_BEGINS)).startswith(_BEGINS):
                return None
            return parse_header(file.readline().decode())
    except OSError as error:
        raise Refused(f"dataset file {path.name} cannot be read: {error.strerror}") from error


def parse_header(line: str) -> Header | None:
    """The header in a first line, None where that is a document already."""
    if not line.startswith(_BEGINS.decode()):
        return None
    try:
        found = json.loads(line)
        return Header(definition=found["tokenizer"], sha256=found["sha256"], tokens=found["tokens"])
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(f"line 1 is no header of a dataset with a tokenizer ({error})") from error


def encode_tokens(documents: Iterable[Document], definition: dict[str, Any]) -> Iterator[str]:
    """The lines of the dataset, documents sorted by name."""
    tokenizer = FileTokenizer(definition)
    header = {"tokenizer": definition, "sha256": tokenizer.identity, "tokens": tokenizer.tokens}
    yield _line(header)
    ordered = iter(sorted(documents, key=lambda each: each.name))
    while some := list(islice(ordered, _AT_ONCE)):
        for document, (ids, sizes) in zip(some, tokenizer.with_bytes([d.text for d in some]), strict=True):
            language = {} if document.language is None else {"language": document.language}
            arrays = {"ids": _pack(ids), "bytes": _pack(sizes)}
            yield _line({"name": document.name, **language, "group": document.key, **arrays})


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=False) + "\n"


def _pack(values: list[int]) -> str:
    return base64.b64encode(np.array(values, dtype="<u4").tobytes()).decode()


def _unpack(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), dtype="<u4").astype(np.int64)


@dataclass(frozen=True, kw_only=True)
class TokenDocument:
    """One document; ids of the tokenizer alone, and the UTF-8 bytes that each stands for."""

    name: str
    language: str | None
    key: str
    ids: np.ndarray
    sizes: np.ndarray


def read_tokens(path: Path) -> Iterator[TokenDocument]:
    """Documents of such a file, or a refusal that names what is wrong."""
    with path.open(encoding="utf-8") as file:
        header = parse_header(file.readline())
        assert header is not None
        if definition_hash(header.definition) != header.sha256:
            raise Refused(f"{path.name}, line 1: the tokenizer is not the one that /sha256 names")
        for number, line in enumerate(file, 2):
            yield _document(line, number, path.name, header.tokens)


def _document(line: str, number: int, where: str, tokens: int) -> TokenDocument:
    try:
        found: Any = json.loads(line)
        ids, sizes = _unpack(found["ids"]), _unpack(found["bytes"])
        document = TokenDocument(
            name=found["name"], language=found.get("language"), key=found["group"], ids=ids, sizes=sizes
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(
            f"{where}, line {number}: not a document with name, group, ids and bytes ({error})"
        ) from error
    if len(ids) != len(sizes) or (ids >= tokens).any():
        raise Refused(
            f"{where}, line {number}: {len(ids)} ids, {len(sizes)} byte counts, largest id "
            f"{ids.max(initial=0)}; allowed: as many counts as ids, ids below {tokens}"
        )
    return document


def tokenizers(datasets: Mapping[str, Path]) -> tuple[str, ...]:
    """Hashes of the tokenizers that these datasets are written with."""
    headers = (read_header(path) for path in datasets.values())
    return tuple(sorted({header.sha256 for header in headers if header}))


def same_tokens(tokenizer: Path, datasets: Mapping[str, Path]) -> int:
    """The size of a teacher's tokenizer, when it is that of every dataset that is written with one."""
    definition = read_definition(tokenizer)
    headers = {name: header for name, path in datasets.items() if (header := read_header(path))}
    if not headers:
        raise Refused(
            f"{tokenizer} has nothing to read: no dataset is written with a tokenizer; "
            "`python -m asterism tokenize DATASET --tokenizer tokenizer.json OUT` writes one"
        )
    mine = definition_hash(definition)
    other = sorted(name for name, header in headers.items() if header.sha256 != mine)
    if other:
        raise Refused(
            f"{tokenizer} is {mine[:12]}, but {', '.join(other)} is written with "
            f"{headers[other[0]].sha256[:12]}: teacher and dataset need the same tokenizer"
        )
    return next(iter(headers.values())).tokens


@dataclass(frozen=True, kw_only=True)
class TokenWindows(Windows):
    """Windows over tokens, which know how many bytes each token stands for."""

    sizes_N: np.ndarray

    def draw_with_bytes(
        self, rng: np.random.Generator, count: int, length: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Ids as a genome of a trial reads them, whether each is inside its document, and its bytes."""
        index, inside = self.places(rng, count, length)
        ids = np.where(inside, self.values_N[index] + FIRST_TOKEN, PAD)
        return ids.astype(np.int64), inside, np.where(inside, self.sizes_N[index], 0).astype(np.int64)


_SUBSETS: Mapping[str, Callable[[TokenDocument], bool]] = {
    "all": lambda document: True,
    "seen": lambda document: not unseen_language(document.language),
    "unseen": lambda document: unseen_language(document.language),
}


def _joined(name: str, documents: Iterable[TokenDocument]) -> Iterator[TokenDocument]:
    found = list(documents)
    if found:
        ids, sizes = (np.concatenate(each) for each in zip(*((d.ids, d.sizes) for d in found), strict=True))
        yield TokenDocument(name=name, language=None, key=name, ids=ids, sizes=sizes)


class TokenDataset(SplitDataset[TokenDocument]):
    """A dataset written with a tokenizer, split like one of plain text."""

    def _read(self, path: Path) -> Iterable[TokenDocument]:
        return read_tokens(path)

    def _subset(self, split: Split, subset: str) -> Iterator[TokenDocument]:
        if subset.startswith("language:"):
            yield from _joined(subset, self._in_language(split, subset))
        elif subset in _SUBSETS:
            yield from (each for each in self.documents(split) if _SUBSETS[subset](each))
        else:
            known = ", ".join([*_SUBSETS, "language:<code>"])
            raise Refused(f"subset {subset!r} needs plain text; a dataset with a tokenizer has {known}")

    def _lay_out(self, documents: Iterable[TokenDocument]) -> TokenWindows:
        kept = [document for document in documents if len(document.ids) >= 2]
        if not kept:
            raise NoDocuments("a text dataset has no document in a split that a task needs")
        lengths = np.array([len(document.ids) for document in kept])
        return TokenWindows(
            values_N=np.concatenate([document.ids for document in kept]),
            sizes_N=np.concatenate([document.sizes for document in kept]),
            starts_D=np.concatenate([[0], np.cumsum(lengths)[:-1]]),
            lengths_D=lengths,
        )


@lru_cache(maxsize=4)
def open_dataset(path: Path) -> TextDataset | TokenDataset:
    """The dataset at `path`, of text or of tokens, kept for the process: artifacts never change."""
    return load(path) if read_header(path) is None else TokenDataset(path)
