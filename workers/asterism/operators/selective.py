"""Selective state space: h_t = exp(Δ_t A) ⊙ h_{t−1} + Δ_t v_t B_tᵀ, y_t = h_t C_t + D ⊙ v_t (arXiv
2312.00752 algorithm 2; state-spaces/mamba, mamba_ssm/modules/mamba_simple.py).

Every channel keeps N numbers of its own. v is a short causal convolution of W_v x with SiLU; B, C and the
step sizes Δ = softplus(W_up W_down v + b) are projections of v; y is gated by silu(W_z x). STAR's Rec-1
with N = 16, Rec-2 with N = 2. Memory: h and the last conv−1 inputs of the convolution. Starting values: A
= −1 … −N for every channel as in S4D-real, Δ such that the slowest of them has horizons from 4 tokens to
the place's horizon over channels; taps begin as the identity.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from asterism.contracts import genome as contract

from .convolution import causal_conv, conv_step, remember
from .kernels.linear_scan import linear_scan
from .operator import (
    Init,
    Memory,
    Operator,
    Place,
    Slot,
    Values,
    constant,
    fixed,
    geometric,
    identity_taps,
    normal,
)
from .scan import at_least_single
from .selective_scan import selective_scan


def uniform(bound: float) -> Init:
    return lambda tensor, generator: tensor.uniform_(-bound, bound, generator=generator)


class Selective(Operator):
    weights = ("z", "v", "taps", "taps_bias", "B", "C", "dt_down", "dt_up", "dt_bias", "A_log")
    values = ("v", "B", "C", "decay")
    z: nn.Parameter
    D: nn.Parameter
    out: nn.Parameter

    def __init__(self, config: contract.Selective, place: Place) -> None:
        super().__init__()
        self.inner, self.state, self.conv = config.inner, config.state, config.conv
        self.takes, self.gives = place.takes, place.gives
        inner, width = config.inner, place.width
        self.declare("z", (inner, width), "matrix", normal(width**-0.5))
        if "v" not in place.takes:
            self.declare("v", (inner, width), "matrix", normal(width**-0.5))
            self.declare("taps", (inner, config.conv), "taps", identity_taps)
            self.declare("taps_bias", (inner,), "vector", constant(0.0))
        for block in ("B", "C"):
            if block not in place.takes:
                self.declare(block, (config.state, inner), "matrix", normal(inner**-0.5))
        if "decay" not in place.takes:
            # Not matrices to the optimiser, as the gates of `gla`.
            self.declare("dt_down", (config.dt_rank, inner), "dynamics", normal(inner**-0.5))
            self.declare("dt_up", (inner, config.dt_rank), "dynamics", uniform(config.dt_rank**-0.5))
            step = 1 / geometric(4, place.horizon, inner)
            self.declare("dt_bias", (inner,), "dynamics", fixed(torch.log(torch.expm1(step))))
            rates = torch.arange(1, config.state + 1, dtype=torch.float64, device="cpu")
            self.declare("A_log", (inner, config.state), "dynamics", fixed(rates.log().repeat(inner, 1)))
        self.declare("D", (inner,), "vector", constant(1.0))
        self.declare("out", (width, inner), "matrix", normal(0.5 / (inner * place.blocks) ** 0.5))

    def slots(self, batch: int, context: int, reach: int) -> Mapping[str, Slot]:
        state = Slot(kind="recurrent", shape=(batch, self.inner, self.state))
        if "v" in self.takes:
            return {"state": state}
        return {"state": state, "inputs": Slot(kind="fir", shape=(batch, self.inner, self.conv - 1))}

    def shared_slots(self) -> frozenset[str]:
        return frozenset({"state"}) if {"v", "B", "decay"} <= self.takes else frozenset()

    def parallel(
        self, x_BTD: Tensor, taken: Values, memory: Memory | None, position: int
    ) -> tuple[Tensor, Values]:
        conv_BTI = None
        if "v" not in self.takes:
            history = memory["inputs"] if memory else None
            conv_BTI, padded = causal_conv(
                F.linear(x_BTD, self.get_parameter("v")), self.get_parameter("taps"), history
            )
            if memory:
                remember(memory["inputs"], padded)
        made = self._values(conv_BTI, taken)
        if not (self.takes or self.gives):
            initial = memory["state"] if memory else x_BTD.new_zeros(x_BTD.shape[0], self.inner, self.state)
            rate, v, A, B, C = (made[name] for name in ("rate", "v", "A", "B", "C"))
            y_BTI, last = selective_scan(rate, v, A, B, C, at_least_single(initial))
            if memory:
                memory["state"].copy_(last)
            return self._gated(x_BTD, y_BTI, made), made
        if self.shared_slots():
            h_BTIN = taken["h"]
        else:
            decay_BTIN, pushed_BTIN = self._terms(made)
            entering = at_least_single(memory["state"]).flatten(1) if memory else None
            h_BTIN = linear_scan(decay_BTIN.flatten(2), pushed_BTIN.flatten(2), entering)
            h_BTIN = h_BTIN.unflatten(2, (self.inner, self.state))
            if memory:
                memory["state"].copy_(h_BTIN[:, -1])
        return self._out(x_BTD, h_BTIN, made), {**made, "h": h_BTIN}

    def step(self, x_BD: Tensor, taken: Values, memory: Memory, position: int) -> tuple[Tensor, Values]:
        conv_BI = None
        if "v" not in self.takes:
            projected = F.linear(x_BD, self.get_parameter("v"))
            conv_BI = conv_step(projected, self.get_parameter("taps"), memory["inputs"])
        made = self._values(conv_BI, taken)
        if not self.shared_slots():
            decay_BIN, pushed_BIN = self._terms(made)
            memory["state"].copy_(decay_BIN * at_least_single(memory["state"]) + pushed_BIN)
        return self._out(x_BD, at_least_single(memory["state"]), made), made

    def _values(self, conv: Tensor | None, taken: Values) -> Values:
        """v and Δ […, I], B and C […, N]; A [I, N] goes with Δ."""
        made = {name: taken[name] for name in ("v", "B", "C") if name in self.takes}
        if conv is not None:
            made["v"] = at_least_single(F.silu(conv + self.get_parameter("taps_bias")))
        for block in ("B", "C"):
            if block not in made:
                made[block] = self._project(made["v"], block)
        if "decay" in self.takes:
            return {**made, "rate": taken["rate"], "A": taken["A"]}
        low = self._project(made["v"], "dt_down")
        rate = F.softplus(self._project(low, "dt_up") + self.get_parameter("dt_bias"))
        return {**made, "rate": rate, "A": -at_least_single(self.get_parameter("A_log")).exp()}

    def _project(self, x: Tensor, block: str) -> Tensor:
        return F.linear(x, self.get_parameter(block).to(x.dtype))

    def _terms(self, made: Values) -> tuple[Tensor, Tensor]:
        """exp(ΔA) and Δ v B […, I, N]."""
        decay = (made["rate"].unsqueeze(-1) * made["A"]).exp()
        return decay, (made["rate"] * made["v"]).unsqueeze(-1) * made["B"].unsqueeze(-2)

    def _out(self, x: Tensor, h: Tensor, made: Values) -> Tensor:
        return self._gated(x, (h @ made["C"].unsqueeze(-1)).squeeze(-1), made)

    def _gated(self, x: Tensor, y: Tensor, made: Values) -> Tensor:
        y = y + self.D * made["v"]
        return F.linear((y * F.silu(F.linear(x, self.z))).to(x.dtype), self.out)
