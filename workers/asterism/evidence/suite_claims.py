"""What the broad suites must tell apart: pairs of architectures whose order the literature knows, each
trained alone on one of nano's tasks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from asterism.backbone import build
from asterism.tasks.broad import NANO_2
from asterism.tasks.families import TASKS
from asterism.tasks.reference_set import followed_by_swiglu
from asterism.tasks.suite import Probe, Score, Suite

Json = dict[str, Any]

_ROPE = {"theta": 1000, "scaling": "none", "factor": 1, "originalContext": 0, "percent": 100}
_ATTENTION: Json = {
    "kind": "attention",
    "heads": 2,
    "kvHeads": 2,
    "headDim": 32,
    "window": 0,
    "qkNorm": True,
    "qkNormKind": "l2",
    "rope": _ROPE,
    "softcap": 0,
    "bias": False,
}
_UNPLACED: Json = {**_ATTENTION, "rope": {**_ROPE, "theta": 0}}
_CONV: Json = {"kind": "gated-conv", "kernel": 4, "expand": 1, "bias": False}
_DELTA: Json = {"kind": "gated-deltanet", "heads": 2, "keyDim": 32, "valueDim": 32, "conv": 4, "decay": True}
_ADDITIVE: Json = {
    "kind": "linear-attention",
    "heads": 2,
    "keyDim": 32,
    "valueDim": 32,
    "featureMap": "elu1",
    "normalize": True,
}

ARMS: Mapping[str, tuple[Json, Json]] = {
    "attention": (_ATTENTION, _ATTENTION),
    "attention without positions": (_UNPLACED, _UNPLACED),
    "gated convolution": (_CONV, _CONV),
    "convolution + attention": (_CONV, _ATTENTION),
    "gated delta rule": (_CONV, {**_DELTA, "negEigen": False}),
    "gated delta rule, eigenvalues to -1": (_CONV, {**_DELTA, "negEigen": True}),
    "delta rule without decay": (_CONV, {**_DELTA, "decay": False, "negEigen": False}),
    "additive linear attention": (_CONV, _ADDITIVE),
}
"""Two mixers each, every one followed by SwiGLU 128, at width 64."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """`better` scores higher than `worse` on `score`, a score of the task `task`."""

    task: str
    score: str
    better: str
    worse: str
    source: str


UPDATED = "mqar_overwrite, keys given another value"
_RECALL, _FUZZY = "arXiv 2312.04927", "arXiv 2403.17844"
_EIGENVALUES, _DELTA_RULE = "arXiv 2411.12537", "arXiv 2406.06484"
CLAIMS = (
    Claim(task="mqar", score="mqar", better="attention", worse="gated convolution", source=_RECALL),
    Claim(
        task="mqar",
        score="mqar",
        better="convolution + attention",
        worse="gated convolution",
        source=_RECALL,
    ),
    Claim(
        task="recall_fuzzy",
        score="recall_fuzzy",
        better="attention",
        worse="attention without positions",
        source=_FUZZY,
    ),
    Claim(
        task="parity",
        score="parity",
        better="gated delta rule, eigenvalues to -1",
        worse="gated delta rule",
        source=_EIGENVALUES,
    ),
    Claim(
        task="parity",
        score="parity_2x",
        better="gated delta rule, eigenvalues to -1",
        worse="gated delta rule",
        source=_EIGENVALUES,
    ),
    Claim(
        task="mqar_overwrite",
        score="mqar_overwrite",
        better="gated delta rule",
        worse="additive linear attention",
        source=_DELTA_RULE,
    ),
    Claim(
        task="mqar_overwrite",
        score=UPDATED,
        better="gated delta rule",
        worse="additive linear attention",
        source=_DELTA_RULE,
    ),
    Claim(
        task="mqar_overwrite",
        score=UPDATED,
        better="delta rule without decay",
        worse="additive linear attention",
        source=_DELTA_RULE,
    ),
)


def genome(arm: str) -> Json:
    """The arm's architecture in normal form."""
    return followed_by_swiglu(ARMS[arm])


@cache
def parameters(arm: str) -> int:
    """All but the two tables of symbols."""
    made = build(genome(arm), meta=True)
    size = genome(arm)["size"]
    return sum(each.numel() for each in made.parameters()) - 2 * size["vocab"] * size["width"]


def _scores(task: str) -> dict[str, Score]:
    """The task itself, and what else is read off the same checkpoint."""
    known = {each.id: each for each in NANO_2.scores}
    if task == "parity":
        return {"parity": known["parity"], "parity_2x": known["parity_2x"]}
    if task == "mqar_overwrite":
        return {task: known[task], UPDATED: replace(known[task], id=UPDATED, marks=(2,))}
    return {task: known[task]}


def single(task: str) -> Suite:
    """A suite of one of nano's tasks, as nano trains and scores it."""
    trained = next(each for tasks in TASKS.values() for each in tasks if each.id == task)
    scores = _scores(task)
    probe = Probe(name=task, generator=scores[task].generator, settings=trained.settings("nano"), share=1.0)
    return Suite(
        name=f"self-test-{task}",
        version=NANO_2.version,
        rows=256,
        probes=(probe,),
        scores=tuple(scores.values()),
    )
