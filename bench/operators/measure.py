"""How it is timed: CPU time of one thread, subjects in turn, forwards and backwards, medians of ratios.

Other work on the machine adds time to whoever runs just then. So each round visits every subject and the
machine's own peaks, and a ratio is the median over rounds of two neighbours in time. There are as many
rounds as fit `SPENT` seconds, one at least; one more warms up, and is the only one where it takes `LONG`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from statistics import median

import torch

from .subjects import Work

MOST_ROUNDS = 5
SPENT, LONG = 4.0, 12.0
SIDE = 1024
STREAMED = 64 * 1024**2
"""Elements of the streamed array: 256 MB, beyond any cache that one core keeps for itself."""


class Machine:
    """The peaks of this machine, each measured again in every round."""

    def __init__(self) -> None:
        self._a, self._b = torch.randn(SIDE, SIDE), torch.randn(SIDE, SIDE)
        self._long = torch.ones(STREAMED)

    def gemm(self) -> float:
        """FLOP per CPU second of a square product in float32."""
        return 2 * SIDE**3 / seconds(lambda: torch.mm(self._a, self._b))

    def stream(self) -> float:
        """Bytes per CPU second of reading one long array."""
        return 4 * STREAMED / seconds(self._long.sum)


def seconds(run: object) -> float:
    """CPU seconds of this thread for one call."""
    assert callable(run)
    clock = time.thread_time_ns()
    run()
    return max(1, time.thread_time_ns() - clock) / 1e9


def interleaved(
    works: Sequence[Work], machine: Machine, most: int = MOST_ROUNDS, spent: float = SPENT
) -> dict[str, list[float]]:
    """CPU seconds per token of each work in each round, and the peaks of that round."""
    once = {work.name: seconds(work.run) for work in works}
    if sum(once.values()) > LONG:
        alone = {name: [took / work.tokens] for (name, took), work in zip(once.items(), works, strict=True)}
        return {"gemm": [machine.gemm()], "stream": [machine.stream()], **alone}
    found: dict[str, list[float]] = {name: [] for name in ("gemm", "stream", *(w.name for w in works))}
    for at in range(max(1, min(most, int(spent / sum(once.values()))))):
        found["gemm"].append(machine.gemm())
        found["stream"].append(machine.stream())
        for work in works if at % 2 == 0 else works[::-1]:
            found[work.name].append(seconds(work.run) / work.tokens)
    return found


def ratio(of: Sequence[float], to: Sequence[float]) -> float:
    """Median over rounds of `of` over `to`."""
    return median(a / b for a, b in zip(of, to, strict=True))
