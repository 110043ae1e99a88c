"""What is timed: one operator of each kind at one width, in its three phases."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from asterism.backbone import Block, build
from asterism.operators.operator import NOTHING, Memory, Operator
from torch import Tensor

Json = dict[str, Any]
CHECKOUT = Path(__file__).resolve().parents[2]
WIDTH = 256
TOKENS = 16384
"""Tokens of a training step at every length: rows times length."""
PHASES = ("train", "prefill", "decode")
LENGTHS = (256, 1024, 4096, 16384)
DECODED = 16
"""Tokens of one decode sample."""

SHAPES: dict[str, Json] = {
    "attention": {"heads": 8, "kvHeads": 4, "headDim": 32},
    "gated-conv": {"kernel": 3},
    "gla": {"heads": 4, "keyDim": 32, "valueDim": 64},
    "gated-deltanet": {"heads": 4, "keyDim": 64, "valueDim": 64},
    "linear-attention": {"heads": 4, "keyDim": 64, "valueDim": 64},
    "rg-lru": {"heads": 4, "headDim": 64},
    "selective": {"inner": 512, "state": 16, "dtRank": 16},
    "ssd": {"heads": 8, "headDim": 64, "state": 64},
    "swiglu": {"hidden": 704},
    "moe": {"experts": 8, "topK": 2, "hidden": 256},
}
WIDER = ("heads", "kvHeads", "hidden", "inner", "units", "backbone")
"""Knobs of other kinds that follow the width from the 64 that descriptors' plain entries are written for."""


def descriptors() -> dict[str, Json]:
    """What libs/genome says of every kind."""
    return json.loads((CHECKOUT / "schema" / "kinds.json").read_text())


def entry(kind: str, kinds: dict[str, Json], length: int = 1024) -> Json:
    """The kind at WIDTH, in normal form; filters as long as the rows."""
    plain = kinds[kind]["plain"]
    if "of" in plain:
        return {**plain, "of": entry(plain["of"]["kind"], kinds, length)}
    wider = {knob: plain[knob] * WIDTH // 64 for knob in WIDER if knob in plain}
    rows = {"maxContext": length} if "maxContext" in plain else {}
    return {**plain, **wider, **SHAPES.get(kind, {}), **rows}


def operator(entry: Json, seed: int = 0) -> Operator:
    """One operator with its starting values, as a backbone builds it."""
    genome = {
        "format": 1,
        "size": {"width": WIDTH, "vocab": 32, "repeats": 1, "tiedEmbeddings": False},
        "norm": {"kind": "rms", "eps": "1e-5", "placement": "pre"},
        "embedScale": "none",
        "finalSoftcap": 0,
        "backbone": [entry],
    }
    block = build(genome, seed=seed).blocks[0]
    assert isinstance(block, Block)
    return block.liv


def memory_of(op: Operator, batch: int, context: int) -> Memory:
    """An empty memory of one operator."""
    return {
        name: torch.zeros(slot.shape) for name, slot in op.slots(batch, context, op.reach(context)).items()
    }


@dataclass(frozen=True, kw_only=True)
class Work:
    """One thing to time: `run` does `tokens` tokens."""

    name: str
    tokens: int
    run: Callable[[], object]


def train(op: Callable[[Tensor], Tensor], length: int, name: str, tokens: int = TOKENS) -> Work:
    """Forward and backward of a batch of rows, gradients of weights and input."""
    x_BTD = torch.randn(max(1, tokens // length), length, WIDTH, requires_grad=True)
    toward_BTD = torch.randn(x_BTD.shape)

    def run() -> None:
        torch.autograd.backward(op(x_BTD), toward_BTD)

    return Work(name=name, tokens=x_BTD.shape[0] * length, run=run)


def parallel(op: Operator) -> Callable[[Tensor], Tensor]:
    """The training form as a function of the tokens."""
    return lambda x_BTD: op.parallel(x_BTD, NOTHING, None, 0)[0]


def loop(op: Operator) -> Callable[[Tensor], Tensor]:
    """The naive form: one step after another in Python, with gradients."""

    def over_time(x_BTD: Tensor) -> Tensor:
        memory = _Copied(memory_of(op, x_BTD.shape[0], x_BTD.shape[1]))
        outputs = []
        for position, x_BD in enumerate(x_BTD.unbind(1)):
            outputs.append(op.step(x_BD, NOTHING, memory, position)[0])
        return torch.stack(outputs, dim=1)

    return over_time


class _Copied(dict[str, Tensor]):
    """Hands out a new copy at each access: steps write in place, autograd needs what was there."""

    def __getitem__(self, name: str) -> Tensor:
        self[name] = super().__getitem__(name).clone()
        return super().__getitem__(name)


def prefill(op: Operator, length: int) -> Work:
    """One prompt into an empty memory."""
    x_BTD, memory = torch.randn(1, length, WIDTH), memory_of(op, 1, length)

    def run() -> None:
        with torch.inference_mode():
            for kept in memory.values():
                kept.zero_()
            op.parallel(x_BTD, NOTHING, memory, 0)

    return Work(name="ours", tokens=length, run=run)


def decode(op: Operator, depth: int) -> Work:
    """Tokens one by one, the last of them at `depth`; what the memory holds does not change the cost."""
    x_BD, memory = torch.randn(1, WIDTH), memory_of(op, 1, depth)

    def run() -> None:
        with torch.inference_mode():
            for position in range(depth - DECODED, depth):
                op.step(x_BD, NOTHING, memory, position)

    return Work(name="ours", tokens=DECODED, run=run)


def bytes_read(op: Operator, depth: int) -> int:
    """Bytes that one decoded token must read: weights (of the chosen experts) and what is kept."""
    idle = 0
    if hasattr(op, "top_k"):
        stacks = [op.get_parameter(name) for name in ("gate", "up", "down")]
        idle = sum(stack.numel() * (1 - op.top_k / op.experts) for stack in stacks)  # type: ignore[operator]
    kept = sum(tensor.numel() for tensor in memory_of(op, 1, depth).values())
    return int(4 * (sum(p.numel() for p in op.parameters()) - idle + kept))
