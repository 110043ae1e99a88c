"""State tracking: parity since the last reset, and the value that was last written."""

from __future__ import annotations

import numpy as np

from asterism.tasks import vocabulary as v
from asterism.tasks.rows import Draw, Generator, Rows, Settings, labelled, next_token

# Shapes: R rows, T tokens of a row, N (operation, value) pairs of a row.
RESET_SHARE = 0.15
WRITE_SHARE, READ_SHARE = 0.12, 0.2
NEAR, FAR = 1, 2


def _since(event_RT: np.ndarray) -> np.ndarray:
    """Steps since the last event, the event's own place 0; before the first event, steps since the row's
    start.
    """
    place = np.arange(event_RT.shape[1])[None, :]
    return place - np.maximum.accumulate(np.where(event_RT, place, -1), axis=1).clip(0)


def parity(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Dense labels "parity since the reset", not fed back; far is eight or more steps since it."""
    rng, length = draw.rng, settings["length"]
    bits_RT = rng.integers(0, 2, (rows, length))
    reset_RT = rng.random((rows, length)) < RESET_SHARE
    reset_RT[:, 0] = True
    ones_RT = np.cumsum(np.where(reset_RT, 0, bits_RT), axis=1)
    at_reset_RT = np.maximum.accumulate(np.where(reset_RT, ones_RT, -1), axis=1)
    parity_RT = (ones_RT - at_reset_RT) % 2
    tokens = np.where(reset_RT, v.RESET, v.BIT_0 + bits_RT)
    marks = np.where(reset_RT, 0, np.where(_since(reset_RT) < settings.get("far", 8), NEAR, FAR))
    return labelled(tokens, v.EVEN + parity_RT, marks)


def flip_flop(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Pairs (operation, value); a read must say the value last written; far is more than six pairs since the
    write.
    """
    rng, pairs = draw.rng, settings["length"] // 2
    chance_RN = rng.random((rows, pairs))
    write_RN = chance_RN < WRITE_SHARE
    write_RN[:, 0] = True
    read_RN = ~write_RN & (chance_RN < WRITE_SHARE + READ_SHARE)
    drawn_RN = rng.integers(0, len(v.FLIP_VALUES), (rows, pairs))
    last_RN = np.maximum.accumulate(np.where(write_RN, np.arange(pairs)[None, :], 0), axis=1)
    values_RN = np.where(read_RN, np.take_along_axis(drawn_RN, last_RN, 1), drawn_RN)
    tokens = np.empty((rows, 2 * pairs), dtype=np.int64)
    tokens[:, 0::2] = np.where(write_RN, v.WRITE, np.where(read_RN, v.READ, v.IGNORE))
    tokens[:, 1::2] = v.FLIP_VALUES.start + values_RN
    marks = np.zeros(tokens.shape, dtype=np.uint8)
    marks[:, 0::2] = np.where(read_RN, np.where(_since(write_RN) <= settings.get("near", 6), NEAR, FAR), 0)
    return next_token(tokens, marks)


PARITY = Generator(
    make=parity,
    family="state",
    description="symbols 0, 1 and reset; at every step the parity since the reset",
    source="parity, arXiv 2207.02098; resets give short segments inside the row",
)
FLIP_FLOP = Generator(
    make=flip_flop,
    family="state",
    description="write, ignore and read operations on one of four values; a read says the value last written",
    source="flip-flop language modelling, arXiv 2306.00946",
)
