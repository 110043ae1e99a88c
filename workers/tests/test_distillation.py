"""Distillation: laws of the loss, the store of soft targets, teachers, and training beside them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from small_trainings import GENOMES, small_request
from torch import Tensor
from torch.nn import functional as F

from asterism.backbone import build
from asterism.distillation.store import write_store
from asterism.distillation.teacher import OurTeacher, open_teacher
from asterism.errors import Refused
from asterism.training import Distillation, Snapshot, TrainingRequest, run
from asterism.training.batches import batches
from asterism.training.distillation import decoupled_top_k, mixed, soft_targets
from asterism.training.loss import batch_loss
from asterism.training.soft_store import LIST, STEPS_PER_SHARD, SoftStore, SoftWriter, store_hash
from asterism.training.weights import encode_weights

EVERYWHERE = torch.arange(6)


def logits(seed: int, places: int = 6, vocabulary: int = 11, spread: float = 3.0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return spread * torch.randn(places, vocabulary, generator=generator, dtype=torch.float64)


def full_kl(teacher: Tensor, student: Tensor) -> Tensor:
    theirs, ours = teacher.log_softmax(-1), student.log_softmax(-1)
    return (theirs.exp() * (theirs - ours)).sum(-1)


def written_out(teacher: list[float], student: list[float], top: int, temperature: float) -> float:
    """The loss of one position from its definition, in plain numbers."""
    import math

    def shares(values: list[float]) -> list[float]:
        total = sum(math.exp(value) for value in values)
        return [math.exp(value) / total for value in values]

    theirs, ours = shares(teacher), shares(student)
    kept = sorted(range(len(teacher)), key=lambda token: -theirs[token])[:top]
    mass, mine = sum(theirs[k] for k in kept), sum(ours[k] for k in kept)
    binary = mass * math.log(mass / mine) + (1 - mass) * math.log((1 - mass) / (1 - mine))
    soft_theirs = shares([math.log(theirs[k]) / temperature for k in kept])
    soft_ours = shares([math.log(ours[k]) / temperature for k in kept])
    inside = sum(p * math.log(p / q) for p, q in zip(soft_theirs, soft_ours, strict=True))
    return binary + mass * temperature**2 * inside


@given(seed=st.integers(0, 10_000), spread=st.floats(0.1, 20))
def test_all_of_the_vocabulary_is_the_full_divergence(seed: int, spread: float) -> None:
    teacher, student = logits(seed, spread=spread), logits(seed + 1, spread=spread)
    found = decoupled_top_k(student, soft_targets(teacher, EVERYWHERE, 11), 1.0)
    torch.testing.assert_close(found, full_kl(teacher, student), rtol=1e-9, atol=1e-9)


@given(seed=st.integers(0, 10_000), top=st.integers(1, 10), temperature=st.sampled_from([0.5, 1.0, 2.0, 4.0]))
def test_loss_is_its_definition(seed: int, top: int, temperature: float) -> None:
    teacher, student = logits(seed), logits(seed + 1)
    found = decoupled_top_k(student, soft_targets(teacher, EVERYWHERE, top), temperature)
    for place in range(len(found)):
        wanted = written_out(teacher[place].tolist(), student[place].tolist(), top, temperature)
        assert float(found[place]) == pytest.approx(wanted, rel=1e-9, abs=1e-11)


@given(seed=st.integers(0, 10_000), top=st.integers(1, 11), temperature=st.floats(0.5, 4))
def test_loss_is_never_negative_and_nothing_at_the_teacher(seed: int, top: int, temperature: float) -> None:
    teacher = logits(seed)
    targets = soft_targets(teacher, EVERYWHERE, top)
    assert decoupled_top_k(logits(seed + 1), targets, temperature).min() >= -1e-12
    # A constant added to all logits changes no probability.
    assert decoupled_top_k(teacher + 5, targets, temperature).abs().max() < 1e-9


@given(seed=st.integers(0, 10_000))
def test_coarser_targets_say_less(seed: int) -> None:
    """At τ = 1 the loss is the KL of distributions with the rest merged: merging never adds divergence."""
    teacher, student = logits(seed), logits(seed + 1)
    by_top = [decoupled_top_k(student, soft_targets(teacher, EVERYWHERE, top), 1.0) for top in range(1, 12)]
    for fewer, more in zip(by_top, by_top[1:], strict=False):
        assert (fewer <= more + 1e-9).all()


@pytest.mark.parametrize("top", [1, 4, 10, 11])
@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_gradient_agrees_with_finite_differences(top: int, temperature: float) -> None:
    targets = soft_targets(logits(1), EVERYWHERE, top)
    student = logits(2).requires_grad_()
    assert torch.autograd.gradcheck(lambda given: decoupled_top_k(given, targets, temperature), student)


def test_certain_and_ignorant_models_give_finite_gradients() -> None:
    sure = torch.full((2, 11), -200.0)
    sure[:, 3] = 200.0
    for teacher in (sure, torch.zeros(2, 11)):
        targets = soft_targets(teacher, torch.arange(2), 4)
        for start in (sure, -sure, torch.zeros(2, 11)):
            student = start.clone().requires_grad_()
            decoupled_top_k(student, targets, 2.0).sum().backward()
            assert student.grad is not None and torch.isfinite(student.grad).all()


def test_mixture_of_losses_leaves_other_positions_alone() -> None:
    student, at = logits(2), torch.tensor([1, 4])
    nll = F.cross_entropy(student, torch.arange(6), reduction="none")
    targets = soft_targets(logits(1)[at], at, 3)
    found = mixed(nll, student, targets, 0.25, 2.0)
    assert torch.equal(found[[0, 2, 3, 5]], nll[[0, 2, 3, 5]])
    wanted = 0.75 * nll[at] + 0.25 * decoupled_top_k(student[at], targets, 2.0)
    torch.testing.assert_close(found[at], wanted)


def teacher() -> OurTeacher:
    return OurTeacher(model=build(GENOMES["cm"], seed=3).eval(), sha256="0" * 64)


def taught(tmp_path: Path, request: TrainingRequest, name: str = "soft", top: int = 8) -> Path:
    write_store(tmp_path / name, teacher(), request, top)
    return tmp_path / name


def test_store_says_what_the_teacher_says(tmp_path: Path) -> None:
    request = small_request(GENOMES["cq"])
    folder = taught(tmp_path, request)
    store = SoftStore(folder, request.taught_by(), request.steps)
    for number, batch in enumerate(batches(request, 0)):
        found = store.step(number)
        at, said, _ = teacher().speak(batch.tokens_RT, batch.where_S)
        wanted = soft_targets(said, at, 8)
        assert torch.equal(found.at_P, wanted.at_P)
        assert torch.equal(found.tokens_PK, wanted.tokens_PK)
        torch.testing.assert_close(found.log_probs_PK, wanted.log_probs_PK, rtol=1e-3, atol=1e-6)
        torch.testing.assert_close(found.log_rest_P, wanted.log_rest_P)
    listed = json.loads((folder / LIST).read_text())
    assert listed["dtype"] == {"tokens": "int16", "log_probs": "float16", "log_rest": "float32"}


def test_stopped_writer_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    request = small_request(GENOMES["cq"], steps=STEPS_PER_SHARD + 6, tokens_per_step=128)
    whole = taught(tmp_path, request, "whole")
    write_store(tmp_path / "parts", teacher(), replace(request, steps=STEPS_PER_SHARD), 8)
    listed = json.loads((tmp_path / "parts" / LIST).read_text())
    assert (listed["steps"], len(listed["shards"])) == (STEPS_PER_SHARD, 1)
    first = (tmp_path / "parts" / listed["shards"][0]["file"]).stat().st_mtime_ns
    assert write_store(tmp_path / "parts", teacher(), request, 8) == store_hash(whole)
    assert (tmp_path / "parts" / listed["shards"][0]["file"]).stat().st_mtime_ns == first


def test_store_of_something_else_is_refused(tmp_path: Path) -> None:
    request = small_request(GENOMES["cq"])
    folder = taught(tmp_path, request)
    with pytest.raises(Refused, match="seed: 5 there, 6 here"):
        SoftStore(folder, replace(request, seed=6).taught_by(), 12)
    with pytest.raises(Refused, match="holds 12 steps, the training has 13"):
        SoftStore(folder, request.taught_by(), 13)
    with pytest.raises(Refused, match="of another teacher or training"):
        SoftWriter(folder, training=request.taught_by(), teacher={"kind": "other"}, top=8, vocabulary=512)
    with pytest.raises(Refused, match=r"no soft-targets\.json"):
        SoftStore(tmp_path / "nowhere", request.taught_by(), 1)
    with pytest.raises(Refused, match="shuffled labels cannot have a teacher"):
        replace(request, shuffle_labels=True).taught_by()


def test_changed_shard_is_refused(tmp_path: Path) -> None:
    request = small_request(GENOMES["cq"])
    folder = taught(tmp_path, request)
    shard = next(folder.glob("*.safetensors"))
    data = bytearray(shard.read_bytes())
    data[-1] ^= 1
    shard.write_bytes(data)
    with pytest.raises(Refused, match="write the store again"):
        SoftStore(folder, request.taught_by(), 12).step(0)


def final(request: TrainingRequest, resume: bytes | None = None) -> dict[str, Tensor]:
    snapshots = [event for event in run(request, resume=resume) if isinstance(event, Snapshot)]
    return dict(snapshots[-1].weights)


def digest(weights: dict[str, Tensor]) -> str:
    joined = b"".join(weights[name].numpy().tobytes() for name in sorted(weights))
    return hashlib.sha256(joined).hexdigest()


def test_training_with_a_teacher_resumes_bit_for_bit_and_differs_from_one_without(tmp_path: Path) -> None:
    from asterism.training import Checkpoint

    request = small_request(GENOMES["cq"])
    learnt = replace(request, distillation=Distillation(store=taught(tmp_path, request), temperature=2.0))
    whole = final(learnt)
    points = [event for event in run(learnt) if isinstance(event, Checkpoint)]
    assert digest(final(learnt, points[1].data)) == digest(whole) != digest(final(request))
    with pytest.raises(Refused, match="distillation differ"):
        final(request, points[1].data)


def test_weight_nothing_is_the_training_without(tmp_path: Path) -> None:
    request = small_request(GENOMES["cq"])
    nothing = Distillation(store=taught(tmp_path, request), weight=0.0)
    weights, plain = final(replace(request, distillation=nothing)), final(request)
    assert all(torch.allclose(weights[name], plain[name], atol=1e-6) for name in plain)


def test_pieces_of_a_step_add_up_to_its_loss(tmp_path: Path) -> None:
    from asterism.training.batches import pieces

    request = small_request(GENOMES["cq"])
    store = SoftStore(taught(tmp_path, request), request.taught_by(), 12)
    batch = replace(next(batches(request, 0)), soft=store.step(0))
    model = build(GENOMES["cq"], seed=1)
    learnt = Distillation(store=tmp_path, weight=0.5, temperature=2.0)
    whole = batch_loss(model, batch, learnt)
    parts = sum(batch_loss(model, piece, learnt) for piece, _ in pieces(batch, 4))
    torch.testing.assert_close(parts, whole)


def test_student_follows_a_teacher_that_knows_the_answers(tmp_path: Path) -> None:
    """On labels alone the student learns less in these steps than beside a trained teacher's targets."""
    request = small_request(GENOMES["cq"], steps=60, tokens_per_step=512)
    model = build(GENOMES["cm"], seed=3)
    from asterism.training.weights import load_weights

    load_weights(model, final(replace(request, genome=GENOMES["cm"], steps=200, seed=9)))
    folder = tmp_path / "soft"
    write_store(folder, OurTeacher(model=model.eval(), sha256="1" * 64), request, 16)
    store = SoftStore(folder, request.taught_by(), request.steps)
    apart = []
    for distillation in (None, Distillation(store=folder, weight=1.0)):
        student = build(GENOMES["cq"], seed=5)
        load_weights(student, final(replace(request, distillation=distillation)))
        with torch.no_grad():
            batch = next(batches(request, request.steps - 1))
            features = student.features(batch.tokens_RT).flatten(0, 1)
            said = student.head(features[batch.where_S])
            apart.append(float(decoupled_top_k(said, store.step(request.steps - 1), 1.0).mean()))
    assert apart[1] < apart[0]


