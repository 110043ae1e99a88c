"""A teacher's soft targets on disk: a folder of shards, one for every 64 steps, and a list of them.

`soft-targets.json` says whose they are, of which training, and the SHA-256 of every shard; it is written
again after each, so a stopped writer goes on after the last whole one. A shard is a safetensors file:
`counts` [steps], then for all taught positions of these steps one after the other `at`, `tokens` (int16
when the vocabulary fits, else int32), `log_probs` (float16) and `log_rest` (float32).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load, save
from torch import Tensor

from asterism.errors import Refused
from asterism.training.distillation import SoftTargets

LIST = "soft-targets.json"
FORMAT = "asterism-soft-targets-1"
STEPS_PER_SHARD = 64
_PLAIN = 2**15
"""Token ids below this fit 16 bits."""


def store_hash(folder: Path) -> str:
    """The store's content hash: that of its list, which holds those of its shards."""
    return hashlib.sha256(_bytes(folder)).hexdigest()


def _bytes(folder: Path) -> bytes:
    try:
        return (folder / LIST).read_bytes()
    except OSError as error:
        raise Refused(
            f"{folder}: no {LIST}; `python -m asterism distill store` writes such a folder"
        ) from error


def _read(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads(_bytes(folder))
    except ValueError as error:
        raise Refused(f"{folder / LIST} is no JSON: {error}") from error
    if found.get("format") != FORMAT:
        raise Refused(f"{folder / LIST}: format {found.get('format')!r}, this worker reads {FORMAT}")
    return found


class SoftStore:
    """Reads a store of this training: same suite, seed, step size and datasets, at least its steps."""

    def __init__(self, folder: Path, wanted: Mapping[str, Any], steps: int) -> None:
        self._folder, self._list = folder, _read(folder)
        found = self._list["training"]
        other = sorted(key for key in {*wanted, *found} if found.get(key) != wanted.get(key))
        if other:
            named = "; ".join(f"{key}: {found.get(key)} there, {wanted.get(key)} here" for key in other)
            raise Refused(f"the soft targets in {folder} are of another training: {named}")
        if self._list["steps"] < steps:
            raise Refused(
                f"{folder} holds {self._list['steps']} steps, the training has {steps}: finish it first"
            )
        self._held: tuple[int, list[SoftTargets]] | None = None

    @property
    def vocabulary(self) -> int:
        """Of the student that these targets are for."""
        return self._list["vocabulary"]

    def step(self, number: int) -> SoftTargets:
        """Targets of step 0, 1, …; a shard whose bytes are not those listed is refused."""
        shard, place = divmod(number, STEPS_PER_SHARD)
        if self._held is None or self._held[0] != shard:
            entry = self._list["shards"][shard]
            data = (self._folder / entry["file"]).read_bytes()
            if hashlib.sha256(data).hexdigest() != entry["sha256"]:
                raise Refused(
                    f"{self._folder / entry['file']} is not what {LIST} lists: write the store again"
                )
            self._held = (shard, list(_steps(load(data))))
        return self._held[1][place]


def _steps(tensors: Mapping[str, Tensor]) -> Iterator[SoftTargets]:
    counts = tensors["counts"].tolist()
    columns = [tensors[name].split(counts) for name in ("at", "tokens", "log_probs", "log_rest")]
    for at, tokens, log_probs, log_rest in zip(*columns, strict=True):
        yield SoftTargets(
            at_P=at.long(), tokens_PK=tokens.long(), log_probs_PK=log_probs.float(), log_rest_P=log_rest
        )


def _shard(steps: Sequence[SoftTargets], vocabulary: int) -> bytes:
    ids = torch.int16 if vocabulary <= _PLAIN else torch.int32
    return save(
        {
            "counts": torch.tensor([len(each.at_P) for each in steps], dtype=torch.int32),
            "at": torch.cat([each.at_P for each in steps]).to(torch.int32),
            "tokens": torch.cat([each.tokens_PK for each in steps]).to(ids),
            "log_probs": torch.cat([each.log_probs_PK for each in steps]).to(torch.float16),
            "log_rest": torch.cat([each.log_rest_P for each in steps]).to(torch.float32),
        }
    )


class SoftWriter:
    """Writes a store shard by shard. `done` steps are there already, whole."""

    def __init__(
        self,
        folder: Path,
        *,
        training: Mapping[str, Any],
        teacher: Mapping[str, Any],
        top: int,
        vocabulary: int,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._waiting: list[SoftTargets] = []
        identity = {
            "format": FORMAT,
            "teacher": dict(teacher),
            "training": dict(training),
            "top": top,
            "vocabulary": vocabulary,
            "dtype": {
                "tokens": "int16" if vocabulary <= _PLAIN else "int32",
                "log_probs": "float16",
                "log_rest": "float32",
            },
        }
        self._list: dict[str, Any] = {**identity, "steps": 0, "shards": []}
        if (folder / LIST).exists():
            found = _read(folder)
            if {key: found[key] for key in identity} != identity:
                raise Refused(
                    f"{folder} holds the soft targets of another teacher or training; name a new folder"
                )
            self._list = found
        self._drop_partial()

    def _drop_partial(self) -> None:
        """A last shard may be short when the former series had fewer steps: it is written again."""
        whole, rest = divmod(self._list["steps"], STEPS_PER_SHARD)
        if rest:
            self._list = {
                **self._list,
                "steps": whole * STEPS_PER_SHARD,
                "shards": self._list["shards"][:whole],
            }

    @property
    def done(self) -> int:
        return self._list["steps"]

    def add(self, targets: SoftTargets) -> None:
        """The targets of the next step."""
        self._waiting.append(targets)
        if len(self._waiting) == STEPS_PER_SHARD:
            self.flush()

    def flush(self) -> None:
        """Write what waits as a shard, then the list."""
        if not self._waiting:
            return
        data = _shard(self._waiting, self._list["vocabulary"])
        name = f"steps-{self.done:06d}.safetensors"
        shard = {"file": name, "steps": len(self._waiting), "sha256": hashlib.sha256(data).hexdigest()}
        self._list = {
            **self._list,
            "steps": self.done + len(self._waiting),
            "shards": [*self._list["shards"], shard],
        }
        self._waiting = []
        self._put(name, data)
        self._put(LIST, (json.dumps(self._list, indent=1, sort_keys=True) + "\n").encode())

    def _put(self, name: str, data: bytes) -> None:
        part = self._folder / f"{name}.part"
        part.write_bytes(data)
        os.replace(part, self._folder / name)
