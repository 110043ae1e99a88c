"""Model FLOPs utilisation: matmul-like FLOPs of the training over what this core's matrix products reach."""

from __future__ import annotations

import time
from collections.abc import Iterator

import torch
from torch.utils.flop_counter import FlopCounterMode

from asterism.backbone import Backbone
from asterism.tasks.mixture import schedule
from asterism.training import TrainingRequest

_SIDE = 512
_TRIES = 5


def gemm_peak() -> float:
    """FLOP per CPU second of the best of a few square float32 products on one thread."""
    a, b = torch.ones(_SIDE, _SIDE), torch.ones(_SIDE, _SIDE)
    best = 0.0
    for _ in range(_TRIES):
        clock = time.process_time()
        torch.mm(a, b)
        best = max(best, 2 * _SIDE**3 / max(1e-9, time.process_time() - clock))
    return best


def _lengths(request: TrainingRequest) -> Iterator[int]:
    plan = schedule(request.suite.probes, request.tokens_per_step)
    legs = request.legs()
    lengths = [request.suite.probes[next(plan)[0].probe].length for _ in range(max(leg.stop for leg in legs))]
    for leg in legs:
        yield from lengths[leg.start : leg.stop]


def training_flops(model: Backbone, request: TrainingRequest) -> float:
    """Forward and backward FLOPs of all steps, counted once per row length; the head's are left out, it sees
    scored positions only.
    """
    lengths = list(_lengths(request))
    model.train()
    total = 0.0
    for length in sorted(set(lengths)):
        rows = request.tokens_per_step // length
        # Of one piece: a whole step may not fit the memory that this training has.
        piece = max(1, rows // request.accumulate)
        tokens = torch.zeros(piece, length, dtype=torch.int64)
        with FlopCounterMode(display=False) as counter:
            model.features(tokens).sum().backward()
        total += counter.get_total_flops() * lengths.count(length) * (rows / piece)
    model.zero_grad()
    return total
