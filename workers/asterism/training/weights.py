"""A model's weights by name, each parameter once however many operators share it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor, nn

METADATA_KEY = "asterism"


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
    """A safetensors file with the genome and how it was trained in its header.

    All facts stand under one key: several would be written in a changing order, and with it
    the file's hash.
    """
    header = {METADATA_KEY: json.dumps(facts, sort_keys=True)}
    return save({name: tensor.contiguous() for name, tensor in weights.items()}, metadata=header)


def read_facts(path: Path) -> dict[str, Any]:
    """The facts in the header of a weights file."""
    with safe_open(path, framework="pt") as handle:
        return json.loads((handle.metadata() or {}).get(METADATA_KEY, "{}"))
