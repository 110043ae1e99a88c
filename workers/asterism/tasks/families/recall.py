"""A. In-context recall and copying."""

from __future__ import annotations

import math

import numpy as np

from asterism.tasks import vocabulary as v
from asterism.tasks.families.alphabet import symbols, tag
from asterism.tasks.families.page import HOLE, Page, asked, digits, hide, letters, pick, tagged, words
from asterism.tasks.families.task import Task
from asterism.tasks.rows import Draw, Generator, Make, Rows, Settings, filler, join, labelled, shuffled

# Shapes: R rows, N pairs, T tokens of a row, W tokens of a motif.
_POWER = 0.01


def _gaps(rng: np.random.Generator, rows: int, slots: int, count: int) -> np.ndarray:
    """[R, count] distinct slots, p(slot i) ∝ i^(a-1) without replacement (Gumbel top-k)."""
    log_weight = (_POWER - 1) * np.log(np.arange(1, slots + 1))
    return np.argsort(-(log_weight + rng.gumbel(size=(rows, slots))), axis=1)[:, :count]


def _queries(
    draw: Draw,
    name: str,
    stated_RS: np.ndarray,
    keys_RNK: np.ndarray,
    values_RN: np.ndarray,
    marks_RN: np.ndarray,
    length: int,
) -> Rows:
    """What is stated, then every key of K symbols once; its value is the label there, not fed back. The gaps
    are given out in the order of the pairs, so that earlier pairs are asked sooner.
    """
    rows, stated = stated_RS.shape
    count, size = keys_RNK.shape[1:]
    wide = max(2, size + 1)  # a place for the answer, as in what is stated
    tokens, marks = filler(rows, length - 1)
    targets = np.zeros_like(tokens)
    tokens[:, :stated] = stated_RS
    at_RN = stated + wide * _gaps(draw.rng, rows, (length - 1 - stated) // wide, count)
    for part in range(size):
        np.put_along_axis(tokens, at_RN + part, keys_RNK[..., part], 1)
    for array, source in ((targets, values_RN), (marks, marks_RN)):
        np.put_along_axis(array, at_RN + size - 1, source.astype(array.dtype), 1)
    return tagged(tag(name), labelled(tokens, targets, marks, math.log(count)))


def mqar(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`pairs` lists numbers of key-value pairs, of which a block of rows takes each equally often; `symbols`
    is the number of keys and of values.
    """
    rng, length, alphabet = draw.rng, settings["length"], settings.get("symbols", 80)
    parts = np.array_split(np.arange(rows), len(settings["pairs"]))
    made = []
    for part, pairs in zip(parts, settings["pairs"], strict=True):
        keys = symbols(0, alphabet)[shuffled(rng, len(part), alphabet, pairs)]
        values = symbols(80, alphabet)[shuffled(rng, len(part), alphabet, pairs)]
        stated = np.stack([keys, values], 2).reshape(len(part), 2 * pairs)
        made.append(_queries(draw, "mqar", stated, keys[..., None], values, np.ones(keys.shape), length))
    return _mixed(rng, made)


def _mixed(rng: np.random.Generator, parts: list[Rows]) -> Rows:
    whole = join(parts)
    return whole.take(rng.permutation(len(whole)))


def mqar_overwrite(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`pairs` pairs, of which `updates` get another value; the latest counts. Mark 2: a key that was
    updated.
    """
    rng, pairs, updates = draw.rng, settings["pairs"], settings["updates"]
    alphabet = settings.get("symbols", 80)
    keys = symbols(0, alphabet)[shuffled(rng, rows, alphabet, pairs)]
    values = symbols(80, alphabet)[shuffled(rng, rows, alphabet, pairs + updates)]
    first = np.stack([keys, values[:, :pairs]], 2).reshape(rows, -1)
    changed = shuffled(rng, rows, pairs, updates)
    second = np.stack([np.take_along_axis(keys, changed, 1), values[:, pairs:]], 2).reshape(rows, -1)
    latest, marks = values[:, :pairs].copy(), np.ones((rows, pairs))
    np.put_along_axis(latest, changed, values[:, pairs:], 1)
    np.put_along_axis(marks, changed, 2, 1)
    stated = np.concatenate([first, second], 1)
    return _queries(draw, "mqar_overwrite", stated, keys[..., None], latest, marks, settings["length"])


def mqar_compositional(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Keys of two parts on a `grid` × `grid`; neither part alone says the value."""
    rng, grid = draw.rng, settings["grid"]
    parts = [symbols(start, 53)[shuffled(rng, rows, 53, grid)] for start in (0, 53)]
    first, second = np.divmod(shuffled(rng, rows, grid * grid), grid)
    keys = np.stack(
        [np.take_along_axis(part, at, 1) for part, at in zip(parts, (first, second), strict=True)], 2
    )
    values = symbols(106, 53)[shuffled(rng, rows, 53, grid * grid)]
    stated = np.concatenate([keys, values[..., None]], 2).reshape(rows, -1)
    marks = np.ones(values.shape)
    return _queries(draw, "mqar_compositional", stated, keys, values, marks, settings["length"])


def _seen(keys_RN: np.ndarray) -> np.ndarray:
    """Whether the key came before, [R, N]."""
    order = np.argsort(keys_RN, axis=1, kind="stable")
    ranked = np.take_along_axis(keys_RN, order, 1)
    again = np.zeros(keys_RN.shape, dtype=bool)
    np.put_along_axis(again, order[:, 1:], ranked[:, 1:] == ranked[:, :-1], 1)
    return again


def _stream_of_pairs(draw: Draw, rows: int, settings: Settings, name: str, noise: float) -> Rows:
    """MAD recall: keys with replacement, bound at first sight; the last pair's key is any that was seen."""
    rng, length, half = draw.rng, settings["length"], settings["vocab"] // 2
    pairs = (length - 1) // 2
    noisy = rng.random((rows, pairs)) < noise
    noisy[np.arange(rows), rng.integers(0, pairs, rows)] = noisy[:, -1] = False
    keys = rng.integers(0, half, (rows, pairs))
    there = ((keys[:, :-1, None] == np.arange(half)) & ~noisy[:, :-1, None]).any(1)
    keys[:, -1] = np.where(there, rng.random((rows, half)), -1).argmax(1)
    # Slots of noise get numbers of their own, so that no key counts as seen because of one.
    seen = _seen(np.where(noisy, half + np.arange(pairs), keys))
    values = np.take_along_axis(rng.integers(0, half, (rows, half)), keys, 1)
    noise_at = 2 * half
    tokens = np.full((rows, length - 1), v.FILLER, dtype=np.int64)
    marks = np.zeros(tokens.shape, dtype=np.uint8)
    pool = symbols(0, 160)
    tokens[:, 0 : 2 * pairs : 2] = pool[np.where(noisy, noise_at + rng.integers(0, 16, keys.shape), keys)]
    tokens[:, 1 : 2 * pairs : 2] = pool[
        np.where(noisy, noise_at + rng.integers(0, 16, keys.shape), half + values)
    ]
    marks[:, 1 : 2 * pairs : 2] = seen & ~noisy
    return tagged(tag(name), asked(tokens, marks, math.log(half)))


def recall_plain(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Values of keys that came before."""
    return _stream_of_pairs(draw, rows, settings, "recall_plain", 0)


def recall_noisy(draw: Draw, rows: int, settings: Settings) -> Rows:
    """The same; with probability `noise` a slot holds two of 16 noise symbols instead."""
    return _stream_of_pairs(draw, rows, settings, "recall_noisy", settings["noise"])


def _motifs(rng: np.random.Generator, shape: tuple[int, int], alphabet: np.ndarray, fixed: int) -> np.ndarray:
    """[R, N, 3] distinct symbols of the alphabet, `fixed` of them or 1 to 3."""
    sizes = np.full(shape, fixed) if fixed else rng.integers(1, 4, shape)
    drawn = alphabet[shuffled(rng, sizes.size, len(alphabet), 3)]
    return hide(drawn, sizes.reshape(-1)).reshape(*shape, 3)


def _one_value_each(keys_RN3: np.ndarray, values_RN3: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The values with those of a key's first pair for all its pairs, and the number of that pair [R, N]."""
    code = (keys_RN3 * np.array([1, 1000, 10**6])).sum(2)
    first_RN = (code[:, :, None] == code[:, None, :]).argmax(2)
    return np.take_along_axis(values_RN3, first_RN[:, :, None], 1), first_RN


def recall_fuzzy(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Keys and values are permutations of 1 to 3 symbols, the pair asked at the end stands at a random depth.
    `key_size` fixes the keys' size (test rows: 3). With `motifs` a row has no more than so many keys, so that
    more of them come again.
    """
    rng, room = draw.rng, settings["length"] - 1
    fixed, motifs = settings.get("key_size", 0), settings["motifs"]
    pairs = room // ((fixed or 1) + 1)
    key_symbols = symbols(0, settings["keys"])
    value_symbols = symbols(settings["keys"], settings["values"])
    keys = _motifs(rng, (rows, motifs or pairs + 1), key_symbols, fixed)
    if motifs:
        keys = np.take_along_axis(keys, rng.integers(0, motifs, (rows, pairs + 1))[:, :, None], 1)
    values = _motifs(rng, (rows, pairs + 1), value_symbols, 0)
    # The last pair is the one that is asked; where its key comes by chance, it has its value.
    same = (keys == keys[:, -1:]).all(2)
    values = np.where(same[:, :, None], values[:, -1:], values)
    values, _ = _one_value_each(keys, values)

    def starts() -> np.ndarray:
        size = (keys != HOLE).sum(2) + (values != HOLE).sum(2)
        return np.cumsum(size, 1) - size

    asked = (keys[:, -1] != HOLE).sum(1) + (values[:, -1] != HOLE).sum(1)
    end = room - asked - 6
    begun = starts()[:, :-1]
    depth = np.minimum(
        (begun < rng.integers(0, room - 2 * asked)[:, None]).sum(1), (begun < end[:, None]).sum(1) - 1
    )
    missing = ~(same[:, :-1] & (np.arange(pairs) <= depth[:, None])).any(1)
    row = np.flatnonzero(missing)
    keys[row, depth[row]], values[row, depth[row]] = keys[row, -1], values[row, -1]
    values, first = _one_value_each(keys, values)
    seen = first < np.arange(pairs + 1)
    kept = starts() < end[:, None]
    kept[:, -1] = True
    keys, values = (np.where(kept[:, :, None], each, HOLE) for each in (keys, values))
    page = Page(rows)
    for at in range(pairs + 1):
        page.say(keys[:, at]).say(values[:, at], seen[:, at])
    return page.rows(settings["length"], tag=tag("recall_fuzzy"), left=True)


def selective_copy(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`payload` of 14 symbols in `slots`, each of the other slots before a random one of them, a marker, then
    blanks whose labels are the payload.
    """
    rng, payload, slots = draw.rng, settings["payload"], settings["slots"]
    tokens, marks = filler(rows, settings["length"] - 1)
    targets = np.zeros_like(tokens)
    drawn = symbols(0, settings["vocab"])[rng.integers(0, settings["vocab"], (rows, payload))]
    before = np.sort(rng.integers(0, payload, (rows, slots - payload)), 1)
    blanks = (before[:, :, None] <= np.arange(payload)).sum(1)
    np.put_along_axis(tokens, blanks + np.arange(payload), drawn, 1)
    tokens[:, slots] = v.MARKER
    answers = slice(slots + 1, slots + 1 + payload)
    targets[:, answers], marks[:, answers] = drawn, 1
    return tagged(tag("selective_copy"), labelled(tokens, targets, marks))


def copy_string(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`$x/x.` with x of `shortest` to `longest` random letters; `distinct` ones leave nothing but
    induction.
    """
    rng, longest = draw.rng, settings["longest"]
    size = rng.integers(settings["shortest"], longest + 1, rows)
    drawn = (
        ord("a") + shuffled(rng, rows, 26, longest)
        if settings.get("distinct")
        else letters(rng, (rows, longest))
    )
    text = hide(drawn, size)
    page = Page(rows).say("$").say(text).say("/").say(text, 1).say(".")
    return page.rows(settings["length"], tag=tag("copy_string"))


def ngram_lookup(draw: Draw, rows: int, settings: Settings) -> Rows:
    """`$x>gram` asks for four letters after the gram, `$x<gram` for those before; it is unique in x."""
    rng, size, gram, answer = draw.rng, settings["size"], 3, 4
    text = letters(rng, (rows, size))
    at = rng.integers(answer, size - gram - answer + 1, rows)
    place = at[:, None] + np.arange(gram)
    while True:
        windows = np.lib.stride_tricks.sliding_window_view(text, gram, axis=1)
        wanted = np.take_along_axis(text, place, 1)
        twice = (windows == wanted[:, None, :]).all(2).sum(1) > 1
        if not twice.any():
            break
        text[twice] = letters(rng, (int(twice.sum()), size))
    after = rng.random(rows) < 0.5
    start = np.where(after, at + gram, at - answer)
    found = np.take_along_axis(text, start[:, None] + np.arange(answer), 1)
    page = Page(rows).say("$").say(text).say(np.where(after, ord(">"), ord("<"))).say(wanted).say(" ")
    return page.say(found, 1).say(".").rows(settings["length"], tag=tag("ngram_lookup"))


def induction_repeat(draw: Draw, rows: int, settings: Settings) -> Rows:
    """A random segment of 54 symbols twice; from its second symbol on the repetition is scored."""
    segment = symbols(0, 54)[draw.rng.integers(0, 54, (rows, settings["segment"]))]
    page = Page(rows).say(segment).say(segment[:, :1]).say(segment[:, 1:], 1)
    return page.rows(settings["length"], tag=tag("induction_repeat"))


_FIRST = words("Ada Ben Cleo Dan Eva Finn Gus Hana Ian Jo Kim Leo Mia Ned Ola Pia".split())
_LAST = words("Abel Berg Cole Diaz Eco Fox Gray Hill Ives Jung Katz Lee Moss Nye Orr Pond".split())


def phonebook(draw: Draw, rows: int, settings: Settings) -> Rows:
    """Lines `First Last:ddddddd`; two of them again as shots, then a name whose number is asked."""
    rng, lines, width = draw.rng, settings["lines"], settings["digits"]
    people = shuffled(rng, rows, len(_FIRST) * len(_LAST), lines)
    numbers = rng.integers(0, 10**width, (rows, lines))
    shown = shuffled(rng, rows, lines, 3)
    page = Page(rows)

    def line(at_R: np.ndarray, mark: int) -> None:
        person = pick(people, at_R)
        page.say(_FIRST[person // len(_LAST)]).say(" ").say(_LAST[person % len(_LAST)]).say(":")
        page.say(digits(pick(numbers, at_R), width), mark).say(";")

    for at in range(lines):
        line(np.full(rows, at), 0)
    page.say("\n")
    for shot in range(3):
        line(shown[:, shot], int(shot == 2))
    return page.rows(settings["length"])


def _made(make: Make, description: str, source: str) -> Generator:
    return Generator(make=make, family="recall", description=description, source=source)


_MAD, _ZOOLOGY, _COPYING = "arXiv 2403.17844 (MAD)", "arXiv 2312.04927 (MQAR)", "arXiv 2402.01032"
GENERATORS = {
    "recall/mqar": _made(mqar, "key-value pairs, then each key once at a power-law gap; its value", _ZOOLOGY),
    "recall/mqar_overwrite": _made(
        mqar_overwrite, "some keys get a second value; the latest counts", _ZOOLOGY
    ),
    "recall/mqar_compositional": _made(mqar_compositional, "keys of two parts on a grid", _ZOOLOGY),
    "recall/recall_plain": _made(recall_plain, "pairs again and again; values of keys seen before", _MAD),
    "recall/recall_noisy": _made(recall_noisy, "the same among pairs of noise symbols", _MAD),
    "recall/recall_fuzzy": _made(recall_fuzzy, "keys and values of one to three symbols", _MAD),
    "recall/selective_copy": _made(selective_copy, "payload among blanks, said again in order", _MAD),
    "recall/copy_string": _made(copy_string, "`$x/x.` with random letters", _COPYING),
    "recall/ngram_lookup": _made(
        ngram_lookup, "what follows or precedes three letters of a string", _COPYING
    ),
    "recall/induction_repeat": _made(
        induction_repeat, "a random segment repeated", "induction heads, 2209.11895"
    ),
    "recall/phonebook": _made(phonebook, "a phone book, two lines as shots, one number asked", _COPYING),
}


def _recall(length: int, **more: object) -> dict[str, object]:
    return {"length": length, **more}


TASKS = (
    Task(
        id="mqar",
        core=True,
        dose=11,
        binding=True,
        chance=1 / 16,
        sizes={
            "nano": _recall(32, pairs=[2, 4, 6], symbols=16),
            "xs": _recall(128, pairs=[4, 8, 16]),
            "s": _recall(256, pairs=[8, 16, 32]),
            "m": _recall(512, pairs=[16, 32, 64]),
        },
    ),
    Task(
        id="mqar_overwrite",
        core=True,
        dose=4,
        binding=True,
        marks=(1, 2),
        chance=1 / 16,
        sizes={
            "nano": _recall(32, pairs=4, updates=2, symbols=16),
            "xs": _recall(128, pairs=16, updates=8),
            "s": _recall(256, pairs=32, updates=16),
        },
    ),
    Task(
        id="mqar_compositional",
        core=True,
        binding=True,
        chance=1 / 53,
        sizes={
            "nano": _recall(64, grid=3),
            "xs": _recall(128, grid=4),
            "s": _recall(256, grid=5),
        },
    ),
    Task(
        id="recall_plain",
        chance=1 / 8,
        sizes={
            "nano": _recall(128, vocab=16),
            "xs": _recall(256, vocab=32),
            "s": _recall(512, vocab=64),
            "m": _recall(1024, vocab=128),
        },
    ),
    Task(
        id="recall_noisy",
        core=True,
        chance=1 / 8,
        sizes={
            "nano": _recall(128, vocab=16, noise=0.2),
            "xs": _recall(256, vocab=32, noise=0.2),
            "s": _recall(512, vocab=64, noise=0.2),
            "m": _recall(1024, vocab=128, noise=0.2),
        },
    ),
    Task(
        id="recall_noisy60",
        generator="recall/recall_noisy",
        trained=False,
        chance=1 / 8,
        description="noise 0.6, trained on 0.2",
        sizes={
            "nano": _recall(128, vocab=16, noise=0.6),
            "xs": _recall(256, vocab=32, noise=0.6),
            "s": _recall(512, vocab=64, noise=0.6),
            "m": _recall(1024, vocab=128, noise=0.6),
        },
    ),
    Task(
        id="recall_fuzzy",
        core=True,
        chance=1 / 8,
        ask={"key_size": 3},
        sizes={
            "nano": _recall(128, keys=7, values=8, motifs=6),
            "xs": _recall(256, keys=7, values=8, motifs=8),
            "s": _recall(512, keys=7, values=8, motifs=0),
        },
    ),
    Task(
        id="selective_copy",
        core=True,
        dose=7,
        chance=1 / 14,
        sizes={
            "nano": _recall(32, payload=6, slots=22, vocab=14),
            "xs": _recall(128, payload=16, slots=96, vocab=14),
            "s": _recall(256, payload=16, slots=220, vocab=14),
            "m": _recall(1024, payload=96, slots=800, vocab=126),
        },
    ),
    Task(
        id="copy_string",
        core=True,
        dose=6,
        chance=1 / 26,
        sizes={
            "nano": _recall(32, shortest=5, longest=14, distinct=True),
            "xs": _recall(128, shortest=5, longest=40),
            "s": _recall(256, shortest=20, longest=100),
            "m": _recall(640, shortest=20, longest=300),
        },
    ),
    Task(
        id="copy_string_2x",
        generator="recall/copy_string",
        trained=False,
        chance=1 / 26,
        description="copying at twice the longest trained length",
        sizes={
            "nano": _recall(64, shortest=26, longest=26, distinct=True),
            "xs": _recall(256, shortest=80, longest=80),
            "s": _recall(512, shortest=200, longest=200),
            "m": _recall(1280, shortest=600, longest=600),
        },
    ),
    Task(
        id="ngram_lookup",
        core=True,
        chance=1 / 26,
        sizes={"nano": _recall(64, size=24), "xs": _recall(128, size=80), "s": _recall(256, size=200)},
    ),
    Task(
        id="induction_repeat",
        chance=1 / 54,
        sizes={"nano": _recall(64, segment=20), "s": _recall(256, segment=100)},
    ),
    Task(
        id="phonebook",
        chance=1 / 10,
        sizes={
            "nano": _recall(128, lines=4, digits=4),
            "xs": _recall(256, lines=8, digits=7),
            "s": _recall(1024, lines=30, digits=7),
            "m": _recall(2048, lines=80, digits=7),
        },
    ),
)
