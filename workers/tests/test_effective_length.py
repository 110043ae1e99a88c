"""The control plane reads effective context as we do: libs/scores has the same cases."""

import json
from pathlib import Path

import pytest

from asterism.tasks.families.long_context import effective_length

CASES = Path(__file__).parents[2] / "libs" / "scores" / "testing" / "effective-length.json"


@pytest.mark.parametrize("case", json.loads(CASES.read_text()), ids=lambda case: str(case["means"]))
def test_effective_length_of_shared_cases(case: dict) -> None:
    means = {int(length): mean for length, mean in case["means"].items()}
    assert effective_length(means) == (case["absolute"], case["relative"])
