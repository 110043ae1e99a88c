"""Real text is split so that nothing which is scored was trained on."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from asterism.data.copies import WINDOW, without_near_copies
from asterism.data.corpora import stdlib
from asterism.data.splits import SPLITS
from asterism.data.text import Document, TextDataset, encode, load
from asterism.evaluation.scoring import EVALUATION_SEED
from asterism.tasks.broad import NANO_2, XS_1
from asterism.tasks.stream import Stream
from asterism.tasks.suite import Score

CHECKOUT = Path(__file__).resolve().parents[2]
ROWS = 160
REPEATED = 2
"""Windows of a task that may also stand in training: two files of a library share short passages."""


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("corpora")
    paths = {"stdlib": folder / "stdlib.jsonl", "udhr": folder / "udhr.jsonl"}
    paths["stdlib"].write_bytes(stdlib(most=8 * 1024**2))
    script = CHECKOUT / "scripts" / "datasets" / "udhr.mjs"
    subprocess.run(["node", script, paths["udhr"]], check=True)
    return paths


@pytest.mark.parametrize("name", ["stdlib", "udhr"])
def test_no_text_is_in_two_splits_whatever_its_name(corpora: dict[str, Path], name: str) -> None:
    dataset = load(corpora[name])
    texts = [{" ".join(each.text.split()) for each in dataset.documents(split)} for split in SPLITS]
    assert all(texts)
    shared = (texts[0] & texts[1]) | (texts[0] & texts[2]) | (texts[1] & texts[2])
    # Articles of a few words, such as a heading alone, may be the same in two articles.
    assert max((len(each.encode()) for each in shared), default=0) < WINDOW


def text_scores() -> list[Score]:
    every = [*NANO_2.scores, *XS_1.scores]
    return [each for each in every if each.generator in ("language/text", "languages/text")]


def test_hardly_a_scored_window_of_text_stands_in_training(corpora: dict[str, Path]) -> None:
    trained = {
        name: "\0".join(each.text for each in load(path).documents("train")).encode()
        for name, path in corpora.items()
    }
    found = {}
    for score in text_scores():
        for split in ("select", "report"):
            stream = Stream(
                score.generator, score.settings, split=split, seed=EVALUATION_SEED, datasets=corpora
            )
            windows = stream.rows(0, ROWS).tokens_RT.astype(np.uint8)
            whole = trained[score.settings["dataset"]]
            found[score.id, score.settings["length"], split] = sum(
                row.tobytes().rstrip(b"\0") in whole for row in windows
            )
    assert len(found) > 100
    assert {key: count for key, count in found.items() if count > REPEATED} == {}


def test_a_copy_under_another_name_is_in_the_same_split(tmp_path: Path) -> None:
    texts = [f"{n} is a number, and this is what is said of it" for n in range(60)]
    documents = [
        Document(name=f"{copy}/{n}", text=f"{text}{' ' * copy}\n")
        for n, text in enumerate(texts)
        for copy in range(3)
    ]
    (tmp_path / "copies.jsonl").write_bytes(encode(documents))
    dataset = TextDataset(tmp_path / "copies.jsonl")
    numbers = [{each.name.split("/")[1] for each in dataset.documents(split)} for split in SPLITS]
    assert sum(map(len, numbers)) == len(set.union(*numbers)) == 60 and all(numbers)
    assert sum(len([*dataset.documents(split)]) for split in SPLITS) == 180


def test_a_group_is_not_divided(tmp_path: Path) -> None:
    documents = [
        Document(name=f"{n}", text=f"text {n}", group=f"group {n % 30}", language="de") for n in range(300)
    ]
    (tmp_path / "groups.jsonl").write_bytes(encode(documents))
    dataset = TextDataset(tmp_path / "groups.jsonl")
    groups = [{each.group for each in dataset.documents(split)} for split in SPLITS]
    assert sum(map(len, groups)) == 30 and all(groups)


def test_near_copies_are_left_out_and_other_documents_stay() -> None:
    rng = np.random.default_rng(3)

    def text(size: int) -> str:
        return "".join(map(chr, rng.integers(97, 123, size)))

    whole = text(4000)
    changed = "".join(f"{whole[at : at + 400]}!" for at in range(0, 4000, 400))
    half, short, other = whole[:200] + text(3800), "as short as it gets", text(4000)
    names = {"whole": whole, "changed": changed, "half": half, "short": short, "again": short, "other": other}
    kept = without_near_copies(Document(name=name, text=each) for name, each in names.items())
    assert [each.name for each in kept] == ["whole", "half", "short", "other"]
