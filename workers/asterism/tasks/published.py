"""Where each setting of our MQAR, MAD and RULER tasks comes from: the authors' value, the file that says it,
and what differs. Our own values are read from the tasks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from asterism.tasks.families import SIZES, TASKS, Task

BEGIN = "<!-- begin: python -m asterism tasks --page docs/tasks.md -->"
END = "<!-- end -->"
_TASKS: Mapping[str, Task] = {task.id: task for tasks in TASKS.values() for task in tasks}


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """`name` is a setting of the task; `unset` is what the generator takes where a size has none."""

    name: str
    published: str
    differs: str = ""
    unset: object = None


@dataclass(frozen=True, kw_only=True)
class Origin:
    """One of our tasks beside the authors' one; `law` says what its rows do otherwise than theirs."""

    task: str
    published: str
    file: str
    parameters: tuple[Parameter, ...]
    law: str = ""


def _p(name: str, published: str, differs: str = "", unset: object = None) -> Parameter:
    return Parameter(name=name, published=published, differs=differs, unset=unset)


_MQAR = "zoology/data/multiquery_ar.py"
_ONE_VOCABULARY = "one vocabulary of 512 for all tasks"
ZOOLOGY = (
    Origin(
        task="mqar",
        published="multiquery_ar",
        file=_MQAR,
        law="theirs draws the gaps in the order of the pairs, so that earlier pairs are asked sooner; ours"
        " does too. Places not asked are filler (theirs: 0, or random symbols)",
        parameters=(
            _p("length", "64, 128, 256, 512", "the tag is one of ours"),
            _p("pairs", "4, 8, 16, 64", "a block of rows takes each equally often"),
            _p("symbols", "4,095 keys, 4,096 values", _ONE_VOCABULARY, 80),
        ),
    ),
    Origin(
        task="mqar_overwrite",
        published="forgetting_mqar",
        file="zoology/data/forgetting_mqar.py",
        law="as `mqar`; new values differ from all of the row (theirs may repeat another key's)",
        parameters=(
            _p("length", "input_seq_len"),
            _p("pairs", "8"),
            _p("updates", "4"),
            _p("symbols", "vocab_size / 2 each", _ONE_VOCABULARY, 80),
        ),
    ),
    Origin(
        task="mqar_compositional",
        published="compositional_mqar",
        file="zoology/data/compositional_mqar.py",
        parameters=(
            _p("length", "input_seq_len"),
            _p("grid", "2 (num_kv_pairs 4)"),
        ),
    ),
)

_INSTANCES = "mad/data/instances.py"
_TRAIN_LENGTH = "128 (256, 512, 1,024)"
_RECALL = (_p("length", _TRAIN_LENGTH), _p("vocab", "16 (32, 64, 128)", "keys and values, half each"))
_NOISY = (
    *_RECALL[:1],
    _p("vocab", "32, of which 16 noise (48, 80, 144)", "without the 16 noise symbols"),
)
MAD = (
    Origin(
        task="recall_plain",
        published="in-context-recall",
        file=f"configs/tasks/in-context-recall.yml, {_INSTANCES}",
        parameters=_RECALL,
    ),
    Origin(
        task="recall_noisy",
        published="noisy-in-context-recall",
        file=f"configs/tasks/noisy-in-context-recall.yml, {_INSTANCES}",
        parameters=(*_NOISY, _p("noise", "0.2 (0.4, 0.6, 0.8)")),
    ),
    Origin(
        task="recall_noisy60",
        published="noisy-in-context-recall",
        file="configs/tasks/noisy-in-context-recall.yml",
        law="trained on 0.2",
        parameters=(*_NOISY, _p("noise", "0.6")),
    ),
    Origin(
        task="recall_fuzzy",
        published="fuzzy-in-context-recall",
        file=f"configs/tasks/fuzzy-in-context-recall.yml, {_INSTANCES}",
        law="below `s` a row draws from a few motifs, so that keys come again (theirs: from all permutations,"
        " of which few come twice); the pair asked at the end always stands before (theirs leaves it out of"
        " some rows)",
        parameters=(
            _p("length", _TRAIN_LENGTH),
            _p("keys", "7 of vocab_size 16"),
            _p("values", "8 of vocab_size 16"),
            _p("motifs", "all permutations of 1 to 3 (0)", "see below"),
            _p("key_size", "1 to 3 in training, 3 in test rows", unset="1 to 3"),
        ),
    ),
    Origin(
        task="selective_copy",
        published="selective-copying",
        file=f"configs/tasks/selective-copying.yml, {_INSTANCES}",
        parameters=(
            _p("length", "256 (512, 1,024)"),
            _p("payload", "16 (32, 64, 96)"),
            _p("slots", "length - payload - 1", "a marker, the answers and free filler follow"),
            _p("vocab", "14 of vocab_size 16 (30, 62, 126)"),
        ),
    ),
    Origin(
        task="memorize_kv",
        published="memorization",
        file=f"configs/tasks/memorization.yml, {_INSTANCES}",
        law="keys of two symbols, the value follows the key (theirs: one symbol, an insert token)",
        parameters=(_p("length", "32"), _p("facts", "127 of vocab_size 256 (to 4,095 of 8,192)")),
    ),
)

