"""What the runs of the broad suites' self-tests say, as numbers and as a section of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from asterism.evaluation.aggregate import CEILING, FLOOR
from asterism.evidence.suite_claims import CLAIMS, UPDATED, Claim, parameters
from asterism.evidence.suite_runs import SHUFFLED, current
from asterism.tasks.broad import NANO_2

Json = dict[str, Any]
RESOLUTION = 0.02
"""Smallest σ: few seeds on a plateau agree by more than the next ones would."""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """A claim with the scores of both sides, seed by seed. `sigma` is pooled over the sides."""

    claim: Claim
    better: tuple[float, ...]
    worse: tuple[float, ...]

    @property
    def seeds(self) -> int:
        """Of the side that has fewer."""
        return min(len(self.better), len(self.worse))

    @property
    def difference(self) -> float:
        """Of the means."""
        return mean(self.better) - mean(self.worse)

    @property
    def sigma(self) -> float:
        """Standard deviation of a seed, at least RESOLUTION."""
        sides = (self.better, self.worse)
        squares = sum((value - mean(side)) ** 2 for side in sides for value in side)
        freedom = sum(len(side) - 1 for side in sides)
        return max(RESOLUTION, (squares / freedom) ** 0.5) if freedom else RESOLUTION

    @property
    def size(self) -> float:
        """The difference in standard deviations of a seed."""
        return self.difference / self.sigma


@dataclass(frozen=True, kw_only=True)
class Leaks:
    """What one training on labels of other rows knew, of the tasks that it trains: those that it never sees
    cannot show a leak of labels. `above` are the tasks beyond their bound.
    """

    seed: int
    tasks: int
    above: tuple[str, ...]
    closest: str
    score: float
    bound: float
    failed: tuple[str, ...]


def effects(runs: Sequence[Json]) -> list[Effect]:
    """Of every claim that both sides have runs for."""
    made = [
        Effect(claim=claim, better=_scores(runs, claim, "better"), worse=_scores(runs, claim, "worse"))
        for claim in CLAIMS
    ]
    return [effect for effect in made if effect.seeds]


def _scores(runs: Sequence[Json], claim: Claim, side: str) -> tuple[float, ...]:
    arm = getattr(claim, side)
    mine = [run for run in current(runs) if (run["task"], run["arm"]) == (claim.task, arm)]
    mine.sort(key=lambda run: run["seed"])
    return tuple(min(CEILING, max(FLOOR, run["scores"][claim.score])) for run in mine)


def leaks(runs: Sequence[Json]) -> list[Leaks]:
    """Of every training with labels of other rows that ended with a score."""
    return [_leaks(run) for run in current(runs) if run["task"] == SHUFFLED and run["status"] == "scored"]


def _leaks(run: Json) -> Leaks:
    trained = {score.id for score in NANO_2.scores if score.trained}
    above = {id: value - run["allowed"][id] for id, value in run["scores"].items() if id in trained}
    closest = max(above, key=lambda id: above[id])
    return Leaks(
        seed=run["seed"],
        tasks=len(above),
        above=tuple(id for id, over in above.items() if over > 0),
        closest=closest,
        score=run["scores"][closest],
        bound=run["allowed"][closest],
        failed=tuple(id for id in run["failed"] if id in trained),
    )


def faults(runs: Sequence[Json]) -> list[str]:
    """What is missing or against what the suite must show; nothing when all stands."""
    found = effects(runs)
    shown = {effect.claim for effect in found}
    shuffled = [run for run in current(runs) if run["task"] == SHUFFLED]
    return [
        *(
            f"no runs: {claim.better} > {claim.worse} on {claim.score}"
            for claim in CLAIMS
            if claim not in shown
        ),
        *(
            f"against the claim: {effect.claim.better} > {effect.claim.worse} on {effect.claim.score}"
            for effect in found
            if effect.difference <= 0
        ),
        *([] if shuffled else ["no runs: labels of other rows"]),
        *(
            f"labels of other rows, seed {run['seed']}: {run['status']}"
            for run in shuffled
            if run["status"] != "scored"
        ),
        *(
            f"labels of other rows, seed {each.seed}: above their bound: {', '.join(each.above)}"
            for each in leaks(runs)
            if each.above
        ),
    ]


def self_test_section(runs: Sequence[Json]) -> str:
    """Markdown: the claims with their effects, then the shuffled labels."""
    lines = [
        "Each side is trained alone on one of nano's tasks (1 M tokens) and read by that task's score; the"
        " sides of a claim differ by less than 10 % in parameters outside the embedding. σ is the standard"
        f" deviation of a seed, pooled over both sides, at least {RESOLUTION}.",
        "",
        "| claim | read by | higher | lower | difference | in σ | seeds |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(_line(effect) for effect in effects(runs)),
        "",
        *_overwriting(runs),
        *(_said(found) for found in leaks(runs)),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _overwriting(runs: Sequence[Json]) -> list[str]:
    """Whether what an additive memory lacks is overwriting, or recall as a whole."""
    lower = {effect.claim.score: mean(effect.worse) for effect in effects(runs)}
    if UPDATED not in lower or "mqar_overwrite" not in lower:
        return []
    changed, whole = lower[UPDATED], lower["mqar_overwrite"]
    said = (
        "what it lacks here is recall as a whole, not overwriting alone"
        if changed >= whole
        else "it lacks overwriting more than recall"
    )
    return [
        f"The additive arm scores {changed:.2f} on keys given another value and {whole:.2f} on all keys:"
        f" {said}.",
        "",
    ]


def _line(effect: Effect) -> str:
    claim = effect.claim
    cells = [
        f"{claim.better} > {claim.worse} ({claim.source})",
        claim.score,
        _values(effect.better, parameters(claim.better)),
        _values(effect.worse, parameters(claim.worse)),
        f"{effect.difference:+.2f}" + ("" if effect.difference > 0 else ", **against the claim**"),
        f"{effect.size:+.1f}",
        str(effect.seeds),
    ]
    return f"| {' | '.join(cells)} |"


def _values(scores: Sequence[float], count: int) -> str:
    return f"{', '.join(f'{score:.2f}' for score in scores)} ({count / 1000:.1f} k)"


def _said(found: Leaks) -> str:
    known = f"above their bound: {', '.join(found.above)}" if found.above else "none above its bound"
    broken = f"; without a score: {', '.join(found.failed)}" if found.failed else ""
    return (
        f"- Labels of other rows, nano's whole mixture and budget, seed {found.seed}: of the"
        f" {found.tasks} ids that it trains {known} (closest: `{found.closest}`, {found.score:.2f} of at most"
        f" {found.bound:.2f}){broken}."
    )
