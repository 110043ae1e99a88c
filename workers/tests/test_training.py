from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
import torch
from small_trainings import GENOMES, small_request
from torch import nn

from asterism.backbone import build
from asterism.errors import Refused
from asterism.operators.moe import Moe
from asterism.tasks.suites import suite
from asterism.training import (
    Checkpoint,
    Diverged,
    Interrupted,
    Progress,
    Snapshot,
    TrainingRequest,
    run,
    training_seed,
)
from asterism.training.batches import batches, pieces
from asterism.training.live import Training
from asterism.training.loss import batch_loss
from asterism.training.muon import orthogonalise
from asterism.training.optimiser import ADAM_RATES, BETA_1, BETA_2, Optimiser
from asterism.training.routers import Routers
from asterism.training.schedule import factor
from asterism.training.weights import load_weights

genomes = pytest.mark.parametrize("name", GENOMES)


def events(request: TrainingRequest, **options: object) -> list:
    return list(run(request, **options))  # type: ignore[arg-type]


def weights(given: Iterable[object]) -> dict[float, dict[str, torch.Tensor]]:
    return {event.fraction: dict(event.weights) for event in given if isinstance(event, Snapshot)}


def same(a: dict[float, dict[str, torch.Tensor]], b: dict[float, dict[str, torch.Tensor]]) -> bool:
    assert a.keys() == b.keys() and a
    return all(torch.equal(a[f][name], b[f][name]) for f in a for name in a[f])


def interrupt_after(steps: int):
    asked = iter(range(1, 10_000))
    return lambda: next(asked) >= steps


@genomes
def test_training_twice_gives_the_same_bits(name: str) -> None:
    request = small_request(GENOMES[name])
    assert same(weights(events(request)), weights(events(request)))


@genomes
@pytest.mark.parametrize("stop", [1, 5, 11])
def test_a_resumed_training_equals_an_uninterrupted_one_bit_for_bit(name: str, stop: int) -> None:
    request = small_request(GENOMES[name])
    first = events(request, interrupt=interrupt_after(stop))
    assert isinstance(first[-1], Interrupted) and first[-1].step == stop
    point = next(event for event in reversed(first) if isinstance(event, Checkpoint))
    assert point.step == stop
    assert same(weights(events(request, resume=point.data)), weights(events(request)))


def test_a_training_stopped_after_every_step_still_gives_the_same_bits(tmp_path: Path) -> None:
    request, path = small_request(GENOMES["experts"]), tmp_path / "resume.safetensors"
    last: list = []
    for _ in range(request.steps):
        last = events(request, resume=path if path.exists() else None, interrupt=lambda: True)
        points = [event for event in last if isinstance(event, Checkpoint)]
        if points:
            path.write_bytes(points[-1].data)
    assert same(weights(last), weights(events(request)))


@pytest.mark.parametrize("name", ["cq", "experts"])
def test_a_step_in_pieces_has_the_gradient_of_the_whole_step(name: str) -> None:
    request = small_request(GENOMES[name])
    batch = next(batches(request, 0))

    def gradient(count: int) -> tuple[list[torch.Tensor], torch.Tensor | float]:
        model = build(request.genome, seed=1).double().train()
        routers = Routers(model.routers())
        for piece, share in pieces(batch, count):
            (batch_loss(model, piece) + share * routers.balance()).backward()
            routers.seen()
        routers.settle(frozen=False)
        biases = torch.cat([router.bias.flatten() for router in model.routers()] or [torch.zeros(0)])
        return [p.grad for p in model.parameters() if p.grad is not None], biases

    (whole, bias), (cut, cut_bias) = gradient(1), gradient(3)
    assert all(torch.allclose(a, b, rtol=0, atol=1e-10) for a, b in zip(whole, cut, strict=True))
    assert torch.equal(torch.as_tensor(bias), torch.as_tensor(cut_bias))
    assert [len(piece.tokens_RT) for piece, _ in pieces(batch, 10**6)] == [1] * len(batch.tokens_RT)


@pytest.mark.parametrize("name", ["cq", "experts"])
def test_a_training_in_pieces_is_deterministic_resumes_bit_for_bit_and_is_its_own_training(name: str) -> None:
    request = small_request(GENOMES[name], accumulate=4)
    first = events(request, interrupt=interrupt_after(5))
    point = next(event for event in reversed(first) if isinstance(event, Checkpoint))
    assert same(weights(events(request, resume=point.data)), weights(events(request)))
    whole = small_request(GENOMES[name])
    with pytest.raises(Refused, match="another training: accumulate differ"):
        events(whole, resume=point.data)
    with pytest.raises(Refused, match="another training: accumulate differ"):
        events(request, resume=next(e for e in events(whole) if isinstance(e, Checkpoint)).data)


