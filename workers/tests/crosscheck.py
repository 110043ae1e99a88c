"""Genomes, hashes and estimates of the TypeScript side, printed by test/crosscheck/estimates.ts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SCRIPT = CHECKOUT / "test" / "crosscheck" / "estimates.ts"
RANDOM_GENOMES = 5000 if os.environ.get("ASTERISM_FULL") else 500


@lru_cache(maxsize=1)
def estimates() -> list[dict[str, Any]]:
    """One record a genome: the library, then random ones."""
    node = shutil.which("node")
    if node is None or not (CHECKOUT / "node_modules").is_dir():
        pytest.fail("the cross-language laws need node and node_modules: run npm ci")
    command = [node, "--conditions=source", "--import", "tsx", str(SCRIPT), str(RANDOM_GENOMES), "1"]
    run = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def library() -> dict[str, Any]:
    return {record["name"]: record for record in estimates() if record["origin"] == "library"}
