"""What a backbone keeps between tokens: every operator's memory, allocated once for a batch and a context."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from asterism.operators.operator import CacheKind, Memory

CACHE_KINDS: tuple[CacheKind, ...] = ("kv", "fir", "recurrent", "history")


@dataclass(kw_only=True)
class Cache:
    """Preallocated; `position` counts the tokens seen. A shared value is one tensor in several memories."""

    memories: list[Memory]
    kinds: list[dict[str, CacheKind]]
    batch: int
    context: int
    position: int = 0

    def tensors(self) -> Iterator[tuple[CacheKind, Tensor]]:
        """Each kept tensor once."""
        seen: set[int] = set()
        for memory, kinds in zip(self.memories, self.kinds, strict=True):
            for name, tensor in memory.items():
                if id(tensor) not in seen:
                    seen.add(id(tensor))
                    yield kinds[name], tensor

    def elements(self) -> dict[CacheKind, int]:
        """Elements of one sequence, counted on the tensors themselves."""
        counts: dict[CacheKind, int] = dict.fromkeys(CACHE_KINDS, 0)
        for kind, tensor in self.tensors():
            counts[kind] += tensor.numel() // self.batch
        return counts

    def bytes(self) -> int:
        """Bytes of all sequences, as allocated."""
        return sum(tensor.numel() * tensor.element_size() for _, tensor in self.tensors())

    def repeated(self, times: int) -> Cache:
        """A copy of one sequence's memories for `times` sequences that go on from it."""
        assert self.batch == 1, "only one sequence can be repeated"
        copies: dict[int, torch.Tensor] = {}
        for memory in self.memories:
            for tensor in memory.values():
                copies.setdefault(id(tensor), tensor.repeat(times, *[1] * (tensor.ndim - 1)))
        memories = [{name: copies[id(kept)] for name, kept in memory.items()} for memory in self.memories]
        return replace(self, memories=memories, batch=times)

    def reset(self) -> None:
        """Begin again, without allocating."""
        with torch.inference_mode():
            for _, tensor in self.tensors():
                tensor.zero_()
        self.position = 0