def test_checkpoints_come_as_often_as_asked_and_progress_says_where() -> None:
    made = events(small_request(GENOMES["cq"]))
    assert [event.step for event in made if isinstance(event, Checkpoint)] == [4, 8]
    last = [event for event in made if isinstance(event, Progress)][-1]
    assert (last.step, last.steps, last.tokens) == (12, 12, 12 * 256)
    assert [event.fraction for event in made if isinstance(event, Snapshot)] == [0.25, 0.5, 1.0]


def test_a_resume_point_of_another_training_is_refused() -> None:
    request = small_request(GENOMES["cq"])
    point = next(event for event in events(request) if isinstance(event, Checkpoint))
    for other, said in (
        (small_request(GENOMES["cm"]), "genome"),
        (small_request(GENOMES["cq"], seed=6), "seed"),
        (small_request(GENOMES["cq"], steps=13), "steps"),
    ):
        with pytest.raises(Refused, match=f"another training: {said} differ"):
            events(other, resume=point.data)
    with pytest.raises(Refused, match="cannot be read"):
        events(request, resume=b"\x00" * 100)
    with pytest.raises(Refused, match="cannot be read"):
        events(request, resume=point.data[: len(point.data) // 2])


def test_all_genomes_see_the_same_rows_in_the_same_order() -> None:
    made = [list(batches(small_request(genome), 0)) for genome in GENOMES.values()]
    for others in zip(*made, strict=True):
        assert all(torch.equal(others[0].tokens_RT, other.tokens_RT) for other in others)
        assert all(torch.equal(others[0].targets_S, other.targets_S) for other in others)


def test_a_batch_weighs_every_task_by_its_rows() -> None:
    for batch in batches(small_request(GENOMES["cq"]), 0):
        assert float(batch.weights_S.sum()) == pytest.approx(1)
        assert len(batch.where_S) == len(batch.targets_S) == len(batch.weights_S)


def test_genomes_that_share_a_part_begin_with_equal_values_there() -> None:
    one, other = (dict(build(GENOMES[name], seed=3).named_parameters()) for name in ("cq", "cm"))
    common = [name for name in one if name in other and one[name].shape == other[name].shape]
    assert len(common) > 8
    assert all(
        torch.equal(one[name], other[name])
        for name in common
        if "norm" not in name and "blocks.2" not in name
    )


def test_seeds_follow_from_tier_suite_and_replicate_alone() -> None:
    assert training_seed("tiny", suite("tiny-1"), 0) == 93355270166677
    seeds = {
        training_seed(tier, suite(name), replicate)
        for tier in ("tiny", "nano")
        for name in ("tiny-1", "nano-1")
        for replicate in range(4)
    }
    assert len(seeds) == 16 and max(seeds) < 2**48


@genomes
def test_the_optimiser_takes_every_parameter_by_its_role(name: str) -> None:
    model = build(GENOMES[name], seed=0)
    optimiser = Optimiser(model, model.roles())
    assert sum(span.stop - span.start for span in optimiser.spans) == sum(
        p.numel() for p in model.parameters()
    )
    rates = {span.rate for span in optimiser.spans}
    assert rates == {0.02} | {ADAM_RATES[role] for role in model.roles().values() if role != "matrix"}
    flat = dict(optimiser.named(optimiser.weights))
    assert all(torch.equal(flat[name], parameter) for name, parameter in model.named_parameters())


def test_a_parameter_without_a_role_is_a_bug_that_shows() -> None:
    model = build(GENOMES["cq"], seed=0)
    roles = {name: role for name, role in model.roles().items() if name != "embedding"}
    with pytest.raises(AssertionError, match="embedding"):
        Optimiser(model, roles)


def test_adam_agrees_with_torch_and_leaves_no_decay() -> None:
    torch.manual_seed(0)
    ours, theirs = nn.Linear(4, 3), nn.Linear(4, 3)
    theirs.load_state_dict(ours.state_dict())
    optimiser = Optimiser(ours, {"weight": "table", "bias": "dynamics"})
    groups = [
        {"params": [theirs.weight], "lr": ADAM_RATES["table"]},
        {"params": [theirs.bias], "lr": ADAM_RATES["dynamics"]},
    ]
    reference = torch.optim.Adam(groups, betas=(BETA_1, BETA_2), eps=1e-8)
    for step in range(20):
        x = torch.randn(8, 4)
        ours(x).square().sum().mul(0.01).backward()
        theirs(x).square().sum().mul(0.01).backward()
        torch.nn.utils.clip_grad_norm_(theirs.parameters(), 1.0)
        for group, rate in zip(
            reference.param_groups, (ADAM_RATES["table"], ADAM_RATES["dynamics"]), strict=True
        ):
            group["lr"] = rate * factor(step, 100)
        optimiser.step(step, factor(step, 100))
        reference.step()
        reference.zero_grad()
    assert torch.allclose(ours.weight, theirs.weight, atol=1e-6)
    assert torch.allclose(ours.bias, theirs.bias, atol=1e-6)


@pytest.mark.parametrize("shape", [(3, 16, 16), (2, 8, 32), (2, 32, 8), (1, 4, 64)])
def test_orthogonalising_keeps_directions_and_evens_out_singular_values(shape: tuple[int, int, int]) -> None:
    x = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    u, _, vh = torch.linalg.svd(x, full_matrices=False)
    made = orthogonalise(x)
    values = torch.linalg.svdvals(made)
    assert values.min() > 0.3 and values.max() < 1.3
    rotated = u.transpose(1, 2) @ made @ vh.transpose(1, 2)
    off_diagonal = rotated - torch.diag_embed(rotated.diagonal(dim1=1, dim2=2))
    assert off_diagonal.abs().max() < 1e-3


def test_each_matrix_is_orthogonalised_by_itself() -> None:
    x = torch.randn(3, 8, 16, generator=torch.Generator().manual_seed(2))
    alone = torch.cat([orthogonalise(100.0**k * x[k : k + 1]) for k in range(3)])
    assert torch.allclose(orthogonalise(x), alone, atol=1e-4)


def test_an_expert_that_saw_no_token_is_not_updated() -> None:
    training = Training(small_request(GENOMES["experts"]), None)
    moe = training.model.routers()[0]
    stream = batches(training.request, 0)
    for _ in range(3):  # the head starts at zero: the first gradients reach nothing below it
        training.step(next(stream))
    moe.bias[2] = -10.0
    before, others = moe.gate[2].clone(), moe.gate[3].clone()
    training.step(next(stream))
    assert moe.load is not None and moe.load[2] == 0
    assert torch.equal(moe.gate[2], before) and not torch.equal(moe.gate[3], others)


def test_selection_biases_move_towards_idle_experts_until_the_rate_decays() -> None:
    training = Training(small_request(GENOMES["experts"]), None)
    moe, stream = training.model.routers()[0], batches(training.request, 0)
    training.step(next(stream))
    assert isinstance(moe, Moe) and moe.load is not None
    assert torch.equal(moe.bias, 0.01 * torch.sign(moe.load.float().mean() - moe.load))
    while training.done < 9:
        training.step(next(stream))
    frozen = moe.bias.clone()
    training.step(next(stream))
    assert torch.equal(moe.bias, frozen)


def test_a_collapsed_router_ends_the_training_as_a_result() -> None:
    training = Training(small_request(GENOMES["experts"], checkpoint_every=1), None)
    training.model.routers()[0].bias[0] = 100.0
    point = training.checkpoint()
    last = events(training.request, resume=point.data)[-1]
    assert isinstance(last, Diverged) and last.reason.startswith("router-collapse at step 3")


def test_a_loss_that_is_not_finite_ends_the_training_as_a_result() -> None:
    training = Training(small_request(GENOMES["cq"]), None)
    training.optimiser.weights[0] = float("nan")
    last = events(training.request, resume=training.checkpoint().data)[-1]
    assert isinstance(last, Diverged) and "loss nan" in last.reason


def test_the_rate_warms_up_holds_and_falls_to_nothing() -> None:
    shares = [factor(step, 1000) for step in range(1000)]
    assert shares[0] == pytest.approx(1 / 40) and shares[39:700] == [1.0] * 661
    assert shares[850] == pytest.approx(0.5) and 0 < shares[-1] < 0.01


def test_points_of_the_curve_are_averaged_weights_and_the_end_is_not() -> None:
    training = Training(small_request(GENOMES["cq"]), None)
    for batch in batches(training.request, 0):
        training.step(batch)
        if training.done == 6:
            average = dict(training.optimiser.named(training.optimiser.average))
    results = {snapshot.fraction: snapshot.weights for snapshot in training.results()}
    assert all(torch.equal(results[0.5][name], value) for name, value in average.items())
    assert torch.equal(results[1.0]["embedding"], training.model.embedding)
    assert not torch.equal(results[0.5]["embedding"], results[1.0]["embedding"])


@genomes
def test_weights_load_into_a_fresh_model(name: str) -> None:
    final = weights(events(small_request(GENOMES[name])))[1.0]
    model = build(GENOMES[name], seed=99)
    load_weights(model, final)
    assert all(torch.equal(parameter, final[key]) for key, parameter in model.named_parameters())
