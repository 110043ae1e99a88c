"""Who can teach: a folder of ours (a pulled candidate, or what `train` wrote), or a model of Transformers on
disk.

A teacher of ours speaks wherever its student is scored. One of Transformers reads rows of a dataset that is
written with its own tokenizer, and is silent elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from safetensors.torch import load_file
from torch import Tensor

from asterism.backbone import Backbone, build
from asterism.data.text import PAD
from asterism.data.tokenizer import FIRST_TOKEN
from asterism.data.tokens import same_tokens, tokenizers
from asterism.errors import Refused
from asterism.export.folder import load
from asterism.training.weights import load_weights, read_facts

# Shapes: R rows, T tokens, S scored positions of a step, P taught ones among them, V vocabulary.


class Teacher(Protocol):
    """What the writer of soft targets needs."""

    @property
    def identity(self) -> Mapping[str, Any]:
        """Kept in the store's list."""
        ...

    def speak(self, tokens_RT: Tensor, where_S: Tensor) -> tuple[Tensor, Tensor, int]:
        """Which of the scored positions it teaches (at_P), its logits there [P, ·], and the student's id of
        its token 0."""
        ...


@dataclass(frozen=True, kw_only=True)
class OurTeacher:
    """Any checkpoint of ours with the student's vocabulary."""

    model: Backbone
    sha256: str

    @property
    def identity(self) -> Mapping[str, Any]:
        return {"kind": "asterism", "weights": self.sha256}

    @torch.inference_mode()
    def speak(self, tokens_RT: Tensor, where_S: Tensor) -> tuple[Tensor, Tensor, int]:
        features = self.model.features(tokens_RT).flatten(0, 1)
        return torch.arange(len(where_S)), self.model.head(features[where_S]), 0


@dataclass(frozen=True, kw_only=True)
class TransformersTeacher:
    """A causal language model of Transformers. `tokens`: its tokenizer's; further logits are padding."""

    model: Any
    sha256: str
    tokens: int

    @property
    def identity(self) -> Mapping[str, Any]:
        return {"kind": "transformers", "weights": self.sha256}

    @torch.inference_mode()
    def speak(self, tokens_RT: Tensor, where_S: Tensor) -> tuple[Tensor, Tensor, int]:
        """Text of its tokenizer is in ids from FIRST_TOKEN on; behind a document's end a row is padded."""
        length = tokens_RT.shape[1]
        rows_R = ((tokens_RT >= FIRST_TOKEN) | (tokens_RT == PAD)).all(1) & (tokens_RT[:, 0] >= FIRST_TOKEN)
        mine_S = rows_R[where_S // length]
        at_P = mine_S.nonzero()[:, 0]
        if not len(at_P):
            return at_P, torch.zeros(0, self.tokens), FIRST_TOKEN
        read = (tokens_RT[rows_R] - FIRST_TOKEN).clamp(min=0)
        logits = self.model(input_ids=read, use_cache=False).logits.float()[..., : self.tokens]
        row_of = rows_R.cumsum(0) - 1
        place = where_S[at_P]
        return at_P, logits[row_of[place // length], place % length], FIRST_TOKEN


def open_teacher(path: Path, vocabulary: int, datasets: Mapping[str, Path]) -> Teacher:
    """The teacher in a folder or weights file, or a refusal that says what is there instead."""
    if path.is_file() and path.suffix == ".safetensors":
        return _ours(_from_file(path), path, vocabulary, datasets)
    if (path / "genome.json").exists():
        return _ours(load(path), path / "model.safetensors", vocabulary, datasets)
    if (path / "model.safetensors").exists() and (path / "outcome.json").exists():
        weights = path / "model.safetensors"
        return _ours(_from_file(weights), weights, vocabulary, datasets)
    if (path / "config.json").exists():
        return _transformers(path, datasets)
    raise Refused(
        f"{path} is no teacher: give the folder of `asterism pull` or of `python -m asterism train`, a "
        "model.safetensors of either, or a folder of Transformers with config.json"
    )


def _from_file(path: Path) -> Backbone:
    facts = read_facts(path)
    if "genome" not in facts:
        raise Refused(f"{path}: no genome in the header; was it written by a training?")
    model = build(facts["genome"])
    load_weights(model, load_file(path))
    return model


def _ours(model: Backbone, weights: Path, vocabulary: int, datasets: Mapping[str, Path]) -> OurTeacher:
    if model.genome.size.vocab != vocabulary:
        raise Refused(
            f"{weights}: the teacher's vocabulary is {model.genome.size.vocab}, the student's {vocabulary}: "
            "they must speak of the same tokens"
        )
    mine = tokenizers(datasets)
    trained_with = read_facts(weights).get("training", {}).get("tokenizers", "")
    if not set(mine) <= set(trained_with.split(",")):
        raise Refused(
            f"{weights}: the teacher was trained with tokenizer {trained_with[:12] or 'none'}, the student"
            f" reads {', '.join(each[:12] for each in mine)}: the same ids would mean other tokens"
        )
    return OurTeacher(model=model.eval(), sha256=_hash(weights))


def _transformers(folder: Path, datasets: Mapping[str, Path]) -> TransformersTeacher:
    try:
        from transformers import AutoModelForCausalLM  # type: ignore[import-not-found]
    except ImportError as error:
        raise Refused("a teacher of Transformers needs the package: pip install './workers[full]'") from error
    tokenizer = folder / "tokenizer.json"
    if not tokenizer.exists():
        raise Refused(f"{folder}: no tokenizer.json: what its tokens mean cannot be checked")
    size = same_tokens(tokenizer, datasets)
    model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, dtype=torch.float32).eval()
    if model.config.vocab_size < size:
        raise Refused(f"{folder}: {size} tokens in tokenizer.json, config.json has {model.config.vocab_size}")
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.safetensors")):
        digest.update(_hash(file).encode())
    digest.update(json.dumps(json.loads((folder / "config.json").read_text()), sort_keys=True).encode())
    return TransformersTeacher(model=model, sha256=digest.hexdigest(), tokens=size)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
