"""Rotary positions (arXiv 2104.09864), half-rotation layout: dimension i turns with dimension i + R/2.

Partial rotation leaves the dimensions from R on alone (Phi, GPT-NeoX). Frequencies may be stretched: `linear`
divides all of them; `llama3` divides those whose period exceeds the original context, keeps those far below
it and blends in between (Llama 3.1, factors 1 and 4).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import torch
from torch import Tensor

from asterism.contracts import genome as contract

LOW_FREQUENCY_FACTOR, HIGH_FREQUENCY_FACTOR = 1.0, 4.0
SHORTEST_TABLE = 256


@dataclass(frozen=True, kw_only=True)
class Rotary:
    """Positions of one attention: how many leading dimensions of a head turn, and how fast."""

    dims: int
    theta: int
    scaling: Literal["none", "linear", "llama3"]
    factor: int
    original_context: int

    def turn(self, x_BHTV: Tensor, position: int) -> Tensor:
        """Turn tokens that begin at `position`."""
        if self.dims == 0:
            return x_BHTV
        end = position + x_BHTV.shape[2]
        length = max(SHORTEST_TABLE, 1 << (end - 1).bit_length())
        cos, sin = (t[position:end] for t in _table(self, length, x_BHTV.dtype, x_BHTV.device))
        turning, still = x_BHTV[..., : self.dims], x_BHTV[..., self.dims :]
        first, second = turning.chunk(2, dim=-1)
        turned = turning * cos + torch.cat((-second, first), dim=-1) * sin
        return torch.cat((turned, still), dim=-1) if still.shape[-1] else turned

    def frequencies(self) -> Tensor:
        """Radians per token of each pair, float64."""
        plain = float(self.theta) ** (-torch.arange(0, self.dims, 2, dtype=torch.float64) / self.dims)
        if self.scaling == "none":
            return plain
        if self.scaling == "linear":
            return plain / self.factor
        turns = self.original_context * plain / (2 * math.pi)
        kept = (turns - LOW_FREQUENCY_FACTOR) / (HIGH_FREQUENCY_FACTOR - LOW_FREQUENCY_FACTOR)
        kept = kept.clamp(0, 1)
        return plain * (kept + (1 - kept) / self.factor)


def rotary(rope: contract.AttentionRope, head_dim: int) -> Rotary:
    return Rotary(
        dims=0 if rope.theta == 0 else 2 * (head_dim * rope.percent // 200),
        theta=rope.theta,
        scaling=rope.scaling,
        factor=rope.factor,
        original_context=rope.original_context,
    )


# All layers with the same positions share one table, computed once; its length grows in powers of two.
@lru_cache(maxsize=32)
def _table(kind: Rotary, length: int, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor]:
    with torch.inference_mode(False):
        angles = torch.arange(length, dtype=torch.float64)[:, None] * kind.frequencies()
        angles = torch.cat((angles, angles), dim=1)
        return angles.cos().to(device, dtype), angles.sin().to(device, dtype)
