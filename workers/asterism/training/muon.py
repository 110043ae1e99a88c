"""Muon: momentum whose direction is made orthogonal, for every logical matrix by itself (Jordan et al. 2024).

Newton–Schulz runs in float32 and batched over matrices of one shape; torch's own casts to bfloat16.
"""

from __future__ import annotations

import torch
from torch import Tensor

MOMENTUM_FROM, MOMENTUM_TO, MOMENTUM_STEPS = 0.85, 0.95, 100
WEIGHT_DECAY = 0.01
STEPS = 5
_A, _B, _C = 3.4445, -4.7750, 2.0315  # quintic that is steepest at 0 (github.com/KellerJordan/Muon)

# Shapes: N matrices of one shape, O outputs (rows), I inputs (columns).


def momentum(step: int) -> float:
    """Rises over the first steps, when gradients still turn quickly."""
    return MOMENTUM_FROM + (MOMENTUM_TO - MOMENTUM_FROM) * min(1.0, step / MOMENTUM_STEPS)


def orthogonalise(x_NOI: Tensor) -> Tensor:
    """Move all singular values of each matrix near 1."""
    tall = x_NOI.shape[1] > x_NOI.shape[2]
    x = x_NOI.transpose(1, 2) if tall else x_NOI
    x = x / (torch.linalg.matrix_norm(x, keepdim=True) + 1e-7)
    for _ in range(STEPS):
        gram = x @ x.transpose(1, 2)
        x = _A * x + (_B * gram + _C * gram @ gram) @ x
    return x.transpose(1, 2) if tall else x


@torch.no_grad()
def update(
    weights_NOI: Tensor, gradient_NOI: Tensor, momentum_NOI: Tensor, *, rate: float, step: int
) -> None:
    """One step in place. A matrix without any gradient (an expert that saw no token) is left alone."""
    beta = momentum(step)
    active = (gradient_NOI != 0).flatten(1).any(1)[:, None, None]
    moved = torch.lerp(gradient_NOI, momentum_NOI, beta)
    momentum_NOI.copy_(torch.where(active, moved, momentum_NOI))
    direction = orthogonalise(torch.lerp(gradient_NOI, momentum_NOI, beta))
    scale = max(1.0, weights_NOI.shape[1] / weights_NOI.shape[2]) ** 0.5
    stepped = weights_NOI * (1 - rate * WEIGHT_DECAY) - (rate * scale) * direction
    weights_NOI.copy_(torch.where(active, stepped, weights_NOI))
