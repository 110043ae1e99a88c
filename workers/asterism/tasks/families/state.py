"""C. State tracking: what a stream of events adds up to, asked at every step unless said otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import permutations

import numpy as np

from asterism.tasks import vocabulary as v
from asterism.tasks.families.alphabet import symbols, tag
from asterism.tasks.families.page import Page, pick, tagged
from asterism.tasks.families.task import Size, Task
from asterism.tasks.rows import Draw, Generator, Make, Rows, Settings, filler, labelled, next_token, shuffled

# Shapes: R rows, T steps of a row, G elements of a group, B boxes.
LATE, EARLY = 1, 2


def _dense(
    name: str, tokens_RT: np.ndarray, answers_RT: np.ndarray, asked_RT: np.ndarray | bool = True
) -> Rows:
    """Labels at every step, not fed back. Only the last half is scored: early prefixes are local."""
    half = np.where(np.arange(tokens_RT.shape[1]) >= tokens_RT.shape[1] // 2, LATE, EARLY)[None, :]
    marks = np.where(asked_RT, np.broadcast_to(half, tokens_RT.shape), 0)
    return tagged(tag(name), labelled(tokens_RT, answers_RT, marks))


def parity(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Running parity of bits. With probability `reset` a step is a reset instead, and the count begins anew:
    short segments, without which nothing is learnt in nano's budget.
    """
    rng, shape = draw.rng, (rows, settings["length"] - 1)
    bits = rng.integers(0, 2, shape)
    if not settings.get("reset"):
        return _dense("parity", symbols(0, 2)[bits], symbols(2, 2)[np.cumsum(bits, 1) % 2])
    resets = rng.random(shape) < settings["reset"]
    total = np.cumsum(np.where(resets, 0, bits), 1)
    before = np.maximum.accumulate(np.where(resets, total, 0), 1)
    answers = symbols(2, 2)[(total - before) % 2]
    return _dense("parity", np.where(resets, symbols(4, 1)[0], symbols(0, 2)[bits]), answers, ~resets)


