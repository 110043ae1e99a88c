"""G. Long context: RULER's thirteen in forms that need no download, bAbI in filler, gain from context.

Lengths are in bytes. Sentences are RULER's at 256 bytes and more, shorter ones (`terse`) below, where one of
RULER's sentences would fill the row.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from asterism.tasks import vocabulary as v
from asterism.tasks.families.page import HOLE, Page, letters, pick, words
from asterism.tasks.families.task import SIZES, Size, Task
from asterism.tasks.rows import Draw, Generator, Make, Rows, Settings, shuffled

# Shapes: R rows, S sentences of a haystack, W bytes of a sentence.
_NOISE = (
    "The grass is green. ",
    "The sky is blue. ",
    "The sun is yellow. ",
    "Here we go. ",
    "There and back again. ",
)
_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8).astype(np.int64)


def _syllables() -> np.ndarray:
    consonants, vowels = b"bcdfghjklmnprstvwxyz", b"aeiouy"
    return np.array([[c, w] for c in consonants for w in vowels], dtype=np.int64)


_SYLLABLES = _syllables()


def _words(rng: np.random.Generator, rows: int, count: int) -> np.ndarray:
    """[R, count, 4] pronounceable words of two syllables, of 14,400; those of a row are all different."""
    kinds = len(_SYLLABLES)
    at = np.arange(count)
    first = shuffled(rng, rows, kinds)[:, at % kinds]
    second = (np.take_along_axis(rng.integers(0, kinds, (rows, kinds)), first, 1) + at // kinds) % kinds
    return np.concatenate([_SYLLABLES[first], _SYLLABLES[second]], 2)


def _uuid(rng: np.random.Generator, shape: tuple[int, ...], size: int) -> np.ndarray:
    return _HEX[rng.integers(0, 16, (*shape, size))]


def _number(rng: np.random.Generator, shape: tuple[int, ...], size: int) -> np.ndarray:
    """[*shape, size] digits, the first of them not 0."""
    drawn = rng.integers(0, 10, (*shape, size))
    drawn[..., 0] = rng.integers(1, 10, shape)
    return ord("0") + drawn


def _places(rng: np.random.Generator, rows: int, lines: int, count: int) -> np.ndarray:
    """[R, count] where among `lines` sentences, which stand at 0, 1, …, so many others are put: each before a
    sentence of its own (RULER's law), anywhere where there are too few of them.
    """
    return (
        shuffled(rng, rows, lines, count) - 0.5 if count <= lines else rng.random((rows, count)) * lines - 0.5
    )


def _sentence(rows: int, terse: bool, key: np.ndarray, value: np.ndarray) -> np.ndarray:
    page = Page(rows)
    if terse:
        page.say(key).say(" is ").say(value).say(". ")
    else:
        page.say("One of the special magic numbers for ").say(key).say(" is: ").say(value).say(". ")
    tokens = page.close(128)[0]
    return np.where(tokens == v.FILLER, HOLE, tokens)


def _haystack(draw: Draw, rows: int, settings: Settings, sentences: int) -> np.ndarray:
    """[R, S, W] sentences of filler: RULER's repeated ones, or bytes of a real text."""
    if settings.get("text"):
        window = draw.text(settings["text"]).windows(draw.split, "prose")
        values, _ = window.draw(draw.rng, rows, sentences * 24)
        return np.where(values == 0, ord(" "), values).reshape(rows, sentences, 24)
    table = words(_NOISE)
    start = draw.rng.integers(0, len(_NOISE), (rows, 1))
    return table[(start + np.arange(sentences)) % len(_NOISE)]


def niah(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Needles "the number for KEY is VALUE" in a haystack, then a key: its value, or its `values` in order
    of appearance.

    `keys` different needles of which `queries` are asked, `values` values for each; `noise` sentences of
    haystack between (0: the needles are all there is); `value` "number", "word" or "uuid" of `size`
    characters; `key` alike. `terse` keeps the sentences of short rows in a longer one.
    """
    rng, size = draw.rng, settings["size"]
    terse = settings.get("terse", settings["length"] < 256)
    keys, values, queries = settings.get("keys", 1), settings.get("values", 1), settings.get("queries", 1)
    made = {
        "word": lambda count: _words(rng, rows, count),
        "number": lambda count: _number(rng, (rows, count), size),
        "uuid": lambda count: _uuid(rng, (rows, count), size),
    }
    named = made[settings.get("key", "word")](keys)
    valued = made[settings.get("value", "number")](keys * values).reshape(rows, keys, values, -1)
    needles = [
        _sentence(rows, terse, named[:, k], valued[:, k, n]) for k in range(keys) for n in range(values)
    ]
    noise = settings["noise"]
    lines = list(needles)
    if noise:
        lines += list(_haystack(draw, rows, settings, noise).swapaxes(0, 1))
    widest = max(line.shape[1] for line in lines)
    stack = np.stack(
        [np.pad(line, ((0, 0), (0, widest - line.shape[1])), constant_values=HOLE) for line in lines], 1
    )
    place = np.concatenate(
        [
            _places(rng, rows, noise, len(needles)) if noise else rng.random((rows, len(needles))),
            np.broadcast_to(np.arange(noise), (rows, noise)),
        ],
        1,
    )
    order = np.argsort(place, 1)
    page = Page(rows).say(np.take_along_axis(stack, order[:, :, None], 1).reshape(rows, -1))
    asked = shuffled(rng, rows, keys, queries)
    for query in range(queries):
        one = asked[:, query]
        page.say("? " if terse else "What are the special magic numbers for ").say(pick(named, one)).say(": ")
        when = pick(place[:, : keys * values].reshape(rows, keys, values), one)
        ordered = np.take_along_axis(pick(valued, one), np.argsort(when, 1)[:, :, None], 1)
        for at in range(values):
            page.say(ordered[:, at], 1).say(" ")
    return page.rows(settings["length"])


def var_tracking(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`VAR a = 12345`, `VAR b = VAR a`, …: all names that hold the number, in the order of the chain;
    `chains` of them among filler.
    """
    rng, hops, chains, noise = draw.rng, settings["hops"], settings["chains"], settings["noise"]
    size = settings["digits"]
    names = letters(rng, (rows, chains, hops + 1, settings["letters"])) - 32
    names[..., 0] = ord("A") + shuffled(rng, rows, 26, chains * (hops + 1)).reshape(rows, chains, hops + 1)
    values = _number(rng, (rows, chains), size)
    values[..., 0] = ord("1") + shuffled(rng, rows, 9, chains)
    lines = []
    for chain in range(chains):
        for hop in range(hops + 1):
            page = Page(rows).say("VAR ").say(names[:, chain, hop]).say("=")
            page = page.say("VAR ").say(names[:, chain, hop - 1]) if hop else page.say(values[:, chain])
            tokens = page.say(". ").close(32)[0]
            lines.append(np.where(tokens == v.FILLER, HOLE, tokens))
    if noise:
        hay = _haystack(draw, rows, settings, noise)
        lines += [
            np.pad(hay[:, at], ((0, 0), (0, 32 - hay.shape[2])), constant_values=HOLE) for at in range(noise)
        ]
    # One chain after the other is put among the sentences that are there.
    order = np.broadcast_to(chains * (hops + 1) + np.arange(noise), (rows, noise))
    for chain in range(chains):
        there = order.shape[1]
        when = np.sort(_places(rng, rows, max(1, there), hops + 1), 1)
        number = np.broadcast_to(chain * (hops + 1) + np.arange(hops + 1), when.shape)
        at = np.concatenate([np.broadcast_to(np.arange(there), (rows, there)), when], 1)
        order = np.take_along_axis(np.concatenate([order, number], 1), np.argsort(at, 1), 1)
    page = Page(rows).say(np.take_along_axis(np.stack(lines, 1), order[:, :, None], 1).reshape(rows, -1))
    page.say("Which hold ").say(values[:, 0]).say("?")
    for hop in range(hops + 1):
        page.say(" ").say(names[:, 0, hop], 1)
    return page.rows(settings["length"])


def common_words(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`common` words stand `often` times in a list, others `rarely`; name the common ones in alphabetical
    order.
    """
    rng, common, often = draw.rng, settings["common"], settings["often"]
    pool = _words(rng, rows, common + settings["others"])
    code = (pool[:, :common] * np.array([128**3, 128**2, 128, 1])).sum(2)
    pool[:, :common] = np.take_along_axis(pool[:, :common], np.argsort(code, 1)[:, :, None], 1)
    copies = np.repeat(
        np.arange(common + settings["others"]), [often] * common + [settings["rarely"]] * settings["others"]
    )
    order = copies[shuffled(rng, rows, len(copies))]
    listed = np.take_along_axis(pool, order[:, :, None], 1)
    listed = np.concatenate([listed, np.full((*listed.shape[:2], 1), ord(" "))], 2)
    page = Page(rows).say(listed.reshape(rows, -1)).say("Common:")
    for at in range(common):
        page.say(" ").say(pool[:, at], 1)
    return page.rows(settings["length"])


def freq_words(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Coded words with zeta(2) frequencies, the first rank written "..."; the next three in order of
    frequency. Every kind stands `rarest` times at least; there are no ties among those asked, which short
    rows would have.
    """
    rng, count, kinds, rarest = draw.rng, settings["words"], settings["kinds"], settings["rarest"]
    counts = np.maximum(rarest, count / np.arange(1, kinds + 1) ** 2.0 / (math.pi**2 / 6)).astype(int)
    least = max(rarest + 1, counts[3])
    counts[1:4] = np.maximum(counts[1:4], [least + 2, least + 1, least])
    counts[4:] = np.minimum(counts[4:], least - 1)
    ranks = np.repeat(np.arange(kinds), counts)[:, None].T
    coded = letters(rng, (rows, kinds, settings["letters"]))
    if kinds <= 26:
        coded[..., 0] = ord("a") + shuffled(rng, rows, 26, kinds)
    coded[:, 0] = HOLE
    coded[:, 0, :3] = ord(".")
    order = np.broadcast_to(ranks, (rows, ranks.shape[1]))
    order = np.take_along_axis(order, shuffled(rng, rows, ranks.shape[1]), 1)
    listed = np.take_along_axis(coded, order[:, :, None], 1)
    listed = np.concatenate([listed, np.full((*listed.shape[:2], 1), ord(" "))], 2)
    page = Page(rows).say(listed.reshape(rows, -1)).say("Top:")
    for at in range(1, 4):
        page.say(" ").say(coded[:, at], 1)
    return page.rows(settings["length"])


_NAMES = words("Ada Ben Cleo Dan Eva Finn Gus Hana Ian Jo Kim Leo Mia Ned Ola Pia".split())
_FIRST_NAMES = words("Abe Bea Cal Dee Eli Fay Gil Hal Ida Jed Kit Lou Max Nan Oz Peg".split())
_FAMILY_NAMES = words("Ash Bay Cox Day Fox Hay Key Lee Moss Nash Orr Poe Ray Sims Tate Vale".split())
_TOWNS = words(
    "Oslo Rome Lima Bonn Cairo Delhi Kyoto Perth Quito Riga Sofia Tunis Bern Accra Dhaka Nice".split()
)
_FIELDS = words(
    "art law math music botany logic optics drama greek chem geo latin civics media sport dance".split()
)


def doc_qa(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Short documents about people; one attribute of one person. With `hops` 2 the person is named through
    a friend. `others`: documents about people of two names, never asked for, spread among them.
    """
    rng, people, others = draw.rng, settings["people"], settings.get("others", 0)
    names = shuffled(rng, rows, 16, people)
    towns, fields = rng.integers(0, 16, (2, rows, people))
    friend = (np.arange(people) + rng.integers(1, people, (rows, people))) % people
    two = settings["hops"] == 2
    page = Page(rows)
    one, town = rng.integers(0, people, rows), rng.random(rows) < 0.5
    strangers = shuffled(rng, rows, len(_FIRST_NAMES) * len(_FAMILY_NAMES), others)
    for at in range(people):
        for stranger in strangers[:, others * at // people : others * (at + 1) // people].T:
            first, family = np.divmod(stranger, len(_FAMILY_NAMES))
            page.say(_FIRST_NAMES[first]).say(" ").say(_FAMILY_NAMES[family]).say(" lives in ")
            page.say(_TOWNS[rng.integers(0, 16, rows)]).say(". ")
        name = _NAMES[names[:, at]]
        page.say(name).say(" lives in ").say(_TOWNS[towns[:, at]])
        if two:
            page.say(", knows ").say(_NAMES[pick(names, friend[:, at])])
        else:
            page.say(", read ").say(_FIELDS[fields[:, at]])
        page.say(". ")
    page.say("Q: ").say(_NAMES[pick(names, one)])
    if two:
        page.say("'s friend? ").say(_TOWNS[pick(towns, pick(friend, one))], 1)
    else:
        page.say(np.where(town[:, None], words([" town? ", " read? "])[0], words([" town? ", " read? "])[1]))
        page.say(np.where(town[:, None], _TOWNS[pick(towns, one)], HOLE), 1)
        page.say(np.where(town[:, None], HOLE, _FIELDS[pick(fields, one)]), 1)
    return page.rows(settings["length"])


def _babilong(supporting: int):
    def babilong(draw: Draw, rows: int, settings: Settings) -> Rows:
        """A world's sentences scattered in filler: where is a person (1) or a thing that a person holds
        (2)?
        """
        rng, facts, noise = draw.rng, settings["facts"], settings["noise"]
        people, places = (
            words("Mary John Dan Sue".split()),
            words("kitchen garden office hallway bath shed".split()),
        )
        goal, person = rng.integers(0, 6, (rows, facts)), rng.integers(0, 4, (rows, facts))
        lines = []
        for at in range(facts):
            page = (
                Page(rows).say(people[person[:, at]]).say(" went to the ").say(places[goal[:, at]]).say(". ")
            )
            lines.append(page.close(32)[0])
        taken = rng.integers(0, facts, rows)
        holder = pick(person, taken)
        when = np.sort(rng.random((rows, facts)), 1)
        stamps = [when[:, at] for at in range(facts)]
        if supporting == 2:
            lines.append(Page(rows).say(people[holder]).say(" took the apple. ").close(32)[0])
            stamps.append(rng.random(rows))
        hay = _haystack(draw, rows, settings, noise)
        lines += [
            np.pad(hay[:, at], ((0, 0), (0, 32 - hay.shape[2])), constant_values=HOLE) for at in range(noise)
        ]
        stamps += [np.full(rows, (at + 0.5) / max(1, noise)) for at in range(noise)]
        stack = np.stack([np.where(line == v.FILLER, HOLE, line) for line in lines], 1)
        order = np.argsort(np.stack(stamps, 1), 1)
        page = Page(rows).say(np.take_along_axis(stack, order[:, :, None], 1).reshape(rows, -1))
        last = facts - 1 - (person == holder[:, None])[:, ::-1].argmax(1)
        page.say("Where is ")
        page = page.say(people[holder]) if supporting == 1 else page.say("the apple")
        page.say("? ").say(places[pick(goal, last)], 1)
        return page.rows(settings["length"])

    return babilong


def context_gain(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Next byte of real text: mark 1 in the first quarter of the row, 2 in the last, 3 between."""
    windows = draw.text(settings["dataset"]).windows(draw.split, settings.get("subset", "all"))
    values, inside = windows.draw(draw.rng, rows, settings["length"] + 1)
    quarter = np.array([1, 3, 3, 2]).repeat(-(-settings["length"] // 4))[: settings["length"]]
    return Rows(
        tokens_RT=values[:, :-1],
        targets_RT=values[:, 1:],
        marks_RT=np.where(inside[:, 1:], quarter, 0).astype(np.uint8),
        binding_R=np.zeros(rows),
    )


def effective_length(
    means: Mapping[int, float], *, threshold: float = 0.856, relative: float = 0.85
) -> tuple[int, int]:
    """The longest length whose mean accuracy over the thirteen tasks is at least `threshold` (RULER's
    85.6), and the longest with at least `relative` times the mean at the shortest length; 0 where there is
    none.
    """
    shortest = means[min(means)]
    absolute = [length for length, mean in means.items() if mean >= threshold]
    kept = [length for length, mean in means.items() if shortest > 0 and mean >= relative * shortest]
    return max(absolute, default=0), max(kept, default=0)


def _made(make: Make, description: str, source: str, sourced: bool = False) -> Generator:
    return Generator(
        make=make, family="long-context", description=description, source=source, sourced=sourced
    )


_RULER = "RULER, arXiv 2404.06654"
GENERATORS = {
    "long-context/niah": _made(niah, "needles in repeated sentences", _RULER),
    "long-context/niah_text": _made(niah, "needles in real text", _RULER, sourced=True),
    "long-context/var_tracking": _made(var_tracking, "names that hold a number through assignments", _RULER),
    "long-context/common_words": _made(common_words, "the words that a list repeats most", _RULER),
    "long-context/freq_words": _made(freq_words, "the most frequent coded words", _RULER),
    "long-context/doc_qa": _made(
        doc_qa, "a question about one of many documents", _RULER + ", questions of our own"
    ),
    "long-context/babilong_qa1": _made(
        _babilong(1), "where a person is, in filler", "BABILong, arXiv 2406.10149"
    ),
    "long-context/babilong_qa2": _made(
        _babilong(2), "where a thing is, in filler", "BABILong, arXiv 2406.10149"
    ),
    "long-context/context": _made(
        context_gain, "next byte early and late in a row", "Transformer-XL's question", True
    ),
}


def _n(length: int, **more: object) -> dict[str, object]:
    return {"length": length, **more}


Four = tuple[int, int, int, int]


def _lengths(base: Mapping[str, object], noise: Four, size: Four) -> Mapping[Size, Settings]:
    """The four sizes: 128, 256, 1024 and 4096 bytes, with so many sentences of filler and characters of a
    value.
    """
    return {
        name: _n(length, **{**base, "noise": filler, "size": characters})
        for name, length, filler, characters in zip(SIZES, (128, 256, 1024, 4096), noise, size, strict=True)
    }


def _needle(
    id: str,
    base: Mapping[str, object],
    noise: Four,
    size: Four = (4, 7, 7, 7),
    *,
    chance: float,
    core: bool = False,
    dose: float = 0,
) -> Task:
    generator = "long-context/niah_text" if "text" in base else "long-context/niah"
    # Core tasks are trained; the rest asks what they have taught in other forms.
    sizes = _lengths(base, noise, size)
    return Task(id=id, generator=generator, sizes=sizes, trained=core, core=core, dose=dose, chance=chance)


_PROSE = "stdlib"
TASKS = (
    _needle("niah_single", {}, (4, 6, 40, 180), core=True, dose=3, chance=1 / 10),
    _needle("niah_single_text", {"text": _PROSE}, (3, 5, 34, 160), chance=1 / 10),
    _needle("niah_uuid", {"value": "uuid"}, (3, 5, 38, 180), (6, 12, 32, 32), chance=1 / 16),
    Task(
        id="niah_multikey",
        generator="long-context/niah",
        core=True,
        dose=6,
        chance=1 / 10,
        sizes={
            "nano": _n(64, keys=3, noise=0, size=3),
            "xs": _n(256, keys=3, noise=0, size=7),
            "s": _n(1024, keys=16, noise=0, size=7),
            "m": _n(4096, keys=64, noise=0, size=7),
        },
    ),
    Task(
        id="niah_multikey_text",
        generator="long-context/niah_text",
        trained=False,
        chance=1 / 10,
        sizes={
            "nano": _n(128, keys=3, noise=2, size=4, text=_PROSE),
            "xs": _n(512, keys=4, noise=6, size=7, text=_PROSE),
            "s": _n(1024, keys=4, noise=26, size=7, text=_PROSE),
            "m": _n(4096, keys=4, noise=150, size=7, text=_PROSE),
        },
    ),
    Task(
        id="niah_multikey_uuid",
        generator="long-context/niah",
        trained=False,
        chance=1 / 16,
        sizes={
            "nano": _n(128, keys=4, noise=0, size=6, key="uuid", value="uuid"),
            "xs": _n(256, keys=2, noise=0, size=12, key="uuid", value="uuid"),
            "s": _n(1024, keys=7, noise=0, size=32, key="uuid", value="uuid"),
            "m": _n(4096, keys=34, noise=0, size=32, key="uuid", value="uuid"),
        },
    ),
    Task(
        id="niah_multivalue",
        generator="long-context/niah",
        chance=1 / 10,
        sizes={
            "nano": _n(128, values=3, noise=2, size=3),
            "xs": _n(512, values=4, noise=5, size=7),
            "s": _n(1024, values=4, noise=30, size=7),
            "m": _n(4096, values=4, noise=170, size=7),
        },
    ),
    Task(
        id="niah_multiquery",
        generator="long-context/niah",
        chance=1 / 10,
        sizes={
            "nano": _n(128, keys=4, queries=3, noise=1, size=3),
            "xs": _n(512, keys=4, queries=2, noise=5, size=7),
            "s": _n(1024, keys=4, queries=4, noise=20, size=7),
            "m": _n(4096, keys=4, queries=4, noise=160, size=7),
        },
    ),
    Task(
        id="var_tracking",
        core=True,
        chance=1 / 26,
        sizes={
            "nano": _n(128, hops=2, chains=2, noise=1, letters=1, digits=2),
            "xs": _n(256, hops=2, chains=2, noise=4, letters=2, digits=3),
            "s": _n(1024, hops=4, chains=1, noise=40, letters=5, digits=5),
            "m": _n(4096, hops=4, chains=1, noise=190, letters=5, digits=5),
        },
    ),
    Task(
        id="common_words",
        sizes={
            "nano": _n(128, common=2, often=4, rarely=1, others=10),
            "xs": _n(256, common=3, often=6, rarely=1, others=24),
            "s": _n(1024, common=10, often=6, rarely=1, others=120),
            "m": _n(8192, common=10, often=30, rarely=3, others=400),
        },
    ),
    Task(
        id="freq_words",
        chance=1 / 26,
        sizes={
            "nano": _n(128, words=20, kinds=6, letters=3, rarest=1),
            "xs": _n(256, words=40, kinds=6, letters=3, rarest=1),
            "s": _n(1024, words=110, kinds=20, letters=6, rarest=0),
            "m": _n(4096, words=480, kinds=80, letters=6, rarest=0),
        },
    ),
    Task(
        id="doc_qa_synth",
        generator="long-context/doc_qa",
        sizes={
            "nano": _n(128, people=3, hops=1),
            "xs": _n(256, people=6, hops=1),
            "s": _n(512, people=14, hops=1),
            "m": _n(512, people=14, hops=1),
        },
    ),
    Task(
        id="doc_qa_hops",
        generator="long-context/doc_qa",
        trained=False,
        sizes={
            "nano": _n(128, people=3, hops=2),
            "xs": _n(256, people=6, hops=2),
            "s": _n(512, people=14, hops=2),
            "m": _n(512, people=14, hops=2),
        },
    ),
    Task(
        id="babilong_qa1",
        trained=False,
        sizes={
            "nano": _n(128, facts=2, noise=2),
            "xs": _n(256, facts=4, noise=4),
            "s": _n(1024, facts=6, noise=40),
            "m": _n(4096, facts=10, noise=180),
        },
    ),
    Task(
        id="babilong_qa2",
        trained=False,
        sizes={
            "nano": _n(128, facts=2, noise=1),
            "xs": _n(256, facts=4, noise=3),
            "s": _n(1024, facts=6, noise=38),
            "m": _n(4096, facts=10, noise=175),
        },
    ),
    Task(
        id="context_gain",
        generator="long-context/context",
        trained=False,
        marks=(2,),
        description="bytes late in a long row of real text; its gain is the difference to context_early",
        sizes={
            "nano": _n(256, dataset="stdlib"),
            "xs": _n(512, dataset="stdlib"),
            "s": _n(2048, dataset="stdlib"),
        },
    ),
    Task(
        id="context_early",
        generator="long-context/context",
        trained=False,
        marks=(1,),
        description="bytes early in the same rows",
        sizes={
            "nano": _n(256, dataset="stdlib"),
            "xs": _n(512, dataset="stdlib"),
            "s": _n(2048, dataset="stdlib"),
        },
    ),
)
