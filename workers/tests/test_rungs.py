"""Rungs: one trunk at a constant rate, annealed branches that it never notices."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from small_trainings import EXPERTS, GENOMES, small_request

from asterism.__main__ import main
from asterism.backbone import build
from asterism.contracts.worker import EvaluationScored
from asterism.errors import Refused
from asterism.evaluation import EvaluationRequest, Outcome, evaluate
from asterism.training import Checkpoint, Interrupted, Progress, Snapshot, TrainingRequest, run
from asterism.training.batches import batches
from asterism.training.loss import batch_loss
from asterism.training.optimiser import Optimiser
from asterism.training.routers import Routers
from asterism.training.schedule import BRANCH_SHARE, branches, factor
from asterism.training.weights import buffers

STEPS = 24
RUNGS = (0.25, 0.5, 1.0)
SPENT = STEPS + 1 + 2 + 3
# Four experts: one cannot take over four times its part, so no router counts as collapsed.
NETS = {
    **GENOMES,
    "experts": {
        **GENOMES["cq"],
        "backbone": [*GENOMES["cq"]["backbone"][:3], {**EXPERTS, "experts": 4}],
    },
}
genomes = pytest.mark.parametrize("name", ["cq", "cm", "experts"])


def asked(name: str = "cq", rungs: tuple[float, ...] = RUNGS, **changes: Any) -> TrainingRequest:
    return small_request(NETS[name], steps=STEPS, rungs=rungs, **changes)


def events(request: TrainingRequest, **options: Any) -> list:
    return list(run(request, **options))


def snapshots(given: list) -> dict[float, Snapshot]:
    return {event.fraction: event for event in given if isinstance(event, Snapshot)}


def same(a: dict[float, Snapshot], b: dict[float, Snapshot]) -> bool:
    assert a.keys() == b.keys() and a
    return all(
        torch.equal(a[rung].weights[name], b[rung].weights[name]) for rung in a for name in a[rung].weights
    )


def trunk(given: list) -> Checkpoint:
    return next(event for event in given if isinstance(event, Checkpoint) and event.trunk)


def interrupt_after(steps: int):
    seen = iter(range(1, 10_000))
    return lambda: next(seen) >= steps


def by_hand(request: TrainingRequest, start: int, steps: int) -> dict[str, torch.Tensor]:
    """`start` steps at the constant rate after warm-up, then `steps` falling linearly to 0."""
    model = build(request.genome, seed=request.seed).train()
    optimiser, routers = Optimiser(model, model.roles()), Routers(model.routers())
    warm = request.steps // 4
    for step, batch in zip(range(start + steps), batches(request, 0, start + steps), strict=True):
        (batch_loss(model, batch) + routers.balance()).backward()
        routers.seen()
        falling = step >= start
        share = min(1.0, (step + 1) / warm, (start + steps - step) / steps if falling else 1.0)
        optimiser.step(step, share)
        routers.settle(frozen=falling)
    return {**dict(optimiser.named(optimiser.weights)), **buffers(model)}


@genomes
def test_a_rung_is_the_trunk_annealed_over_the_rows_that_follow(name: str) -> None:
    request = asked(name)
    found = snapshots(events(request))
    assert list(found) == list(RUNGS)
    for rung, start, extra in ((0.25, 6, 1), (0.5, 12, 2), (1.0, 24, 3)):
        expected = by_hand(request, start, extra)
        assert all(torch.equal(found[rung].weights[key], expected[key]) for key in expected)


@genomes
def test_a_training_stopped_at_a_rung_goes_on_as_if_it_had_not(name: str) -> None:
    first = events(asked(name, (0.25, 0.5)))
    rest = events(asked(name), resume=trunk(first).data)
    straight = snapshots(events(asked(name)))
    assert same(snapshots(rest), straight)
    assert same(snapshots(first), {rung: straight[rung] for rung in (0.25, 0.5)})
    progress = [event.step for event in rest if isinstance(event, Progress)]
    assert min(progress) > 12 and max(progress) == SPENT, "only what was left is computed"


@pytest.mark.parametrize("rungs", [(1 / 3, 1.0), (0.125, 0.25, 0.75, 1.0)])
def test_other_rungs_on_the_way_change_no_bit(rungs: tuple[float, ...]) -> None:
    found = snapshots(events(asked(rungs=rungs)))[1.0]
    expected = snapshots(events(asked()))[1.0]
    assert all(torch.equal(found.weights[key], expected.weights[key]) for key in expected.weights)


@pytest.mark.parametrize("stop", [6, 7, 8, 14, 15, 28, 29])
def test_an_interruption_on_the_trunk_or_inside_a_branch_changes_no_bit(stop: int) -> None:
    request = asked("experts")
    first = events(request, interrupt=interrupt_after(stop))
    assert isinstance(first[-1], Interrupted) and first[-1].step == stop
    point = next(event for event in reversed(first) if isinstance(event, Checkpoint))
    assert same(snapshots(events(request, resume=point.data)), snapshots(events(request)))


def test_a_training_stopped_after_every_step_still_gives_the_same_bits(tmp_path: Path) -> None:
    request, path = asked(), tmp_path / "resume.safetensors"
    last: list = []
    for _ in range(SPENT):
        last = events(request, resume=path if path.exists() else None, interrupt=lambda: True)
        for event in last:
            if isinstance(event, Checkpoint):
                path.write_bytes(event.data)
    assert same(snapshots(last), snapshots(events(request)))


def test_branches_are_charged_and_counted_apart() -> None:
    made = events(asked())
    found = snapshots(made)
    assert [(each.step, each.tokens, each.branch_steps, each.branch_tokens) for each in found.values()] == [
        (6, 6 * 256, 1, 256),
        (12, 12 * 256, 2, 2 * 256),
        (24, 24 * 256, 3, 3 * 256),
    ]
    last = [event for event in made if isinstance(event, Progress)][-1]
    assert (last.step, last.steps, last.tokens) == (SPENT, SPENT, SPENT * 256)
    whole = sum(found[1.0].cpu_seconds.values())
    assert 0 < sum(each.branch_cpu_seconds for each in found.values()) < whole


def test_a_branch_is_an_eighth_and_none_where_the_whole_alone_is_asked() -> None:
    assert branches((1.0,), 2048) == ()
    made = branches((0.25, 0.5, 1.0), 2048)
    assert [(each.start, each.steps) for each in made] == [(512, 64), (1024, 128), (2048, 256)]
    assert 0.1 <= BRANCH_SHARE <= 0.15


@pytest.mark.parametrize("rungs", [(), (0.5, 0.25), (0.5, 0.5), (0.0, 1.0), (0.5, 1.5), (0.5, 0.501)])
def test_rungs_that_are_no_rising_fractions_are_refused(rungs: tuple[float, ...]) -> None:
    with pytest.raises(Refused, match="rungs"):
        events(asked(rungs=rungs))


def test_a_resume_point_without_the_rungs_asked_for_or_of_the_other_schedule_is_refused() -> None:
    half = trunk(events(asked(rungs=(0.5,))))
    with pytest.raises(Refused, match=r"past the rungs \[0.25\]"):
        events(asked(), resume=half.data)
    with pytest.raises(Refused, match="another training: branches differ"):
        events(asked(rungs=(1.0,)), resume=half.data)
    whole = next(event for event in events(asked(rungs=(1.0,))) if isinstance(event, Checkpoint))
    with pytest.raises(Refused, match="another training: branches differ"):
        events(asked(), resume=whole.data)


def test_all_rungs_of_a_trunk_stay_in_its_file_also_those_not_asked_for() -> None:
    first = trunk(events(asked(rungs=(0.25, 0.5))))
    again = events(asked(rungs=(0.5,)), resume=first.data)
    assert list(snapshots(again)) == [0.5] and not [e for e in again if isinstance(e, Progress)]
    rest = events(asked(), resume=trunk(again).data)
    assert same(snapshots(rest), snapshots(events(asked())))


def test_the_whole_alone_keeps_its_schedule() -> None:
    assert [round(factor(step, 100), 4) for step in (0, 24, 25, 69, 70, 71, 99)] == [
        0.04,
        1.0,
        1.0,
        1.0,
        1.0,
        0.9667,
        0.0333,
    ]
    kinds = [type(event).__name__ for event in events(asked(rungs=(1.0,))) if not isinstance(event, Progress)]
    assert kinds == ["Checkpoint"] * 5 + ["Snapshot"] * 3


def test_an_evaluation_tells_every_rung_and_charges_its_branch() -> None:
    request = EvaluationRequest(genome=NETS["cq"], tier="tiny", suite="tiny-1", rungs=(0.5, 1.0))
    last = list(evaluate(request))[-1]
    assert isinstance(last, Outcome) and set(last.artifacts) == {"checkpoint", "samples"}
    found = EvaluationScored.model_validate(
        {**last.outcome, "artifacts": dict.fromkeys(last.artifacts, "0" * 64)}
    )
    assert [(each.fraction, each.tokens, each.branch_tokens) for each in found.rungs or []] == [
        (0.5, 8 * 1024, 1024),
        (1.0, 16 * 1024, 2 * 1024),
    ]
    assert (found.tokens, found.steps) == ((16 + 3) * 1024, 16 + 3)
    assert found.rungs and found.rungs[-1].quality == found.quality
    assert [each.quality for each in found.curve] == [each.quality.value for each in found.rungs]
    assert found.curve_area is None
    branches_took = sum(each.branch_cpu_seconds for each in found.rungs)
    assert 0 < branches_took < found.cpu_seconds.train + found.cpu_seconds.data


def test_the_shell_goes_on_from_the_trunk_it_left(tmp_path: Path) -> None:
    genome = tmp_path / "genome.json"
    genome.write_text(json.dumps(NETS["cq"]))

    def train(folder: str, *rungs: str) -> dict[str, Any]:
        out = tmp_path / folder
        assert main(["train", str(genome), "--tier", "tiny", "--out", str(out), "--rungs", *rungs]) == 0
        outcome = json.loads((out / "outcome.json").read_text())
        with safe_open(out / "model.safetensors", framework="pt") as model:
            weights = {name: model.get_tensor(name) for name in model.keys()}
        return {"weights": weights, "rungs": [each["quality"] for each in outcome["rungs"]]}

    half = train("parts", "0.5")
    assert (tmp_path / "parts" / "trunk.safetensors").exists()
    parts, straight = train("parts", "0.5", "1"), train("straight", "0.5", "1")
    assert not (tmp_path / "parts" / "trunk.safetensors").exists()
    assert parts["rungs"] == straight["rungs"] and half["rungs"] == parts["rungs"][:1]
    assert all(torch.equal(parts["weights"][name], tensor) for name, tensor in straight["weights"].items())
