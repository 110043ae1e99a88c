"""A user's own data as tasks: files and splits, answer keys, scores, and that they can be learnt."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from corpus import small_corpus
from user_files import user_file

from asterism.backbone import build
from asterism.data.questions import open_questions
from asterism.data.splits import SPLITS
from asterism.data.user_data import Kind
from asterism.data.user_series import open_series
from asterism.errors import Refused
from asterism.evaluation.aggregate import Card
from asterism.evaluation.choices import baseline, chosen
from asterism.evaluation.messages import task_message
from asterism.evaluation.scoring import score
from asterism.tasks import vocabulary as v
from asterism.tasks.reference_set import reference_genome
from asterism.tasks.stream import Stream
from asterism.tasks.suite import Suite
from asterism.tasks.suites import suite
from asterism.tasks.user import options_of
from asterism.training import Snapshot, TrainingRequest, run
from asterism.training.weights import load_weights

CASES = json.loads(Path(__file__).with_name("user_datasets.json").read_text())
WORDS = [f"{a}{b}" for a in "bdfglmnprt" for b in "aeiou"]
VOWEL = dict(zip("aeiou", ("one", "two", "ten", "six", "odd"), strict=True))


def pairs() -> list[dict[str, Any]]:
    """The answer follows from the last letter."""
    return [{"prompt": f"{a} {b}", "answer": VOWEL[b[-1]]} for a in WORDS for b in WORDS[::3]]


def choices() -> list[dict[str, Any]]:
    """The same as one of three options, the right one anywhere among them."""
    made = []
    for n, pair in enumerate(pairs()):
        right, others = pair["answer"], [word for word in VOWEL.values() if word != pair["answer"]]
        options = [others[n % 4], others[(n + 1 + n % 2) % 4]]
        options.insert(n % 3, right)
        made.append({"prompt": pair["prompt"], "choices": options, "answer": n % 3})
    return made


def waves(series: int, points: int) -> list[dict[str, Any]]:
    time = np.arange(points)
    return [
        {
            "name": f"s{k}",
            "values": (np.sin(time / (1.1 + k / 9) + k) + np.sin(time / 17.3) / 3).round(4).tolist(),
        }
        for k in range(series)
    ]


EXAMPLES: Mapping[Kind, list[dict[str, Any]]] = {
    "pairs": pairs(),
    "choices": choices(),
    "series": waves(4, 400),
}
kinds = pytest.mark.parametrize("kind", EXAMPLES)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("user")
    return {kind: user_file(folder / f"{kind}.jsonl", kind, made) for kind, made in EXAMPLES.items()}


def alone(kind: Kind, files: Mapping[str, Path]) -> Suite:
    """`tiny-1` with nothing in its mixture but the user's task."""
    whole = suite("tiny-1").with_datasets({"mine": files[kind]})
    return replace(whole, probes=whole.probes[-1:], scores=whole.scores[-1:])


def stream(kind: Kind, files: Mapping[str, Path], split: Any, seed: int = 3) -> Stream:
    made = alone(kind, files).scores[0]
    return Stream(made.generator, made.settings, split=split, seed=seed, datasets={"mine": files[kind]})


@pytest.mark.parametrize("case", CASES)
def test_files_are_split_as_submission_says(case: dict[str, Any], tmp_path: Path) -> None:
    """The numbers that libs/search/datasets promises before a worker has seen the file."""
    path = user_file(tmp_path / "case.jsonl", case["kind"], case["examples"])
    for limit, fit in case["fits"].items():
        data = open_series(path) if case["kind"] == "series" else open_questions(path)
        assert data.row_length(int(limit)) == fit["length"]
        assert data.counts(fit["length"]) == fit["counts"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"dataset": "chess", "format": 1}\n', r"line 1: dataset 'chess' of format 1; allowed: pairs, ch"),
        ('{"dataset": "pairs", "format": 1}\n{"prompt": "a"}\n', r"line 2, field answer: not a text"),
        ('{"dataset": "pairs", "format": 1}\n7\n', r"line 2: no JSON object"),
        (
            '{"dataset": "choices", "format": 1}\n{"choices": ["a", "b"], "answer": 2}\n',
            r"answer: 2; all.*0 to 1",
        ),
        (
            '{"dataset": "choices", "format": 1}\n{"choices": ["a", "a"], "answer": 0}\n',
            r"two or more different",
        ),
        (
            '{"dataset": "series", "format": 1}\n\n{"values": [1, NaN]}\n',
            r"line 3, field values: .* not finite",
        ),
        (
            '{"dataset": "series", "format": 1}\n{"values": [true]}\n',
            r"field values: allowed: a list of numbers",
        ),
        (
            '{"dataset": "pairs", "format": 1}\n{"prompt": "a", "answer": "b"}\n',
            r"dataset mine: 1 of 1 .*: 8 in",
        ),
        ('{"dataset": "series", "format": 1}\n{"values": [1, 2]}\n', r"dataset mine: windows of 31 .*: 4 in"),
    ],
)
def test_a_file_that_is_no_dataset_is_refused_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.jsonl"
    path.write_text(text)
    with pytest.raises(Refused, match=said):
        suite("tiny-1").with_datasets({"mine": path})


