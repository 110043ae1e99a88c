from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from corpus import small_corpus
from small_trainings import GENOMES

from asterism.__main__ import main
from asterism.backbone import build
from asterism.contracts.worker import EvaluationScored
from asterism.errors import Refused
from asterism.evaluation import EvaluationRequest, Outcome, evaluate, score, score_file
from asterism.evaluation.aggregate import RESAMPLES, Card, normalised, resamples
from asterism.evaluation.scoring import TaskRows
from asterism.evidence.leaks import margins
from asterism.evidence.self_tests import CLAIMS, check
from asterism.tasks import vocabulary
from asterism.tasks.reference_set import reference_genome
from asterism.tasks.suite import Score, Suite
from asterism.tasks.suites import suite
from asterism.training import Checkpoint
from asterism.training.weights import load_weights

CQ = reference_genome("cq")
SHA = "0" * 64


def tiny(**changes: Any) -> EvaluationRequest:
    given = {"genome": CQ, "tier": "tiny", "suite": "tiny-1", "suite_version": "1"}
    return EvaluationRequest(**{**given, **changes})


def outcome(request: EvaluationRequest, **options: Any) -> Outcome:
    last = list(evaluate(request, **options))[-1]
    assert isinstance(last, Outcome)
    return last


def lasting(message: dict[str, Any]) -> dict[str, Any]:
    """The part of an outcome that does not depend on the clock."""
    return {
        key: value for key, value in message.items() if key not in ("cpuSeconds", "wallSeconds", "flopsShare")
    }


@pytest.fixture(scope="module")
def scored() -> Outcome:
    return outcome(tiny())


def test_the_outcome_is_the_contracts_message(scored: Outcome) -> None:
    message = {**scored.outcome, "artifacts": {"checkpoint": SHA, "samples": SHA}}
    read = EvaluationScored.model_validate(message)
    assert read.status == "scored" and read.steps == 16 and read.tokens == 16 * 1024
    assert [point.fraction for point in read.curve] == [0.25, 0.5, 1.0]
    assert read.curve[-1].quality == read.quality.value
    json.dumps(message, allow_nan=False)


def test_a_genome_scores_the_same_twice_and_another_differently(scored: Outcome) -> None:
    assert lasting(outcome(tiny()).outcome) == lasting(scored.outcome)
    assert outcome(tiny()).artifacts == scored.artifacts
    assert outcome(tiny(genome=GENOMES["cm"])).outcome["tasks"] != scored.outcome["tasks"]
    assert outcome(tiny(replicate=1)).outcome["seed"] != scored.outcome["seed"]


@pytest.mark.parametrize("stop", [3, 9])
def test_a_resumed_evaluation_scores_like_an_uninterrupted_one(scored: Outcome, stop: int) -> None:
    asked = iter(range(1, 100))
    first = list(evaluate(tiny(), interrupt=lambda: next(asked) >= stop))
    assert isinstance(first[-1], Checkpoint) and first[-1].step == stop
    resumed = outcome(tiny(), resume=first[-1].data)
    assert lasting(resumed.outcome) == lasting(scored.outcome)
    assert resumed.artifacts == scored.artifacts


