"""Each operator against its equations, written as a plain loop over tokens for one sequence in float64."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from genomes import NO_ROPE, Json, genome, liv
from models import difference, model
from references_filters import CASES as FILTERS
from torch import Tensor

from asterism.operators.operator import Operator

Reference = Callable[[Operator, Json, Tensor], Tensor]
WIDTH = 16
EPS = 1e-5


def rms(x: Tensor, gain: Tensor) -> Tensor:
    return x / torch.sqrt((x * x).mean() + EPS) * gain


def sigmoid(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x))


def silu(x: Tensor) -> Tensor:
    return x * sigmoid(x)


def gated_conv(op: Any, knobs: Json, x_TD: Tensor) -> Tensor:
    """y_t = W (C_t ⊙ Σ_j taps_j ⊙ B_s ⊙ X_s), s = t − k + 1 + j."""
    outputs = []
    for t in range(len(x_TD)):
        v = torch.zeros(op.taps.shape[0], dtype=x_TD.dtype)
        for j in range(knobs["kernel"]):
            s = t - knobs["kernel"] + 1 + j
            if s >= 0:
                v = v + op.taps[:, j] * (op.B @ x_TD[s]) * (op.X @ x_TD[s])
        outputs.append(op.out @ ((op.C @ x_TD[t]) * v))
    return torch.stack(outputs)


def rotated(x: Tensor, position: int, theta: int) -> Tensor:
    if theta == 0:
        return x
    half = len(x) // 2
    turned = x.clone()
    for i in range(half):
        angle = position * theta ** (-2 * i / len(x))
        c, s = math.cos(angle), math.sin(angle)
        turned[i], turned[i + half] = x[i] * c - x[i + half] * s, x[i + half] * c + x[i] * s
    return turned


def attention(op: Any, knobs: Json, x_TD: Tensor) -> Tensor:
    """One score after another; keys of a group of heads are shared."""
    size, per_key = knobs["headDim"], knobs["heads"] // knobs["kvHeads"]
    window, sinks, conv = knobs["window"], knobs.get("sinks", 0), knobs.get("conv", 0)

    def stream(block: str, t: int) -> Tensor:
        weight = getattr(op, block)
        if not conv:
            return weight @ x_TD[t]
        taps = getattr(op, f"taps_{block}")
        parts = [taps[:, -1 - back] * (weight @ x_TD[t - back]) for back in range(min(conv, t + 1))]
        return sum(parts, torch.zeros_like(taps[:, 0]))

    def normed(x: Tensor, gain: Tensor | None) -> Tensor:
        if not knobs["qkNorm"]:
            return x
        return rms(x, gain) if knobs["qkNormKind"] == "rms" else x / x.norm()

    def head(block: str, t: int, h: int) -> Tensor:
        mine = stream(block, t)[h * size : (h + 1) * size]
        if block == "v":
            return mine
        return rotated(normed(mine, getattr(op, f"{block}_gain", None)), t, knobs["rope"]["theta"])

    def chances(t: int, h: int, key: int) -> dict[int, Tensor]:
        """How much token t weighs each token it sees."""
        scores = {}
        for s in range(t + 1):
            if window and s <= t - window and s >= sinks:
                continue
            score = head("q", t, h) @ head("k", s, key)
            unit = knobs["qkNorm"] and knobs["qkNormKind"] == "l2"
            score = score * (op.temperature[h, 0, 0] if unit else size**-0.5)
            if knobs["softcap"]:
                score = knobs["softcap"] * torch.tanh(score / knobs["softcap"])
            scores[s] = torch.exp(score)
        total = sum(scores.values())
        return {s: score / total for s, score in scores.items()}

    def plain(t: int, h: int) -> Tensor:
        weights = chances(t, h, h // per_key)
        return torch.stack([w * head("v", s, h // per_key) for s, w in weights.items()]).sum(0)

    def differential(t: int, pair: int) -> Tensor:
        first = 0.8 - 0.6 * math.exp(-0.3 * 0)
        rate = torch.exp(op.lambda_q1 @ op.lambda_k1) - torch.exp(op.lambda_q2 @ op.lambda_k2) + first
        keys = 2 * (pair // per_key)
        one, two = chances(t, 2 * pair, keys), chances(t, 2 * pair + 1, keys + 1)
        o = torch.zeros(2 * size, dtype=x_TD.dtype)
        for s in one:
            o = o + (one[s] - rate * two[s]) * torch.cat((head("v", s, keys), head("v", s, keys + 1)))
        return (1 - first) * rms(o, op.head_gain)

    per_head, count = (differential, knobs["heads"] // 2) if knobs.get("lambda") else (plain, knobs["heads"])
    return torch.stack([op.out @ torch.cat([per_head(t, h) for h in range(count)]) for t in range(len(x_TD))])


def gla(op: Any, knobs: Json, x_TD: Tensor) -> Tensor:
    """S ← diag(α) S + k vᵀ, o = Sᵀ q, then the normed and gated head goes out."""
    H, K, V = knobs["heads"], knobs["keyDim"], knobs["valueDim"]
    states = [torch.zeros(K, V, dtype=x_TD.dtype) for _ in range(H)]
    outputs = []
    for x in x_TD:
        alpha = sigmoid(op.decay_up @ (op.decay_down @ x) + op.decay_bias) ** (1 / 16)
        heads = []
        for h in range(H):
            keys, inner = slice(h * K, (h + 1) * K), slice(h * V, (h + 1) * V)
            states[h] = alpha[keys, None] * states[h] + torch.outer((op.k @ x)[keys], (op.v @ x)[inner])
            heads.append(rms(states[h].T @ ((op.q @ x)[keys] * K**-0.5), op.gain))
        outputs.append(op.out @ (torch.cat(heads) * silu(op.gate @ x)))
    return torch.stack(outputs)


def gated_deltanet(op: Any, knobs: Json, x_TD: Tensor) -> Tensor:
    """S ← α (I − β k kᵀ) S + β k vᵀ, o = Sᵀ q, with convolved unit keys; the normed, gated head goes out."""
    H, K, V = knobs["heads"], knobs["keyDim"], knobs["valueDim"]

    def convolved(block: str, t: int) -> Tensor:
        total = torch.zeros(getattr(op, block).shape[0], dtype=x_TD.dtype)
        for j in range(knobs["conv"]):
            s = t - knobs["conv"] + 1 + j
            if s >= 0:
                total = total + getattr(op, f"taps_{block}")[:, j] * (getattr(op, block) @ x_TD[s])
        return silu(total)

    def unit(x: Tensor) -> Tensor:
        return x / torch.sqrt((x * x).sum() + 1e-6)

    states = [torch.zeros(K, V, dtype=x_TD.dtype) for _ in range(H)]
    outputs = []
    for t, x in enumerate(x_TD):
        q, k, v = convolved("q", t), convolved("k", t), convolved("v", t)
        beta = sigmoid(op.beta @ x) * (2 if knobs["negEigen"] else 1)
        heads = []
        for h in range(H):
            key = unit(k[h * K : (h + 1) * K])
            alpha = torch.tensor(1.0, dtype=x.dtype)
            if knobs["decay"]:
                alpha = torch.exp(
                    -torch.exp(op.A_log[h]) * torch.log1p(torch.exp(op.dt[h] @ x + op.dt_bias[h]))
                )
            forget = torch.eye(K, dtype=x.dtype) - beta[h] * torch.outer(key, key)
            states[h] = alpha * forget @ states[h] + beta[h] * torch.outer(key, v[h * V : (h + 1) * V])
            heads.append(rms(states[h].T @ (unit(q[h * K : (h + 1) * K]) * K**-0.5), op.gain))
        outputs.append(op.out @ (torch.cat(heads) * silu(op.gate @ x)))
    return torch.stack(outputs)


def linear_attention(op: Any, knobs: Json, x_TD: Tensor) -> Tensor:
    """Sums over all tokens so far, weighed by φ(q)·φ(k); the normed head goes out."""
    H, K, V = knobs["heads"], knobs["keyDim"], knobs["valueDim"]

    def mapped(x: Tensor) -> Tensor:
        positive = torch.where(x > 0, x, torch.zeros_like(x))
        if knobs["featureMap"] == "elu1":
            return torch.where(x > 0, x + 1, torch.exp(x))
        return positive * positive if knobs["featureMap"] == "relu2" else x

    outputs = []
    for t in range(len(x_TD)):
        heads = []
        for h in range(H):
            keys, inner = slice(h * K, (h + 1) * K), slice(h * V, (h + 1) * V)
            q = mapped((op.q @ x_TD[t])[keys]) * K**-0.5
            weights = [q @ mapped((op.k @ x_TD[s])[keys]) for s in range(t + 1)]
            total = sum(weights) + 1e-6 if knobs["normalize"] else 1.0
            found = [w * (op.v @ x_TD[s])[inner] for s, w in enumerate(weights)]
            heads.append(rms(sum(found) / total, op.gain))
        outputs.append(op.out @ torch.cat(heads))
    return torch.stack(outputs)


def rg_lru(op: Any, knobs: Json, x_TD: Tensor) -> Tensor:
    """h ← a h + √(1 − a²) (i ⊙ v), a = exp(−8 softplus(Λ) r); the first token enters whole."""
    H, V = knobs["heads"], knobs["headDim"]
    parameters = dict(op.named_parameters())

    def gate(name: str, v: Tensor) -> Tensor:
        blocks = [parameters[name][h] @ v[h * V : (h + 1) * V] for h in range(H)]
        return sigmoid(torch.cat(blocks) + parameters[f"{name}_bias"])

    def bias(name: str) -> Tensor | int:
        return parameters.get(f"{name}_bias", 0)

    h = torch.zeros(H * V, dtype=x_TD.dtype)
    outputs = []
    for t, x in enumerate(x_TD):
        v = op.taps_bias.clone()
        for j in range(knobs["conv"]):
            s = t - knobs["conv"] + 1 + j
            if s >= 0:
                v = v + op.taps[:, j] * (op.v @ x_TD[s] + bias("v"))
        a = torch.exp(-8 * torch.log1p(torch.exp(parameters["lambda"])) * gate("recurrence", v))
        h = a * h + (torch.sqrt(1 - a * a) if t else 1) * gate("entry", v) * v
        z = op.gate @ x + bias("gate")
        gelu = 0.5 * z * (1 + torch.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)))
        outputs.append(op.out @ (gelu * h) + bias("out"))
    return torch.stack(outputs)


def selective(op: Any, knobs: Json, x_TD: Tensor) -> Tensor:
    """h ← exp(ΔA) ⊙ h + Δ v Bᵀ, y = h C + D ⊙ v per channel; a swish branch gates."""
    h = torch.zeros(knobs["inner"], knobs["state"], dtype=x_TD.dtype)
    outputs = []
    for t, x in enumerate(x_TD):
        v = op.taps_bias.clone()
        for j in range(knobs["conv"]):
            s = t - knobs["conv"] + 1 + j
            if s >= 0:
                v = v + op.taps[:, j] * (op.v @ x_TD[s])
        v = silu(v)
        step = torch.log1p(torch.exp(op.dt_up @ (op.dt_down @ v) + op.dt_bias))
        h = torch.exp(-step[:, None] * torch.exp(op.A_log)) * h + torch.outer(step * v, op.B @ v)
        outputs.append(op.out @ ((h @ (op.C @ v) + op.D * v) * silu(op.z @ x)))
    return torch.stack(outputs)


def ssd(op: Any, knobs: Json, x_TD: Tensor) -> Tensor:
    """h ← e^(ΔA) h + Δ B vᵀ, y = C h + D v after the short convolution; gated norm."""
    H, V, N, G = knobs["heads"], knobs["headDim"], knobs["state"], knobs["groups"]

    def convolved(block: str, t: int) -> Tensor:
        taps, bias = getattr(op, f"taps_{block}"), getattr(op, f"taps_{block}_bias")
        total = bias.clone()
        for j in range(knobs["conv"]):
            s = t - knobs["conv"] + 1 + j
            if s >= 0:
                total = total + taps[:, j] * (getattr(op, block) @ x_TD[s])
        return silu(total)

    states = [torch.zeros(N, V, dtype=x_TD.dtype) for _ in range(H)]
    outputs = []
    for t, x in enumerate(x_TD):
        v, B, C = convolved("v", t), convolved("B", t), convolved("C", t)
        step = torch.log1p(torch.exp(op.dt @ x + op.dt_bias))
        heads = []
        for h in range(H):
            group = h // (H // G)
            rows, mine = slice(group * N, (group + 1) * N), v[h * V : (h + 1) * V]
            decay = torch.exp(-step[h] * torch.exp(op.A_log[h]))
            states[h] = decay * states[h] + step[h] * torch.outer(B[rows], mine)
            heads.append(C[rows] @ states[h] + op.D[h] * mine)
        outputs.append(op.out @ rms(torch.cat(heads) * silu(op.z @ x), op.gain))
    return torch.stack(outputs)


def swiglu(op: Any, knobs: Json, x_TD: Tensor) -> Tensor:
    return torch.stack([op.down @ (silu(op.gate @ x) * (op.up @ x)) for x in x_TD])


def moe(op: Any, knobs: Json, x_TD: Tensor) -> Tensor:
    """The bias chooses, the plain scores weigh."""
    outputs = []
    for x in x_TD:
        scores = op.router @ x
        soft = knobs.get("router") == "softmax"
        scores = torch.exp(scores) / torch.exp(scores).sum() if soft else sigmoid(scores)
        order = sorted(range(knobs["experts"]), key=lambda e: -float((scores[e] + op.bias[e]).detach()))[
            : knobs["topK"]
        ]
        total = sum(scores[e] for e in order) + (0 if soft else 1e-6) if knobs["normTopK"] else 1.0
        parts = [scores[e] / total * (op.down[e] @ (silu(op.gate[e] @ x) * (op.up[e] @ x))) for e in order]
        if knobs["sharedHidden"]:
            parts.append(op.shared_down @ (silu(op.shared_gate @ x) * (op.shared_up @ x)))
        outputs.append(sum(parts))
    return torch.stack(outputs)


def cfc(op: Any, knobs: Json, x_TD: Tensor) -> Tensor:
    """One neuron network step after another; without recurrence the state stands for the first head."""

    def head(name: str, z: Tensor) -> Tensor:
        return getattr(op, name) @ z + getattr(op, f"{name}_bias")

    state, outputs = torch.zeros(knobs["units"], dtype=x_TD.dtype), []
    for x in x_TD:
        inside = op.input @ x + op.input_bias
        if knobs["recurrent"]:
            inside = inside + op.state @ state
        z = 1.7159 * torch.tanh(0.666 * inside)
        if knobs["form"] == "pure":
            first = head("first", z)
            kept = torch.exp(-(op.w_tau.abs() + first.abs()))
            state = op.A - op.A * kept * first if knobs["recurrent"] else op.A + (state - op.A) * kept
        else:
            time, second = sigmoid(head("time", z)), torch.tanh(head("second", z))
            first = torch.tanh(head("first", z)) if knobs["recurrent"] else state
            state = (
                first + time * second if knobs["form"] == "no-gate" else (1 - time) * first + time * second
            )
        outputs.append(op.out @ state)
    return torch.stack(outputs)


def ltc(op: Any, knobs: Json, x_TD: Tensor) -> Tensor:
    """The fused solver, synapse by synapse."""
    softplus = torch.nn.functional.softplus
    units, unfolds = knobs["units"], knobs["unfolds"]
    state, outputs = torch.zeros(units, dtype=x_TD.dtype), []
    for x in x_TD:
        sensed = x * op.input_w + op.input_b
        for _ in range(unfolds):
            after = []
            for n in range(units):
                capacity, leak = softplus(op.cm[n]) * unfolds, softplus(op.gleak[n])
                above, below = capacity * state[n] + leak * op.vleak[n], capacity + leak
                for prefix, sources in (("", state), ("sensory_", sensed)):
                    w, mu, sigma, erev = (getattr(op, prefix + name) for name in ("w", "mu", "sigma", "erev"))
                    for s, activity in enumerate(sources):
                        opened = softplus(w[s, n]) * sigmoid(sigma[s, n] * (activity - mu[s, n]))
                        above, below = above + opened * erev[s, n], below + opened
                after.append(above / (below + 1e-8))
            state = torch.stack(after)
        outputs.append(op.out @ state)
    return torch.stack(outputs)


class Beside:
    """The second branch of a difference; what it has in common with the first lies there."""

    def __init__(self, second: Operator, first: Operator) -> None:
        self.branches = (dict(second.named_parameters()), dict(first.named_parameters()))

    def __getattr__(self, name: str) -> Tensor:
        own, common = self.branches
        found = own.get(name, common.get(name))
        if found is None:
            raise AttributeError(name)
        return found


def differential(op: Any, knobs: Json, x_TD: Tensor) -> Tensor:
    """LIV₁(x) − LIV₂(x)."""
    inner = next(reference for reference, entry in CASES if entry["kind"] == knobs["of"]["kind"])
    second = Beside(op.second, op.first) if knobs["shared"] else op.second
    return inner(op.first, knobs["of"], x_TD) - inner(second, knobs["of"], x_TD)


CASES: list[tuple[Reference, Json]] = [
    (gated_conv, liv("gated-conv", kernel=4, expand=2)),
    (gated_conv, liv("gated-conv", kernel=40)),
    (attention, liv("attention", heads=4, kvHeads=2)),
    (attention, liv("attention", window=5, qkNorm=True)),
    (attention, liv("attention", kvHeads=1, qkNorm=True, qkNormKind="l2", rope=NO_ROPE, softcap=2)),
    (attention, liv("attention", conv=3, kvHeads=1)),
    (attention, liv("attention", window=5, sinks=3)),
    (attention, liv("attention", window=20, sinks=2, softcap=2)),
    (attention, liv("attention", heads=8, kvHeads=4, headDim=4, qkNorm=True, **{"lambda": True})),
    (attention, liv("attention", conv=2, window=4, sinks=2, **{"lambda": True})),
    (gla, liv("gla")),
    (gated_deltanet, liv("gated-deltanet")),
    (gated_deltanet, liv("gated-deltanet", negEigen=True, conv=2)),
    (gated_deltanet, liv("gated-deltanet", decay=False)),
    (linear_attention, liv("linear-attention")),
    (linear_attention, liv("linear-attention", featureMap="relu2")),
    (linear_attention, liv("linear-attention", featureMap="identity", normalize=False)),
    (rg_lru, liv("rg-lru")),
    (rg_lru, liv("rg-lru", heads=1, conv=2, bias=True)),
    (selective, liv("selective")),
    (selective, liv("selective", state=1, conv=2)),
    (ssd, liv("ssd", groups=2)),
    (cfc, liv("cfc")),
    (cfc, liv("cfc", form="pure")),
    *((cfc, liv("cfc", recurrent=True, form=form)) for form in ("gated", "no-gate", "pure")),
    (ltc, liv("ltc", units=3, unfolds=2)),
    (differential, liv("differential")),
    (differential, liv("differential", of=liv("attention", kvHeads=1), shared=["v", "out"])),
    (differential, liv("differential", of=liv("gla"), shared=["v", "out"])),
    (differential, liv("differential", of=liv("ssd"))),
    (swiglu, liv("swiglu")),
    (moe, liv("moe", sharedHidden=8)),
    (moe, liv("moe", normTopK=False, topK=1)),
    (moe, liv("moe", router="softmax", sharedHidden=8)),
    (moe, liv("moe", router="softmax", normTopK=False)),
    *FILTERS,
]


EXACT = pytest.mark.parametrize(("reference", "entry"), CASES, ids=lambda case: getattr(case, "__name__", ""))


@EXACT
def test_parallel_form_equals_a_plain_loop(reference: Reference, entry: Json) -> None:
    op: Any = model(genome(entry), torch.float64).get_submodule("blocks.0.liv")
    x_TD = torch.randn(37, WIDTH, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    with torch.no_grad():
        expected = reference(op, entry, x_TD)
        found, _ = op.parallel(x_TD[None], {}, None, 0)
    assert difference(found[0], expected) <= 1e-9


@pytest.mark.parametrize(
    ("reference", "entry"),
    [case for case in CASES if case[0] is not moe],
    ids=lambda case: getattr(case, "__name__", ""),
)
def test_half_precision_stays_near_the_loop(reference: Reference, entry: Json) -> None:
    """Rounded weights and tokens, exact loop. An expert's choice may flip."""
    op: Any = model(genome(entry), torch.bfloat16).get_submodule("blocks.0.liv")
    x_TD = torch.randn(67, WIDTH, generator=torch.Generator().manual_seed(3)).bfloat16()
    slots = op.slots(1, 67, 67).items()
    memory = {name: torch.zeros(slot.shape, dtype=torch.bfloat16) for name, slot in slots}
    with torch.no_grad():
        found, _ = op.parallel(x_TD[None], {}, None, 0)
        steps = torch.cat([op.step(x_D[None], {}, memory, t)[0] for t, x_D in enumerate(x_TD)])
        expected = reference(op.double(), entry, x_TD.double())
    assert difference(found[0].double(), expected) <= 2e-2
    assert difference(steps.double(), expected) <= 2e-2


