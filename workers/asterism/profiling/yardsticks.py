"""Two fixed models that every profile is interleaved with.

They are written here and nowhere else shared, so that work on the operators never moves the scale. Change
anything below and raise VERSION: profiles of different yardstick versions do not compare.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional as F

from asterism.profiling.protocol import Sample, timed

VERSION = "1"
WIDTH = 512
HIDDEN = 1536
LAYERS = 3
HEAD_DIM = 64
CACHE_TOKENS = 4096
PREFILL_TOKENS = 256
DECODE_TOKENS = 12

# B = batch (1), T = tokens, D = width, H = heads, N = head width, S = cached tokens


class _FeedForward(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.up, self.down = nn.Linear(WIDTH, 2 * HIDDEN, bias=False), nn.Linear(HIDDEN, WIDTH, bias=False)

    def forward(self, x_BTD: torch.Tensor) -> torch.Tensor:
        gate, value = self.up(x_BTD).chunk(2, dim=-1)
        return self.down(F.silu(gate) * value)


class _ShortConv(nn.Module):
    """Gated three-tap convolution; its whole state is two tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.inner, self.out = nn.Linear(WIDTH, 3 * WIDTH, bias=False), nn.Linear(WIDTH, WIDTH, bias=False)
        self.taps_D1K = nn.Parameter(torch.randn(WIDTH, 1, 3))
        self.register_buffer("state_BDK", torch.zeros(1, WIDTH, 2), persistent=False)

    def forward(self, x_BTD: torch.Tensor) -> torch.Tensor:
        before, after, value = self.inner(x_BTD).chunk(3, dim=-1)
        past = self.get_buffer("state_BDK")
        rows_BDT = torch.cat([past, (before * value).transpose(1, 2)], dim=-1)
        past.copy_(rows_BDT[..., -2:])
        return self.out(F.conv1d(rows_BDT, self.taps_D1K, groups=WIDTH).transpose(1, 2) * after)


class _CachedAttention(nn.Module):
    """Attention over a full cache of 4,096 tokens with two key-value heads: decode reads all of it."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.out = nn.Linear(WIDTH, WIDTH, bias=False), nn.Linear(WIDTH, WIDTH, bias=False)
        self.key_value = nn.Linear(WIDTH, 4 * HEAD_DIM, bias=False)
        cache = torch.randn(2, 1, 2, CACHE_TOKENS, HEAD_DIM)
        self.register_buffer("cache_2BHSN", cache, persistent=False)

    def forward(self, x_BTD: torch.Tensor) -> torch.Tensor:
        tokens = x_BTD.shape[1]
        cache = self.get_buffer("cache_2BHSN")
        q_BHTN = self.query(x_BTD).view(1, tokens, -1, HEAD_DIM).transpose(1, 2)
        kv_2BHTN = self.key_value(x_BTD).view(1, tokens, 2, 2, HEAD_DIM).permute(2, 0, 3, 1, 4)
        cache[..., -tokens:, :] = kv_2BHTN
        # Prefill looks at its own rows only; decode at the whole cache.
        keys, values = cache if tokens == 1 else kv_2BHTN
        y = F.scaled_dot_product_attention(q_BHTN, keys, values, is_causal=tokens > 1, enable_gqa=True)
        return self.out(y.transpose(1, 2).reshape(1, tokens, WIDTH))


class Yardstick:
    """A fixed model as a subject of the protocol, with one prefill and one decode phase."""

    phases: Sequence[str] = ("prefill", "decode")

    def __init__(self, name: str, mixer: type[nn.Module]) -> None:
        self.name = name
        with torch.random.fork_rng():
            torch.manual_seed(0)
            blocks = [block() for _ in range(LAYERS) for block in (mixer, _FeedForward)]
            self._prompt_BTD = torch.randn(1, PREFILL_TOKENS, WIDTH)
        self._blocks = nn.ModuleList(blocks).eval()

    @torch.inference_mode()
    def _through(self, x_BTD: torch.Tensor) -> torch.Tensor:
        for block in self._blocks:
            x_BTD = x_BTD + block(F.rms_norm(x_BTD, (WIDTH,)))
        return x_BTD

    def run(self, phase: str, samples: int | None = None) -> list[Sample]:
        prefill = phase == "prefill"
        rows = self._prompt_BTD if prefill else self._prompt_BTD[:, :1]
        count = 1 if prefill else min(samples or DECODE_TOKENS, DECODE_TOKENS)
        return [timed(lambda: self._through(rows)) for _ in range(count)]


def yardsticks() -> tuple[Yardstick, Yardstick]:
    """Short convolution first, long-cache attention second."""
    return Yardstick("short-conv", _ShortConv), Yardstick("long-cache-attention", _CachedAttention)
