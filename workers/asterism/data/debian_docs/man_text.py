"""Manual pages in man's macros → blocks. Pages in mdoc's, which are few, are left out."""

from __future__ import annotations

import re

from asterism.data.debian_docs.blocks import Block, Malformed, filled, verbatim

_NAMED = {
    **{"aq": "'", "oq": "‘", "cq": "’", "lq": "“", "rq": "”", "dq": '"', "em": "—", "en": "–", "hy": "-"},
    **{"bu": "•", "co": "©", "rs": "\\", "ti": "~", "ha": "^", "ga": "`", "mi": "-", "mu": "×", "+-": "±"},
    **{"->": "→", "<-": "←", "<=": "≤", ">=": "≥", "!=": "≠", "==": "≡", "at": "@", "sh": "#", "Do": "$"},
    **{"la": "⟨", "ra": "⟩", "lB": "[", "rB": "]", "lC": "{", "rC": "}", "sl": "/", "or": "|", "ba": "|"},
    **{"ss": "ß", ":a": "ä", ":o": "ö", ":u": "ü", "'e": "é", "`e": "è", "de": "°", "ua": "↑", "da": "↓"},
    **{"Fo": "«", "Fc": "»", "tm": "™", "rg": "®", "sc": "§", "ps": "¶", "**": "∗", "if": "∞", "eu": "€"},
}
_ESCAPE = re.compile(
    r"""\\(?:
        f(?:\[[^]]*\]|\(..|.) | s(?:[+-]?\d+|\[[^]]*\]|[+-]?\(..) | [mMFRYg]\[[^]]*\] | [hvwdDLlbxo]'[^']*'
      | n[+-]?(?:\[[^]]*\]|\(..|.) | \*(?:\[(?P<string>[^]]*)\]|\((?P<two>..)|(?P<one>.))
      | \[(?P<name>[^]]*)\] | \((?P<short>..) | (?P<char>.)
    )""",
    re.VERBOSE,
)
_CHARS = {
    **dict.fromkeys(" ~0t", " "),
    "e": "\\",
    "\\": "\\",
    "-": "-",
    "'": "´",
    "`": "`",
    "_": "_",
    ".": ".",
}
_STRINGS = {"lq": "“", "rq": "”", "R": "®", "Tm": "™", "Aq": "'", "C+": "C++", "--": "—", "-": "-"}
_WORDS = re.compile(r'"((?:[^"]|"")*)"?|((?:\\ |\S)+)')
_FONT = {"B", "I", "SM", "SB", "R", "CW"}
_FONTS = {"BR", "RB", "IR", "RI", "BI", "IB"}
_BREAKS = set("PP P LP TP TQ IP HP sp br bp RS RE in ti ce UR MT UE ME SY YS OP".split())
_EXAMPLE = {"nf": True, "EX": True, "Vb": True, "fi": False, "EE": False, "Ve": False}
_SKIPPED_UNTIL = {"de": "..", "de1": "..", "ig": "..", "am": "..", "TS": ".TE", "EQ": ".EN", "PS": ".PE"}


def _character(found: re.Match[str]) -> str:
    if (string := found["string"] or found["two"] or found["one"]) is not None:
        return _STRINGS.get(string, "")
    if (char := found["char"]) is not None:
        return _CHARS.get(char, "")
    name = found["name"] or found["short"] or ""
    if re.fullmatch(r"u[0-9A-F]{4,5}", name):
        return chr(int(name[1:], 16))
    return _NAMED.get(name, "")


def _plain(text: str) -> str:
    """Escapes as the characters they stand for; comments away."""
    return _ESCAPE.sub(_character, re.sub(r'(?<!\\)\\["#].*', "", text))


def _words(rest: str) -> list[str]:
    return [
        _plain(found[1].replace('""', '"') if found[2] is None else found[2])
        for found in _WORDS.finditer(re.sub(r'(?<!\\)\\["#].*', "", rest))
    ]


class _Reader:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._lines: list[str] = []
        self._example = False
        self._heading = 0
        self._until = ""

    def line(self, line: str) -> None:
        if self._until:
            self._until = "" if line.rstrip() == self._until else self._until
        elif line[:1] in {".", "'"}:
            self._request(line[1:].lstrip())
        elif line.strip() or self._example:
            self._text(_plain(line))
        else:
            self.end_block()

    def _request(self, request: str) -> None:
        name, _, rest = request.partition(" ")
        name = name.strip()
        if name in _SKIPPED_UNTIL:
            self._until = _SKIPPED_UNTIL[name]
        elif name in {"SH", "SS"}:
            self.end_block()
            self._heading = 1 if name == "SH" else 2
            if words := _words(rest):
                self._text(" ".join(words))
        elif name in _FONT:
            self._text(" ".join(_words(rest)))
        elif name in _FONTS:
            self._text("".join(_words(rest)))
        elif name in _EXAMPLE:
            self.end_block()
            self._example = _EXAMPLE[name]
        elif name in _BREAKS:
            self._break(name, rest)

    def _break(self, name: str, rest: str) -> None:
        """Most end a block; in an example they are an empty line."""
        if not self._example:
            self.end_block()
        elif name in {"PP", "P", "sp"}:
            self._lines.append("")
        words = _words(rest)
        if name in {"IP", "UR", "MT", "SY"} and words and words[0] not in {"•", "-", "*", "—"}:
            self._text(words[0])

    def _text(self, text: str) -> None:
        self._lines.append(text)
        if self._heading:
            self.end_block()

    def end_block(self) -> None:
        """What was collected so far is a block."""
        text = verbatim(self._lines) if self._example and not self._heading else filled(self._lines)
        if text.strip():
            self.blocks.append(Block(text=text, heading=self._heading))
            self._heading = 0
        self._lines = []


def man_blocks(source: str) -> list[Block]:
    """Blocks of a page; one that only names another (`.so`) has none."""
    if re.search(r"^\.Dd\b", source, re.MULTILINE):
        raise Malformed("mdoc")
    if not re.search(r"^[.'] *(TH|so)\b", source, re.MULTILINE):
        raise Malformed("no title line")
    reader = _Reader()
    for line in source.split("\n"):
        reader.line(line)
    reader.end_block()
    return reader.blocks
