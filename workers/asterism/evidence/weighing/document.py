"""A suite's weights as the committed file holds them: decisions, noise, and what they were measured on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from asterism.evidence.runs import rounded
from asterism.evidence.statistics import table
from asterism.evidence.statistics.noise import Groups, noise, spread
from asterism.evidence.weighing.rule import (
    FULL,
    KEPT_A_FAMILY,
    LEAST,
    MOST,
    SOLVED,
    UNTOUCHED,
    Measured,
    Weighed,
    weigh,
)
from asterism.tasks.suite import Score, Suite

# What has to be there before weights take effect: architectures with seeds each.
_NEEDED = {"nano-2": (12, 3), "xs-1": (6, 2)}


def measured(task: Score, runs: Sequence[table.Run]) -> Measured:
    """One task on the reference set."""
    entries = [entry for run in runs if (entry := table.task_of(run, task.id)) is not None]
    errors = [entry["error"] for entry in entries if "error" in entry]
    return Measured(
        id=task.id,
        family=task.family,
        groups=table.grouped(runs, lambda run: table.clipped(run, task.id)),
        counts=task.counts,
        error=f"{len(errors)} of {len(entries)} runs, {errors[0]}" if errors else None,
    )


def decisions(suite: Suite, runs: Sequence[table.Run]) -> list[Weighed]:
    """Every task of the suite with its weight and reason; `runs` are of one version."""
    return weigh([measured(task, runs) for task in suite.scores])


def is_complete(suite: Suite, runs: Sequence[table.Run]) -> bool:
    """Whether the reference set was trained as often as the weights need."""
    architectures, seeds = _NEEDED.get(suite.name, (12, 2))
    trained = Counter(run["architecture"] for run in runs)
    return sum(count >= seeds for count in trained.values()) >= architectures


def document(suite: Suite, runs: Sequence[table.Run]) -> dict[str, Any]:
    """The file; `runs` are all of the reference set, others than those of this version are left out."""
    used = table.of_version(table.of_set(runs, table.REFERENCE), suite.version)
    return {
        "suite": suite.name,
        "suiteVersion": suite.version,
        "complete": is_complete(suite, used),
        "provenance": _provenance(used),
        "rule": {
            "weight": f"min(1, signal-to-noise / {FULL:g})",
            "leastSignalToNoise": LEAST,
            "solvedAbove": SOLVED,
            "untouchedBelow": UNTOUCHED,
            "ofMoreThan": MOST,
            "keptAFamily": KEPT_A_FAMILY,
        },
        "noise": {
            "quality": _noise(table.grouped(used, table.quality)),
            "families": {
                family: _noise(table.grouped(used, table.family(family))) for family in suite.families
            },
        },
        "tasks": [_task(decision) for decision in decisions(suite, used)],
    }


def text(found: dict[str, Any]) -> str:
    """The committed file's text."""
    return json.dumps(rounded(found), indent=2, ensure_ascii=False) + "\n"


def _provenance(runs: Sequence[table.Run]) -> dict[str, Any]:
    return {
        "runs": len(runs),
        "architectures": dict(sorted(Counter(run["architecture"] for run in runs).items())),
        "trainerVersion": runs[0]["trainerVersion"] if runs else None,
        "commits": table.commits(runs),
        "splits": sorted({run["split"] for run in runs}),
        "machines": sorted({run["machine"]["cpu_model"] for run in runs}),
    }


def _noise(groups: Groups) -> dict[str, Any] | None:
    found = noise(groups)
    return None if found is None else {**asdict(found), "spread": spread(groups)}


def _task(decision: Weighed) -> dict[str, Any]:
    found = decision.signal
    numbers = (
        {"signalToNoise": None}
        if found is None
        else {
            "signalToNoise": found.ratio,
            "low": found.low,
            "high": found.high,
            "sigma": found.sigma,
            "spread": found.spread,
            "architectures": found.architectures,
            "runs": found.runs,
        }
    )
    return {
        "id": decision.id,
        "family": decision.family,
        **numbers,
        "weight": decision.weight,
        "reason": decision.reason,
    }
