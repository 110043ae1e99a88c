"""K. Language modelling: bytes of real documents, and questions to what such a model knows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from asterism.tasks import vocabulary as v
from asterism.tasks.families.alphabet import symbols, tag
from asterism.tasks.families.languages import NAMED
from asterism.tasks.families.page import Page, words
from asterism.tasks.families.task import Size, Task
from asterism.tasks.rows import Draw, Generator, Make, Rows, Settings
from asterism.tasks.text import text

# Shapes: R rows, T bytes of a row.


def recall_tokens(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Next byte of real text; mark 1 where the last three bytes came before in the row and were followed by
    the same byte ("recall hits"), 2 elsewhere.
    """
    made = text(draw, rows, settings)
    tokens = made.tokens_RT
    code = np.zeros_like(tokens)
    code[:, 2:] = tokens[:, 2:] + 256 * tokens[:, 1:-1] + 65536 * tokens[:, :-2]
    full = code * 256 + made.targets_RT
    full[:, :2] = -1 - np.arange(2)
    order = np.argsort(full, 1, kind="stable")
    ranked = np.take_along_axis(full, order, 1)
    again = np.zeros(full.shape, dtype=bool)
    np.put_along_axis(again, order[:, 1:], ranked[:, 1:] == ranked[:, :-1], 1)
    marks = np.where(made.marks_RT > 0, np.where(again, 1, 2), 0).astype(np.uint8)
    return Rows(tokens_RT=tokens, targets_RT=made.targets_RT, marks_RT=marks, binding_R=made.binding_R)


def doc_continuation(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Prose, a marker, and a piece of the same document: the next one, or one from elsewhere in it; yes or
    no.
    """
    rng, head, tail = draw.rng, settings["context"], settings["piece"]
    windows = draw.text(settings["dataset"]).windows(draw.split, "prose")
    whole, _ = windows.draw(rng, rows, 8 * tail + head)
    follows = rng.random(rows) < 0.5
    start = head + np.where(follows, 0, tail * rng.integers(2, 8, rows))
    piece = np.take_along_axis(whole, start[:, None] + np.arange(tail), 1)
    page = Page(rows).say(whole[:, :head]).say(v.SEPARATOR).say(piece).say(v.MARKER)
    page.say(symbols(0, 2)[follows.astype(int)], 1)
    return page.rows(settings["length"], tag=tag("doc_continuation"))


_PLURALS = words("dogs cats boys girls cars trees books doors".split())
_SINGULARS = words("dog cat boy girl car tree book door".split())
_ADJECTIVES = words(
    "odd wet huge small purple shiny ancient damaged enormous peaceful abandoned beautiful".split()
)
_ENDS = words(["here.", "old.", "new.", "big.", "gone."])


def minimal_pairs_en(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`the dogs near the tree are old.`: the byte that tells "is" from "are" after a distracting noun."""
    rng = draw.rng
    page = Page(rows)
    for _ in range(settings["several"]):
        plural, distract = rng.integers(0, 2, (2, rows))
        page.say("The ")
        for number, joint in ((plural, " near the "), (distract, " ")):
            # Words of many lengths, so that the place of the verb says nothing about the noun.
            page.say(_ADJECTIVES[rng.integers(0, 12, rows)]).say(" ")
            noun = rng.integers(0, 8, rows)
            width = max(_PLURALS.shape[1], _SINGULARS.shape[1])
            singular = np.pad(_SINGULARS, ((0, 0), (0, width - _SINGULARS.shape[1])), constant_values=-1)
            page.say(np.where(number[:, None] == 1, _PLURALS[noun], singular[noun])).say(joint)
        page.say(np.where(plural == 1, ord("a"), ord("i")), 1).say(words(["s ", "re "])[plural])
        page.say(_ENDS[rng.integers(0, 5, rows)]).say(" ")
    return page.rows(settings["length"])


def _made(make: Make, description: str, source: str, sourced: bool = False) -> Generator:
    return Generator(make=make, family="text", description=description, source=source, sourced=sourced)


_STDLIB = "Python's standard library"
GENERATORS = {
    "language/text": _made(text, "next byte of real documents", "the dataset's documents", True),
    "language/recall_tokens": _made(
        recall_tokens, "next byte, repeated n-grams apart", "arXiv 2312.04927", True
    ),
    "language/doc_continuation": _made(doc_continuation, "does this piece come next", _STDLIB, True),
    "language/minimal_pairs_en": _made(
        minimal_pairs_en, "agreement in English sentences", "BLiMP idea, 1912.00582"
    ),
}


def _s(length: int, **more: object) -> dict[str, object]:
    return {"length": length, **more}


def _text(**more: object) -> Mapping[Size, Settings]:
    return {"nano": _s(128, **more), "xs": _s(256, **more), "s": _s(1024, **more)}


TASKS = (
    Task(
        id="lm_bpb_prose",
        generator="language/text",
        core=True,
        sizes=_text(dataset="stdlib", subset="prose"),
        description="next byte of English technical prose: docstrings of files that training never reads",
    ),
    Task(
        id="lm_bpb_code",
        generator="language/text",
        core=True,
        dose=6,
        sizes=_text(dataset="stdlib"),
        description="next byte of source code",
    ),
    *(
        Task(
            id=f"lm_bpb_{code}",
            generator="language/text",
            trained=False,
            sizes={
                "nano": _s(128, dataset="udhr", subset=f"language:{code}"),
                "xs": _s(256, dataset="udhr", subset=f"language:{code}"),
            },
            description=f"next byte of unseen articles in {code}",
        )
        for code in NAMED
    ),
    Task(
        id="lm_recall_tokens",
        generator="language/recall_tokens",
        trained=False,
        sizes=_text(dataset="stdlib"),
        description="bytes of code that repeat an n-gram of the row",
    ),
    Task(
        id="lm_other_tokens",
        generator="language/recall_tokens",
        trained=False,
        marks=(2,),
        sizes=_text(dataset="stdlib"),
        description="the other bytes of the same rows",
    ),
    Task(
        id="doc_continuation",
        core=True,
        chance=1 / 2,
        sizes={
            "nano": _s(128, dataset="stdlib", context=80, piece=40),
            "xs": _s(256, dataset="stdlib", context=160, piece=80),
        },
    ),
    Task(
        id="minimal_pairs_en",
        trained=False,
        chance=1 / 2,
        sizes={"nano": _s(64, several=1), "xs": _s(128, several=2)},
    ),
)
