"""What the page says of one tier foretelling the next, on architectures that nothing was tuned on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from asterism.evidence.page import figures, predicting
from asterism.evidence.page.markdown import number, table, with_interval
from asterism.evidence.statistics import table as runs_table
from asterism.evidence.statistics.agreement import (
    LEAST,
    QUESTIONS,
    Agreement,
    Tier,
    advantage,
    agreement,
    ceiling,
)
from asterism.evidence.statistics.tiers import (
    Both,
    Read,
    bits_per_byte,
    both,
    cost,
    means,
    negative,
    tier,
    weighted_quality,
)
from asterism.evidence.weighing.document import decisions
from asterism.tasks.suite import Suite

EXPECTED_TAU = 0.6
FIGURE = "nano-to-xs.svg"
Runs = Sequence[runs_table.Run]


@dataclass(frozen=True, kw_only=True)
class Level:
    """A tier: its suite, and all runs of this version by set; `failed` are those of the random set."""

    suite: Suite
    reference: Runs
    random: Runs
    failed: Runs


def level(suite: Suite, runs: Runs) -> Level:
    """Runs of both sets of the suite's version."""

    def of(name: str) -> Runs:
        return runs_table.of_version(runs_table.of_set(runs, name), suite.version)

    failed = runs_table.failed(runs_table.of_set(runs, runs_table.RANDOM), suite.version)
    return Level(suite=suite, reference=of(runs_table.REFERENCE), random=of(runs_table.RANDOM), failed=failed)


def section(lower: Level, upper: Level) -> tuple[list[str], dict[str, str]]:
    """The part with its figure."""
    second = both(lower.random, upper.random)
    first = both(lower.reference, upper.reference)
    head = [
        f"## Does {lower.suite.name} foretell {upper.suite.name}?",
        "",
        _design(lower, upper, second),
        "",
        *_failures({"nano": lower, "xs": upper}),
    ]
    lines, drawings = list(head), {}
    if max(len(second.names), len(first.names)) >= LEAST:
        drawings[FIGURE] = _figure(lower, upper, {"random": second, "reference": first})
        lines += [f"![nano against xs](figures/{FIGURE})", ""]
    for title, matched in (("Second set (random genomes)", second), ("Reference set, in sample", first)):
        lines += [f"### {title}", "", *_answers(lower, upper, matched), ""]
    return [*lines, *predicting.part(lower.suite, second, upper.reference)], drawings


def _design(lower: Level, upper: Level, matched: Both) -> str:
    architectures = {run["architecture"] for run in lower.random}
    return (
        "Weights and noise come from the reference set, so the honest answer comes from a second one: random "
        "valid genomes within ten per cent of one number of parameters outside the embedding at `nano`, "
        f"drawn before anybody had looked at a result{_sizes(lower, upper)}. "
        f"Trained so far: {len(architectures)} of them at `nano`, "
        f"{len({run['architecture'] for run in upper.random})} at `xs`, {len(matched.names)} at both. "
        f"Intervals (95 %) are bootstraps over genomes. The ceiling is what two tiers with exactly the same "
        "true order would be measured to agree, given the seed noise of both (σ of the reference set): mean "
        "and 95 % of simulated measurements; once more with both σ at the bound that they are below with 80 "
        "% certainty. *Beyond 2σ* are pairs whose Q at `xs` differs by more than two "
        "standard errors of the difference; the *top half* is that of Q at `xs`; a tie is half right."
    )


def _sizes(lower: Level, upper: Level) -> str:
    """From the fewest to the most parameters outside the embedding, at each tier."""
    said = []
    for name, runs in (("`nano`", lower.random), ("`xs`", upper.random)):
        counts = [run["estimate"]["paramsNonEmbedding"] for run in runs]
        if counts:
            said.append(f"{min(counts):,} to {max(counts):,} at {name}")
    return f" ({', '.join(said)})" if said else ""


