"""Our MQAR, MAD and RULER rows beside those of the authors' own generators, statistic by statistic.

    git clone https://github.com/HazyResearch/zoology && git clone https://github.com/athms/mad-lab
    pip install --target authors lm_eval wonderwords nltk
    PYTHONPATH=authors python bench/published.py zoology mad-lab [--write]

`--write` renews bench/results/published.json. Each statistic is compared by the largest distance of the two
cumulative frequencies; `bound` is what equal laws exceed once in a thousand. Our generators are given the
published settings, so that what is compared is the law and not the size.
"""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import types
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from asterism.machine import environment
from asterism.tasks.broad import VERSION
from asterism.tasks.families.alphabet import SYMBOLS
from asterism.tasks.rows import Rows
from asterism.tasks.stream import Stream

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "bench" / "results" / "published.json"
ROWS = 2000
CRITICAL = 1.95  # of the two-sample Kolmogorov–Smirnov statistic at .001
Values = list[float]
Table = dict[str, tuple[Values, Values]]


def module(path: Path) -> Any:
    """One of the authors' files, run as it is. What zoology's files import of their package is a record."""
    config, utils = (
        types.ModuleType("zoology.config"),
        types.ModuleType("zoology.data.utils"),
    )
    config.DataSegmentConfig = object  # type: ignore[attr-defined]
    utils.DataSegment = lambda inputs, labels, slices: (inputs.numpy(), labels.numpy())  # type: ignore[attr-defined]
    sys.modules |= {"zoology.config": config, "zoology.data.utils": utils}
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def ours(generator: str, **settings: Any) -> Rows:
    """Rows of ours without their tag."""
    return Stream(generator, settings, split="train", seed=0).rows(0, ROWS)


def mqar(zoology: Path) -> Iterator[tuple[str, Table]]:
    """64 tokens, 8 pairs; then 8 keys of which 4 get another value."""
    made = module(zoology / "zoology/data/multiquery_ar.py")
    theirs = made.multiquery_ar(8192, ROWS, 64, seed=1, num_kv_pairs=8, random_non_queries=False)
    rows = ours("recall/mqar", length=65, pairs=[8])
    yield (
        "mqar",
        _queries(
            (rows.tokens_RT[:, 1:], rows.marks_RT[:, 1:] > 0),
            (theirs[0], theirs[1] >= 0),
            8,
        ),
    )
    made = module(zoology / "zoology/data/compositional_mqar.py")
    theirs = made.compositional_mqar(8192, ROWS, 64, seed=1, num_kv_pairs=4, random_non_queries=False)
    rows = ours("recall/mqar_compositional", length=65, grid=2)
    yield (
        "mqar_compositional",
        _compounds(
            (rows.tokens_RT[:, 1:], rows.marks_RT[:, 1:] > 0),
            (theirs[0], theirs[1] >= 0),
        ),
    )
    made = module(zoology / "zoology/data/forgetting_mqar.py")
    theirs = made.forgetting_mqar(
        8192, ROWS, 64, seed=1, num_kv_pairs=8, num_updates=4, random_non_queries=False
    )
    rows = ours("recall/mqar_overwrite", length=65, pairs=8, updates=4)
    sides = (
        (rows.tokens_RT[:, 1:], rows.marks_RT[:, 1:] > 0),
        (theirs[0], theirs[1] >= 0),
    )
    told = _queries(*sides, 12)
    told["which of the first pairs is changed"] = tuple(_changed(side[0]) for side in sides)  # type: ignore[assignment]
    yield "mqar_overwrite", told


def _queries(mine: tuple[np.ndarray, ...], theirs: tuple[np.ndarray, ...], pairs: int) -> Table:
    told: dict[str, list[Values]] = {}
    for tokens, asked in (mine, theirs):
        row, at = np.nonzero(asked)
        stated = np.array(
            [
                np.flatnonzero(tokens[r, : 2 * pairs : 2] == tokens[r, t])[0]
                for r, t in zip(row, at, strict=True)
            ]
        )
        told.setdefault("slot of a query", []).append(((at - 2 * pairs) / 2).tolist())
        told.setdefault("answers of a row", []).append(asked.sum(1).tolist())
        told.setdefault("tokens from the pair to its query", []).append((at - 2 * stated).tolist())
    return {name: (values[0], values[1]) for name, values in told.items()}


