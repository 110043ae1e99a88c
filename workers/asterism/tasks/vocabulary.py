"""The one vocabulary of 512: bytes 0-255, control 256-271, task symbols 272-351, abstract symbols 352-511.

Tasks have alphabets of their own, so that the symbols say which task a row is and no row spends a token on
its name.
"""

from __future__ import annotations

import numpy as np

SIZE = 512
FILLER, MARKER, DEFINE, REQUEST, CALL, SEPARATOR, HOP_1, HOP_2, COPY_START, COPY_MIDDLE, CODON_START = range(
    256, 267
)
SERIES_START = 267

# Task symbols: what answers and operations are written with.
DIGITS = range(272, 282)
WRITE, READ, IGNORE = range(282, 285)
FLIP_VALUES = range(285, 289)
BIT_0, BIT_1, RESET = range(289, 292)
EVEN, ODD = range(292, 294)
BRACKETS_OPEN = range(294, 296)
BRACKETS_CLOSE = range(296, 298)
EQUALS = 298
BASES = range(300, 304)
AMINO_ACIDS = range(304, 325)
NO_CODON = 325

# Abstract symbols: what bindings are made of.
KEYS = range(352, 368)
VALUES = range(368, 384)
PAYLOAD = range(384, 400)
NODES = range(400, 408)
DESCRIPTIONS = range(408, 420)
NAMES = range(420, 432)
ARGUMENTS = range(432, 448)
ARGUMENT_VALUES = range(448, 464)
PIXEL_ROWS = range(464, 496)
RESIDUES = range(496, 503)
LEVELS = range(464, 496)  # the series' levels share the glyph rows' symbols: no suite holds both

LETTERS = range(ord("a"), ord("z") + 1)


def symbols(alphabet: range) -> np.ndarray:
    """The alphabet as an array to index into."""
    return np.arange(alphabet.start, alphabet.stop)
