"""How text becomes token ids: the bytes of the suite's own vocabulary, or a tokenizer.json from disk.

In a model of a trial both stand in one table: the suite's 512 symbols first, then the tokens of the
tokenizer, so that probes and text share a model. A released model has its tokenizer's ids alone.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from asterism.errors import Refused

FIRST_TOKEN = 512
"""Id of a tokenizer's token 0 in a model of a trial: behind the suite's one vocabulary."""

# Names under which released tokenizers keep their marks, the commonest first.
_ENDS = ("<|endoftext|>", "</s>", "<eos>", "<|im_end|>", "<|end_of_text|>", "<|endofprompt|>")
_BEGINNINGS = ("<s>", "<bos>", "<|startoftext|>", "<|begin_of_text|>", "<|begin▁of▁sentence|>")
_NEWLINE = 10


class Tokenizer(Protocol):
    """Text to ids and back. `size`: ids are below it; `prefix` stands before a text that has no context."""

    @property
    def size(self) -> int: ...

    @property
    def end(self) -> int | None: ...

    @property
    def prefix(self) -> int: ...

    @property
    def identity(self) -> str: ...

    def encode(self, text: str) -> list[int]: ...

    def decode(self, ids: Sequence[int]) -> str: ...


class Bytes:
    """UTF-8. A document begins like a line, and nothing in training marks its end."""

    size, end, prefix, identity = 256, None, _NEWLINE, "bytes"

    def encode(self, text: str) -> list[int]:
        return list(text.encode())

    def decode(self, ids: Sequence[int]) -> str:
        """Symbols of the probes are left out; a broken character becomes U+FFFD."""
        return bytes(each for each in ids if each < 256).decode(errors="replace")


class FileTokenizer:
    """A tokenizer.json of the `tokenizers` library: BPE, Unigram or WordPiece. A text gets no marks."""

    def __init__(self, definition: dict[str, Any], *, first: int = 0) -> None:
        self._inner, self._first = _library(definition), first
        self.identity = definition_hash(definition)
        # Ids may have holes; the table needs room up to the largest.
        self.tokens = 1 + max(self._inner.get_vocab(with_added_tokens=True).values())

    @classmethod
    def from_file(cls, path: Path, *, first: int = 0) -> FileTokenizer:
        return cls(read_definition(path), first=first)

    @property
    def size(self) -> int:
        return self._first + self.tokens

    @property
    def end(self) -> int | None:
        return self._named(_ENDS)

    @property
    def prefix(self) -> int:
        """The mark of a beginning, else of an end, else a new line's token, else token 0."""
        for found in (self._named(_BEGINNINGS), self.end):
            if found is not None:
                return found
        newline = self.encode("\n")
        return newline[0] if newline else self._first

    def _named(self, names: Sequence[str]) -> int | None:
        found = (self._inner.token_to_id(name) for name in names)
        return next((self._first + each for each in found if each is not None), None)

    def encode(self, text: str) -> list[int]:
        return [self._first + each for each in self._inner.encode(text, add_special_tokens=False).ids]

    def decode(self, ids: Sequence[int]) -> str:
        mine = [each - self._first for each in ids if 0 <= each - self._first < self.tokens]
        return self._inner.decode(mine, skip_special_tokens=True)

    def with_bytes(self, texts: Sequence[str]) -> list[tuple[list[int], list[int]]]:
        """Ids (of the tokenizer alone) and UTF-8 bytes of every token of each text; the bytes add up to the
        text's.
        """
        encoded = self._inner.encode_batch(list(texts), add_special_tokens=False)
        return [(each.ids, _bytes(text, each.offsets)) for text, each in zip(texts, encoded, strict=True)]


def _bytes(text: str, offsets: Sequence[tuple[int, int]]) -> list[int]:
    """A character that several tokens share counts at the first; what a tokenizer drops, at the next one."""
    reached = [0]
    for character in text:
        reached.append(reached[-1] + len(character.encode()))
    counts, so_far = [], 0
    for _, end in offsets:
        now = max(so_far, reached[end])
        counts.append(now - so_far)
        so_far = now
    if counts:
        counts[-1] += reached[-1] - so_far
    return counts


def _library(definition: dict[str, Any]) -> Any:
    # One thread: workers have one core, and forked children must not inherit a pool.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        from tokenizers import Tokenizer as Library  # type: ignore[import-not-found]
    except ImportError as error:
        raise Refused("tokenizers from disk need a package: pip install './workers[tokenizers]'") from error
    try:
        return Library.from_str(json.dumps(definition))
    except Exception as error:  # the library raises plain Exception
        raise Refused(f"not a tokenizer that the `tokenizers` library reads: {error}") from error


def read_definition(path: Path) -> dict[str, Any]:
    """The JSON of a tokenizer file, or of tokenizer.json in a folder."""
    file = path / "tokenizer.json" if path.is_dir() else path
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(
            f"{file} cannot be read: {error.strerror}; give a tokenizer.json or its folder"
        ) from error
    except ValueError as error:
        raise Refused(
            f"{file} is no JSON ({error}); give a tokenizer.json of the `tokenizers` library"
        ) from error
    if not isinstance(found, dict) or "model" not in found:
        raise Refused(f"{file} has no /model: give a tokenizer.json of the `tokenizers` library")
    return found


_MEANING = ("model", "added_tokens", "normalizer", "pre_tokenizer")
"""What decides which ids a text becomes; padding, truncation and templates do not."""


def definition_hash(definition: dict[str, Any]) -> str:
    """SHA-256 over what decides the ids of a text."""
    kept = {key: definition.get(key) for key in _MEANING}
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
