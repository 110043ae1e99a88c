"""lm-evaluation-harness over our models: every answer against a plain loop, probes, local data, what is
missing.
"""

from __future__ import annotations

import itertools
import json
import logging
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from genomes import genome, liv
from lm_eval.api.instance import Instance
from models import model, tokens
from small_trainings import GENOMES
from torch import Tensor

from asterism.backbone import Backbone
from asterism.data.tokenizer import Bytes
from asterism.errors import Refused
from asterism.evaluation.scoring import predict
from asterism.harness import reading
from asterism.harness.model import HarnessModel
from asterism.harness.pass_at_k import PassAtK, pass_at_k
from asterism.harness.presets import GROUPS, PRESETS, Need, choose, needs_of
from asterism.harness.probes import documents, text_tasks
from asterism.harness.reading import Answer, Asked, Drawing, answers, by_length, continuations, draw
from asterism.harness.run import HarnessRequest, HarnessResult, evaluate, task_index
from asterism.harness.sandbox import run_confined
from asterism.tasks.stream import Stream
from asterism.tasks.suites import suite

BACKBONES = {
    "attention": genome(liv("gated-conv"), liv("attention"), liv("swiglu")),
    "window": genome(liv("attention", window=4), liv("swiglu")),
    "states": genome(liv("ssd"), liv("gla"), liv("rg-lru"), liv("swiglu")),
    "history": genome(liv("long-conv"), liv("gated-deltanet"), liv("swiglu")),
    "experts": genome(liv("attention"), liv("moe")),
    "shared": genome(
        liv("attention", share={"values": {"group": 1, "of": ["k", "v"]}}),
        liv("swiglu"),
        liv("attention", share={"values": {"group": 1, "of": ["k", "v"]}}),
    ),
}


@pytest.fixture(params=BACKBONES, scope="module")
def backbone(request: pytest.FixtureRequest) -> Backbone:
    return model(BACKBONES[request.param])


def plain(backbone: Backbone, asked: Asked) -> Answer:
    """One text, read from its start for every token of the continuation."""
    total, greedy = 0.0, True
    for at, token in enumerate(asked.continuation):
        read = torch.tensor([[*asked.context, *asked.continuation[:at]]])
        with torch.no_grad():
            log_V = backbone(read)[0, -1].log_softmax(-1)
        total += float(log_V[token])
        greedy &= int(log_V.argmax()) == token
    return Answer(log_prob=total, greedy=greedy)


def check(found: Sequence[Answer], wanted: Sequence[Answer]) -> None:
    assert [each.greedy for each in found] == [each.greedy for each in wanted]
    for ours, theirs in zip(found, wanted, strict=True):
        assert ours.log_prob == pytest.approx(theirs.log_prob, abs=1e-4)


def texts(count: int, seed: int) -> list[Asked]:
    """Contexts of many lengths, some of them shared by several continuations."""
    generator = torch.Generator().manual_seed(seed)
    made = []
    for _ in range(count):
        lengths = torch.randint(1, 9, (2,), generator=generator).tolist()
        context = tuple(torch.randint(0, 32, (2 * lengths[0],), generator=generator).tolist())
        for _ in range(1 + lengths[1] % 3):
            length = int(torch.randint(1, 6, (1,), generator=generator))
            choice = torch.randint(0, 32, (length,), generator=generator)
            made.append(Asked(context=context, continuation=tuple(choice.tolist())))
    return made


