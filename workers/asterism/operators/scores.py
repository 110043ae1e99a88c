"""Softmax attention over given keys: full, windowed, capped. Queries are the last T of S known tokens."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from .ring import in_order


def banded(
    q_BHTV: Tensor, k_BGSV: Tensor, v_BGSV: Tensor, *, window: int, scale: float, softcap: int
) -> Tensor:
    """Query i of the last T sees keys up to its own, at most `window` of them (0 = all)."""
    T, S = q_BHTV.shape[2], k_BGSV.shape[2]
    reach = window if 0 < window < S else 0
    if reach and T == S and 2 * reach <= T:
        return _in_blocks(q_BHTV, k_BGSV, v_BGSV, reach, scale, softcap)
    if T == 1 and not reach:
        return _attend(q_BHTV, k_BGSV, v_BGSV, None, scale, softcap)
    if T == S and not reach and not softcap:
        return F.scaled_dot_product_attention(
            q_BHTV, k_BGSV, v_BGSV, is_causal=True, scale=scale, enable_gqa=q_BHTV.shape[1] != k_BGSV.shape[1]
        )
    query = torch.arange(S - T, S, device=q_BHTV.device)[:, None]
    return _attend(
        q_BHTV, k_BGSV, v_BGSV, _visible(query, torch.arange(S, device=q_BHTV.device), reach), scale, softcap
    )


def chosen(k_ring: Tensor, v_ring: Tensor, tokens: int, window: int) -> tuple[Tensor, Tensor]:
    """Keys and values one query sees. Softmax ignores order, so full equal rings are taken as they lie."""
    count = min(tokens, window or tokens, k_ring.shape[2], v_ring.shape[2])
    if count == k_ring.shape[2] == v_ring.shape[2]:
        return k_ring, v_ring
    return in_order(k_ring, tokens, count), in_order(v_ring, tokens, count)


def _visible(query: Tensor, key: Tensor, window: int) -> Tensor:
    causal = key <= query
    return causal & (key > query - window) if window else causal


def _in_blocks(q: Tensor, k: Tensor, v: Tensor, window: int, scale: float, softcap: int) -> Tensor:
    """Blocks of `window` queries against their own and the previous block: cost T·2W, not T²."""
    B, H, T, V = q.shape
    blocks = -(-T // window)
    pad = blocks * window - T
    q = F.pad(q, (0, 0, 0, pad)).view(B, H, blocks, window, V)
    k, v = (_with_previous(F.pad(t, (0, 0, window, pad)), window, blocks) for t in (k, v))
    place = torch.arange(window, device=q.device)
    mask = _visible(place[:, None] + window, torch.arange(2 * window, device=q.device), window)
    first = (torch.arange(2 * window, device=q.device) >= window).expand(window, -1) & mask
    mask = torch.cat((first[None], mask.expand(blocks - 1, -1, -1)))
    groups = k.shape[1]
    if groups != H:
        k, v = (t.repeat_interleave(H // groups, dim=1) for t in (k, v))
    o = _attend(q.flatten(1, 2), k.flatten(1, 2), v.flatten(1, 2), mask.repeat(H, 1, 1), scale, softcap)
    return o.view(B, H, blocks * window, V)[:, :, :T]


def _with_previous(x: Tensor, window: int, blocks: int) -> Tensor:
    return x.unfold(2, 2 * window, window)[:, :, :blocks].transpose(3, 4)


def _attend(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, scale: float, softcap: int) -> Tensor:
    repeat = q.shape[1] // k.shape[1]
    if not softcap:
        return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=scale, enable_gqa=repeat != 1)
    if repeat != 1:
        k, v = (t.repeat_interleave(repeat, dim=1) for t in (k, v))
    scores = softcap * torch.tanh(q @ k.transpose(2, 3) * (scale / softcap))
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.softmax(-1) @ v