def test_a_suite_without_a_users_data_stays_as_it_is(tmp_path: Path) -> None:
    texts = {name: small_corpus(tmp_path / name) for name in ("stdlib", "udhr")}
    for name in ("nano-1", "nano-2", "xs-1"):
        assert suite(name).with_datasets(texts) is suite(name)
        whole = suite(name).with_datasets({**texts, "mine": texts["udhr"]})
        assert sum(probe.share for probe in whole.probes) == pytest.approx(1)
        assert (whole.scores[-1].id, whole.scores[-1].family) == ("text:mine", whole.text_families[0])


def test_a_users_data_have_a_share_of_their_own(files: dict[str, Path]) -> None:
    whole = suite("tiny-1").with_datasets(files)
    shares = {probe.name: probe.share for probe in whole.probes}
    assert shares["pairs:pairs"] == shares["series:series"] == pytest.approx(0.1)
    assert shares["recall"] == pytest.approx(0.2 * 0.7)
    assert sum(shares.values()) == pytest.approx(1)
    assert [each.id for each in whole.scores[-3:]] == ["choices:choices", "pairs:pairs", "series:series"]
    assert {each.family for each in whole.scores[-3:]} == {"user"}


@kinds
def test_rows_are_the_same_however_they_are_asked_for(kind: Kind, files: dict[str, Path]) -> None:
    whole = stream(kind, files, "train").rows(0, 600)
    assert (stream(kind, files, "train").rows(508, 20).tokens_RT == whole.tokens_RT[508:528]).all()
    assert (stream(kind, files, "train", seed=4).rows(0, 600).tokens_RT != whole.tokens_RT).any()
    scored = stream(kind, files, "select").rows(0, 24)
    assert (stream(kind, files, "select", seed=9).rows(0, 24).tokens_RT == scored.tokens_RT).all()


@kinds
def test_no_example_is_in_two_splits_and_none_is_scored_twice(kind: Kind, files: dict[str, Path]) -> None:
    rows = {split: stream(kind, files, split).rows(0, 512) for split in SPLITS}
    seen = {
        split: {
            row.tobytes() for row, marks in zip(each.tokens_RT, each.marks_RT, strict=True) if marks.any()
        }
        for split, each in rows.items()
    }
    assert not (seen["train"] & seen["select"] or seen["train"] & seen["report"])
    assert not seen["select"] & seen["report"]
    assert len(seen["select"]) == rows["select"].marks_RT.any(1).sum() >= 4


@pytest.mark.parametrize("kind", ["pairs", "choices"])
def test_the_answer_key_is_the_files(kind: Kind, files: dict[str, Path]) -> None:
    """Read back from the tokens: the text before the separator, what is asked after it, the end."""
    key = {pair["prompt"]: pair["answer"] for pair in pairs()}
    rows = stream(kind, files, "train").rows(0, 400)
    for tokens, targets, marks in zip(rows.tokens_RT, rows.targets_RT, rows.marks_RT, strict=True):
        place = tokens.tolist().index(v.SEPARATOR)
        asked = np.flatnonzero(marks)
        answer = key[bytes(tokens[:place].tolist()).decode()]
        assert asked[0] == place and list(marks[asked]) == [1] * len(answer) + [2]
        assert targets[asked].tolist() == [*answer.encode(), v.FILLER]


