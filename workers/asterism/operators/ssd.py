"""State-space duality: h_t = e^(Δ_t A) h_{t−1} + Δ_t B_t v_tᵀ, y_t = C_t h_t + D v_t (arXiv 2405.21060).

v, B and C pass a short causal convolution and SiLU; A and Δ are one number per head; gated RMSNorm before the
output. Memory: h and the last conv−1 inputs of the convolution. Starting values are stratified, not drawn: Δ
from .1 to .01 over heads and A so that horizons 1/(ΔA) run from 4 tokens to the place's horizon; taps begin
as the identity (published starting values leave recall at chance for small models).
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from asterism.contracts import genome as contract

from .convolution import causal_conv, conv_step, remember
from .device_table import chosen
from .operator import Memory, Operator, Place, Slot, Values, constant, fixed, geometric, identity_taps, normal
from .scalar_decay import scalar_decay

FIRST_STEP, LAST_STEP = 0.1, 0.01


class Ssd(Operator):
    weights = (
        "z", "v", "B", "C", "dt", "taps_v", "taps_B", "taps_C",
        "taps_v_bias", "taps_B_bias", "taps_C_bias", "dt_bias", "A_log",
    )  # fmt: skip
    values = ("B", "C", "v", "decay")
    z: nn.Parameter
    D: nn.Parameter
    gain: nn.Parameter
    out: nn.Parameter

    def __init__(self, config: contract.Ssd, place: Place) -> None:
        super().__init__()
        self.heads, self.head_dim, self.state = config.heads, config.head_dim, config.state
        self.groups, self.conv = config.groups, config.conv
        self.eps, self.takes, self.gives = place.eps, place.takes, place.gives
        inner, width = config.heads * config.head_dim, place.width
        rows = {"v": inner, "B": config.groups * config.state, "C": config.groups * config.state}
        self.convolved = {block: size for block, size in rows.items() if block not in place.takes}
        into = normal(width**-0.5)
        self.declare("z", (inner, width), "matrix", into)
        for block, size in self.convolved.items():
            self.declare(block, (size, width), "matrix", into)
            self.declare(f"taps_{block}", (size, config.conv), "taps", identity_taps)
            self.declare(f"taps_{block}_bias", (size,), "vector", constant(0.0))
        if "decay" not in place.takes:
            self._declare_decay(width, place.horizon)
        self.declare("D", (config.heads,), "vector", constant(1.0))
        self.declare("gain", (inner,), "vector", constant(1.0))
        self.declare("out", (width, inner), "matrix", normal(0.5 / (inner * place.blocks) ** 0.5))

    def _declare_decay(self, width: int, horizon: int) -> None:
        step = geometric(FIRST_STEP, LAST_STEP, self.heads)
        rate = 1 / (step * geometric(4, horizon, self.heads))
        self.declare("dt", (self.heads, width), "matrix", normal(width**-0.5))
        self.declare("dt_bias", (self.heads,), "dynamics", fixed(torch.log(torch.expm1(step))))
        self.declare("A_log", (self.heads,), "dynamics", fixed(rate.log()))

    def slots(self, batch: int, context: int, reach: int) -> Mapping[str, Slot]:
        state = Slot(kind="recurrent", shape=(batch, self.heads, self.state, self.head_dim))
        if not self.convolved:
            return {"state": state}
        channels = sum(self.convolved.values())
        return {"state": state, "inputs": Slot(kind="fir", shape=(batch, channels, self.conv - 1))}

    def shared_slots(self) -> frozenset[str]:
        return frozenset({"state"}) if {"B", "v", "decay"} <= self.takes else frozenset()

    def parallel(
        self, x_BTD: Tensor, taken: Values, memory: Memory | None, position: int
    ) -> tuple[Tensor, Values]:
        conv_BTI = None
        if self.convolved:
            history = memory["inputs"] if memory else None
            conv_BTI, padded = causal_conv(self._project(x_BTD), self._taps(), history)
            if memory:
                remember(memory["inputs"], padded)
        made = self._values(x_BTD, conv_BTI, taken)
        if not (self.takes or self.gives) and (kernel := chosen("scalar-decay", x_BTD)):
            B, C = self._per_head(made["B"]), self._per_head(made["C"])
            pushed, initial = made["v"] * made["rate"].unsqueeze(3), memory["state"] if memory else None
            y_BTHV, last = kernel(C, B, pushed, made["decay"], initial)
            if memory:
                memory["state"].copy_(last)
            return self._out(x_BTD, y_BTHV, made["v"]), made
        pushed = made["v"] * made["rate"].unsqueeze(3)
        initial = memory["state"] if memory else None
        entering = taken["entering"] if self.shared_slots() else None
        y_BTHV, entering, last = scalar_decay(made["C"], made["B"], pushed, made["decay"], initial, entering)
        if memory and not self.shared_slots():
            memory["state"].copy_(last)
        return self._out(x_BTD, y_BTHV, made["v"]), {**made, "entering": entering}

    def step(self, x_BD: Tensor, taken: Values, memory: Memory, position: int) -> tuple[Tensor, Values]:
        conv_BI = conv_step(self._project(x_BD), self._taps(), memory["inputs"]) if self.convolved else None
        made = self._values(x_BD, conv_BI, taken)
        state_BHNV = memory["state"]
        if not self.shared_slots():
            pushed = made["v"] * made["rate"].unsqueeze(2)
            state_BHNV.mul_(made["decay"].exp()[..., None, None])
            state_BHNV.add_(self._per_head(made["B"]).unsqueeze(3) * pushed.unsqueeze(2))
        y_BHV = (self._per_head(made["C"]).unsqueeze(2) @ state_BHNV).squeeze(2)
        return self._out(x_BD, y_BHV, made["v"]), made

    def _project(self, x: Tensor) -> Tensor:
        blocks: list[Tensor] = [self.get_parameter(block) for block in self.convolved]
        if x.ndim == 2:
            return torch.cat([F.linear(x, block) for block in blocks], dim=-1)
        # Joining weights is cheaper than joining what many tokens give.
        return F.linear(x, torch.cat(blocks))

    def _taps(self) -> Tensor:
        return torch.cat([self.get_parameter(f"taps_{block}") for block in self.convolved])

    def _values(self, x: Tensor, conv: Tensor | None, taken: Values) -> Values:
        """v […, H, V], B and C […, G, N], log decay and step size Δ […, H]."""
        made = {name: taken[name] for name in ("v", "B", "C") if name in self.takes}
        if conv is not None:
            bias = torch.cat([self.get_parameter(f"taps_{block}_bias") for block in self.convolved])
            parts = F.silu(conv + bias).split(list(self.convolved.values()), dim=-1)
            shapes = {
                "v": (self.heads, self.head_dim),
                "B": (self.groups, self.state),
                "C": (self.groups, self.state),
            }
            for block, part in zip(self.convolved, parts, strict=True):
                made[block] = part.unflatten(-1, shapes[block])
        if "decay" in self.takes:
            return {**made, "decay": taken["decay"], "rate": taken["rate"]}
        rate = F.softplus(F.linear(x, self.get_parameter("dt"), self.get_parameter("dt_bias")))
        return {**made, "decay": -rate * self.get_parameter("A_log").exp(), "rate": rate}

    def _per_head(self, x_GN: Tensor) -> Tensor:
        return (
            x_GN if self.groups == self.heads else x_GN.repeat_interleave(self.heads // self.groups, dim=-2)
        )

    def _out(self, x: Tensor, y: Tensor, v: Tensor) -> Tensor:
        y = (y + self.D.unsqueeze(1) * v).flatten(-2) * F.silu(F.linear(x, self.z))
        return F.linear(F.rms_norm(y, self.gain.shape, self.gain, self.eps), self.out)
