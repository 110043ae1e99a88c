"""Genomes and requests that train in a fraction of a second."""

from __future__ import annotations

from typing import Any

from asterism.tasks.reference_set import reference_genome
from asterism.tasks.suites import suite
from asterism.training import TrainingRequest

EXPERTS = {
    "kind": "moe",
    "experts": 8,
    "topK": 1,
    "hidden": 32,
    "activation": "silu",
    "normTopK": True,
    "sharedHidden": 0,
    "parallel": False,
}


def with_experts() -> dict[str, Any]:
    """A convolution, attention, and experts in the place of the last SwiGLU."""
    genome = reference_genome("cq")
    return {**genome, "backbone": [*genome["backbone"][:3], EXPERTS]}


def with_sharing() -> dict[str, Any]:
    """Two attentions with one set of keys and values and tied projections."""
    share = {"weights": {"group": 1}, "values": {"group": 1, "of": ["k", "v"]}}
    genome = reference_genome("qq")
    shared = [{**e, "share": share} if e["kind"] == "attention" else e for e in genome["backbone"]]
    return {**genome, "backbone": shared}


GENOMES = {
    "cq": reference_genome("cq"),
    "cm": reference_genome("cm"),
    "cg": reference_genome("cg"),
    "experts": with_experts(),
    "sharing": with_sharing(),
}


def small_request(genome: dict[str, Any], **changes: Any) -> TrainingRequest:
    """Twelve steps of 256 tokens on the test suite."""
    given = {"suite": suite("tiny-1"), "steps": 12, "tokens_per_step": 256, "seed": 5, "checkpoint_every": 4}
    return TrainingRequest(genome=genome, **{**given, **changes})
