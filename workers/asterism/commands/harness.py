"""`python -m asterism harness hellaswag probes --folder MODEL`: run lm-evaluation-harness on a model of ours.

Presets are named after the benchmarks (`--list` shows them and what is on disk); any other name is a task of
the harness. Nothing is downloaded.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asterism.data.tokenizer import Tokenizer
    from asterism.harness.run import HarnessResult

HELP = "score a model on public benchmarks that are on disk, and on our text probes"


def configure(options: argparse.ArgumentParser) -> None:
    """Which model on which tasks."""
    options.add_argument("tasks", nargs="*", help="presets, probes[:suite], or tasks of the harness")
    options.add_argument("--folder", type=Path, help="of a pulled candidate")
    options.add_argument("--tokenizer", type=Path, help="tokenizer.json; bytes unless given")
    options.add_argument(
        "--first-token",
        type=int,
        default=0,
        help="id of the tokenizer's token 0 in the model: 512 after a training beside probes",
    )
    options.add_argument(
        "--data", type=Path, help="folder of datasets, <owner>/<name> as `hf download` makes"
    )
    options.add_argument(
        "--include", type=Path, action="append", default=[], help="folder of your task files"
    )
    options.add_argument("--limit", type=int, help="documents of each task")
    options.add_argument(
        "--shots", type=int, help="examples before each question; the task's own unless given"
    )
    options.add_argument("--context", type=int, default=2048, help="tokens that the model reads at once")
    options.add_argument(
        "--allow-code", action="store_true", help="let tasks run what the model writes, confined"
    )
    options.add_argument(
        "--code-seconds", type=int, default=600, help="CPU time of all that is run with --allow-code"
    )
    options.add_argument("--out", type=Path, help="write the whole result here as JSON")
    options.add_argument("--list", action="store_true", help="presets, and which datasets are on disk")
    options.add_argument("--json", action="store_true", help="print the whole result")


def run(given: argparse.Namespace) -> int:
    """Score, print, and end with 1 when something that was asked for could not run."""
    import torch

    from asterism.data.text import file_hash
    from asterism.errors import Refused
    from asterism.export.folder import load
    from asterism.genome import genome_hash
    from asterism.harness.run import HarnessRequest, check_installed, evaluate

    check_installed()
    if given.list:
        print("\n".join(_listed(given.data)))
        return 0
    if not given.tasks or not given.folder:
        raise Refused("give tasks and --folder; --list shows the presets")
    torch.set_num_threads(1)
    words = tokenizer(given.folder, given.tokenizer, given.first_token)
    request = HarnessRequest(
        tasks=given.tasks,
        data=given.data and given.data.absolute(),
        include=[path.absolute() for path in given.include],
        limit=given.limit,
        shots=given.shots,
        longest=given.context,
        allow_code=given.allow_code,
        code_seconds=given.code_seconds,
    )
    result = evaluate(load(given.folder), words, request)
    genome = json.loads((given.folder / "genome.json").read_text())
    whole = {
        "genome": genome_hash(genome),
        "weights": file_hash(given.folder / "model.safetensors"),
        "tokenizer": words.identity,
        "request": json.loads(json.dumps(asdict(request), default=str)),
        **asdict(result),
    }
    if given.out:
        given.out.write_text(json.dumps(whole, indent=2) + "\n")
    print(json.dumps(whole, indent=2) if given.json else table(result))
    return 1 if result.missing else 0


def tokenizer(folder: Path, file: Path | None, first: int) -> Tokenizer:
    """The one named, else the folder's own, else bytes."""
    from asterism.data.tokenizer import Bytes, FileTokenizer

    own = folder / "tokenizer.json"
    found = file or (own if own.exists() else None)
    return Bytes() if found is None else FileTokenizer.from_file(found, first=first)


def table(result: HarnessResult) -> str:
    """Scores with their standard errors, then what is missing and how to get it."""
    rows = [
        (task, name, f"{value:.4g}", _error(metrics, name), str(result.documents.get(task, "")))
        for task, metrics in sorted(result.scores.items())
        for name, value in metrics.items()
        if "_stderr" not in name
    ]
    lines = _columns([("task", "metric", "value", "± s.e.", "documents"), *rows])
    cut = [
        f"cut: {task or 'all tasks'}: {count} requests are longer than --context, their ends were read"
        for task, count in sorted(result.truncated.items())
        if count
    ]
    return "\n".join([*lines, *cut, *(f"not run: {name}: {why}" for name, why in result.missing.items())])


def _error(metrics: Mapping[str, Any], name: str) -> str:
    metric, comma, chosen = name.partition(",")
    value = metrics.get(f"{metric}_stderr{comma}{chosen}")
    return "" if value is None else f"{value:.2g}"


def _columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _listed(folder: Path | None) -> list[str]:
    from asterism.harness.disk import is_here, sources, stay_offline
    from asterism.harness.presets import GROUPS, PRESETS
    from asterism.harness.run import task_index

    stay_offline()
    rows = [("preset", "benchmark", "on disk", "")]
    for name, preset in PRESETS.items():
        if not preset.tasks:
            rows.append((name, preset.title, "–", preset.note))
            continue
        needed = {source for _, source in sources(preset.tasks, task_index((preset.where,)))}
        here = all(is_here(source, folder) for source in needed)
        paths = ", ".join(sorted({source.path for source in needed}))
        unmet = preset.unmet()
        said = [paths] * (not here) + [f"needs {unmet}"] * bool(unmet) + [preset.note] * bool(preset.note)
        rows.append((name, preset.title, "yes" if here and not unmet else "no", ", ".join(said)))
    groups = [f"{name}: {', '.join(members)}" for name, members in GROUPS.items()]
    return [*_columns(rows), "", *groups, "probes: our own text probes, probes:<suite> of another suite"]
