"""F. Arithmetic, algorithms, counting."""

from __future__ import annotations

import numpy as np

from asterism.tasks import vocabulary as v
from asterism.tasks.families.alphabet import symbols, tag
from asterism.tasks.families.page import HOLE, Page, digits, hide, letters
from asterism.tasks.families.task import Task
from asterism.tasks.rows import Draw, Generator, Make, Rows, Settings

# Shapes: R rows, T tokens of a row, L operators of an expression.
MODULUS = 23


def _prefix(rng: np.random.Generator, count_R: np.ndarray, most: int) -> np.ndarray:
    """[R, 2·most + 1] prefix expressions of `count_R` operators: 0..22 residues, 23..25 + − ×, holes at the
    end.
    """
    rows = len(count_R)
    tokens = np.full((rows, 2 * most + 1), HOLE)
    operators, open_ = count_R.copy(), np.ones(rows, dtype=np.int64)
    for at in range(2 * most + 1):
        # Every order of what is left is as likely: an operator with its share of the symbols still to come.
        share = operators / np.maximum(1, 2 * operators + open_)
        is_operator = (operators > 0) & ((open_ == 1) | (rng.random(rows) < share))
        drawn = np.where(is_operator, MODULUS + rng.integers(0, 3, rows), rng.integers(0, MODULUS, rows))
        tokens[:, at] = np.where(open_ > 0, drawn, HOLE)
        operators, open_ = (
            operators - is_operator,
            open_ + np.where(open_ > 0, np.where(is_operator, 1, -1), 0),
        )
    return tokens


def evaluate_prefix(tokens_RT: np.ndarray) -> np.ndarray:
    """[R] values modulo 23, from the last token to the first with a stack per row."""
    rows, length = tokens_RT.shape
    stack, height, everyone = (
        np.zeros((rows, length + 2), dtype=np.int64),
        np.zeros(rows, int),
        np.arange(rows),
    )
    for at in range(length - 1, -1, -1):
        token = tokens_RT[:, at]
        leaf, operator = (token >= 0) & (token < MODULUS), token >= MODULUS
        first, second = stack[everyone, height - 1], stack[everyone, height - 2]
        combined = (
            np.choose((token - MODULUS).clip(0), [first + second, first - second, first * second]) % MODULUS
        )
        height = height + leaf - operator
        stack[everyone[leaf], height[leaf] - 1] = token[leaf]
        stack[everyone[operator], height[operator] - 1] = combined[operator]
    return stack[:, 0]