def _failures(levels: Mapping[str, Level]) -> list[str]:
    """Genomes whose training ended without a score: drawn, trained, and in no figure."""
    said = [
        f"`{run['architecture']}` at `{tier_name}` ({run['outcome']['reason']})"
        for tier_name, each in levels.items()
        for run in each.failed
    ]
    return [f"Trained without a score, and in no figure below: {'; '.join(said)}.", ""] if said else []


def _answers(lower: Level, upper: Level, matched: Both) -> list[str]:
    if len(matched.names) < LEAST:
        return [
            f"Not yet run: {len(matched.names)} architectures at both tiers, at least {LEAST} are needed."
        ]
    below = tier(matched.lower, runs_table.quality, lower.reference)
    above = tier(matched.upper, runs_table.quality, upper.reference)
    assert below is not None and above is not None
    known = {label: means(matched.lower, read) for label, read in _rivals(lower).items()}
    known["parameters, not embedding"] = means(matched.upper, cost("paramsNonEmbedding"))
    known["training FLOPs a token"] = means(matched.upper, cost("flopsPerToken"))
    rows = [_row("**Q at nano**", agreement(below.values, above), None)]
    for label, values in known.items():
        if values is not None:
            rows.append(_row(label, agreement(values, above), advantage(below.values, values, above)))
    bounds = {"": ceiling(below, above), ", σ at its bound": ceiling(below.noisier(), above.noisier())}
    for how, limit in bounds.items():
        if limit is not None:
            rows.append([f"ceiling by seed noise{how}", *(with_interval(each) for each in limit), ""])
    found = agreement(below.values, above)
    assert found is not None
    head = [f"{question} (n = {count})" for question, count in zip(QUESTIONS, found.pairs, strict=True)]
    return [
        *table(["foretells Q at xs", *head, "τ of Q less this τ"], rows),
        "",
        _verdict(matched, below, above, found),
    ]


def _rivals(lower: Level) -> dict[str, Read]:
    weights = {task.id: task.weight for task in decisions(lower.suite, lower.reference)}
    found: dict[str, Read] = {}
    if any(weights.values()):
        found["Q at nano, weighted"] = weighted_quality(lower.suite, weights)
    return {**found, "bits per byte at nano (less is better)": negative(bits_per_byte)}


def _row(label: str, found: Agreement | None, lead) -> list[str]:
    answers = found.answers if found else (None,) * len(QUESTIONS)
    return [label, *(with_interval(each) for each in answers), with_interval(lead) if lead else ""]


def _verdict(matched: Both, below: Tier, above: Tier, found: Agreement) -> str:
    value = found.answers[0]
    sides = {"`nano`": below, "`xs`": above}
    unknown = [name for name, each in sides.items() if each.sigma is None]
    noise = ", ".join(f"{name} {number(each.sigma, 3)}" for name, each in sides.items())
    missing = f" σ at {' and '.join(unknown)} is not known yet, so no ceiling." if unknown else ""
    if value is None:
        return f"n = {len(matched.names)}; all tied."
    expected = "at or above" if value.value >= EXPECTED_TAU else "below"
    return (
        f"n = {len(matched.names)} architectures, runs each {_counts(below.runs)} at `nano` and "
        f"{_counts(above.runs)} at `xs`; σ of Q: {noise}.{missing} τ is {expected} the expected "
        f"{EXPECTED_TAU}."
    )


def _counts(runs: np.ndarray) -> str:
    low, high = int(runs.min()), int(runs.max())
    return str(low) if low == high else f"{low} to {high}"


def _figure(lower: Level, upper: Level, sets: Mapping[str, Both]) -> str:
    points = {}
    for name, matched in sets.items():
        below = tier(matched.lower, runs_table.quality, lower.reference) if matched.names else None
        above = tier(matched.upper, runs_table.quality, upper.reference) if matched.names else None
        if below is not None and above is not None:
            points[name] = (matched.names, below, above)
    title = "Q at xs against Q at nano, ± σ of each mean"
    axes = (f"Q at nano ({lower.suite.name})", f"Q at xs ({upper.suite.name})")
    return figures.scatter(title, points, axes)
