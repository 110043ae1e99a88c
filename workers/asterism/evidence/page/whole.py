"""The page's parts in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from asterism.evidence.page import broad, foretelling
from asterism.evidence.page.markdown import table
from asterism.evidence.page.method import FAMILIES, INTRODUCTION, METHOD, MORE
from asterism.evidence.page.nano import Run, claims_section, suite_section
from asterism.evidence.page.short import short
from asterism.evidence.runs import read_runs
from asterism.evidence.self_test_report import self_test_section
from asterism.tasks.suites import suite

BROAD = ("nano-2", "xs-1")


@dataclass(frozen=True, kw_only=True)
class Results:
    """The committed runs by suite; none where a file is not there."""

    narrow: Mapping[str, Sequence[Run]]
    broad: Mapping[str, Sequence[Run]]
    self_tests: Sequence[Run]


@dataclass(frozen=True, kw_only=True)
class Page:
    """Text and figures, by file name."""

    text: str
    figures: Mapping[str, str]


def read(folder: Path) -> Results:
    """Everything the page is made from."""
    return Results(
        narrow={name: read_runs(folder / f"{name}.jsonl") for name in ("nano-check", "nano-1")},
        broad={name: read_runs(folder / f"reference-{name}.jsonl") for name in BROAD},
        self_tests=read_runs(folder / "self-tests.jsonl"),
    )


def page(results: Results) -> Page:
    """The whole page."""
    levels = [foretelling.level(suite(name), results.broad[name]) for name in BROAD]
    lines, figures = [INTRODUCTION, *short(levels), METHOD, *_families()], {}
    for name in BROAD:
        more, drawn = broad.section(suite(name), results.broad[name])
        lines, figures = [*lines, *more], {**figures, **drawn}
    more, drawn = foretelling.section(levels[0], levels[1])
    lines, figures = [*lines, *more], {**figures, **drawn}
    lines += [*_self_tests(results.self_tests), MORE, *claims_section(results.narrow["nano-check"])]
    for name, runs in results.narrow.items():
        lines += suite_section(name, runs) if runs else []
    return Page(text="\n".join(lines), figures=figures)


def _self_tests(runs: Sequence[Run]) -> list[str]:
    head = ["## Suite self-tests", ""]
    if not runs:
        return [*head, "Not yet run: `python -m asterism selftest --suite nano-2`.", ""]
    return [*head, self_test_section(runs)]


def _families() -> list[str]:
    rows = [
        [
            family,
            what,
            *(str(sum(score.family == family for score in suite(name).scores)) for name in BROAD[:1]),
            *(
                str(sum(score.family == family and score.counts for score in suite(name).scores))
                for name in BROAD
            ),
        ]
        for family, what in FAMILIES.items()
    ]
    head = ["family", "what it asks", "tasks", *(f"in Q of {name}" for name in BROAD)]
    return ["## Families", "", *table(head, rows), ""]
