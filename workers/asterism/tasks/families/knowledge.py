"""B. Parametric knowledge: facts of a fixed world, which only training can store."""

from __future__ import annotations

from functools import cache

import numpy as np

from asterism.tasks.families.alphabet import symbols, tag
from asterism.tasks.families.page import Page, words
from asterism.tasks.families.task import Task
from asterism.tasks.rows import Draw, Generator, Make, Rows, Settings, shuffled

# Shapes: R rows, F facts of the world, N facts of a row, P people.
_WORLD = 20_260
"""Seed of every fixed world: the same for all splits and seeds, since facts are what is learnt."""


@cache
def _facts(count: int, name: str) -> np.ndarray:
    """[F, 3]: two key symbols and the value of each fact; no two keys are equal."""
    rng = np.random.default_rng([_WORLD, len(name), ord(name[-1])])
    keys = rng.permutation(80 * 80)[:count]
    values = rng.integers(0, 80, count)
    return np.stack([symbols(0, 80)[keys // 80], symbols(0, 80)[keys % 80], symbols(80, 80)[values]], 1)


def _lines_of_facts(name: str, facts_F3: np.ndarray, chosen_RN: np.ndarray, length: int) -> Rows:
    rows, count = chosen_RN.shape
    marks = np.tile([0, 0, 1], count)[None, :]
    return Page(rows).say(facts_F3[chosen_RN].reshape(rows, -1), marks).rows(length, tag=tag(name))


def memorize_kv(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`facts` two-symbol keys with a fixed value each, drawn uniformly."""
    length, facts = settings["length"], _facts(settings["facts"], "memorize_kv")
    chosen = draw.rng.integers(0, len(facts), (rows, (length - 1) // 3))
    return _lines_of_facts("memorize_kv", facts, chosen, length)


def memorize_zipf(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Fact i is seen with probability ∝ 1/i; `deciles` draws all ranks alike, so that accuracy is macro
    over them.
    """
    length, facts = settings["length"], _facts(settings["facts"], "memorize_zipf")
    share = np.ones(len(facts)) if settings.get("deciles") else 1 / np.arange(1, len(facts) + 1)
    edges = np.cumsum(share) / share.sum()
    chosen = np.searchsorted(edges, draw.rng.random((rows, (length - 1) // 3))).clip(0, len(facts) - 1)
    return _lines_of_facts("memorize_zipf", facts, chosen, length)


def fact_reverse(draw: Draw, rows: int, settings: Settings) -> Rows:
    """A fixed pairing of names: shown `forward` (a b), asked backward (b a) by another relation."""
    rng, length, count = draw.rng, settings["length"], settings["facts"]
    world = np.random.default_rng([_WORLD, 3])
    names = world.permutation(60 * 60)[: 2 * count].reshape(count, 2)
    tokens = np.stack(
        [symbols(0, 60)[names // 60], symbols(60, 60)[names % 60]], 2
    )  # [F, 2 sides, 2 symbols]
    backward = settings.get("backward", False)
    chosen = shuffled(rng, rows, count, (length - 1) // 5)
    page = Page(rows)
    for at in range(chosen.shape[1]):
        fact = tokens[chosen[:, at]]
        first, second = (fact[:, 1], fact[:, 0]) if backward else (fact[:, 0], fact[:, 1])
        page.say(int(symbols(120 + backward, 1)[0])).say(first).say(second, 1)
    return page.rows(length, tag=tag("fact_reverse"))


_GIVEN = "Ada Ben Cleo Dan Eva Finn Gus Hana Ian Jo Kim Leo Mia Ned Ola Pia Rex Sue Tom Uma".split()
_FAMILY = (
    "Abel Berg Cole Diaz Eco Fox Gray Hill Ives Jung Katz Lee Moss Nye Orr Pond Quin Ross Shaw Todd".split()
)
_VALUES = {
    "born": [f"19{year}" for year in range(50, 98)],
    "town": "Oslo Rome Lima Bonn Cairo Delhi Kyoto Perth Quito Riga Sofia Tunis Vaduz Bern Accra".split(),
    "school": "Yale Brown Duke Rice Tufts Keio Aalto Delft Lund Leeds Kings Emory Drew Bath Turku".split(),
    "field": "art law math music botany logic optics drama greek chem geo latin civics media sport".split(),
    "firm": "Acme Bolt Cogs Dyno Echo Flux Grid Halo Ion Jet Kite Lux Mesa Nova Orb Peak".split(),
    "office": "Milan Paris Basel Turin Nice Leon Porto Graz Ghent Brno Linz Lyon Kiel Bari Split".split(),
}
_TEMPLATES = {
    "born": (" was born in {}.", ", born {}.", " is of the year {}.", " came in {}.", " (born {})."),
    "town": (" is from {}.", " grew up in {}.", " has {} as home.", ", a child of {}.", " left {} young."),
    "school": (
        " went to {}.",
        " was taught at {}.",
        " studied at {}.",
        ", of {} college.",
        " left {} with a degree.",
    ),
    "field": (" read {}.", " knows {}.", " has a degree in {}.", ", a student of {}.", " chose {} early."),
    "firm": (" works for {}.", " is paid by {}.", " joined {}.", ", employed at {}.", " serves {}."),
    "office": (" works in {}.", " sits in {}.", " moved to {}.", ", based in {}.", " has a desk in {}."),
}
_QUESTIONS = {
    "born": "year",
    "town": "home",
    "school": "school",
    "field": "field",
    "firm": "firm",
    "office": "desk",
}
_NAME_1, _NAME_2 = words(_GIVEN), words(_FAMILY)
_VALUE_WORDS = {name: words(values) for name, values in _VALUES.items()}


@cache
def _people(count: int) -> tuple[np.ndarray, np.ndarray]:
    """[P] names (of 400) and [P, 6] attribute values."""
    rng = np.random.default_rng([_WORLD, 4, count])
    sizes = [len(values) for values in _VALUES.values()]
    return rng.permutation(len(_GIVEN) * len(_FAMILY))[:count], rng.integers(0, sizes, (count, len(sizes)))


def _say_name(page: Page, name_R: np.ndarray) -> Page:
    return page.say(_NAME_1[name_R // len(_FAMILY)]).say(" ").say(_NAME_2[name_R % len(_FAMILY)])


def capo_bios(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Sentences about one of `people` people in random order and wording; the attributes' values are
    scored.
    """
    rng = draw.rng
    names, values = _people(settings["people"])
    person = rng.integers(0, settings["people"], rows)
    sentences = settings["sentences"]
    order = shuffled(rng, rows, len(_VALUES), sentences)
    page = Page(rows)
    for at in range(sentences):
        _say_name(page, names[person])
        wordings = rng.integers(0, 5, rows)
        for attribute, name in enumerate(_VALUES):
            mine = order[:, at] == attribute
            before = words([form.split("{}")[0] for form in _TEMPLATES[name]])[wordings]
            after = words([form.split("{}")[1] for form in _TEMPLATES[name]])[wordings]
            said = _VALUE_WORDS[name][values[person, attribute]]
            for piece, mark in ((before, 0), (said, 1), (after, 0)):
                page.say(np.where(mine[:, None], piece, -1), mark)
        page.say(" ")
    return page.rows(settings["length"])


def capo_qa_extract(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`Ada Fox home? Oslo.` about the first half of the people, or (`other`) about those whose questions
    training never shows.
    """
    rng, count = draw.rng, settings["people"]
    names, values = _people(count)
    page = Page(rows)
    for _ in range(settings["questions"]):
        person = rng.integers(0, count // 2, rows) + (count // 2 if settings.get("other") else 0)
        attribute = rng.integers(0, len(_VALUES), rows)
        _say_name(page, names[person]).say(" ").say(words(list(_QUESTIONS.values()))[attribute]).say("? ")
        for at, name in enumerate(_VALUES):
            mine = (attribute == at)[:, None]
            page.say(np.where(mine, _VALUE_WORDS[name][values[person, at]], -1), 1)
        page.say(". ")
    return page.rows(settings["length"])


def _made(make: Make, description: str, source: str) -> Generator:
    return Generator(make=make, family="knowledge", description=description, source=source)


_CAPO = "Capo, arXiv 2512.17351"
GENERATORS = {
    "knowledge/memorize_kv": _made(
        memorize_kv, "a fixed map of two-symbol keys to values", "arXiv 2403.17844 (MAD)"
    ),
    "knowledge/memorize_zipf": _made(memorize_zipf, "facts met with Zipf's frequencies", _CAPO),
    "knowledge/fact_reverse": _made(
        fact_reverse, "facts shown one way round, asked the other", "arXiv 2309.12288"
    ),
    "knowledge/capo_bios": _made(capo_bios, "biographies of fixed people in several wordings", _CAPO),
    "knowledge/capo_qa_extract": _made(
        capo_qa_extract, "questions about people known from biographies", _CAPO
    ),
}


def _s(length: int, **more: object) -> dict[str, object]:
    return {"length": length, **more}


TASKS = (
    Task(
        id="memorize_kv",
        core=True,
        dose=1,
        sizes={
            "nano": _s(64, facts=256),
            "xs": _s(64, facts=1024),
            "s": _s(64, facts=4096),
            "m": _s(64, facts=6400),
        },
    ),
    Task(
        id="memorize_zipf",
        core=True,
        dose=2,
        ask={"deciles": True},
        sizes={"nano": _s(64, facts=500), "xs": _s(64, facts=2000), "s": _s(64, facts=6400)},
    ),
    Task(
        id="fact_reverse",
        ask={"backward": True},
        held_out=True,
        description="facts trained as a → b, asked as b → a",
        sizes={"nano": _s(64, facts=100), "s": _s(64, facts=1000)},
    ),
    Task(
        id="capo_bios",
        core=True,
        sizes={
            "nano": _s(128, people=40, sentences=3),
            "xs": _s(256, people=200, sentences=6),
            "s": _s(256, people=400, sentences=6),
        },
    ),
    Task(
        id="capo_qa_extract",
        ask={"other": True},
        held_out=True,
        description="people whose biographies are trained and whose questions are not",
        sizes={
            "nano": _s(128, people=40, questions=4),
            "xs": _s(128, people=200, questions=4),
            "s": _s(128, people=400, questions=4),
        },
    ),
)
