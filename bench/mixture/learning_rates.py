"""Is one policy of learning rates fair to all kinds? Each one's best multiple and what the default loses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import mean
from typing import Any

from .runs import best, lines, pooled, table

RATES = ("default", "table ×½", "table ×2", "dynamics ×½", "dynamics ×2")
SOLVED = 0.9
Scores = Mapping[str, Mapping[str, Sequence[float]]]
"""Quality of every run by architecture and variant."""

NAMES = {
    "cq": "convolution + attention",
    "cg": "convolution + GLA",
    "cm": "convolution + SSD",
    "cn": "convolution + gated DeltaNet",
    "cl": "convolution + RG-LRU",
    "c+gated-deltanet": "convolution + gated DeltaNet",
    "c+rg-lru": "convolution + RG-LRU",
    "cc": "two convolutions",
    "qq": "two attentions",
}


def _collected(name: str, variant: str) -> Scores:
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for run in lines(name):
        quality = run.get("quality") if "quality" in run else run["outcome"].get("quality", {}).get("value")
        if quality is not None:
            found[run["architecture"]][f"{run[variant]}"].append(quality)
    return found


def _loss(values: Mapping[str, Sequence[float]], default: str, sigma: float) -> float:
    return (mean(values[best(values)]) - mean(values[default])) / sigma


def _verdict(loss: float) -> str:
    return "within noise" if loss <= 1 else f"**loses {loss:.1f} σ**"


def rates_table(found: Scores, variants: Sequence[str], default: str, sigma: float) -> str:
    """Architectures down, variants across."""
    rows = []
    for architecture, values in found.items():
        tried = {name: values[name] for name in variants if name in values}
        cells = [
            " / ".join(f"{each:.3f}" for each in tried[name]) if name in tried else "" for name in variants
        ]
        if default not in tried or len(tried) < 2:
            rows.append([f"{architecture} ({NAMES[architecture]})", *cells, "", "", "not yet"])
            continue
        loss = _loss(tried, default, sigma)
        rows.append(
            [
                f"{architecture} ({NAMES[architecture]})",
                *cells,
                best(tried),
                f"{loss:.1f} σ",
                _verdict(loss),
            ]
        )
    return table(["quality by seed", *variants, "best", "loss at the default", "verdict"], rows)


def narrow() -> str:
    """The runs of nano-1 at several rates, and what a seed changes there."""
    found = _collected("open-questions.jsonl", "variant")
    groups = [values for each in found.values() for name, values in each.items() if name in RATES]
    sigma, freedom = pooled(groups)
    parts = []
    for role in ("table", "dynamics"):
        variants = ["default", f"{role} ×½", f"{role} ×2"]
        if any(len(set(variants) & set(each)) > 1 for each in found.values()):
            parts.append(rates_table(found, variants, "default", sigma))
    said = f"σ {sigma:.3f}, pooled over {freedom} cells of two seeds."
    return "\n\n".join([*parts, f"{said} {_by_rate(found, 'table')}".strip()])


def _by_rate(found: Scores, role: str) -> str:
    """Mean over the architectures that have all three."""
    variants = ("default", f"{role} ×½", f"{role} ×2")
    whole = [each for each in found.values() if all(len(each.get(name, ())) > 1 for name in variants)]
    if not whole:
        return ""
    said = ", ".join(f"{name} {mean(mean(each[name]) for each in whole):.3f}" for name in variants)
    return f"Mean over the {len(whole)} architectures with all cells: {said}."


def wide() -> str:
    """Seeds of the default are those of the reference set, and so is what a seed changes."""
    runs = lines("rates-nano-2.jsonl")
    versions = {run["suiteVersion"] for run in runs}
    reference = [run for run in lines("reference-nano-2.jsonl") if run["suiteVersion"] in versions]
    at_default = _by_architecture(reference)
    found = {
        name: {1.0: at_default.get(name, []), **values}
        for name, values in _by_rate_and_architecture(run for run in runs if run["rate"] != 1).items()
    }
    if not found or not at_default:
        return "No run at another rate yet."
    sigma, freedom = pooled(at_default.values())
    rows = [_wide_row(name, values, sigma) for name, values in found.items()]
    columns = ["mean quality (seeds)", "×½", "×1", "×2", "best", "loss at the default", "verdict"]
    drifts = ", ".join(
        f"×{rate:g} {mean(mean(values[rate]) - mean(values[1.0]) for values in found.values()):+.3f}"
        for rate in (0.5, 2.0)
        if all(rate in values for values in found.values())
    )
    return (
        f"{table(columns, rows)}\n\n"
        f"σ of a run {sigma:.3f}, pooled over the reference runs ({freedom} degrees of freedom); losses are"
        " in errors of that difference, and a best of three is above zero by chance. Mean over the"
        f" architectures: {drifts}."
    )


def _by_architecture(runs: Iterable[Mapping[str, Any]]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for run in runs:
        if run["outcome"].get("status") == "scored":
            found[run["architecture"]].append(run["outcome"]["quality"]["value"])
    return found


def _by_rate_and_architecture(runs: Iterable[Mapping[str, Any]]) -> dict[str, dict[float, list[float]]]:
    found: dict[str, dict[float, list[float]]] = defaultdict(lambda: defaultdict(list))
    for run in runs:
        if run["outcome"].get("status") == "scored":
            found[run["architecture"]][run["rate"]].append(run["outcome"]["quality"]["value"])
    return found


def _wide_row(name: str, values: Mapping[float, Sequence[float]], sigma: float) -> list[str]:
    tried = {rate: values[rate] for rate in (0.5, 1.0, 2.0) if values.get(rate)}
    top = max(tried, key=lambda rate: mean(tried[rate]))
    error = sigma * (1 / len(tried[top]) + 1 / len(tried[1.0])) ** 0.5
    loss = (mean(tried[top]) - mean(tried[1.0])) / error
    cells = [
        f"{mean(tried[rate]):.3f} ({len(tried[rate])})" if rate in tried else "" for rate in (0.5, 1.0, 2.0)
    ]
    said = "within noise" if loss <= 2 else f"**loses {loss:.1f} errors**"
    return [f"{name} ({NAMES[name]})", *cells, f"×{top:g}", f"{loss:.1f}", said]


def passports() -> str:
    rows, good, solved = [], 0, 0
    verdicts = lines("passports-verdicts.jsonl")
    for each in verdicts:
        scores = each["scores"]
        loss = max(0.0, _loss(scores, "1", each["sigma"]))
        reached = mean(scores[best(scores)]) >= SOLVED
        good, solved = good + (reached and loss <= 1), solved + reached
        cells = [" / ".join(f"{value:.2f}" for value in scores[rate]) for rate in ("0.5", "1", "2")]
        said = _verdict(loss) if reached else "solved at no rate"
        rows.append([each["kind"], each["probe"], *cells, f"{loss:.1f} σ", said])
    columns = ["kind", "probe", "×½", "×1", "×2", "loss at the default", "verdict"]
    return (
        f"{table(columns, rows)}\n\n"
        f"{solved} of {len(verdicts)} kinds solve the probe that the literature gives them (≥ {SOLVED});"
        f" for {good} of these the default is within one σ (at least .02) of the best. Most read 1.00 at all"
        " three rates: such probes say that no rate is wrong by a factor of two, not which is best."
    )
