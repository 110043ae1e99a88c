"""Our MQAR, MAD and RULER tasks beside the published ones: every setting has its source, the page says so,
and rows are compared with those of the authors' generators.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asterism.tasks.broad import VERSION
from asterism.tasks.published import BENCHMARKS, Origin, names, renew

ROOT = Path(__file__).resolve().parents[2]
COMPARED = json.loads((ROOT / "bench" / "results" / "published.json").read_text())
ORIGINS = [origin for origins in BENCHMARKS.values() for origin in origins]


@pytest.mark.parametrize("origin", [pytest.param(each, id=each.task) for each in ORIGINS])
def test_every_setting_of_a_published_task_has_its_source(origin: Origin) -> None:
    assert names(origin) == {parameter.name for parameter in origin.parameters}


def test_the_page_says_what_the_settings_are() -> None:
    """After a change: python -m asterism tasks --page docs/tasks.md."""
    page = (ROOT / "docs" / "tasks.md").read_text()
    assert page == renew(page, COMPARED)


def test_rows_follow_the_laws_of_the_authors_own_generators() -> None:
    """As bench/published.py found; it is run again where a generator changes."""
    told = [
        (task, statistic, each["agrees"])
        for task, statistics in COMPARED["tasks"].items()
        for statistic, each in statistics.items()
    ]
    assert len({task for task, _, _ in told}) >= 10 and len(told) >= 30
    assert [(task, statistic) for task, statistic, agrees in told if not agrees] == []
    assert COMPARED["suiteVersion"] == VERSION, "other generators: compare them anew"


@pytest.fixture(scope="module")
def bench() -> Any:
    spec = importlib.util.spec_from_file_location("published", ROOT / "bench" / "published.py")
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.mark.full
@pytest.mark.parametrize(("task", "table"), [("var_tracking", "variables"), ("freq_words", "frequencies")])
def test_rulers_own_generators_make_rows_of_the_law_that_is_committed(
    task: str, table: str, bench: Any
) -> None:
    """Those two of RULER's that run without packages beside the harness."""
    pytest.importorskip("lm_eval.tasks.ruler.fwe_utils")
    import random

    random.seed(2)
    np.random.seed(2)  # noqa: NPY002 - the authors draw from it
    for statistic, sides in getattr(bench, table)().items():
        found, recorded = bench.distance(*sides), COMPARED["tasks"][task][statistic]
        assert abs(found["distance"] - recorded["distance"]) <= found["bound"], statistic
