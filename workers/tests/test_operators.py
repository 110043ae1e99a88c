"""Laws that every operator keeps: a new kind is tested by being listed in variants.py."""

from __future__ import annotations

import os

import pytest
import torch
from crosscheck import estimates, library
from genomes import KINDS, genome
from models import difference, model, stepped, tokens
from torch.utils._python_dispatch import TorchDispatchMode
from variants import GENOMES

from asterism.backbone import Backbone, build
from asterism.operators.registry import builders

TOLERANCE = {torch.float32: 1e-4, torch.float64: 1e-9}
GATED = ("cfc", "gated-deltanet", "gla", "liquid-s4", "long-conv", "rg-lru", "rtf", "s5", "selective", "ssd")
SLOPES, BIASES = (
    ("decay_up", "dt", "dt_up", "beta", "recurrence", "entry", "time"),
    (
        "decay_bias",
        "dt_bias",
        "recurrence_bias",
        "lambda",
        "decay",
        "angle",
        "window",
        "log_step",
        "a",
        "time_bias",
        "w_tau",
    ),
)
"""Parameters that move gates and poles of recurrences: what tokens are multiplied with, and what is added."""
ROLES = {"matrix", "table", "vector", "taps", "dynamics", "router"}

every_genome = pytest.mark.parametrize("name", GENOMES)
every_dtype = pytest.mark.parametrize("dtype", TOLERANCE, ids=lambda dtype: str(dtype).removeprefix("torch."))


def small_library() -> dict[str, dict]:
    return {name: r["normalForm"] for name, r in library().items() if r["counts"]["params"] < 2_000_000}


def test_every_kind_is_in_the_variants() -> None:
    assert all(any(name == kind for name in GENOMES) for kind in builders)


@every_genome
def test_every_parameter_has_one_role(name: str) -> None:
    backbone = build(GENOMES[name], meta=True)
    roles = backbone.roles()
    assert set(roles) == {parameter for parameter, _ in backbone.named_parameters()}
    assert set(roles.values()) <= ROLES
    assert all(backbone.get_parameter(p).ndim >= 2 for p, role in roles.items() if role == "matrix")


@every_genome
@every_dtype
@pytest.mark.parametrize("length", [1, 15, 67])
def test_parallel_equals_step(name: str, dtype: torch.dtype, length: int) -> None:
    backbone, tokens_BT = model(GENOMES[name], dtype), tokens(2, length)
    with torch.no_grad():
        assert difference(stepped(backbone, tokens_BT), backbone(tokens_BT)) <= TOLERANCE[dtype]


@every_genome
def test_prefill_in_pieces_then_step_equals_the_whole(name: str) -> None:
    backbone, tokens_BT = model(GENOMES[name], torch.float64), tokens(2, 61)
    cache = backbone.init_cache(2, 61)
    with torch.no_grad():
        whole = backbone(tokens_BT)
    for end, piece in ((23, tokens_BT[:, :23]), (24, tokens_BT[:, 23:24]), (50, tokens_BT[:, 24:50])):
        assert difference(backbone.prefill(piece, cache), whole[:, end - 1]) <= 1e-9
    rest = torch.stack([backbone.step(token_B, cache) for token_B in tokens_BT[:, 50:].T], dim=1)
    assert difference(rest, whole[:, 50:]) <= 1e-9


@every_genome
def test_causal(name: str) -> None:
    backbone, before = model(GENOMES[name], torch.float64), tokens(2, 70)
    after = before.clone()
    after[:, 33:] = (after[:, 33:] + 1) % 32
    with torch.no_grad():
        a, b = backbone.features(before), backbone.features(after)
    assert difference(a[:, :33], b[:, :33]) <= 1e-10
    assert difference(a[:, 33:], b[:, 33:]) > 1e-3


@every_genome
def test_gradients_are_finite_and_reach_every_parameter(name: str) -> None:
    backbone = model(GENOMES[name]).train()
    logits = backbone(tokens(4, 67))
    torch.nn.functional.cross_entropy(logits.flatten(0, 1), tokens(4, 67, seed=1).flatten()).backward()
    for parameter, tensor in backbone.named_parameters():
        assert tensor.grad is not None and torch.isfinite(tensor.grad).all(), parameter
        # A softmax over one key is 1 whatever the scores are.
        idle = name == "attention-window-1" and parameter.endswith((".q", ".k"))
        assert idle or tensor.grad.abs().max() > 0, parameter


