from __future__ import annotations

import hashlib
from collections import Counter
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from corpus import small_corpus
from golden import equals_recorded
from task_oracles import ORACLES

from asterism.data.splits import SPLITS, Split
from asterism.errors import Refused
from asterism.evaluation.baseline import fit
from asterism.tasks import vocabulary
from asterism.tasks.catalogue import COMMITTED, text
from asterism.tasks.images import disjoint_images
from asterism.tasks.mixture import schedule
from asterism.tasks.registry import GENERATORS, generator
from asterism.tasks.rows import Rows
from asterism.tasks.stream import BLOCK, Stream
from asterism.tasks.suite import Probe, Score
from asterism.tasks.suites import SUITES, suite

# The suites of nano size and smaller; the broad ones have their laws in test_families.py.
NARROW = ("nano-check", "nano-1", "tiny-1")
SCORES = {(name, score.id): score for name in NARROW for score in SUITES[name].scores}
PROCEDURAL = {key: score for key, score in SCORES.items() if score.generator != "text"}
ORACLED = {key: score for key, score in PROCEDURAL.items() if score.generator in ORACLES}
GOLDEN = Path(__file__).with_name("golden_tasks.json")


def named(cases: dict[tuple[str, str], Score]) -> list:
    return [pytest.param(score, id="/".join(key)) for key, score in cases.items()]


def stream(score: Score | Probe, split: Split = "train", seed: int = 3) -> Stream:
    return Stream(score.generator, score.settings, split=split, seed=seed)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_corpus(tmp_path_factory.mktemp("corpus") / "text.jsonl")


@pytest.mark.parametrize("score", named(ORACLED))
def test_every_answer_key_agrees_with_an_independent_oracle(score: Score) -> None:
    rows = stream(score, "select").rows(0, 40)
    held_out = score.settings.get("sums") == "held-out"
    for tokens, targets, marks in zip(rows.tokens_RT, rows.targets_RT, rows.marks_RT, strict=True):
        expected = {
            at: (answer, mark) for at, answer, mark in ORACLES[score.generator](tokens.tolist(), len(tokens))
        }
        scored = {int(at): (int(targets[at]), int(marks[at])) for at in np.flatnonzero(marks)}
        assert scored.items() <= expected.items() if held_out else scored == expected


@pytest.mark.parametrize("score", named(PROCEDURAL))
def test_rows_fit_the_vocabulary_and_ask_something(score: Score) -> None:
    rows = stream(score).rows(0, 64)
    assert rows.tokens_RT.shape == (64, score.settings["length"])
    assert 0 <= rows.tokens_RT.min() and rows.tokens_RT.max() < vocabulary.SIZE
    assert np.isin(rows.marks_RT, score.marks).any()


@pytest.mark.parametrize("score", named(PROCEDURAL))
def test_row_i_is_the_same_however_it_is_asked_for(score: Score) -> None:
    whole = stream(score).rows(0, BLOCK + 8)
    again = stream(score).rows(BLOCK - 4, 12)
    assert (again.tokens_RT == whole.tokens_RT[BLOCK - 4 :]).all()
    other = stream(score, seed=4).rows(0, BLOCK + 8)
    assert (other.tokens_RT != whole.tokens_RT).any()


@pytest.mark.parametrize("score", named(PROCEDURAL))
def test_no_row_is_in_two_splits(score: Score) -> None:
    if generator(score.generator).sourced:
        assert disjoint_images()
        return
    sets = [{row.tobytes() for row in stream(score, split).rows(0, BLOCK).tokens_RT} for split in SPLITS]
    assert not (sets[0] & sets[1] or sets[0] & sets[2] or sets[1] & sets[2])


def test_easier_settings_of_a_task_never_show_a_scored_row() -> None:
    """recall4 scores rows that the mixture of 2, 4 and 6 pairs may also draw: same content, same split."""
    trained = Stream("recall", {"length": 32, "pairs": [2, 4, 6]}, split="train", seed=1).rows(0, 2 * BLOCK)
    scored = Stream("recall", {"length": 32, "pairs": [4]}, split="select", seed=1).rows(0, 2 * BLOCK)
    assert not {row.tobytes() for row in trained.tokens_RT} & {row.tobytes() for row in scored.tokens_RT}


