"""`python -m asterism context MODEL`: effective context, the thirteen tasks of RULER at several lengths."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from asterism.errors import Refused
from asterism.shell import add_dataset_option

HELP = "accuracy of trained weights against the length of the context"


def configure(options: argparse.ArgumentParser) -> None:
    """Which weights at which lengths."""
    options.add_argument("model", type=Path, help="model.safetensors, or the folder of `asterism pull`")
    options.add_argument(
        "--lengths", help="tokens of a row, comma-separated; 128 to 1,024 at nano, 512 to 4,096 at xs"
    )
    options.add_argument("--rows", type=int, default=64, help="rows of each task and length")
    options.add_argument("--suite", help="the suite it was trained on, where its header does not say")
    options.add_argument("--json", action="store_true")
    add_dataset_option(options)


def run(given: argparse.Namespace) -> int:
    """Print the curve."""
    import torch
    from safetensors.torch import load_file

    from asterism.backbone import build
    from asterism.evaluation.context import context_curve
    from asterism.tasks.broad import NAMES
    from asterism.tasks.families import Size
    from asterism.tasks.lengths import usual_lengths
    from asterism.training.weights import load_weights, read_facts

    torch.set_num_threads(1)
    path = given.model / "model.safetensors" if given.model.is_dir() else given.model
    facts = read_facts(path)
    suite = given.suite or facts.get("training", {}).get("suite", "").split("/")[0]
    sizes: dict[str, Size] = {name: size for size, name in NAMES.items()}
    if suite not in sizes:
        raise Refused(f"suite {suite or 'unknown'} has none of these tasks; --suite {' or '.join(sizes)}")
    model = build(facts["genome"])
    load_weights(model, load_file(path))
    asked = given.lengths.split(",") if given.lengths else usual_lengths(sizes[suite])
    lengths = sorted({int(length) for length in asked})
    found = context_curve(model, sizes[suite], lengths, given.rows, dict(given.dataset))
    print(json.dumps(found, indent=2) if given.json else _table(found))
    return 0


def _table(found: dict[str, Any]) -> str:
    held = [f"{length} tokens" if length else "none" for length in (found["absolute"], found["relative"])]
    return "\n".join(
        [
            f"effective context {held[0]} (mean accuracy of .856), "
            f"{held[1]} (.85 of its mean at the shortest, above chance)",
            f"{'length':>6}  {'accuracy':>8}  {'chance':>6}  of {len(found['points'][0]['tasks'])} tasks",
            *(
                f"{point['length']:>6}  {point['accuracy']:>8.3f}  {point['chance']:>6.3f}  "
                + "#" * round(24 * point["accuracy"])
                for point in found["points"]
            ),
            *(f"left out: {id}, {reason}" for id, reason in found["left"].items()),
        ]
    )
