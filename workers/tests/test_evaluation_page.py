"""The page about the suites: true to the committed runs, and to any number of them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from asterism.__main__ import main
from asterism.evaluation.weights.frozen import weights_of
from asterism.evidence.page import Page, Results, page, read
from asterism.evidence.page.markdown import number
from asterism.evidence.page.svg import scale, short, ticks
from asterism.evidence.statistics import tiers
from asterism.evidence.statistics.noise import groups_in_order, pooled_sigma
from asterism.tasks.suites import suite

CHECKOUT = Path(__file__).resolve().parents[2]
RESULTS = CHECKOUT / "bench" / "results"


def test_the_committed_page_is_what_the_committed_runs_give(tmp_path: Path) -> None:
    out = tmp_path / "evaluation.md"
    assert main(["evaluation-page", "--results", str(RESULTS), "--out", str(out)]) == 0
    assert out.read_text() == (CHECKOUT / "docs" / "evaluation.md").read_text()
    for drawing in (tmp_path / "figures").iterdir():
        assert drawing.read_text() == (CHECKOUT / "docs" / "figures" / drawing.name).read_text()


def test_every_link_of_the_committed_page_leads_to_a_file() -> None:
    text = (CHECKOUT / "docs" / "evaluation.md").read_text()
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert "tasks.md" in links and all((CHECKOUT / "docs" / link).exists() for link in links)


def runs(
    name: str, set: str, architectures: Sequence[str], seeds: int, noise: float = 0.01
) -> list[dict[str, Any]]:
    """Constructed lines: architecture k scores (k + 1) / (K + 1) on every task, plus noise by seed."""
    random, chosen, made = np.random.default_rng(5), suite(name), []
    for replicate in range(1, seeds + 1):
        for at, architecture in enumerate(architectures):
            truth = (at + 1) / (len(architectures) + 1)
            values = {task.id: truth + float(random.normal(0, noise)) for task in chosen.scores}
            quality = truth + float(random.normal(0, noise / 2))
            tasks = [
                {
                    "id": task.id,
                    "family": task.family,
                    "n": 9,
                    "nll": 1 - values[task.id],
                    "score": values[task.id],
                }
                for task in chosen.scores
            ]
            families = {task.family: {"score": truth} for task in chosen.scores if task.counts}
            outcome = {
                "status": "scored",
                "suiteVersion": chosen.version,
                "tasks": tasks,
                "families": families,
                "quality": {"value": quality},
                "qualityBinding": quality,
                "curve": [
                    {"fraction": 0.25, "quality": -quality},
                    {"fraction": 0.5, "quality": quality / 2},
                    {"fraction": 1, "quality": quality},
                ],
                "cpuSeconds": {"data": 1, "train": 2, "score": 3},
            }
            made.append(
                {
                    "architecture": architecture,
                    "set": set,
                    "replicate": replicate,
                    "split": "select",
                    "trainerVersion": "2",
                    "commit": "abc",
                    "machine": {"cpu_model": "some", "cores": 2, "loadAfter": 1.0},
                    "estimate": {"paramsNonEmbedding": 100 + at % 3, "flopsPerToken": 7},
                    "outcome": outcome,
                }
            )
    return made


def made_from(nano: list[dict[str, Any]], xs: list[dict[str, Any]]) -> Page:
    found = page(Results(narrow=read(RESULTS).narrow, broad={"nano-2": nano, "xs-1": xs}, self_tests=[]))
    for drawing in found.figures.values():
        ElementTree.fromstring(drawing)
    return found


TWELVE = [f"a{at:02}" for at in range(12)]


def test_with_no_run_the_page_says_what_is_not_yet_run() -> None:
    found = made_from([], [])
    assert not found.figures
    for tier, name in (("nano", "nano-2"), ("xs", "xs-1")):
        version = suite(name).version
        assert f"run in version {version}: `python -m asterism reference --tier {tier}`." in found.text
    assert "Not yet run: 0 architectures at both tiers" in found.text
    assert "Not yet run: `python -m asterism selftest --suite nano-2`." in found.text
    assert "## Suite nano-check" in found.text and "## Suite nano-1" in found.text


def test_with_one_seed_there_is_no_sigma_and_no_order() -> None:
    found = made_from(runs("nano-2", "reference", TWELVE[:3], 1), [])
    assert "One seed only, so no σ and no order" in found.text and "3 with n = 1" in found.text
    assert "Signal-to-noise needs a second seed" in found.text and "provisional" in found.text
    assert set(found.figures) == {"families-nano-2.svg"}


def test_the_whole_story() -> None:
    nano = [
        *runs("nano-2", "reference", TWELVE, 3),
        *runs("nano-2", "random", [f"r{at}" for at in range(10)], 1),
    ]
    xs = [
        *runs("xs-1", "reference", TWELVE[:6], 2),
        *runs("xs-1", "random", [f"r{at}" for at in range(8)], 1),
    ]
    found = made_from(nano, xs)
    assert "36 runs of 12 architectures (12 with n = 3)" in found.text
    assert "at least 40 tasks at or above 1: reached." in found.text
    assert "10 of them at `nano`, 8 at `xs`, 8 at both" in found.text
    assert "| **Q at nano** | 1.00 (1.00 to 1.00) | 1.00 (1.00 to 1.00)" in found.text
    assert "| ceiling by seed noise | " in found.text and "τ is at or above the expected 0.6" in found.text
    assert "read against the standard deviation: reached" in found.text
    assert set(found.figures) == {
        "families-nano-2.svg",
        "families-xs-1.svg",
        "signal-to-noise-nano-2.svg",
        "signal-to-noise-xs-1.svg",
        "nano-to-xs.svg",
    }
    assert "Kendall's τ 1.00 (1.00 to 1.00), expected at least 0.6" in found.text
    assert "11 of 11 families and 0 of 143 tasks have p < 0.05" in found.text
    assert "-1.00 (-1.00 to -1.00) at 25%, 1.00 (1.00 to 1.00) at 50% of the tokens" in found.text
    assert made_from(nano, xs) == found


def test_a_failed_run_and_one_of_another_version_are_counted_and_left_out() -> None:
    nano = runs("nano-2", "reference", TWELVE[:3], 2)
    nano[0] = {**nano[0], "outcome": {"status": "failed", "class": "diverged", "reason": "NaN"}}
    nano[1] = {**nano[1], "outcome": {**nano[1]["outcome"], "suiteVersion": "0"}}
    found = made_from(nano, [])
    assert "4 runs of 3 architectures (1 with n = 2, 2 with n = 1)" in found.text
    assert "2 runs of other versions or without a score are in the file and not used" in found.text


def test_a_random_genome_that_failed_is_named_with_its_reason() -> None:
    nano = runs("nano-2", "random", ["r1", "r2"], 1)
    outcome = {"status": "failed", "class": "diverged", "reason": "router-collapse at step 9"}
    nano[0] = {**nano[0], "suiteVersion": suite("nano-2").version, "outcome": outcome}
    nano[1] = {**nano[1], "suiteVersion": "0", "outcome": outcome}
    found = made_from(nano, [])
    said = "Trained without a score, and in no figure below: `r1` at `nano` (router-collapse at step 9)."
    assert said in found.text


def test_only_architectures_of_both_tiers_are_compared() -> None:
    lower, upper = runs("nano-2", "random", ["a", "b", "c"], 2), runs("xs-1", "random", ["c", "b", "d"], 1)
    matched = tiers.both(lower, upper)
    assert matched.names == ("b", "c") and [len(each) for each in matched.lower] == [2, 2]
    found = tiers.tier(matched.lower, lambda run: run["outcome"]["quality"]["value"], lower)
    assert found is not None and found.runs.tolist() == [2, 2] and found.sigma is not None
    assert tiers.tier(matched.lower, lambda run: None, lower) is None


def test_weighted_quality_of_a_run_is_that_of_the_weights() -> None:
    chosen, run = suite("nano-2"), runs("nano-2", "reference", ["a"], 1)[0]
    scores = {task["id"]: task["score"] for task in run["outcome"]["tasks"]}
    tasks = {task.family: task.id for task in chosen.scores}
    read_it = tiers.weighted_quality(
        chosen, {tasks["recall"]: 1.0, tasks["state"]: 0.5, tasks["language"]: 0.2}
    )
    expected = 0.8 * (scores[tasks["recall"]] + scores[tasks["state"]]) / 2 + 0.2 * scores[tasks["language"]]
    assert read_it(run) == pytest.approx(expected)
    assert weights_of("nano-2", "0") is None


def test_groups_are_told_apart_only_beyond_the_noise() -> None:
    groups = {"a": [0.80, 0.82], "b": [0.79, 0.81], "c": [0.50, 0.52]}
    sigma = pooled_sigma(groups)
    assert sigma == pytest.approx(0.01 * math.sqrt(2))
    assert groups_in_order(groups, sigma) == [["a", "b"], ["c"]]
    assert groups_in_order(groups, 0.5) == [["a", "b", "c"]]
    assert pooled_sigma({"a": [0.8]}) is None


def test_numbers_and_places_are_written_plainly() -> None:
    assert [number(value) for value in (None, -0.001, 0.125, -0.5)] == ["–", "0.00", "0.12", "-0.50"]
    assert [short(value) for value in (3.04, -0.04, 2.55)] == ["3", "0", "2.5"]
    place = scale((0, 2), (10, 30))
    assert [place(value) for value in (0, 1, 9)] == [10, 20, 30]
    assert list(ticks(-0.1, 0.2, 0.1)) == pytest.approx([-0.1, 0, 0.1, 0.2])
