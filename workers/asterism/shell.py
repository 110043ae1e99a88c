"""What several commands share: datasets named on the command line and genomes read from files."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from asterism.errors import Refused


def named_path(given: str) -> tuple[str, Path]:
    """`NAME=PATH`."""
    name, separator, path = given.partition("=")
    if not (name and separator and path):
        raise argparse.ArgumentTypeError(f"{given!r} is not NAME=PATH")
    return name, Path(path)


def add_dataset_option(options: argparse.ArgumentParser) -> None:
    """`--dataset NAME=PATH`, once for each dataset the suite needs."""
    options.add_argument("--dataset", type=named_path, action="append", default=[], metavar="NAME=PATH")


def read_genome_file(path: Path) -> dict[str, Any]:
    """A genome in normal form, bare or under the key `genome`."""
    try:
        content = json.loads(path.read_text())
    except ValueError as error:
        raise Refused(f"{path}: no JSON ({error})") from error
    return content.get("genome", content)