def test_windows_of_a_series_are_cut_in_time(tmp_path: Path) -> None:
    walk = np.random.default_rng(0).standard_normal(500).cumsum()
    path = user_file(tmp_path / "one.jsonl", "series", [{"values": walk.tolist()}])
    parts = [open_series(path).parts(split)[0] for split in SPLITS]
    assert [len(part) for part in parts] == [300, 100, 100]
    assert (np.concatenate(parts) == walk).all()
    made = suite("tiny-1").with_datasets({"one": path}).scores[-1]
    rows = Stream(made.generator, made.settings, split="select", seed=0, datasets={"one": path}).rows(0, 24)
    scored = rows.marks_RT.any(1)
    assert made.settings["length"] == 32 and scored.sum() == open_series(path).counts(32)["select"] == 5
    assert (rows.tokens_RT[scored, 0] == v.SERIES_START).all()
    assert rows.tokens_RT[scored, 1:].min() == v.LEVELS[0] and rows.tokens_RT[scored].max() == v.LEVELS[-1]
    assert (rows.marks_RT[scored].sum(1) == 16).all()


def test_a_series_that_repeats_itself_leaves_nothing_to_score(tmp_path: Path) -> None:
    path = user_file(tmp_path / "one.jsonl", "series", [{"values": [n % 5 for n in range(500)]}])
    made = suite("tiny-1").with_datasets({"one": path}).scores[-1]
    asked = Stream(made.generator, made.settings, split="select", seed=0, datasets={"one": path})
    with pytest.raises(Refused, match="repeats itself: training holds every window to select"):
        asked.rows(0, 4)


def test_choices_are_scored_by_the_likeliest_option(files: dict[str, Path]) -> None:
    asked = options_of(files["choices"], "select", 32, None)
    questions = asked.question_O[-1] + 1
    assert asked.right_O.sum() == questions and len(asked.right_O) == 3 * questions
    nll, hits = chosen(asked, np.where(asked.right_O, 50.0, 0.0))
    assert nll.max() < 1e-9 and hits.all()
    nll, hits = chosen(asked, np.zeros(len(asked.right_O)))
    assert nll == pytest.approx(np.log(3)) and hits == pytest.approx(1 / 3)


def test_the_choice_baseline_knows_which_options_are_often_right(tmp_path: Path) -> None:
    """Nine answers in ten are "no": who always says so has learnt nothing."""
    made = [{"prompt": f"{n}?", "choices": ["yes", "no"], "answer": int(n % 10 > 0)} for n in range(600)]
    path = user_file(tmp_path / "yes.jsonl", "choices", made)
    trained, asked = (options_of(path, split, 32, None) for split in ("train", "select"))
    nll, hits = baseline(trained, asked)
    assert hits.mean() == pytest.approx(0.9, abs=0.08) and nll.mean() < 0.5 < np.log(2)


STEPS = 64


def learnt(kind: Kind, files: Mapping[str, Path], *, shuffle: bool = False) -> dict[str, Any]:
    fitted = alone(kind, files)
    genome = reference_genome("cq")
    datasets = {"mine": files[kind]}
    request = TrainingRequest(
        genome=genome,
        suite=fitted,
        steps=STEPS,
        tokens_per_step=1024,
        seed=5,
        datasets=datasets,
        shuffle_labels=shuffle,
    )
    last = [event for event in run(request) if isinstance(event, Snapshot)][-1]
    model = build(genome, seed=5)
    load_weights(model, last.weights)
    rows = score(model, fitted, "select", datasets)
    return task_message(Card(fitted, rows), rows[0])


@kinds
def test_what_can_be_learnt_is_learnt(kind: Kind, files: dict[str, Path]) -> None:
    message = learnt(kind, files)
    assert "error" not in message and message["score"] > 0.2 and message["low"] > 0
    assert message["accuracyAboveChance"] > 0.2


@pytest.mark.parametrize(
    "kind", ["choices", *(pytest.param(kind, marks=pytest.mark.full) for kind in ("pairs", "series"))]
)
def test_shuffled_labels_teach_nothing(kind: Kind, files: dict[str, Path]) -> None:
    message = learnt(kind, files, shuffle=True)
    assert message["score"] < 0.1 and message["accuracyAboveChance"] < 0.25
