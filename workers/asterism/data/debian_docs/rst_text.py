"""reStructuredText, as Sphinx and the kernel write it, → blocks."""

from __future__ import annotations

import re
import textwrap

from asterism.data.debian_docs.blocks import Block, filled, verbatim

_RULE = re.compile(r"([=\-~^\"'`#*+.:_<>])\1{2,}\s*")
_TABLE = re.compile(r"[=\- ]{6,}|\+[-=+]+\+")
_DIRECTIVE = re.compile(r"\.\.\s+([\w:+.-]+)::\s*(.*)")
_OPTION = re.compile(r":[\w -]+:(\s.*)?")
_SILENT = set(
    "codeauthor contents csv-table currentmodule data-template default-domain figure highlight image include "
    "index kernel-doc literalinclude meta module moduleauthor only raw role sectionauthor sectnum "
    "SPDX-License-Identifier tabularcolumns toctree".split()
)
_EXAMPLES = {"code", "code-block", "doctest", "parsed-literal", "productionlist", "sourcecode", "testcode"}
_TOLD = {"note", "warning", "tip", "seealso", "important", "caution", "danger", "hint", "admonition"}
_ROLE = re.compile(r":[\w:.+-]+:`([^`]+)`")
_LINK = re.compile(r"`([^`<]+?)\s*<[^`>]*>`__?|`([^`]+)`_{0,2}")
_STRESS = re.compile(r"(?<![\w*])\*{1,2}(?=\S)([^*]+?)(?<=\S)\*{1,2}(?![\w*])")


def _role(found: re.Match[str]) -> str:
    inside = re.sub(r"\s*<[^>]*>$", "", found[1])
    return inside[1:].rsplit(".", 1)[-1] if inside.startswith("~") else inside.lstrip("!")


def _plain(text: str) -> str:
    """Roles, links and stress away; what is between double backquotes stays as it is."""
    parts = re.split(r"``(.+?)``", text)
    for at in range(0, len(parts), 2):
        part = _LINK.sub(lambda found: found[1] or found[2], _ROLE.sub(_role, parts[at]))
        parts[at] = re.sub(r"\\(.)", r"\1", _STRESS.sub(r"\1", part))
    return "".join(parts)


def _chunks(lines: list[str]) -> list[list[str]]:
    """A line that is not indented, and what is indented below it; blank lines divide."""
    chunks: list[list[str]] = []
    new = True
    for line in lines:
        if not line.strip():
            new = True
            if chunks and chunks[-1][0].startswith(".."):
                chunks[-1].append("")
        elif line[0] == " " and chunks and chunks[-1][0].startswith(".."):
            chunks[-1].append(line)
        elif new or line.startswith("..") or chunks[-1][0].startswith(".."):
            chunks.append([line])
            new = False
        else:
            chunks[-1].append(line)
    return chunks


def _directive(lines: list[str]) -> list[Block]:
    found = _DIRECTIVE.match(lines[0])
    if found is None or (name := found[1].split(":")[-1]) in _SILENT:
        return []  # a comment, a target, a substitution, or nothing to read
    body = textwrap.dedent("\n".join(lines[1:])).split("\n")
    while body and _OPTION.fullmatch(body[0].strip()):
        body = body[1:]
    if name in _EXAMPLES:
        text = verbatim(body)
        return [Block(text=text)] if text.strip() else []
    told = filled([_plain(found[2])])
    head = [Block(text=told)] if told and name not in _TOLD else []
    start = [found[2], *body] if name in _TOLD else body
    return head + _blocks(start)


def _paragraph(lines: list[str], example: bool) -> list[Block]:
    if _RULE.fullmatch(lines[0]) and len(lines) > 1:
        lines = lines[1:]
    if len(lines) == 2 and _RULE.fullmatch(lines[1]):
        return [Block(text=filled([_plain(lines[0])]), heading="=-~^".find(lines[1][0]) % 5 + 1)]
    if example and lines[0][0] in " \t":
        return [Block(text=verbatim(textwrap.dedent("\n".join(lines)).split("\n")))]
    rows = [line for line in lines if not _TABLE.fullmatch(line.rstrip()) and not _RULE.fullmatch(line)]
    text = filled([re.sub(r"::$", ":", _plain("\n".join(rows)).strip())])
    return [Block(text=text)] if text.strip(":") else []


def _blocks(lines: list[str]) -> list[Block]:
    blocks: list[Block] = []
    example = False
    for chunk in _chunks(lines):
        if chunk[0].startswith(".."):
            blocks += _directive(chunk)
            example = False
        else:
            blocks += _paragraph(chunk, example)
            indented = chunk[0][0] in " \t"
            example = chunk[-1].rstrip().endswith("::") or (example and indented)
    return blocks


def rst_blocks(source: str) -> list[Block]:
    """Blocks of a page."""
    return _blocks(source.expandtabs().split("\n"))
