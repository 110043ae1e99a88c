"""Real text without downloads: the interpreter's own standard library as a dataset.

The second corpus, the Universal Declaration of Human Rights, is written by scripts/datasets/udhr.mjs; a
document there is one article of one language, and `language` is set.
"""

from __future__ import annotations

import hashlib
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

from asterism.data.copies import without_near_copies
from asterism.data.text import Document, encode

STDLIB_BYTES = 34 * 1024**2
_FOREIGN = {"site-packages", "dist-packages", "__pycache__"}

_WRITTEN_BY = {
    "stdlib": "python -m asterism dataset stdlib FILE",
    "udhr": "node scripts/datasets/udhr.mjs FILE",
    "docs": "python -m asterism dataset docs FILE",
}


def how_to_get(missing: Iterable[str]) -> str:
    """What writes the built-in datasets among `missing`; nothing where none is."""
    known = [name for name in missing if name in _WRITTEN_BY]
    written = "; ".join(f"`{_WRITTEN_BY[name]}` writes {name}, for --dataset {name}=FILE" for name in known)
    started = "; `npm start` registers both built-in ones" if {"stdlib", "udhr"} & set(known) else ""
    return f"; {written}{started}" if known else ""


def _sources(root: Path) -> Iterator[Document]:
    for path in sorted(root.rglob("*.py")):
        relative = path.relative_to(root)
        if _FOREIGN.isdisjoint(relative.parts):
            try:
                yield Document(name=relative.as_posix(), text=path.read_text(encoding="utf-8"))
            except (UnicodeDecodeError, OSError):
                continue  # the test suite holds files that are wrong on purpose


def stdlib(root: Path | None = None, most: int = STDLIB_BYTES) -> bytes:
    """The library's own .py files as a dataset of at most `most` bytes of text, filled in the order of a hash
    of the names; near copies of a file, such as its tables for another encoding, are left out.
    """
    root = root or Path(sysconfig.get_paths()["stdlib"])
    chosen, used = [], 0
    ordered = sorted(_sources(root), key=lambda each: hashlib.sha256(each.name.encode()).digest())
    for document in without_near_copies(ordered):
        size = len(document.text.encode())
        if used + size <= most:
            chosen.append(document)
            used += size
    return encode(chosen)
