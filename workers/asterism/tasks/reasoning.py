"""Multi-hop: follow pointers that the row defines, one hop or two."""

from __future__ import annotations

import math

import numpy as np

from asterism.tasks import vocabulary as v
from asterism.tasks.rows import Draw, Generator, Rows, Settings, filler, next_token, shuffled

# Shapes: R rows, C nodes of the cycle, Q queries.
ONE_HOP_SHARE = 2 / 3


def pointer(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`cycle` triples `SEP a b` of one cycle in random order, then `queries` of `HOPh a → answer`; the mark
    is h.
    """
    rng, length = draw.rng, settings["length"]
    cycle, queries = settings["cycle"], settings["queries"]
    tokens, marks = filler(rows, length)
    nodes_RC = v.symbols(v.NODES)[shuffled(rng, rows, len(v.NODES), cycle)]
    order_RC = shuffled(rng, rows, cycle)
    tokens[:, 0 : 3 * cycle : 3] = v.SEPARATOR
    tokens[:, 1 : 3 * cycle : 3] = np.take_along_axis(nodes_RC, order_RC, 1)
    tokens[:, 2 : 3 * cycle : 3] = np.take_along_axis(nodes_RC, (order_RC + 1) % cycle, 1)
    start_RQ = rng.integers(0, cycle, (rows, queries))
    hops_RQ = np.where(rng.random((rows, queries)) < ONE_HOP_SHARE, 1, 2)
    first, last = 3 * cycle, 3 * (cycle + queries)
    tokens[:, first:last:3] = np.where(hops_RQ == 1, v.HOP_1, v.HOP_2)
    tokens[:, first + 1 : last : 3] = np.take_along_axis(nodes_RC, start_RQ, 1)
    tokens[:, first + 2 : last : 3] = np.take_along_axis(nodes_RC, (start_RQ + hops_RQ) % cycle, 1)
    marks[:, first + 1 : last : 3] = hops_RQ
    return next_token(tokens, marks, math.log(cycle))


POINTER = Generator(
    make=pointer,
    family="multi-hop",
    description="triples of one cycle over 8 symbols in random order, then queries of one or two hops",
    source="pointer chasing and Depo, arXiv 2512.17351",
)
