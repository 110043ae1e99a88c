"""h_t = exp(Δ_t A) ⊙ h_{t−1} + Δ_t v_t B_tᵀ, y_t = h_t C_t without keeping any h: `selective`.

All states together are N times as large as the tokens. They are made a piece at a time, some rows or some
channels that stay in the processor's cache, and once more for the gradient (arXiv 2312.00752 §3.3.2). Axes:
B batch, T tokens, I channels, N states of each.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from .kernels.linear_scan import scanned, scanned_back
from .scan import at_least_single, outside_autocast

PIECE = 2**17
"""Numbers of a piece: half a megabyte in float32 (the quickest of 2^16 to 2^20)."""


@outside_autocast
def selective_scan(
    rate_BTI: Tensor, v_BTI: Tensor, A_IN: Tensor, B_BTN: Tensor, C_BTN: Tensor, initial_BIN: Tensor
) -> tuple[Tensor, Tensor]:
    """y and the last state."""
    given = (at_least_single(x).contiguous() for x in (rate_BTI, v_BTI, A_IN, B_BTN, C_BTN, initial_BIN))
    return _SelectiveScan.apply(*given)


class _SelectiveScan(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, rate: Tensor, v: Tensor, A: Tensor, B: Tensor, C: Tensor, initial: Tensor
    ) -> tuple[Tensor, Tensor]:
        y, last, pushed = torch.empty_like(v), torch.empty_like(initial), rate * v
        for rows, channels in _pieces(v, A.shape[1]):
            one = rows, slice(None), channels
            states = _states(rate[one], pushed[one], A[channels], B[rows], initial[rows, channels])[1]
            y[one] = (states @ C[rows].unsqueeze(3)).squeeze(3)
            last[rows, channels] = states[:, -1]
        ctx.save_for_backward(rate, v, A, B, C, initial)
        return y, last

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, of_y: Tensor, of_last: Tensor
    ) -> tuple[Tensor, ...]:
        rate, v, A, B, C, initial = ctx.saved_tensors
        of_y = of_y.contiguous()
        pushed = rate * v
        of_rate, of_pushed, of_initial = (torch.empty_like(x) for x in (rate, v, initial))
        of_A, of_B, of_C = (torch.zeros_like(x) for x in (A, B, C))
        for rows, channels in _pieces(v, A.shape[1]):
            one, state = (rows, slice(None), channels), (rows, channels)
            decay, states = _states(rate[one], pushed[one], A[channels], B[rows], initial[state])
            of_states = of_y[one].unsqueeze(3) * C[rows].unsqueeze(2)
            of_states[:, -1] += of_last[state]
            decays, toward = (x.flatten(2).contiguous() for x in (decay, of_states))
            back = scanned_back(decays, toward, initial[state].flatten(1).contiguous(), states.flatten(2))
            flowed, of_decay = (x.view(states.shape) for x in back)
            of_C[rows] += (of_y[one].unsqueeze(2) @ states).squeeze(2)
            of_B[rows] += (pushed[one].unsqueeze(2) @ flowed).squeeze(2)
            of_pushed[one] = (flowed @ B[rows].unsqueeze(3)).squeeze(3)
            of_initial[state] = decay[:, 0] * flowed[:, 0]
            of_exponent = of_decay.mul_(decay)
            of_rate[one] = torch.mul(of_exponent, A[channels], out=states).sum(3)
            of_A[channels] += of_exponent.mul_(rate[one].unsqueeze(3)).sum((0, 1))
        return of_rate.addcmul_(of_pushed, v), of_pushed.mul_(rate), of_A, of_B, of_C, of_initial


def _states(rate: Tensor, pushed: Tensor, A: Tensor, B: Tensor, initial: Tensor) -> tuple[Tensor, Tensor]:
    """Decays and states [B, T, I, N] of one piece."""
    decay = (rate.unsqueeze(3) * A).exp_()
    inputs = pushed.unsqueeze(3) * B.unsqueeze(2)
    decays, before = decay.flatten(2).contiguous(), initial.flatten(1).contiguous()
    return decay, scanned(decays, inputs.flatten(2).contiguous(), before).view(decay.shape)


def _pieces(v_BTI: Tensor, states: int) -> Iterator[tuple[slice, slice]]:
    """Some rows with all channels, or some channels of one row."""
    rows, tokens, channels = v_BTI.shape
    wide = max(1, min(channels, PIECE // (tokens * states)))
    high = max(1, PIECE // (tokens * states * channels))
    for row in range(0, rows, high):
        for channel in range(0, channels, wide):
            yield slice(row, row + high), slice(channel, channel + wide)