def test_saved_weights_score_as_they_did(scored: Outcome, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(scored.artifacts["checkpoint"])
    again = score_file(path, "tiny-1", {})
    assert again["tasks"] == scored.outcome["tasks"] and again["quality"] == scored.outcome["quality"]


@pytest.mark.parametrize(
    "command", ["train genome.json --out here", "score model.safetensors --suite tiny-1", "selftest"]
)
def test_no_command_opens_the_report_split(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([*command.split(), "--split", "report"])
    assert "unrecognized arguments: --split report" in capsys.readouterr().err


def test_samples_are_enough_to_compute_every_score_again(scored: Outcome) -> None:
    from safetensors.numpy import load

    samples = load(scored.artifacts["samples"])
    for task in scored.outcome["tasks"]:
        sums = {name: samples[f"{task['id']}/{name}"].sum() for name in ("count", "nll", "baseline", "hits")}
        assert task["n"] == sums["count"]
        assert task["score"] == pytest.approx(1 - sums["nll"] / sums["baseline"])
        assert task["accuracy"] == pytest.approx(sums["hits"] / sums["count"])


def test_an_untrained_model_is_uniform_and_scores_below_the_baseline() -> None:
    rows = score(build(CQ, seed=0), suite("tiny-1"), "select")
    for each in rows:
        assert each.nll_R.sum() / each.count_R.sum() == pytest.approx(math.log(vocabulary.SIZE), abs=1e-4)
    assert Card(suite("tiny-1"), rows).quality().value == pytest.approx(-0.1)


def test_a_task_whose_numbers_are_not_finite_is_marked_and_the_others_stand() -> None:
    model = build(CQ, seed=0)
    clean = {rows.task.id: rows for rows in score(model, suite("tiny-1"), "select")}
    with torch.no_grad():
        model.embedding[vocabulary.RESET] = float("nan")
    for rows in score(model, suite("tiny-1"), "select"):
        if rows.task.id == "par_near":
            assert rows.error == "NLL is not finite"
        else:
            assert rows.error is None and (rows.nll_R == clean[rows.task.id].nll_R).all()
    card = Card(suite("tiny-1"), score(model, suite("tiny-1"), "select"))
    assert card.families()["state"].value == pytest.approx(-0.1)
    assert math.isfinite(card.quality().value)


def test_a_task_that_crashes_is_marked_with_its_reason_and_the_others_stand() -> None:
    broken = Score(id="broken", family="state", generator="recall", settings={"length": 32})
    given = replace(suite("tiny-1"), scores=(*suite("tiny-1").scores, broken))
    rows = score(build(CQ, seed=0), given, "select")
    assert rows[-1].error == "KeyError: 'pairs'"
    assert not any(each.error for each in rows[:-1])


def test_a_model_with_no_finite_score_at_all_is_diverged() -> None:
    asked = iter(range(1, 100))
    point = [e for e in evaluate(tiny(), interrupt=lambda: next(asked) >= 15) if isinstance(e, Checkpoint)][
        -1
    ]
    from safetensors.torch import load, save

    tensors = load(point.data)
    tensors["optimiser/weights"].fill_(float("nan"))
    length = int.from_bytes(point.data[:8], "little")
    header = json.loads(point.data[8 : 8 + length])["__metadata__"]
    result = outcome(tiny(), resume=save(tensors, metadata=header))
    assert (result.outcome["status"], result.outcome["class"]) == (
        "failed",
        "diverged",
    ) and not result.artifacts


def test_shuffled_labels_are_never_learnt() -> None:
    """The leak test: answers that belong to other questions leave every task at or below its baseline."""
    learnt = outcome(tiny(steps=150)).outcome
    shuffled = outcome(tiny(steps=150, shuffle_labels=True))
    assert learnt["quality"]["value"] > 0.08
    assert shuffled.outcome["quality"]["value"] < 0.02
    from safetensors.torch import load

    model = build(CQ)
    load_weights(model, load(shuffled.artifacts["checkpoint"]))
    tasks = score(model, suite("tiny-1"), "select")
    assert not [each for each in margins(tasks, suite("tiny-1").rows, "select", {}) if each.leaks]


def synthetic(id: str, family: str, nll: float, rows: int, noise: float = 0.0, **changes: Any) -> TaskRows:
    spread = np.random.default_rng(3).normal(0, noise, rows)
    ones = np.ones(rows)
    return TaskRows(
        task=Score(id=id, family=family, generator="recall", settings={}, **changes),
        count_R=ones,
        nll_R=nll * ones + spread,
        hits_R=ones,
        baseline_R=2 * ones,
        chance_R=0 * ones,
        binding_R=ones,
    )


def plain_suite(rows: int) -> Suite:
    return Suite(
        name="s", version="1", probes=(), scores=(), rows=rows, text_weight=0.2, text_families=("text",)
    )


def test_quality_is_the_mean_of_families_with_text_at_its_weight() -> None:
    tasks = [
        synthetic("a", "recall", 1.0, 40, binding=True),  # nll_n .5, binding 0
        synthetic("b", "recall", 0.0, 40),  # 1
        synthetic("c", "state", 4.0, 40),  # −1, clipped to −.1
        synthetic("d", "state", 1.0, 40, counts=False),
        synthetic("t", "text", 1.2, 40),  # .4
    ]
    card = Card(plain_suite(40), tasks)
    assert {name: value.value for name, value in card.families().items()} == pytest.approx(
        {"recall": 0.75, "state": -0.1, "text": 0.4}
    )
    assert card.quality().value == pytest.approx(0.8 * (0.75 - 0.1) / 2 + 0.2 * 0.4)
    assert card.quality_binding() == pytest.approx(0.8 * (0.5 - 0.1) / 2 + 0.2 * 0.4)
    assert card.task(tasks[2]).value == pytest.approx(-1)


def test_the_bootstrap_interval_has_the_standard_errors_width() -> None:
    tasks = [synthetic("a", "recall", 1.0, 400, noise=0.4)]
    found = Card(plain_suite(400), tasks).task(tasks[0])
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.4 / 2 / math.sqrt(400), rel=0.12)
    assert found.low < found.value < found.high


def test_resamples_hold_the_measured_rows_first_and_are_the_same_for_all() -> None:
    weights = resamples(24)
    assert weights.shape == (24, 1 + RESAMPLES) and (weights[:, 0] == 1).all()
    assert (weights.sum(0) == 24).all() and (resamples(24) == weights).all()


def test_resamples_without_an_answer_take_the_measured_value() -> None:
    weights = np.array([[1.0, 0.0], [1.0, 2.0]])
    assert normalised(np.array([1.0, 0.0]), np.array([2.0, 0.0]), weights).tolist() == [0.5, 0.5]


def work(**changes: Any) -> dict[str, Any]:
    given = {
        "genomeHash": SHA,
        "genome": CQ,
        "tier": "tiny",
        "suite": "tiny-1",
        "suiteVersion": "1",
        "trainerVersion": "2",
        "datasets": [],
        "replicate": 2,
        "device": "cpu",
        "split": "report",
        "rungs": [1],
        "limits": {"memoryBytes": 1, "cpuSeconds": 1},
    }
    return {**given, **changes}


def test_a_claims_work_becomes_a_request() -> None:
    request = EvaluationRequest.from_work(work(), {})
    assert (request.tier, request.suite, request.replicate, request.split) == ("tiny", "tiny-1", 2, "report")
    training = request.training()
    assert (training.steps, training.tokens_per_step) == (16, 1024)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tier": "huge"}, "unknown tier 'huge'; known: tiny, nano, xs"),
        ({"suite": "nano-7"}, "unknown suite"),
        ({"suiteVersion": "0"}, "suite tiny-1 is version 1 here, not 0"),
        ({"trainerVersion": "0"}, "trainer version 0 was asked for, this worker has 2"),
        ({"rungs": [0.5, 0.25]}, "rungs .*rising"),
        (
            {"tier": "nano", "suite": "nano-1", "suiteVersion": "2"},
            "needs the datasets stdlib, udhr; given: none",
        ),
    ],
)
def test_work_that_cannot_be_done_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        EvaluationRequest.from_work(work(**changes), {}).training()


