"""Copying: all of a string of distinct letters, or the payload symbols among blanks."""

from __future__ import annotations

import numpy as np

from asterism.tasks import vocabulary as v
from asterism.tasks.rows import Draw, Generator, Rows, Settings, filler, next_token, shuffled

# Shapes: R rows, M payload symbols, T tokens of a row.


def copy(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`letters` is a list of lengths; rows are padded on the left, so that the answer always ends the row."""
    rng, length = draw.rng, settings["length"]
    tokens, marks = filler(rows, length)
    sizes = np.asarray(settings["letters"])[rng.integers(0, len(settings["letters"]), rows)]
    letters_RM = v.symbols(v.LETTERS)[shuffled(rng, rows, len(v.LETTERS))]
    place = np.arange(length)[None, :]
    size, middle = sizes[:, None], length - 1 - sizes[:, None]
    first = (place >= middle - size) & (place < middle)
    second = place > middle
    index = np.where(first, place - middle + size, place - middle - 1).clip(0, len(v.LETTERS) - 1)
    tokens = np.where(first | second, np.take_along_axis(letters_RM, index, 1), tokens)
    tokens[place == middle - size - 1] = v.COPY_START
    tokens[place == middle] = v.COPY_MIDDLE
    marks[(place >= middle) & (place < length - 1)] = 1
    return next_token(tokens, marks)


def selective_copy(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`payload` symbols at random places among blanks, a marker, then the payload in order."""
    rng, length, payload = draw.rng, settings["length"], settings["payload"]
    tokens, marks = filler(rows, length)
    slots = length - 1 - payload
    places_RM = np.sort(shuffled(rng, rows, slots, payload), axis=1)
    symbols_RM = v.symbols(v.PAYLOAD)[rng.integers(0, len(v.PAYLOAD), (rows, payload))]
    np.put_along_axis(tokens, places_RM, symbols_RM, 1)
    tokens[:, slots] = v.MARKER
    tokens[:, slots + 1 :] = symbols_RM
    marks[:, slots:-1] = 1
    return next_token(tokens, marks)


COPY = Generator(
    make=copy,
    family="copying",
    description="`$ x / x` with x of distinct letters, padded on the left",
    source="string copying, arXiv 2402.01032",
)
SELECTIVE_COPY = Generator(
    make=selective_copy,
    family="copying",
    description="payload symbols of 16 at random places among blanks, a marker, then the payload in order",
    source="selective copying, arXiv 2403.17844",
)