def test_what_is_no_teacher_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is no teacher: give the folder"):
        open_teacher(tmp_path, 512, {})
    weights = tmp_path / "model.safetensors"
    model = build(GENOMES["cq"])
    facts = {"genome": GENOMES["cq"], "genomeHash": "x"}
    weights.write_bytes(encode_weights(dict(model.named_parameters()), facts))
    assert (
        open_teacher(weights, 512, {}).identity["weights"] == hashlib.sha256(weights.read_bytes()).hexdigest()
    )
    with pytest.raises(Refused, match="the teacher's vocabulary is 512, the student's 1024"):
        open_teacher(weights, 1024, {})


def test_comparison_is_paired_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    from asterism.distillation.experiment import Plan, compare
    from asterism.distillation.page import page

    results = tmp_path / "runs.jsonl"
    plan = Plan(
        datasets={},
        work=tmp_path / "work",
        results=results,
        suite="tiny-1",
        text_only=False,
        steps=6,
        teacher_steps=8,
    )
    compare(plan, range(1))
    compare(plan, range(2))
    runs = [json.loads(line) for line in results.read_text().splitlines()]
    made = [(run["role"], run["replicate"], run["distilled"]) for run in runs]
    students = [("student", replicate, taught) for replicate in (0, 1) for taught in (False, True)]
    assert made == [("teacher", 900, False), *students]
    assert {run["outcome"]["tokens"] for run in runs[1:]} == {6 * 1024}
    assert "### Suite tiny-1, 6 steps, w = 0.5, τ = 1, K = 32" in page(runs)
    compare(replace(plan, weight=0.9), range(2))
    assert len(results.read_text().splitlines()) == 7  # students alone are not trained again


def test_committed_page_is_that_of_the_committed_runs() -> None:
    from asterism.distillation.page import page

    checkout = Path(__file__).resolve().parents[2]
    lines = (checkout / "bench/results/distillation.jsonl").read_text().splitlines()
    assert (checkout / "docs/distillation.md").read_text() == page([json.loads(line) for line in lines])
