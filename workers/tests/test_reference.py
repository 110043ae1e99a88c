"""The frozen sets, and the series of runs over them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from asterism.backbone import build
from asterism.errors import Refused
from asterism.evaluation.request import tier_suite
from asterism.evidence.reference import (
    SETS,
    TIERS,
    Series,
    architectures,
    is_done,
    key_of,
    planned,
)
from asterism.evidence.runs import append_line, read_runs
from asterism.genome import genome_hash
from asterism.tasks.reference_set import REFERENCE_SET, reference_genome
from asterism.tasks.suites import suite
from asterism.training import TRAINER_VERSION

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = CHECKOUT / "genomes" / "evaluation"
# The sets are frozen: results name these genomes. A new set is a new file.
FROZEN = {"reference": (12, "b9626f81"), "random": (40, "af74cb37")}


def _hashes(name: str) -> str:

    hashes = [each.genome_hash for tier in TIERS for each in architectures(FOLDER, name, tier)]
    return hashlib.sha256(" ".join(hashes).encode()).hexdigest()[:8]


@pytest.mark.parametrize("name", SETS)
def test_the_sets_are_frozen(name: str) -> None:
    count, digest = FROZEN[name]
    assert len({each.genome_hash for each in architectures(FOLDER, name, "nano")}) == count
    assert _hashes(name) == digest


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("tier", TIERS)
def test_every_genome_is_what_its_file_says(name: str, tier: str) -> None:
    for each in architectures(FOLDER, name, tier):
        assert genome_hash(each.genome) == each.genome_hash
        model = build(each.genome)
        ends = each.genome["size"]["vocab"] * each.genome["size"]["width"] * 2
        parameters = sum(parameter.numel() for parameter in model.parameters())
        assert parameters - ends == each.costs["paramsNonEmbedding"], each.name


def test_the_reference_set_holds_the_nets_of_the_nano_recipe() -> None:
    found = {each.name: each.genome_hash for each in architectures(FOLDER, "reference", "nano")}
    assert {letters: found[letters] for letters in REFERENCE_SET} == {
        letters: genome_hash(reference_genome(letters)) for letters in REFERENCE_SET
    }


def test_random_genomes_are_within_ten_per_cent_of_each_other() -> None:
    costs = [each.costs["paramsNonEmbedding"] for each in architectures(FOLDER, "random", "nano")]
    middle = (min(costs) + max(costs)) / 2
    assert all(abs(cost / middle - 1) <= 0.11 for cost in costs)


def test_an_unknown_architecture_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Refused, match="not in the reference set: cz; it has cc, qq, "):
        architectures(FOLDER, "reference", "nano", ["cc", "cz"])


def test_a_series_goes_on_where_it_stopped_and_what_another_code_made_does_not_count(tmp_path: Path) -> None:
    series = Series(
        architectures=architectures(FOLDER, "reference", "nano", ["cc", "cq"]),
        suite="nano-2",
        replicates=[1, 2],
        results=tmp_path / "runs.jsonl",
        datasets={},
    )
    version = suite(series.suite).version

    hashes = {each.name: each.genome_hash for each in series.architectures}

    def line(architecture: str, replicate: int, **changes: Any) -> dict[str, Any]:
        named = {"set": "reference", "tier": "nano", "architecture": architecture, "replicate": replicate}
        made_by = {"suiteVersion": version, "trainerVersion": TRAINER_VERSION}
        return {**named, "genomeHash": hashes[architecture], **made_by, **changes}

    append_line(series.results, line("cc", 1))
    append_line(series.results, line("cq", 1, suiteVersion="0"))
    append_line(series.results, line("cc", 2, trainerVersion="0"))
    append_line(series.results, line("cq", 2, genomeHash="0"))
    runs = read_runs(series.results)
    missing = [(each.name, n) for each, n in planned(series) if not is_done(series, each, n, runs)]
    assert missing == [("cq", 1), ("cc", 2), ("cq", 2)]


def test_committed_runs_are_of_the_frozen_genomes() -> None:
    known = {
        (name, tier, each.name): each.genome_hash
        for name in SETS
        for tier in TIERS
        for each in architectures(FOLDER, name, tier)
    }
    for tier in TIERS:
        runs = read_runs(CHECKOUT / "bench" / "results" / f"reference-{tier_suite(tier)[0]}.jsonl")
        assert len({key_of(run) for run in runs}) == len(runs), "a run stands twice"
        for run in runs:
            assert run["genomeHash"] == known[run["set"], run["tier"], run["architecture"]]
            json.dumps(run, allow_nan=False)
