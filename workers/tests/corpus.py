"""A small text dataset on disk, for tests."""

from __future__ import annotations

from pathlib import Path

from asterism.data.text import Document, encode


def small_corpus(path: Path, documents: int = 120) -> Path:
    """Documents of a few hundred bytes; every second one in a made-up language of its own."""
    made = [
        Document(
            name=f"doc-{n:03d}",
            text=f"Document {n}: " + " ".join(f"word{(n * k) % 37}" for k in range(20 + n % 40)),
            language=f"l{n:03d}" if n % 2 else None,
        )
        for n in range(documents)
    ]
    path.write_bytes(encode(made))
    return path
