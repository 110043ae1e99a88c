"""Other signals: a numeric series to continue, and a coding strand of DNA to translate."""

from __future__ import annotations

import numpy as np

from asterism.tasks import vocabulary as v
from asterism.tasks.rows import Draw, Generator, Rows, Settings, labelled, next_token

# Shapes: R rows, T tokens of a row.
# The standard code, bases in the order TCAG.
_CODE = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
_AMINO = sorted(set(_CODE))
CODON_TABLE = np.array([_AMINO.index(letter) for letter in _CODE])


def series(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Two sinusoids, a trend and noise, quantised to 32 levels over the row's own range; the second half is
    scored step by step.
    """
    rng, length = draw.rng, settings["length"]
    time = np.arange(length)[None, :]
    period = np.exp(rng.uniform(np.log(4), np.log(length / 2), (2, rows, 1)))
    phase, height = rng.uniform(0, 2 * np.pi, (2, rows, 1)), rng.uniform(0.3, 1, (2, rows, 1))
    signal = (height * np.sin(2 * np.pi * time / period + phase)).sum(0)
    signal = signal + rng.uniform(-1, 1, (rows, 1)) * time / length
    signal = signal + settings.get("noise", 0.03) * rng.standard_normal((rows, length))
    low, high = signal.min(1, keepdims=True), signal.max(1, keepdims=True)
    level = ((signal - low) / (high - low) * (len(v.LEVELS) - 1)).round().astype(np.int64)
    marks = np.zeros((rows, length), dtype=np.uint8)
    marks[:, length // 2 : -1] = 1
    return next_token(v.LEVELS.start + level, marks)


def codons(draw: Draw, rows: int, settings: Settings) -> Rows:
    """After a start symbol at a random place, the amino acid at every third base and "none" at the others:
    the frame must be kept.

    Far is 24 bases or more after the start.
    """
    rng, length = draw.rng, settings["length"]
    bases = rng.integers(0, 4, (rows, length))
    start = rng.integers(0, settings.get("latest", 12), (rows, 1))
    place = np.arange(length)[None, :] - start - 1
    codon = 16 * np.roll(bases, 2, 1) + 4 * np.roll(bases, 1, 1) + bases
    ends = (place >= 0) & (place % 3 == 2)
    targets = np.where(ends, v.AMINO_ACIDS.start + CODON_TABLE[codon], v.NO_CODON)
    tokens = np.where(place == -1, v.CODON_START, v.BASES.start + bases)
    return labelled(tokens, targets, np.where(place < 0, 0, np.where(place < 24, 1, 2)))


SERIES = Generator(
    make=series,
    family="non-text",
    description="sum of two sinusoids, trend and noise in 32 levels; each next level of the second half",
    source="synthetic; periods 4 to half a row, noise 3 % of the unit amplitude",
)
CODONS = Generator(
    make=codons,
    family="non-text",
    description="DNA after a start symbol: the amino acid at each codon's end, none elsewhere",
    source="the standard genetic code over random bases",
)
