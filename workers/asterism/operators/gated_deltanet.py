"""Gated DeltaNet: S_t = α_t (I − β_t k_t k_tᵀ) S_{t−1} + β_t k_t v_tᵀ, o_t = S_tᵀ q_t
(arXiv 2412.06464 eq. 10).

The delta rule replaces what the state holds under a key instead of adding to it. q, k and v pass a short
causal convolution and SiLU, q and k are unit vectors; α = exp(−e^A softplus(W_a x + b)) and β = σ(W_b x)
are one number per head, β doubled where negative eigenvalues are allowed (arXiv 2411.12537); head RMSNorm
and a swish gate before the output projection (fla-org/flash-linear-attention,
fla/layers/gated_deltanet.py). Without α it is DeltaNet (arXiv 2406.06484), here with the same output
gate. Memory: S and the last conv−1 inputs of the convolution.

Training takes chunks, whose corrections solve a triangular system (`delta_rule.py`). Starting values as in
`ssd`: horizons of the decays are stratified over heads, taps begin as the identity, β begins at ½.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from asterism.contracts import genome as contract

from .convolution import causal_conv, conv_step, remember
from .delta_rule import delta_rule
from .device_table import chosen
from .operator import Memory, Operator, Place, Slot, Values, constant, fixed, geometric, identity_taps, normal
from .scan import at_least_single
from .ssd import FIRST_STEP, LAST_STEP

UNIT_EPS = 1e-6


class GatedDeltanet(Operator):
    weights = (
        "q", "k", "v", "taps_q", "taps_k", "taps_v", "gate", "beta", "dt", "dt_bias", "A_log",
    )  # fmt: skip
    values = ("q", "k", "v", "decay", "beta")
    gate: nn.Parameter
    gain: nn.Parameter
    out: nn.Parameter

    def __init__(self, config: contract.GatedDeltanet, place: Place) -> None:
        super().__init__()
        self.heads, self.key_dim, self.value_dim = config.heads, config.key_dim, config.value_dim
        self.conv, self.decays, self.strength = config.conv, config.decay, 2.0 if config.neg_eigen else 1.0
        self.eps, self.takes, self.gives = place.eps, place.takes, place.gives
        keys, inner, width = config.heads * config.key_dim, config.heads * config.value_dim, place.width
        rows = {"q": keys, "k": keys, "v": inner}
        self.convolved = {block: size for block, size in rows.items() if block not in place.takes}
        into = normal(width**-0.5)
        for block, size in self.convolved.items():
            self.declare(block, (size, width), "matrix", into)
            self.declare(f"taps_{block}", (size, config.conv), "taps", identity_taps)
        self.declare("gate", (inner, width), "matrix", into)
        # Not matrices to the optimiser, as the gates of `gla`.
        if "beta" not in place.takes:
            self.declare("beta", (config.heads, width), "dynamics", into)
        if config.decay and "decay" not in place.takes:
            self._declare_decay(width, place.horizon)
        self.declare("gain", (config.value_dim,), "vector", constant(1.0))
        self.declare("out", (width, inner), "matrix", normal(0.5 / (inner * place.blocks) ** 0.5))

    def _declare_decay(self, width: int, horizon: int) -> None:
        step = geometric(FIRST_STEP, LAST_STEP, self.heads)
        rate = 1 / (step * geometric(4, horizon, self.heads))
        self.declare("dt", (self.heads, width), "dynamics", normal(width**-0.5))
        self.declare("dt_bias", (self.heads,), "dynamics", fixed(torch.log(torch.expm1(step))))
        self.declare("A_log", (self.heads,), "dynamics", fixed(rate.log()))

    def slots(self, batch: int, context: int, reach: int) -> Mapping[str, Slot]:
        state = Slot(kind="recurrent", shape=(batch, self.heads, self.key_dim, self.value_dim))
        if not self.convolved:
            return {"state": state}
        channels = sum(self.convolved.values())
        return {"state": state, "inputs": Slot(kind="fir", shape=(batch, channels, self.conv - 1))}

    def shared_slots(self) -> frozenset[str]:
        decided_by = {"k", "v", "decay", "beta"} if self.decays else {"k", "v", "beta"}
        return frozenset({"state"}) if decided_by <= self.takes else frozenset()

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
        if not (self.takes or self.gives) and (kernel := chosen("delta-rule", x_BTD)):
            initial = at_least_single(memory["state"]) if memory else None
            o_BTHV, last = kernel(*(made[name] for name in ("q", "k", "v", "decay", "beta")), initial)
            if memory:
                memory["state"].copy_(last)
            return self._out(x_BTD, o_BTHV), made
        initial = at_least_single(memory["state"]) if memory else None
        entering = taken["entering"] if self.shared_slots() else None
        q, k, v, decay, beta = (made[name] for name in ("q", "k", "v", "decay", "beta"))
        o_BTHV, entering, last = delta_rule(q, k, v, decay, beta, initial, entering)
        if memory and not self.shared_slots():
            memory["state"].copy_(last)
        return self._out(x_BTD, o_BTHV), {**made, "entering": entering}

    def step(self, x_BD: Tensor, taken: Values, memory: Memory, position: int) -> tuple[Tensor, Values]:
        conv_BI = conv_step(self._project(x_BD), self._taps(), memory["inputs"]) if self.convolved else None
        made = self._values(x_BD, conv_BI, taken)
        state_BHKV = at_least_single(memory["state"])
        if not self.shared_slots():
            state_BHKV = state_BHKV * made["decay"].exp()[..., None, None]
            held_BHV = (made["k"].unsqueeze(2) @ state_BHKV).squeeze(2)
            corrected = made["beta"].unsqueeze(2) * (made["v"] - held_BHV)
            state_BHKV = state_BHKV + made["k"].unsqueeze(3) * corrected.unsqueeze(2)
            memory["state"].copy_(state_BHKV)
        o_BHV = (made["q"].unsqueeze(2) @ state_BHKV).squeeze(2)
        return self._out(x_BD, o_BHV), made

    def _project(self, x: Tensor) -> Tensor:
        blocks: list[Tensor] = [self.get_parameter(block) for block in self.convolved]
        if x.ndim == 2:
            return torch.cat([F.linear(x, block) for block in blocks], dim=-1)
        # Joining weights is cheaper than joining what many tokens give.
        return F.linear(x, torch.cat(blocks))

    def _taps(self) -> Tensor:
        return torch.cat([self.get_parameter(f"taps_{block}") for block in self.convolved])

    def _values(self, x: Tensor, conv: Tensor | None, taken: Values) -> Values:
        """Unit q (scaled) and k […, H, K], v […, H, V], β and log α […, H]."""
        made = {name: taken[name] for name in self.values if name in self.takes}
        if conv is not None:
            parts = F.silu(at_least_single(conv)).split(list(self.convolved.values()), dim=-1)
            for block, part in zip(self.convolved, parts, strict=True):
                made[block] = self._head(block, part)
        if "beta" not in made:
            made["beta"] = self.strength * at_least_single(F.linear(x, self.get_parameter("beta"))).sigmoid()
        if "decay" not in made:
            made["decay"] = self._log_decay(x) if self.decays else torch.zeros_like(made["beta"])
        return made

    def _head(self, block: str, part: Tensor) -> Tensor:
        if block == "v":
            return part.unflatten(-1, (self.heads, self.value_dim))
        part = part.unflatten(-1, (self.heads, self.key_dim))
        unit = part * torch.rsqrt(part.square().sum(-1, keepdim=True) + UNIT_EPS)
        return unit * self.key_dim**-0.5 if block == "q" else unit

    def _log_decay(self, x: Tensor) -> Tensor:
        step = F.softplus(
            at_least_single(F.linear(x, self.get_parameter("dt"))) + self.get_parameter("dt_bias")
        )
        return -step * self.get_parameter("A_log").exp()

    def _out(self, x: Tensor, o: Tensor) -> Tensor:
        normed = F.rms_norm(o, self.gain.shape, self.gain.to(o.dtype), self.eps).flatten(-2).to(x.dtype)
        return F.linear(normed * F.silu(F.linear(x, self.gate)), self.out)
