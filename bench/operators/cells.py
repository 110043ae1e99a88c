"""One cell of the table: a kind in a phase at a length, beside the public form and shorter rows."""

from __future__ import annotations

from statistics import median
from typing import Any

import torch
from asterism.operators.operator import Operator
from asterism.profiling.memory import baseline, peak_of
from torch.utils.flop_counter import FlopCounterMode, flop_registry

from .measure import Machine, interleaved, ratio
from .public import public
from .subjects import TOKENS, Json, Work, bytes_read, decode, loop, operator, parallel, prefill, train

REFERENCE_LENGTH = 1024
"""Loops and public forms are timed here only: longer ones take minutes and say the same."""
LOOP_TOKENS = 2048


def measurable(described: Json, phase: str, length: int) -> bool:
    """A kind that loops over time while training keeps every step of the loop in memory."""
    loops = "plain" in described["sequential"]
    return not loops or phase == "decode" or length <= (1024 if phase == "train" else 4096)


def cell(kind: str, entry: Json, short: Json, phase: str, length: int, machine: Machine) -> Json:
    """Everything that one line of the file says; `short` is the same kind for rows of 1,024 tokens."""
    op = operator(entry)
    op.train(phase == "train")
    tokens = length if op.sequential else TOKENS
    ours = _ours(op, phase, length, tokens)
    works, name = [ours], None
    if phase == "train" and length == REFERENCE_LENGTH and (other := public(kind, entry, length)):
        name = other[0]
        # Some of them keep gigabytes: both sides with fewer rows (one of Mamba's takes half a minute).
        rows = 1 if kind == "selective" else 4
        works.append(train(other[1], length, "public", rows * length))
        works.append(train(parallel(op), length, "beside", rows * length))
    if phase == "train" and length == 16384:
        works.append(train(parallel(operator(short).train()), REFERENCE_LENGTH, "short", tokens))
    found = interleaved(works, machine)
    base = baseline()
    return {
        "entry": entry,
        "tokensPerSecond": median(1 / each for each in found["ours"]),
        "rounds": len(found["ours"]),
        "batchTokens": ours.tokens,
        "gemmPeak": median(found["gemm"]),
        "streamBandwidth": median(found["stream"]),
        **_share(op, ours, phase, length, found),
        "peakBytes": peak_of(ours.run, base).bytes,
        "public": None if name is None else {"name": name, "ratio": ratio(found["public"], found["beside"])},
        **({"lostFrom1024": 1 - ratio(found["short"], found["ours"])} if "short" in found else {}),
    }


def _ours(op: Operator, phase: str, length: int, tokens: int) -> Work:
    if phase == "train":
        return train(parallel(op), length, "ours", tokens)
    return prefill(op, length) if phase == "prefill" else decode(op, length)


def _share(op: Operator, ours: Work, phase: str, length: int, found: dict[str, list[float]]) -> Json:
    """Of the peak that bounds the phase: matrix products in training and prefill, bandwidth in decoding."""
    if phase == "decode":
        read = bytes_read(op, length)
        shares = [read / spent / peak for spent, peak in zip(found["ours"], found["stream"], strict=True)]
        return {"bandwidthShare": median(shares), "bytesPerToken": read}
    flops = _flops(ours) / ours.tokens
    shares = [flops / spent / peak for spent, peak in zip(found["ours"], found["gemm"], strict=True)]
    return {"gemmShare": median(shares), "flopsPerToken": flops}


def _flops(work: Work) -> int:
    """Of products and convolutions; torch counts the gradient of a depthwise one as if it were dense."""
    aten: Any = torch.ops.aten
    flop_registry.setdefault(aten.baddbmm_, flop_registry[aten.baddbmm])
    with FlopCounterMode(display=False) as counter:
        work.run()
    counts = {str(name): count for name, count in counter.get_flop_counts()["Global"].items()}
    counts["aten.convolution_backward"] = 2 * counts.get("aten.convolution", 0)
    return sum(counts.values())


def over_loop(entry: Json, machine: Machine) -> Json:
    """How many times faster training is than the step form in a Python loop, two rows of 1,024 tokens."""
    op = operator(entry).train()
    works = [
        train(parallel(op), REFERENCE_LENGTH, "ours", LOOP_TOKENS),
        train(loop(op), REFERENCE_LENGTH, "loop", LOOP_TOKENS),
    ]
    found = interleaved(works, machine)
    return {"overLoop": ratio(found["loop"], found["ours"])}
