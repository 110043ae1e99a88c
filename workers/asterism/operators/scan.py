"""Linear recurrences in chunks, S_t = diag(α_t) S_{t−1} + k_t v_tᵀ: what several kinds have in common.

Inside a chunk everything is a matrix product; between chunks the states come from a scan that doubles its
stride, so no form loops over time (Hillis and Steele 1986; chunking as in arXiv 2312.06635 §4 and 2405.21060
§6).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import torch
from torch import Tensor
from torch.nn import functional as F

P = ParamSpec("P")
R = TypeVar("R")


def outside_autocast(form: Callable[P, R]) -> Callable[P, R]:
    """Autocast would turn some of a hand-written form's products to half precision and leave the rest."""

    @wraps(form)
    def run(*args: P.args, **named: P.kwargs) -> R:
        first = args[0]
        assert isinstance(first, Tensor)
        with torch.autocast(first.device.type, enabled=False):
            return form(*args, **named)

    return run


def at_least_single(x: Tensor) -> Tensor:
    """Half precision is for storage: gates and states of a recurrence are computed in float32."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


def into_chunks(x_BTHE: Tensor, length: int) -> Tensor:
    """[B, T, H, …] → [B, H, C, L, …]. Zeros at the end (no input, decay exp 0) leave the state alone."""
    B, T, H, *rest = x_BTHE.shape
    missing = -T % length
    if missing:
        x_BTHE = F.pad(x_BTHE, [0, 0] * (len(rest) + 1) + [0, missing])
    return x_BTHE.reshape(B, (T + missing) // length, length, H, *rest).permute(
        0, 3, 1, 2, *range(4, 4 + len(rest))
    )


def out_of_chunks(y_BHCLE: Tensor, tokens: int) -> Tensor:
    """[B, H, C, L, E] → [B, T, H, E] without the padding."""
    B, H, C, L, E = y_BHCLE.shape
    return y_BHCLE.permute(0, 2, 3, 1, 4).reshape(B, C * L, H, E)[:, :tokens]


def segment_sums(log_decay: Tensor) -> Tensor:
    """[…, L] → […, L, L]: entry (i, j) is the sum over j < m ≤ i, −∞ above the diagonal.

    Each entry is a sum of its own terms only. The difference of two running sums would be cheaper but loses
    the small sums that follow an extreme gate.
    """
    L = log_decay.shape[-1]
    ones = torch.ones(L, L, dtype=torch.bool, device=log_decay.device)
    terms = log_decay.unsqueeze(-1).expand(*log_decay.shape, L).masked_fill(~ones.tril(-1), 0.0)
    return terms.cumsum(-2).masked_fill(~ones.tril(), -torch.inf)


def entering_states(
    decay_BHCK1: Tensor, update_BHCKV: Tensor, initial_BHKV: Tensor | None
) -> tuple[Tensor, Tensor]:
    """The state with which each chunk begins, and the one after the last chunk.

    Chunk c turns a state S into decay_c · S + update_c. Composing neighbours of stride 1, 2, 4, … gives all
    prefixes.
    """
    if initial_BHKV is None:
        initial_BHKV = torch.zeros_like(update_BHCKV[:, :, 0])
    first = update_BHCKV[:, :, :1] + decay_BHCK1[:, :, :1] * initial_BHKV.unsqueeze(2)
    state = torch.cat((first, update_BHCKV[:, :, 1:]), dim=2)
    decay, stride = decay_BHCK1, 1
    while stride < state.shape[2]:
        joined = state[:, :, stride:] + decay[:, :, stride:] * state[:, :, :-stride]
        state = torch.cat((state[:, :, :stride], joined), dim=2)
        decay = torch.cat((decay[:, :, :stride], decay[:, :, stride:] * decay[:, :, :-stride]), dim=2)
        stride *= 2
    return torch.cat((initial_BHKV.unsqueeze(2), state[:, :, :-1]), dim=2), state[:, :, -1]
