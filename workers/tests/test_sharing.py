"""Sharing in every form that a descriptor allows: weights, each set of values, both.

A kind is tested by existing: what it may share comes from schema/kinds.json, its costs from libs/estimate.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import lru_cache
from itertools import combinations
from typing import Any

import pytest
import torch
from crosscheck import CHECKOUT
from genomes import KINDS
from models import difference, model, stepped, tokens
from small_trainings import small_request

from asterism.backbone import Backbone, build
from asterism.operators.operator import NOTHING, Operator
from asterism.training.batches import batches
from asterism.training.live import Training

SCRIPT = CHECKOUT / "test" / "crosscheck" / "sharing-records.ts"
MEMBERS = (1, 3, 4)
"""Places of the group in each repeat of a record's backbone of five."""


def sets_of(values: list[str]) -> list[tuple[str, ...]]:
    """Every set of values in a full run; else one alone, all, all but one."""
    counts = {1, len(values) - 1, len(values)} - {0} if values else set()
    every = range(1, len(values) + 1) if os.environ.get("ASTERISM_FULL") else sorted(counts)
    return [of for count in every for of in combinations(values, count)]


def names(form: str) -> list[str]:
    """`kind-values-k-v` for the sets of every kind's values."""
    return [f"{kind}-{form}-{'-'.join(of)}" for kind, said in KINDS.items() for of in sets_of(said["values"])]


WEIGHTS = [f"{kind}-weights" for kind in KINDS]
EVERY = [*WEIGHTS, *names("values"), *names("both")]


@lru_cache(maxsize=1)
def records() -> dict[str, dict[str, Any]]:
    node = shutil.which("node")
    assert node is not None, "the cross-language laws need node: run npm ci"
    command = [node, "--conditions=source", "--import", "tsx", str(SCRIPT)]
    run = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    return {record["name"]: record for record in map(json.loads, run.stdout.splitlines())}


def unshared(genome: dict[str, Any]) -> dict[str, Any]:
    backbone = [{k: v for k, v in entry.items() if k != "share"} for entry in genome["backbone"]]
    return {**genome, "backbone": backbone}


def livs(backbone: Backbone) -> list[Operator]:
    return [block.liv for block in backbone._stack]


def copy_into(target: Operator, source: Operator) -> None:
    """Every parameter of `target` from `source`, which has them all."""
    with torch.no_grad():
        for name, parameter in target.named_parameters():
            parameter.copy_(source.get_parameter(name))


def test_every_form_has_its_record() -> None:
    assert set(records()) >= set(EVERY)


@pytest.mark.parametrize("name", EVERY)
def test_parameters_and_states_are_counted_once(name: str) -> None:
    record = records()[name]
    module = build(record["normalForm"], genome_hash=record["hash"])
    assert module.parameter_counts() == record["counts"]
    assert module.role_counts() == record["roles"]
    assert module.cache_elements(record["context"]) == record["cacheElements"]
    alone = build(unshared(record["normalForm"]), meta=True).parameter_counts()["params"]
    assert record["counts"]["params"] < alone


@pytest.mark.parametrize("name", EVERY)
def test_prefill_in_pieces_and_steps_equal_the_whole(name: str) -> None:
    backbone, tokens_BT = model(records()[name]["normalForm"], torch.float64), tokens(2, 37)
    with torch.no_grad():
        whole_BTV = backbone(tokens_BT)
        cache = backbone.init_cache(2, 37)
        for end, piece in ((11, tokens_BT[:, :11]), (24, tokens_BT[:, 11:24])):
            assert difference(backbone.prefill(piece, cache), whole_BTV[:, end - 1]) <= 1e-9
        rest = torch.stack([backbone.step(token_B, cache) for token_B in tokens_BT[:, 24:].T], dim=1)
        assert difference(rest, whole_BTV[:, 24:]) <= 1e-9
        assert difference(stepped(backbone, tokens_BT), whole_BTV) <= 1e-9


