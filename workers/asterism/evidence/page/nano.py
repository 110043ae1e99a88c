"""What the page says of the narrow suites: the recipe's own tests, nano-check and nano-1."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import mean, median, stdev
from typing import Any

from asterism.evidence.page.markdown import row
from asterism.evidence.runs import scores
from asterism.evidence.self_tests import check
from asterism.evidence.statistics.noise import groups_in_order, pooled_sigma
from asterism.tasks.reference_set import REFERENCE_SET
from asterism.tasks.suite import Score
from asterism.tasks.suites import suite
from asterism.training import TRAINER_VERSION

Run = dict[str, Any]
RULE_SCORE, RULE_RANGE = 0.3, 3.0


def _by_architecture(runs: Sequence[Run], key: str) -> dict[str, list[float]]:
    found = {
        name: [scores(run)[key] for run in runs if run["architecture"] == name] for name in REFERENCE_SET
    }
    return {name: values for name, values in found.items() if values}


def _verdict(task: Score, means: Sequence[float], sigma: float | None) -> str:
    """The rule for a task of Q; what is only scored carries none."""
    if not task.counts:
        return "trained, not in Q" if task.trained else "scored only"
    spread = max(means) - min(means)
    return "pass" if max(means) >= RULE_SCORE and (not sigma or spread >= RULE_RANGE * sigma) else "**fail**"


def _line(label: str, groups: dict[str, list[float]], verdict: str) -> str:
    means, sigma = [mean(values) for values in groups.values()], pooled_sigma(groups)
    ratio = f"{(max(means) - min(means)) / sigma:.0f}" if sigma else "–"
    noise = f"{sigma:.3f}" if sigma is not None else "–"
    return row([label, *(f"{value:.2f}" for value in means), noise, ratio, verdict])


def task_table(title: str, runs: Sequence[Run]) -> list[str]:
    """Mean score of every task per architecture, σ, and the rule: best ≥ .3 and range ≥ 3 σ."""
    names = list(_by_architecture(runs, "quality"))
    lines = [row(["task", *names, "σ", "range/σ", "rule"]), row(["---"] * (len(names) + 4))]
    for task in suite(title).scores:
        groups = _by_architecture(runs, task.id)
        means = [mean(values) for values in groups.values()]
        lines.append(_line(f"`{task.id}`", groups, _verdict(task, means, pooled_sigma(groups))))
    totals = {"quality": "**quality**", "binding": "quality, binding", "bits": "bits per byte, code"}
    return lines + [_line(label, _by_architecture(runs, key), "") for key, label in totals.items()]


def costs(runs: Sequence[Run]) -> str:
    """Core-seconds, as measured on a shared machine."""
    spent = [run["outcome"]["cpuSeconds"] for run in runs]
    parts = [f"{phase} {median(each[phase] for each in spent):.1f}" for phase in ("data", "train", "score")]
    share = median(run["outcome"]["flopsShare"] for run in runs)
    return (
        f"Median core-seconds of a run: {', '.join(parts)}; {share:.0%} of the measured matrix-product peak."
    )


def order_text(runs: Sequence[Run]) -> str:
    """σ of the aggregate and the order of groups; a difference inside the noise is not called an order."""
    groups = _by_architecture(runs, "quality")
    sigma = pooled_sigma(groups)
    if sigma is None:
        ranked = sorted(groups, key=lambda name: -mean(groups[name]))
        listed = ", ".join(f"{name} {mean(groups[name]):.2f}" for name in ranked)
        return f"One seed only, so no σ and no order: {listed}."
    groups_named = [
        "(" + ", ".join(f"{name} {mean(groups[name]):.2f}" for name in group) + ")"
        for group in groups_in_order(groups, sigma)
    ]
    worst = {name: stdev(values) for name, values in groups.items() if len(values) > 1}
    widest = max(worst, key=lambda name: worst[name])
    noise = f"pooled over {len(worst)} architectures (widest {widest}, {worst[widest]:.3f})"
    return f"σ of quality {sigma:.3f}, {noise}. Groups two errors apart: {' > '.join(groups_named)}."


def suite_section(title: str, runs: Sequence[Run]) -> list[str]:
    """One suite's part of the page."""
    commits = ", ".join(sorted({run["commit"] for run in runs}))
    machines = ", ".join(
        sorted({f"{run['machine']['cpu_model']}, {run['machine']['cores']} cores" for run in runs})
    )
    load = max(run["machine"]["loadAfter"] for run in runs)
    versions = ", ".join(sorted({str(run["outcome"]["suiteVersion"]) for run in runs}))
    trainers = ", ".join(sorted({str(run["trainerVersion"]) for run in runs}))
    facts = (
        f"{len(runs)} runs of version {versions} (now {suite(title).version}), trainer version {trainers} "
        f"(now {TRAINER_VERSION}), commits {commits}; {machines}, one thread, load up to {load:.0f}. "
        f"{costs(runs)}"
    )
    return [f"## Suite {title}", "", facts, "", order_text(runs), "", *task_table(title, runs), ""]


def claims_section(runs: Sequence[Run]) -> list[str]:
    """The recipe's own tests, each on every seed."""
    seeds = sorted({run["replicate"] for run in runs})
    found: dict[tuple[int, str], dict[int, bool]] = {}
    for seed in seeds:
        results = {run["architecture"]: scores(run) for run in runs if run["replicate"] == seed}
        for claim, holds in check(results):
            found.setdefault((claim.test, claim.text), {})[seed] = holds
    verdicts = [verdict for each in found.values() for verdict in each.values()]
    text = next(task for task in runs[0]["outcome"]["tasks"] if task["family"] == "text")
    unigram = text["baselineNll"] / math.log(2)
    intro = (
        f"{sum(verdicts)} of {len(verdicts)} hold. Seeds: replicates {seeds}; rows: the report split. "
        f"Bits per byte move with the rows: a unigram predictor needs {unigram:.2f} here, 4.6 in the recipe."
    )
    lines = ["## The recipe's own tests (nano-check)", "", intro, ""]
    lines += [row(["test", "claim", *(f"seed {seed}" for seed in seeds)]), row(["---"] * (2 + len(seeds)))]
    for (test, text), holds in found.items():
        cells = ["" if seed not in holds else "holds" if holds[seed] else "**fails**" for seed in seeds]
        lines.append(row([str(test), text, *cells]))
    return [*lines, ""]
