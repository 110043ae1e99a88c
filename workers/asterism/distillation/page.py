"""docs/distillation.md from the committed runs of the comparison."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import mean, stdev
from typing import Any

from asterism.training import TRAINER_VERSION

Run = Mapping[str, Any]

HEAD = """# Learning from a teacher

Written by `python -m asterism distill page` from `bench/results/distillation.jsonl`; do not edit.

As in LFM2 (arXiv 2511.23404) a student can learn from a teacher's likeliest tokens beside the labels. With
K the teacher's top tokens and P(K) what a model gives them together, the loss of a position is

    (1 − w) · NLL + w · [ KL(Bern(P_T(K)) ‖ Bern(P_S(K))) + P_T(K) · τ² · KL_τ(P_T(·|K) ‖ P_S(·|K)) ]

The first term of the bracket has no temperature and says how much all other tokens weigh; the second shapes
the K. With K the whole vocabulary and τ = 1 the bracket is the full KL
([the loss](../workers/asterism/training/distillation.py), [its laws](../workers/tests/test_distillation.py)).
w and τ of LFM2 are not published; here w = ½ and τ = 1 unless a table says otherwise.

    python -m asterism distill store TEACHER --genome student.json --dataset NAME=PATH … --out soft/
    python -m asterism train student.json --teacher soft/ --dataset NAME=PATH … --out student/

A teacher is a folder of `asterism pull` or of `train` with the student's vocabulary, or a folder of
Transformers on disk whose `tokenizer.json` is the one that a dataset is written with (`python -m asterism
tokenize`, or `asterism dataset add --tokenizer`); the latter speaks at that dataset's rows only. Its targets
are stored once for a suite, seed and datasets, and serve every student with that vocabulary: a folder of
shards of 64 steps (int16 or int32 token ids, float16 log-probabilities, float32 log of the rest), listed
with their SHA-256 in `soft-targets.json`. A stopped writer goes on after the last whole shard.

## What it is worth

Student: one gated convolution and one attention, width 64. Teacher: the same at width 128, trained for 2,048
steps of 1,024 tokens from another seed. Both students of a seed start from the same weights and see the same
tokens in the same order: equal tokens, not equal compute, the targets cost the teacher's reading. Differences
are paired, their interval is Student's t over seeds. A suite that ends in `/text` has no probes, and its
quality is the mean of its text families.
"""

# Two-sided 95 % points of Student's t for 1, 2, … degrees of freedom; the last serves for more, and is wider.
_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)

_NAMES = {
    "quality": ("quality", "more"),
    "text-code": ("bits per byte, code", "less"),
    "text-languages": ("bits per byte, languages", "less"),
}


def numbers(run: Run) -> dict[str, float]:
    """Quality, and bits per byte of the trained texts."""
    tasks = {task["id"]: task for task in run["outcome"]["tasks"]}
    bits = {name: tasks[name]["nll"] / math.log(2) for name in _NAMES if name in tasks}
    return {"quality": run["outcome"]["quality"]["value"], **bits}


def interval(differences: Sequence[float]) -> tuple[float, float]:
    """Mean and half the width of its 95 % interval."""
    spread = stdev(differences) / math.sqrt(len(differences))
    return mean(differences), spread * _T[min(len(differences) - 2, len(_T) - 1)]


def _key(run: Run) -> tuple[Any, ...]:
    return (run["suite"], run["architecture"], run["steps"])


def _section(alone: Sequence[Run], taught: Sequence[Run], teacher: Run | None) -> list[str]:
    """One comparison: a row for each number."""
    pairs = {run["replicate"]: run for run in alone}
    both = [(pairs[run["replicate"]], run) for run in taught if run["replicate"] in pairs]
    first = both[0][1]
    tokens = first["outcome"]["tokens"]
    spent = mean(sum(run["outcome"]["cpuSeconds"].values()) for _, run in both)
    facts = (
        f"### Suite {first['suite']}, {first['steps']} steps, w = {first['weight']:g}, "
        f"τ = {first['temperature']:g}, K = {first['top']}"
    )
    asked = [run["teacherCpuSeconds"] for _, run in both if "teacherCpuSeconds" in run]
    cost = f", of its targets {mean(asked):.0f}" if asked else ""
    spending = (
        f"{len(both)} seeds, {tokens:,} tokens each; core-seconds of a taught student {spent:.0f}{cost}."
    )
    lines = [facts, "", spending, ""]
    lines += [
        "| number | teacher | student alone | σ of seeds | taught | difference | 95 % interval | |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in numbers(first):
        lines.append(_row(name, both, teacher))
    return [*lines, ""]


def _row(name: str, both: Sequence[tuple[Run, Run]], teacher: Run | None) -> str:
    title, better = _NAMES[name]
    before = [numbers(alone)[name] for alone, _ in both]
    after = [numbers(taught)[name] for _, taught in both]
    middle, half = interval([b - a for a, b in zip(before, after, strict=True)])
    gained = middle - half > 0 if better == "more" else middle + half < 0
    lost = middle + half < 0 if better == "more" else middle - half > 0
    verdict = "**better**" if gained else "**worse**" if lost else "cannot tell"
    taught_by = f"{numbers(teacher)[name]:.3f}" if teacher else "–"
    cells = (
        title,
        taught_by,
        f"{mean(before):.3f}",
        f"{stdev(before):.3f}",
        f"{mean(after):.3f}",
        f"{middle:+.3f}",
        f"{middle - half:+.3f} to {middle + half:+.3f}",
        verdict,
    )
    return "| " + " | ".join(cells) + " |"


def page(runs: Sequence[Run]) -> str:
    """The whole page; a comparison needs two seeds."""
    lines = [HEAD]
    for key in dict.fromkeys(_key(run) for run in runs if run["role"] == "student"):
        of_key = [run for run in runs if run["role"] == "student" and _key(run) == key]
        alone = [run for run in of_key if not run["distilled"]]
        teacher = next((run for run in runs if run["role"] == "teacher" and run["suite"] == key[0]), None)
        for settings in dict.fromkeys(_learnt(run) for run in of_key if run["distilled"]):
            taught = [run for run in of_key if run["distilled"] and _learnt(run) == settings]
            if len(taught) > 1:
                lines += _section(alone, taught, teacher)
    return "\n".join([*lines, _machines(runs)]) + "\n"


def _learnt(run: Run) -> tuple[Any, ...]:
    return (run["weight"], run["temperature"], run["top"])


def _machines(runs: Sequence[Run]) -> str:
    commits = ", ".join(dict.fromkeys(run["commit"] for run in runs if run["commit"] != "unknown"))
    trainers = ", ".join(sorted({run["trainerVersion"] for run in runs}))
    machines = sorted({f"{run['machine']['cpu_model']}, {run['machine']['cores']} cores" for run in runs})
    made_by = f"trainer version {trainers} (now {TRAINER_VERSION})" + (
        f", commits {commits}" if commits else ""
    )
    return f"{len(runs)} runs, {made_by}; {'; '.join(machines)}, one thread."
