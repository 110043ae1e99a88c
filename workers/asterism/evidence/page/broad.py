"""What the page says of a broad suite on the reference set: families and noise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import mean, median

from asterism.evaluation.aggregate import curve_area, guard
from asterism.evidence.page import curve, figures, telling
from asterism.evidence.page.markdown import many, number
from asterism.evidence.page.markdown import table as as_table
from asterism.evidence.statistics import table
from asterism.evidence.statistics.noise import Groups, groups_in_order, noise, pooled_sigma, spread
from asterism.evidence.statistics.tiers import bits_per_byte, weighted_quality
from asterism.evidence.weighing.document import decisions, is_complete
from asterism.evidence.weighing.rule import Weighed
from asterism.tasks.broad import NAMES
from asterism.tasks.suite import Suite

# The figure that the suites are held to.
MOST_NOISE = 1 / 5


def section(suite: Suite, runs: Sequence[table.Run]) -> tuple[list[str], dict[str, str]]:
    """A suite's part with its figures; `runs` are all of its file."""
    of_set = table.of_set(runs, table.REFERENCE)
    used = table.of_version(of_set, suite.version)
    head = [f"## Suite {suite.name} on the reference set", ""]
    if not used:
        return [*head, _missing(suite, len(of_set)), ""], {}
    decided = decisions(suite, used)
    groups = _families(suite, used)
    name, drawings = f"families-{suite.name}.svg", {}
    if len({run["architecture"] for run in used}) > 1:
        drawings[name] = figures.families(f"Families of {suite.name}: means and ± σ of one run", groups)
    lines = [
        *head,
        _facts(suite, used, len(of_set) - len(used)),
        "",
        *_noise(used),
        "",
        *_with_space(curve.sentence(used)),
        *_with_space(f"![Families of {suite.name}](figures/{name})" if drawings else ""),
        *_table(suite, used, groups, decided),
        "",
    ]
    more, drawn = telling.part(suite, decided)
    return [*lines, *more], {**drawings, **drawn}


def _with_space(sentence: str) -> list[str]:
    return [sentence, ""] if sentence else []


def _missing(suite: Suite, others: int) -> str:
    found = (
        f"; {others} runs of other versions or without a score are in the file and not used" if others else ""
    )
    tier = next((size for size, name in NAMES.items() if name == suite.name), "nano")
    return f"Not yet run in version {suite.version}{found}: `python -m asterism reference --tier {tier}`."


def _facts(suite: Suite, runs: Sequence[table.Run], left_out: int) -> str:
    seeds = Counter(Counter(run["architecture"] for run in runs).values())
    counts = ", ".join(f"{many} with n = {n}" for n, many in sorted(seeds.items(), reverse=True))
    complete = "" if is_complete(suite, runs) else " The set is not complete: what follows is provisional."
    cores = median(sum(run["outcome"]["cpuSeconds"].values()) for run in runs)
    others = (
        f" {left_out} runs of other versions or without a score are in the file and not used."
        if left_out
        else ""
    )
    return (
        f"Version {suite.version}, trainer version {runs[0]['trainerVersion']}, split "
        f"{', '.join(sorted({run['split'] for run in runs}))}: {many(len(runs), 'run')} of "
        f"{many(sum(seeds.values()), 'architecture')} ({counts}), commits {', '.join(table.commits(runs))}, "
        f"{', '.join(sorted({run['machine']['cpu_model'] for run in runs}))}, one thread; median "
        f"core-seconds of a run {cores:.0f}.{complete}{others}"
    )


def _noise(runs: Sequence[table.Run]) -> list[str]:
    groups = table.grouped(runs, table.quality)
    found, wide = noise(groups), spread(groups)
    if found is None or wide is None:
        ranked = sorted(groups, key=lambda name: -mean(groups[name]))
        listed = ", ".join(f"{name} {mean(groups[name]):.2f}" for name in ranked)
        return [f"One seed only, so no σ and no order: {listed}."]
    means = [mean(values) for values in groups.values()]
    reach = max(means) - min(means)
    named = " > ".join(
        "(" + ", ".join(f"{name} {mean(groups[name]):.2f}" for name in group) + ")"
        for group in groups_in_order(groups, found.sigma)
    )
    share = found.sigma / wide if wide else float("inf")
    verdict = "reached" if share <= MOST_NOISE else "**not reached**"
    return [
        f"σ of Q {found.sigma:.3f} ({found.freedom} degrees of freedom; 80 % sure below {found.upper:.3f}). "
        f"The architectures' means have a standard deviation of {wide:.3f} and a range of {reach:.3f}: σ is "
        f"{share:.2f} of the former, {found.sigma / reach if reach else float('inf'):.2f} of the latter. "
        f"Goal: at most {MOST_NOISE:.2f}, read against the standard deviation: {verdict}.",
        "",
        f"Groups two standard errors apart: {named}. {_by_third(groups)}",
    ]


def _by_third(groups: Groups) -> str:
    """Noise is largest where a task is being learnt, so one σ for all is a simplification: by how much."""
    order = sorted(groups, key=lambda name: mean(groups[name]))
    third = len(order) // 3
    if third == 0:
        return ""
    parts = (order[:third], order[third : len(order) - third], order[len(order) - third :])
    found = [pooled_sigma({name: groups[name] for name in part}) for part in parts]
    return (
        "σ in the lower, middle and upper third of Q: " + ", ".join(number(each, 3) for each in found) + "."
    )


def _families(suite: Suite, runs: Sequence[table.Run]) -> dict[str, Groups]:
    found = {family: table.grouped(runs, table.family(family)) for family in suite.families}
    return {family: groups for family, groups in found.items() if groups}


def _table(
    suite: Suite, runs: Sequence[table.Run], families: dict[str, Groups], decided: Sequence[Weighed]
) -> list[str]:
    qualities = table.grouped(runs, table.quality)
    names = sorted(qualities, key=lambda name: -mean(qualities[name]))
    weights = {task.id: task.weight for task in decided}
    rows = [_row(family, groups, names) for family, groups in families.items()]
    rows.append(_row("**Q**", qualities, names))
    if any(weights.values()):
        rows.append(
            _row("Q, weighted (by these runs)", table.grouped(runs, weighted_quality(suite, weights)), names)
        )
    rows.append(_row("guard", table.grouped(runs, _guard), names))
    if any("curveArea" in run["outcome"] for run in runs):
        rows.append(_row("area of the curve", table.grouped(runs, _area), names))
    rows.append(_row("bits per byte, English", table.grouped(runs, bits_per_byte), names))
    return as_table(["mean of seeds", *names, "σ", "SD of means ÷ σ"], rows)


def _row(label: str, groups: Groups, names: Sequence[str]) -> list[str]:
    sigma, wide = pooled_sigma(groups), spread(groups)
    ratio = number(wide / sigma, 1) if sigma and wide is not None else "–"
    cells = [number(mean(groups[name])) if name in groups else "–" for name in names]
    return [label, *cells, number(sigma, 3), ratio]


def _guard(run: table.Run) -> float:
    return guard(family["score"] for family in run["outcome"]["families"].values())


def _area(run: table.Run) -> float | None:
    return curve_area(point["quality"] for point in run["outcome"]["curve"])
