"""Two languages, one genome: hashes, parameters and cache of TypeScript are those of the built module."""

from __future__ import annotations

import json
from typing import Any

import pytest
from crosscheck import CHECKOUT, RANDOM_GENOMES, estimates, library

from asterism.backbone import build
from asterism.errors import GenomeRefused
from asterism.genome import genome_hash, read_genome
from asterism.tasks.reference_set import REFERENCE_SET, reference_genome

PUBLISHED = {
    "lfm2-350m": 354_483_968,
    "lfm2-700m": 742_489_344,
    "lfm2-1.2b": 1_170_340_608,
    "lfm2-2.6b": 2_569_272_320,
    "lfm2-8b-a1b": 8_339_929_856,
}
SMALL = 300_000


def mismatch(record: dict[str, Any], meta: bool) -> str | None:
    module = build(record["normalForm"], meta=meta, genome_hash=record["hash"])
    built = {
        "counts": module.parameter_counts(),
        "roles": module.role_counts(),
        "cacheElements": module.cache_elements(record["context"]),
    }
    expected = {key: record[key] for key in built}
    return None if built == expected else f"{record['name']}: built {built}, estimated {expected}"


def test_every_library_file_is_compared() -> None:
    assert len(library()) == len(list((CHECKOUT / "genomes" / "library").glob("*.json")))
    assert len(estimates()) == len(library()) + RANDOM_GENOMES


def test_estimates_equal_built_modules_on_the_library() -> None:
    """Motifs with real storage, large ones by shape."""
    records = library().values()
    large = [record["counts"]["params"] > 1_000_000 for record in records]
    problems = [mismatch(record, meta=shape) for record, shape in zip(records, large, strict=True)]
    assert [problem for problem in problems if problem] == []


def test_estimates_equal_built_modules_on_random_genomes() -> None:
    """Small ones with real storage and real caches, large ones by shape."""
    records = [record for record in estimates() if record["origin"] != "library"]
    small = [record["counts"]["params"] < SMALL for record in records]
    problems = [mismatch(record, meta=not real) for record, real in zip(records, small, strict=True)]
    assert [problem for problem in problems if problem] == []
    assert sum(small) >= len(records) // 2


@pytest.mark.parametrize("name", PUBLISHED)
def test_released_models_have_their_published_size(name: str) -> None:
    module = build(library()[name]["normalForm"], meta=True)
    assert module.parameter_counts()["params"] == PUBLISHED[name]


def test_star_cache_convention() -> None:
    """24 MHA layers at d = 2048, T = 4096, two bytes: 805,306,368 (arXiv 2411.17800)."""
    record = library()["transformer-pp-1b"]
    kv = build(record["normalForm"], meta=True).cache_elements(4096)["kv"]
    assert kv * 2 == 805_306_368


def test_hashes_agree_on_every_genome() -> None:
    assert all(genome_hash(record["normalForm"]) == record["hash"] for record in estimates())


def test_random_genomes_reach_every_kind_and_both_sharings() -> None:
    text = json.dumps([record["normalForm"] for record in estimates() if record["origin"] != "library"])
    for part in (
        "attention",
        "gated-conv",
        "gla",
        "ssd",
        "swiglu",
        "moe",
        '"weights"',
        '"values"',
        "sandwich",
    ):
        assert part in text


def test_a_changed_genome_is_refused() -> None:
    record = library()["nano-cq"]
    changed = {**record["normalForm"], "finalSoftcap": 30}
    with pytest.raises(GenomeRefused, match="hash"):
        read_genome(changed, record["hash"])


@pytest.mark.parametrize("letters", REFERENCE_SET)
def test_the_reference_set_is_the_librarys(letters: str) -> None:
    assert genome_hash(reference_genome(letters)) == library()[f"nano-{letters}"]["hash"]
