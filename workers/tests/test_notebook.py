"""The example notebook runs: against recorded answers here, against a real service where one is given.

The real run: ASTERISM_URL, ASTERISM_TOKEN and ASTERISM_SEARCH (a finished search), then `pytest -k notebook`.
"""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from service import SEARCH, TOKEN, service

NOTEBOOK = Path(__file__).resolve().parents[2] / "examples" / "front.ipynb"
WORKERS = Path(__file__).resolve().parents[1]


def run(url: str, token: str, search: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Execute every cell; the text of all outputs. An exception in a cell fails the test."""
    for name, value in {"ASTERISM_URL": url, "ASTERISM_TOKEN": token, "ASTERISM_SEARCH": search}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONPATH", str(WORKERS))
    monkeypatch.setenv("MPLBACKEND", "agg")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return [output.get("text") or str(output.get("data", "")) for output in outputs]


def test_notebook_is_committed_without_outputs() -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert all(not cell.outputs for cell in notebook.cells if cell.cell_type == "code")


def test_notebook_runs_on_recorded_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with service() as url:
        outputs = " ".join(run(url, TOKEN, SEARCH, monkeypatch))
    assert (
        "cand_2" in outputs and "def __init__(self, name):" in outputs and "weights of the trial" in outputs
    )


@pytest.mark.skipif(
    "ASTERISM_URL" not in os.environ, reason="needs ASTERISM_URL of a service with a finished search"
)
def test_notebook_runs_on_a_real_service(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = run(*(os.environ[f"ASTERISM_{name}"] for name in ("URL", "TOKEN", "SEARCH")), monkeypatch)
    assert "def __init__(self, name):" in " ".join(outputs)
