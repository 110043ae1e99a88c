"""Arithmetic: modular addition."""

from __future__ import annotations

import numpy as np

from asterism.tasks import vocabulary as v
from asterism.tasks.rows import Draw, Generator, Rows, Settings, filler, next_token

# Shapes: R rows, E equations.
MODULUS = len(v.RESIDUES)


def _held_out(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Seven of the 49 sums, one of each row and column of the table: never trained where a suite holds sums
    out.
    """
    return (3 * a + b) % MODULUS == 1


def modular_addition(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`a b = c` again and again. `sums`: "all", "trained" (without the held-out ones) or "held-out" (only
    those are scored).
    """
    rng, length = draw.rng, settings["length"]
    equations, sums = length // 4, settings.get("sums", "all")
    a_RE = rng.integers(0, MODULUS, (rows, equations))
    b_RE = rng.integers(0, MODULUS, (rows, equations))
    if sums == "trained":
        b_RE = np.where(_held_out(a_RE, b_RE), (b_RE + rng.integers(1, MODULUS, b_RE.shape)) % MODULUS, b_RE)
    tokens, marks = filler(rows, length)
    tokens[:, 0 : 4 * equations : 4] = v.RESIDUES.start + a_RE
    tokens[:, 1 : 4 * equations : 4] = v.RESIDUES.start + b_RE
    tokens[:, 2 : 4 * equations : 4] = v.EQUALS
    tokens[:, 3 : 4 * equations : 4] = v.RESIDUES.start + (a_RE + b_RE) % MODULUS
    marks[:, 2 : 4 * equations : 4] = _held_out(a_RE, b_RE) if sums == "held-out" else 1
    return next_token(tokens, marks)


MODULAR_ADDITION = Generator(
    make=modular_addition,
    family="arithmetic",
    description="equations `a b = c` modulo 7",
    source="modular addition, arXiv 2201.02177; 7 is learnt at this budget where 17 is not",
)
