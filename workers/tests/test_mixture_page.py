from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def test_the_page_about_the_mixture_equals_its_runs() -> None:
    command = [sys.executable, "-m", "bench.mixture.page", "--check"]
    told = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, f"{told.stdout}{told.stderr}\nrun `python -m bench.mixture.page`"
