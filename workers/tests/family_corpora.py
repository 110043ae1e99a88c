"""Small stand-ins for the broad suites' datasets: code with docstrings, and sixty documents of every named
language.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from asterism.data.text import Document, encode
from asterism.tasks.families.languages import LOW_RESOURCE, NAMED


def write_corpora(folder: Path) -> dict[str, Path]:
    rng = np.random.default_rng(5)
    vocabulary = ["".join(chr(97 + c) for c in rng.integers(0, 26, rng.integers(2, 8))) for _ in range(200)]

    def prose(words: int) -> str:
        return " ".join(vocabulary[at] for at in rng.integers(0, 200, words))

    code = [
        Document(name=f"m{n}.py", text=f'def f{n}(x):\n    """{prose(160)}"""\n    return x + {n}\n' * 3)
        for n in range(80)
    ]
    laws = [
        Document(name=f"{language}/{n}", text=f"{language} {prose(80)}", language=language)
        for language in (*NAMED, *LOW_RESOURCE)
        for n in range(60)
    ]
    paths = {"stdlib": folder / "stdlib.jsonl", "udhr": folder / "udhr.jsonl"}
    paths["stdlib"].write_bytes(encode(code))
    paths["udhr"].write_bytes(encode(laws))
    return paths
