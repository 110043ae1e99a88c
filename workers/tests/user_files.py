"""Datasets of a user's own examples on disk, for tests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from asterism.data.user_data import Kind


def user_file(path: Path, kind: Kind, examples: Iterable[Mapping[str, Any]]) -> Path:
    """What `asterism dataset add` registers."""
    lines = [{"dataset": kind, "format": 1}, *examples]
    path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    return path
