"""The folder of a pulled candidate, readable without the service.

`genome.json` is the trial genome that was trained, `deployment.json` the candidate's own, `model.safetensors`
the weights under the names of `Backbone.named_parameters`; `card.md` and `environment.txt` are for people.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from torch import Tensor

from asterism.backbone import Backbone, build
from asterism.errors import Refused
from asterism.genome import Json, canonical_text, genome_hash
from asterism.training.weights import METADATA_KEY, load_weights


class FolderRefused(Refused):
    """The folder is not a whole, matching set of files."""


def write(
    folder: str | Path,
    *,
    genome: Json,
    deployment: Json,
    checkpoint: bytes,
    card: str,
    environment: Mapping[str, str],
) -> Path:
    """Write the five files, each under another name first: a file that is there is whole."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    versions = "".join(f"{name}=={version}\n" for name, version in environment.items())
    contents = {
        "genome.json": f"{canonical_text(genome)}\n".encode(),
        "deployment.json": f"{canonical_text(deployment)}\n".encode(),
        "model.safetensors": checkpoint,
        "card.md": card.encode(),
        "environment.txt": versions.encode(),
    }
    for name, content in contents.items():
        part = target / f"{name}.part"
        part.write_bytes(content)
        os.replace(part, target / name)
    return target


def load(folder: str | Path, *, device: str = "cpu") -> Backbone:
    """The trained model of a pulled folder, ready for `forward`, `step` and `generate`."""
    genome = _json(Path(folder) / "genome.json")
    weights, facts = _weights(Path(folder) / "model.safetensors", device)
    found, stated = genome_hash(genome), facts.get("genomeHash")
    if stated != found:
        raise FolderRefused(f"{folder}: the weights are of genome {stated}, genome.json is {found}")
    backbone = build(genome, device=device)
    _check_names(backbone, weights, folder)
    load_weights(backbone, weights)
    return backbone.eval()


def _json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text())
    except FileNotFoundError as error:
        raise FolderRefused(f"{path} is missing: pull the candidate again") from error
    except ValueError as error:
        raise FolderRefused(f"{path} is no JSON: {error}") from error


def _weights(path: Path, device: str) -> tuple[dict[str, Tensor], dict[str, Any]]:
    try:
        with safe_open(path, framework="pt", device=device) as file:
            facts = json.loads((file.metadata() or {}).get(METADATA_KEY, "{}"))
            return {name: file.get_tensor(name) for name in file.keys()}, facts
    except FileNotFoundError as error:
        raise FolderRefused(f"{path} is missing: pull the candidate again") from error
    except SafetensorError as error:
        raise FolderRefused(f"{path} cannot be read: {error}") from error


def _check_names(backbone: Backbone, weights: Mapping[str, Tensor], folder: str | Path) -> None:
    wanted = {name: t.shape for name, t in (*backbone.named_parameters(), *backbone.named_buffers())}
    wrong = sorted(wanted.keys() ^ weights.keys())
    wrong += [name for name in wanted if name in weights and weights[name].shape != wanted[name]]
    if wrong:
        raise FolderRefused(f"{folder}: the weights do not fit genome.json at {', '.join(wrong[:5])}")