def test_answers_are_those_of_a_plain_loop(backbone: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = texts(12, seed=3)
    wanted = [plain(backbone, each) for each in asked]
    check(answers(backbone, asked), wanted)
    monkeypatch.setattr(reading, "TOKENS_AT_ONCE", 24)  # several batches, and choices in parts
    check(answers(backbone, asked), wanted)


def test_greedy_continuations_count_as_greedy(backbone: Backbone) -> None:
    prompt = tokens(1, 9)
    written = tuple(backbone.generate(prompt, 4)[0].tolist())
    other = (*written[:-1], (written[-1] + 1) % 32)
    context = tuple(prompt[0].tolist())
    found = answers(backbone, [Asked(context=context, continuation=each) for each in (written, other)])
    assert [each.greedy for each in found] == [True, False]


def test_texts_written_together_are_those_written_alone(backbone: Backbone) -> None:
    prompts = tokens(5, 7).tolist()

    def stop(ids: list[int]) -> bool:
        return len(ids) == 1 + sum(ids) % 5

    def written(some: list[list[int]]) -> list[list[int]]:
        return continuations(backbone, some, 8, Drawing(), torch.Generator(), stop)

    together = written(prompts)
    assert together == [written([prompt])[0] for prompt in prompts]
    for prompt, ids in zip(prompts, together, strict=True):
        assert ids == backbone.generate(torch.tensor([prompt]), 8)[0, : len(ids)].tolist()


def test_batches_hold_prompts_of_one_length() -> None:
    prompts = [[0] * length for length in (3, 5, 3, 2, 5)]
    assert sorted(map(sorted, by_length(prompts, 4))) == [[0, 2], [1, 4], [3]]


def drawn(how: Drawing, logits: Tensor, times: int = 4000) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    found = torch.cat([draw(logits, how, generator) for _ in range(times)])
    return torch.bincount(found, minlength=logits.shape[-1]) / times


def test_tokens_are_drawn_from_what_is_kept() -> None:
    chances = torch.tensor([[0.5, 0.3, 0.15, 0.05]])
    logits = chances.log()
    assert drawn(Drawing(temperature=1.0), logits) == pytest.approx(chances[0].tolist(), abs=0.03)
    assert drawn(Drawing(temperature=1.0, top_k=2), logits)[2:].sum() == 0
    assert drawn(Drawing(temperature=1.0, top_p=0.75), logits) == pytest.approx(
        [0.625, 0.375, 0, 0], abs=0.03
    )
    assert drawn(Drawing(), logits, 5)[0] == 1


@pytest.fixture(scope="module")
def bytes_model() -> HarnessModel:
    return HarnessModel(model(GENOMES["cm"]), Bytes(), longest=24)


def instance(*arguments: Any) -> Instance:
    return Instance(request_type="loglikelihood", doc={}, arguments=arguments, idx=0)


def test_a_long_text_is_read_from_its_end(bytes_model: HarnessModel) -> None:
    context, continuation = "a longer text than is read at once, é", " and on"
    [(found, _)] = bytes_model.loglikelihood([instance(context, continuation)])
    read = list((context + continuation).encode())[-25:]
    count = len(continuation.encode())
    wanted = plain(bytes_model._model, Asked(context=tuple(read[:-count]), continuation=tuple(read[-count:])))
    assert found == pytest.approx(wanted.log_prob, abs=1e-4)


def test_a_text_without_context_begins_like_a_line(bytes_model: HarnessModel) -> None:
    [(found, _)] = bytes_model.loglikelihood([instance("", "word")])
    wanted = plain(bytes_model._model, Asked(context=(10,), continuation=tuple(b"word")))
    assert found == pytest.approx(wanted.log_prob, abs=1e-4)


def test_rolling_predicts_every_byte_once(bytes_model: HarnessModel) -> None:
    document = "thirty bytes and some more, in two windows and a half: ü."
    [found] = bytes_model.loglikelihood_rolling([instance(document)])
    data = [10, *document.encode()]
    total = 0.0
    for at in range(1, len(data)):
        window = (at - 1) // 24
        first = window * 24 if at + 24 - (at - 1) % 24 - 1 <= len(data) - 1 else len(data) - 1 - 24
        asked = Asked(context=tuple(data[first:at]), continuation=(data[at],))
        total += plain(bytes_model._model, asked).log_prob
    assert found == pytest.approx(total, abs=1e-3)


def test_generation_ends_before_its_stop_text(bytes_model: HarnessModel) -> None:
    free = bytes_model.generate_until([instance("What follows", {"until": [], "max_gen_toks": 12})])[0]
    stop = free[4:6]
    [cut] = bytes_model.generate_until([instance("What follows", {"until": [stop], "max_gen_toks": 12})])
    assert cut == free[: free.index(stop)]
    with pytest.raises(Refused, match="num_beams are not known; allowed: until"):
        bytes_model.generate_until([instance("x", {"until": [], "num_beams": 4})])


def test_a_tokenizer_beyond_the_vocabulary_is_refused() -> None:
    with pytest.raises(Refused, match="the model has 32 tokens, the tokenizer gives ids up to 255"):
        HarnessModel(model(BACKBONES["attention"]), Bytes())


def small(*tasks: str, **changes: Any) -> HarnessResult:
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    return evaluate(model(GENOMES["cq"]), Bytes(), HarnessRequest(tasks=tasks, **changes))


@pytest.mark.parametrize("name", ["nano-2", "xs-1"])
def test_text_probes_are_plain_text(name: str) -> None:
    found = {score.id for score in text_tasks(name)}
    assert {"addition", "tool_call", "niah_single", "babi_qa1", "letter_count"} <= found
    assert not found & {"parity", "mqar", "lm_bpb_code"}
    assert len(found) >= 30


def test_probes_in_the_harness_score_what_the_suite_scores() -> None:
    backbone = model(GENOMES["cq"])
    found = evaluate(backbone, Bytes(), HarnessRequest(tasks=["probes:nano-2"], limit=12))
    by_id = {score.id: score for score in text_tasks("nano-2")}
    assert set(found.scores) == {f"asterism_nano-2_{task}" for task in by_id}
    for task in ("addition", "tool_call", "two_hop_context"):
        score = by_id[task]
        rows = Stream(score.generator, score.settings, split="select", seed=1).rows(0, suite("nano-2").rows)
        nll_RT, hits_RT = predict(backbone, rows)
        spans = _spans(rows.marks_RT > 0)[:12]
        wanted = sum(nll_RT[row, first:after].sum() for row, first, after in spans) / len(spans)
        right = sum(bool(hits_RT[row, first:after].all()) for row, first, after in spans) / len(spans)
        metrics = found.scores[f"asterism_nano-2_{task}"]
        assert float(torch.tensor(metrics["perplexity"]).log()) == pytest.approx(wanted, rel=1e-4)
        assert metrics["acc"] == pytest.approx(right)
        assert found.documents[f"asterism_nano-2_{task}"] == 12


def _spans(asked: Any) -> list[tuple[int, int, int]]:
    spans = []
    for row, line in enumerate(asked.tolist()):
        at = 0
        while at < len(line):
            if line[at]:
                after = next((i for i in range(at, len(line)) if not line[i]), len(line))
                spans.append((row, at, after))
                at = after
            at += 1
    return spans


def test_probe_documents_join_to_the_row() -> None:
    score = next(score for score in text_tasks("nano-2") if score.id == "addition")
    for document in documents(score, 8):
        asked = re.search(r"(\d+)\+(\d+)=$", document["context"])
        assert asked is not None
        assert document["answer"].strip() == str(int(asked[1]) + int(asked[2]))


QUESTIONS = [
    {
        "question": f"What is {a} plus {b}?",
        "choices": [str(a + b), str(a + b + 1), str(a * b + 7)],
        "label": 0,
    }
    for a in range(3)
    for b in range(3)
]
CHOICE = """
task: local_sums
dataset_path: json
dataset_kwargs:
  data_files:
    test: {file}
output_type: multiple_choice
test_split: test
doc_to_text: "Question: {{{{question}}}}\\nAnswer:"
doc_to_target: label
doc_to_choice: "{{{{choices}}}}"
metric_list:
  - metric: acc
  - metric: acc_norm
metadata: {{version: 1}}
"""
CODE = """
task: local_code
dataset_path: json
dataset_kwargs:
  data_files:
    test: {file}
unsafe_code: true
output_type: generate_until
test_split: test
doc_to_text: "{{{{question}}}}"
doc_to_target: "0"
process_results: !function judge.run_it
metric_list:
  - metric: ran
    aggregation: mean
    higher_is_better: true
generation_kwargs:
  until: ["\\n"]
  max_gen_toks: 4
"""
JUDGE = """
import pathlib, socket

def run_it(doc, results):
    held = 0
    secret = pathlib.Path("{secret}")
    call = lambda: socket.create_connection(("127.0.0.1", {port}), 1)
    for attempt in (secret.read_text, lambda: secret.write_text("x"), call):
        try:
            attempt()
        except OSError:
            held += 1
    return {{"ran": held / 3}}
"""


@pytest.fixture
def local(tmp_path: Path) -> Path:
    file = tmp_path / "sums.jsonl"
    file.write_text("".join(json.dumps(question) + "\n" for question in QUESTIONS))
    folder = tmp_path / "tasks"
    folder.mkdir()
    (folder / "local_sums.yaml").write_text(CHOICE.format(file=file))
    return folder


def test_a_local_dataset_is_scored_as_by_hand(local: Path) -> None:
    backbone = model(GENOMES["cq"])
    found = evaluate(backbone, Bytes(), HarnessRequest(tasks=["local_sums"], include=[local]))
    right, normed = 0, 0
    for question in QUESTIONS:
        context = tuple(f"Question: {question['question']}\nAnswer:".encode())
        likely = [
            plain(backbone, Asked(context=context, continuation=tuple(f" {choice}".encode()))).log_prob
            for choice in question["choices"]
        ]
        by_length = [value / len(choice) for value, choice in zip(likely, question["choices"], strict=True)]
        right += max(range(3), key=likely.__getitem__) == 0
        normed += max(range(3), key=by_length.__getitem__) == 0
    assert found.scores["local_sums"]["acc"] == pytest.approx(right / len(QUESTIONS))
    assert found.scores["local_sums"]["acc_norm"] == pytest.approx(normed / len(QUESTIONS))
    assert (found.documents["local_sums"], found.versions["local_sums"]) == (9, "1")
    assert not found.missing


def test_a_dataset_in_the_data_folder_is_found(local: Path, tmp_path: Path) -> None:
    data = tmp_path / "data" / "allenai" / "sciq"
    data.mkdir(parents=True)
    row = {
        "question": "What boils?",
        "correct_answer": "water",
        "distractor1": "stone",
        "distractor2": "sand",
        "distractor3": "wood",
        "support": "",
    }
    for split in ("train", "validation", "test"):
        (data / f"{split}.json").write_text(json.dumps(row) + "\n")
    found = small("sciq", "piqa", data=tmp_path / "data")
    assert set(found.scores) == {"sciq"} and found.documents["sciq"] == 1
    needed = f"hf download baber/piqa --repo-type dataset --local-dir {tmp_path}/data/baber/piqa"
    assert needed in found.missing["piqa"]


def test_what_is_not_here_is_named_with_its_command() -> None:
    with pytest.raises(Refused, match="multi-if: not in this version of the harness") as refused:
        small("lfm2")
    assert "mmlu: needs cais/mmlu, not on this disk: hf download cais/mmlu --repo-type dataset" in str(
        refused.value
    )
    with pytest.raises(Refused, match="unknown harness task 'helaswag'; presets: star, lfm2, probes, mmlu"):
        small("helaswag")


def test_presets_are_tasks_of_this_harness() -> None:
    assert {name for group in GROUPS.values() for name in group} <= set(PRESETS)
    for name, preset in PRESETS.items():
        known = task_index((preset.where,)) if preset.tasks else {}
        assert all(task in known for task in preset.tasks), name
        assert preset.tasks or preset.note
    assert {name for name, preset in PRESETS.items() if not preset.tasks} == {"multi-if", "livecodebench"}
    assert choose(["star", "my_task"], "nano-2").folders[:2] == ("lambada", "hellaswag")


def test_a_task_that_cannot_be_loaded_leaves_the_others(local: Path, tmp_path: Path) -> None:
    broken = CODE.format(file=tmp_path / "sums.jsonl").replace("local_code", "broken")
    (local / "broken.yaml").write_text(broken.replace("unsafe_code: true\n", ""))
    (local / "judge.py").write_text("import a_package_that_is_not_installed\n")
    found = small("broken", "local_sums", include=[local])
    assert "cannot be loaded: ModuleNotFoundError" in found.missing["broken"]
    assert set(found.scores) == {"local_sums"}


def test_datasets_of_a_whole_group_are_known() -> None:
    from asterism.harness.disk import sources

    index = task_index(("mmlu",))
    for group in ("mmlu", "mmlu_continuation"):
        found = list(sources([group], index))
        assert len(found) == 57 and {source.path for _, source in found} == {"cais/mmlu"}


def test_code_runs_with_consent_only_and_confined(local: Path, tmp_path: Path) -> None:
    import socket

    secret = tmp_path / "secret"
    secret.write_text("a token")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        (local / "local_code.yaml").write_text(CODE.format(file=tmp_path / "sums.jsonl"))
        (local / "judge.py").write_text(JUDGE.format(secret=secret, port=port))
        held = small("local_sums", "local_code", include=[local])
        assert "runs code that the model writes; --allow-code" in held.missing["local_code"]
        assert set(held.scores) == {"local_sums"}
        ran = small("local_code", include=[local], allow_code=True, limit=2)
    assert ran.scores["local_code"]["ran"] == 1.0
    assert secret.read_text() == "a token"


HUMAN_EVAL = {
    "task_id": "test/0",
    "prompt": "def add(a, b):\n",
    "canonical_solution": "    return a + b\n",
    "test": "def check(candidate):\n    assert candidate(2, 3) == 5\n",
    "entry_point": "add",
}


def test_programs_are_judged_without_a_hub(tmp_path: Path) -> None:
    folder = tmp_path / "openai" / "openai_humaneval"
    folder.mkdir(parents=True)
    (folder / "test.jsonl").write_text(json.dumps(HUMAN_EVAL) + "\n")
    found = small("humaneval", data=tmp_path, allow_code=True)
    assert found.missing == {} and found.documents == {"humaneval": 1}
    # Weights that were never trained write no program.
    assert found.scores["humaneval"]["pass@1,create_test"] == 0.0


def test_pass_at_k_is_that_of_the_article_and_runs_programs_in_a_confined_process_only(
    tmp_path: Path,
) -> None:
    assert [pass_at_k(5, right, 1) for right in range(6)] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    every = [set(each) for each in itertools.combinations(range(6), 3)]
    assert pass_at_k(6, 2, 3) == pytest.approx(sum(bool(each & {0, 1}) for each in every) / len(every))
    programs = [
        "def add(a, b): return a + b",
        "def add(a, b): return a - b",
        "def add(a, b): return add(a, b)",
    ]
    endless = "while True: pass"

    def judge() -> Any:
        PassAtK.confined = True
        tests = ["assert add(2, 3) == 5", "pass"]
        return PassAtK().compute(references=tests, predictions=[programs, [endless] * 3], k=[1, 2, 4])

    scores, passed = run_confined(judge)
    assert passed == {"0": [True, False, False], "1": [False] * 3}
    assert scores == pytest.approx({"pass@1": (1 / 3) / 2, "pass@2": (2 / 3) / 2})
    mark = tmp_path / "ran"
    assert PassAtK().compute(references=["pass"], predictions=[[f"open({str(mark)!r}, 'w')"]]) == ({}, {})
    assert not mark.exists()


def test_a_long_answer_leaves_the_question_its_room() -> None:
    asked = HarnessModel(model(GENOMES["cq"]), Bytes(), longest=64)
    question = "what is asked at length, " * 4

    def request(text: str, most: int) -> Instance:
        return Instance(
            request_type="generate_until",
            doc={},
            arguments=(text, {"max_gen_toks": most, "until": []}),
            idx=0,
            metadata=("long", 0, 1),
        )

    asked.generate_until([request(question, 2048)])
    assert asked.truncated["long"] == 1
    asked.truncated.clear()
    asked.generate_until([request("short?", 2048), request("short?", 4)])
    assert asked.truncated["long"] == 0
    assert len(asked._prompt("long", question, 2048)) == 48 and asked._prompt("long", "ab", 2048) == [97, 98]


def test_what_a_preset_needs_beside_data_is_named_with_its_command() -> None:
    for name in ("ifeval", "math-500"):
        unmet = [need for need in PRESETS[name].needs if not need.is_met()]
        assert PRESETS[name].unmet() == "; ".join(f"`{need.command}`" for need in unmet)
        assert needs_of(PRESETS[name].tasks[0]) == (f"needs {PRESETS[name].unmet()}" if unmet else "")
    absent = Need(packages=("a_package_that_is_not_there",), command="pip install it")
    assert not absent.is_met() and Need(packages=("numpy",), command="").is_met()
    assert not Need(packages=("nltk",), resource="tokenizers/none_such", command="").is_met()
    assert needs_of("local_sums") == ""


def test_an_empty_folder_is_no_dataset_and_a_note_stays(tmp_path: Path) -> None:
    (tmp_path / "Idavidrein" / "gpqa").mkdir(parents=True)
    with pytest.raises(Refused, match="gpqa_diamond_zeroshot: needs Idavidrein/gpqa.*ask for an agreement"):
        small("gpqa", data=tmp_path)
