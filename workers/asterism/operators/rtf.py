"""Rational transfer functions: Hyena of order 2 (see hyena.py) whose filter is H(z) = h₀ + b(z) / (1 + a(z)).

b(z) = Σ_i b_i z^−i, a(z) = Σ_i a_i z^−i, i = 1…N (arXiv 2405.06147 §3; ruke1ire/RTF rtf.py, and the same
repository's Hyena-RTF for the block). The kernel for training is evaluated at the L = `maxContext` roots of
unity without any state, k = irfft(rfft(b) / rfft(1 + a)) + h₀, which folds what lies beyond L into it. The
recursion that has this k as its first L taps has other numerators: the first N + 1 coefficients c of
(1 + a(z)) k(z), which is the paper's C (I − A^L)^−1 without the inverse. With them
    w_t = u_t − Σ_i a_i w_{t−i},   y_t = c_0 w_t + Σ_i c_i w_{t−i}
gives the kernel at every length, so a model may read more than L tokens and decode with N numbers a channel.
Σ|a| is held below 1, hence all poles inside the unit circle (Montel's bound); kernels are made in float64.
Starting values: a = 0, so the filter begins as N taps of b ~ N(0, 1/N), h₀ = 1. Memory: w.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from asterism.contracts import genome as contract

from .convolution import causal_conv, remember
from .hyena import Filter, Hyena, Parameters, once_for
from .operator import Declared, Place, Slot, constant, normal
from .scan import at_least_single
from .transforms import convolve, smooth_length

MOST = 0.99
"""Bound of Σ|a|: a pole of order one remembers at most 100 tokens, one of order N up to 100 N."""


class Rtf(Hyena):
    def __init__(self, config: contract.Rtf, place: Place) -> None:
        super().__init__(config, Rational(config, config.expand * place.width), place)

    @torch.no_grad()
    def pole_radius(self) -> float:
        """The largest |pole| of all channels; own parameters only."""
        return float(_radius(denominator(self.get_parameter("a").double())))


class Rational(Filter):
    names = ("a", "b", "h0")

    def __init__(self, config: contract.Rtf, inner: int) -> None:
        self.inner, self.state, self.length = inner, config.state, config.max_context

    def declare(self, to: Declared, horizon: int) -> None:
        to.declare("a", (self.inner, self.state), "dynamics", constant(0.0))
        to.declare("b", (self.inner, self.state), "dynamics", normal(self.state**-0.5))
        to.declare("h0", (self.inner,), "vector", constant(1.0))

    def slot(self, batch: int, context: int) -> Slot:
        return Slot(kind="recurrent", shape=(batch, self.inner, self.state))

    def parallel(self, v_BTI: Tensor, given: Parameters, kept: Tensor | None, position: int) -> Tensor:
        v_BTI = at_least_single(v_BTI)
        if kept is None:
            return convolve(v_BTI, self.kernel(given, v_BTI.shape[1]).to(v_BTI.dtype))
        return self._continue(v_BTI, self._recursion(given, kept, position), kept)

    def step(self, v_BI: Tensor, given: Parameters, kept: Tensor, position: int) -> Tensor:
        back_IN, ahead_IN, now_I = self._parts(self._recursion(given, kept, position), kept)
        past_BIN = at_least_single(kept).clone()  # a gradient through a step reads it later
        w_BI = at_least_single(v_BI) - (past_BIN * back_IN).sum(2)
        y_BI = now_I * w_BI + (past_BIN * ahead_IN).sum(2)
        kept.copy_(torch.cat((past_BIN[..., 1:], w_BI.unsqueeze(2)), dim=2))
        return y_BI

    def kernel(self, given: Parameters, tokens: int) -> Tensor:
        """The first taps of the filter, [I, tokens], in float64."""
        k_IL = self._folded(given)
        if tokens <= self.length:
            return k_IL[:, :tokens]
        a_IN, c_IN = self._coefficients(given, k_IL)
        return product(c_IN, inverse(a_IN, tokens), tokens)

    def _folded(self, given: Parameters) -> Tensor:
        one_a = _monic(denominator(given["a"].double()))
        b_IN = F.pad(given["b"].double(), (1, 0))
        spectrum = torch.fft.rfft(b_IN, n=self.length) / torch.fft.rfft(one_a, n=self.length)
        k_IL = torch.fft.irfft(spectrum, n=self.length)
        return torch.cat((k_IL[:, :1] + given["h0"].double().unsqueeze(1), k_IL[:, 1:]), dim=1)

    def _coefficients(self, given: Parameters, k_IL: Tensor) -> tuple[Tensor, Tensor]:
        """a [I, N] and the corrected numerators c_0 … c_N."""
        a_IN = denominator(given["a"].double())
        return a_IN, product(_monic(a_IN), k_IL[:, : self.state + 1], self.state + 1)

    def _recursion(self, given: Parameters, kept: Tensor, position: int) -> Tensor:
        """a_N … a_1, then c_N … c_0, [I, 2N + 1]: in the order of the memory, whose newest w comes last."""

        def make() -> Tensor:
            a_IN, c_IN = self._coefficients(given, self._folded(given))
            return torch.cat((a_IN.flip(1), c_IN.flip(1)), dim=1)

        return once_for(kept, position, make)

    def _parts(self, recursion: Tensor, kept: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        recursion = recursion.to(at_least_single(kept).dtype)
        return recursion[:, : self.state], recursion[:, self.state : -1], recursion[:, -1]

    def _continue(self, v_BTI: Tensor, recursion: Tensor, kept: Tensor) -> Tensor:
        """A piece of a prompt: what earlier w take from it goes into the input, then w = v * 1/(1 + a)."""
        past_BIN, T = at_least_single(kept).double(), v_BTI.shape[1]
        back_IN, taps_IN = recursion[:, : self.state], recursion[:, self.state :]
        owed_BTI, _ = causal_conv(
            torch.zeros_like(v_BTI, dtype=torch.float64), F.pad(back_IN, (0, 1)), past_BIN
        )
        w_BTI = convolve(v_BTI.double() - owed_BTI, inverse(back_IN.flip(1), T))
        y_BTI, padded = causal_conv(w_BTI, taps_IN, past_BIN)
        remember(kept, padded)
        return y_BTI.to(v_BTI.dtype)


def denominator(raw_IN: Tensor) -> Tensor:
    """Coefficients whose absolute values sum up to at most MOST."""
    return raw_IN / (raw_IN.abs().sum(1, keepdim=True) / MOST).clamp(min=1)


def product(p_IM: Tensor, q_IM: Tensor, terms: int) -> Tensor:
    """The first coefficients of a product of polynomials."""
    length = smooth_length(p_IM.shape[1] + q_IM.shape[1] - 1)
    spectrum = torch.fft.rfft(p_IM, n=length) * torch.fft.rfft(q_IM, n=length)
    return torch.fft.irfft(spectrum, n=length)[:, :terms]


def inverse(a_IN: Tensor, terms: int) -> Tensor:
    """The first coefficients of 1 / (1 + a(z)), evaluated on a circle inside which what folds back is damped.

    A circle of radius ρ folds coefficient t + M into t with weight ρ^−M = 1e-12, and costs ρ^t, at most 1e3,
    in rounding.
    """
    length = smooth_length(4 * max(terms, a_IN.shape[1] + 1))
    steps = torch.arange(length, dtype=a_IN.dtype, device=a_IN.device)
    damped = torch.exp(steps * (math.log(1e-12) / length))
    spectrum = torch.fft.rfft(_monic(a_IN) * damped[: a_IN.shape[1] + 1], n=length).reciprocal()
    return torch.fft.irfft(spectrum, n=length)[:, :terms] / damped[:terms]


def _monic(a_IN: Tensor) -> Tensor:
    return F.pad(a_IN, (1, 0), value=1.0)


def _radius(a_IN: Tensor) -> Tensor:
    """Largest |root| of z^N + a_1 z^(N−1) + … + a_N over the rows."""
    N = a_IN.shape[1]
    companion = torch.zeros(a_IN.shape[0], N, N, dtype=a_IN.dtype, device=a_IN.device)
    companion[:, 0] = -a_IN
    companion[:, 1:, :-1] = torch.eye(N - 1, dtype=a_IN.dtype, device=a_IN.device)
    return torch.linalg.eigvals(companion).abs().max()
