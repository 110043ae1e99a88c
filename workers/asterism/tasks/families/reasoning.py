"""E. Multi-hop and compositional reasoning, without a scratchpad."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from asterism.tasks import vocabulary as v
from asterism.tasks.families.alphabet import symbols, tag
from asterism.tasks.families.page import HOLE, Page, digits, pick, words
from asterism.tasks.families.task import Task
from asterism.tasks.rows import Draw, Generator, Make, Rows, Settings, shuffled

# Shapes: R rows, N nodes, W tokens of a word, Q queries, H hops.


@cache
def _vocabulary(first: int, shortest: int, longest: int, alphabet: int) -> np.ndarray:
    """[words, W] all words of the given lengths. The last token is of an alphabet of its own, so that words
    end.
    """
    inner, last = symbols(first, alphabet), symbols(first + alphabet, alphabet)
    found = []
    for size in range(shortest, longest + 1):
        for number in range(alphabet**size):
            spelled = [number // alphabet**at % alphabet for at in range(size)]
            found.append([*inner[spelled[:-1]], last[spelled[-1]]] + [HOLE] * (longest - size))
    return np.array(found)


def _easy_to_hard(rng: np.random.Generator, rows: int, most: int) -> np.ndarray:
    """n in 3..most with p ∝ 1/(n + √most), Depo's curriculum."""
    share = 1 / (np.arange(3, most + 1) + math.sqrt(most))
    return 3 + np.searchsorted(np.cumsum(share) / share.sum(), rng.random(rows)).clip(0, most - 3)


def _depo(name: str, shortest: int, longest: int, alphabet: int):
    def depo(draw: Draw, rows: int, settings: Settings) -> Rows:
        """Edges of one directed cycle of words, shuffled; `k word` asks for the word k edges on. The mark
        is k. `hardest` fixes the number of nodes to the largest.
        """
        rng, most, hops = draw.rng, settings["nodes"], settings["hops"]
        count = np.full(rows, most) if settings.get("hardest") else _easy_to_hard(rng, rows, most)
        names = _vocabulary(8, shortest, longest, alphabet)
        chosen = names[np.argsort(rng.random((rows, len(names))), 1)[:, :most]]
        order = np.argsort(rng.random((rows, most)) + (np.arange(most) >= count[:, None]), 1)
        page = Page(rows)
        for at in range(most):
            node, there = order[:, at], (at < count)[:, None]
            page.say(np.where(there, pick(chosen, node), HOLE))
            page.say(np.where(there, pick(chosen, (node + 1) % count), HOLE))
        page.say(v.MARKER)
        for _ in range(settings["queries"]):
            node, hop = (rng.random(rows) * count).astype(int), rng.integers(1, hops + 1, rows)
            page.say(symbols(0, 8)[hop - 1]).say(pick(chosen, node))
            page.say(pick(chosen, (node + hop) % count), hop)
        return page.rows(settings["length"], tag=tag(name))

    return depo