def test_text_splits_share_no_document_and_unseen_languages_are_never_trained_on(tmp_path: Path) -> None:
    from asterism.data.text import TextDataset, read, unseen_language

    corpus = small_corpus(tmp_path / "large.jsonl", 600)
    dataset = TextDataset(corpus)
    names = [{document.name for document in dataset.documents(split)} for split in SPLITS]
    assert not (names[0] & names[1] or names[0] & names[2] or names[1] & names[2])
    left = {each.name for each in read(corpus)} - set.union(*names)
    assert left and all(unseen_language(each.language) for each in read(corpus) if each.name in left)
    assert not any(unseen_language(document.language) for document in dataset.documents("train"))
    assert any(
        unseen_language(document.language) for split in SPLITS for document in dataset.documents(split)
    )


def test_text_windows_stay_inside_their_document(corpus: Path) -> None:
    from asterism.data.text import TextDataset

    texts = [document.text.encode() for document in TextDataset(corpus).documents("train")]
    windows, inside = TextDataset(corpus).windows("train").draw(np.random.default_rng(0), 50, 129)
    for window, ok in zip(windows, inside, strict=True):
        piece = bytes(window[ok].astype(np.uint8))
        assert any(piece in text for text in texts)
        assert ok.all() or piece in texts


@pytest.mark.parametrize("score", named(PROCEDURAL))
def test_a_predictor_that_cannot_read_stays_at_chance(score: Score) -> None:
    """The fitted baseline on rows of another split is right as often as its own probabilities say."""
    baseline = fit(stream(score).rows(0, 1024), score.marks)
    rows = stream(score, "report").rows(0, 400)
    scored = np.isin(rows.marks_RT, score.marks)
    count = scored.sum()
    expected = np.exp(baseline.log_TV.max(1)).max()
    assert baseline.hits(rows)[scored].mean() <= expected + 4 * np.sqrt(expected / count) + 0.02
    assert baseline.nll(rows)[scored].mean() >= 0.6


def test_the_binding_baseline_is_the_uniform_guess_over_values_in_context() -> None:
    rows = Stream("recall", {"length": 64, "pairs": [8]}, split="select", seed=0).rows(0, 300)
    assert rows.binding_R == pytest.approx(np.log(8))
    right = total = 0
    rng = np.random.default_rng(0)
    for tokens, targets, marks in zip(rows.tokens_RT, rows.targets_RT, rows.marks_RT, strict=True):
        values = tokens[1:16:2]
        for at in np.flatnonzero(marks):
            right += rng.choice(values) == targets[at]
            total += 1
    # A little above 1/8: values repeat.
    assert 1 / 8 - 0.02 < right / total < 1 / 8 + 0.08


def test_held_out_sums_are_asked_for_and_never_trained() -> None:
    def sums(rows: Rows) -> set[tuple[int, int]]:
        at = np.argwhere(rows.marks_RT > 0)
        return {(int(rows.tokens_RT[r, t - 2]), int(rows.tokens_RT[r, t - 1])) for r, t in at}

    trained = Stream("modular-addition", {"length": 32, "sums": "trained"}, split="train", seed=0).rows(
        0, 400
    )
    asked = Stream("modular-addition", {"length": 32, "sums": "held-out"}, split="select", seed=0).rows(
        0, 400
    )
    assert len(sums(trained)) == 42 and len(sums(asked)) == 7
    assert not sums(trained) & sums(asked)