_NIAH = "ruler/niah_utils.py, prepare_niah.py"
_BYTES = _p("length", "4,096 to 131,072 tokens", "bytes")
_NOISE_SENTENCES = _p("noise", "as many as fit", "sentences")
_DIGITS = _p("size", "7 digits, the first not 0")
_HEX = _p("size", "a version 4 UUID of 36 characters", "hex digits alone")
_ESSAYS = _p("text", "essays", "docstrings")
_SHORT = 'below 256 bytes "KEY is VALUE."'
RULER = (
    Origin(
        task="niah_single",
        published="niah_single_1",
        file=_NIAH,
        law=f"made-up words as keys (theirs: adjective-noun); {_SHORT}",
        parameters=(_BYTES, _NOISE_SENTENCES, _DIGITS),
    ),
    Origin(
        task="niah_single_text",
        published="niah_single_2",
        file=_NIAH,
        law=_SHORT,
        parameters=(_BYTES, _p("noise", "as many as fit", "pieces of 24 bytes"), _DIGITS, _ESSAYS),
    ),
    Origin(
        task="niah_uuid",
        published="niah_single_3",
        file=_NIAH,
        law="repeated sentences (theirs: essays)",
        parameters=(_BYTES, _NOISE_SENTENCES, _HEX, _p("value", "uuids")),
    ),
    Origin(
        task="niah_multikey",
        published="niah_multikey_2",
        file=_NIAH,
        parameters=(_BYTES, _p("keys", "as many as fit", "needles"), _p("noise", "needles"), _DIGITS),
    ),
    Origin(
        task="niah_multikey_text",
        published="niah_multikey_1",
        file=_NIAH,
        parameters=(_BYTES, _p("keys", "4"), _p("noise", "as many as fit"), _DIGITS, _ESSAYS),
    ),
    Origin(
        task="niah_multikey_uuid",
        published="niah_multikey_3",
        file=_NIAH,
        parameters=(
            _BYTES,
            _p("keys", "as many as fit", "needles"),
            _p("noise", "needles"),
            _HEX,
            _p("key", "uuids"),
            _p("value", "uuids"),
        ),
    ),
    Origin(
        task="niah_multivalue",
        published="niah_multivalue",
        file=_NIAH,
        law="repeated sentences (theirs: essays); answers in order of appearance (theirs: any order)",
        parameters=(_BYTES, _p("values", "4"), _NOISE_SENTENCES, _DIGITS),
    ),
    Origin(
        task="niah_multiquery",
        published="niah_multiquery",
        file=_NIAH,
        law="repeated sentences (theirs: essays); one question after the other (theirs: one for all keys)",
        parameters=(_BYTES, _p("keys", "4"), _p("queries", "4"), _NOISE_SENTENCES, _DIGITS),
    ),
    Origin(
        task="var_tracking",
        published="vt",
        file="ruler/vt_utils.py",
        law="first letters of a row's names differ; a statement goes between any two sentences (theirs:"
        " between lines of five); names are asked in the order of the chain; no worked example",
        parameters=(
            _BYTES,
            _p("hops", "4"),
            _p("chains", "1"),
            _NOISE_SENTENCES,
            _p("letters", "5"),
            _p("digits", "5, the first not 0"),
        ),
    ),
    Origin(
        task="common_words",
        published="cwe",
        file="ruler/cwe_utils.py",
        law="alphabetical answer (theirs: any order); the list is not numbered; no worked example",
        parameters=(
            _BYTES,
            _p("common", "10"),
            _p("often", "30; 6 below 4,096 tokens"),
            _p("rarely", "3; 1 below 4,096 tokens"),
            _p("others", "as many as fit"),
        ),
    ),
    Origin(
        task="freq_words",
        published="fwe",
        file="ruler/fwe_utils.py",
        law="α = 2.0, rank 1 is `...`, as theirs; in rows of few words the answers' ranks do not tie",
        parameters=(
            _BYTES,
            _p("words", "as many as fit"),
            _p("kinds", "length / 50"),
            _p("letters", "6"),
            _p("rarest", "0", "how often the rarest kind stands"),
        ),
    ),
    Origin(
        task="doc_qa_synth",
        published="qa_1 (SQuAD)",
        file="ruler/qa_utils.py",
        law="generated documents and questions",
        parameters=(_BYTES, _p("people", "paragraphs that fit"), _p("hops", "1")),
    ),
    Origin(
        task="doc_qa_hops",
        published="qa_2 (HotpotQA)",
        file="ruler/qa_utils.py",
        law="generated documents and questions",
        parameters=(_BYTES, _p("people", "paragraphs that fit"), _p("hops", "2")),
    ),
)
BENCHMARKS: Mapping[str, tuple[Origin, ...]] = {
    "MQAR (HazyResearch/zoology at d88d6f5, arXiv 2312.04927)": ZOOLOGY,
    "MAD (athms/mad-lab at 0f49a45, arXiv 2403.17844)": MAD,
    "RULER (lm_eval/tasks of lm-evaluation-harness, arXiv 2404.06654)": RULER,
}


