"""A model's weights by name, each parameter once however many operators share it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor, nn


def buffers(model: nn.Module) -> dict[str, Tensor]:
    """Buffers by name (selection biases of routers), copied."""
    return {name: buffer.detach().clone() for name, buffer in model.named_buffers()}


@torch.no_grad()
def load_weights(model: nn.Module, weights: Mapping[str, Tensor]) -> None:
    """Copy weights into a model of the same genome; every name must be there."""
    targets = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    assert set(targets) == set(weights), f"weights do not fit: {sorted(set(targets) ^ set(weights))[:5]}"
    for name, target in targets.items():
        target.copy_(weights[name])


def encode_weights(weights: Mapping[str, Tensor], facts: Mapping[str, Any]) -> bytes:
    """A safetensors file with the genome and how it was trained in its header."""
    header = {
        key: value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        for key, value in facts.items()
    }
    return save({name: tensor.contiguous() for name, tensor in weights.items()}, metadata=header)
