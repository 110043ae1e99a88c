"""Effective context of one checkpoint: the same questions in more and more filler."""

import json
from pathlib import Path

import numpy as np
import pytest
from genomes import genome, liv
from models import model

from asterism.__main__ import main
from asterism.tasks.families import Size
from asterism.tasks.lengths import TooLong, filler_of, rows_at, thirteen, usual_lengths
from asterism.training.weights import buffers, encode_weights

TASKS = {task.id: task for task in thirteen()}
MADE = [id for id, task in TASKS.items() if "text" not in task.settings("nano")]


def test_the_tasks_are_rulers_thirteen() -> None:
    assert len(TASKS) == 13
    assert not [id for id in TASKS if id.startswith(("babilong", "context"))]


@pytest.mark.parametrize("id", MADE)
def test_longer_rows_ask_the_same_in_more_filler(id: str) -> None:
    short, long = (rows_at(TASKS[id], "nano", length, 8, {}) for length in (128, 256))
    assert short.tokens_RT.shape == (8, 128) and long.tokens_RT.shape == (8, 256)
    np.testing.assert_allclose((long.marks_RT > 0).sum(1), (short.marks_RT > 0).sum(1), atol=3)
    last = 256 - (long.marks_RT > 0)[:, ::-1].argmax(1)
    assert last.mean() > 0.85 * 256, "filler reaches the length it is named after"
    again = rows_at(TASKS[id], "nano", 256, 8, {})
    assert np.array_equal(again.tokens_RT, long.tokens_RT)


def test_a_task_that_has_not_so_much_to_say_is_left_out_with_its_reason() -> None:
    assert filler_of(TASKS["niah_multikey"], TASKS["niah_multikey"].settings("nano")) == "keys"
    with pytest.raises(TooLong, match="at most 255 others"):
        rows_at(TASKS["doc_qa_synth"], "nano", 16_384, 4, {})
    with pytest.raises(TooLong, match="does not fit 32 tokens"):
        rows_at(TASKS["niah_single"], "nano", 32, 4, {})


@pytest.mark.parametrize("size", ["nano", "xs"])
def test_every_task_has_something_to_say_at_the_usual_lengths(size: Size) -> None:
    for id, task in TASKS.items():
        if "text" not in task.settings(size):
            for length in usual_lengths(size):
                assert rows_at(task, size, length, 2, {}).tokens_RT.shape == (2, length), id


def test_the_command_reads_a_model_and_says_what_it_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = genome(liv("gated-conv"), liv("swiglu"), vocab=512)
    built = model(tiny)
    weights = {name: value.detach() for name, value in built.named_parameters()} | buffers(built)
    facts = {"genome": tiny, "training": {"suite": "nano-2/2"}}
    (tmp_path / "model.safetensors").write_bytes(encode_weights(weights, facts))
    words = ["context", str(tmp_path), "--lengths", "256,128", "--rows", "4"]
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [point["length"] for point in found["points"]] == [128, 256]
    assert (
        found["points"][0]["tasks"] == found["points"][1]["tasks"] and len(found["points"][0]["tasks"]) == 11
    )
    assert found["left"]["niah_single_text"].startswith(
        "needs the dataset stdlib; `python -m asterism dataset"
    )
    assert found["absolute"] == 0
    assert main(words) == 0
    assert capsys.readouterr().out.startswith("effective context none (mean accuracy of .856)")
    assert main([*words, "--suite", "nano-1"]) == 1
    assert "--suite nano-2 or xs-1" in capsys.readouterr().err
