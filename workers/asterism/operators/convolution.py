"""Causal depthwise convolution with a history: v_t = Σ_j taps_j ⊙ u_{t−k+1+j}."""

from __future__ import annotations

import math
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F

from .device_table import chosen
from .scan import at_least_single

CHANNELS_LAST_TO = 8
"""Taps up to which float32 is quickest on the CPU where channels lie side by side: a third to a half of
conv1d's time, the same bits of outputs and of the input's gradient."""
FFT_FROM = 33
"""Taps from which a transform beats conv1d on the CPU (measured: equal near 32)."""
EXACT_LENGTHS = 256
"""Padded tokens up to which a transform has just that length."""


def causal_conv(u_BTI: Tensor, taps_IJ: Tensor, history_BIJ: Tensor | None) -> tuple[Tensor, Tensor]:
    """Filtered tokens, and the padded input as [B, I, k−1+T] whose tail is the next history."""
    taps, kernel = taps_IJ.shape[1], chosen("causal-conv", u_BTI)
    single_on_cpu = u_BTI.device.type == "cpu" and u_BTI.dtype == torch.float32
    if kernel is None and single_on_cpu and taps <= CHANNELS_LAST_TO:
        padded = _behind(u_BTI, history_BIJ, taps - 1)
        # [B, I, 1, k−1+T] with the strides of [B, k−1+T, I]: nothing is transposed.
        v_BI1T = F.conv2d(padded.unsqueeze(2), taps_IJ[:, None, None], groups=taps_IJ.shape[0])
        return v_BI1T.squeeze(2).transpose(1, 2), padded
    u_BIT = u_BTI.transpose(1, 2)
    padded = F.pad(u_BIT, (taps - 1, 0)) if history_BIJ is None else torch.cat((history_BIJ, u_BIT), dim=2)
    if kernel:
        return kernel(u_BTI, taps_IJ, history_BIJ), padded
    if taps < FFT_FROM:
        v_BIT = F.conv1d(padded, taps_IJ.unsqueeze(1), groups=taps_IJ.shape[0])
    else:
        v_BIT = _by_transform(padded, taps_IJ)
    return v_BIT.transpose(1, 2), padded


def _behind(u_BTI: Tensor, history_BIJ: Tensor | None, past: int) -> Tensor:
    """History and tokens as [B, I, k−1+T], channels side by side in memory."""
    if history_BIJ is None:
        return F.pad(u_BTI, (0, 0, past, 0)).transpose(1, 2)
    return torch.cat((history_BIJ.transpose(1, 2), u_BTI), dim=1).transpose(1, 2)


def _by_transform(padded_BIS: Tensor, taps_IJ: Tensor) -> Tensor:
    # Outputs from index k−1 on never see the wrap-around of a transform of the padded length.
    # Half precision has no transforms.
    length = transform_length(padded_BIS.shape[2])
    signal_BIS, taps_IJ = at_least_single(padded_BIS), at_least_single(taps_IJ)
    spectrum = torch.fft.rfft(signal_BIS, n=length) * torch.fft.rfft(taps_IJ.flip(1), n=length)
    filtered_BIS = torch.fft.irfft(spectrum, n=length)[..., taps_IJ.shape[1] - 1 : padded_BIS.shape[2]]
    return filtered_BIS.to(padded_BIS.dtype)


@lru_cache
def transform_length(tokens: int) -> int:
    """A length near `tokens` whose transform is quick: no prime factor above 5 (a prime length costs double).

    Short rows keep theirs: another length gives other bits, and trainings of that size have their results.
    """
    if tokens <= EXACT_LENGTHS:
        return tokens
    exponent = math.ceil(math.log2(tokens)) + 1
    products = (2**a * 3**b * 5**c for a in range(exponent) for b in range(exponent) for c in range(exponent))
    return min(product for product in products if product >= tokens)


def conv_step(u_BI: Tensor, taps_IJ: Tensor, history_BIJ: Tensor) -> Tensor:
    """One token; `history_BIJ` (the last k−1 inputs) moves on by one."""
    window_BIJ = torch.cat((history_BIJ, u_BI.unsqueeze(2)), dim=2)
    history_BIJ.copy_(window_BIJ[..., 1:])
    return (window_BIJ * taps_IJ).sum(dim=2)


def remember(history_BIJ: Tensor, padded_BIS: Tensor) -> None:
    history_BIJ.copy_(padded_BIS[..., padded_BIS.shape[2] - history_BIJ.shape[2] :])
