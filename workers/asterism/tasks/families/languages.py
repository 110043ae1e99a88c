"""I. Low-resource and multilingual: real languages of about ten kilobytes each, ciphers, constructed
languages.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from asterism.tasks import vocabulary as v
from asterism.tasks.families.alphabet import symbols, tag
from asterism.tasks.families.page import HOLE, Page, tagged
from asterism.tasks.families.task import Task
from asterism.tasks.rows import Draw, Generator, Make, Rows, Settings, labelled
from asterism.tasks.text import text

# Shapes: R rows, T bytes of a row, S sentences.
NAMED = ("en", "es", "fr", "de", "zh", "ar", "ja", "ko")
LOW_RESOURCE = tuple("sw yo zu xh gn ay mi eu is fo mt km lo ne am ig rw mg haw tet".split())
"""Twenty languages of which some ten kilobytes are at hand, in eight scripts and fifteen branches."""
_WORLD = 20_261


@cache
def _substitution() -> np.ndarray:
    """[256] a fixed exchange of lower-case letters, and of capitals alike; no letter stays."""
    letters = np.random.default_rng(_WORLD).permutation(26)
    while (letters == np.arange(26)).any():
        letters = np.random.default_rng([_WORLD, int(letters[0])]).permutation(26)
    table = np.arange(256)
    table[97:123], table[65:91] = 97 + letters, 65 + letters
    return table


def cipher_lang(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Next byte of prose of which every letter is exchanged for another by a fixed table."""
    windows = draw.text(settings["dataset"]).windows(draw.split, "prose")
    values, inside = windows.draw(draw.rng, rows, settings["length"])
    coded = _substitution()[values]
    marks = np.zeros(coded.shape, dtype=np.uint8)
    marks[:, :-1] = inside[:, 1:]
    return tagged(tag("cipher_lang"), labelled(coded[:, :-1], coded[:, 1:], marks[:, :-1]))


@cache
def _lexicon() -> tuple[np.ndarray, np.ndarray]:
    """Classes of 80 nouns and of nothing else, and the three suffixes of verbs and adjectives."""
    return np.random.default_rng([_WORLD, 1]).permutation(80) % 3, symbols(120, 6)


@cache
def _corpus(sentences: int) -> np.ndarray:
    """[S, 4] the only sentences that training sees: subject, adjective, object, verb."""
    return np.random.default_rng([_WORLD, 2]).integers([0, 0, 0, 0], [80, 15, 80, 25], (sentences, 4))


