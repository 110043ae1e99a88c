"""Plain text → blocks: paragraphs are divided by blank lines."""

from __future__ import annotations

import re

from asterism.data.debian_docs.blocks import Block, verbatim


def plain_blocks(source: str) -> list[Block]:
    """Blocks of a file; lines stay as they are."""
    paragraphs = (
        verbatim(part.split("\n")) for part in re.split(r"\n[ \t]*\n", source.replace("\f", "\n\n"))
    )
    return [Block(text=paragraph) for paragraph in paragraphs if paragraph.strip()]
