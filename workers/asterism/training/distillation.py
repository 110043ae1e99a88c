"""The decoupled top-K loss of LFM2 (arXiv 2511.23404): learning from a teacher's likeliest tokens alone.

With K the teacher's likeliest tokens and P(K) the probability that a model gives them together,

    L = KL(Bern(P_T(K)) ‖ Bern(P_S(K))) + P_T(K) · τ² · KL(P_T(·|K)^(1/τ) ‖ P_S(·|K)^(1/τ)).

The first term says how much the others weigh, and needs no temperature; the second shapes the K. A plain KL
over truncated, tempered logits would pull the student towards a support that the teacher does not have. τ²
keeps the gradients of the second term at one size (Hinton, arXiv 1503.02531). With K the whole vocabulary
and τ = 1 this is the full KL.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

# Shapes: P taught positions, K kept tokens, V vocabulary.

_LEAST = -80.0
"""log of a probability that is nothing beside any other; a finite stand-in for −∞."""


@dataclass(frozen=True, kw_only=True)
class SoftTargets:
    """What a teacher says at positions `at_P` among the scored ones of a step, ascending.

    `log_probs_PK` are of the kept tokens among themselves; `log_rest_P` is of all others together.
    """

    at_P: Tensor
    tokens_PK: Tensor
    log_probs_PK: Tensor
    log_rest_P: Tensor

    def between(self, first: int, last: int) -> SoftTargets:
        """Those at scored positions first … last − 1, counted from `first`."""
        start, stop = torch.searchsorted(self.at_P, torch.tensor([first, last])).tolist()
        return SoftTargets(
            at_P=self.at_P[start:stop] - first,
            tokens_PK=self.tokens_PK[start:stop],
            log_probs_PK=self.log_probs_PK[start:stop],
            log_rest_P=self.log_rest_P[start:stop],
        )


def soft_targets(logits_PV: Tensor, at_P: Tensor, top: int) -> SoftTargets:
    """The `top` likeliest tokens of every position, and what is left for the others."""
    log_PV = logits_PV.log_softmax(-1)
    kept = log_PV.topk(min(top, log_PV.shape[-1]), dim=-1)
    return SoftTargets(
        at_P=at_P,
        tokens_PK=kept.indices,
        log_probs_PK=kept.values.log_softmax(-1),
        log_rest_P=_rest(log_PV, kept.indices),
    )


def _rest(log_PV: Tensor, tokens_PK: Tensor) -> Tensor:
    """log of what is left outside K, summed over it: 1 − P(K) would lose it to rounding."""
    if tokens_PK.shape[-1] == log_PV.shape[-1]:
        return log_PV.new_full(log_PV.shape[:1], _LEAST)
    return log_PV.scatter(-1, tokens_PK, -torch.inf).logsumexp(-1).clamp(min=_LEAST)


def decoupled_top_k(logits_PV: Tensor, targets: SoftTargets, temperature: float) -> Tensor:
    """The loss of every taught position, [P], in nats."""
    log_PV = logits_PV.log_softmax(-1)
    chosen_PK = log_PV.gather(-1, targets.tokens_PK)
    rest_P = targets.log_rest_P.to(log_PV.dtype).exp()
    mass_P = 1 - rest_P
    log_mass_P = torch.log1p(-rest_P.clamp(max=1 - 1e-7))
    binary_P = mass_P * (log_mass_P - chosen_PK.logsumexp(-1))
    if targets.tokens_PK.shape[-1] < log_PV.shape[-1]:
        binary_P = binary_P + rest_P * (
            targets.log_rest_P.to(log_PV.dtype) - _rest(log_PV, targets.tokens_PK)
        )
    theirs_PK = (targets.log_probs_PK.to(log_PV.dtype) / temperature).log_softmax(-1)
    ours_PK = (chosen_PK / temperature).log_softmax(-1)
    inside_P = F.kl_div(ours_PK, theirs_PK, reduction="none", log_target=True).sum(-1)
    return binary_P + mass_P * temperature**2 * inside_P


def mixed(
    nll_S: Tensor, logits_SV: Tensor, targets: SoftTargets, weight: float, temperature: float
) -> Tensor:
    """(1 − weight) × the labels' loss + weight × the teacher's where it teaches; elsewhere the labels'."""
    taught_P = decoupled_top_k(logits_SV[targets.at_P], targets, temperature)
    return nll_S.index_copy(0, targets.at_P, (1 - weight) * nll_S[targets.at_P] + weight * taught_P)
