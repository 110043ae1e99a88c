"""The recurrences by themselves: chunked forms over the same equation as a Python loop, forward and backward.

Projections, convolutions and norms are left out on both sides, so a ratio says what the form gains. Decays
lie between .8 and 1 a token, as at starting values. Axes as in the operators.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from asterism.operators.delta_rule import delta_rule
from asterism.operators.kernels.linear_scan import linear_scan
from asterism.operators.scalar_decay import scalar_decay
from torch import Tensor
from torch.nn import functional as F

from .measure import Machine, interleaved, ratio
from .subjects import Json, Work

TOKENS = 1024
FORMS: dict[str, tuple[tuple[int, ...], ...]] = {
    # rows, heads, key width, value width; of the scan rows and channels
    "ssd": ((1, 8, 64, 64), (8, 8, 64, 64), (1, 4, 32, 32), (8, 4, 32, 32)),
    "gated-deltanet": ((1, 4, 64, 64), (8, 4, 64, 64), (1, 2, 32, 32), (8, 2, 32, 32)),
    "rg-lru": ((1, 256), (8, 256), (8, 64)),
}
Form = Callable[..., Tensor]


def over_loop(kind: str, shape: tuple[int, ...], machine: Machine) -> Json:
    """The loop's time over the form's on 1,024 tokens."""
    form, loop, inputs = _MAKERS[kind](*shape)
    for each in inputs:
        each.requires_grad_()
    toward = torch.randn(form(*inputs).shape)

    def work(name: str, of: Form) -> Work:
        def run() -> None:
            torch.autograd.backward(of(*inputs), toward)

        return Work(name=name, tokens=shape[0] * TOKENS, run=run)

    found = interleaved([work("ours", form), work("loop", loop)], machine, spent=10.0)
    return {"overLoop": ratio(found["loop"], found["ours"]), "rounds": len(found["ours"])}


def _decays(*shape: int) -> Tensor:
    return -0.2 * torch.rand(shape)


def _ssd(rows: int, heads: int, keys: int, values: int) -> tuple[Form, Form, list[Tensor]]:
    q, k = (torch.randn(rows, TOKENS, 1, keys) for _ in range(2))
    inputs = [q, k, torch.randn(rows, TOKENS, heads, values), _decays(rows, TOKENS, heads)]

    def loop(q: Tensor, k: Tensor, v: Tensor, decay: Tensor) -> Tensor:
        S_BHKV, outputs = v.new_zeros(rows, heads, keys, values), []
        for q_B1K, k_B1K, v_BHV, decay_BH in zip(*(x.unbind(1) for x in (q, k, v, decay)), strict=True):
            pushed = k_B1K.unsqueeze(3) * v_BHV.unsqueeze(2)
            S_BHKV = S_BHKV * decay_BH.exp()[..., None, None] + pushed
            outputs.append((q_B1K.unsqueeze(2) @ S_BHKV).squeeze(2))
        return torch.stack(outputs, dim=1)

    return lambda q, k, v, decay: scalar_decay(q, k, v, decay, None)[0], loop, inputs


def _delta(rows: int, heads: int, keys: int, values: int) -> tuple[Form, Form, list[Tensor]]:
    q, k = (F.normalize(torch.randn(rows, TOKENS, heads, keys), dim=-1) for _ in range(2))
    v = torch.randn(rows, TOKENS, heads, values)
    inputs = [q, k, v, _decays(rows, TOKENS, heads), torch.rand(rows, TOKENS, heads)]

    def loop(q: Tensor, k: Tensor, v: Tensor, decay: Tensor, beta: Tensor) -> Tensor:
        S_BHKV, outputs = v.new_zeros(rows, heads, keys, values), []
        streams = (x.unbind(1) for x in (q, k, v, decay, beta))
        for q_BHK, k_BHK, v_BHV, decay_BH, beta_BH in zip(*streams, strict=True):
            S_BHKV = S_BHKV * decay_BH.exp()[..., None, None]
            held_BHV = (k_BHK.unsqueeze(2) @ S_BHKV).squeeze(2)
            corrected_BHV = beta_BH.unsqueeze(2) * (v_BHV - held_BHV)
            S_BHKV = S_BHKV + k_BHK.unsqueeze(3) * corrected_BHV.unsqueeze(2)
            outputs.append((q_BHK.unsqueeze(2) @ S_BHKV).squeeze(2))
        return torch.stack(outputs, dim=1)

    return lambda *inputs: delta_rule(*inputs, None)[0], loop, inputs


def _scan(rows: int, channels: int) -> tuple[Form, Form, list[Tensor]]:
    inputs = [_decays(rows, TOKENS, channels).exp(), torch.randn(rows, TOKENS, channels)]

    def loop(decay: Tensor, pushed: Tensor) -> Tensor:
        h_BI, outputs = pushed.new_zeros(rows, channels), []
        for decay_BI, pushed_BI in zip(decay.unbind(1), pushed.unbind(1), strict=True):
            h_BI = decay_BI * h_BI + pushed_BI
            outputs.append(h_BI)
        return torch.stack(outputs, dim=1)

    return lambda decay, pushed: linear_scan(decay, pushed, None), loop, inputs


_MAKERS: dict[str, Callable[..., tuple[Form, Form, list[Tensor]]]] = {
    "ssd": _ssd,
    "gated-deltanet": _delta,
    "rg-lru": _scan,
}
