"""A byte-level BPE tokenizer trained on the spot, and text to read with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

TEXTS = [
    "The quick brown fox jumps over the lazy dog, again and again.",
    "def add(a, b):\n    return a + b  # plain addition\n",
    "Größe, naïve café; 東京タワーは高い。 Привет, мир! 🙂🙃",
    "numbers: 1 22 333 4444 55555\n\n\ttabs and  spaces   ",
]
END = "<|endoftext|>"


def trained(size: int = 400) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=[END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXTS * 4, trainer)
    return tokenizer


def definition(size: int = 400) -> dict[str, Any]:
    return json.loads(trained(size).to_str())


def saved(folder: Path, size: int = 400) -> Path:
    path = folder / "tokenizer.json"
    path.write_text(trained(size).to_str())
    return path
