"""The broad suites' self-tests: pairs that can be compared, effects that are worked out from the runs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from asterism.__main__ import main
from asterism.evidence.passports import append
from asterism.evidence.self_test_report import RESOLUTION, effects, leaks, self_test_section
from asterism.evidence.suite_claims import ARMS, CLAIMS, genome, parameters, single
from asterism.evidence.suite_runs import SHUFFLED, TOKENS_PER_STEP, Cell, cells, current, key_of, train_cell
from asterism.genome import genome_hash

COMMITTED = Path(__file__).resolve().parents[2] / "bench" / "results" / "self-tests.jsonl"


def ran(cell: Cell, score: float, allowed: float = 0.02) -> dict[str, Any]:
    names = ["mqar", "parity"] if cell.task == SHUFFLED else [each.id for each in single(cell.task).scores]
    told = {"status": "scored", "scores": dict.fromkeys(names, score)}
    told |= {"allowed": dict.fromkeys(names, allowed), "failed": {}} if cell.task == SHUFFLED else {}
    key = {"genomeHash": genome_hash(genome(cell.arm)), "suiteVersion": key_of(cell)[5]}
    return {**{name: getattr(cell, name) for name in Cell.__dataclass_fields__}, **key, **told}


def series(scores: dict[str, tuple[float, ...]], seeds: int = 3) -> list[dict[str, Any]]:
    """Runs of all cells; an arm that is not named scores 0."""
    return [ran(cell, scores.get(cell.arm, (0.0,) * seeds)[cell.seed]) for cell in cells(seeds)]


def test_the_sides_of_a_claim_have_as_many_parameters() -> None:
    for claim in CLAIMS:
        sizes = sorted(parameters(arm) for arm in (claim.better, claim.worse))
        assert sizes[1] <= 1.1 * sizes[0], claim
    assert {arm for claim in CLAIMS for arm in (claim.better, claim.worse)} == set(ARMS)


def test_an_effect_is_counted_in_standard_deviations_of_a_seed() -> None:
    runs = series({"attention": (0.9, 1.0, 0.8), "gated convolution": (0.1, 0.0, 0.2)})
    effect = effects(runs)[0]
    assert (effect.claim.better, effect.claim.worse) == ("attention", "gated convolution")
    assert effect.difference == pytest.approx(0.8) and effect.sigma == pytest.approx(0.1)
    assert effect.size == pytest.approx(8) and effect.seeds == 3
    plateau = effects(series({"attention": (1.0, 1.0, 1.0)}))[0]
    assert plateau.sigma == RESOLUTION and plateau.size == pytest.approx(1 / RESOLUTION)


def test_a_claim_that_fails_and_a_task_that_leaks_are_shown() -> None:
    runs = series({"gated convolution": (0.5, 0.5, 0.5), "convolution + attention": (0.1, 0.1, 0.1)})
    told = self_test_section(runs)
    assert told.count("**against the claim**") == sum(e.difference <= 0 for e in effects(runs)) > 0
    assert [each.above for each in leaks(runs)] == [("mqar", "parity")] * 3
    assert "above their bound: mqar, parity" in told
    assert "none above its bound" in self_test_section(series({}))


def test_runs_of_another_architecture_or_version_do_not_count() -> None:
    runs = series({})
    other = [{**run, "genomeHash": "0"} for run in runs] + [{**run, "suiteVersion": "0"} for run in runs]
    assert current(other) == [] and len(current(runs)) == len(runs) == 33


def test_a_cell_is_trained_alone_and_the_same_twice() -> None:
    cell = replace(next(cells()), steps=3)
    first, again = train_cell(cell, {}), train_cell(cell, {})
    assert first["scores"] == again["scores"] and set(first["scores"]) == {"mqar"}
    assert first["tokens"] == 3 * TOKENS_PER_STEP and key_of(first)[:3] == key_of(cell)[:3]
    assert train_cell(replace(cell, seed=1), {})["scores"] != first["scores"]


def test_the_command_reads_what_is_there_and_says_whether_all_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = tmp_path / "runs.jsonl"
    report = ["selftest", "--suite", "nano-2", "--report", "--results", str(results)]
    lowest = dict.fromkeys(
        ("gated convolution", "additive linear attention", "attention without positions"), (0.2, 0.2, 0.2)
    )
    known = {arm: (1.0, 1.0, 1.0) for arm in ARMS} | {"gated delta rule": (0.5, 0.5, 0.5)} | lowest
    for run in series(known):
        bounded = {"allowed": dict.fromkeys(run["scores"], 1.0)} if run["task"] == SHUFFLED else {}
        append(results, {**run, **bounded})
    assert main(report) == 0
    assert "attention > gated convolution" in capsys.readouterr().out
    for seed in range(3, 20):
        append(results, ran(Cell(task="mqar", arm="attention", seed=seed), 0.0))
    assert main(report) == 1
    assert main([*report[:3], *report[4:]]) == 1  # no dataset was given
    assert "node scripts/datasets/udhr.mjs" in capsys.readouterr().err


def test_the_committed_runs_can_be_read() -> None:
    """Runs of an earlier version of the suite may stay in the file; they do not count."""
    runs = [json.loads(line) for line in COMMITTED.read_text().splitlines()]
    assert len({key_of(run) for run in runs}) == len(runs)
    assert all(run["split"] == "select" for run in runs if run["status"] == "scored")
    assert self_test_section(runs)
