"""Signal-to-noise, the rule of weights, and the scores that follow, against values worked out by hand."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from asterism.__main__ import main
from asterism.evaluation.aggregate import Card, above_chance, curve_area, guard
from asterism.evaluation.scoring import TaskRows
from asterism.evaluation.weights import Weights
from asterism.evaluation.weights.frozen import weights_of
from asterism.evidence.runs import read_runs
from asterism.evidence.statistics import table
from asterism.evidence.statistics.noise import chi_squared_quantile, noise, spread
from asterism.evidence.statistics.signal import signal
from asterism.evidence.weighing.document import decisions, document, text
from asterism.evidence.weighing.rule import Measured, weigh
from asterism.tasks.suite import Score, Suite
from asterism.tasks.suites import SUITES, suite

RESULTS = Path(__file__).resolve().parents[2] / "bench" / "results"
MEASURED = replace(suite("nano-1"), version="1")
"""As it was when its runs were made."""


def around(means: list[float], wide: float = 0.01) -> dict[str, list[float]]:
    """Architectures with three seeds each, σ = `wide`."""
    return {f"a{at}": [mean - wide, mean, mean + wide] for at, mean in enumerate(means)}


def task(id: str, means: list[float], wide: float = 0.01, **changes: Any) -> Measured:
    return Measured(**{"id": id, "family": "f", "groups": around(means, wide), **changes})


def test_the_ratio_is_the_spread_of_means_over_the_pooled_seed_deviation() -> None:
    found = signal({"a": [0.1, 0.3], "b": [0.5, 0.5], "c": [0.9]})
    assert found is not None
    sigma = math.sqrt((0.02 + 0.0) / 2)
    assert found.sigma == pytest.approx(sigma) and found.spread == pytest.approx(stats.tstd([0.2, 0.5, 0.9]))
    assert found.ratio == pytest.approx(found.spread / sigma)
    assert found.low <= found.ratio <= found.high and (found.architectures, found.runs) == (3, 5)


def test_the_ratio_needs_two_architectures_and_a_second_seed() -> None:
    assert signal({}) is None and signal({"a": [1, 2]}) is None and signal({"a": [1], "b": [2]}) is None


def test_nothing_that_moves_has_no_signal() -> None:
    found = signal({"a": [0.5, 0.5], "b": [0.5, 0.5]})
    assert found is not None and found.ratio == 0


def test_the_interval_of_the_ratio_holds_the_truth_about_as_often_as_it_says() -> None:
    """Architectures drawn from a normal, so the true ratio is known: √(spread² + σ²/n) / σ."""
    random, hits, truth = np.random.default_rng(1), 0, math.sqrt(2**2 + 1 / 3)
    for _ in range(60):
        means = random.normal(0, 2, 12)
        found = signal({f"a{at}": list(mean + random.normal(0, 1, 3)) for at, mean in enumerate(means)})
        assert found is not None
        hits += found.low <= truth <= found.high
    assert hits >= 48


def test_noise_has_the_bound_that_its_degrees_of_freedom_leave() -> None:
    found = noise(around([0, 1, 2, 3], 0.1))
    assert found is not None and found.freedom == 8 and found.sigma == pytest.approx(0.1)
    assert found.upper == pytest.approx(0.1 * math.sqrt(8 / stats.chi2.ppf(0.2, 8)), rel=0.01)
    assert noise({"a": [1.0]}) is None and spread({"a": [1.0]}) is None


@pytest.mark.parametrize("freedom", [2, 5, 12, 24, 80])
def test_the_quantile_is_near_the_exact_one(freedom: int) -> None:
    assert chi_squared_quantile(0.2, freedom) == pytest.approx(stats.chi2.ppf(0.2, freedom), rel=0.02)


def test_weights_follow_the_ratio_and_say_why() -> None:
    found = {
        each.id: each
        for each in weigh(
            [
                task("clear", [0.1, 0.5, 0.9]),
                task("half", [0.1, 0.2, 0.3], 0.0666),
                task("third", [0.2, 0.4, 0.6], 0.05),
                task("noisy", [0.1, 0.2, 0.3], 0.2),
                task("solved", [0.99] * 11 + [0.5]),
                task("untouched", [0.0] * 12),
                task("split", [0.99] * 6 + [0.0] * 6),
                task("harder", [0.1, 0.5, 0.9], counts=False),
                task("broken", [0.1, 0.5, 0.9], error="2 of 9 runs, NoDocuments"),
                task("once", [], groups={"a": [0.1], "b": [0.2]}),
            ]
        )
    }
    assert found["clear"].weight == found["third"].weight == found["split"].weight == 1
    assert found["half"].weight == pytest.approx(0.1 / 0.0666 / 2)
    assert {name for name, each in found.items() if not each.kept} == {
        "noisy",
        "solved",
        "untouched",
        "harder",
        "broken",
        "once",
    }
    assert found["noisy"].reason == "signal-to-noise 0.50 < 1"
    assert found["solved"].reason == "11 of 12 architectures above 0.98"
    assert found["untouched"].reason == "12 of 12 architectures below 0.03"
    assert found["harder"].reason == "not in quality: scored only" and found["harder"].signal is not None
    assert found["broken"].reason == "not scored: 2 of 9 runs, NoDocuments"
    assert found["once"].reason == "no σ: no architecture has two seeds"


def test_a_family_keeps_its_three_best_but_nothing_that_carries_no_order() -> None:
    tasks = [
        task("kept", [0.1, 0.5, 0.9]),
        task("second", [0.1, 0.2, 0.3], 0.125),
        task("third", [0.1, 0.2, 0.3], 0.2),
        task("fourth", [0.1, 0.2, 0.3], 0.5),
        task("untouched", [0.0] * 12),
        task("lone", [0.0] * 12, family="g"),
    ]
    found = {each.id: each for each in weigh(tasks)}
    assert [name for name, each in found.items() if each.kept] == ["kept", "second", "third"]
    assert found["second"].weight == pytest.approx(0.4)
    assert found["second"].reason == "signal-to-noise 0.80 < 1; kept: the family has fewer than 3 others"


@given(
    st.lists(
        st.tuples(
            st.sampled_from("fgh"),
            st.lists(st.lists(st.floats(-0.1, 1), min_size=1, max_size=3), max_size=5),
        ),
        max_size=8,
    )
)
def test_every_task_gets_one_weight_between_none_and_full(drawn: list[tuple[str, list[list[float]]]]) -> None:
    tasks = [
        Measured(id=str(at), family=family, groups={str(name): values for name, values in enumerate(groups)})
        for at, (family, groups) in enumerate(drawn)
    ]
    found = weigh(tasks)
    assert [each.id for each in found] == [each.id for each in tasks]
    assert all(0 <= each.weight <= 1 and each.reason for each in found)
    assert found == weigh(tasks)


def test_the_document_is_made_from_the_runs_of_one_version() -> None:
    runs = read_runs(RESULTS / "nano-1.jsonl")
    made = document(MEASURED, runs)
    assert made["provenance"]["runs"] == 21 and set(made["provenance"]["architectures"].values()) == {3}
    assert not made["complete"] and made["noise"]["quality"]["sigma"] == pytest.approx(0.042, abs=5e-4)
    assert [each["id"] for each in made["tasks"]] == [each.id for each in MEASURED.scores]
    other = [{**runs[0], "outcome": {**runs[0]["outcome"], "suiteVersion": "0"}}]
    assert document(MEASURED, [*runs, *other]) == made
    newer = [{**run, "trainerVersion": "2"} for run in runs[:2]]
    assert document(MEASURED, [*runs, *newer])["provenance"]["runs"] == 2
    assert document(MEASURED, [])["noise"]["quality"] is None
    assert json.loads(text(made))["tasks"]


def test_runs_of_the_second_set_weigh_nothing() -> None:
    runs = read_runs(RESULTS / "nano-1.jsonl")
    second = [{**run, "set": "random"} for run in runs]
    assert document(MEASURED, [*runs, *second]) == document(MEASURED, runs)


@pytest.mark.parametrize("name", sorted(SUITES))
def test_committed_weights_are_what_the_committed_runs_give(name: str) -> None:
    from asterism.evaluation.weights.frozen import weights_file

    file, chosen = weights_file(name), suite(name)
    if not file.exists():
        assert weights_of(name, chosen.version) is None
        return
    assert file.read_text() == text(document(chosen, read_runs(RESULTS / f"reference-{name}.jsonl")))


@pytest.mark.parametrize("tier", ["nano", "xs"])
def test_a_tier_knows_the_noise_that_its_suite_was_measured_to_have(tier: str) -> None:
    stated = json.loads((files("asterism.contracts") / "tiers.json").read_text())[tier]
    made = document(suite(stated["suite"]), read_runs(RESULTS / f"reference-{stated['suite']}.jsonl"))
    if not made["complete"]:
        pytest.skip("the reference set of this suite's version is not complete")
    assert stated["qualityNoise"] == pytest.approx(made["noise"]["quality"]["sigma"], abs=5e-4)


def rows(id: str, family: str, nll: float, **changes: Any) -> TaskRows:
    ones = np.ones(40)
    return TaskRows(
        task=Score(id=id, family=family, generator="recall", settings={}, **changes),
        count_R=ones,
        nll_R=nll * ones,
        hits_R=0.75 * ones,
        baseline_R=2 * ones,
        chance_R=0.5 * ones,
        binding_R=ones,
    )


def test_weighted_quality_is_the_mean_of_families_whose_tasks_are_weighed() -> None:
    plain = Suite(
        name="s", version="1", probes=(), scores=(), rows=40, text_weight=0.2, text_families=("text",)
    )
    card = Card(
        plain,
        [
            rows("a", "recall", 1.0),  # .5
            rows("b", "recall", 0.0),  # 1
            rows("c", "state", 8.0),  # −3, clipped to −.1
            rows("d", "state", 1.0),
            rows("t", "text", 1.2),  # .4
        ],
    )
    families, quality = card.weighted(Weights(name="s/1/x", tasks={"a": 1.0, "b": 0.5, "c": 0.3, "t": 0.2}))
    assert {name: value.value for name, value in families.items()} == pytest.approx(
        {"recall": 2 / 3, "state": -0.1, "text": 0.4}
    )
    assert quality.value == pytest.approx(0.8 * (2 / 3 - 0.1) / 2 + 0.2 * 0.4)
    equal = Weights(name="s/1/y", tasks={each.task.id: 1.0 for each in card.tasks})
    assert card.weighted(equal)[1] == card.quality() and card.weighted(equal)[0] == card.families()


def test_weights_count_only_for_their_version_and_when_complete(tmp_path: Path) -> None:
    made = document(MEASURED, read_runs(RESULTS / "nano-1.jsonl"))
    folder = tmp_path / "part"
    folder.mkdir()
    (folder / "nano-1.json").write_text(text(made))
    assert weights_of("nano-1", "1", folder) is None
    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / "nano-1.json").write_text(text({**made, "complete": True}))
    assert weights_of("nano-1", "2", whole) is None and weights_of("xs-1", "1", whole) is None
    found = weights_of("nano-1", "1", whole)
    assert found is not None and found.name.startswith("nano-1/1/") and "recall4" in found.tasks
    kept = {each.id for each in decisions(MEASURED, read_runs(RESULTS / "nano-1.jsonl")) if each.kept}
    assert set(found.tasks) == kept


def test_the_guard_falls_with_its_weakest_family() -> None:
    assert guard([0.5, 0.5]) == pytest.approx(0.5)
    assert guard([0.9, 0.0]) == pytest.approx(math.sqrt(0.95 * 0.05) - 0.05)
    assert guard([0.9, -0.1]) == guard([0.9, 0.0]) and guard([0.0]) == pytest.approx(0)


@given(st.lists(st.floats(-0.1, 1), min_size=1, max_size=12))
def test_the_guard_lies_between_the_worst_family_and_the_mean(families: list[float]) -> None:
    floored = [max(0.0, value) for value in families]
    assert min(floored) - 1e-9 <= guard(families) <= sum(floored) / len(floored) + 1e-9


def test_accuracy_above_chance_and_the_curves_area() -> None:
    assert above_chance(0.75, 0.5) == 0.5 and above_chance(0.25, 0.5) == -0.5 and above_chance(1, 1) == 0
    assert curve_area([0.2, 0.4, 0.9]) == pytest.approx(0.5)


def test_a_set_is_told_by_its_name() -> None:
    runs = [{"set": "random"}, {"set": "reference"}, {}]
    assert table.of_set(runs, "random") == runs[:1] and table.of_set(runs, "reference") == runs[1:]


def test_the_command_writes_the_weights_or_says_what_makes_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "weights.json"
    given = ["weights", "--suite", "nano-1", "--results", str(tmp_path), "--out", str(out)]
    assert main(given) == 1 and "python -m asterism reference" in capsys.readouterr().err
    (tmp_path / "reference-nano-1.jsonl").write_text((RESULTS / "nano-1.jsonl").read_text())
    assert main(given) == 0 and "not in effect" in capsys.readouterr().out
    assert out.read_text() == text(document(suite("nano-1"), read_runs(RESULTS / "nano-1.jsonl")))