def even_pairs(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Is the number of 01 and 10 even? The first bit equals the last in disguise; one answer, at the
    marker.
    """
    rng, length = draw.rng, settings["length"]
    bits = rng.integers(0, 2, (rows, length - 2))
    size = rng.integers(length // 2, length - 1, rows)
    place = np.arange(length - 2)[None, :]
    changes = ((bits[:, 1:] != bits[:, :-1]) & (place[:, 1:] < size[:, None])).sum(1)
    page = Page(rows).say(np.where(place < size[:, None], symbols(0, 2)[bits], -1)).say(v.MARKER)
    tokens, _, _ = page.close(length, tag=tag("even_pairs"))
    marks = (tokens == v.MARKER).astype(np.uint8)
    return labelled(tokens, np.broadcast_to(symbols(2, 2)[changes % 2][:, None], tokens.shape), marks)


def cycle_nav(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Moves -1, 0, +1 on a cycle of five: where one stands."""
    moves = draw.rng.integers(0, 3, (rows, settings["length"] - 1))
    return _dense("cycle_nav", symbols(0, 3)[moves], symbols(3, 5)[np.cumsum(moves - 1, 1) % 5])


def mod_arith(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`3 + 4 × 2 …` from left to right modulo five, without precedence: the value after each number."""
    rng, count = draw.rng, settings["length"] // 2
    numbers, operators = rng.integers(0, 5, (rows, count)), rng.integers(0, 3, (rows, count))
    value = numbers[:, 0]
    tokens = np.full((rows, settings["length"] - 1), v.FILLER, dtype=np.int64)
    answers, asked = np.zeros_like(tokens), np.zeros(tokens.shape, dtype=bool)
    for at in range(count):
        number, operator = numbers[:, at], operators[:, at - 1]
        if at:
            tokens[:, 2 * at - 1] = symbols(5, 3)[operator]
            value = np.choose(operator, [value + number, value - number, value * number]) % 5
        tokens[:, 2 * at], answers[:, 2 * at], asked[:, 2 * at] = (
            symbols(0, 5)[number],
            symbols(8, 5)[value],
            True,
        )
    return _dense("mod_arith", tokens, answers, asked)


@cache
def cayley(degree: int, even: bool) -> np.ndarray:
    """[G, G] the group's table: entry (a, b) is "first a, then b", elements in lexicographic order."""
    elements = [each for each in permutations(range(degree)) if not even or _even(each)]
    number = {each: at for at, each in enumerate(elements)}
    return np.array([[number[tuple(b[i] for i in a)] for b in elements] for a in elements])


def _even(element: tuple[int, ...]) -> bool:
    return sum(a > b for i, a in enumerate(element) for b in element[i + 1 :]) % 2 == 0


def _word(name: str, degree: int, even: bool):
    def word(draw: Draw, rows: int, settings: Settings) -> Rows:
        """The product of all elements so far."""
        table = cayley(degree, even)
        drawn = draw.rng.integers(0, len(table), (rows, settings["length"] - 1))
        product = np.zeros_like(drawn)
        product[:, 0] = drawn[:, 0]
        for at in range(1, drawn.shape[1]):
            product[:, at] = table[product[:, at - 1], drawn[:, at]]
        elements = symbols(0, len(table))
        if settings.get("prefix"):  # easy to target: only the first steps, of a random number, are asked
            shown = draw.rng.integers(2, drawn.shape[1] + 1, (rows, 1))
            return _dense(name, elements[drawn], elements[product], np.arange(drawn.shape[1]) < shown)
        return _dense(name, elements[drawn], elements[product])

    return word


def flip_flop(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Write, ignore, read; a read says the bit last written. `ignore` is the share of ignored pairs."""
    rng, pairs = draw.rng, (settings["length"] - 1) // 2
    chance = rng.random((rows, pairs))
    write = chance < (1 - settings["ignore"]) / 2
    write[:, 0] = True
    read = ~write & (chance > (1 + settings["ignore"]) / 2)
    read[:, -1], write[:, -1] = True, False
    bits = rng.integers(0, 2, (rows, pairs))
    last = np.maximum.accumulate(np.where(write, np.arange(pairs), 0), 1)
    bits = np.where(read, np.take_along_axis(bits, last, 1), bits)
    tokens, marks = filler(rows, settings["length"] - 1)
    tokens[:, 0 : 2 * pairs : 2] = symbols(0, 3)[np.where(write, 0, np.where(read, 1, 2))]
    tokens[:, 1 : 2 * pairs : 2] = symbols(3, 2)[bits]
    marks[:, 0 : 2 * pairs : 2] = read
    return tagged(tag("flip_flop"), next_token(tokens, marks))


def box_tracking(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`1a 2b 3c. 1x3. 2=?`: items in boxes, `operations` exchanges of two boxes, what some hold."""
    rng, boxes = draw.rng, settings["boxes"]
    held = ord("a") + shuffled(rng, rows, 26, boxes)
    page = Page(rows)
    for box in range(boxes):
        page.say(ord("1") + box).say(held[:, box])
    page.say(".")
    for _ in range(settings["operations"]):
        pair = shuffled(rng, rows, boxes, 2)
        page.say(ord("1") + pair[:, 0]).say("x").say(ord("1") + pair[:, 1]).say(".")
        moved = np.take_along_axis(held, pair[:, ::-1], 1)
        np.put_along_axis(held, pair, moved, 1)
    asked = shuffled(rng, rows, boxes, settings["questions"])
    for at in range(settings["questions"]):
        page.say(ord("1") + asked[:, at]).say("=").say(pick(held, asked[:, at]), 1).say(";")
    return page.rows(settings["length"])


def _made(make: Make, description: str, source: str) -> Generator:
    return Generator(make=make, family="state", description=description, source=source)


_CHOMSKY, _WORDS = "arXiv 2207.02098 (Chomsky hierarchy)", "word problem, arXiv 2404.08819"
GENERATORS = {
    "state/parity": _made(parity, "running parity of bits, no resets", _CHOMSKY),
    "state/even_pairs": _made(even_pairs, "is the number of changes in a bit string even", _CHOMSKY),
    "state/cycle_nav": _made(cycle_nav, "moves on a cycle of five", _CHOMSKY),
    "state/mod_arith": _made(mod_arith, "left-to-right arithmetic modulo five", _CHOMSKY),
    "state/word_s3": _made(_word("word_s3", 3, False), "running product in S3", _WORDS),
    "state/word_a5": _made(_word("word_a5", 5, True), "running product in A5", _WORDS),
    "state/word_s5": _made(_word("word_s5", 5, False), "running product in S5", _WORDS),
    "state/flip_flop": _made(flip_flop, "write, ignore, read one bit", "arXiv 2306.00946"),
    "state/box_tracking": _made(
        box_tracking, "items in boxes that are exchanged", "arXiv 2305.02363, as symbols"
    ),
}


def _l(nano: int, xs: int, s: int, m: int, **more: object) -> Mapping[Size, Settings]:
    return {
        "nano": {"length": nano, **more},
        "xs": {"length": xs, **more},
        "s": {"length": s, **more},
        "m": {"length": m, **more},
    }


TASKS = (
    Task(
        id="parity",
        core=True,
        dose=5,
        chance=1 / 2,
        sizes={**_l(32, 64, 256, 256), "nano": {"length": 32, "reset": 0.15}},
    ),
    Task(
        id="parity_2x",
        generator="state/parity",
        trained=False,
        chance=1 / 2,
        sizes={**_l(64, 128, 512, 512), "nano": {"length": 64, "reset": 0.15}},
        description="running parity at twice the trained length",
    ),
    Task(id="even_pairs", chance=1 / 2, sizes=_l(32, 64, 256, 256)),
    Task(id="cycle_nav", core=True, chance=1 / 5, sizes=_l(32, 64, 256, 256)),
    Task(id="mod_arith", core=True, sizes=_l(32, 64, 256, 256)),
    Task(id="word_s3", core=True, chance=1 / 6, sizes=_l(32, 32, 128, 128)),
    Task(id="word_a5", chance=1 / 60, sizes=_l(32, 32, 64, 64, prefix=True), ask={"prefix": False}),
    Task(id="word_s5", chance=1 / 120, sizes=_l(32, 32, 64, 64, prefix=True), ask={"prefix": False}),
    Task(id="flip_flop", core=True, dose=6, chance=1 / 2, sizes=_l(64, 128, 512, 512, ignore=0.8)),
    Task(
        id="flip_flop_sparse",
        generator="state/flip_flop",
        trained=False,
        chance=1 / 2,
        sizes=_l(64, 128, 512, 512, ignore=0.98),
        description="98 % ignored, trained on 80 %: the tail of distances",
    ),
    Task(
        id="box_tracking",
        chance=1 / 26,
        sizes={
            "nano": {"length": 64, "boxes": 5, "operations": 6, "questions": 3},
            "xs": {"length": 128, "boxes": 7, "operations": 16, "questions": 4},
            "s": {"length": 256, "boxes": 9, "operations": 40, "questions": 5},
        },
    ),
)
