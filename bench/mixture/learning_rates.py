"""Is one policy of learning rates fair to all kinds? Each one's best multiple and what the default loses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import mean, stdev
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
    "cr": "convolution + attention with RoPE",
    "ccqc": "three convolutions + attention",
    "cq+moe": "convolution + attention, a mixture",
    "c+hyena-li": "convolution + Hyena",
    "c+s5": "convolution + S5",
}
RECURRENT = ("cg", "cm", "c+gated-deltanet", "c+rg-lru", "c+s5")
ATTENTION = ("cq", "cr", "ccqc", "cq+moe", "qq")


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
    """Every run at another rate beside the run at the default of the same seed, in the latest version of the
    suite that has such runs.
    """
    every = lines("rates-nano-2.jsonl")
    if not every:
        return "No run at another rate yet."
    version = max((run["suiteVersion"] for run in every), key=int)
    reference = [run for run in lines("reference-nano-2.jsonl") if _scored(run, version)]
    found = paired([run for run in every if _scored(run, version)], reference)
    sigma, freedom = pooled(_by_architecture(reference).values())
    rows = [_wide_row(name, values) for name, values in found.items()]
    columns = ["Q less Q at the default, same seed", "×½", "×2", "seeds"]
    return (
        f"{table(columns, rows)}\n\n"
        f"Version {version} of the suite. σ of a run {sigma:.3f} ({freedom} degrees of freedom), so one pair"
        f" has a standard error of {sigma * 2**0.5:.3f}, less where a seed moves both alike.\n\n"
        f"{_groups(found)}"
    )


Pairs = Mapping[str, Mapping[float, Sequence[float]]]
"""Q at a rate less Q at the default, one number a seed, by architecture and rate."""


def _scored(run: Mapping[str, Any], version: str) -> bool:
    return run["suiteVersion"] == version and run["outcome"].get("status") == "scored"


def paired(runs: Iterable[Mapping[str, Any]], reference: Iterable[Mapping[str, Any]]) -> Pairs:
    """Each run with the run at the default that has its initialisation, data and rows."""
    default = {
        (run["architecture"], run["replicate"]): run["outcome"]["quality"]["value"]
        for run in reference
        if run["set"] == "reference" and run["tier"] == "nano"
    }
    found: dict[str, dict[float, list[float]]] = defaultdict(lambda: defaultdict(list))
    for run in runs:
        key = run["architecture"], run["replicate"]
        if run["rate"] != 1 and key in default:
            found[run["architecture"]][run["rate"]].append(run["outcome"]["quality"]["value"] - default[key])
    return found


def _by_architecture(runs: Iterable[Mapping[str, Any]]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for run in runs:
        if run["set"] == "reference":
            found[run["architecture"]].append(run["outcome"]["quality"]["value"])
    return found


def _wide_row(name: str, values: Mapping[float, Sequence[float]]) -> list[str]:
    cells = [f"{mean(values[rate]):+.3f}" if values.get(rate) else "" for rate in (0.5, 2.0)]
    return [f"{name} ({NAMES[name]})", *cells, str(max(map(len, values.values())))]


def _groups(found: Pairs) -> str:
    """Mean over architectures with its standard error, of all and of those that remember by a state."""
    rows = []
    for label, chosen in (
        ("all", list(found)),
        ("with a recurrent state", [name for name in found if name in RECURRENT]),
        ("with attention", [name for name in found if name in ATTENTION]),
    ):
        cells = []
        for rate in (0.5, 2.0):
            each = [mean(found[name][rate]) for name in chosen if found[name].get(rate)]
            cells.append(spread_of(each))
        rows.append([label, *cells, str(len(chosen))])
    return table(["mean over architectures ± its standard error", "×½", "×2", "architectures"], rows)


def spread_of(values: Sequence[float]) -> str:
    """Mean ± standard error; bold beyond two of them."""
    if len(values) < 2:
        return "–"
    error = stdev(values) / len(values) ** 0.5
    said = f"{mean(values):+.3f} ± {error:.3f}"
    return f"**{said}**" if abs(mean(values)) > 2 * error else said


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