def synth_lang_agree(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Subject, adjective with the suffix of the subject's class, object, verb with the same suffix.
    Training reads `sentences` sentences, scoring new ones; the suffixes are scored, so a lemma's class must
    have been learnt.
    """
    rng, count = draw.rng, (settings["length"] - 1) // 7
    classes, suffixes = _lexicon()
    known = _corpus(settings["sentences"])
    drawn = known[rng.integers(0, len(known), (rows, count))]
    if settings.get("new"):
        drawn = rng.integers([0, 0, 0, 0], [80, 15, 80, 25], (rows, count, 4))
    page = Page(rows)
    for at in range(count):
        subject, adjective, object_, verb = drawn[:, at].T
        kind = classes[subject]
        page.say(symbols(0, 80)[subject]).say(symbols(80, 15)[adjective]).say(suffixes[kind], 1)
        page.say(symbols(0, 80)[object_]).say(symbols(95, 25)[verb]).say(suffixes[3 + kind], 1).say(
            v.SEPARATOR
        )
    return page.rows(settings["length"], tag=tag("synth_lang_agree"))


def synth_translate(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`subject verb object adverb` in one language, `adverb' object' subject' verb'` in the other, word by
    word. Training reads `sentences` pairs, scoring new ones.
    """
    rng, count = draw.rng, (settings["length"] - 1) // 10
    lexicon = np.random.default_rng([_WORLD, 3]).permutation(60)
    sizes = [20, 15, 20, 5]
    starts = np.array([0, 20, 35, 55])
    known = np.random.default_rng([_WORLD, 4]).integers(0, sizes, (settings["sentences"], 4))
    drawn = known[rng.integers(0, len(known), (rows, count))]
    if settings.get("new"):
        drawn = rng.integers(0, sizes, (rows, count, 4))
    page = Page(rows)
    for at in range(count):
        word = drawn[:, at] + starts
        page.say(symbols(0, 60)[word]).say(v.MARKER)
        page.say(symbols(60, 60)[lexicon[word[:, [3, 2, 0, 1]]]], 1).say(v.SEPARATOR)
    return page.rows(settings["length"], tag=tag("synth_translate"))


_FRONT, _BACK = np.array([ord(c) for c in "ei"]), np.array([ord(c) for c in "ou"])
_SUFFIXES = ("l", "n", "tk", "s")


def morph_paradigm(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Stems of two syllables and their forms in four cells A to D: consonant suffixes with a vowel that
    harmonises with the stem's (front or back). `tekil:B=tekilin;`. Training never shows one cell of each
    stem; `held_out` asks for it.
    """
    rng, stems = draw.rng, settings["stems"]
    world = np.random.default_rng([_WORLD, 5])
    consonants = np.frombuffer(b"bdgklmnprstv", dtype=np.uint8).astype(np.int64)
    back_R = world.integers(0, 2, stems)
    spelled = np.stack(
        [
            consonants[world.integers(0, 12, stems)],
            np.where(back_R, _BACK[world.integers(0, 2, stems)], _FRONT[world.integers(0, 2, stems)]),
            consonants[world.integers(0, 12, stems)],
            np.where(back_R, _BACK[world.integers(0, 2, stems)], _FRONT[world.integers(0, 2, stems)]),
            consonants[world.integers(0, 12, stems)],
        ],
        1,
    )
    missing = world.integers(0, 4, stems)
    page = Page(rows)
    for _ in range(settings["several"]):
        stem = rng.integers(0, stems, rows)
        cell = (missing[stem] + (0 if settings.get("held_out") else rng.integers(1, 4, rows))) % 4
        ending = np.full((rows, 3), HOLE)
        for at, suffix in enumerate(_SUFFIXES):
            spelling = [ord(c) for c in suffix]
            ending[cell == at, 1 : 1 + len(spelling)] = spelling
        ending[:, 0] = np.where(back_R[stem], _BACK[cell % 2], _FRONT[cell % 2])
        page.say(spelled[stem]).say(":").say(ord("A") + cell).say("=").say(spelled[stem]).say(ending, 1).say(
            ";", 1
        )
    return page.rows(settings["length"])


def lang_id(draw: Draw, rows: int, settings: Settings) -> Rows:
    """A snippet of bytes in one of ten languages, then its number."""
    rng, size = draw.rng, settings["snippet"]
    chosen = rng.integers(0, len(_TEN), rows)
    values = np.zeros((rows, size), dtype=np.int64)
    for number, code in enumerate(_TEN):
        mine = chosen == number
        windows = draw.text(settings["dataset"]).windows(draw.split, f"language:{code}")
        values[mine] = windows.draw(rng, int(mine.sum()), size)[0]
    page = Page(rows).say(values).say(v.MARKER).say(symbols(0, 10)[chosen], 1)
    return page.rows(settings["length"], tag=tag("lang_id"))


_TEN = ("en", "fr", "de", "sw", "yo", "zu", "eu", "is", "mt", "haw")


def _made(make: Make, description: str, source: str, sourced: bool = False) -> Generator:
    return Generator(make=make, family="languages", description=description, source=source, sourced=sourced)


GENERATORS = {
    "languages/text": _made(
        text, "next byte in one real language", "Universal Declaration of Human Rights", True
    ),
    "languages/cipher_lang": _made(cipher_lang, "next byte of enciphered prose", "substitution cipher", True),
    "languages/synth_lang_agree": _made(
        synth_lang_agree, "noun classes of a constructed language", "synthetic"
    ),
    "languages/synth_translate": _made(
        synth_translate, "word order and lexicon of two languages", "synthetic"
    ),
    "languages/morph_paradigm": _made(morph_paradigm, "inflection with vowel harmony", "SIGMORPHON idea"),
    "languages/lang_id": _made(
        lang_id, "which of ten languages", "Universal Declaration of Human Rights", True
    ),
}


def _s(length: int, **more: object) -> dict[str, object]:
    return {"length": length, **more}


TASKS = (
    Task(
        id="lowres_bpb",
        generator="languages/text",
        core=True,
        dose=7,
        description="next byte of unseen articles in all trained languages together",
        sizes={"nano": _s(128, dataset="udhr", subset="seen"), "xs": _s(256, dataset="udhr", subset="seen")},
    ),
    *(
        Task(
            id=f"lowres_bpb_{code}",
            generator="languages/text",
            trained=False,
            description=f"next byte of unseen articles in {code}, some ten kilobytes of which are trained",
            sizes={
                "nano": _s(128, dataset="udhr", subset=f"language:{code}"),
                "xs": _s(256, dataset="udhr", subset=f"language:{code}"),
            },
        )
        for code in LOW_RESOURCE
    ),
    Task(
        id="cipher_lang",
        core=True,
        sizes={"nano": _s(128, dataset="stdlib"), "xs": _s(256, dataset="stdlib")},
    ),
    Task(
        id="synth_lang_agree",
        core=True,
        chance=1 / 3,
        ask={"new": True},
        sizes={"nano": _s(64, sentences=2000), "s": _s(128, sentences=2000)},
    ),
    Task(
        id="synth_translate",
        ask={"new": True},
        sizes={"nano": _s(64, sentences=300), "s": _s(128, sentences=300)},
    ),
    Task(
        id="morph_paradigm",
        ask={"held_out": True},
        held_out=True,
        sizes={"nano": _s(64, stems=60, several=3), "s": _s(128, stems=500, several=6)},
    ),
    Task(
        id="lang_id",
        chance=1 / 10,
        sizes={"nano": _s(128, dataset="udhr", snippet=64), "s": _s(128, dataset="udhr", snippet=100)},
    ),
)
