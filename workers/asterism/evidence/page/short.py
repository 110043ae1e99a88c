"""The page's answers in a few lines, each with its n."""

from __future__ import annotations

from collections.abc import Sequence

from asterism.evidence.page.broad import MOST_NOISE
from asterism.evidence.page.foretelling import EXPECTED_TAU, Level
from asterism.evidence.page.markdown import many, number, with_interval
from asterism.evidence.page.telling import WANTED_TASKS
from asterism.evidence.statistics import table
from asterism.evidence.statistics.agreement import LEAST, agreement, ceiling
from asterism.evidence.statistics.noise import noise, spread
from asterism.evidence.statistics.tiers import both, cost, means, tier
from asterism.evidence.weighing.document import decisions


def short(levels: Sequence[Level]) -> list[str]:
    """A line for each suite, and one for what foretells what."""
    lines = [_suite(level) for level in levels]
    return ["## In short", "", *(f"* {line}" for line in [*lines, _foretelling(*levels)]), ""]


def _suite(level: Level) -> str:
    suite, runs = level.suite, level.reference
    groups = table.grouped(runs, table.quality)
    found, wide = noise(groups), spread(groups)
    known = (
        f"`{suite.name}` {suite.version}: {many(len(runs), 'run')} of "
        f"{many(len(groups), 'reference architecture')}"
    )
    if found is None or not wide:
        return f"{known}; no σ yet."
    decided = decisions(suite, runs)
    above = sum(task.tells for task in decided)
    wanted = WANTED_TASKS.get(suite.name)
    goal = f" (goal: {wanted})" if wanted else ""
    return (
        f"{known}; σ of Q is {found.sigma:.3f}, {found.sigma / wide:.2f} of the architectures' standard "
        f"deviation (goal: {MOST_NOISE:.2f}); {above} of {len(decided)} tasks tell architectures apart, with "
        f"a signal-to-noise of at least 1{goal}."
    )


def _foretelling(lower: Level, upper: Level) -> str:
    matched = both(lower.random, upper.random)
    name = f"`{lower.suite.name}` → `{upper.suite.name}` on random genomes, n = {len(matched.names)}"
    if len(matched.names) < LEAST:
        return f"{name}: not yet run."
    below = tier(matched.lower, table.quality, lower.reference)
    above = tier(matched.upper, table.quality, upper.reference)
    assert below is not None and above is not None
    found, limit = agreement(below.values, above), ceiling(below, above)
    parameters = means(matched.upper, cost("paramsNonEmbedding"))
    rival = None if parameters is None else agreement(parameters, above)
    parts = [
        f"Kendall's τ {with_interval(found.answers[0] if found else None)}, expected at least {EXPECTED_TAU}"
    ]
    if limit is not None and limit[0] is not None:
        parts.append(f"seed noise alone allows {number(limit[0].value)}")
    if rival is not None:
        parts.append(f"parameters reach {with_interval(rival.answers[0])}")
    return f"{name}: {'; '.join(parts)}."