def _compounds(mine: tuple[np.ndarray, ...], theirs: tuple[np.ndarray, ...]) -> Table:
    """Of a grid of two by two: where a key of two parts is asked, and how far from where it was stated."""
    told: dict[str, list[Values]] = {}
    for tokens, asked in (mine, theirs):
        row, at = np.nonzero(asked)
        stated = [
            next(i for i in range(4) if (tokens[r, 3 * i : 3 * i + 2] == tokens[r, t - 1 : t + 1]).all())
            for r, t in zip(row, at, strict=True)
        ]
        told.setdefault("place of a query", []).append((at - 12).astype(float).tolist())
        told.setdefault("tokens from the key to its query", []).append(
            (at - 1 - 3 * np.array(stated)).tolist()
        )
        same = tokens[:, 0] == tokens[:, 3]
        told.setdefault("first two keys share their first part", []).append(same.astype(float).tolist())
    return {name: (values[0], values[1]) for name, values in told.items()}


def _changed(tokens: np.ndarray) -> Values:
    return [float(np.flatnonzero(row[:16:2] == key)[0]) for row in tokens for key in row[16:24:2]]


def mad(folder: Path) -> Iterator[tuple[str, Table]]:
    """Each task at its baseline, as its test rows are."""
    made, rng = module(folder / "mad/data/instances.py"), np.random.default_rng(1)

    def theirs(make: Callable[..., Any], **settings: Any) -> tuple[np.ndarray, np.ndarray]:
        drawn = [make(is_training=False, rng=rng, **settings) for _ in range(ROWS)]
        return np.stack([each[0] for each in drawn]), np.stack([each[1] for each in drawn])

    plain = ours("recall/recall_plain", length=129, vocab=16)
    inputs, targets = theirs(
        made.generate_in_context_recall_instance,
        vocab_size=16, noise_vocab_size=0, multi_query=True, seq_len=128,
    )  # fmt: skip
    yield "recall_plain", _pairs(_unmarked(plain), (inputs, targets >= 0), 8)
    noisy = ours("recall/recall_noisy", length=129, vocab=16, noise=0.2)
    inputs, targets = theirs(
        made.generate_noisy_in_context_recall_instance,
        vocab_size=32, noise_vocab_size=16, frac_noise=0.2, multi_query=True, seq_len=128,
    )  # fmt: skip
    yield "recall_noisy", _pairs(_unmarked(noisy), (inputs, targets >= 0), 8)
    copied = ours("recall/selective_copy", length=257, payload=16, slots=239, vocab=14)
    inputs, targets = theirs(
        made.generate_selective_copying_instance,
        vocab_size=16,
        seq_len=256,
        num_tokens_to_copy=16,
    )
    payload = copied.tokens_RT[:, 1:240] >= SYMBOLS.start, inputs[:, :239] < 14
    answers = [
        (where.tolist() if isinstance(where, np.ndarray) else where)
        for where in (
            (copied.targets_RT[copied.marks_RT > 0] - SYMBOLS.start).astype(float),
            targets[targets >= 0].astype(float),
        )
    ]
    yield (
        "selective_copy",
        {
            "blanks before a token of the payload": (
                _blanks(payload[0]),
                _blanks(payload[1]),
            ),
            "answer": (answers[0], answers[1]),
        },
    )
    fuzzy = ours("recall/recall_fuzzy", length=128, keys=7, values=8, motifs=0, key_size=3)
    inputs, targets = theirs(
        made.generate_fuzzy_in_context_recall_instance,
        vocab_size=16, multi_query=True, seq_len=128, k_motif_size=3, v_motif_size=3,
    )  # fmt: skip
    yield (
        "recall_fuzzy",
        {
            "answers of a row": (
                (fuzzy.marks_RT > 0).sum(1).tolist(),
                (targets >= 0).sum(1).tolist(),
            ),
            "length of an answer": (_runs(fuzzy.marks_RT > 0), _runs(targets >= 0)),
        },
    )


