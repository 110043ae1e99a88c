"""Class passports: the rate multiplier of a training, the verdict's rule, and what is committed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from small_trainings import GENOMES, small_request

from asterism.backbone import build
from asterism.errors import Refused
from asterism.evidence import passports
from asterism.evidence.passports import TRIALS, Cell, append, cells, key_of, motif, read, verdict
from asterism.genome import genome_hash
from asterism.training import Snapshot, run
from asterism.training.optimiser import ADAM_RATES, MUON_RATE, Optimiser

CHECKOUT = Path(__file__).resolve().parents[2]
KINDS: Mapping[str, Any] = json.loads((CHECKOUT / "schema" / "kinds.json").read_text())
RESULTS = CHECKOUT / "bench" / "results" / "passports.jsonl"
DEFAULT_SPACES = ("deployable", "small")
PROBED = [kind for kind in TRIALS if kind in KINDS]


def _weights(**rates: float) -> Mapping[str, torch.Tensor]:
    last = list(run(small_request(GENOMES["cq"], rates=rates)))[-1]
    assert isinstance(last, Snapshot)
    return last.weights


def _runs(kind: str, scores: Mapping[float, tuple[float, float]]) -> list[dict[str, Any]]:
    return [{**asdict(cell), "score": scores[cell.rate][cell.seed]} for cell in cells([kind])]


def test_a_multiplier_of_one_changes_no_bit_and_another_one_does() -> None:
    plain, once, twice = _weights(), _weights(matrix=1.0, table=1.0), _weights(table=2.0)
    assert all(torch.equal(plain[name], once[name]) for name in plain)
    assert any(not torch.equal(plain[name], twice[name]) for name in plain)


def test_a_multiplier_moves_the_rate_of_its_role_alone() -> None:
    model = build(GENOMES["cq"], seed=0)
    rates = {span.rate for span in Optimiser(model, model.roles(), {"table": 2.0}).spans}
    assert rates == {MUON_RATE, ADAM_RATES["vector"], 2 * ADAM_RATES["table"]}


def test_a_multiplier_of_a_role_that_does_not_exist_is_refused() -> None:
    model = build(GENOMES["cq"], seed=0)
    with pytest.raises(AssertionError, match="tables"):
        Optimiser(model, model.roles(), {"tables": 2.0})


def test_a_training_at_another_rate_does_not_resume_one_at_the_default() -> None:
    request = small_request(GENOMES["cq"])
    assert replace(request, rates={"table": 2.0}).identity() != request.identity()


@pytest.mark.parametrize("kind", PROBED)
def test_the_motif_of_a_kind_has_the_kind_and_builds(kind: str) -> None:
    genome = motif(kind, KINDS)
    assert kind in {entry["kind"] for entry in genome["backbone"]}
    assert build(genome, meta=True).parameter_counts()["params"] > 0


def test_a_kind_without_a_probe_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Refused, match="gated-conv"):
        motif("no-such-kind", KINDS)


@pytest.mark.parametrize(
    ("scores", "reason"),
    [
        ({0.5: (0.99, 0.98), 1.0: (0.99, 1.0), 2.0: (0.97, 0.99)}, ""),
        ({0.5: (0.99, 0.98), 1.0: (0.99, 1.0), 2.0: (0.0, 0.9)}, ""),
        ({0.5: (0.3, 0.4), 1.0: (0.5, 0.5), 2.0: (0.8, 0.6)}, "no rate"),
        ({0.5: (0.99, 0.99), 1.0: (0.92, 0.93), 2.0: (0.9, 0.9)}, "below the best"),
        ({0.5: (0.2, 0.99), 1.0: (0.2, 0.99), 2.0: (0.99, 0.99)}, "at the default rate"),
    ],
)
def test_the_verdict_asks_for_a_solved_probe_and_a_default_rate_within_one_sigma(
    scores: Mapping[float, tuple[float, float]], reason: str
) -> None:
    said = verdict("gla", _runs("gla", scores))
    assert said is not None and said.passed == (reason == "") and reason in said.reason


def test_there_is_no_verdict_before_the_grid_is_whole() -> None:
    runs = _runs("gla", dict.fromkeys((0.5, 1.0, 2.0), (1.0, 1.0)))
    assert verdict("gla", runs[:-1]) is None and verdict("ssd", runs) is None


def test_runs_with_one_role_multiplied_or_another_length_are_no_part_of_the_verdict() -> None:
    runs = _runs("gla", dict.fromkeys((0.5, 1.0, 2.0), (1.0, 1.0)))
    others = [{**run, "role": "dynamics", "score": 0.0} for run in runs if run["rate"] != 1]
    shorter = [{**run, "steps": 16, "score": 0.0} for run in runs]
    said = verdict("gla", others + shorter + runs)
    assert said is not None and said.passed


def test_runs_on_another_probe_are_no_part_of_the_verdict() -> None:
    runs = [{**run, "probe": "recall"} for run in _runs("gla", dict.fromkeys((0.5, 1.0, 2.0), (1.0, 1.0)))]
    assert verdict("gla", runs) is None


def test_one_motif_of_two_kinds_is_trained_once() -> None:
    genome = motif("gated-conv", KINDS)
    run = {**asdict(Cell(kind="gated-conv", rate=1.0, seed=0)), "genomeHash": genome_hash(genome)}
    same = passports.twin(Cell(kind="swiglu", rate=1.0, seed=0), motif("swiglu", KINDS), [run])
    assert same is not None and same["kind"] == "swiglu"
    assert passports.twin(Cell(kind="swiglu", rate=2.0, seed=0), motif("swiglu", KINDS), [run]) is None


def test_a_series_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path, cell = tmp_path / "runs.jsonl", Cell(kind="swiglu", rate=2.0, seed=1, steps=4)
    append(path, passports.train_cell(cell, motif("swiglu", KINDS)))
    assert [key_of(each) for each in read(path)] == [key_of(cell)]
    assert read(path)[0]["status"] == "scored"


@pytest.mark.parametrize("name", DEFAULT_SPACES)
def test_the_default_spaces_hold_no_kind_without_a_passport(name: str) -> None:
    space = json.loads((CHECKOUT / "genomes" / "spaces" / f"{name}.json").read_text())
    held = {operator["kind"] for operator in space["operators"]}
    runs = passports.current(read(RESULTS), KINDS)
    passed = {said.kind for said in passports.verdicts(runs) if said.passed}
    assert held <= passed, f"no passport: {sorted(held - passed)}"


def test_runs_of_a_motif_that_is_tried_no_longer_are_no_part_of_the_verdict() -> None:
    now = {"kind": "selective", "genomeHash": genome_hash(motif("selective", KINDS))}
    before = {**now, "genomeHash": "0" * 64}
    assert passports.current([before, now], KINDS) == [now]


def test_the_committed_verdicts_follow_from_the_committed_runs(tmp_path: Path) -> None:
    runs = passports.current(read(RESULTS), KINDS)
    passports.write_verdicts(tmp_path / "passports.jsonl", passports.verdicts(runs))
    committed = RESULTS.with_name("passports-verdicts.jsonl")
    assert (tmp_path / "passports-verdicts.jsonl").read_text() == committed.read_text()
