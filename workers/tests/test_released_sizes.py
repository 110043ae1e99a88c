"""The large genomes as Transformers builds them: exported, read by their classes, counted on the meta device.

Needs ASTERISM_FULL=1 and `pip install ./workers[full]`.
"""

from __future__ import annotations

import json
import os
import subprocess
from functools import lru_cache
from typing import Any

import pytest
import torch
from crosscheck import CHECKOUT, library
from genomes import Json

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(not os.environ.get("ASTERISM_FULL"), reason="reference parity: set ASTERISM_FULL=1"),
]

EXPORT = """
import library from './libs/genome/index.ts';
import { readdirSync, readFileSync } from 'node:fs';
const { parseLibraryEntry, configText, exportConfig, expectOk } = library;
const folder = 'genomes/library';
for (const file of readdirSync(folder)) {
  const { genome, meta } = expectOk(parseLibraryEntry(JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'))));
  const said = meta.size === 'full' ? exportConfig(genome) : { ok: false };
  if (said.ok) console.log(JSON.stringify({ name: file.slice(0, -5), text: configText(said.value) }));
}
"""
RELEASED = (
    "gemma-2-2b", "gemma-3-1b", "granite-4.0-h-micro", "granite-4.0-h-small", "lfm2-350m", "lfm2-1.2b",
    "lfm2-2.6b", "lfm2-8b-a1b", "llama-3.2-3b", "mamba-130m", "mamba-2-1.3b", "mistral-7b", "phi-3.5-mini",
    "qwen3-1.7b", "recurrentgemma-2b",
)  # fmt: skip
BESIDES = {"recurrentgemma-2b": 20_480}
"""What a released model has besides, as its note in the library says."""


@lru_cache(maxsize=1)
def exported() -> dict[str, Json]:
    command = ["node", "--conditions=source", "--import", "tsx", "--input-type=module", "-e", EXPORT]
    run = subprocess.run(command, cwd=CHECKOUT, text=True, check=True, capture_output=True)
    lines = map(json.loads, run.stdout.splitlines())
    return {said["name"]: json.loads(said["text"]) for said in lines}


@pytest.mark.parametrize("name", RELEASED)
def test_transformers_builds_the_size_that_we_estimate(name: str) -> None:
    transformers: Any = pytest.importorskip("transformers")
    fields = dict(exported()[name])
    config = transformers.AutoConfig.for_model(fields.pop("model_type"), **fields)
    with torch.device("meta"):
        model = getattr(transformers, fields["architectures"][0])(config)
    model.tie_weights()
    counted = sum(parameter.numel() for parameter in model.parameters())
    assert counted - BESIDES.get(name, 0) == library()[name]["counts"]["params"]
