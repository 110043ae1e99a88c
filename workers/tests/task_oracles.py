"""Answers worked out from the tokens alone, in plain Python: what the generators' keys must agree with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from asterism.tasks import vocabulary as v

Row = Sequence[int]
Answers = Iterator[tuple[int, int, int]]
"""(position, answer, mark) of every scored position."""


def recall(row: Row, length: int) -> Answers:
    """The value of a key is the one that followed its first appearance; asked where a key comes again."""
    first: dict[int, int] = {}
    for at in range(0, length - 1, 1):
        if row[at] in v.KEYS:
            if row[at] in first:
                yield at, first[row[at]], 1
            else:
                first[row[at]] = row[at + 1]


def copy(row: Row, length: int) -> Answers:
    start, middle = list(row).index(v.COPY_START), list(row).index(v.COPY_MIDDLE)
    for offset, letter in enumerate(row[start + 1 : middle]):
        yield middle + offset, letter, 1


def selective_copy(row: Row, length: int) -> Answers:
    marker = list(row).index(v.MARKER)
    payload = [token for token in row[:marker] if token != v.FILLER]
    for offset, symbol in enumerate(payload):
        yield marker + offset, symbol, 1


def parity(row: Row, length: int) -> Answers:
    ones = since = 0
    for at, token in enumerate(row):
        since += 1
        if token == v.RESET:
            ones = since = 0
            continue
        ones += token == v.BIT_1
        yield at, v.ODD if ones % 2 else v.EVEN, 1 if since < 8 else 2


def flip_flop(row: Row, length: int) -> Answers:
    written = age = -1
    for at in range(0, length, 2):
        age += 1
        if row[at] == v.WRITE:
            written, age = row[at + 1], 0
        elif row[at] == v.READ:
            yield at, written, 1 if age <= 6 else 2


def dyck(row: Row, length: int) -> Answers:
    stack: list[tuple[int, int]] = []
    for at, token in enumerate(row):
        if token in v.BRACKETS_OPEN:
            stack.append((at, token))
        else:
            opened, kind = stack.pop()
            closing = kind - v.BRACKETS_OPEN.start + v.BRACKETS_CLOSE.start
            yield at - 1, closing, 1 if at - opened < 8 else 2


def pointer(row: Row, length: int) -> Answers:
    follows = {row[at + 1]: row[at + 2] for at, token in enumerate(row) if token == v.SEPARATOR}
    for at, token in enumerate(row):
        if token == v.HOP_1:
            yield at + 1, follows[row[at + 1]], 1
        elif token == v.HOP_2:
            yield at + 1, follows[follows[row[at + 1]]], 2


def modular_addition(row: Row, length: int) -> Answers:
    for at, token in enumerate(row):
        if token == v.EQUALS:
            total = row[at - 1] + row[at - 2] - 2 * v.RESIDUES.start
            yield at, v.RESIDUES.start + total % len(v.RESIDUES), 1


def tool_call(row: Row, length: int) -> Answers:
    defined = {row[at + 1]: row[at + 2 : at + 5] for at, token in enumerate(row) if token == v.DEFINE}
    asked, call = list(row).index(v.REQUEST), list(row).index(v.CALL)
    name, first, second = defined[row[asked + 1]]
    given = dict(zip(row[asked + 2 : call : 2], row[asked + 3 : call : 2], strict=True))
    for offset, symbol in enumerate([name, first, given[first], second, given[second]]):
        yield call + offset, symbol, 1


_STANDARD_CODE = {
    "F": "TTT TTC", "L": "TTA TTG CTT CTC CTA CTG", "I": "ATT ATC ATA", "M": "ATG", "V": "GTT GTC GTA GTG",
    "S": "TCT TCC TCA TCG AGT AGC", "P": "CCT CCC CCA CCG", "T": "ACT ACC ACA ACG", "A": "GCT GCC GCA GCG",
    "Y": "TAT TAC", "*": "TAA TAG TGA", "H": "CAT CAC", "Q": "CAA CAG", "N": "AAT AAC", "K": "AAA AAG",
    "D": "GAT GAC", "E": "GAA GAG", "C": "TGT TGC", "W": "TGG", "R": "CGT CGC CGA CGG AGA AGG",
    "G": "GGT GGC GGA GGG",
}  # fmt: skip


def codons(row: Row, length: int) -> Answers:
    acid_of = {codon: acid for acid, codons in _STANDARD_CODE.items() for codon in codons.split()}
    letters = sorted(_STANDARD_CODE)
    start = list(row).index(v.CODON_START)
    bases = "".join("TCAG"[token - v.BASES.start] if token in v.BASES else "-" for token in row)
    for at in range(start + 1, length):
        read = at - start
        answer = v.NO_CODON
        if read % 3 == 0:
            answer = v.AMINO_ACIDS.start + letters.index(acid_of[bases[at - 2 : at + 1]])
        yield at, answer, 1 if read <= 24 else 2


ORACLES: dict[str, Callable[[Row, int], Answers]] = {
    "recall": recall,
    "copy": copy,
    "selective-copy": selective_copy,
    "parity": parity,
    "flip-flop": flip_flop,
    "dyck": dyck,
    "pointer": pointer,
    "modular-addition": modular_addition,
    "tool-call": tool_call,
    "codons": codons,
}
