"""`python -m asterism tokenize DATASET.jsonl OUT.jsonl --tokenizer tokenizer.json`: write a text dataset with
a tokenizer from disk.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

HELP = "write a text dataset with a tokenizer from disk"


def configure(options: argparse.ArgumentParser) -> None:
    """From where to where, with what."""
    options.add_argument("dataset", type=Path, help='lines of {"name", "text"[, "language"]}')
    options.add_argument("out", type=Path)
    options.add_argument(
        "--tokenizer",
        type=Path,
        required=True,
        help="a tokenizer.json, or the folder of a model that has one",
    )


def run(given: argparse.Namespace) -> int:
    """Write the file and print its hash, and the vocabulary that a genome needs for it."""
    from asterism.data.text import read
    from asterism.data.tokenizer import FIRST_TOKEN, read_definition
    from asterism.data.tokens import encode_tokens, read_header

    digest, size, part = hashlib.sha256(), 0, given.out.with_name(f"{given.out.name}.part")
    with part.open("wb") as file:
        for line in encode_tokens(read(given.dataset), read_definition(given.tokenizer)):
            data = line.encode()
            digest.update(data)
            size += len(data)
            file.write(data)
    part.replace(given.out)
    header = read_header(given.out)
    assert header is not None
    print(
        f"{given.out}: {size:,} bytes, sha256 {digest.hexdigest()}, tokenizer {header.sha256[:12]} of "
        f"{header.tokens:,} tokens; a genome needs a vocabulary of {FIRST_TOKEN} + {header.tokens} = "
        f"{header.vocabulary}"
    )
    return 0