@pytest.mark.parametrize("name", [name for name in GENOMES if name.startswith(GATED)])
@every_dtype
@pytest.mark.parametrize("shift", [-1e4, -60.0, 60.0, "mixed"])
def test_gates_at_their_extremes(name: str, dtype: torch.dtype, shift: float | str) -> None:
    """All gates shut, all open, and extreme ones that change from token to token."""
    backbone, tokens_BT = model(GENOMES[name], dtype), tokens(2, 67)
    # The gate of `selective` is exp(ΔA). Δ multiplies the input as well, and no norm stands behind it: in
    # float32 Δ = 60 would test how rounding grows through a stack of cubics of the input (5e-4 of the largest
    # output in one of eleven genomes), so what forgets at once there is A; one layer is tested below.
    forgetting = name.startswith("selective") and shift == 60.0 and dtype == torch.float32
    moved = ("A_log",) if forgetting else BIASES
    with torch.no_grad():
        for parameter, tensor in backbone.named_parameters():
            last = parameter.rsplit(".", 1)[-1]
            if shift == "mixed":
                tensor.mul_(1e3 if last in SLOPES else 1)
            elif last in moved:
                tensor.add_(shift)
        assert difference(stepped(backbone, tokens_BT), backbone(tokens_BT)) <= TOLERANCE[dtype]
    backbone(tokens_BT).square().mean().backward()
    assert all(torch.isfinite(p.grad).all() for p in backbone.parameters() if p.grad is not None)


@pytest.mark.parametrize("name", [name for name in GENOMES if name.startswith("selective")])
def test_one_layer_of_selective_forgets_at_once(name: str) -> None:
    """Δ = 60 in float32, relative to the largest output."""
    op = model(GENOMES[name]).blocks[0].liv
    x_BTD = torch.randn(2, 67, 16, generator=torch.Generator().manual_seed(3))
    memory = {slot: torch.zeros(given.shape) for slot, given in op.slots(2, 67, 67).items()}
    with torch.no_grad():
        op.get_parameter("dt_bias").add_(60.0)
        steps = [op.step(x_BD, {}, memory, t)[0] for t, x_BD in enumerate(x_BTD.unbind(1))]
        assert difference(torch.stack(steps, dim=1), op.parallel(x_BTD, {}, None, 0)[0]) <= 1e-4


class CountedOperations(TorchDispatchMode):
    """How many torch operations run, backward included."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # noqa: ANN001, ANN204
        self.count += 1
        return func(*args, **(kwargs or {}))


@every_genome
def test_training_does_not_loop_over_time(name: str) -> None:
    """Sixteen times the tokens cost a few more operations (doubling strides), not sixteen times as many.

    Kinds that say they are sequential are, and nothing else is.
    """
    backbone = model(GENOMES[name]).train()

    def operations(length: int) -> int:
        with CountedOperations() as counted:
            backbone(tokens(1, length)).square().mean().backward()
        return counted.count

    if any(block.liv.sequential for block in backbone._stack):
        assert operations(128) > 1.5 * operations(64)
    else:
        operations(1024)
        assert operations(1024) <= 2 * operations(64)


@pytest.mark.parametrize("kind", KINDS)
def test_the_descriptor_says_which_forms_are_sequential(kind: str) -> None:
    said = KINDS[kind]
    entries = {"plain": said["plain"], **said["variants"]}
    loops = {n for n, e in entries.items() if build(genome(e), meta=True)._stack[0].liv.sequential}
    assert loops == set(said["sequential"])


def test_small_library_genomes_run_in_both_forms() -> None:
    for name, normal_form in small_library().items():
        backbone = build(normal_form)
        with torch.no_grad():
            for parameter in backbone.parameters():
                if parameter.abs().max() == 0:
                    parameter.normal_(0, 0.1)
            tokens_BT = tokens(1, 45)
            assert difference(stepped(backbone, tokens_BT, 21), backbone(tokens_BT)[:, 21:]) <= 1e-4, name


def test_random_genomes_run_in_both_forms_and_declare_every_role() -> None:
    wild = [record for record in estimates() if record["origin"] == "wild"]
    for record in wild if os.environ.get("ASTERISM_FULL") else wild[:60]:
        backbone = model(record["normalForm"], torch.float64)
        assert set(backbone.roles()) == {name for name, _ in backbone.named_parameters()}
        tokens_BT = tokens(1, 35) % record["normalForm"]["size"]["vocab"]
        with torch.no_grad():
            assert difference(stepped(backbone, tokens_BT, 18), backbone(tokens_BT)[:, 18:]) <= 1e-9, record[
                "name"
            ]


@pytest.mark.full
def test_gradients_match_finite_differences() -> None:
    backbone = model(GENOMES["one-of-each"], torch.float64)
    parameters = dict(backbone.named_parameters())
    tokens_BT = tokens(1, 20)
    backbone(tokens_BT).square().mean().backward()
    with torch.no_grad():
        for name, tensor in parameters.items():
            direction = torch.randn(
                tensor.shape, generator=torch.Generator().manual_seed(1), dtype=tensor.dtype
            )
            assert _slope(backbone, tensor, direction, tokens_BT) == pytest.approx(
                float((tensor.grad * direction).sum()), rel=1e-4, abs=1e-9
            ), name


def _slope(
    backbone: Backbone, tensor: torch.Tensor, direction: torch.Tensor, tokens_BT: torch.Tensor
) -> float:
    step = 1e-6
    values = []
    for sign in (1, -1):
        tensor.add_(sign * step * direction)
        values.append(float(backbone(tokens_BT).square().mean()))
        tensor.sub_(sign * step * direction)
    return (values[0] - values[1]) / (2 * step)
