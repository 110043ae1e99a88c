"""One random Llama of Transformers and its copy as a genome of ours, with one tokenizer: the harness says the
same of both, and the one teaches what the other would.

Needs ASTERISM_FULL=1 and `pip install './workers[full,harness]'`.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from genomes import ROPE, genome, liv
from lm_eval.api.instance import Instance
from models import model
from test_released_models import llama_weights
from tokenizing import END, TEXTS, definition, saved

from asterism.backbone import Backbone
from asterism.data.text import Document, encode
from asterism.data.tokenizer import FIRST_TOKEN, FileTokenizer
from asterism.data.tokens import encode_tokens
from asterism.distillation.store import write_store
from asterism.distillation.teacher import TransformersTeacher, open_teacher
from asterism.errors import Refused
from asterism.harness.model import HarnessModel
from asterism.tasks.nano_1 import NANO_1
from asterism.tasks.reference_set import reference_genome
from asterism.training import Distillation, TrainingRequest, run
from asterism.training.batches import batches
from asterism.training.soft_store import SoftStore

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(not os.environ.get("ASTERISM_FULL"), reason="reference parity: set ASTERISM_FULL=1"),
]

VOCAB, WIDTH, HIDDEN, HEADS, KV_HEADS, LAYERS = 400, 48, 64, 4, 2, 2
TOLERANCE = 1e-4


def ours() -> Backbone:
    attention = liv("attention", heads=HEADS, kvHeads=KV_HEADS, headDim=WIDTH // HEADS, rope=ROPE)
    entries = [entry for _ in range(LAYERS) for entry in (attention, liv("swiglu", hidden=HIDDEN))]
    return model(genome(*entries, width=WIDTH, vocab=VOCAB))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copy as Transformers saves it, with its tokenizer."""
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    config = LlamaConfig(
        vocab_size=VOCAB,
        hidden_size=WIDTH,
        intermediate_size=HIDDEN,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=KV_HEADS,
        rms_norm_eps=1e-5,
        tie_word_embeddings=False,
        bos_token_id=0,
        eos_token_id=0,
    )
    theirs = LlamaForCausalLM(config).eval()
    found = {name: parameter.detach() for name, parameter in ours().named_parameters()}
    theirs.load_state_dict(llama_weights(found, config))
    target = tmp_path_factory.mktemp("llama")
    theirs.save_pretrained(target)
    path = saved(target)
    PreTrainedTokenizerFast(tokenizer_file=str(path), bos_token=END, eos_token=END).save_pretrained(target)
    return target


def requests(kind: str, *given: tuple[Any, ...]) -> list[Instance]:
    return [
        Instance(request_type=kind, doc={}, arguments=arguments, idx=at)  # type: ignore[arg-type]
        for at, arguments in enumerate(given)
    ]


@pytest.fixture(scope="module")
def pair(folder: Path) -> tuple[HarnessModel, Any]:
    from lm_eval.models.huggingface import HFLM

    mine = HarnessModel(ours(), FileTokenizer.from_file(folder / "tokenizer.json"), longest=48)
    theirs = HFLM(pretrained=str(folder), device="cpu", dtype="float32", batch_size=3, max_length=48)
    return mine, theirs


def test_likelihoods_are_those_of_the_harness_own_model(pair: tuple[HarnessModel, Any]) -> None:
    mine, theirs = pair
    asked = [(context, f" {choice}") for context in TEXTS for choice in ("yes", "no, not at all", "7")]
    asked += [("", TEXTS[0]), (TEXTS[1] * 4, TEXTS[2])]
    found = mine.loglikelihood(requests("loglikelihood", *asked))
    wanted = theirs.loglikelihood(requests("loglikelihood", *asked))
    assert [greedy for _, greedy in found] == [greedy for _, greedy in wanted]
    for (value, _), (reference, _) in zip(found, wanted, strict=True):
        assert value == pytest.approx(reference, abs=TOLERANCE)


def test_rolling_and_generation_are_those_of_the_harness_own_model(pair: tuple[HarnessModel, Any]) -> None:
    mine, theirs = pair
    documents = [(text * 3,) for text in TEXTS]
    found = mine.loglikelihood_rolling(requests("loglikelihood_rolling", *documents))
    wanted = theirs.loglikelihood_rolling(requests("loglikelihood_rolling", *documents))
    assert found == pytest.approx(wanted, abs=TOLERANCE * 10)
    settings = {"until": ["\n\n"], "max_gen_toks": 8, "do_sample": False}
    prompts = [(text, settings) for text in TEXTS]
    assert mine.generate_until(requests("generate_until", *prompts)) == theirs.generate_until(
        requests("generate_until", *prompts)
    )


