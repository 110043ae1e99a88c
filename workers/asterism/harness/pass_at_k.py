"""pass@k of programs that a model wrote (Chen et al. 2021, arXiv 2107.03374, §2.1).

The harness loads this metric from a hub, which is not on disk and keeps files where a confined process sees
none. Here it has the same interface and definition, and runs programs in a confined process only.
"""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

SECONDS = 3.0
"""Wall time of one program with its tests, as in the article's code."""


def pass_at_k(samples: int, right: int, k: int) -> float:
    """1 − C(n − c, k) / C(n, k): the unbiased estimate from n samples of which c are right."""
    return 1.0 - math.comb(samples - right, k) / math.comb(samples, k)


class PassAtK:
    """What `evaluate.load("code_eval")` gives. `confined` is set where programs may run; the harness also
    calls it once when it loads a task, and then nothing runs.
    """

    confined = False

    def compute(
        self, *, references: Sequence[str], predictions: Sequence[Sequence[str]], k: Sequence[int] = (1,)
    ) -> tuple[dict[str, float], dict[int, list[bool]]]:
        """Tests, and for each the programs that are tried on it → pass@k, and which programs are right."""
        if not PassAtK.confined:
            return {}, {}
        passed = {
            at: [runs(f"{program}\n{test}") for program in programs]
            for at, (test, programs) in enumerate(zip(references, predictions, strict=True))
        }
        found = {
            f"pass@{each}": math.fsum(pass_at_k(len(one), sum(one), each) for one in passed.values())
            / len(passed)
            for each in k
            if all(len(one) >= each for one in passed.values())
        }
        return found, passed


def runs(program: str) -> bool:
    """Whether it ends by itself, in time and without an error. Only in a confined process."""
    command = [sys.executable, "-I", "-c", program]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def take_its_place() -> None:
    """Whoever loads `code_eval` in this process gets the metric above."""
    import evaluate

    known: Any = evaluate.load
    if getattr(known, "ours", False):
        return

    def load(path: str, *args: Any, **settings: Any) -> Any:
        return PassAtK() if path == "code_eval" else known(path, *args, **settings)

    load.ours = True  # type: ignore[attr-defined]
    evaluate.load = load
