"""docs/mixture.md from its template and the committed runs.

    .asterism/venv/bin/python -m bench.mixture.page [--check]

from the checkout; `--check` compares and writes nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from . import curriculum, learning_rates, rung_table
from .runs import CHECKOUT

PAGE = CHECKOUT / "docs" / "mixture.md"
TEMPLATE = Path(__file__).with_name("template.md")
PARTS: Mapping[str, Callable[[], str]] = {
    "@rates nano-1": learning_rates.narrow,
    "@rates nano-2": learning_rates.wide,
    "@passports": learning_rates.passports,
    "@rungs": rung_table.rungs,
    "@curricula": curriculum.curricula,
}


def page() -> str:
    """The template with each line that is the name of a part in that part's place."""
    lines = TEMPLATE.read_text("utf-8").splitlines()
    return "\n".join(PARTS[line]() if line in PARTS else line for line in lines) + "\n"


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m bench.mixture.page", description=__doc__)
    options.add_argument("--check", action="store_true")
    if not options.parse_args().check:
        PAGE.write_text(page(), "utf-8")
        return 0
    same = PAGE.exists() and PAGE.read_text("utf-8") == page()
    print(f"{PAGE.relative_to(CHECKOUT)} " + ("equals its runs" if same else "is not what its runs give"))
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
