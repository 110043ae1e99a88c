"""Data files inside installed packages, read without importing the package: scikit-learn and statsmodels take
a second each to import, which every training process would pay.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from asterism.errors import Refused


def packaged_file(package: str, distribution: str, inside: str, wanted_by: str) -> Path:
    """Where the file lies; a refusal that says what to install where there is none."""
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        if (found := Path(folder) / inside).is_file():
            return found
    missing = f"has no {inside}" if spec is not None else "is not installed"
    raise Refused(
        f"{wanted_by} needs {inside} of {distribution}, which {missing}: pip install {distribution}"
    )
