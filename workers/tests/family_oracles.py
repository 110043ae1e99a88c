"""Answers of the broad suite's tasks worked out from what a row shows, in plain Python and apart from the
generators.

A row comes without its tag: bytes as characters, abstract symbols as their numbers, control symbols as
"<name>", filler left out at the end. An oracle gives the answers of all scored places in their order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from itertools import permutations
from typing import Any

import numpy as np

Row = list[Any]
BASES = "TCAG"


def joined(row: Row) -> str:
    return "".join(token if isinstance(token, str) and len(token) == 1 else "~" for token in row)


# A. Recall


def pairs_then_queries(row: Row) -> Row:
    latest, answers, at = {}, [], 0
    while at + 1 < len(row) and isinstance(row[at + 1], int) and row[at + 1] >= 80:
        latest[row[at]] = row[at + 1]
        at += 2
    return answers + [latest[token] for token in row[at:] if isinstance(token, int)]


def compositional(row: Row) -> Row:
    known: dict[tuple, int] = {}
    at = 0
    while row[at : at + 2] and tuple(row[at : at + 2]) not in known:
        known[tuple(row[at : at + 2])] = row[at + 2]
        at += 3
    keys = [tuple(row[i : i + 2]) for i in range(at, len(row), 3)]
    return [known[key] for key in keys if isinstance(key[0], int)]


def seen_pairs(row: Row) -> Row:
    known: dict[int, int] = {}
    answers = []
    for key, value in zip(row[::2], row[1::2], strict=False):
        if isinstance(key, str) or key >= 16:
            continue
        if key in known:
            answers.append(known[key])
        known[key] = value
    return answers


def fuzzy(row: Row) -> Row:
    pieces = re.findall(
        r"((?:k\d+,)+)((?:v\d+,)+)", "".join(f"{'k' if t < 7 else 'v'}{t}," for t in row if t != "<filler>")
    )
    known: dict[str, str] = {}
    answers = []
    for key, value in pieces:
        if key in known:
            answers += [int(each[1:]) for each in known[key].split(",")[:-1]]
        known.setdefault(key, value)
    return answers


def selective(row: Row) -> Row:
    return [token for token in row[: row.index("<marker>")] if isinstance(token, int)]


def copy(row: Row) -> Row:
    return list(re.match(r"\$(\w+)/", joined(row))[1])


def lookup(row: Row) -> Row:
    text, sign, gram = re.match(r"\$(\w+)([<>])(\w+) ", joined(row)).groups()
    at = text.index(gram)
    return list(text[at + 3 : at + 7] if sign == ">" else text[at - 4 : at])


def induction(row: Row) -> Row:
    return row[1 : len(row) // 2]


def phonebook(row: Row) -> Row:
    book, shots = joined(row).split("\n")
    numbers = dict(line.split(":") for line in book.split(";") if line)
    return list(numbers[shots.rstrip(";").split(";")[-1].split(":")[0]])


# C. State


def running(step: Callable[[Any, Any], Any], start: Any, say: Callable[[Any], Any]) -> Callable[[Row], Row]:
    def oracle(row: Row) -> Row:
        state, answers = start, []
        for token in row:
            state = step(state, token)
            answers.append(say(state))
        return answers

    return oracle


def even_pairs(row: Row) -> Row:
    bits = row[: row.index("<marker>")]
    return [2 + (bits[0] != bits[-1])]


def mod_arith(row: Row) -> Row:
    value, answers = row[0], [8 + row[0]]
    for sign, number in zip(row[1::2], row[2::2], strict=True):
        value = {5: value + number, 6: value - number, 7: value * number}[sign] % 5
        answers.append(8 + value)
    return answers


def word(degree: int, even: bool) -> Callable[[Row], Row]:
    def parity(element: tuple) -> int:
        return sum(element[i] > element[j] for i in range(degree) for j in range(i + 1, degree)) % 2

    elements = [each for each in permutations(range(degree)) if not even or not parity(each)]

    def oracle(row: Row) -> Row:
        places, answers = list(range(degree)), []
        for token in row:
            places = [elements[token][at] for at in places]  # then apply the next element
            answers.append(elements.index(tuple(places)))
        return answers

    return oracle


def parity(row: Row) -> Row:
    ones, answers = 0, []
    for token in row:
        if token == 4:  # a reset, which nobody asks about
            ones = 0
        else:
            ones += token
            answers.append(2 + ones % 2)
    return answers


def flip_flop(row: Row) -> Row:
    answers, bit = [], None
    for operation, value in zip(row[::2], row[1::2], strict=False):
        if operation == 0:
            bit = value
        elif operation == 1:
            answers.append(bit)
    return answers


def boxes(row: Row) -> Row:
    start, *moves, questions = joined(row).split(".")
    held = dict(zip(start[::2], start[1::2], strict=True))
    for move in moves:
        a, b = move.split("x")
        held[a], held[b] = held[b], held[a]
    return [held[question[0]] for question in questions.split(";") if question]


# D. Formal languages


def dyck(row: Row) -> Row:
    kinds, stack, answers = 4, [], []
    for token in row:
        if token < kinds:
            stack.append(token)
        else:
            answers.append(stack.pop() + kinds)
    return answers


def reverse(row: Row) -> Row:
    return list(joined(row).split("/")[0][::-1])


def stack_manip(row: Row) -> Row:
    cut, end = row.index("<separator>"), row.index("<marker>")
    stack = row[:cut]
    for operation in row[cut + 1 : end]:
        if operation == 2:
            stack = stack[:-1]
        else:
            stack = [*stack, operation - 3]
    return stack[::-1] + [5]


def brackets(row: Row) -> Row:
    answers = []
    for part in re.findall(r"([^=]+)=.", "".join("01234+-()"[t] if isinstance(t, int) else t for t in row)):
        answers.append(eval(part[part.index("(") :] if not answers else part) % 5)  # digits, + and - only
    return answers


def listops(row: Row) -> Row:
    stack: list[list] = [[]]
    answers = []
    for token in row:
        if token == "=":
            answers.append(stack[0].pop())
            stack = [[]]
        elif stack == [[]] and isinstance(token, int) and token < 10:
            continue  # the fed-back value
        elif token in (10, 11, 12, 13):
            stack.append([token])
        elif token == 14:
            operator, *values = stack.pop()
            stack[-1].append(
                {10: min, 11: max, 12: lambda v: int(np.median(v)), 13: lambda v: sum(v) % 10}[operator](
                    values
                )
            )
        elif isinstance(token, int):
            stack[-1].append(token)
    return answers


def missing(row: Row) -> Row:
    twice = row[: row.index("<marker>")]
    return [twice[twice.index(2) - len(twice) // 2]]


def odds(row: Row) -> Row:
    text = joined(row).split("/")[0]
    return list(text[::2] + text[1::2])


def agreement(row: Row) -> Row:
    answers, first = [], None
    for token in row:
        if 6 <= token < 30 and first is None:
            first = token % 2
        if token in (42, 43):
            answers.append(42 + first)
            first = None
    return answers


# E. Reasoning


def depo(alphabet: int) -> Callable[[Row], Row]:
    last = range(8 + alphabet, 8 + 2 * alphabet)

    def spelled(tokens: Row) -> list[tuple]:
        found, current = [], []
        for token in tokens:
            current.append(token)
            if token in last:
                found.append(tuple(current))
                current = []
        return found

    def oracle(row: Row) -> Row:
        cut = row.index("<marker>")
        edges = spelled(row[:cut])
        follows = dict(zip(edges[::2], edges[1::2], strict=True))
        answers, at, rest = [], 0, row[cut + 1 :]
        while at < len(rest):
            hops, name = rest[at] + 1, []
            at += 1
            while not name or name[-1] not in last:
                name.append(rest[at])
                at += 1
            here = tuple(name)
            for _ in range(hops):
                here = follows[here]
            answers += here
            at += len(here)
        return answers

    return oracle


def brevo(row: Row) -> Row:
    cut = row.index("<marker>")
    edges = list(zip(row[:cut:2], row[1:cut:2], strict=True))
    found, new = set(), {row[cut + 1]}
    while new:
        new = {a for a, b in edges if b in new} - found
        found |= new
    answers: Row = []
    while found:
        free = [each for each in found if not any(b == each and a in found for a, b in edges)]
        answers.append(min(free))
        found.remove(min(free))
    return [*answers, "<separator>"]


def pointers(row: Row) -> Row:
    start = next(at for at in range(0, len(row), 2) if row[at] < 8)
    follows = dict(zip(row[:start:2], row[1:start:2], strict=True))
    answers = []
    for at in range(start, len(row), 3):
        here = row[at + 1]
        for _ in range(row[at] + 1):
            here = follows[here]
        answers.append(here)
    return answers


def birth_years(row: Row) -> Row:
    *told, asked = joined(row).rstrip(".").split(". ")
    year = {}
    while True:
        before = len(year)
        for sentence in told:
            sentence = sentence.replace(" was born in the same year as ", " as ").replace(
                " was born in ", " "
            )
            if found := re.fullmatch(r"(\w+) (\d+)", sentence):
                year[found[1]] = found[2]
            elif (found := re.fullmatch(r"(\w+) as (\w+)", sentence)) and found[2] in year:
                year[found[1]] = year[found[2]]
        if len(year) == before:
            return list(year[asked.split()[0]][2:])


def deduction(row: Row) -> Row:
    first = row.index("<marker>")
    statements, current = [], None
    for token in row[:first]:
        if token == "<separator>":
            current = []
            statements.append(current)
        else:
            current.append(token)
    true = {s[0] for s in statements if len(s) == 1}
    for _ in statements:
        true |= {s[2] for s in statements if len(s) == 3 and s[0] in true and s[1] in true}
    asked = [row[at + 1] for at in range(first, len(row)) if row[at] == "<marker>"]
    return [32 if each in true else 33 if (each + 16) % 32 in true else 34 for each in asked]


def kinship(row: Row) -> Row:
    cut, most = row.index("<marker>"), 4
    links = {row[at]: (row[at + 1] - 16, row[at + 2]) for at in range(0, cut, 3)}
    person, goal = row[cut + 1], row[cut + 2]
    sex, total = links[person][0] % 2, 0
    while person != goal:
        relation, person = links[person]
        total += relation // 2 - 1
    return [22 + 2 * (total + most) + sex]


def babi(question: int) -> Callable[[Row], Row]:
    def oracle(row: Row) -> Row:
        story = re.split(r"[?<]", joined(row))
        place: dict[str, str] = {}
        holder: dict[str, str] = {}
        history: dict[str, list[str]] = {}
        for event in story[0].split(".")[:-1]:
            for long, short in (
                (" went to the ", " to "),
                (" took the ", " has "),
                (" left the ", " leaves "),
            ):
                event = event.replace(long, short)
            person, verb, what = event.split()
            if verb == "to":
                place[person] = what
            elif verb == "has":
                holder[what] = person
            else:
                del holder[what]
            for thing, owner in holder.items():
                seen = history.setdefault(thing, [])
                if not seen or seen[-1] != place[owner]:
                    seen.append(place[owner])
        asked = story[1].split(":")[0]
        if question == 1:
            return list(place[asked])
        seen = history.get(asked, [])
        return list(seen[1 - question] if len(seen) >= question - 1 else "nowhere")

    return oracle


# F. Arithmetic


def mano(row: Row) -> Row:
    answers, at = [], 0

    def value() -> int:
        nonlocal at
        token = row[at]
        at += 1
        if token < 23:
            return token
        a, b = value(), value()
        return {23: a + b, 24: a - b, 25: a * b}[token] % 23

    while at < len(row):
        answers.append(value())
        at += 2
    return answers


def addition(row: Row) -> Row:
    sums = re.findall(r"(\d+)\+(\d+)=", joined(row))
    return [digit for a, b in sums for digit in str(int(a) + int(b))]


def bucket_sort(row: Row) -> Row:
    return sorted(row[: row.index("<marker>")])


def majority(row: Row) -> Row:
    return [Counter(row[: row.index("<marker>")]).most_common(1)[0][0]]


def letter_count(row: Row) -> Row:
    return [d for c, w in re.findall(r"(\w) in (\w+)=", joined(row)) for d in str(w.count(c))]


def binary_add(row: Row) -> Row:
    first, second = row.index("+"), row.index("=")
    number = [
        sum(bit << at for at, bit in enumerate(part)) for part in (row[:first], row[first + 1 : second])
    ]
    return [sum(number) >> at & 1 for at in range(first + 1)]


# G. Long context


def needles(row: Row) -> Row:
    text = joined(row)
    hay, *questions = (
        text.split("? ")
        if "One of" not in text
        else re.split(r"What are the special magic numbers for ", text)
    )
    found: dict[str, list[str]] = {}
    for key, value in re.findall(r"(\w{4,32}) is:? (\w+)\.", hay):
        # Real text may end right where a needle begins: its key is the word's end.
        found.setdefault(key, []).append(value)
    answers = ""
    for question in questions:
        asked = question.split(":")[0]
        matching = [values for key, values in found.items() if key.endswith(asked)]
        answers += "".join(each for values in matching for each in values)
    return list(answers)


def variables(row: Row) -> Row:
    text = joined(row)
    value = re.search(r"Which hold (\d+)\?", text)[1]
    names = [re.search(rf"VAR (\w+)={value}\.", text)[1]]
    while found := re.search(rf"VAR (\w+)=VAR {names[-1]}\.", text):
        names.append(found[1])
    return list("".join(names))


def common(row: Row) -> Row:
    counts = Counter(joined(row).split(" Common:")[0].split())
    return list("".join(sorted(each for each, count in counts.items() if count == max(counts.values()))))


def frequent(row: Row) -> Row:
    counts = Counter(joined(row).split(" Top:")[0].split())
    return list("".join(each for each, _ in counts.most_common(4)[1:]))


def documents(row: Row) -> Row:
    text, question = joined(row).split("Q: ")
    town, field, friend = {}, {}, {}
    for name, place, verb, what in re.findall(r"(\w+) lives in (\w+), (\w+) (\w+)\.", text):
        town[name] = place
        (field if verb == "read" else friend)[name] = what
    asked = question.split("?")[0]
    if "'s" in asked:
        return list(town[friend[asked.split("'")[0]]])
    name, what = asked.split()
    return list((town if what == "town" else field)[name])


def babilong(row: Row) -> Row:
    text, question = joined(row).split("Where is ")
    person = question.split("?")[0]
    if person == "the apple":
        person = re.search(r"(\w+) took the apple", text)[1]
    return list(re.findall(rf"{person} went to the (\w+)", text)[-1])


# H. Instructions


def tool_call(row: Row) -> Row:
    text = joined(row)
    wanted, first, a, second, b = re.search(r"use (\w+) (\w+) (\d) (\w+) (\d)\n", text).groups()
    given, defined = {first: a, second: b}, re.search(rf"def {wanted}\((\w+),(\w+)\)", text)
    if not defined:
        return list("none")
    x, y = defined.groups()
    return list(f"{wanted}({x}{given[x]}{y}{given[y]}")


def tool_chain(row: Row) -> Row:
    text = joined(row)
    second, result = re.search(r"then (\w+)\n", text)[1], re.search(r"\)=(\d+)", text)[1]
    return list(second + re.search(rf"def {second}\(\w+,(\w+)\)", text)[1] + result)


_STEPS: dict[str, Callable[[str], str]] = {
    "U": str.upper,
    "R": lambda text: text[::-1],
    "2": lambda text: text + text,
    "S": lambda text: "".join(sorted(text)),
    "P": lambda text: "<" + text,
    "Q": lambda text: text + "!",
    "J": "-".join,
    "D": lambda text: text[1:],
    "T": lambda text: text[1:] + text[:1],
    "N": lambda text: "".join(dict.fromkeys(text)),
    "E": lambda text: text.replace("e", ""),
    "X": lambda text: "".join(chr(97 + (ord(c) - 96) % 26) if c.islower() else c for c in text),
}


def instructions(row: Row) -> Row:
    answers = ""
    for codes, text in re.findall(r"(\w+):(\w+)=", joined(row)):
        for code in codes:
            text = _STEPS[code](text)
        answers += text + ";"
    return list(answers)


def hidden_map(row: Row) -> Row | None:
    """The answer where all functions that fit the examples agree; None where the examples leave a choice."""
    *shots, asked = joined(row).split(";")[:-1]
    fits = [f for f in _STEPS.values() if all(f(a) == b for a, b in (shot.split(">", 1) for shot in shots))]
    answers = {f(asked.split(">", 1)[0]) for f in fits}
    assert asked.split(">", 1)[1] in answers
    return list(answers.pop() + ";") if len(answers) == 1 else None


def json_extract(row: Row) -> Row:
    record, keys = re.match(r"(.*)get (.*)\n", joined(row)).groups()
    values = dict(part.split() for part in record.split(";")[:-1])
    return list("".join(key + values[key] for key in keys.split()))


def dialog(row: Row) -> Row:
    state = dict.fromkeys(("day", "time", "food"), "-")
    for slot, value in re.findall(r"(day|time|food) (\w+)\.", joined(row).split("\n")[0]):
        state[slot] = value
    return list("".join(state.values()))


# J. Signals


def tones(row: Row) -> Row:
    end = row.index("<marker>")
    wave = np.array(row[:end]) / 63 * 2 - 1
    wave = np.sign(wave) * (256 ** np.abs(wave) - 1) / 255

    def fitted(count: int) -> np.ndarray:
        notes = wave.reshape(count, -1)
        angle = 2 * np.pi * np.outer(0.05 * 2 ** (np.arange(12) / 6), np.arange(notes.shape[1]))
        return np.array(
            [np.linalg.lstsq(np.stack([np.sin(a), np.cos(a)], 1), notes.T, rcond=None)[1] for a in angle]
        )

    # Nobody says how many notes there are: as many as leave least unexplained.
    best = min((fitted(count) for count in (4, 6) if end % count == 0), key=lambda fit: fit.min(0).sum())
    return [64 + int(pitch) for pitch in np.argmin(best, axis=0)]


def blobs(row: Row) -> Row:
    bits = [bit for pair in row[: row.index("<marker>")] for bit in (pair >> 1, pair & 1)]
    return [4 + sum(bits) // 4 - 1]


def bases(row: Row) -> str:
    return "".join(BASES[token] for token in row[: row.index("<marker>")])


def motif(row: Row) -> Row:
    return [4 + bool(re.search(r"ATC.GT.A", bases(row)))]


def translate(row: Row) -> Row:
    from task_oracles import _STANDARD_CODE

    acid = {codon: letter for letter, codons in _STANDARD_CODE.items() for codon in codons.split()}
    if "<marker>" not in row:  # each acid stands after its codon
        spelt = [BASES[token] if token < 4 else "." for token in row]
        start = "".join(spelt).index("ATG") + 3
        codons = ["".join(spelt[at : at + 3]) for at in range(start, len(spelt) - 2, 4)]
        return [4 + sorted(_STANDARD_CODE).index(acid[codon]) for codon in codons]
    strand = bases(row)
    at, answers = strand.index("ATG") + 3, []
    while (letter := acid[strand[at : at + 3]]) != "*":
        answers.append(4 + sorted(_STANDARD_CODE).index(letter))
        at += 3
    return [*answers, "<separator>"]


def reverse_complement(row: Row) -> Row:
    return [BASES.index(dict(zip("TCAG", "AGTC", strict=True))[base]) for base in bases(row)[::-1]]


def spacing(row: Row) -> Row:
    found = re.search(r"TTGACA(.*)TATAAT", bases(row))
    return (
        [4 + any(re.search(rf"TTGACA.{{{n}}}TATAAT", bases(row)) is not None for n in range(15, 20))]
        if found
        else []
    )


def glycosylation(row: Row) -> Row:
    chain = "".join("ACDEFGHIKLMNPQRSTVWY"[token] for token in row[: row.index("<marker>")])
    return [20 + bool(re.search(r"N[^P][ST][^P]", chain))]


def agreement_en(row: Row) -> Row:
    subjects = re.findall(r"The \w+ (\w+) near", joined(row))
    return ["a" if subject.endswith("s") else "i" for subject in subjects]


ORACLES: dict[str, Callable[[Row], Row | None]] = {
    "recall/mqar": pairs_then_queries,
    "recall/mqar_overwrite": pairs_then_queries,
    "recall/mqar_compositional": compositional,
    "recall/recall_plain": seen_pairs,
    "recall/recall_noisy": seen_pairs,
    "recall/recall_fuzzy": fuzzy,
    "recall/selective_copy": selective,
    "recall/copy_string": copy,
    "recall/ngram_lookup": lookup,
    "recall/induction_repeat": induction,
    "recall/phonebook": phonebook,
    "state/parity": parity,
    "state/even_pairs": even_pairs,
    "state/cycle_nav": running(lambda state, token: (state + token - 1) % 5, 0, lambda state: 3 + state),
    "state/mod_arith": mod_arith,
    "state/word_s3": word(3, False),
    "state/word_a5": word(5, True),
    "state/word_s5": word(5, False),
    "state/flip_flop": flip_flop,
    "state/box_tracking": boxes,
    "formal/dyck_k": dyck,
    "formal/reverse_string": reverse,
    "formal/stack_manip": stack_manip,
    "formal/mod_arith_brackets": brackets,
    "formal/listops_s": listops,
    "formal/missing_duplicate": missing,
    "formal/odds_first": odds,
    "formal/agreement_nested": agreement,
    "reasoning/depo1_s": depo(16),
    "reasoning/depo2_s": depo(3),
    "reasoning/brevo_s": brevo,
    "reasoning/pointer_chase": pointers,
    "reasoning/two_hop_context": birth_years,
    "reasoning/rule_deduction": deduction,
    "reasoning/kinship_compose": kinship,
    "reasoning/babi_qa1": babi(1),
    "reasoning/babi_qa2": babi(2),
    "reasoning/babi_qa3": babi(3),
    "arithmetic/mano_s": mano,
    "arithmetic/addition": addition,
    "arithmetic/bucket_sort": bucket_sort,
    "arithmetic/majority": majority,
    "arithmetic/letter_count": letter_count,
    "arithmetic/binary_add": binary_add,
    "long-context/niah": needles,
    "long-context/niah_text": needles,
    "long-context/var_tracking": variables,
    "long-context/common_words": common,
    "long-context/freq_words": frequent,
    "long-context/doc_qa": documents,
    "long-context/babilong_qa1": babilong,
    "long-context/babilong_qa2": babilong,
    "instructions/tool_call": tool_call,
    "instructions/tool_chain": tool_chain,
    "instructions/instr_verify": instructions,
    "instructions/fewshot_map": hidden_map,
    "instructions/json_extract": json_extract,
    "instructions/dialog_state": dialog,
    "signals/audio_tones": tones,
    "signals/img_count": blobs,
    "signals/dna_motif": motif,
    "signals/dna_translate": translate,
    "signals/dna_revcomp": reverse_complement,
    "signals/dna_spacing": spacing,
    "signals/protein_motif": glycosylation,
    "language/minimal_pairs_en": agreement_en,
}
