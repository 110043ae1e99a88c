"""Mixed precision: every kind runs under autocast, with finite gradients, near its float32 output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from asterism.backbone import build
from asterism.evidence.passports import TRIALS, motif

KINDS = json.loads((Path(__file__).resolve().parents[2] / "schema" / "kinds.json").read_text())


@pytest.mark.parametrize("kind", [kind for kind in TRIALS if kind in KINDS])
def test_a_kind_trains_under_autocast(kind: str) -> None:
    model = build(motif(kind, KINDS), seed=0)
    tokens_BT = torch.randint(0, 512, (2, 40), generator=torch.Generator().manual_seed(0))
    expected = model.features(tokens_BT).detach()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = model.features(tokens_BT).float()
    found.square().sum().backward()
    # Where two experts are almost a tie, a rounding decides which of them a token visits.
    allowed = 0.1 if kind == "moe" else 0.03
    assert float((found.detach() - expected).norm() / expected.norm()) < allowed
    gradients = [each.grad for each in model.parameters() if each.grad is not None]
    assert gradients and all(torch.isfinite(each).all() for each in gradients)
