"""Text: the next byte of real documents, or their next token."""

from __future__ import annotations

import numpy as np

from asterism.data.tokens import TokenWindows
from asterism.tasks.rows import Draw, Generator, Rows, Settings

# Shapes: R rows, T bytes of a row.


def text(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Windows of `dataset`, of one of its subsets (asterism.data.text.SUBSETS); bytes past a document's end
    are not scored. A dataset with a tokenizer gives tokens in place of bytes; `bytes_RT` are the bytes behind
    each answer.
    """
    windows = draw.text(settings["dataset"]).windows(draw.split, settings.get("subset", "all"))
    length = settings["length"] + 1
    if isinstance(windows, TokenWindows):
        values, inside, sizes = windows.draw_with_bytes(draw.rng, rows, length)
    else:
        values, inside = windows.draw(draw.rng, rows, length)
        sizes = inside.astype(np.int64)
    return Rows(
        tokens_RT=values[:, :-1],
        targets_RT=values[:, 1:],
        marks_RT=inside[:, 1:].astype(np.uint8),
        binding_R=np.zeros(rows),
        bytes_RT=sizes[:, 1:],
    )


TEXT = Generator(
    make=text,
    family="text",
    description="next byte of real documents, split by their text",
    source="the dataset's documents",
    sourced=True,
)
