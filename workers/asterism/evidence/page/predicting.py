"""Which families and tasks of a lower tier foretell quality at the upper one, as the page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from asterism.evidence.page.markdown import table, with_interval
from asterism.evidence.statistics import table as runs_table
from asterism.evidence.statistics.agreement import LEAST, Prediction, predictions
from asterism.evidence.statistics.tiers import Both, means, task_values, tier
from asterism.tasks.suite import Suite

SURE = 0.05


def part(suite: Suite, matched: Both, noisy: Sequence[runs_table.Run]) -> list[str]:
    """Families first, then every task folded away; `noisy` are the upper tier's runs with several seeds."""
    head = [f"### What of {suite.name} foretells Q at xs", ""]
    above = tier(matched.upper, runs_table.quality, noisy) if len(matched.names) >= LEAST else None
    if above is None:
        return [*head, f"Not yet run: n = {len(matched.names)} random genomes at both tiers.", ""]
    families = predictions(_family_values(suite, matched), above)
    tasks = predictions(task_values(suite, matched.lower), above)
    counts = {task.id: task.counts for task in suite.scores}
    return [
        *head,
        f"Kendall's τ with Q at `xs` over n = {len(matched.names)} random genomes. p is corrected for all "
        f"questions of its table (Holm), intervals are not. {_sure(families)} of {len(families)} families "
        f"and {_sure(tasks)} of {len(tasks)} tasks have p < {SURE}.",
        "",
        *table(["family", "τ of its score", "p, corrected", "its best task"], _family_rows(families, tasks)),
        "",
        "<details><summary>Every task</summary>",
        "",
        *table(["task", "family", "in Q", "τ", "p, corrected"], [_task_row(each, counts) for each in tasks]),
        "",
        "</details>",
        "",
    ]


def _family_values(suite: Suite, matched: Both) -> dict[tuple[str, str], np.ndarray]:
    found = {family: means(matched.lower, runs_table.family(family)) for family in suite.families}
    return {(family, family): values for family, values in found.items() if values is not None}


def _sure(found: Sequence[Prediction]) -> int:
    return sum(each.p < SURE for each in found)


def _family_rows(families: Sequence[Prediction], tasks: Sequence[Prediction]) -> list[list[str]]:
    rows = []
    for family in families:
        best = next((task for task in tasks if task.family == family.id and task.tau), None)
        named = f"`{best.id}` {with_interval(best.tau)}" if best else "–"
        rows.append([family.id, with_interval(family.tau), f"{family.p:.2g}", named])
    return rows


def _task_row(each: Prediction, counts: Mapping[str, bool]) -> list[str]:
    read = "yes" if counts[each.id] else ""
    return [f"`{each.id}`", each.family, read, with_interval(each.tau), f"{each.p:.2g}"]
