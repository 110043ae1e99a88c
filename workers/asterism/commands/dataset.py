"""`python -m asterism dataset stdlib OUT.jsonl`: write a text dataset that needs no download."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "prepare a text dataset"


def configure(options: argparse.ArgumentParser) -> None:
    """Which corpus, and where to."""
    options.add_argument("corpus", choices=["stdlib"], help="stdlib: the interpreter's own Python sources")
    options.add_argument("out", type=Path)


def run(given: argparse.Namespace) -> int:
    """Write the file and print its hash."""
    from asterism.data.corpora import stdlib
    from asterism.data.text import content_hash

    data = stdlib()
    given.out.write_bytes(data)
    documents = len(data.splitlines())
    print(f"{given.out}: {documents:,} documents, {len(data):,} bytes, sha256 {content_hash(data)}")
    return 0