def test_the_product_suite_trains_and_scores_every_task(tmp_path: Path) -> None:
    """A few steps of nano-1 on a small corpus: every task gives a number."""
    corpus = small_corpus(tmp_path / "text.jsonl", 400)
    request = EvaluationRequest(
        genome=CQ,
        tier="nano",
        suite="nano-1",
        steps=8,
        datasets={"stdlib": corpus, "udhr": corpus, "probes": corpus},
    )
    tasks = {task["id"]: task for task in outcome(request).outcome["tasks"]}
    assert len(tasks) == len(suite("nano-1").scores)
    assert {id for id, task in tasks.items() if "error" in task} <= {
        "lang-other-script"
    }  # the corpus is all Latin


def test_claims_hold_for_the_published_table_and_fail_when_a_cell_moves() -> None:
    ids = "recall4 recall8 rec4@128 selcopy copy10 copy15 par_near par_far ff_near ff_far".split()
    ids += "dyck_near dyck_far ptr1 modadd tool digits text bits quality".split()
    cells = {
        "cc": "0 0 0 0 -.01 -.01 .88 -.01 .72 .44 .93 -.01 .11 1 .09 .97 .44 2.56 .37",
        "qq": ".67 .45 .68 .75 .59 .40 .16 0 .49 .56 .87 .45 .44 .13 .75 .83 .26 3.41 .50",
        "cq": "1 1 1 .75 1 .99 .65 -.01 .82 .84 .91 .18 1 1 .83 .95 .40 2.76 .77",
        "cr": "1 1 1 .87 1 1 .96 .23 1 1 .97 .22 1 1 .83 .97 .39 2.81 .76",
        "ccqc": "1 1 1 .88 1 1 1 .14 .88 .85 .99 .08 1 1 .76 .96 .43 2.61 .77",
        "cg": ".68 .50 .68 .90 .18 .08 .94 .20 1 1 .97 .27 .53 1 .74 .98 .41 2.71 .65",
        "cm": ".08 .05 .10 0 0 0 .90 .02 .69 .57 .97 .12 .24 1 .04 .98 .45 2.52 .40",
    }
    table = {name: dict(zip(ids, map(float, row.split()), strict=True)) for name, row in cells.items()}
    assert len(check(table)) == len(CLAIMS) and all(holds for _, holds in check(table))
    leaking = {**table, "cc": {**table["cc"], "recall8": 0.2}}
    assert [claim.test for claim, holds in check(leaking) if not holds] == [1]
    assert [
        claim.test for claim, holds in check({**table, "qq": {**table["qq"], "dyck_far": 0.2}}) if not holds
    ] == [5, 5]