@EXACT
def test_gradients_equal_those_of_the_loop(reference: Reference, entry: Json) -> None:
    op: Any = model(genome(entry), torch.float64).get_submodule("blocks.0.liv")
    x_TD = torch.randn(37, WIDTH, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    x_TD.requires_grad_()
    weigh = torch.randn(37, WIDTH, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    inputs = [x_TD, *op.parameters()]
    expected = torch.autograd.grad((reference(op, entry, x_TD) * weigh).sum(), inputs)
    found = torch.autograd.grad((op.parallel(x_TD[None], {}, None, 0)[0][0] * weigh).sum(), inputs)
    assert all(difference(a, b) <= 1e-9 for a, b in zip(found, expected, strict=True))


DOUBLES = [
    (liv("gated-conv"), liv("gated-conv", expand=2)),
    (liv("attention", kvHeads=1), liv("attention", heads=4)),
    (liv("gla"), liv("gla", heads=4)),
]


@pytest.mark.parametrize(("entry", "double"), DOUBLES, ids=lambda entry: entry["kind"])
def test_a_difference_with_nothing_in_common_is_a_mixer_of_double_width(entry: Json, double: Json) -> None:
    """The sign goes into the second half of the output projection: the flag `double-width` is right."""
    op: Any = model(genome(liv("differential", of=entry)), torch.float64).get_submodule("blocks.0.liv")
    wide: Any = model(genome({**double, "kvHeads": 2} if "kvHeads" in double else double), torch.float64)
    wide = wide.get_submodule("blocks.0.liv")
    with torch.no_grad():
        for name, parameter in wide.named_parameters():
            one, two = op.first.get_parameter(name), op.second.get_parameter(name)
            if name == "gain":
                two.copy_(one)  # one gain serves all heads
            halves = (one, -two) if name == "out" else (one, two)
            whole = one if one.shape == parameter.shape else torch.cat(halves, dim=int(name == "out"))
            if name == "decay_down":
                two.copy_(one)  # a rank of its own for each branch would be a block matrix
            parameter.copy_(whole)
        x_BTD = torch.randn(1, 19, WIDTH, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
        assert difference(op.parallel(x_BTD, {}, None, 0)[0], wide.parallel(x_BTD, {}, None, 0)[0]) <= 1e-9