def mano_s(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Prefix expressions of 1 to `operators` +, −, × over residues modulo 23, each with its value;
    `hardest` takes the longest alone.
    """
    rng, most = draw.rng, settings["operators"]
    page = Page(rows)
    for _ in range(settings["several"]):
        count = np.full(rows, most) if settings.get("hardest") else rng.integers(1, most + 1, rows)
        tokens = _prefix(rng, count, most)
        page.say(np.where(tokens == HOLE, HOLE, symbols(0, 26)[tokens.clip(0)])).say("=")
        page.say(symbols(0, 26)[evaluate_prefix(tokens)], 1)
    return page.rows(settings["length"], tag=tag("mano_s"))


def addition(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`a+b=c;` with numbers of 1 to `digits` digits, highest first."""
    rng, most = draw.rng, settings["digits"]
    page = Page(rows)
    for _ in range(settings["several"]):
        a, b = (
            rng.integers(10 ** (size - 1) * (size > 1), 10**size)
            for size in rng.integers(settings.get("least", 1), most + 1, (2, rows))
        )
        page.say(digits(a, most, zeros=False)).say("+").say(digits(b, most, zeros=False)).say("=")
        page.say(digits(a + b, most + 1, zeros=False), 1).say(";")
    return page.rows(settings["length"])


def bucket_sort(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Up to `longest` symbols of an ordered alphabet of five, then the same sorted."""
    rng, longest = draw.rng, settings["longest"]
    size = rng.integers(longest // 3, longest + 1, rows)
    given = hide(symbols(0, 5)[rng.integers(0, 5, (rows, longest))], size)
    ordered = np.sort(np.where(given == HOLE, 10**6, given), 1)
    page = Page(rows).say(given).say(v.MARKER).say(np.where(ordered == 10**6, HOLE, ordered), 1)
    return page.rows(settings["length"], tag=tag("bucket_sort"))


def majority(draw: Draw, rows: int, settings: Settings) -> Rows:
    """The most frequent of eight symbols; there is never a tie."""
    rng, count = draw.rng, settings["symbols"]
    drawn = rng.integers(0, 8, (rows, count))
    while True:
        counts = np.sort((drawn[:, :, None] == np.arange(8)).sum(1), 1)
        tied = counts[:, -1] == counts[:, -2]
        if not tied.any():
            break
        drawn[tied] = rng.integers(0, 8, (int(tied.sum()), count))
    answer = (drawn[:, :, None] == np.arange(8)).sum(1).argmax(1)
    page = Page(rows).say(symbols(0, 8)[drawn]).say(v.MARKER).say(symbols(0, 8)[answer], 1)
    return page.rows(settings["length"], tag=tag("majority"))


def letter_count(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`r in strawberry=3;`: how often a letter is in a random word of 4 to 12."""
    rng, longest = draw.rng, settings["longest"]
    page = Page(rows)
    for _ in range(settings["several"]):
        wanted, size = letters(rng, (rows, 1)), rng.integers(4, longest + 1, rows)
        word = letters(rng, (rows, longest))
        word = hide(np.where(rng.random(word.shape) < 0.25, wanted, word), size)
        page.say(wanted).say(" in ").say(word).say("=").say(
            digits((word == wanted).sum(1), 2, zeros=False), 1
        ).say(";")
    return page.rows(settings["length"])


def binary_add(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Two binary numbers of up to `bits` bits, lowest first, and their sum."""
    rng, most = draw.rng, settings["bits"]
    size = rng.integers(2, most + 1, rows)
    a, b = rng.integers(0, 2 ** size[:, None], (rows, 2)).T
    places = 2 ** np.arange(most + 1)

    def bits(number: np.ndarray, width: np.ndarray) -> np.ndarray:
        return hide(symbols(0, 2)[(number[:, None] // places) % 2], width)

    page = Page(rows).say(bits(a, size)).say("+").say(bits(b, size)).say("=").say(bits(a + b, size + 1), 1)
    return page.rows(settings["length"], tag=tag("binary_add"))


def _made(make: Make, description: str, source: str) -> Generator:
    return Generator(make=make, family="arithmetic", description=description, source=source)


_CHOMSKY = "arXiv 2207.02098 (Chomsky hierarchy)"
GENERATORS = {
    "arithmetic/mano_s": _made(mano_s, "prefix expressions modulo 23", "Mano, arXiv 2512.17351"),
    "arithmetic/addition": _made(
        addition, "decimal addition in plain order", "decimal addition, arXiv 2307.03381"
    ),
    "arithmetic/bucket_sort": _made(bucket_sort, "symbols sorted", _CHOMSKY),
    "arithmetic/majority": _made(majority, "the most frequent symbol", "zoology"),
    "arithmetic/letter_count": _made(
        letter_count, "how often a letter is in a word", "the strawberry question"
    ),
    "arithmetic/binary_add": _made(binary_add, "binary addition, lowest bit first", _CHOMSKY),
}


def _s(length: int, **more: object) -> dict[str, object]:
    return {"length": length, **more}


TASKS = (
    Task(
        id="mano_s",
        core=True,
        ask={"hardest": True},
        sizes={
            "nano": _s(32, operators=2, several=4),
            "xs": _s(64, operators=3, several=6),
            "s": _s(64, operators=10, several=2),
            "m": _s(128, operators=16, several=3),
        },
    ),
    Task(
        id="addition",
        core=True,
        dose=3,
        sizes={
            "nano": _s(32, digits=1, several=4),
            "xs": _s(64, digits=5, several=3),
            "s": _s(128, digits=10, several=3),
            "m": _s(128, digits=17, several=2),
        },
    ),
    Task(
        id="addition_long",
        generator="arithmetic/addition",
        trained=False,
        description="addition of numbers with more digits than trained",
        sizes={
            "nano": _s(64, digits=2, least=2, several=4),
            "xs": _s(64, digits=6, least=6, several=2),
            "s": _s(128, digits=12, least=12, several=3),
            "m": _s(128, digits=18, least=18, several=2),
        },
    ),
    Task(id="bucket_sort", core=True, dose=3, sizes={"nano": _s(64, longest=24), "s": _s(256, longest=64)}),
    Task(
        id="majority",
        chance=1 / 8,
        sizes={"nano": _s(64, symbols=48), "xs": _s(128, symbols=100), "s": _s(256, symbols=200)},
    ),
    Task(
        id="letter_count",
        core=True,
        sizes={"nano": _s(64, longest=12, several=2), "s": _s(128, longest=20, several=4)},
    ),
    Task(
        id="binary_add",
        sizes={"nano": _s(64, bits=10), "s": _s(128, bits=30)},
    ),
)
