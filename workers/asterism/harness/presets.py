"""The benchmarks that the articles name, under short names, and which of them the harness has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from asterism.errors import Refused


@dataclass(frozen=True, kw_only=True)
class Need:
    """Something beside data: Python packages, or a resource of nltk's, and the command that installs it."""

    packages: tuple[str, ...] = ()
    resource: str = ""
    command: str

    def is_met(self) -> bool:
        """Whether all of it is installed."""
        if not all(find_spec(name) for name in self.packages):
            return False
        return not self.resource or _has_resource(self.resource)


def _has_resource(name: str) -> bool:
    import nltk

    try:
        nltk.data.find(name)
    except (LookupError, OSError):
        return False
    return True


@dataclass(frozen=True, kw_only=True)
class Preset:
    """`tasks` of the harness in its folder `where`; none where it has no such benchmark."""

    title: str
    tasks: tuple[str, ...] = ()
    where: str = ""
    note: str = ""
    needs: tuple[Need, ...] = ()

    def unmet(self) -> str:
        """What is not installed and how it is; nothing when all is."""
        return "; ".join(f"`{need.command}`" for need in self.needs if not need.is_met())


_MATHS = Need(packages=("sympy", "math_verify", "antlr4"), command="pip install 'lm-eval[math]'")
_IFEVAL = (
    Need(packages=("langdetect", "immutabledict", "nltk"), command="pip install 'lm-eval[ifeval]'"),
    Need(
        packages=("nltk",),
        resource="tokenizers/punkt_tab",
        command="python -m nltk.downloader punkt_tab",
    ),
)


def _of(title: str, where: str, *tasks: str, note: str = "", needs: tuple[Need, ...] = ()) -> Preset:
    return Preset(title=title, where=where, tasks=tasks, note=note, needs=needs)


def _missing(title: str) -> Preset:
    return Preset(title=title, note="not in this version of the harness")


PRESETS: Mapping[str, Preset] = {
    "mmlu": _of("MMLU", "mmlu", "mmlu"),
    "mmlu-cloze": _of("MMLU", "mmlu", "mmlu_continuation", note="answers, not letters: below about 1 B"),
    "mmlu-pro": _of("MMLU-Pro", "mmlu_pro", "mmlu_pro"),
    "arc-challenge": _of("ARC-Challenge", "arc", "arc_challenge"),
    "arc-easy": _of("ARC-Easy", "arc", "arc_easy"),
    "hellaswag": _of("HellaSwag", "hellaswag", "hellaswag"),
    "winogrande": _of("Winogrande", "winogrande", "winogrande"),
    "piqa": _of("PIQA", "piqa", "piqa"),
    "sciq": _of("SciQ", "sciq", "sciq"),
    "lambada": _of("LAMBADA", "lambada", "lambada_openai"),
    "gsm8k": _of("GSM8K", "gsm8k", "gsm8k"),
    "gsm-plus": _of("GSM-Plus", "gsm_plus", "gsm_plus"),
    "math-500": _of("MATH-500", "minerva_math", "minerva_math500", needs=(_MATHS,)),
    "mgsm": _of("MGSM", "mgsm", "mgsm_direct"),
    "mmmlu": _of("MMMLU", "openai-mmmlu", "mmmlu"),
    "gpqa": _of("GPQA-Diamond", "gpqa", "gpqa_diamond_zeroshot", note="its owners ask for an agreement"),
    "ifeval": _of("IFEval", "ifeval", "ifeval", needs=_IFEVAL),
    "multi-if": _missing("Multi-IF"),
    "humaneval": _of("HumanEval", "humaneval", "humaneval", note="runs what the model writes"),
    "humaneval-plus": _of("HumanEval+", "humaneval", "humaneval_plus", note="runs what the model writes"),
    "livecodebench": _missing("LiveCodeBench"),
    "eq-bench": _of("EQ-Bench", "eq_bench", "eq_bench"),
}

GROUPS: Mapping[str, tuple[str, ...]] = {
    # The evaluations of the STAR article.
    "star": ("lambada", "hellaswag", "piqa", "arc-easy", "arc-challenge", "winogrande", "sciq"),
    # The public benchmarks of the LFM2 report.
    "lfm2": (
        "mmlu",
        "mmlu-pro",
        "gpqa",
        "ifeval",
        "multi-if",
        "gsm8k",
        "gsm-plus",
        "math-500",
        "mgsm",
        "mmmlu",
        "humaneval",
        "humaneval-plus",
        "livecodebench",
        "eq-bench",
    ),
}
PROBES = "probes"
"""Our own text probes: `probes`, or `probes:<suite>`."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What a request asks for: tasks of the harness, the folders that define the presets among them, probes
    of which suites, and benchmarks that the harness lacks.
    """

    tasks: tuple[str, ...]
    folders: tuple[str, ...]
    suites: tuple[str, ...]
    lacking: tuple[str, ...]


def choose(names: Sequence[str], suite: str) -> Chosen:
    """Presets, groups of them, `probes`, and names of the harness's own tasks, in any mixture."""
    tasks: list[str] = []
    suites: list[str] = []
    lacking: list[str] = []
    folders: list[str] = []
    for name in (each for given in names for each in GROUPS.get(given, (given,))):
        if name == PROBES or name.startswith(f"{PROBES}:"):
            suites.append(name.partition(":")[2] or suite)
        elif name not in PRESETS:
            tasks.append(name)
        elif PRESETS[name].tasks:
            tasks += PRESETS[name].tasks
            folders.append(PRESETS[name].where)
        else:
            lacking.append(name)
    return Chosen(
        tasks=tuple(dict.fromkeys(tasks)),
        folders=tuple(dict.fromkeys(folders)),
        suites=tuple(dict.fromkeys(suites)),
        lacking=tuple(dict.fromkeys(lacking)),
    )


def needs_of(task: str) -> str:
    """What a preset's task needs beside its data and does not have."""
    found = (preset.unmet() for preset in PRESETS.values() if task in preset.tasks)
    return next((f"needs {unmet}" for unmet in found if unmet), "")


def note_of(task: str) -> str:
    """What is to be known of a preset's task."""
    return next((preset.note for preset in PRESETS.values() if task in preset.tasks), "")


def unknown(name: str) -> Refused:
    """The refusal of a name that is no preset and no task of the harness."""
    known = ", ".join([*GROUPS, PROBES, *PRESETS])
    return Refused(f"unknown harness task {name!r}; presets: {known}; or any task that the harness lists")
