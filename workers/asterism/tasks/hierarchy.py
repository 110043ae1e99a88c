"""Hierarchy: Dyck words of two bracket types; which type closes."""

from __future__ import annotations

import numpy as np

from asterism.tasks import vocabulary as v
from asterism.tasks.rows import Draw, Generator, Rows, Settings, next_token

# Shapes: R rows, T tokens of a row, D depth.
NEAR, FAR = 1, 2


def dyck(draw: Draw, rows: int, settings: Settings) -> Rows:
    """A row may end with brackets open. Scored at the token before a closing bracket; far is eight or more
    tokens since it opened.
    """
    rng, length, deepest = draw.rng, settings["length"], settings["depth"]
    tokens = np.empty((rows, length), dtype=np.int64)
    marks = np.zeros((rows, length), dtype=np.uint8)
    kinds_RD = np.zeros((rows, deepest + 1), dtype=np.int64)
    opened_RD = np.zeros((rows, deepest + 1), dtype=np.int64)
    depth_R = np.zeros(rows, dtype=np.int64)
    wants_open_TR = rng.random((length, rows)) < 0.5
    kind_TR = rng.integers(0, 2, (length, rows))
    everyone = np.arange(rows)
    for t in range(length):
        opens = (depth_R == 0) | (wants_open_TR[t] & (depth_R < deepest))
        kind = np.where(opens, kind_TR[t], kinds_RD[everyone, depth_R])
        tokens[:, t] = np.where(opens, v.BRACKETS_OPEN.start, v.BRACKETS_CLOSE.start) + kind
        if t:
            distance = t - opened_RD[everyone, depth_R]
            marks[:, t - 1] = np.where(opens, 0, np.where(distance < settings.get("far", 8), NEAR, FAR))
        depth_R = depth_R + np.where(opens, 1, -1)
        kinds_RD[everyone[opens], depth_R[opens]] = kind[opens]
        opened_RD[everyone[opens], depth_R[opens]] = t
    return next_token(tokens, marks)


DYCK = Generator(
    make=dyck,
    family="hierarchy",
    description="Dyck words of two bracket types, bounded depth; the type of each closing bracket",
    source="bounded Dyck languages, arXiv 2010.07515",
)
