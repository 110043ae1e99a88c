"""Rings of the last tokens: token t lies at t mod length of axis 2. One that never wraps is a plain cache."""

from __future__ import annotations

import torch
from torch import Tensor


def write(ring_BGSV: Tensor, new_BGTV: Tensor, position: int) -> None:
    """Put tokens that begin at `position` in their places; only as many as fit survive."""
    length = ring_BGSV.shape[2]
    tokens = new_BGTV.shape[2]
    kept = new_BGTV[:, :, max(0, tokens - length) :]
    start = (position + tokens - kept.shape[2]) % length
    head = min(kept.shape[2], length - start)
    ring_BGSV[:, :, start : start + head] = kept[:, :, :head]
    if head < kept.shape[2]:
        ring_BGSV[:, :, : kept.shape[2] - head] = kept[:, :, head:]


def in_order(ring_BGSV: Tensor, position: int, last: int | None = None) -> Tensor:
    """The `last` (default: all) kept tokens before `position`, oldest first; a view where it can be."""
    length = ring_BGSV.shape[2]
    count = min(position, length, last if last is not None else length)
    start = (position - count) % length
    if start + count <= length:
        return ring_BGSV[:, :, start : start + count]
    return torch.cat((ring_BGSV[:, :, start:], ring_BGSV[:, :, : start + count - length]), dim=2)
