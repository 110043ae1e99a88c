"""Near copies: documents most of whose text stands in another one. A split by documents would score on one
what it had trained on in the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from asterism.data.text import Document

WINDOW = 64
"""Bytes of a passage; a power of two. Shorter ones recur in any code."""
MOST = 0.1
"""Share of a document's passages that may stand in documents before it."""
_SAMPLE = 8
"""One passage in so many is looked at: those whose hash is a multiple, so the same ones in every document."""
_BASE = 0x9E3779B97F4A7C15


def passages(data: bytes) -> np.ndarray:
    """Hashes of a sample of all windows of `WINDOW` bytes, uint64; one of the whole where it is shorter."""
    hashes = np.frombuffer(data, dtype=np.uint8).astype(np.uint64) + np.uint64(1)
    factor, width = _BASE, 1
    while width < WINDOW and width < len(hashes):
        # A hash of twice the width from two neighbours; uint64 wraps around.
        hashes = hashes[:-width] * np.uint64(factor) + hashes[width:]
        factor, width = factor * factor % 2**64, 2 * width
    mixed = hashes ^ (hashes >> np.uint64(31))
    chosen = mixed[mixed % np.uint64(_SAMPLE) == 0]
    return np.unique(chosen if len(chosen) else mixed[:1])


def without_near_copies(documents: Iterable[Document]) -> Iterator[Document]:
    """The documents in their order, without those of which more than `MOST` stands in earlier ones."""
    known: set[int] = set()
    for document in documents:
        found = passages(document.text.encode()).tolist()
        if sum(each in known for each in found) <= MOST * len(found):
            known.update(found)
            yield document
