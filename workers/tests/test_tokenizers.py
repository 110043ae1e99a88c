"""Tokenizers from disk: ids and bytes, datasets written with them, bits per byte, and what is refused."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from small_trainings import GENOMES
from tokenizing import END, TEXTS, definition, saved, trained

from asterism.__main__ import main
from asterism.backbone import build
from asterism.data.splits import SPLITS, Split
from asterism.data.text import Document, encode
from asterism.data.tokenizer import FIRST_TOKEN, Bytes, FileTokenizer, definition_hash
from asterism.data.tokens import (
    TokenDataset,
    TokenWindows,
    encode_tokens,
    open_dataset,
    read_header,
    same_tokens,
)
from asterism.distillation.teacher import open_teacher
from asterism.errors import Refused
from asterism.evaluation import EvaluationRequest
from asterism.evaluation.aggregate import Card
from asterism.evaluation.messages import task_message
from asterism.evaluation.scoring import score
from asterism.tasks import vocabulary
from asterism.tasks.nano_1 import NANO_1
from asterism.training import Snapshot, run
from asterism.training.weights import encode_weights

DEFINITION = definition()


def corpus(count: int = 60) -> list[Document]:
    return [
        Document(
            name=f"file-{n:03}", text=f"{TEXTS[n % 4]} {n} " * (1 + n % 5), language="en" if n % 2 else None
        )
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tokens") / "mine.jsonl"
    path.write_text("".join(encode_tokens(corpus(), DEFINITION)), encoding="utf-8")
    return path


def test_ids_are_those_of_the_library_behind_the_suites_symbols() -> None:
    plain, shifted = FileTokenizer(DEFINITION), FileTokenizer(DEFINITION, first=FIRST_TOKEN)
    assert FIRST_TOKEN == vocabulary.SIZE
    for text in TEXTS:
        ids = trained().encode(text, add_special_tokens=False).ids
        assert plain.encode(text) == ids
        assert shifted.encode(text) == [FIRST_TOKEN + each for each in ids]
        assert plain.decode(ids) == shifted.decode(shifted.encode(text)) == text
    assert plain.end == trained().token_to_id(END) and plain.prefix == plain.end
    assert (plain.size, shifted.size) == (400, 912)


@given(st.text(max_size=80))
def test_bytes_of_the_tokens_add_up_to_the_text(text: str) -> None:
    [(ids, sizes)] = FileTokenizer(DEFINITION).with_bytes([text])
    assert len(ids) == len(sizes) and sum(sizes) == len(text.encode()) and min(sizes, default=0) >= 0


@given(st.text(max_size=80))
def test_bytes_are_a_tokenizer_too(text: str) -> None:
    assert Bytes().decode(Bytes().encode(text)) == text
    assert max(Bytes().encode(text), default=0) < Bytes.size


def test_hash_is_over_what_decides_the_ids() -> None:
    changed = json.loads(json.dumps(DEFINITION))
    changed["padding"] = {"strategy": "BatchLongest"}
    assert definition_hash(changed) == definition_hash(DEFINITION)
    changed["model"]["merges"] = changed["model"]["merges"][:-1]
    assert definition_hash(changed) != definition_hash(DEFINITION)


def test_a_teacher_of_another_tokenizer_is_refused(dataset: Path, tmp_path: Path) -> None:
    """As many tokens, other ones."""
    training = request(dataset, 912).training()
    weights = dict(build(training.genome).named_parameters())
    hashed, other = definition_hash(DEFINITION), "0" * 64
    for trained_with in (hashed, other, ""):
        said = {"training": {"tokenizers": trained_with} if trained_with else {}}
        (tmp_path / "model.safetensors").write_bytes(
            encode_weights(weights, {"genome": training.genome, **said})
        )
        if trained_with == hashed:
            open_teacher(tmp_path / "model.safetensors", 912, training.datasets)
            assert training.identity()["tokenizers"] == hashed
        else:
            with pytest.raises(
                Refused, match=f"with tokenizer {trained_with[:12] or 'none'}, the student reads"
            ):
                open_teacher(tmp_path / "model.safetensors", 912, training.datasets)


def test_dataset_reads_as_it_was_written(dataset: Path) -> None:
    header = read_header(dataset)
    assert header is not None and (header.tokens, header.vocabulary) == (400, 912)
    assert header.sha256 == definition_hash(DEFINITION)
    found = {d.name: d for split in SPLITS for d in TokenDataset(dataset).documents(split)}
    tokenizer = FileTokenizer(DEFINITION)
    for document in corpus():
        if document.name in found:
            read = found[document.name]
            assert tokenizer.decode([int(each) for each in read.ids]) == document.text
            assert read.sizes.sum() == len(document.text.encode())
    assert len(found) == 60
    assert dataset.read_text() == "".join(encode_tokens(reversed(corpus()), DEFINITION))


def test_plain_text_stays_bytes(tmp_path: Path) -> None:
    plain = tmp_path / "plain.jsonl"
    plain.write_bytes(encode(corpus()))
    assert read_header(plain) is None
    (tmp_path / "numbers.npy").write_bytes(b"\x93NUMPY\x01\xff")
    assert read_header(tmp_path / "numbers.npy") is None
    assert not isinstance(open_dataset(plain).windows("train"), TokenWindows)


def test_windows_hold_tokens_and_their_bytes(dataset: Path) -> None:
    windows = open_dataset(dataset).windows("train", "seen")
    assert isinstance(windows, TokenWindows)
    ids, inside, sizes = windows.draw_with_bytes(np.random.default_rng(0), 40, 100)
    assert (ids[inside] >= FIRST_TOKEN).all() and (ids[inside] < 912).all()
    assert (ids[~inside] == 0).all() and (sizes[~inside] == 0).all() and not inside.all()
    with pytest.raises(Refused, match="subset 'prose' needs plain text; .* has all, seen, unseen, language"):
        open_dataset(dataset).windows("train", "prose")


def request(dataset: Path, vocab: int, **changes: Any) -> EvaluationRequest:
    size = {**GENOMES["cq"]["size"], "vocab": vocab}
    plain = dataset.with_name("plain.jsonl")
    plain.write_bytes(encode(corpus()))
    udhr = dataset.with_name("udhr.jsonl")
    udhr.write_bytes(encode(replace(document, language="en") for document in corpus()))
    datasets = {"stdlib": plain, "udhr": udhr, "mine": dataset}
    return EvaluationRequest(
        genome={**GENOMES["cq"], "size": size},
        tier="nano",
        suite="nano-1",
        datasets=datasets,
        steps=6,
        **changes,
    )


def test_a_vocabulary_without_room_is_refused_with_the_number(dataset: Path) -> None:
    with pytest.raises(Refused, match=r"/size/vocab: 512, but dataset 'mine' .* 400 tokens .* allowed: 912"):
        request(dataset, 512).training()


def test_training_and_bits_per_byte(dataset: Path) -> None:
    training = request(dataset, 912).training()
    final = [event for event in run(training) if isinstance(event, Snapshot)][-1]
    from asterism.training.weights import load_weights

    model = build(training.genome)
    load_weights(model, final.weights)
    only = replace(training.suite, scores=tuple(s for s in training.suite.scores if s.id == "text:mine"))
    [rows] = score(model, only, "select", training.datasets)
    assert rows.error is None and rows.bytes_R is not None
    said = task_message(Card(only, [rows]), rows)
    by_hand = rows.nll_R.sum() / math.log(2) / rows.bytes_R.sum()
    assert said["bitsPerByte"] == pytest.approx(by_hand)
    # A token is more than a byte, so bits per byte are fewer than bits per token.
    assert said["bitsPerByte"] < said["nll"] / math.log(2)
    plain = replace(training.suite, scores=tuple(s for s in training.suite.scores if s.id == "text-code"))
    [rows] = score(model, plain, "select", training.datasets)
    said = task_message(Card(plain, [rows]), rows)
    assert said["bitsPerByte"] == pytest.approx(said["nll"] / math.log(2)), "an answer is a byte"


def test_an_untrained_model_needs_the_bits_of_a_uniform_choice(dataset: Path) -> None:
    """Zero head: every token costs log₂ of the vocabulary, however many bytes it stands for."""

    training = request(dataset, 912).training()
    only = replace(training.suite, scores=tuple(s for s in training.suite.scores if s.id == "text:mine"))
    [rows] = score(build(training.genome), only, "select", training.datasets)
    assert rows.bytes_R is not None
    said = task_message(Card(only, [rows]), rows)
    assert said["bitsPerByte"] == pytest.approx(
        math.log2(912) * rows.count_R.sum() / rows.bytes_R.sum(), rel=1e-4
    )


def test_command_writes_the_dataset_and_says_what_it_needs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, out = tmp_path / "plain.jsonl", tmp_path / "tokens.jsonl"
    plain.write_bytes(encode(corpus()))
    assert main(["tokenize", str(plain), str(out), "--tokenizer", str(saved(tmp_path))]) == 0
    said = capsys.readouterr().out
    assert "a genome needs a vocabulary of 512 + 400 = 912" in said
    assert hashlib.sha256(out.read_bytes()).hexdigest() in said
    (tmp_path / "broken.json").write_text("{}")
    assert main(["tokenize", str(plain), str(out), "--tokenizer", str(tmp_path / "broken.json")]) == 1
    assert "has no /model: give a tokenizer.json" in capsys.readouterr().err


def test_other_tokenizers_and_broken_files_are_refused(dataset: Path, tmp_path: Path) -> None:
    assert same_tokens(saved(tmp_path), {"mine": dataset}) == 400
    with pytest.raises(Refused, match="teacher and dataset need the same tokenizer"):
        same_tokens(saved(tmp_path, 300), {"mine": dataset})
    plain = tmp_path / "plain.jsonl"
    plain.write_bytes(encode(corpus()))
    with pytest.raises(Refused, match="no dataset is written with a tokenizer"):
        same_tokens(saved(tmp_path), {"plain": plain})
    lines = dataset.read_text().splitlines(keepends=True)
    header = {**json.loads(lines[0]), "sha256": "0" * 64}
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text(json.dumps(header) + "\n" + "".join(lines[1:]))
    with pytest.raises(Refused, match="line 1: the tokenizer is not the one that /sha256 names"):
        TokenDataset(wrong)
    header = {**json.loads(lines[0]), "tokens": 20}
    wrong.write_text(json.dumps(header) + "\n" + "".join(lines[1:]))
    with pytest.raises(Refused, match="line 2: .* allowed: as many counts as ids, ids below 20"):
        TokenDataset(wrong)


def splits_of(dataset: Path, split: Split) -> set[str]:
    return {document.name for document in TokenDataset(dataset).documents(split)}


def test_splits_are_those_of_the_plain_text(dataset: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.jsonl"
    plain.write_bytes(encode(corpus()))
    for split in SPLITS:
        assert splits_of(dataset, split) == {d.name for d in open_dataset(plain).documents(split)}
    assert torch.tensor([len(splits_of(dataset, split)) for split in SPLITS]).sum() == 60
    assert NANO_1.datasets == ("stdlib", "udhr")