@pytest.mark.parametrize("name", SUITES)
def test_the_mixture_keeps_its_shares(name: str) -> None:
    probes = SUITES[name].probes
    tokens: Counter[int] = Counter()
    used = [0] * len(probes)
    for portions in islice(schedule(probes, 1024), 512):
        assert len({probes[portion.probe].length for portion in portions}) == 1
        assert sum(portion.count * probes[portion.probe].length for portion in portions) == 1024
        for portion in portions:
            assert portion.start == used[portion.probe]
            used[portion.probe] += portion.count
            tokens[portion.probe] += portion.count * probes[portion.probe].length
    whole = sum(probe.share for probe in probes)
    for index, probe in enumerate(probes):
        assert tokens[index] / (512 * 1024) == pytest.approx(probe.share / whole, abs=0.004)


def test_the_product_suite_is_as_broad_as_promised() -> None:
    nano = suite("nano-1")
    assert len({score.id for score in nano.scores}) == len(nano.scores) >= 24
    assert len(nano.families) >= 8
    assert len(nano.probes) >= 12
    assert sum(probe.share for probe in nano.probes) == pytest.approx(1)


def test_a_users_text_joins_the_text_share(corpus: Path) -> None:
    nano = suite("nano-1")
    with_mine = nano.with_datasets(["stdlib", "udhr", "mine"])
    shares = {probe.name: probe.share for probe in with_mine.probes}
    assert shares["text:mine"] == pytest.approx(shares["code"]) == pytest.approx(0.16 / 3)
    assert sum(shares.values()) == pytest.approx(1)
    assert any(score.id == "text:mine" for score in with_mine.scores)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda: suite("nano-9"), "unknown suite 'nano-9'; known: nano-check, nano-1, tiny-1"),
        (lambda: suite("nano-1", "0"), "suite nano-1 is version 2 here, not 0"),
        (lambda: suite("nano-1").with_datasets(["stdlib"]), "needs the datasets udhr; given: ['stdlib']"),
        (lambda: generator("chess"), "unknown task generator 'chess'; known: arithmetic/addition"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(asked, said: str) -> None:
    with pytest.raises(Refused) as refusal:
        asked()
    assert said in str(refusal.value)


def test_a_dataset_that_is_no_dataset_is_refused_with_its_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"name": "a", "text": "b"}\n{"name": "a"}\n')
    asked = Stream("text", {"length": 8, "dataset": "mine"}, split="train", seed=0, datasets={"mine": broken})
    with pytest.raises(Refused, match=r"broken.jsonl, line 2: not a document"):
        asked.rows(0, 1)
    missing = Stream("text", {"length": 8, "dataset": "no"}, split="train", seed=0, datasets={"mine": broken})
    with pytest.raises(Refused, match="needs dataset 'no'"):
        missing.rows(0, 1)


def test_every_generator_is_in_a_suite() -> None:
    used = {item.generator for each in SUITES.values() for item in (*each.probes, *each.scores)}
    assert used == set(GENERATORS)


def digest(rows: Rows) -> str:
    parts = (rows.tokens_RT, rows.targets_RT, rows.marks_RT)
    return hashlib.sha256(
        b"".join(np.ascontiguousarray(part, dtype="<i8").tobytes() for part in parts)
    ).hexdigest()[:16]


def test_rows_are_the_recorded_ones(corpus: Path) -> None:
    """A changed generator changes results: it needs a new suite version and new hashes here."""
    made = {f"{name}/{id}": digest(stream(score).rows(0, 64)) for (name, id), score in PROCEDURAL.items()}
    text_rows = Stream("text", {"length": 128, "dataset": "t"}, split="train", seed=3, datasets={"t": corpus})
    made["text"] = digest(text_rows.rows(0, 64))
    assert equals_recorded(made, GOLDEN)


def test_the_committed_catalogue_is_current() -> None:
    assert COMMITTED.read_text() == text()


def test_generators_make_a_million_tokens_in_about_a_second() -> None:
    import time

    probes = [probe for probe in suite("nano-1").probes if probe.generator != "text"]
    clock = time.process_time()
    tokens = 0
    for probe in probes:
        tokens += Stream(probe.generator, probe.settings, split="train", seed=0).rows(0, 1024).tokens_RT.size
    assert (time.process_time() - clock) / tokens * 1e6 < 1.5
