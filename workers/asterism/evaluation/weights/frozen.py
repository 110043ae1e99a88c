"""Frozen weights as an evaluation reads them: of one version of one suite, or none."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
_DIGITS = 12


@dataclass(frozen=True, kw_only=True)
class Weights:
    """`name` says suite, version and the file's own hash: numbers made with different files never mix."""

    name: str
    tasks: Mapping[str, float]


def weights_file(suite: str, folder: Path = FOLDER) -> Path:
    """Where a suite's weights are."""
    return folder / f"{suite}.json"


@cache
def weights_of(suite: str, version: str, folder: Path = FOLDER) -> Weights | None:
    """None where nothing was frozen for this version: not measured, measured in part, or of another one."""
    file = weights_file(suite, folder)
    if not file.exists():
        return None
    content = file.read_bytes()
    found = json.loads(content)
    if found["suiteVersion"] != version or not found["complete"]:
        return None
    return Weights(
        name=f"{suite}/{version}/{hashlib.sha256(content).hexdigest()[:_DIGITS]}",
        tasks={task["id"]: task["weight"] for task in found["tasks"] if task["weight"] > 0},
    )