def brevo_s(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Shuffled edges of a random DAG, a node, then all its ancestors and an end. Among the many topological
    orders the one that always takes the smallest symbol, so that the next token is unique.
    """
    rng, nodes, degree = draw.rng, settings["nodes"], settings["degree"]
    parents = np.zeros((rows, nodes, nodes), dtype=bool)  # [child, parent]
    for child in range(1, nodes):
        count = rng.integers(1, min(child, degree) + 1, rows)
        order = shuffled(rng, rows, child, min(child, degree))
        for at in range(order.shape[1]):
            parents[np.arange(rows), child, order[:, at]] |= at < count
    name = shuffled(rng, rows, settings["names"], nodes)
    child, parent = np.tril_indices(nodes, -1)
    edges = parents[:, child, parent]
    mixed = np.argsort(rng.random(edges.shape) + ~edges, 1)[:, : int(edges.sum(1).max())]
    there = np.take_along_axis(edges, mixed, 1)
    page = Page(rows)
    ends = [np.take_along_axis(name, end[mixed], 1) for end in (parent, child)]
    pairs = symbols(0, 160)[np.stack(ends, 2)]
    page.say(np.where(there[:, :, None], pairs, HOLE).reshape(rows, -1))
    asked = rng.integers(nodes // 2, nodes, rows)
    ancestors = pick(parents, asked)
    for _ in range(int(math.ceil(math.log2(nodes))) + 1):
        ancestors = ancestors | (ancestors[:, None, :] @ parents)[:, 0]
        parents = parents | (parents @ parents)
    page.say(v.MARKER).say(symbols(0, 160)[pick(name, asked)])
    left = ancestors.copy()
    for _ in range(int(ancestors.sum(1).max())):
        waiting = (parents & left[:, None, :]).any(2)
        chosen = np.where(left & ~waiting, name, 10**6).argmin(1)
        more = left.any(1)
        page.say(np.where(more, symbols(0, 160)[pick(name, chosen)], HOLE)[:, None], 1)
        left[np.arange(rows), chosen] = False
    page.say(v.SEPARATOR, 1)
    return page.rows(settings["length"], tag=tag("brevo_s"))


def pointer_chase(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`pointers` of a random function on as many symbols of `names`, then queries of 1 to `hops` hops; the
    mark is the hop.
    """
    rng, count, most = draw.rng, settings["pointers"], settings.get("names", 80)
    names = symbols(8, most)[shuffled(rng, rows, most, count)]
    target, order = rng.integers(0, count, (rows, count)), shuffled(rng, rows, count)
    page = Page(rows)
    for at in range(count):
        page.say(pick(names, order[:, at])).say(pick(names, pick(target, order[:, at])))
    for _ in range(settings["queries"]):
        start, hop = rng.integers(0, count, rows), rng.integers(1, settings["hops"] + 1, rows)
        here = start
        for step in range(settings["hops"]):
            here = np.where(step < hop, pick(target, here), here)
        page.say(symbols(0, 8)[hop - 1]).say(pick(names, start)).say(pick(names, here), hop)
    return page.rows(settings["length"], tag=tag("pointer_chase"), binding=math.log(count))


_PEOPLE = words("Ada Ben Cleo Dan Eva Finn Gus Hana Ian Jo Kim Leo Mia Ned Ola Pia Rex Sue Tom Uma".split())
_SMALL_TALK = words(
    ["It rained. ", "The tea was cold. ", "A dog ran by. ", "We sat and ate. ", "All was calm. "]
)


def two_hop_context(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`people` have a birth year (1950-2009), the next layers were born "in the same year as" one of the
    layer before; sentences are shuffled, with `chatter` others between. Scored: the year's last two digits.
    """
    rng, people, layers = draw.rng, settings["people"], settings["layers"]
    terse = settings.get("terse", False)
    said, same = (" ", " as ") if terse else (" was born in ", " was born in the same year as ")
    names = shuffled(rng, rows, len(_PEOPLE), people * layers)
    years = 1950 + rng.integers(0, 60, (rows, people))
    sentences, year_of = [], [years]
    for layer in range(layers):
        link = rng.integers(0, people, (rows, people))
        if layer:
            year_of.append(np.take_along_axis(year_of[-1], link, 1))
        for person in range(people):
            page = Page(rows).say(_PEOPLE[names[:, layer * people + person]])
            if layer:
                page.say(same).say(_PEOPLE[pick(names, (layer - 1) * people + link[:, person])])
            else:
                page.say(said).say(digits(years[:, person], 4))
            sentences.append(page.say(". ").close(64)[0])
    for _ in range(settings.get("chatter", 0)):
        sentences.append(Page(rows).say(_SMALL_TALK[rng.integers(0, len(_SMALL_TALK), rows)]).close(64)[0])
    told = np.stack(sentences, 1)
    told = np.take_along_axis(told, shuffled(rng, rows, len(sentences))[:, :, None], 1).reshape(rows, -1)
    one = rng.integers(0, people, rows)
    year = pick(year_of[-1], one)
    page = (
        Page(rows)
        .say(np.where(told == v.FILLER, HOLE, told))
        .say(_PEOPLE[pick(names, (layers - 1) * people + one)])
    )
    page.say(said).say(digits(year // 100, 2)).say(digits(year % 100, 2), 1).say(".")
    return page.rows(settings["length"])


def two_hop_param(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Two fixed maps r1, r2: `r1 x → y`, `r2 x → y`, and `r2 r1 x → z` for seven eighths of the x; the
    others' compositions are asked for with `held_out`.
    """
    rng, count = draw.rng, settings["entities"]
    world = np.random.default_rng([20_260, 5, count])
    first, second = world.integers(0, count, (2, count))
    reserved = np.arange(count) % 8 == 0
    page = Page(rows)
    for _ in range((settings["length"] - 1) // 4):
        kind, entity = rng.integers(0, 3, rows), rng.integers(0, count, rows)
        if settings.get("held_out"):
            kind, entity = np.full(rows, 2), 8 * rng.integers(0, (count + 7) // 8, rows)
        entity = np.where(
            (kind == 2) & ~settings.get("held_out", False) & reserved[entity], (entity + 1) % count, entity
        )
        answer = np.choose(kind, [first[entity], second[entity], second[first[entity]]])
        page.say(np.where(kind == 0, symbols(0, 1), symbols(1, 1))).say(
            np.where(kind == 2, symbols(0, 1), symbols(2, 1))
        )
        page.say(symbols(3, count)[entity]).say(symbols(3, count)[answer], 1)
    return page.rows(settings["length"], tag=tag("two_hop_param"))


def rule_deduction(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`facts` literals, `rules` of two conditions; is a statement true, false, or unknown (a third each)?

    Every atom can be shown in one sign only, so nothing contradicts. The mark is 1 for unknown, else 1 +
    the depth of the proof.
    """
    rng, facts, rules, atoms = draw.rng, settings["facts"], settings["rules"], 16
    everyone = np.arange(rows)
    order, sign = shuffled(rng, rows, atoms), rng.integers(0, 2, (rows, atoms))
    depth = np.full((rows, atoms), 99)
    np.put_along_axis(depth, order[:, :facts], 0, 1)

    def literal(atom_R: np.ndarray, flip: np.ndarray) -> np.ndarray:
        return symbols(0, 32)[atom_R + 16 * (pick(sign, atom_R) ^ flip)]

    stated = [[literal(order[:, at], np.zeros(rows, int))] for at in range(facts)]
    bodies, heads = [], []
    for rule in range(rules):
        head = order[:, facts + rule] if facts + rule < atoms else order[:, rng.integers(facts, atoms)]
        known = facts + min(rule, atoms - facts)
        # Mostly conditions that may hold, late ones first, so that proofs grow deep.
        body = np.stack(
            [
                pick(order, (known * np.sqrt(rng.random(rows))).astype(int)),
                pick(order, rng.integers(0, known, rows)),
            ],
            1,
        )
        flip = (rng.random((rows, 2)) < 0.1).astype(int)
        bodies.append((body, flip))
        heads.append(head)
        stated.append(
            [
                literal(body[:, 0], flip[:, 0]),
                literal(body[:, 1], flip[:, 1]),
                literal(head, np.zeros(rows, int)),
            ]
        )
    for _ in range(rules):
        for (body, flip), head in zip(bodies, heads, strict=True):
            needed = np.where(flip == 1, 99, np.take_along_axis(depth, body, 1)).max(1)
            depth[everyone, head] = np.minimum(depth[everyone, head], np.where(needed < 99, needed + 1, 99))
    page = Page(rows)
    for at in rng.permutation(len(stated)):
        page.say(v.SEPARATOR)
        for token in stated[at]:
            page.say(token)
    for _ in range(settings["queries"]):
        kind = rng.integers(0, 3, rows)
        weight = rng.random((rows, atoms)) + np.where(depth == 99, 0, np.minimum(depth, 3))
        proved, open_ = (
            np.where(depth < 99, weight, -1).argmax(1),
            np.where(depth == 99, weight, -1).argmax(1),
        )
        kind = np.where((depth < 99).all(1) & (kind == 2), 0, kind)
        atom = np.where(kind == 2, open_, proved)
        flip = np.where(kind == 2, rng.integers(0, 2, rows), kind)
        mark = np.where(kind == 2, 1, 1 + np.minimum(pick(depth, atom), 4))
        page.say(v.MARKER).say(literal(atom, flip)).say(symbols(32, 3)[kind], mark)
    return page.rows(settings["length"], tag=tag("rule_deduction"))


def kinship_compose(draw: Draw, rows: int, settings: Settings) -> Rows:
    """A chain `a is the R of b`, shuffled; how is the first related to the last? Relations say generation
    (parent, child, sibling) and sex; the answer adds the generations and takes the first person's sex.
    """
    rng, most = draw.rng, settings["longest"]
    count = rng.integers(settings["shortest"], most + 1, rows)
    people, step = shuffled(rng, rows, 16, most + 1), rng.integers(-1, 2, (rows, most))
    sex = rng.integers(0, 2, (rows, most + 1))
    order = np.argsort(rng.random((rows, most)) + (np.arange(most) >= count[:, None]), 1)
    page = Page(rows)
    for at in range(most):
        link, there = order[:, at], (at < count)[:, None]
        relation = symbols(16, 6)[2 * (pick(step, link) + 1) + pick(sex, link)]
        for token in (symbols(0, 16)[pick(people, link)], relation, symbols(0, 16)[pick(people, link + 1)]):
            page.say(np.where(there, token[:, None], HOLE))
    total = np.where(np.arange(most) < count[:, None], step, 0).sum(1)
    page.say(v.MARKER).say(symbols(0, 16)[people[:, 0]]).say(symbols(0, 16)[pick(people, count)])
    page.say(symbols(22, 2 * (2 * most + 1))[2 * (total + most) + sex[:, 0]], 1)
    return page.rows(settings["length"], tag=tag("kinship_compose"))


_PERSONS = words("Mary John Dan Sue Bill Ann".split())
_PLACES = words("kitchen garden office hallway bath shed".split())
_THINGS = words("apple milk ball cup".split())


def _babi(supporting: int):
    def babi(draw: Draw, rows: int, settings: Settings) -> Rows:
        """People go to places, take and leave things; where is a person (1), a thing (2), or where was the
        thing before (3)?
        """
        rng, facts, everyone = draw.rng, settings["facts"], np.arange(rows)
        to, takes, leaves = (
            (" to ", " has ", " left ")
            if settings.get("terse")
            else (" went to the ", " took the ", " left the ")
        )
        persons, things = settings["persons"], 2
        place = rng.integers(0, 6, (rows, persons))
        holder = np.full((rows, things), -1)
        where, before = np.full((rows, things), -1), np.full((rows, things), -1)
        page = Page(rows)
        for at in range(facts):
            person, thing = rng.integers(0, persons, rows), rng.integers(0, things, rows)
            moves = (rng.random(rows) < (1.0 if supporting == 1 else 0.55)) | (at < persons)
            person = np.where(at < persons, at % persons, person)
            goal = (place[everyone, person] + rng.integers(1, 6, rows)) % 6
            held = pick(holder, thing)
            drops = ~moves & (held >= 0)
            person = np.where(drops, held, person)
            picks = ~moves & (held < 0)
            # A thing that was put down can only be taken where it lies.
            lies = pick(where, thing)
            far = picks & (lies >= 0) & (lies != pick(place, person))
            moves, picks = moves | far, picks & ~far
            goal = np.where(far, lies, goal)
            page.say(_PERSONS[person])
            page.say(words([to, takes, leaves])[np.where(moves, 0, np.where(picks, 1, 2))])
            page.say(np.where(moves[:, None], _PLACES[goal], HOLE)).say(
                np.where(moves[:, None], HOLE, _THINGS[thing])
            )
            page.say(".")
            place[everyone[moves], person[moves]] = goal[moves]
            holder[everyone[picks], thing[picks]] = person[picks]
            holder[everyone[drops], thing[drops]] = -1
            for each in range(things):
                carried = holder[:, each] >= 0
                here = np.where(carried, pick(place, holder[:, each].clip(0)), where[:, each])
                changed = carried & (here != where[:, each])
                before[:, each] = np.where(changed & (where[:, each] >= 0), where[:, each], before[:, each])
                where[:, each] = here
        if supporting == 1:
            person = rng.integers(0, persons, rows)
            page.say("?").say(_PERSONS[person]).say(":").say(_PLACES[pick(place, person)], 1)
            return page.rows(settings["length"])
        known = where if supporting == 2 else before
        thing = np.where(known >= 0, rng.random((rows, things)), -1).argmax(1)
        answer = pick(known, thing)
        page.say("?" if supporting == 2 else "<").say(_THINGS[thing]).say(":")
        page.say(np.where(answer[:, None] >= 0, _PLACES[answer.clip(0)], words(["nowhere"])), 1)
        return page.rows(settings["length"])

    return babi


def _made(make: Make, description: str, source: str) -> Generator:
    return Generator(make=make, family="reasoning", description=description, source=source)


_PHYSICS, _BABI = "arXiv 2512.17351 (Depo, Brevo)", "bAbI, arXiv 1502.05698"
GENERATORS = {
    "reasoning/depo1_s": _made(_depo("depo1_s", 1, 2, 16), "k edges on along a cycle of words", _PHYSICS),
    "reasoning/depo2_s": _made(_depo("depo2_s", 3, 4, 3), "the same with words of 3 and 4 tokens", _PHYSICS),
    "reasoning/brevo_s": _made(brevo_s, "all ancestors of a node in topological order", _PHYSICS),
    "reasoning/pointer_chase": _made(
        pointer_chase, "pointers in context, followed several hops", "Depo idea"
    ),
    "reasoning/two_hop_context": _made(two_hop_context, "birth years through others", "arXiv 2512.17351"),
    "reasoning/two_hop_param": _made(two_hop_param, "compositions of two learnt maps", "two-hop facts"),
    "reasoning/rule_deduction": _made(
        rule_deduction, "true, false or unknown by rules", "arXiv 2012.13048, idea"
    ),
    "reasoning/kinship_compose": _made(
        kinship_compose, "a chain of family relations", "CLUTRR idea, 1908.06177"
    ),
    "reasoning/babi_qa1": _made(_babi(1), "where a person is", _BABI),
    "reasoning/babi_qa2": _made(_babi(2), "where a thing is that people carry", _BABI),
    "reasoning/babi_qa3": _made(_babi(3), "where a thing was before", _BABI),
}


def _s(length: int, **more: object) -> dict[str, object]:
    return {"length": length, **more}


TASKS = (
    Task(
        id="depo1_s",
        core=True,
        ask={"hardest": True},
        marks=tuple(range(1, 9)),
        sizes={
            "nano": _s(64, nodes=6, hops=2, queries=4),
            "xs": _s(128, nodes=12, hops=4, queries=4),
            "s": _s(512, nodes=60, hops=8, queries=8),
            "m": _s(2048, nodes=225, hops=8, queries=10),
        },
    ),
    Task(
        id="depo2_s",
        ask={"hardest": True},
        marks=tuple(range(1, 9)),
        sizes={
            "nano": _s(128, nodes=6, hops=2, queries=4),
            "xs": _s(128, nodes=8, hops=4, queries=4),
            "s": _s(512, nodes=40, hops=8, queries=8),
            "m": _s(1024, nodes=75, hops=8, queries=8),
        },
    ),
    Task(
        id="brevo_s",
        core=True,
        sizes={
            "nano": _s(64, nodes=8, degree=2, names=32),
            "xs": _s(128, nodes=10, degree=4, names=32),
            "s": _s(512, nodes=30, degree=4, names=110),
            "m": _s(1024, nodes=70, degree=4, names=110),
        },
    ),
    Task(
        id="pointer_chase",
        core=True,
        dose=8,
        binding=True,
        marks=(1, 2, 3, 4),
        sizes={
            "nano": _s(32, pointers=4, hops=2, queries=6, names=8),
            "xs": _s(64, pointers=12, hops=4, queries=12),
            "s": _s(256, pointers=60, hops=6, queries=40),
        },
    ),
    Task(
        id="two_hop_context",
        core=True,
        sizes={
            "nano": _s(128, people=3, layers=2, terse=True, chatter=2),
            "xs": _s(256, people=3, layers=2, chatter=2),
            "s": _s(1024, people=3, layers=3, chatter=30),
        },
    ),
    Task(
        id="two_hop_param",
        ask={"held_out": True},
        held_out=True,
        sizes={"nano": _s(64, entities=40), "xs": _s(64, entities=80), "s": _s(64, entities=150)},
    ),
    Task(
        id="rule_deduction",
        core=True,
        chance=1 / 3,
        marks=(1, 2, 3, 4, 5),
        sizes={
            "nano": _s(64, facts=5, rules=6, queries=4),
            "xs": _s(128, facts=6, rules=8, queries=6),
            "s": _s(128, facts=6, rules=10, queries=6),
        },
    ),
    Task(
        id="kinship_compose",
        sizes={
            "nano": _s(32, shortest=2, longest=4),
            "s": _s(64, shortest=2, longest=8),
        },
    ),
    *(
        Task(
            id=f"babi_qa{number}",
            sizes={
                "nano": _s(128, facts=5 if number < 3 else 6, persons=2, terse=True),
                "xs": _s(256, facts=8, persons=3),
                "s": _s(1024, facts=30, persons=4),
            },
        )
        for number in (1, 2, 3)
    ),
)
