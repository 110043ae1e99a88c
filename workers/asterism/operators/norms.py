"""Norms: RMSNorm (arXiv 1910.07467) and LayerNorm, as modules with declared gains."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn
from torch.nn import functional as F

from .operator import Declared, constant


class RmsNorm(Declared):
    gain: nn.Parameter

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.eps = eps
        self.declare("gain", (width,), "vector", constant(1.0))

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, self.gain.shape, self.gain, self.eps)


class LayerNorm(Declared):
    gain: nn.Parameter
    bias: nn.Parameter

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.eps = eps
        self.declare("gain", (width,), "vector", constant(1.0))
        self.declare("bias", (width,), "vector", constant(0.0))

    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, self.gain.shape, self.gain, self.bias, self.eps)


def norm(kind: Literal["rms", "layer"], width: int, eps: float) -> RmsNorm | LayerNorm:
    return RmsNorm(width, eps) if kind == "rms" else LayerNorm(width, eps)
