"""The file of results: a JSON line for each cell when it is measured, so that a stopped run goes on.

A line holds as long as what it was measured with is the same: `source` is a hash of operators and benchmark.
A stale line of this machine is replaced when its cell is measured again.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from asterism.machine import describe_machine, device_model, load_average, numeric_class

from .subjects import CHECKOUT

Json = dict[str, Any]
RESULTS = CHECKOUT / "bench" / "results" / "operators.jsonl"


@cache
def commit() -> str:
    """The commit this process began with."""
    given = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False, cwd=CHECKOUT
    )
    return given.stdout.strip() or "unknown"


@cache
def source() -> str:
    """A hash of everything that decides what is timed."""
    operators = CHECKOUT / "workers" / "asterism" / "operators"
    files = sorted(file for file in operators.rglob("*") if file.suffix in (".py", ".cpp"))
    timed = ("cells", "figures", "forms", "measure", "public", "subjects")
    files += [CHECKOUT / "bench" / "operators" / f"{name}.py" for name in timed]
    text = [file.relative_to(CHECKOUT).as_posix() + "\n" + file.read_text("utf-8") for file in files]
    return hashlib.sha256("\n".join(text).encode()).hexdigest()[:12]


def read(path: Path = RESULTS) -> list[Json]:
    """All lines so far."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def record(path: Path, key: Json, measured: Json) -> Json:
    """Add a line, in place of an older one of this machine: what was asked, what came out, where and when."""
    asked = {**key, **_here()}
    line = {
        **key,
        **_rounded(measured),
        **_here(),
        "numericClass": numeric_class(),
        "load": load_average(),
        "commit": commit(),
        "source": source(),
    }
    _write(path, [each for each in read(path) if not _answers(each, asked)] + [line])
    return line


def known(path: Path, key: Json) -> bool:
    """Whether a line answers this key on this machine with these sources already."""
    return any(_answers(line, {**key, **_here(), "source": source()}) for line in read(path))


def drop_others(path: Path, keys: list[Json]) -> None:
    """Forget what this machine once measured and nobody asks for any more."""
    asked = [{**key, **_here()} for key in keys]
    lines = read(path)
    kept = [
        line for line in lines if not _answers(line, _here()) or any(_answers(line, key) for key in asked)
    ]
    if len(kept) < len(lines):
        _write(path, kept)


def _here() -> Json:
    return {"machine": device_model(describe_machine())}


def _answers(line: Json, key: Json) -> bool:
    return all(line.get(name) == value for name, value in key.items())


def _write(path: Path, lines: list[Json]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_suffix(".tmp")
    made.write_text("".join(json.dumps(line) + "\n" for line in lines))
    made.replace(path)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list) else value
