"""H. Instruction following and tool use, in bytes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from asterism.tasks.families.page import HOLE, Page, close_up, digits, hide, pick, words
from asterism.tasks.families.task import Size, Task
from asterism.tasks.rows import Draw, Generator, Make, Rows, Settings, shuffled

# Shapes: R rows, F functions, W letters of a payload.
_FUNCTIONS = words("sum max mix cut add get put run map log hit set bid fly dig row sew tie vet zip".split())
_ARGUMENTS = words("ax by cu do el fa go hi in jo ki le mo na ox pi qi ra si to".split())


def _listed(draw: Draw, page: Page, rows: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Names and arguments of `count` + 1 functions, all but the last of them said."""
    names = shuffled(draw.rng, rows, len(_FUNCTIONS), count + 1)
    arguments = shuffled(draw.rng, rows * (count + 1), len(_ARGUMENTS), 2).reshape(rows, count + 1, 2)
    for at in range(count):
        page.say("def ").say(_FUNCTIONS[names[:, at]]).say("(").say(_ARGUMENTS[arguments[:, at, 0]])
        page.say(",").say(_ARGUMENTS[arguments[:, at, 1]]).say(")\n")
    return names, arguments


def tool_call(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Functions with two named arguments; `use sum by 7 ax 4` becomes `>sum(ax=4,by=7)`. With probability
    `absent` the wanted function is not among them, and the answer is `>none`.
    """
    rng, count = draw.rng, settings["functions"]
    page = Page(rows)
    names, arguments = _listed(draw, page, rows, count)
    absent = rng.random(rows) < settings.get("absent", 0)
    chosen = np.where(absent, count, rng.integers(0, count, rows))
    wanted, given = pick(names, chosen), pick(arguments, chosen)
    values = ord("0") + rng.integers(0, 10, (rows, 2))
    order = shuffled(rng, rows, 2)
    page.say("use ").say(_FUNCTIONS[wanted])
    for at in range(2):
        page.say(" ").say(_ARGUMENTS[pick(given, order[:, at])]).say(" ").say(pick(values, order[:, at]))
    page.say("\n>")
    there = ~absent[:, None]
    page.say(np.where(there, _FUNCTIONS[wanted], words(["none"])[:, :3]), 1)
    page.say(np.where(there, ord("("), ord("e"))[:, 0], 1)
    for at in range(2):
        page.say(np.where(there, _ARGUMENTS[given[:, at]], HOLE), 1).say(np.where(there, ord("="), HOLE), 0)
        page.say(np.where(there, values[:, at, None], HOLE), 1).say(
            np.where(there, ord(")" if at else ","), HOLE)
        )
    return page.rows(settings["length"])


def tool_chain(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`>f(a=3)=71` is given; then the call of a second function with that result: `>g(b=71)`."""
    rng, count = draw.rng, settings["functions"]
    page = Page(rows)
    names, arguments = _listed(draw, page, rows, count)
    both = shuffled(rng, rows, count, 2)
    result = rng.integers(10, 100, (rows, 2))
    page.say("use ").say(_FUNCTIONS[pick(names, both[:, 0])]).say(" then ").say(
        _FUNCTIONS[pick(names, both[:, 1])]
    ).say("\n")
    for step in range(2):
        function = both[:, step]
        page.say(">").say(_FUNCTIONS[pick(names, function)], step).say("(")
        page.say(_ARGUMENTS[pick(arguments, function)[:, step]], step).say("=")
        page.say(digits(result[:, 0], 2) if step else digits(result[:, 1], 2), step).say(")")
        if not step:
            page.say("=").say(digits(result[:, 0], 2)).say("\n")
    return page.rows(settings["length"])


def _upper(text: np.ndarray) -> np.ndarray:
    return np.where(text == HOLE, HOLE, text - 32 * (text >= ord("a")))


def _backwards(text: np.ndarray) -> np.ndarray:
    return close_up(text[:, ::-1])


def _sorted(text: np.ndarray) -> np.ndarray:
    ranked = np.sort(np.where(text == HOLE, 999, text), 1)
    return np.where(ranked == 999, HOLE, ranked)


def _around(before: str, after: str):
    def put(text: np.ndarray) -> np.ndarray:
        ends = [
            np.full((len(text), len(part)), [ord(c) for c in part], dtype=np.int64).reshape(len(text), -1)
            for part in (before, after)
        ]
        return close_up(np.concatenate([ends[0], text, ends[1]], 1))

    return put


def _joined(text: np.ndarray) -> np.ndarray:
    spaced = np.full((len(text), 2 * text.shape[1]), HOLE)
    spaced[:, 0::2] = text
    later = text != HOLE
    spaced[:, 1:-1:2] = np.where(later[:, 1:], ord("-"), HOLE)
    return close_up(spaced)


def _without_first(text: np.ndarray) -> np.ndarray:
    return text[:, 1:]


def _turned(text: np.ndarray) -> np.ndarray:
    return close_up(np.concatenate([text[:, 1:], text[:, :1]], 1))


def _no_repeats(text: np.ndarray) -> np.ndarray:
    again = (text[:, :, None] == text[:, None, :]) & np.tri(text.shape[1], k=-1, dtype=bool)
    return close_up(np.where(again.any(2), HOLE, text))


def _next_letters(text: np.ndarray) -> np.ndarray:
    return np.where((text >= ord("a")) & (text <= ord("z")), ord("a") + (text - ord("a") + 1) % 26, text)


INSTRUCTIONS = {
    "U": _upper,
    "R": _backwards,
    "2": lambda text: close_up(np.concatenate([text, text], 1)),
    "S": _sorted,
    "P": _around("<", ""),
    "Q": _around("", "!"),
    "J": _joined,
    "D": _without_first,
    "T": _turned,
    "N": _no_repeats,
    "E": lambda text: close_up(np.where(text == ord("e"), HOLE, text)),
    "X": _next_letters,
}
"""Twelve instructions that can be checked: upper case, reversed, twice, sorted, prefix, suffix, joined by
dashes, first dropped, first moved to the end, no letter twice, no letter e, every letter moved on by one.
"""
_CODES = np.array([ord(code) for code in INSTRUCTIONS])


def follow(text: np.ndarray, instruction_R: np.ndarray) -> np.ndarray:
    """Each row's text after its own instruction (-1: none)."""
    results = [text, *(apply(text) for apply in INSTRUCTIONS.values())]
    width = max(result.shape[1] for result in results)
    padded = [
        np.pad(result, ((0, 0), (0, width - result.shape[1])), constant_values=HOLE) for result in results
    ]
    whole = np.select([(instruction_R == at - 1)[:, None] for at in range(len(padded))], padded, HOLE)
    return whole[:, : int((whole != HOLE).sum(1).max())]


def _held_out(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """One pair of instructions in six is never trained."""
    return (5 * first + second) % 6 == 0


def _payload(rng: np.random.Generator, rows: int, longest: int) -> np.ndarray:
    # Eight letters, the e among them, so that repeats and the forbidden letter occur.
    return hide(ord("a") + rng.integers(0, 8, (rows, longest)), rng.integers(3, longest + 1, rows))


def instr_verify(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`UR:abc=CBA;`: 1 to `most` of twelve instructions applied in order; pairs that follow each other are
    never held-out ones, or, with `held_out`, always (and exactly two).
    """
    rng, most = draw.rng, settings["most"]
    page = Page(rows)
    for _ in range(settings["several"]):
        chosen = rng.integers(0, 12, (rows, most))
        for at in range(1, most):
            first = chosen[:, at - 1]
            while True:
                bad = _held_out(first, chosen[:, at]) != bool(settings.get("held_out"))
                if not bad.any():
                    break
                chosen[bad, at] = rng.integers(0, 12, int(bad.sum()))
        count = np.full(rows, 2) if settings.get("held_out") else rng.integers(1, most + 1, rows)
        text = payload = _payload(rng, rows, settings["letters"])
        for at in range(most):
            text = follow(text, np.where(at < count, chosen[:, at], -1))
        page.say(hide(_CODES[chosen], count)).say(":").say(payload).say("=").say(text, 1).say(";", 1)
    return page.rows(settings["length"])


def fewshot_map(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Inputs and outputs of a hidden instruction, then a new input; its output is scored."""
    rng, shots = draw.rng, settings["shots"]
    hidden = rng.integers(0, 12, rows)
    page = Page(rows)
    for at in range(shots + 1):
        given = _payload(rng, rows, settings["letters"])
        page.say(given).say(">").say(follow(given, hidden), int(at == shots)).say(";", int(at == shots))
    return page.rows(settings["length"])


_FIELDS = words("name age city job pet car".split())
_FIELD_VALUES = words("ada ben oslo rome cook nurse cat dog fiat kia red tall 31 42 57 68".split())


def json_extract(draw: Draw, rows: int, settings: Settings) -> Rows:
    """A record `name ada; age 31; …` and a list of keys become JSON with those keys in that order."""
    rng, fields, wanted = draw.rng, settings["fields"], settings["wanted"]
    order, values = (
        shuffled(rng, rows, len(_FIELDS), fields),
        rng.integers(0, len(_FIELD_VALUES), (rows, fields)),
    )
    page = Page(rows)
    for at in range(fields):
        page.say(_FIELDS[order[:, at]]).say(" ").say(_FIELD_VALUES[values[:, at]]).say("; ")
    asked = shuffled(rng, rows, fields, wanted)
    page.say("get")
    for at in range(wanted):
        page.say(" ").say(_FIELDS[pick(order, asked[:, at])])
    page.say("\n{")
    for at in range(wanted):
        page.say('"').say(_FIELDS[pick(order, asked[:, at])], 1).say('":"')
        page.say(_FIELD_VALUES[pick(values, asked[:, at])], 1).say('"}' if at == wanted - 1 else '",')
    return page.rows(settings["length"])


def dialog_state(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Turns that set a slot of a table booking, some more than once; then all slots that were ever set."""
    rng, turns = draw.rng, settings["turns"]
    slots, phrases = words("day time food".split()), words(["make it ", "no, say ", "I want ", "try "])
    page, state = Page(rows), np.full((rows, 3), -1)
    count = rng.integers(3, turns + 1, rows)
    for at in range(turns):
        there = (at < count)[:, None]
        slot, value = rng.integers(0, 3, rows), rng.integers(0, len(_FIELD_VALUES), rows)
        for piece in (
            phrases[rng.integers(0, 4, rows)],
            slots[slot],
            words([" "])[[0] * rows],
            _FIELD_VALUES[value],
        ):
            page.say(np.where(there, piece, HOLE))
        page.say(np.where(there, np.array([[ord("."), ord(" ")]]), HOLE))
        runs = at < count
        state[np.arange(rows)[runs], slot[runs]] = value[runs]
    page.say("\n")
    for slot in range(3):
        known = (state[:, slot] >= 0)[:, None]
        value = np.where(known, _FIELD_VALUES[state[:, slot].clip(0)], HOLE)
        page.say(slots[[slot] * rows]).say("=").say(value, 1).say(np.where(known, HOLE, ord("-")), 1).say(";")
    return page.rows(settings["length"])


def _made(make: Make, description: str, source: str) -> Generator:
    return Generator(make=make, family="instructions", description=description, source=source)


_BFCL, _IFEVAL = "after the Berkeley function-calling leaderboard", "after IFEval, arXiv 2311.07911"
GENERATORS = {
    "instructions/tool_call": _made(tool_call, "the call of a described function", _BFCL),
    "instructions/tool_chain": _made(tool_chain, "a call that takes another's result", _BFCL),
    "instructions/instr_verify": _made(instr_verify, "instructions applied to letters", _IFEVAL),
    "instructions/fewshot_map": _made(fewshot_map, "a hidden function from examples", "in-context learning"),
    "instructions/json_extract": _made(json_extract, "requested fields as JSON", "synthetic"),
    "instructions/dialog_state": _made(
        dialog_state, "slots after several turns", "dialogue state tracking, synthetic"
    ),
}


def _s(length: int, **more: object) -> dict[str, object]:
    return {"length": length, **more}


_VERIFY: Mapping[Size, Settings] = {
    "nano": _s(64, most=2, several=2, letters=5),
    "xs": _s(128, most=3, several=2, letters=6),
    "s": _s(256, most=3, several=3, letters=8),
}
TASKS = (
    Task(
        id="tool_call",
        core=True,
        dose=6,
        sizes={"nano": _s(128, functions=4), "xs": _s(128, functions=4), "s": _s(512, functions=15)},
    ),
    Task(
        id="tool_select_abstain",
        generator="instructions/tool_call",
        core=True,
        description="the same with a quarter of requests for a function that is not there",
        sizes={"nano": _s(128, functions=3, absent=0.25), "s": _s(512, functions=12, absent=0.25)},
    ),
    Task(
        id="tool_chain",
        sizes={"nano": _s(128, functions=3), "xs": _s(256, functions=6), "s": _s(512, functions=12)},
    ),
    Task(id="instr_verify", core=True, sizes=_VERIFY),
    Task(
        id="instr_heldout_compose",
        generator="instructions/instr_verify",
        trained=False,
        held_out=True,
        ask={"held_out": True},
        description="two instructions in an order that training never shows",
        sizes=_VERIFY,
    ),
    Task(
        id="fewshot_map",
        core=True,
        sizes={
            "nano": _s(128, shots=5, letters=5),
            "xs": _s(256, shots=8, letters=6),
            "s": _s(256, shots=8, letters=8),
        },
    ),
    Task(
        id="json_extract",
        sizes={
            "nano": _s(128, fields=4, wanted=2),
            "xs": _s(128, fields=4, wanted=2),
            "s": _s(256, fields=6, wanted=4),
        },
    ),
    Task(id="dialog_state", sizes={"nano": _s(128, turns=4), "xs": _s(256, turns=6), "s": _s(256, turns=8)}),
)
