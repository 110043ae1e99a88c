"""Softmax attention: MHA, GQA, MQA, sliding windows (arXiv 1706.03762, 2305.13245).

q and k may be normed per head: RMS with a gain, or to unit length with one learnt temperature a head; then
positions are turned in (`rotary.py`). Memory: keys and values after norm and rotation, in rings of
min(context, window) tokens. Members of a group read the producer's ring, as long as the longest of them
reads.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from asterism.contracts import genome as contract
from asterism.errors import ContextExhausted

from .operator import Memory, Operator, Place, Slot, Values, constant, normal
from .ring import in_order, write
from .rotary import rotary
from .scores import banded, chosen

FIRST_TEMPERATURE = 4.0


class Attention(Operator):
    weights = ("q", "k", "v", "q_bias", "k_bias", "v_bias")
    values = ("k", "v")
    q: nn.Parameter
    out: nn.Parameter

    def __init__(self, config: contract.Attention, place: Place) -> None:
        super().__init__()
        self.config, self.takes, self.gives, self.eps = config, place.takes, place.gives, place.eps
        self.rotary = rotary(config.rope, config.head_dim)
        inner, keys, width = config.heads * config.head_dim, config.kv_heads * config.head_dim, place.width
        for block, rows in (("q", inner), ("k", keys), ("v", keys)):
            if block not in place.takes:
                self.declare(block, (rows, width), "matrix", normal(width**-0.5))
                if config.bias:
                    self.declare(f"{block}_bias", (rows,), "vector", constant(0.0))
        self.declare("out", (width, inner), "matrix", normal(0.5 / (inner * place.blocks) ** 0.5))
        if config.bias:
            self.declare("out_bias", (width,), "vector", constant(0.0))
        self._declare_norm()
        unit = config.qk_norm and config.qk_norm_kind == "l2"
        self.scale = 1.0 if unit else config.head_dim**-0.5

    def _declare_norm(self) -> None:
        if not self.config.qk_norm:
            return
        if self.config.qk_norm_kind == "l2":
            self.declare("temperature", (self.config.heads, 1, 1), "vector", constant(FIRST_TEMPERATURE))
            return
        for block in ("q", "k"):
            if block not in self.takes:
                self.declare(f"{block}_gain", (self.config.head_dim,), "vector", constant(1.0))

    def reach(self, context: int) -> int:
        return min(context, self.config.window or context)

    def slots(self, batch: int, context: int, reach: int) -> Mapping[str, Slot]:
        def ring(tokens: int) -> Slot:
            return Slot(kind="kv", shape=(batch, self.config.kv_heads, tokens, self.config.head_dim))

        longest = max(reach, self.reach(context))
        return {name: ring(longest if name in self.gives else self.reach(context)) for name in ("k", "v")}

    def shared_slots(self) -> frozenset[str]:
        return self.takes & {"k", "v"}

    def parallel(
        self, x_BTD: Tensor, taken: Values, memory: Memory | None, position: int
    ) -> tuple[Tensor, Values]:
        q_BHTV = self._queries(x_BTD, position)
        made = {
            name: taken[name] if name in self.takes else self._make(name, x_BTD, position)
            for name in ("k", "v")
        }
        if memory:
            made = self._remember(made, memory, position, x_BTD.shape[1])
        known = min(made["k"].shape[2], made["v"].shape[2])
        k, v = (made[name][:, :, made[name].shape[2] - known :] for name in ("k", "v"))
        o_BHTV = banded(
            q_BHTV, k, v, window=self.config.window, scale=self.scale, softcap=self.config.softcap
        )
        return self._out(o_BHTV), made

    def step(self, x_BD: Tensor, taken: Values, memory: Memory, position: int) -> tuple[Tensor, Values]:
        x_BTD = x_BD.unsqueeze(1)
        q_BHTV = self._queries(x_BTD, position)
        for name in ("k", "v"):
            self._check_room(memory[name], position + 1)
            if name not in self.takes:
                write(memory[name], self._make(name, x_BTD, position), position)
        k, v = chosen(memory["k"], memory["v"], position + 1, self.config.window)
        o_BHTV = banded(q_BHTV, k, v, window=0, scale=self.scale, softcap=self.config.softcap)
        return self._out(o_BHTV).squeeze(1), {}

    def _remember(self, new: Values, memory: Memory, position: int, tokens: int) -> dict[str, Tensor]:
        """Write what this operator made; its keys and values from now on begin with those of the memory."""
        known = dict(new)
        for name in ("k", "v"):
            self._check_room(memory[name], position + tokens)
            if name not in self.takes:
                if position:
                    known[name] = torch.cat((in_order(memory[name], position), new[name]), dim=2)
                write(memory[name], new[name], position)
        return known

    def _queries(self, x_BTD: Tensor, position: int) -> Tensor:
        q_BHTV = self._heads(x_BTD, "q", self.config.heads)
        if (temperature := self.optional("temperature")) is not None:
            q_BHTV = F.normalize(q_BHTV, dim=-1, eps=self.eps) * temperature
        elif (gain := self.optional("q_gain")) is not None:
            q_BHTV = F.rms_norm(q_BHTV, gain.shape, gain, self.eps)
        return self.rotary.turn(q_BHTV, position)

    def _make(self, name: str, x_BTD: Tensor, position: int) -> Tensor:
        """New keys (normed and turned) or values [B, G, T, V]."""
        new_BGTV = self._heads(x_BTD, name, self.config.kv_heads)
        if name == "v":
            return new_BGTV
        if self.optional("temperature") is not None:
            new_BGTV = F.normalize(new_BGTV, dim=-1, eps=self.eps)
        elif (gain := self.optional("k_gain")) is not None:
            new_BGTV = F.rms_norm(new_BGTV, gain.shape, gain, self.eps)
        return self.rotary.turn(new_BGTV, position)

    def _heads(self, x_BTD: Tensor, block: str, heads: int) -> Tensor:
        flat = F.linear(x_BTD, self.get_parameter(block), self.optional(f"{block}_bias"))
        return flat.unflatten(-1, (heads, self.config.head_dim)).transpose(1, 2)

    def _out(self, o_BHTV: Tensor) -> Tensor:
        return F.linear(o_BHTV.transpose(1, 2).flatten(2), self.out, self.optional("out_bias"))

    def _check_room(self, ring: Tensor, tokens: int) -> None:
        if tokens > ring.shape[2] and not 0 < self.config.window <= ring.shape[2]:
            raise ContextExhausted(f"the cache holds {ring.shape[2]} tokens, token {tokens} does not fit")
