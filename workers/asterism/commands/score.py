"""`python -m asterism score MODEL.safetensors --suite nano-1`: score trained weights again.

On the select split: the report split is opened by `asterism confirm` alone, which logs it.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from asterism.shell import add_dataset_option

HELP = "score trained weights on a suite"


def configure(options: argparse.ArgumentParser) -> None:
    """Which weights on which rows."""
    options.add_argument("model", type=Path, help="model.safetensors of `train` or of a pulled candidate")
    options.add_argument("--suite", required=True)
    add_dataset_option(options)


def run(given: argparse.Namespace) -> int:
    """Print the tasks and Q as JSON."""
    import torch

    from asterism.evaluation import score_file

    torch.set_num_threads(1)
    print(json.dumps(score_file(given.model, given.suite, dict(given.dataset)), indent=2))
    return 0
