"""Blocks → text: licence boilerplate and what was said before are dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from asterism.data.debian_docs.blocks import Block

# A shorter paragraph, as a heading or the name of an option, may come again.
REPEATED_FROM = 40
LEAST_CHARACTERS = 200
_LEGAL_SECTION = re.compile(
    r"(copyrights?|licen[cs]es?|copying|authors?|colophon|reporting bugs|acknowledge?ments?|maintainers?)"
    r"([ ,&/]+(and )?(copyrights?|licen[cs]es?|authors?|disclaimers?|warranty|acknowledge?ments?))*",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"copyright\W{0,4}(©|\(c\)|\d{4}|by\b|held by|notice)|©\W*\d{4}|\(c\) ?\d{4}|SPDX-License-Identifier"
    r"|GNU (Lesser |Library |Affero )?General Public License|GNU Free Documentation License|\bGPLv?[23]\b"
    r"|(under|by) the (same )?terms (as perl|of the)|same terms as perl|WITHOUT ANY WARRANTY"
    r"|All rights reserved|Permission is (hereby )?granted|Creative Commons|Artistic License"
    r"|redistribut\w+ (it )?and/or modify|PROVIDED [\"“]AS IS|without warranties? or conditions",
    re.IGNORECASE,
)


def without_boilerplate(blocks: Iterable[Block]) -> Iterator[Block]:
    """Sections about licence and authors, and paragraphs that speak of a licence, left out."""
    legal = 0  # depth of the section that is left out
    for block in blocks:
        if block.heading and (not legal or block.heading <= legal):
            legal = block.heading if _LEGAL_SECTION.fullmatch(block.text.strip(" .:")) else 0
        if not legal and not _LEGAL.search(block.text):
            yield block


def _key(text: str) -> str:
    return " ".join(text.split())


class Unrepeated:
    """Drops paragraphs seen before, in any document: no two splits share one."""

    def __init__(self, said: Iterable[str] = ()) -> None:
        self._seen = {_key(line) for line in said}
        self.dropped = 0

    def __call__(self, blocks: Iterable[Block]) -> Iterator[Block]:
        for block in blocks:
            key = _key(block.text)
            if len(key) >= REPEATED_FROM:
                if key in self._seen:
                    self.dropped += 1
                    continue
                self._seen.add(key)
            yield block


def text_of(blocks: Iterable[Block]) -> str:
    """The document's text: blocks divided by blank lines; a heading that has nothing below it goes."""
    kept: list[Block] = []
    for block in blocks:
        while block.heading and kept and 0 < block.heading <= kept[-1].heading:
            kept.pop()
        kept.append(block)
    while kept and kept[-1].heading:
        kept.pop()
    return "\n\n".join(block.text for block in kept)


def translated(text: str, english: set[str]) -> str:
    """Lines of a translation that are no lines of the English texts."""
    lines = [line for line in text.split("\n") if not line.strip() or _key(line) not in english]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def lines_of(text: str) -> Iterator[str]:
    """Lines as `translated` compares them."""
    return (_key(line) for line in text.split("\n") if line.strip())
