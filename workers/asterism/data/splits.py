"""Which split something belongs to, decided by a hash of its content or name alone, so that no two runs can
disagree.
"""

from __future__ import annotations

import hashlib
from typing import Literal

import numpy as np

Split = Literal["train", "select", "report"]
SPLITS: tuple[Split, ...] = ("train", "select", "report")

# Of ten buckets, eight train, one is what the engine sees, one is opened only to confirm.
_BUCKETS = 10
_BUCKET_OF: dict[Split, range] = {"train": range(0, 8), "select": range(8, 9), "report": range(9, 10)}


def bucket(text: str, salt: str = "") -> int:
    """0..9 from SHA-256 of the text: the same on every machine and in every language."""
    return int.from_bytes(hashlib.sha256(f"{salt}{text}".encode()).digest()[:8], "big") % _BUCKETS


def in_split(key: str, split: Split) -> bool:
    """Whether what is known by `key` belongs to `split`."""
    return bucket(key) in _BUCKET_OF[split]


def rows_in_split(rows: np.ndarray, split: Split) -> np.ndarray:
    """[n, T] integers → [n] whether the row belongs to `split`; equal rows are never in two splits."""
    hashed = np.full(len(rows), 0x9E3779B97F4A7C15, dtype=np.uint64)
    for column in rows.T.astype(np.uint64):
        hashed = (hashed ^ (column + np.uint64(1))) * np.uint64(0x100000001B3)
        hashed ^= hashed >> np.uint64(29)
    chosen = _BUCKET_OF[split]
    buckets = (hashed >> np.uint64(17)) % np.uint64(_BUCKETS)
    return (buckets >= chosen.start) & (buckets < chosen.stop)
