"""Linear attention, GLA and the delta rule against the naive forms of flash-linear-attention.

Its package imports Triton, which a CPU has not; its naive forms need torch alone and are read from where they
are installed. What stands around them (convolutions, gates, norms) is written here from their layers. Needs
`pip install ./workers[full]`.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from genomes import Json, genome, liv
from models import difference, model
from torch import Tensor
from torch.nn import functional as F

pytestmark = pytest.mark.full

WIDTH, LENGTH, PREFILLED = 16, 67, 21
EPS = 1e-5
TOLERANCE = 1e-4


@cache
def naive(name: str) -> ModuleType:
    """`fla/ops/<name>/naive.py` as installed, without the packages above it."""
    package = find_spec("fla")
    assert package and package.submodule_search_locations
    path = Path(package.submodule_search_locations[0]) / "ops" / name / "naive.py"
    spec = spec_from_file_location(f"fla_naive_{name}", path)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def heads(op: Any, x_BTD: Tensor, block: str, count: int) -> Tensor:
    return F.linear(x_BTD, op.get_parameter(block)).unflatten(-1, (count, -1))


def convolved(op: Any, x_BTD: Tensor, block: str, count: int) -> Tensor:
    """Their ShortConvolution: depthwise, causal, SiLU."""
    taps_IJ = op.get_parameter(f"taps_{block}")
    u_BIT = F.linear(x_BTD, op.get_parameter(block)).transpose(1, 2)
    padded = F.pad(u_BIT, (taps_IJ.shape[1] - 1, 0))
    u_BTI = F.conv1d(padded, taps_IJ.unsqueeze(1), groups=taps_IJ.shape[0]).transpose(1, 2)
    return F.silu(u_BTI).unflatten(-1, (count, -1))


def normed(op: Any, o_BTHV: Tensor) -> Tensor:
    return F.rms_norm(o_BTHV, op.gain.shape, op.gain, EPS).flatten(-2)


def gla(op: Any, knobs: Json, x_BTD: Tensor) -> Tensor:
    q, k, v = (heads(op, x_BTD, block, knobs["heads"]) for block in ("q", "k", "v"))
    logits = F.linear(F.linear(x_BTD, op.decay_down), op.decay_up, op.decay_bias)
    decay = F.logsigmoid(logits).unflatten(-1, (knobs["heads"], -1)) / 16
    o_BTHV, _ = naive("gla").naive_recurrent_gla(q, k, v, decay)
    return F.linear(normed(op, o_BTHV) * F.silu(F.linear(x_BTD, op.gate)), op.out)


def delta(op: Any, knobs: Json, x_BTD: Tensor) -> Tensor:
    q, k, v = (convolved(op, x_BTD, block, knobs["heads"]) for block in ("q", "k", "v"))
    q, k = (x * torch.rsqrt(x.square().sum(-1, keepdim=True) + 1e-6) for x in (q, k))
    beta = (2 if knobs["negEigen"] else 1) * F.linear(x_BTD, op.beta).sigmoid()
    if knobs["decay"]:
        decay = -op.A_log.exp() * F.softplus(F.linear(x_BTD, op.dt) + op.dt_bias)
        o_BTHV, _ = naive("gated_delta_rule").naive_recurrent_gated_delta_rule(q, k, v, beta, decay)
    else:
        by_head = (x.transpose(1, 2) for x in (q, k, v, beta))
        o_BTHV = naive("delta_rule").delta_rule_recurrence(*by_head)[0].transpose(1, 2)
    return F.linear(normed(op, o_BTHV) * F.silu(F.linear(x_BTD, op.gate)), op.out)


def linear_attention(op: Any, knobs: Json, x_BTD: Tensor) -> Tensor:
    maps = {"elu1": lambda x: F.elu(x) + 1, "relu2": lambda x: F.relu(x).square(), "identity": lambda x: x}
    q, k, v = (heads(op, x_BTD, block, knobs["heads"]) for block in ("q", "k", "v"))
    q, k = (maps[knobs["featureMap"]](x) for x in (q, k))
    form = naive("linear_attn").naive_recurrent_linear_attn
    o_BTHV, _ = form(q, k, v, normalize=knobs["normalize"])
    return F.linear(normed(op, o_BTHV), op.out)


CASES = [
    (gla, liv("gla")),
    (gla, liv("gla", heads=3, keyDim=5, valueDim=7)),
    (delta, liv("gated-deltanet")),
    (delta, liv("gated-deltanet", negEigen=True, conv=2)),
    (delta, liv("gated-deltanet", decay=False)),
    (linear_attention, liv("linear-attention")),
    # Without tokens that φ maps to zero whole, where their 1e-10 below the bar and our 1e-6 part.
    (linear_attention, liv("linear-attention", featureMap="relu2", keyDim=16)),
    (linear_attention, liv("linear-attention", featureMap="relu2", normalize=False)),
    (linear_attention, liv("linear-attention", featureMap="identity", normalize=False)),
]


@pytest.mark.parametrize(("reference", "entry"), CASES, ids=lambda case: getattr(case, "__name__", ""))
def test_all_three_forms_give_what_their_naive_form_gives(reference: Any, entry: Json) -> None:
    """Tokens together, one by one, and a prompt followed by single tokens. Theirs computes in float32."""
    op: Any = model(genome(entry, width=WIDTH)).get_submodule("blocks.0.liv")
    x_BTD = torch.randn(2, LENGTH, WIDTH, generator=torch.Generator().manual_seed(3))
    memory = {n: torch.zeros(slot.shape) for n, slot in op.slots(2, LENGTH, LENGTH).items()}
    prompted = {n: torch.zeros_like(tensor) for n, tensor in memory.items()}
    with torch.no_grad():
        expected = reference(op, entry, x_BTD)
        together, _ = op.parallel(x_BTD, {}, None, 0)
        steps = [op.step(x_BD, {}, memory, t)[0] for t, x_BD in enumerate(x_BTD.unbind(1))]
        prompt, _ = op.parallel(x_BTD[:, :PREFILLED], {}, prompted, 0)
        rest = [op.step(x_BTD[:, t], {}, prompted, t)[0] for t in range(PREFILLED, LENGTH)]
    assert difference(together, expected) <= TOLERANCE
    assert difference(torch.stack(steps, dim=1), expected) <= TOLERANCE
    assert difference(torch.cat((prompt, torch.stack(rest, dim=1)), dim=1), expected) <= TOLERANCE