def test_the_shell_trains_scores_and_lists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    genome = tmp_path / "genome.json"
    genome.write_text(json.dumps(CQ))
    assert main(["train", str(genome), "--tier", "tiny", "--out", str(tmp_path / "out")]) == 0
    assert "quality" in capsys.readouterr().out
    kept = json.loads((tmp_path / "out" / "outcome.json").read_text())
    assert main(["score", str(tmp_path / "out" / "model.safetensors"), "--suite", "tiny-1"]) == 0
    assert json.loads(capsys.readouterr().out)["quality"] == kept["quality"]
    assert main(["tasks"]) == 0
    assert "recall8" in capsys.readouterr().out
    genome.write_text("{")
    assert main(["train", str(genome), "--tier", "tiny", "--out", str(tmp_path / "out")]) == 1
    assert "no JSON" in capsys.readouterr().err


def test_the_standard_library_is_a_dataset_that_does_not_change(tmp_path: Path) -> None:
    from asterism.data.corpora import stdlib
    from asterism.data.text import read

    root = tmp_path / "lib"
    (root / "site-packages").mkdir(parents=True)
    for name, text in (("b.py", "b = 2\n"), ("a.py", "a = 'ü'\n"), ("site-packages/c.py", "c = 3\n")):
        (root / name).write_text(text)
    (root / "bad.py").write_bytes(b"\xff\xfe\xff")
    data = stdlib(root)
    path = tmp_path / "out.jsonl"
    path.write_bytes(data)
    assert [(document.name, document.text) for document in read(path)] == [
        ("a.py", "a = 'ü'\n"),
        ("b.py", "b = 2\n"),
    ]
    assert stdlib(root) == data
    assert len(stdlib(root, most=6).splitlines()) == 1
