"""S_t = e^(g_t) (I − β_t k_t k_tᵀ) S_{t−1} + β_t k_t v_tᵀ, o_t = S_tᵀ q_t, in chunks: `gated-deltanet`.

With a = g_1 + … + g_t inside a chunk and R_ij = e^(a_i − a_j), the corrections u of a chunk solve
(I + A) u = β (v − e^a k S), A_ij = β_i R_ij (k_i·k_j) for j < i, where S is the entering state; then
o = (R ⊙ q kᵀ) u + e^a q S, and S becomes e^(a_L) S + (e^(a_L − a) k)ᵀ u (the WY form, arXiv 2406.06484 §3.2,
2412.06464 §3.3). The gradient is written by hand after the same equations: z = (I + A)^(−ᵀ) du gives those
of A, of β v and of β e^a k at once. Axes: B batch, T tokens, H heads, K key and V value width, C chunks,
L tokens of a chunk, M = BHC products at once.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from .prefixes import Matrices, prefixes
from .scan import at_least_single, into_chunks, outside_autocast, segment_sums


@outside_autocast
def delta_rule(
    q_BTHK: Tensor,
    k_BTHK: Tensor,
    v_BTHV: Tensor,
    decay_BTH: Tensor,
    beta_BTH: Tensor,
    initial_BHKV: Tensor | None,
    entering: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Outputs, the states that enter the chunks, the state after the last token; `decay` is g.

    With `entering` from another member of a group, the recurrence is not computed again.
    """
    B, T, H, K = q_BTHK.shape
    length = min(chunk_length(K), T)
    if initial_BHKV is None:
        initial_BHKV = v_BTHV.new_zeros(B, H, K, v_BTHV.shape[3])
    q, k, v = (into_chunks(x, length).reshape(-1, length, x.shape[3]) for x in (q_BTHK, k_BTHK, v_BTHV))
    decay, beta = (into_chunks(x, length).reshape(-1, length) for x in (decay_BTH, beta_BTH))
    start = at_least_single(initial_BHKV).flatten(0, 1)
    o_MLV, made, last = _DeltaRule.apply(q, k, v, decay, beta.unsqueeze(2), start, entering)
    o_BTHV = o_MLV.unflatten(0, (B, H, -1)).permute(0, 2, 3, 1, 4).flatten(1, 2)[:, :T]
    if entering is not None:
        return o_BTHV, entering, initial_BHKV
    return o_BTHV, made, last.unflatten(0, (B, H))


def chunk_length(key_dim: int) -> int:
    """Longer chunks make fewer products of whole key widths and more of whole chunks."""
    return 16 if key_dim <= 16 else 32 if key_dim <= 32 else 64


class _DeltaRule(torch.autograd.Function):
    """q, k [M, L, K], v [M, L, V], decay [M, L], β [M, L, 1], first state [BH, K, V], all [BH, C, K, V]."""

    @staticmethod
    def forward(
        ctx: Any,
        q: Tensor,
        k: Tensor,
        v: Tensor,
        decay: Tensor,
        beta: Tensor,
        start: Tensor,
        entering: Tensor | None,
    ) -> tuple[Tensor, Tensor | None, Tensor | None]:
        ratio = segment_sums(decay).exp_()
        reached = decay.cumsum(1).exp_().unsqueeze(2)
        overlap = torch.bmm(k, k.mT).mul_(ratio)
        unit = torch.eye(k.shape[1], dtype=k.dtype, device=k.device)
        # Forward substitution: a product of powers of A would cancel large terms where keys repeat.
        inverse = torch.linalg.solve_triangular(
            overlap * beta, unit.expand_as(overlap), upper=False, unitriangular=True
        )
        solving = inverse * beta.mT
        reaching, late = k * reached, k * ratio[:, -1].unsqueeze(2)
        made = last = keep = None
        u, w = torch.bmm(solving, v), torch.bmm(solving, reaching)
        if entering is None:
            chunks = (start.shape[0], -1)
            keep = torch.bmm(late.mT, w).neg_()
            keep.diagonal(dim1=1, dim2=2).add_(reached[:, -1])
            keep, update = keep.unflatten(0, chunks), torch.bmm(late.mT, u).unflatten(0, chunks)
            made, last = prefixes(Matrices, keep, update, start)
        before = made if entering is None else entering
        assert before is not None
        states = before.flatten(0, 1)
        u.baddbmm_(w, states, alpha=-1)
        scores = torch.bmm(q, k.mT).mul_(ratio)
        o = torch.bmm(scores, u).baddbmm_(q * reached, states)
        ctx.save_for_backward(
            q, k, v, beta, ratio, reached, overlap, inverse, w, late, u, before, scores, keep
        )
        ctx.set_materialize_grads(False)
        return o, made, last

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, *gradients: Tensor | None
    ) -> tuple[Tensor | None, ...]:
        q, k, v, beta, ratio, reached, overlap, inverse, w, late, u, before, scores, keep = ctx.saved_tensors
        of_o, of_entering, of_last = gradients
        of_o = torch.zeros_like(u) if of_o is None else of_o.contiguous()
        states, raised, reaching = before.flatten(0, 1), q * reached, k * reached
        of_u = torch.bmm(scores.mT, of_o)
        of_states = torch.bmm(raised.mT, of_o).baddbmm_(w.mT, of_u, alpha=-1).view_as(before)
        if of_entering is not None:
            of_states += of_entering
        of_start = of_late = None
        # Of a running sum of decays: whatever grows with it; of the last one also what the chunk hands on.
        of_run = torch.zeros_like(beta).squeeze(2)
        if keep is not None:
            end = torch.zeros_like(of_states[:, 0]) if of_last is None else of_last
            later, of_start = prefixes(Matrices, keep.mT, of_states, end, backwards=True)
            later = later.flatten(0, 1)
            of_u.baddbmm_(late, later)
            of_late = torch.bmm(u, later.mT)
            handed = (of_late * late).sum(2)
            kept = (later * states).sum((1, 2)) * reached[:, -1, 0]
            of_run -= handed
            of_run[:, -1] += handed.sum(1) + kept
        z = torch.bmm(inverse.mT, of_u)
        of_A = torch.bmm(z, u.mT).neg_().tril_(-1)
        of_reaching = torch.bmm(z, states.mT).neg_()
        of_beta = (z * v).sum(2) + (of_reaching * reaching).sum(2) + (of_A * overlap).sum(2)
        of_reaching *= beta
        of_overlap = of_A.mul_(beta)
        of_scores = torch.bmm(of_o, u.mT)
        of_ratio = (of_overlap * overlap).addcmul_(of_scores, scores)
        of_raised = torch.bmm(of_o, states.mT)
        of_run += (of_raised * raised).addcmul_(of_reaching, reaching).sum(2)
        of_run += of_ratio.sum(2) - of_ratio.sum(1)
        of_overlap *= ratio
        of_scores *= ratio
        of_q = of_raised.mul_(reached).baddbmm_(of_scores, k)
        of_k = of_reaching.mul_(reached).baddbmm_(of_scores.mT, q).baddbmm_(of_overlap + of_overlap.mT, k)
        if of_late is not None:
            of_k.addcmul_(of_late, ratio[:, -1].unsqueeze(2))
        of_decay = of_run.flip(1).cumsum(1).flip(1)
        of_before = of_states if keep is None else None
        return of_q, of_k, z * beta, of_decay, of_beta.unsqueeze(2), of_start, of_before
