"""Mixture of experts, sigmoid router (LFM2-8B-A1B, arXiv 2511.23404; rule of the bias: arXiv 2408.15664).

s = σ(W_r x); the top k of s + b are chosen (b is a buffer: it steers the choice and never the weights),
weighted by s over their sum, and y = Σ s_e · FF_e(x). Dropless: tokens are sorted by expert, each expert runs
once over its own. With the softmax router s = softmax(W_r x): over their sum, the chosen weigh as a softmax
of their own scores (Mixtral, arXiv 2401.04088 eq. 1; Granite).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from asterism.contracts import genome as contract

from .activations import activations
from .device_table import chosen
from .operator import NOTHING, Memory, Operator, Place, Values, normal

SUM_EPS = 1e-6
"""Added to the sum of the chosen weights, as in the released models."""


class Moe(Operator):
    weights = ("router", "gate", "up", "shared_gate", "shared_up")
    router: nn.Parameter
    gate: nn.Parameter
    up: nn.Parameter
    down: nn.Parameter
    bias: Tensor

    def __init__(self, config: contract.Moe, place: Place) -> None:
        super().__init__()
        self.experts, self.top_k, self.norm_top_k = config.experts, config.top_k, config.norm_top_k
        self.act = activations[config.activation]
        self.softmax = config.router == "softmax"
        width, hidden, shared = place.width, config.hidden, config.shared_hidden
        into = normal(width**-0.5)
        self.declare("router", (config.experts, width), "router", into)
        for block in ("gate", "up"):
            self.declare(block, (config.experts, hidden, width), "matrix", into)
        out_std = 0.5 / (hidden * place.blocks) ** 0.5
        self.declare("down", (config.experts, width, hidden), "matrix", normal(out_std))
        if shared:
            self.declare("shared_gate", (shared, width), "matrix", into)
            self.declare("shared_up", (shared, width), "matrix", into)
            self.declare(
                "shared_down", (width, shared), "matrix", normal(0.5 / (shared * place.blocks) ** 0.5)
            )
        self.register_buffer("bias", torch.zeros(config.experts))
        self.load: Tensor | None = None
        self.balance: Tensor | None = None

    def parallel(
        self, x_BTD: Tensor, taken: Values, memory: Memory | None, position: int
    ) -> tuple[Tensor, Values]:
        return self._mix(x_BTD), NOTHING

    def step(self, x_BD: Tensor, taken: Values, memory: Memory, position: int) -> tuple[Tensor, Values]:
        return self._mix(x_BD.unsqueeze(1)).squeeze(1), NOTHING

    def _mix(self, x_BTD: Tensor) -> Tensor:
        with torch.autocast(x_BTD.device.type, enabled=False):  # a rounded score sends tokens elsewhere
            logits_BTE = F.linear(x_BTD.to(self.router.dtype), self.router)
        scores_BTE = logits_BTE.softmax(-1) if self.softmax else torch.sigmoid(logits_BTE)
        chosen_BTK = (scores_BTE + self.bias).topk(self.top_k, dim=-1).indices
        weights_BTK = scores_BTE.gather(-1, chosen_BTK)
        if self.norm_top_k and self.softmax:
            weights_BTK = logits_BTE.gather(-1, chosen_BTK).softmax(-1)
        elif self.norm_top_k:
            weights_BTK = weights_BTK / (weights_BTK.sum(-1, keepdim=True) + SUM_EPS)
        if self.training:
            self._observe(scores_BTE, chosen_BTK)
        y_BTD = self._visit(x_BTD.flatten(0, 1), chosen_BTK.flatten(0, 1), weights_BTK.flatten(0, 1))
        return y_BTD.view_as(x_BTD) + self._shared(x_BTD)

    def _visit(self, x_SD: Tensor, chosen_SK: Tensor, weights_SK: Tensor) -> Tensor:
        """Each expert over its own tokens; the sum over a token's experts runs in the order of its choice."""
        by_expert = chosen_SK.flatten().argsort(stable=True)
        sizes = torch.bincount(chosen_SK.flatten(), minlength=self.experts)
        visited = self._visited(x_SD[by_expert // self.top_k], sizes)
        by_token = torch.empty_like(by_expert)
        by_token[by_expert] = torch.arange(by_expert.shape[0], device=by_expert.device)
        return (visited[by_token].unflatten(0, weights_SK.shape) * weights_SK.unsqueeze(2)).sum(1)

    def _visited(self, sorted_SD: Tensor, sizes_E: Tensor) -> Tensor:
        """Tokens in the order of their experts, through them."""
        if product := chosen("experts", sorted_SD):
            ends = sizes_E.cumsum(0).to(torch.int32)
            hidden = self.act(product(sorted_SD, self.gate, ends)) * product(sorted_SD, self.up, ends)
            return product(hidden, self.down, ends)
        parts, experts = sorted_SD.split(sizes_E.tolist()), self._experts()
        return torch.cat([self._expert(experts(e), part) for e, part in enumerate(parts) if part.shape[0]])

    def _experts(self) -> Callable[[int], tuple[Tensor, Tensor, Tensor]]:
        # With gradients, `gate[e]` would make one as large as all experts for each; unbind makes one in all.
        if not torch.is_grad_enabled():
            return lambda e: (self.gate[e], self.up[e], self.down[e])
        stacks = self.gate.unbind(0), self.up.unbind(0), self.down.unbind(0)
        return lambda e: (stacks[0][e], stacks[1][e], stacks[2][e])

    def _expert(self, weights: tuple[Tensor, Tensor, Tensor], x_SD: Tensor) -> Tensor:
        gate, up, down = weights
        return F.linear(self.act(F.linear(x_SD, gate)) * F.linear(x_SD, up), down)

    def _shared(self, x: Tensor) -> Tensor | float:
        if self.optional("shared_gate") is None:
            return 0.0
        gate, up, down = (self.get_parameter(f"shared_{block}") for block in ("gate", "up", "down"))
        return F.linear(self.act(F.linear(x, gate)) * F.linear(x, up), down)

    def _observe(self, scores_BTE: Tensor, chosen_BTK: Tensor) -> None:
        """Keep what training steers by: load per expert, balance Σ f_e P_e (arXiv 2412.19437 eq. 17)."""
        hits_BTE = F.one_hot(chosen_BTK, self.experts).sum(2)
        self.load = hits_BTE.sum((0, 1))
        share_BE = hits_BTE.to(scores_BTE.dtype).mean(1) * (self.experts / self.top_k)
        normed_BTE = scores_BTE / scores_BTE.sum(-1, keepdim=True)
        self.balance = (share_BE * normed_BTE.mean(1)).sum(-1).mean()
