"""What a test holds against a committed file. After a meant change: ASTERISM_WRITE_GOLDEN=1 pytest."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def equals_recorded(made: dict[str, Any], path: Path) -> bool:
    """Whether the file says the same. It is written anew where the environment asks for that, but not under a
    version that it has already.
    """
    recorded = json.loads(path.read_text())
    if os.environ.get("ASTERISM_WRITE_GOLDEN") == "1" and made != recorded:
        version = made.get("version")
        assert version is None or version != recorded.get("version"), (
            f"other rows need a version after {version}"
        )
        path.write_text(json.dumps(made, indent=1) + "\n")
        return True
    return made == recorded
