"""The causal convolution at lengths where its transform is longer than the padded rows."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F

from asterism.operators.convolution import CHANNELS_LAST_TO, EXACT_LENGTHS, causal_conv, transform_length


@pytest.mark.parametrize("taps", [33, 64, 128])
@pytest.mark.parametrize("tokens", [100, 200, 511, 1024])
def test_transforms_of_every_length_equal_the_direct_form(taps: int, tokens: int) -> None:
    generator = torch.Generator().manual_seed(0)
    u_BTI = torch.randn(2, tokens, 3, generator=generator, dtype=torch.float64)
    taps_IJ = torch.randn(3, taps, generator=generator, dtype=torch.float64)
    history_BIJ = torch.randn(2, 3, taps - 1, generator=generator, dtype=torch.float64)
    for history in (None, history_BIJ):
        found, padded = causal_conv(u_BTI, taps_IJ, history)
        direct = F.conv1d(padded, taps_IJ.unsqueeze(1), groups=3).transpose(1, 2)
        assert found.shape == direct.shape and float((found - direct).abs().max()) <= 1e-9


@pytest.mark.parametrize("tokens", [257, 559, 1087, 1151, 16511])
def test_a_transform_has_small_factors_and_is_little_longer(tokens: int) -> None:
    length = rest = transform_length(tokens)
    for factor in (2, 3, 5):
        while rest % factor == 0:
            rest //= factor
    assert rest == 1 and tokens <= length <= 1.08 * tokens


def test_short_rows_keep_the_length_that_their_bits_come_from() -> None:
    assert [transform_length(tokens) for tokens in (131, EXACT_LENGTHS)] == [131, EXACT_LENGTHS]


@pytest.mark.parametrize("taps", [2, 3, 4, CHANNELS_LAST_TO, CHANNELS_LAST_TO + 1])
@pytest.mark.parametrize("channels", [1, 3, 32])
def test_the_form_with_channels_side_by_side_equals_conv1d(taps: int, channels: int) -> None:
    generator = torch.Generator().manual_seed(0)
    u_BTI = torch.randn(2, 50, channels, generator=generator, requires_grad=True)
    taps_IJ = torch.randn(channels, taps, generator=generator, requires_grad=True)
    history_BIJ = torch.randn(2, channels, taps - 1, generator=generator)
    toward = torch.randn(2, 50, channels, generator=generator)
    for history in (None, history_BIJ):
        found, padded = causal_conv(u_BTI, taps_IJ, history)
        past = torch.zeros_like(history_BIJ) if history is None else history
        rows_BIS = torch.cat((past, u_BTI.transpose(1, 2)), dim=2)
        direct = F.conv1d(rows_BIS, taps_IJ.unsqueeze(1), groups=channels).transpose(1, 2)
        assert torch.equal(padded, rows_BIS)
        gradients = (torch.autograd.grad(y, (u_BTI, taps_IJ), toward) for y in (found, direct))
        for one, other in ((found, direct), *zip(*gradients, strict=True)):
            assert float((one - other).detach().abs().max()) <= 1e-5 * float(other.detach().abs().max())
