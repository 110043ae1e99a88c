"""`card.md`: says first that the weights are those of the trial genome, then what was measured and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def model_card(candidate: Mapping[str, Any], evaluation: Mapping[str, Any]) -> str:
    """Markdown for a candidate and its scored evaluation, both as the API answers them."""
    outcome = evaluation["outcome"]
    confirmed = (
        "confirmed on the report split"
        if candidate["confirmed"]
        else "not confirmed: scores are of the select split, which the search saw"
    )
    values = "".join(f"| {metric} | {value:.6g} |\n" for metric, value in candidate["values"].items())
    tasks = "".join(_task(task) for task in outcome["tasks"])
    return f"""# {candidate["name"] or candidate["code"]}

**These are the weights of the trial genome (`genome.json`), trained at tier
`{evaluation["tier"]}`: a small model that was scored. The candidate itself (`deployment.json`)
has the same backbone at deployment size and was not trained; its costs below are of that size.**

- backbone: {candidate["code"]}
- genome hash (trial): {candidate["trialHash"]}
- genome hash (deployment): {candidate["genomeHash"]}
- search: {candidate["searchName"]} ({candidate["searchId"]}), candidate {candidate["n"]}
- suite {outcome["suiteVersion"]}, split {evaluation["split"]}, replicate {evaluation["replicate"]}, seed \
{outcome["seed"]}, {outcome["tokens"]} tokens
- {confirmed}

| metric | value |
|---|---|
{values}
| task | n | accuracy | chance | score | 95 % interval |
|---|---|---|---|---|---|
{tasks}"""


def _task(task: Mapping[str, Any]) -> str:
    if task.get("error"):
        return f"| {task['id']} | failed: {task['error']} | | | | |\n"
    numbers = (f"{task[key]:.4g}" for key in ("accuracy", "chance", "score"))
    return (
        f"| {task['id']} | {task['n']} | {' | '.join(numbers)} | {task['low']:.4g} to {task['high']:.4g} |\n"
    )