@pytest.mark.parametrize("name", WEIGHTS)
def test_shared_weights_are_the_owners_weights_copied(name: str) -> None:
    """What sharing means, said without sharing: a module of its own, with the owner's tensors."""
    genome = records()[name]["normalForm"]
    backbone, alone = model(genome, torch.float64), model(unshared(genome), torch.float64, seed=1)
    with torch.no_grad():
        for target, source in zip(alone._stack, backbone._stack, strict=True):
            copy_into(target.liv, source.liv)
            for parameter, value in zip(target.parameters(), source.parameters(), strict=True):
                parameter.copy_(value)
        alone.final_norm.load_state_dict(backbone.final_norm.state_dict())
        alone.embedding.copy_(backbone.embedding)
        alone.get_parameter("unembedding").copy_(backbone.get_parameter("unembedding"))
    for ours, other in zip(alone.routers(), backbone.routers(), strict=True):
        ours.bias.copy_(other.bias)
    tokens_BT = tokens(2, 29)
    with torch.no_grad():
        assert difference(backbone(tokens_BT), alone(tokens_BT)) <= 1e-12


@pytest.mark.parametrize("name", names("values"))
def test_taken_values_are_those_the_producer_made(name: str) -> None:
    """On one input and with the producer's other tensors, a member that takes values gives what it gives."""
    genome = records()[name]["normalForm"]
    backbone = model(genome, torch.float64)
    producer, member = (livs(backbone)[place] for place in MEMBERS[:2])
    copy_into(member, producer)
    x_BTD = torch.randn(2, 37, 16, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        making, made = producer.parallel(x_BTD, NOTHING, None, 0)
        taking, _ = member.parallel(x_BTD, made, None, 0)
        assert difference(taking, making) <= 1e-9
        other_BTD = x_BTD.roll(1, dims=0)
        _, others = producer.parallel(other_BTD, NOTHING, None, 0)
        of_others, _ = member.parallel(x_BTD, others, None, 0)
    of = genome["backbone"][MEMBERS[0]]["share"]["values"]["of"]
    # Taps and learnt decays are the same for every input.
    varying = [value for value in of if value in made and not torch.equal(made[value], others[value])]
    assert not varying or difference(of_others, taking) > 1e-6, "the values are not read at all"


@pytest.mark.parametrize("name", EVERY)
def test_gradients_of_all_members_meet_in_the_owner(name: str) -> None:
    backbone = model(records()[name]["normalForm"], torch.float64).train()
    backbone(tokens(2, 37)).square().mean().backward()
    parameters = dict(backbone.named_parameters())
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in parameters.values())
    owner, *members = (livs(backbone)[place] for place in MEMBERS)
    tied = [n for n, p in owner.named_parameters() for m in members if m.optional(n) is p]
    assert tied or "-values-" in name


@pytest.mark.parametrize("kind", KINDS)
def test_training_keeps_members_tied(kind: str) -> None:
    of = KINDS[kind]["values"]
    name = f"{kind}-both-{'-'.join(of)}" if of else f"{kind}-weights"
    genome = {**records()[name]["normalForm"]}
    request = small_request({**genome, "size": {**genome["size"], "vocab": 512}}, steps=2)
    training, stream = Training(request, None), batches(request, 0)
    stack = livs(training.model)
    owner, *members = (stack[place] for place in MEMBERS)
    before = {n: p.detach().clone() for n, p in owner.named_parameters()}
    assert [training.step(next(stream)) for _ in range(2)] == [None, None]
    for n, parameter in owner.named_parameters():
        if n in owner.weights:
            assert all(m.optional(n) is parameter for m in members if m.optional(n) is not None), n
    moved = [n for n, p in owner.named_parameters() if not torch.equal(before[n], p)]
    assert set(moved) >= {n for n in owner.weights if owner.optional(n) is not None}