def _unmarked(rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Without the tag, and without the token that our rows have after the last answer."""
    return rows.tokens_RT[:, 1:] - SYMBOLS.start, rows.marks_RT[:, 1:] > 0


def _pairs(mine: tuple[np.ndarray, ...], theirs: tuple[np.ndarray, ...], keys: int) -> Table:
    told: dict[str, list[Values]] = {}
    for tokens, asked in (mine, theirs):
        row, at = np.nonzero(asked)
        even = tokens[:, 0::2]
        back = [
            float(at // 2 - np.flatnonzero(even[r, : at // 2] == even[r, at // 2])[-1])
            for r, at in zip(row, at, strict=True)
        ]
        told.setdefault("answers of a row", []).append(asked.sum(1).tolist())
        told.setdefault("pairs since the key came last", []).append(back)
        told.setdefault("pairs of noise in a row", []).append((even >= 2 * keys).sum(1).tolist())
        last = even[:, -1]
        first = (even == last[:, None]).argmax(1)
        told.setdefault("where the last key came first", []).append(first.tolist())
    return {name: (values[0], values[1]) for name, values in told.items()}


def _blanks(there_RT: np.ndarray) -> Values:
    return [float(gap) for row in there_RT for gap in np.diff(np.flatnonzero(row), prepend=-1) - 1]


def _runs(asked_RT: np.ndarray) -> Values:
    edges = np.diff(np.pad(asked_RT.astype(int), ((0, 0), (1, 1))), axis=1)
    return [float(length) for row in edges for length in np.flatnonzero(row == -1) - np.flatnonzero(row == 1)]


def ruler() -> Iterator[tuple[str, Table]]:
    """Rows of about a thousand bytes; counts and depths do not depend on the tokenizer."""
    yield "var_tracking", variables()
    yield "freq_words", frequencies()
    try:
        import nltk

        nltk.download = lambda *given, **named: False  # no sentences are split here
        from lm_eval.tasks.ruler import cwe_utils, prepare_niah
    except ImportError as error:
        print(f"needles and common words not compared: {error}")
        return
    yield "niah_single", _needles(prepare_niah)
    yield "common_words", _common(cwe_utils)


def _depths(text: str, pattern: str, line: str) -> Values:
    """Share of the other sentences that stand before each match."""
    said = [each for each in re.split(line, text) if each.strip()]
    return [at / max(1, len(said) - 1) for at, each in enumerate(said) if re.match(pattern, each.strip())]


def text_of(tokens: np.ndarray) -> str:
    """Bytes as text."""
    return "".join(chr(token) for token in tokens.tolist() if token < 256)


def variables() -> Table:
    """One chain of four hops among thirty sentences of noise."""
    from lm_eval.tasks.ruler import vt_utils

    rows = ours(
        "long-context/var_tracking",
        length=1024,
        hops=4,
        chains=1,
        noise=30,
        letters=5,
        digits=5,
    )
    told: dict[str, list[Values]] = {f"depth of hop {hop}": [[], []] for hop in range(5)}
    told |= {"first letter": [[], []], "names": [[], []]}
    # RULER's noise is five sentences to a line; a chain goes between lines, ours between sentences.
    theirs = [vt_utils.generate_input_output(30, 1, 4) for _ in range(ROWS)]
    for side, texts in enumerate(([text_of(t) for t in rows.tokens_RT], [text for text, _ in theirs])):
        for text in texts:
            hay = text.split("Which hold")[0].split("text.\n\n")[-1].split("\nQuestion")[0]
            depths = _depths(
                hay,
                "VAR",
                r"(?<=\.) (?!\n)" if side == 0 else r"(?<=\n) |(?<=\d) |(?<=[A-Z])  ",
            )
            names = list(dict.fromkeys(re.findall(r"VAR (\w+) ?= ?", hay)))
            told["names"][side].append(len(names))
            told["first letter"][side] += [float(ord(name[0])) for name in names]
            if len(depths) == 5:
                for hop, depth in enumerate(depths):
                    told[f"depth of hop {hop}"][side].append(depth)
    return {name: (values[0], values[1]) for name, values in told.items()}


def frequencies() -> Table:
    """How often the words of each rank stand in a text: of 480 words of 80 kinds."""
    from lm_eval.tasks.ruler import fwe_utils

    words = 480
    rows = ours(
        "long-context/freq_words",
        length=4096,
        words=words,
        kinds=80,
        letters=6,
        rarest=0,
    )
    mine = [_ranks(text_of(tokens).split(" Top:")[0]) for tokens in rows.tokens_RT[:200]]

    class Words:
        def __call__(self, text: str) -> Any:
            return types.SimpleNamespace(input_ids=text.split())

    text, _, _ = fwe_utils.generate_input_output(10**6, Words(), num_words=words, vocab_size=80)  # type: ignore[arg-type]
    listed = text.split("coded words. ")[1].split("\nQuestion")[0]
    return {"rank of a word": ([r for each in mine for r in each], _ranks(listed) * 200)}


def _ranks(text: str) -> Values:
    counts = Counter(text.split())
    del counts["..."]
    ordered = [count for _, count in counts.most_common()]
    return [float(rank) for rank, count in enumerate(ordered, 2) for _ in range(count)]


def _needles(prepare_niah: Any) -> Table:
    noise = "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again."
    rows = ours("long-context/niah", length=1024, keys=1, noise=40, size=7)
    told: dict[str, list[Values]] = {
        "depth of the needle": [[], []],
        "first digit": [[], []],
    }
    for tokens in rows.tokens_RT:
        hay = text_of(tokens).split("What are")[0]
        told["depth of the needle"][0] += _depths(hay, "One of", r"(?<=\.) ")
        told["first digit"][0] += [float(re.findall(r"is: (\d)", hay)[0])]
    for _ in range(ROWS):
        text, _, _ = prepare_niah.generate_input_output(
            40, noise, type_haystack="repeat", num_needle_k=1, type_needle_k="words", num_needle_v=1,
            type_needle_v="numbers", template="{context}{query}",
        )  # fmt: skip
        told["depth of the needle"][1] += _depths(text, "One of", "\n")
        told["first digit"][1] += [float(re.findall(r"is: (\d)", text)[0])]
    return {name: (values[0], values[1]) for name, values in told.items()}


def _common(cwe_utils: Any) -> Table:
    rows = ours(
        "long-context/common_words",
        length=1024,
        common=10,
        often=6,
        rarely=1,
        others=120,
    )
    told: dict[str, list[Values]] = {
        "how often a word stands": [[], []],
        "place of a common word": [[], []],
    }
    theirs = [cwe_utils.get_example(130, 6, 1, 10)[0] for _ in range(ROWS)]
    for side, texts in enumerate(([text_of(t).split(" Common:")[0] for t in rows.tokens_RT], theirs)):
        for text in texts:
            listed = [word for word in text.split() if not re.fullmatch(r"\d+\.", word)]
            counts = Counter(listed)
            told["how often a word stands"][side] += map(float, counts.values())
            told["place of a common word"][side] += [
                float(at) for at, word in enumerate(listed) if counts[word] > 1
            ]
    return {name: (values[0], values[1]) for name, values in told.items()}


def distance(mine: Values, theirs: Values) -> dict[str, float | bool]:
    """The largest distance of the cumulative frequencies, and what equal laws allow."""
    a, b = np.sort(np.asarray(mine)), np.sort(np.asarray(theirs))
    at = np.union1d(a, b)
    gap = np.abs(np.searchsorted(a, at, "right") / len(a) - np.searchsorted(b, at, "right") / len(b)).max()
    bound = CRITICAL * np.sqrt(1 / len(a) + 1 / len(b))
    return {
        "distance": round(float(gap), 4),
        "bound": round(float(bound), 4),
        "agrees": bool(gap <= bound),
        "ours": round(float(a.mean()), 3),
        "theirs": round(float(b.mean()), 3),
    }


def _commit(folder: Path) -> str:
    found = subprocess.run(
        ["git", "-C", folder, "rev-parse", "HEAD"],
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.strip()


def main() -> None:
    """Compare, print, write."""
    import random
    from importlib.metadata import version

    random.seed(1)
    np.random.seed(1)
    zoology, folder = Path(sys.argv[1]), Path(sys.argv[2])
    told = {
        name: {stat: distance(*sides) for stat, sides in table.items()}
        for part in (mqar(zoology), mad(folder), ruler())
        for name, table in part
    }
    result = {
        "command": "PYTHONPATH=authors python bench/published.py zoology mad-lab --write",
        "sources": {
            "HazyResearch/zoology": _commit(zoology),
            "athms/mad-lab": _commit(folder),
            "lm_eval": version("lm_eval"),
        },
        "environment": environment(),
        "suiteVersion": VERSION,
        "rows": ROWS,
        "tasks": told,
    }
    print(json.dumps(told, indent=1))
    if "--write" in sys.argv:
        RESULT.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
