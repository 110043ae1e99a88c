"""Perl's Plain Old Documentation (perlpod, perlpodspec) → blocks."""

from __future__ import annotations

import html
import re

from asterism.data.debian_docs.blocks import Block, Malformed, filled, verbatim

_CODE = re.compile(r"([A-Z])(?:<(?!<)((?:[^<>]|(?<=[-=])>)*)>|(<<+)\s+((?:(?!\s>>).)*?)\s+>>+)", re.DOTALL)
_COMMAND = re.compile(r"=([a-zA-Z]\w*)\s*(.*)", re.DOTALL)
_OPEN, _CLOSE = "\ue000", "\ue001"  # `<` and `>` that were written out, until all codes are read


def _meaning(found: re.Match[str]) -> str:
    code, inside = found[1], found[2] if found[2] is not None else found[4]
    if code == "E":
        return _entity(inside.strip())
    if code == "L":
        inside = inside.split("|")[0].replace('"', "").replace("/", " ").strip()
    elif code in "XZ":
        return ""
    return inside.replace("<", _OPEN).replace(">", _CLOSE)


def _entity(name: str) -> str:
    known = {"lt": _OPEN, "gt": _CLOSE, "verbar": "|", "sol": "/"}
    if name in known:
        return known[name]
    if re.fullmatch(r"0[xX][0-9a-fA-F]{1,5}|\d{1,6}", name):
        return chr(int(name, 0 if name[:2].lower() == "0x" else 10))
    found = html.unescape(f"&{name};")
    return name if found.startswith("&") else found


def _plain(text: str) -> str:
    """Formatting codes away, innermost first."""
    while True:
        changed = _CODE.sub(_meaning, text)
        if changed == text:
            return text.replace(_OPEN, "<").replace(_CLOSE, ">")
        text = changed


class _Reader:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._inside = False
        self._foreign = 0

    def command(self, name: str, rest: str) -> None:
        self._inside = name != "cut"
        if name == "begin":
            self._foreign += 1
        elif name == "end":
            self._foreign = max(0, self._foreign - 1)
        elif self._foreign == 0 and name.startswith("head"):
            depth = int(name[4:]) if name[4:].isdigit() else 1
            self._add(Block(text=filled([_plain(rest)]), heading=depth))
        elif self._foreign == 0 and name == "item" and rest.strip() not in {"", "*"}:
            self._add(Block(text=filled([_plain(rest)])))

    def paragraph(self, paragraph: str) -> None:
        if not self._inside or self._foreign:
            return
        example = paragraph[0] in " \t"
        text = verbatim(paragraph.split("\n")) if example else filled([_plain(paragraph)])
        self._add(Block(text=text))

    def _add(self, block: Block) -> None:
        if block.text.strip():
            self.blocks.append(block)


def pod_blocks(source: str) -> list[Block]:
    """Blocks of a page; what lies outside of the documentation is code and left out."""
    reader = _Reader()
    for paragraph in re.split(r"\n[ \t]*\n+", source.replace("\r\n", "\n").strip("\n")):
        paragraph = paragraph.strip("\n")
        if not paragraph:
            continue
        found = _COMMAND.match(paragraph)
        if found:
            reader.command(found[1], found[2])
        else:
            reader.paragraph(paragraph)
    if not reader.blocks and not re.search(r"^=\w", source, re.MULTILINE):
        raise Malformed("no command")
    return reader.blocks