def names(origin: Origin) -> set[str]:
    """The settings of a task at any size, and those it is asked with."""
    task = _TASKS[origin.task]
    return {*task.ask, *(name for size in SIZES for name in task.settings(size))}


def value(task: Task, parameter: Parameter) -> str:
    """Ours at the four sizes; one where all are alike."""
    found = [
        task.ask.get(parameter.name, task.settings(size).get(parameter.name, parameter.unset))
        for size in SIZES
    ]
    said = [_say(each) for each in found]
    return said[0] if len(set(said)) == 1 else " / ".join(said)


def _say(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_say, value))
    return f"{value:,}" if isinstance(value, int) else str(value)


def published_section() -> str:
    """Markdown: a table for each benchmark, then what rows do otherwise."""
    return "\n".join(line for title, origins in BENCHMARKS.items() for line in _benchmark(title, origins))


def _benchmark(title: str, origins: tuple[Origin, ...]) -> Iterator[str]:
    yield from (
        f"### {title}",
        "",
        "| ours | theirs | setting | published | ours | remark |",
        "|---" * 6 + "|",
    )
    for origin in origins:
        for at, parameter in enumerate(origin.parameters):
            named = (f"`{origin.task}`", f"{origin.published} ({origin.file})") if not at else ("", "")
            shown = value(_TASKS[origin.task], parameter)
            cells = (*named, f"`{parameter.name}`", parameter.published, shown, parameter.differs)
            yield "| " + " | ".join(cells) + " |"
    yield ""
    yield from (f"- `{origin.task}`: {origin.law}." for origin in origins if origin.law)
    yield ""


def compared_section(result: Mapping[str, Any]) -> str:
    """Markdown: what bench/published.py found, a line for each statistic."""
    sources = ", ".join(f"{name} {version[:12]}" for name, version in result["sources"].items())
    rows = [
        f"| `{task}` | {statistic} | {each['ours']:g} | {each['theirs']:g} | {each['distance']:.3f} | "
        f"{each['bound']:.3f} | {'=' if each['agrees'] else 'differs'} |"
        for task, statistics in result["tasks"].items()
        for statistic, each in statistics.items()
    ]
    lines = (
        "### Rows of both generators, counted",
        "",
        f"{result['rows']:,} rows of each side at the published settings ({sources}; `bench/published.py`,"
        " `bench/results/published.json`): means, the largest distance of the cumulative frequencies, and"
        " what equal laws exceed once in a thousand.",
        "",
        "| task | statistic | ours | theirs | distance | bound | law |",
        "|---" * 7 + "|",
        *rows,
        "",
    )
    return "\n".join(lines)


def renew(page: str, result: Mapping[str, Any]) -> str:
    """The page with its part between the two marks written anew."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}\n\n{published_section()}\n{compared_section(result)}\n{END}{rest.split(END)[1]}"
