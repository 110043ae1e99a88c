"""In-context recall: key-value pairs, then every key once more, whose value is asked."""

from __future__ import annotations

import math

import numpy as np

from asterism.tasks import vocabulary as v
from asterism.tasks.rows import Draw, Generator, Rows, Settings, filler, join, next_token, shuffled

# Shapes: R rows, N pairs, T tokens of a row.


def _pairs(draw: Draw, rows: int, pairs: int, length: int, distract: bool) -> Rows:
    rng = draw.rng
    tokens, marks = filler(rows, length)
    keys_RN = v.symbols(v.KEYS)[shuffled(rng, rows, len(v.KEYS), pairs)]
    values_RN = v.symbols(v.VALUES)[rng.integers(0, len(v.VALUES), (rows, pairs))]
    tokens[:, 0 : 2 * pairs : 2], tokens[:, 1 : 2 * pairs : 2] = keys_RN, values_RN
    order_RN = shuffled(rng, rows, pairs)
    asked = length - 2 * pairs
    tokens[:, asked::2] = np.take_along_axis(keys_RN, order_RN, 1)
    tokens[:, asked + 1 :: 2] = np.take_along_axis(values_RN, order_RN, 1)
    marks[:, asked::2] = 1
    if distract:
        # Payload and value symbols in the place of filler: pairs that look alike and that nobody asks for.
        gap = tokens[:, 2 * pairs : asked]
        gap[:, 0::2] = v.symbols(v.PAYLOAD)[rng.integers(0, len(v.PAYLOAD), gap[:, 0::2].shape)]
        gap[:, 1::2] = v.symbols(v.VALUES)[rng.integers(0, len(v.VALUES), gap[:, 1::2].shape)]
    return next_token(tokens, marks, math.log(pairs))


def recall(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`pairs` is a list: each row takes one of its numbers, all equally often."""
    distract = settings.get("distract", False)
    share = draw.rng.integers(0, len(settings["pairs"]), rows)
    counts = np.bincount(share, minlength=len(settings["pairs"]))
    parts = [
        _pairs(draw, int(count), pairs, settings["length"], distract)
        for pairs, count in zip(settings["pairs"], counts, strict=True)
    ]
    return join(parts).take(draw.rng.permutation(rows))


RECALL = Generator(
    make=recall,
    family="recall",
    description="`k v k v …`, filler, then each key in random order with its value; 16 keys, 16 values",
    source="multi-query associative recall, arXiv 2312.04927",
)
