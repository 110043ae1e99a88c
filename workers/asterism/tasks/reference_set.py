"""The frozen architectures that calibrate the suites, each written as letters: nano-check's nets in normal
form.

c gated convolution k=4; q attention without positions, unit q and k, learnt temperature; r the same with
RoPE θ=1,000; g gated linear attention; m SSD. Every mixer is followed by SwiGLU 128; width 64, vocabulary
512, untied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

REFERENCE_SET = ("cc", "qq", "cq", "cr", "ccqc", "cg", "cm")


def _attention(theta: int) -> dict[str, Any]:
    rope = {"theta": theta, "scaling": "none", "factor": 1, "originalContext": 0, "percent": 100}
    return {
        "kind": "attention",
        "heads": 2,
        "kvHeads": 1,
        "headDim": 32,
        "window": 0,
        "qkNorm": True,
        "qkNormKind": "l2",
        "rope": rope,
        "softcap": 0,
        "bias": False,
    }


_MIXERS: dict[str, dict[str, Any]] = {
    "c": {"kind": "gated-conv", "kernel": 4, "expand": 1, "bias": False},
    "q": _attention(0),
    "r": _attention(1000),
    "g": {"kind": "gla", "heads": 2, "keyDim": 32, "valueDim": 32, "gateRank": 16},
    "m": {"kind": "ssd", "heads": 4, "headDim": 32, "state": 32, "groups": 1, "conv": 4},
}
_SWIGLU = {
    "kind": "swiglu",
    "hidden": 128,
    "activation": "silu",
    "gated": True,
    "bias": False,
    "parallel": False,
}


def nano_genome(backbone: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A genome of nano's width and vocabulary around the entries of a backbone, in normal form."""
    return {
        "format": 1,
        "size": {"width": 64, "vocab": 512, "repeats": 1, "tiedEmbeddings": False},
        "norm": {"kind": "rms", "eps": "1e-5", "placement": "pre"},
        "embedScale": "none",
        "finalSoftcap": 0,
        "backbone": list(backbone),
    }


def followed_by_swiglu(mixers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The genome of these mixers, each followed by the channel mixer of the reference set."""
    return nano_genome([entry for mixer in mixers for entry in (mixer, _SWIGLU)])


def reference_genome(letters: str) -> dict[str, Any]:
    """`cq` → the genome of one convolution and one attention, in normal form."""
    return followed_by_swiglu([_MIXERS[letter] for letter in letters])