def test_a_local_dataset_scores_alike(pair: tuple[HarnessModel, Any], tmp_path: Path) -> None:
    from lm_eval import simple_evaluate

    questions = [
        {"text": text[:cut], "choices": [text[cut : cut + 6], "another", "12"], "label": 0}
        for text in TEXTS
        for cut in (8, 15, 21)
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("".join(json.dumps(question) + "\n" for question in questions))
    task = {
        "task": "questions",
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {"test": str(file)}},
        "output_type": "multiple_choice",
        "test_split": "test",
        "doc_to_text": "{{text}}",
        "doc_to_target": "label",
        "doc_to_choice": "{{choices}}",
        "metric_list": [{"metric": "acc"}, {"metric": "acc_norm"}],
    }
    sides = []
    for side in pair:
        found = simple_evaluate(model=side, tasks=[dict(task)], bootstrap_iters=0)  # type: ignore[call-arg]
        answers = [sample["filtered_resps"] for sample in found["samples"]["questions"]]
        sides.append(
            (found["results"]["questions"], torch.tensor([[a for a, _ in each] for each in answers]))
        )
    assert sides[0][0]["acc,none"] == sides[1][0]["acc,none"]
    assert sides[0][0]["acc_norm,none"] == sides[1][0]["acc_norm,none"]
    assert (sides[0][1] - sides[1][1]).abs().max() < TOLERANCE


def corpus() -> list[Document]:
    return [Document(name=f"file-{n:03}", text=f"{TEXTS[n % 4]} {n} " * (1 + n % 4)) for n in range(60)]


@pytest.fixture(scope="module")
def request_of_student(tmp_path_factory: pytest.TempPathFactory) -> TrainingRequest:
    home = tmp_path_factory.mktemp("student")
    tokens, plain = home / "mine.jsonl", home / "plain.jsonl"
    tokens.write_text("".join(encode_tokens(corpus(), definition())), encoding="utf-8")
    plain.write_bytes(encode(replace(document, language="en") for document in corpus()))
    size = {**reference_genome("cq")["size"], "vocab": FIRST_TOKEN + VOCAB}
    datasets = {"stdlib": plain, "udhr": plain, "mine": tokens}
    return TrainingRequest(
        genome={**reference_genome("cq"), "size": size},
        suite=NANO_1.with_datasets(datasets),
        steps=20,
        tokens_per_step=1024,
        seed=3,
        datasets=datasets,
    )


def test_a_teacher_of_transformers_says_what_our_copy_says(
    folder: Path, request_of_student: TrainingRequest, tmp_path: Path
) -> None:
    request = request_of_student
    teacher = open_teacher(folder, FIRST_TOKEN + VOCAB, request.datasets)
    assert isinstance(teacher, TransformersTeacher) and teacher.tokens == VOCAB
    write_store(tmp_path / "soft", teacher, request, 16)
    store = SoftStore(tmp_path / "soft", request.taught_by(), request.steps)
    copy, spoken = ours(), 0
    for number, batch in enumerate(batches(request, 0)):
        found = store.step(number)
        spoken += len(found.at_P)
        length = batch.tokens_RT.shape[1]
        place = batch.where_S[found.at_P]
        rows = batch.tokens_RT[place // length]
        assert (rows[:, 0] >= FIRST_TOKEN).all()
        # Everything that the mixture takes from that dataset is taught, and nothing else.
        assert int((batch.targets_S >= FIRST_TOKEN).sum()) == len(found.at_P)
        if not len(found.at_P):
            continue
        with torch.no_grad():
            logits = copy((rows - FIRST_TOKEN).clamp(min=0))[torch.arange(len(rows)), place % length]
        wanted = logits.log_softmax(-1)
        chosen = wanted.gather(-1, found.tokens_PK - FIRST_TOKEN)
        torch.testing.assert_close(found.log_probs_PK, chosen.log_softmax(-1), rtol=2e-3, atol=2e-3)
        rest = (1 - chosen.double().exp().sum(-1)).log()
        torch.testing.assert_close(found.log_rest_P.double(), rest, rtol=1e-3, atol=1e-3)
    assert spoken > 100
    learnt = replace(request, distillation=Distillation(store=tmp_path / "soft"))
    assert len(list(run(learnt))) > 0


def test_another_tokenizer_teaches_nobody(
    folder: Path, request_of_student: TrainingRequest, tmp_path: Path
) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    saved(tmp_path, 300)
    with pytest.raises(Refused, match="teacher and dataset need the same tokenizer"):
        open_teacher(tmp_path, FIRST_TOKEN + VOCAB, request_of_student.datasets)
