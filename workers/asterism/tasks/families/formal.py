"""D. Formal languages, hierarchy, and grammars that the row itself defines."""

from __future__ import annotations

from functools import cache

import numpy as np

from asterism.tasks import vocabulary as v
from asterism.tasks.families.alphabet import symbols, tag
from asterism.tasks.families.page import HOLE, Page, asked, close_up, hide, letters, pick, tagged
from asterism.tasks.families.task import Task
from asterism.tasks.rows import Draw, Generator, Make, Rows, Settings, shuffled

# Shapes: R rows, T tokens of a row, W tokens of an expression, Q states, L letters.


def dyck_k(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`kinds` of brackets to a bounded `depth`; the type of each closing bracket. Far (2): 8 tokens or
    more.
    """
    rng, steps, kinds, deepest = draw.rng, settings["length"] - 1, settings["kinds"], settings["depth"]
    tokens, marks = np.empty((rows, steps), dtype=np.int64), np.zeros((rows, steps), dtype=np.uint8)
    stack, opened = np.zeros((2, rows, deepest + 1), dtype=np.int64)
    depth, everyone = np.zeros(rows, dtype=np.int64), np.arange(rows)
    wants, drawn = rng.random((steps, rows)) < 0.5, rng.integers(0, kinds, (steps, rows))
    for at in range(steps):
        opens = (depth == 0) | (wants[at] & (depth < deepest))
        kind = np.where(opens, drawn[at], stack[everyone, depth])
        tokens[:, at] = symbols(0, 2 * kinds)[kind + np.where(opens, 0, kinds)]
        marks[:, at] = np.where(opens, 0, np.where(at - opened[everyone, depth] < 8, 1, 2))
        depth += np.where(opens, 1, -1)
        stack[everyone[opens], depth[opens]], opened[everyone[opens], depth[opens]] = kind[opens], at
    return tagged(tag("dyck_k"), asked(tokens, marks))


def reverse_string(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Letters, then the same backwards."""
    rng, longest = draw.rng, settings["longest"]
    text = hide(letters(rng, (rows, longest)), rng.integers(settings["shortest"], longest + 1, rows))
    page = Page(rows).say(text).say("/").say(text[:, ::-1], 1).say(".")
    return page.rows(settings["length"], tag=tag("reverse_string"))


def stack_manip(draw: Draw, rows: int, settings: Settings) -> Rows:
    """A stack of bits (bottom first), then POP, PUSH 0, PUSH 1; the stack from its top, then an end."""
    rng, start, operations = draw.rng, settings["start"], settings["operations"]
    bits, pop, push, end = (
        symbols(0, 2),
        *(int(each) for each in symbols(2, 3)[:1]),
        symbols(3, 2),
        symbols(5, 1),
    )
    size = rng.integers(1, start + 1, rows)
    stack = np.concatenate([rng.integers(0, 2, (rows, start)), np.zeros((rows, operations + 1), int)], 1)
    count = rng.integers(1, operations + 1, rows)
    chosen = rng.integers(0, 3, (rows, operations))
    page = (
        Page(rows)
        .say(np.where(np.arange(start) < size[:, None], bits[stack[:, :start]], HOLE))
        .say(v.SEPARATOR)
    )
    everyone = np.arange(rows)
    for at in range(operations):
        runs = at < count
        page.say(np.where(runs, np.where(chosen[:, at] == 2, pop, push[chosen[:, at] % 2]), HOLE)[:, None])
        pushed, popped = runs & (chosen[:, at] < 2), runs & (chosen[:, at] == 2) & (size > 0)
        stack[everyone[pushed], size[pushed]] = chosen[pushed, at]
        size = size + pushed - popped
    backwards = size[:, None] - 1 - np.arange(start + operations)
    answer = np.where(backwards >= 0, bits[np.take_along_axis(stack, backwards.clip(0), 1)], HOLE)
    page.say(v.MARKER).say(answer, 1).say(int(end[0]), 1)
    return page.rows(settings["length"], tag=tag("stack_manip"))


def _expression(rng: np.random.Generator, rows: int, depth: int, top: bool) -> tuple[np.ndarray, np.ndarray]:
    """Tokens [R, W] with holes and values [R] of fully bracketed + and − modulo five."""
    leaf = rng.integers(0, 5, rows)
    if depth == 0:
        return symbols(0, 5)[leaf][:, None], leaf
    left, first = _expression(rng, rows, depth - 1, False)
    right, second = _expression(rng, rows, depth - 1, False)
    minus = rng.random(rows) < 0.5
    whole = np.concatenate(
        [
            np.full((rows, 1), symbols(7, 1)[0]),
            left,
            symbols(5, 2)[minus.astype(int)][:, None],
            right,
            np.full((rows, 1), symbols(8, 1)[0]),
        ],
        1,
    )
    plain = np.zeros(rows, dtype=bool) if top else rng.random(rows) < 0.4
    alone = np.full_like(whole, HOLE)
    alone[:, 0] = symbols(0, 5)[leaf]
    value = np.where(minus, first - second, first + second) % 5
    return np.where(plain[:, None], alone, whole), np.where(plain, leaf, value)


def _fitting(make, rows: int, room: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw expressions until `rows` of them take at most `room` tokens; tokens [R, room] and values."""
    tokens, values = [], []
    while sum(map(len, values)) < rows:
        drawn, value = make(rows)
        fits = (drawn != HOLE).sum(1) <= room
        closed = close_up(drawn[fits])[:, :room]
        tokens.append(np.pad(closed, ((0, 0), (0, room - closed.shape[1])), constant_values=HOLE))
        values.append(value[fits])
    return np.concatenate(tokens)[:rows], np.concatenate(values)[:rows]


def mod_arith_brackets(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Nested brackets of + and − modulo five; `several` of them in a row, each followed by its value."""
    room = (settings["length"] - 1) // settings["several"] - 2
    page = Page(rows)
    for _ in range(settings["several"]):
        tokens, value = _fitting(lambda n: _expression(draw.rng, n, settings["depth"], True), rows, room)
        page.say(tokens).say("=").say(symbols(0, 5)[value], 1)
    return page.rows(settings["length"], tag=tag("mod_arith_brackets"))


def _list(
    rng: np.random.Generator, rows: int, depth: int, leaf: float, top: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Tokens and values of `[OP a b …]`; a node is a digit with probability `leaf`, at the root never."""
    digit = rng.integers(0, 10, rows)
    if depth == 0:
        return symbols(0, 10)[digit][:, None], digit
    count, operator = rng.integers(2, 5, rows), rng.integers(0, 4, rows)
    parts = [_list(rng, rows, depth - 1, leaf, False) for _ in range(4)]
    used = np.arange(4) < count[:, None]
    values = np.stack([value for _, value in parts], 1)
    body = [np.where(used[:, at, None], tokens, HOLE) for at, (tokens, _) in enumerate(parts)]
    whole = np.concatenate(
        [symbols(10, 4)[operator][:, None], *body, np.full((rows, 1), symbols(14, 1)[0])], 1
    )
    ranked = np.sort(np.where(used, values, 99), 1)
    middle = (pick(ranked, (count - 1) // 2) + pick(ranked, count // 2)) // 2
    most, total = np.where(used, values, -1).max(1), np.where(used, values, 0).sum(1) % 10
    value = np.choose(operator, [ranked[:, 0], most, middle, total])
    plain = np.zeros(rows, dtype=bool) if top else rng.random(rows) < leaf
    alone = np.full_like(whole, HOLE)
    alone[:, 0] = symbols(0, 10)[digit]
    return np.where(plain[:, None], alone, whole), np.where(plain, digit, value)


def listops_s(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Nested MIN, MAX, MED (rounded down) and SUM modulo ten; one or more in a row, each with its value."""
    room = (settings["length"] - 1) // settings["several"] - 2
    page = Page(rows)
    for _ in range(settings["several"]):
        tokens, value = _fitting(
            lambda n: _list(draw.rng, n, settings["depth"], settings["leaf"], True), rows, room
        )
        page.say(tokens).say("=").say(symbols(0, 10)[value], 1)
    return page.rows(settings["length"], tag=tag("listops_s"))


@cache
def grammar(levels: int, width: int, rules: int) -> tuple[np.ndarray, ...]:
    """A fixed grammar: for each level [symbols, rules, 3] symbols of the next level, holes after short
    rules.
    """
    rng = np.random.default_rng([512, levels, width, rules])
    while True:
        tables = rng.integers(0, width, (levels, width, rules, 3))
        tables[..., 2] = np.where(rng.random((levels, width, rules)) < 0.5, HOLE, tables[..., 2])
        share = np.eye(width)[0]
        for bodies in tables:
            counts = (bodies[..., None] == np.arange(width)).sum((1, 2))
            share = share @ counts / (share @ counts).sum()
        # A grammar that nearly always says the same terminal would ask nothing.
        if share.max() < 0.42:
            return tuple(tables)


def lano_cfg(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Strings of a fixed grammar of `levels` levels, three terminals; the next terminal or end everywhere."""
    rng, length = draw.rng, settings["length"]
    page = Page(rows)
    for _ in range(settings["strings"]):
        string = rng.integers(0, 3, (rows, 1)) * 0
        for bodies in grammar(settings["levels"], 3, settings["rules"]):
            rule = rng.integers(0, bodies.shape[1], string.shape)
            expanded = np.where(string[:, :, None] == HOLE, HOLE, bodies[string.clip(0), rule])
            string = expanded.reshape(rows, -1)
        page.say(np.where(string == HOLE, HOLE, symbols(0, 3)[string.clip(0)]), 1).say(
            int(symbols(3, 1)[0]), 1
        )
    tokens, marks, _ = page.close(length, tag=tag("lano_cfg"))
    return asked(tokens, marks)


def regbench_pfa(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Strings of an automaton of the row's own: 4 to 8 states, 4 to 8 letters, up to 4 edges a state; a
    string ends after 6 to 12 letters. The next letter is scored.
    """
    rng, steps, most = draw.rng, settings["length"] - 1, settings["most"]
    states, used = rng.integers(4, most + 1, rows), rng.integers(4, most + 1, rows)
    names = shuffled(rng, rows, 16, most)
    # Which letters a state has: the first `edges` of a random order of the letters in use.
    order = np.argsort(rng.random((rows, most, most)) + (np.arange(most) >= used[:, None])[:, None, :], 2)
    edges = rng.integers(1, 5, (rows, most))
    target = (rng.random((rows, most, most)) * states[:, None, None]).astype(int)
    tokens = np.full((rows, steps), v.FILLER, dtype=np.int64)
    everyone, state = np.arange(rows), np.zeros(rows, dtype=np.int64)
    left, marks = rng.integers(6, 13, rows), np.zeros((rows, steps), dtype=np.uint8)
    choice, lengths = rng.random((steps, rows)), rng.integers(6, 13, (steps, rows))
    for at in range(steps):
        ends = left == 0
        edge = (choice[at] * edges[everyone, state]).astype(int)
        letter = order[everyone, state, edge]
        tokens[:, at] = np.where(ends, v.SEPARATOR, symbols(0, 16)[names[everyone, letter]])
        marks[:, at] = ~ends & (at >= steps // 4)
        state = np.where(ends, 0, target[everyone, state, letter])
        left = np.where(ends, lengths[at], left - 1)
    return tagged(tag("regbench_pfa"), asked(tokens, marks))


def missing_duplicate(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`w w` with one symbol of the second masked; the symbol, at the marker."""
    rng, half = draw.rng, settings["half"]
    bits = symbols(0, 2)[rng.integers(0, 2, (rows, half))]
    twice, at = np.concatenate([bits, bits], 1), rng.integers(half, 2 * half, rows)
    answer = pick(twice, at)
    twice[np.arange(rows), at] = symbols(2, 1)[0]
    page = Page(rows).say(twice).say(v.MARKER).say(answer, 1)
    return page.rows(settings["length"], tag=tag("missing_duplicate"))


def odds_first(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Letters, then those at odd places and those at even places."""
    rng, longest = draw.rng, settings["longest"]
    text = hide(letters(rng, (rows, longest)), rng.integers(4, longest + 1, rows))
    page = Page(rows).say(text).say("/").say(text[:, 0::2], 1).say(text[:, 1::2], 1)
    return page.rows(settings["length"], tag=tag("odds_first"))


def agreement_nested(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Sentences `the N (of the N)×k V`: the verb takes the number of the first noun, whatever stands
    between. The mark is k + 1.
    """
    rng, most = draw.rng, settings["attractors"]
    determiner, preposition, nouns, verbs = symbols(0, 2), symbols(2, 4), symbols(6, 24), symbols(30, 12)
    page = Page(rows)
    for _ in range(settings["sentences"]):
        plural, count = rng.integers(0, 2, rows), rng.integers(0, most + 1, rows)
        page.say(determiner[rng.integers(0, 2, rows)]).say(nouns[2 * rng.integers(0, 12, rows) + plural])
        for at in range(most):
            there = at < count
            for word in (
                preposition[rng.integers(0, 4, rows)],
                determiner[rng.integers(0, 2, rows)],
                nouns[rng.integers(0, 24, rows)],
            ):
                page.say(np.where(there, word, HOLE)[:, None])
        page.say(symbols(42, 2)[plural], count + 1).say(verbs[rng.integers(0, 12, rows)])
    return page.rows(settings["length"], tag=tag("agreement_nested"))


def _made(make: Make, description: str, source: str) -> Generator:
    return Generator(make=make, family="formal", description=description, source=source)


_CHOMSKY, _LANO = "arXiv 2207.02098 (Chomsky hierarchy)", "Lano, arXiv 2512.17351"
GENERATORS = {
    "formal/dyck_k": _made(dyck_k, "Dyck words of several bracket types", "arXiv 2010.07515"),
    "formal/reverse_string": _made(reverse_string, "a string and its reversal", _CHOMSKY),
    "formal/stack_manip": _made(stack_manip, "what is on a stack after pushes and pops", _CHOMSKY),
    "formal/mod_arith_brackets": _made(mod_arith_brackets, "nested sums modulo five", _CHOMSKY),
    "formal/listops_s": _made(listops_s, "nested list operations modulo ten", "ListOps, arXiv 2011.04006"),
    "formal/lano_cfg": _made(lano_cfg, "strings of a fixed context-free grammar", _LANO),
    "formal/regbench_pfa": _made(regbench_pfa, "strings of a fresh automaton", "RegBench, arXiv 2401.12973"),
    "formal/missing_duplicate": _made(missing_duplicate, "the masked symbol of a repeated string", _CHOMSKY),
    "formal/odds_first": _made(odds_first, "odd places first, then even ones", _CHOMSKY),
    "formal/agreement_nested": _made(
        agreement_nested, "number agreement over attractors", "BLiMP idea, 1912.00582"
    ),
}


def _s(length: int, **more: object) -> dict[str, object]:
    return {"length": length, **more}


TASKS = (
    Task(
        id="dyck_k",
        core=True,
        dose=4,
        marks=(1, 2),
        sizes={
            "nano": _s(32, kinds=4, depth=6),
            "xs": _s(128, kinds=4, depth=8),
            "s": _s(512, kinds=8, depth=16),
        },
    ),
    Task(
        id="dyck_k_far",
        generator="formal/dyck_k",
        core=True,
        marks=(2,),
        description="closing brackets whose partner is eight or more tokens back",
        sizes={
            "nano": _s(32, kinds=4, depth=6),
            "xs": _s(128, kinds=4, depth=8),
            "s": _s(512, kinds=8, depth=16),
        },
    ),
    Task(
        id="reverse_string",
        core=True,
        chance=1 / 26,
        sizes={
            "nano": _s(64, shortest=5, longest=20),
            "xs": _s(128, shortest=5, longest=40),
            "s": _s(512, shortest=20, longest=200),
        },
    ),
    Task(
        id="stack_manip",
        core=True,
        sizes={
            "nano": _s(64, start=10, operations=10),
            "xs": _s(128, start=24, operations=24),
            "s": _s(256, start=60, operations=60),
        },
    ),
    Task(
        id="mod_arith_brackets",
        core=True,
        dose=3,
        chance=1 / 5,
        sizes={
            "nano": _s(32, depth=1, several=4),
            "xs": _s(128, depth=4, several=3),
            "s": _s(256, depth=5, several=3),
        },
    ),
    Task(
        id="listops_s",
        core=True,
        sizes={
            "nano": _s(64, depth=3, several=2, leaf=0.75),
            "xs": _s(128, depth=3, several=2, leaf=0.5),
            "s": _s(512, depth=5, several=1, leaf=0.5),
        },
    ),
    Task(
        id="lano_cfg",
        core=True,
        sizes={
            "nano": _s(64, levels=3, rules=2, strings=4),
            "xs": _s(128, levels=4, rules=2, strings=4),
            "s": _s(512, levels=6, rules=3, strings=4),
        },
    ),
    Task(
        id="regbench_pfa",
        core=True,
        sizes={"nano": _s(128, most=8), "xs": _s(256, most=8), "s": _s(512, most=12)},
    ),
    Task(
        id="missing_duplicate",
        chance=1 / 2,
        sizes={"nano": _s(64, half=20), "xs": _s(128, half=48), "s": _s(256, half=100)},
    ),
    Task(
        id="odds_first",
        chance=1 / 26,
        sizes={"nano": _s(64, longest=30), "xs": _s(128, longest=60), "s": _s(512, longest=200)},
    ),
    Task(
        id="agreement_nested",
        chance=1 / 2,
        marks=(1, 2, 3, 4, 5),
        sizes={
            "nano": _s(64, attractors=3, sentences=4),
            "xs": _s(128, attractors=4, sentences=7),
            "s": _s(256, attractors=4, sentences=15),
        },
    ),
)
