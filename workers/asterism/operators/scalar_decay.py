"""S_t = e^(g_t) S_{t−1} + k_t v_tᵀ, o_t = S_tᵀ q_t with one decay a head, keys that heads may share: `ssd`.

With a = g_1 + … + g_t inside a chunk, e^(a_i − a_j) = e^(a_i) e^(−a_j): scores q_i·k_j stay free of decays,
and one product serves all heads that share them. That needs e^(−a) in the range of its numbers; a batch with
a chunk that decays further takes the exact form, whose ratios never leave it. Axes: B batch, T tokens,
H heads, G groups of J heads with one q and k, N their width, V value width, C chunks, L tokens of a chunk,
M = BCG products at once.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from .prefixes import Numbers, prefixes
from .scan import at_least_single, entering_states, outside_autocast, segment_sums

CHUNK = 64
SAFE_LOG_DECAY = -60.0
"""e^±60 and its products stay inside float32."""


@outside_autocast
def scalar_decay(
    q_BTGN: Tensor,
    k_BTGN: Tensor,
    v_BTHV: Tensor,
    decay_BTH: Tensor,
    initial_BHNV: Tensor | None,
    entering: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Outputs, the states that enter the chunks, the state after the last token; `decay` is g.

    With `entering` from another member of a group, the recurrence is not computed again.
    """
    T, H, G = v_BTHV.shape[1], v_BTHV.shape[2], q_BTGN.shape[2]
    if initial_BHNV is None:
        initial_BHNV = v_BTHV.new_zeros(v_BTHV.shape[0], H, q_BTGN.shape[3], v_BTHV.shape[3])
    q, k, v, decay = (_chunks(at_least_single(x), min(CHUNK, T)) for x in (q_BTGN, k_BTGN, v_BTHV, decay_BTH))
    start = at_least_single(initial_BHNV).unflatten(1, (G, H // G)).transpose(2, 3)
    safe = bool(decay.detach().sum(2).amin() > SAFE_LOG_DECAY)
    o_BCLHV, made, last = (_Factored.apply if safe else _exact)(q, k, v, decay, start, entering)
    o_BTHV = o_BCLHV.flatten(1, 2)[:, :T].to(v_BTHV.dtype)
    if entering is not None:
        return o_BTHV, entering, initial_BHNV
    assert last is not None
    return o_BTHV, made, last.transpose(2, 3).flatten(1, 2)


def _chunks(x: Tensor, length: int) -> Tensor:
    """[B, T, …] → [B, C, L, …]; zeros at the end: no input, decay e^0."""
    missing = -x.shape[1] % length
    return (F.pad(x, [0, 0] * (x.ndim - 2) + [0, missing]) if missing else x).unflatten(1, (-1, length))


class _Factored(torch.autograd.Function):
    """In: q and k [B, C, L, G, N], v [B, C, L, H, V], decay [B, C, L, H], states [B, …, G, N, J, V]."""

    @staticmethod
    def forward(
        ctx: Any, q: Tensor, k: Tensor, v: Tensor, decay: Tensor, start: Tensor, entering: Tensor | None
    ) -> tuple[Tensor, Tensor | None, Tensor | None]:
        B, C, L, G, N = q.shape
        H, V = v.shape[3:]
        run = decay.cumsum(2)
        falling, rising = run.exp(), (-run).exp()
        q_MLN, k_MLN, raised = (_by_group(x, G) for x in (q, k, v * rising.unsqueeze(4)))
        scores = torch.bmm(q_MLN, k_MLN.mT).tril_()
        kept = falling[:, :, -1].view(B, C, G, 1, H // G, 1)
        made = last = None
        if entering is None:
            update = torch.bmm(k_MLN.mT, raised).view(B, C, G, N, H // G, V).mul_(kept)
            made, last = prefixes(Numbers, kept, update, start)
        before = made if entering is None else entering
        assert before is not None
        o = torch.bmm(scores, raised).baddbmm_(q_MLN, before.reshape(-1, N, H // G * V))
        o = _by_head(o, v).mul_(falling.unsqueeze(4))
        ctx.save_for_backward(q_MLN, k_MLN, raised, scores, before, falling, rising, kept, o, last)
        ctx.shapes = q.shape, v.shape
        ctx.set_materialize_grads(False)
        return o, made, last

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, *gradients: Tensor | None
    ) -> tuple[Tensor | None, ...]:
        q, k, raised, scores, entering, falling, rising, kept, o, last = ctx.saved_tensors
        (B, C, L, G, N), shape = ctx.shapes
        of_o, of_entering, of_last = gradients
        # Gradients of a run of decays: outputs grow with it, raised values fall.
        if of_o is None:
            of_o = torch.zeros_like(o)
        of_run = (of_o * o).sum(4)
        lowered = _by_group(of_o * falling.unsqueeze(4), G)
        states = torch.bmm(q.mT, lowered).view(entering.shape)
        if of_entering is not None:
            states += of_entering
        of_scores = torch.bmm(lowered, raised.mT).tril_()
        of_q = torch.bmm(lowered, entering.reshape(-1, N, lowered.shape[2]).mT).baddbmm_(of_scores, k)
        of_k = torch.bmm(of_scores.mT, q)
        of_raised = torch.bmm(scores.mT, lowered)
        of_start: Tensor | None = None
        if last is not None:
            end = torch.zeros_like(states[:, 0]) if of_last is None else of_last
            later, of_start = prefixes(Numbers, kept, states, end, backwards=True)
            of_run[:, :-1, -1] += (later[:, :-1] * entering[:, 1:]).sum((3, 5)).flatten(2)
            of_run[:, -1, -1] += (later[:, -1] * last).sum((2, 4)).flatten(1)
            of_update = later.mul_(kept).view(-1, N, lowered.shape[2])
            of_k.baddbmm_(raised, of_update.mT)
            of_raised.baddbmm_(k, of_update)
        of_run -= (of_raised * raised).view(B, C, G, L, -1, shape[4]).sum(5).transpose(2, 3).flatten(3)
        of_v = _by_head(of_raised, o).mul_(rising.unsqueeze(4))
        of_decay = of_run.flip(2).cumsum(2).flip(2)
        groups = (B, C, G, L, N)
        return (
            of_q.view(groups).transpose(2, 3),
            of_k.view(groups).transpose(2, 3),
            of_v,
            of_decay,
            of_start,
            None if last is not None else states,
        )


def _by_group(x_BCLHE: Tensor, groups: int) -> Tensor:
    """[B, C, L, H, E] → [M, L, (H/G) E]."""
    B, C, L, H, E = x_BCLHE.shape
    return x_BCLHE.reshape(B, C, L, groups, -1).transpose(2, 3).reshape(B * C * groups, L, -1)


def _by_head(x_MLE: Tensor, like_BCLHV: Tensor) -> Tensor:
    B, C, L, _, _ = like_BCLHV.shape
    return x_MLE.view(B, C, -1, L, x_MLE.shape[2]).transpose(2, 3).reshape(like_BCLHV.shape)


def _exact(
    q: Tensor, k: Tensor, v: Tensor, decay: Tensor, start: Tensor, entering: Tensor | None
) -> tuple[Tensor, Tensor, Tensor | None]:
    """The same, each head by itself, from the ratio e^(a_i − a_j) of every pair of tokens."""
    G, H = q.shape[3], v.shape[3]
    q, k = (x.repeat_interleave(H // G, dim=3).permute(0, 3, 1, 2, 4) for x in (q, k))
    v, decay = v.permute(0, 3, 1, 2, 4), decay.permute(0, 3, 1, 2)
    ratio_BHCLL = segment_sums(decay).exp()
    last: Tensor | None = None
    if entering is None:
        chunk_decay = decay.sum(3).exp()[..., None, None]
        update = (k * ratio_BHCLL[..., -1, :].unsqueeze(4)).transpose(3, 4) @ v
        before, last = entering_states(chunk_decay, update, start.transpose(2, 3).flatten(1, 2))
        entering = before.transpose(1, 2).unflatten(2, (G, H // G)).transpose(3, 4)
        last = last.unflatten(1, (G, H // G)).transpose(2, 3)
    before_BHCNV = entering.transpose(3, 4).flatten(2, 3).transpose(1, 2)
    within = ((q @ k.transpose(3, 4)) * ratio_BHCLL) @ v
    o_BHCLV = within + (q * decay.cumsum(3).exp().unsqueeze(4)) @ before_BHCNV
    return o_BHCLV.permute(0, 2, 3, 1, 4), entering, last
