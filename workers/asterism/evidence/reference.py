"""Runs of the frozen sets in genomes/evaluation: the reference set, which weights and noise come from, and
the random set, which says how far one tier predicts the next.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asterism.data.text import file_hash
from asterism.errors import Refused
from asterism.evaluation.request import EvaluationRequest
from asterism.evidence.runs import append_line, measured
from asterism.tasks.suites import suite
from asterism.training import TRAINER_VERSION

SETS = ("reference", "random")
TIERS = ("nano", "xs")


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """One of a set at a tier's size. `costs`: parameters outside the embedding, training FLOPs a token."""

    name: str
    set: str
    tier: str
    genome: Mapping[str, Any]
    genome_hash: str
    costs: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Series:
    """Which runs: every chosen architecture once for each replicate, replicates outermost. `keep`: a folder
    for the trained weights, so that a changed score needs no new training.
    """

    architectures: Sequence[Architecture]
    suite: str
    replicates: Sequence[int]
    results: Path
    datasets: Mapping[str, Path]
    keep: Path | None = None


def architectures(folder: Path, name: str, tier: str, chosen: Sequence[str] = ()) -> list[Architecture]:
    """The set `name` at the size of `tier`, in its own order; only those named in `chosen` when given."""
    if tier not in TIERS:
        raise Refused(f"tier {tier!r}: the sets have the sizes {', '.join(TIERS)}")
    items = json.loads((folder / f"{name}.json").read_text())["items"]
    unknown = sorted(set(chosen) - {item["name"] for item in items})
    if unknown:
        known = ", ".join(item["name"] for item in items)
        raise Refused(f"not in the {name} set: {', '.join(unknown)}; it has {known}")
    return [
        Architecture(
            name=item["name"],
            set=name,
            tier=tier,
            genome=item[tier]["genome"],
            genome_hash=item[tier]["hash"],
            costs={key: item[tier][key] for key in ("paramsNonEmbedding", "flopsPerToken")},
        )
        for item in items
        if not chosen or item["name"] in chosen
    ]


_IDENTITY = ("set", "tier", "architecture", "genomeHash", "replicate", "suiteVersion", "trainerVersion")


def key_of(run: Mapping[str, Any]) -> tuple[Any, ...]:
    """What makes two runs the same one: results of another genome, trainer or version of the suite do not
    count.
    """
    return tuple(run[name] for name in _IDENTITY)


def planned(series: Series) -> list[tuple[Architecture, int]]:
    """Every run of the series in its order."""
    return [(each, replicate) for replicate in series.replicates for each in series.architectures]


def is_done(
    series: Series, architecture: Architecture, replicate: int, runs: Sequence[Mapping[str, Any]]
) -> bool:
    """Whether the run is among `runs`, with this version of the suite."""
    wanted = key_of(
        _named(series, architecture) | {"replicate": replicate, "trainerVersion": TRAINER_VERSION}
    )
    return any(key_of(run) == wanted for run in runs)


def _named(series: Series, architecture: Architecture) -> dict[str, Any]:
    return {
        "architecture": architecture.name,
        "set": architecture.set,
        "tier": architecture.tier,
        "genomeHash": architecture.genome_hash,
        "estimate": dict(architecture.costs),
        "suiteVersion": suite(series.suite).version,
    }


def run_one(series: Series, architecture: Architecture, replicate: int) -> dict[str, Any]:
    """Train and score, on the select split, and append the line."""
    request = EvaluationRequest(
        genome=architecture.genome,
        tier=architecture.tier,
        suite=series.suite,
        replicate=replicate,
        split="select",
        datasets=series.datasets,
    )
    named = {**_named(series, architecture), "datasets": _hashes(series.datasets)}
    name = f"{series.suite}-{architecture.set}-{architecture.name}-{replicate}.safetensors"
    return append_line(series.results, measured(request, named, series.keep and series.keep / name))


def _hashes(datasets: Mapping[str, Path]) -> dict[str, str]:
    return {name: file_hash(path) for name, path in sorted(datasets.items())}
