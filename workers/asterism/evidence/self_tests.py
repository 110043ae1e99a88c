"""The recipe's own tests: what known architectures must score, any seed (2.1 M tokens, suite nano-check).

Its test 3, on negative eigenvalues, stands among the claims of the broad suites (suite_claims.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

Result = Mapping[str, float]
"""Task scores (nll_n) of one run under their ids, `quality`, and `bits` per byte of text."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """`holds` looks at all architectures' results of one seed."""

    test: int
    text: str
    architectures: tuple[str, ...]
    holds: Callable[[Mapping[str, Result]], bool]


def _every(architecture: str, ids: str, low: float = -math.inf, high: float = math.inf) -> Claim:
    bounds = (
        f"{low:g} to {high:g}"
        if math.inf not in (-low, high)
        else f"≥ {low:g}"
        if high == math.inf
        else f"≤ {high:g}"
    )
    names = tuple(ids.split())

    def holds(results: Mapping[str, Result]) -> bool:
        return all(low <= results[architecture][name] <= high for name in names)

    return Claim(
        test=0,
        text=f"{architecture}: {', '.join(names)} {bounds}",
        architectures=(architecture,),
        holds=holds,
    )


def _numbered(test: int, *claims: Claim) -> Iterator[Claim]:
    for claim in claims:
        yield Claim(test=test, text=claim.text, architectures=claim.architectures, holds=claim.holds)


_ALL = ("cc", "qq", "cq", "cr", "ccqc", "cg", "cm")

CLAIMS: tuple[Claim, ...] = (
    *_numbered(
        1,
        _every("cc", "recall4 recall8 rec4@128 selcopy copy10 copy15", -0.03, 0.03),
        _every("cc", "modadd", 0.95),
        _every("cc", "digits", 0.9),
        _every("cc", "ff_far", high=0.55),
    ),
    *_numbered(
        2,
        _every("cq", "recall4 recall8 rec4@128 copy10 copy15 ptr1", 0.95),
        _every("cq", "ff_far", 0.7, 0.93),
    ),
    *_numbered(
        4,
        _every("cg", "ff_near ff_far", 0.97),
        _every("cg", "selcopy", 0.8),
        _every("cg", "copy15", high=0.3),
    ),
    *_numbered(
        5,
        _every("qq", "par_near modadd text", high=0.3),
        _every("qq", "dyck_far", 0.35),
        Claim(
            test=5,
            text="qq: dyck_far is the best of the set",
            architectures=_ALL,
            holds=lambda results: max(results, key=lambda name: results[name]["dyck_far"]) == "qq",
        ),
    ),
    *_numbered(
        6,
        _every("cc", "bits", 2.45, 2.65),
        _every("cq", "bits", 2.65, 2.90),
        _every("qq", "bits", 3.3, 3.5),
    ),
    *_numbered(
        7,
        _every("cq", "quality", 0.70),
        _every("cr", "quality", 0.60),
        _every("ccqc", "quality", 0.60),
        _every("cc", "quality", high=0.42),
        _every("qq", "quality", high=0.55),
        Claim(
            test=7,
            text="quality of cq − cc ≥ 0.33",
            architectures=("cq", "cc"),
            holds=lambda results: results["cq"]["quality"] - results["cc"]["quality"] >= 0.33,
        ),
    ),
)


def check(results: Mapping[str, Result]) -> list[tuple[Claim, bool]]:
    """Every claim whose architectures are among the results of one seed."""
    able = [claim for claim in CLAIMS if set(claim.architectures) <= set(results)]
    return [(claim, claim.holds(results)) for claim in able]
