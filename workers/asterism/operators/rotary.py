"""Rotary positions (arXiv 2104.09864), half-rotation layout: dimension i turns with dimension i + R/2.

Partial rotation leaves the dimensions from R on alone (Phi, GPT-NeoX). Frequencies may be stretched: `linear` divides
all of them; `llama3` divides those whose period exceeds the original context, keeps those far below it and blends in
between (Llama 3.1, factors 1 and 4).
"""

from __future__ import annotations

import math
from functools import lru_cache

import torch
from torch import Tensor

from .config import Rope

LOW_FREQUENCY_FACTOR, HIGH_FREQUENCY_FACTOR = 1.0, 4.0
SHORTEST_TABLE = 256


def rotary_dims(rope: Rope, head_dim: int) -> int:
    return 0 if rope.theta == 0 else 2 * (head_dim * rope.percent // 200)


def frequencies(rope: Rope, dims: int) -> Tensor:
    """Radians per token of each pair, float64."""
    plain = float(rope.theta) ** (-torch.arange(0, dims, 2, dtype=torch.float64) / dims)
    if rope.scaling == "none":
        return plain
    if rope.scaling == "linear":
        return plain / rope.factor
    turns = rope.original_context * plain / (2 * math.pi)
    kept = (turns - LOW_FREQUENCY_FACTOR) / (HIGH_FREQUENCY_FACTOR - LOW_FREQUENCY_FACTOR)
    kept = kept.clamp(0, 1)
    return plain * (kept + (1 - kept) / rope.factor)


# All layers with the same positions share one table: a thousandth of a model, computed once.
@lru_cache(maxsize=32)
def _table(
    rope: Rope, dims: int, length: int, dtype: torch.dtype, device: torch.device
) -> tuple[Tensor, Tensor]:
    with torch.inference_mode(False):
        angles = torch.arange(length, dtype=torch.float64)[:, None] * frequencies(rope, dims)
        angles = torch.cat((angles, angles), dim=1)
        return angles.cos().to(device, dtype), angles.sin().to(device, dtype)


def rotate(x_BHTV: Tensor, rope: Rope, dims: int, position: int) -> Tensor:
    """Turn the first `dims` of the last axis of tokens that begin at `position`."""
    if dims == 0:
        return x_BHTV
    end = position + x_BHTV.shape[2]
    length = max(SHORTEST_TABLE, 1 << (end - 1).bit_length())
    cos, sin = (t[position:end] for t in _table(rope, dims, length, x_BHTV.dtype, x_BHTV.device))
    turning, still = x_BHTV[..., :dims], x_BHTV[..., dims:]
    first, second = turning.chunk(2, dim=-1)
    turned = turning * cos + torch.cat((-second, first), dim=-1) * sin
    return torch.cat((turned, still), dim=-1) if still.shape[-1] else turned
