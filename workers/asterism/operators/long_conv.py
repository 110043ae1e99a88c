"""Long convolutions: Hyena of order 2 (see hyena.py) with one of three filters.

implicit (arXiv 2302.10866; HazyResearch/safari standalone_hyena.py): h_t = w_t · MLP(t), a network with sine
activations over positions, times the window e^(−r t), divided by √Σh²; y = h * v + D v. Its kernel has
`maxContext` taps and nothing bounded decodes it: it keeps that many inputs.
explicit (StripedHyena 2, arXiv 2503.01868: SE 7 taps, MR 128): the taps are parameters, neighbouring
channels may share them. Keeps K−1 inputs.
modal (LI; complex poles as in togethercomputer/stripedhyena, real ones as in Zymrael/vortex):
h_t = Σ_n Re(R_n λ_n^t), |λ| < 1; y = h * v + D v. Decodes with N numbers a channel, whatever the context.
Starting values: windows and poles have horizons from 4 tokens to the place's horizon over channels and modes,
angles spread over [0, π); explicit taps hand on the current token and N(0, 1/√K) of the others.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from asterism.contracts import genome as contract

from .convolution import causal_conv, conv_step, remember
from .hyena import Filter, Hyena, Parameters, once_for
from .modes import as_state, from_state, modal_kernel, modal_response, modal_state, spread_angles
from .operator import Declared, Init, Place, Slot, constant, fixed, geometric, normal
from .ring import in_order, write
from .scan import at_least_single
from .transforms import convolve

FREQUENCY = 10.0


class LongConv(Hyena):
    def __init__(self, config: contract.LongConv, place: Place) -> None:
        super().__init__(config, _filter(config, config.expand * place.width), place)


def _filter(config: contract.LongConv, inner: int) -> Filter:
    if config.filter == "implicit":
        return Implicit(config, inner)
    if config.filter == "explicit":
        return Explicit(config, inner)
    return Modal(config, inner)


class Explicit(Filter):
    names = ("taps",)

    def __init__(self, config: contract.LongConv, inner: int) -> None:
        self.inner, self.kernel, self.group = inner, config.kernel, config.filter_group

    def declare(self, to: Declared, horizon: int) -> None:
        to.declare("taps", (-(-self.inner // self.group), self.kernel), "taps", _handing_on(self.kernel))

    def slot(self, batch: int, context: int) -> Slot:
        return Slot(kind="fir", shape=(batch, self.inner, self.kernel - 1))

    def parallel(self, v_BTI: Tensor, given: Parameters, kept: Tensor | None, position: int) -> Tensor:
        filtered, padded = causal_conv(v_BTI, self._taps(given), kept)
        if kept is not None:
            remember(kept, padded)
        return filtered

    def step(self, v_BI: Tensor, given: Parameters, kept: Tensor, position: int) -> Tensor:
        return conv_step(v_BI, self._taps(given), kept)

    def _taps(self, given: Parameters) -> Tensor:
        """[I, K]; the last group of channels may be a smaller one."""
        return given["taps"].repeat_interleave(self.group, dim=0)[: self.inner]


class Modal(Filter):
    def __init__(self, config: contract.LongConv, inner: int) -> None:
        self.inner, self.state, self.complex = inner, config.state, config.poles == "complex"
        self.names = ("residues", "decay", "D", *(("residues_im", "angle") if self.complex else ()))

    def declare(self, to: Declared, horizon: int) -> None:
        shape = (self.inner, self.state)
        rate = 1 / geometric(4, horizon, self.inner * self.state).reshape(self.state, self.inner).T
        # Every mode begins with the same energy, whatever its horizon: Σ_t R² e^(−2rt) = 1/N.
        residue = _scaled((-torch.expm1(-2 * rate) / self.state).sqrt())
        to.declare("residues", shape, "taps", residue)
        to.declare("decay", shape, "dynamics", fixed(torch.log(torch.expm1(rate))))
        if self.complex:
            to.declare("residues_im", shape, "taps", residue)
            to.declare("angle", shape, "dynamics", fixed(spread_angles(self.inner * self.state)))
        to.declare("D", (self.inner,), "vector", constant(1.0))

    def slot(self, batch: int, context: int) -> Slot:
        pair = (2,) if self.complex else ()
        return Slot(kind="recurrent", shape=(batch, self.inner, self.state, *pair))

    def parallel(self, v_BTI: Tensor, given: Parameters, kept: Tensor | None, position: int) -> Tensor:
        residue_IN, log_pole_IN = self._modes(given)
        v_BTI, T = at_least_single(v_BTI), v_BTI.shape[1]
        y_BTI = convolve(v_BTI, modal_kernel(residue_IN, log_pole_IN, T)) + given["D"] * v_BTI
        if kept is None:
            return y_BTI
        state_BIN = from_state(at_least_single(kept), self.complex)
        if position:
            y_BTI = y_BTI + modal_response(state_BIN, residue_IN, log_pole_IN, T)
        kept.copy_(as_state(modal_state(v_BTI, log_pole_IN, state_BIN)))
        return y_BTI

    def step(self, v_BI: Tensor, given: Parameters, kept: Tensor, position: int) -> Tensor:
        residue_IN, log_pole_IN = self._modes(given)
        v_BI = at_least_single(v_BI)
        state_BIN = log_pole_IN.exp() * from_state(at_least_single(kept), self.complex) + v_BI.unsqueeze(2)
        kept.copy_(as_state(state_BIN))
        return (residue_IN * state_BIN).real.sum(2) + given["D"] * v_BI

    def _modes(self, given: Parameters) -> tuple[Tensor, Tensor]:
        """R and log λ [I, N]; |λ| = e^(−softplus(decay)) is below 1 for every value of the parameter."""
        residue, rate = at_least_single(given["residues"]), F.softplus(at_least_single(given["decay"]))
        if not self.complex:
            return residue, -rate
        return (
            torch.complex(residue, at_least_single(given["residues_im"])),
            # One turn: powers of an angle far outside it would lose their digits.
            torch.complex(-rate, torch.remainder(at_least_single(given["angle"]), 2 * math.pi)),
        )


class Implicit(Filter):
    def __init__(self, config: contract.LongConv, inner: int) -> None:
        self.inner, self.length = inner, config.max_context
        self.width, self.depth, self.bands = config.filter_width, config.filter_depth, config.bands
        hidden = ("filter_hidden", "filter_hidden_bias") if config.filter_depth else ()
        self.names = (
            "filter_in", "filter_in_bias", *hidden, "filter_out", "frequency", "window", "D",
        )  # fmt: skip

    def declare(self, to: Declared, horizon: int) -> None:
        features, width = 1 + 2 * self.bands, self.width
        to.declare("filter_in", (width, features), "dynamics", normal(features**-0.5))
        to.declare("filter_in_bias", (width,), "dynamics", normal(features**-0.5))
        if self.depth:
            to.declare("filter_hidden", (self.depth, width, width), "dynamics", normal(width**-0.5))
            to.declare("filter_hidden_bias", (self.depth, width), "dynamics", normal(width**-0.5))
        to.declare("filter_out", (self.inner, width), "dynamics", normal(width**-0.5))
        to.declare("frequency", (width,), "dynamics", constant(FREQUENCY))
        rate = 1 / geometric(4, horizon, self.inner)
        to.declare("window", (self.inner,), "dynamics", fixed(torch.log(torch.expm1(rate))))
        # Σ|h| = 1 and D = 1 leave the filter behind its skip (nano-1 on one seed .38; this .46).
        to.declare("D", (self.inner,), "vector", constant(0.0))

    def reach(self, context: int) -> int:
        return min(context, self.length)

    def slot(self, batch: int, context: int) -> Slot:
        return Slot(kind="history", shape=(batch, 1, self.reach(context), self.inner))

    def parallel(self, v_BTI: Tensor, given: Parameters, kept: Tensor | None, position: int) -> Tensor:
        if kept is None:
            return convolve(v_BTI, self.kernel(given)) + given["D"] * at_least_single(v_BTI)
        past_BSI = in_order(kept, position, self.length - 1)[:, 0]
        filtered = convolve(
            torch.cat((past_BSI, v_BTI), dim=1), once_for(kept, position, lambda: self.kernel(given))
        )
        write(kept, v_BTI.unsqueeze(1), position)
        return filtered[:, past_BSI.shape[1] :] + given["D"] * at_least_single(v_BTI)

    def step(self, v_BI: Tensor, given: Parameters, kept: Tensor, position: int) -> Tensor:
        write(kept, v_BI[:, None, None], position)
        seen_BSI = at_least_single(in_order(kept, position + 1)[:, 0])
        kernel_IS = once_for(kept, position, lambda: self.kernel(given))[:, : seen_BSI.shape[1]]
        return torch.einsum("bsi,is->bi", seen_BSI, kernel_IS.flip(1)) + given["D"] * v_BI

    def kernel(self, given: Parameters) -> Tensor:
        """h [I, maxContext]."""
        single = {name: at_least_single(given[name]) for name in self.names}
        with torch.autocast(single["window"].device.type, enabled=False):  # the sines turn fast
            return self._filter(single)

    def _filter(self, single: Parameters) -> Tensor:
        t = torch.arange(self.length, dtype=single["window"].dtype, device=single["window"].device)
        wave = t.unsqueeze(1) * torch.linspace(
            1e-4, self.bands - 1, self.bands, dtype=t.dtype, device=t.device
        )
        wave = wave * (2 * math.pi / self.length)
        positions = torch.cat((t.unsqueeze(1) / (self.length - 1), wave.cos(), -wave.sin()), dim=1)
        x = F.linear(positions, single["filter_in"], single["filter_in_bias"])
        for layer in range(self.depth):
            x = torch.sin(single["frequency"] * x)
            x = F.linear(x, single["filter_hidden"][layer], single["filter_hidden_bias"][layer])
        h_IT = single["filter_out"] @ torch.sin(single["frequency"] * x).T
        h_IT = h_IT * torch.exp(-F.softplus(single["window"]).unsqueeze(1) * t)
        return h_IT / (h_IT.square().sum(1, keepdim=True) + 1e-6).sqrt()


def _handing_on(kernel: int) -> Init:
    def init(tensor: Tensor, generator: torch.Generator) -> Tensor:
        tensor.normal_(0.0, kernel**-0.5, generator=generator)
        tensor[:, -1] = 1.0
        return tensor

    return init


def _scaled(std: Tensor) -> Init:
    """Normal values, each with its own spread."""
    return lambda tensor, generator: tensor.normal_(generator=generator).mul_(std.to(tensor.dtype))
