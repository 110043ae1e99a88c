"""Packages → datasets: English prose, and translations without what is English in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from asterism.data.debian_docs.blocks import Block, Malformed
from asterism.data.debian_docs.clean import (
    LEAST_CHARACTERS,
    Unrepeated,
    lines_of,
    text_of,
    translated,
    without_boilerplate,
)
from asterism.data.debian_docs.files import EN, blocks_of, language_of
from asterism.data.debian_docs.packages import Package
from asterism.data.text import Document

ENGLISH = ("debian-handbook", "manpages", "perl-doc", "python3-doc")
TRANSLATIONS = ("manpages-de", "manpages-fr", "manpages-pl", "manpages-ro", "manpages-uk")


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """Documents, and how many files and paragraphs were left out, by reason."""

    english: tuple[Document, ...]
    translations: tuple[Document, ...]
    left_out: dict[str, int]


def source_of(packages: Iterable[Package], documents: Iterable[Document]) -> str:
    """What a dataset says it was made from: the packages that its documents are of."""
    names = {document.name.split("/", 1)[0] for document in documents}
    of = (f"{each.name} {each.version}" for each in packages if each.name in names)
    return "Debian packages " + ", ".join(of)


def corpus(packages: Iterable[Package], *, languages: bool = False) -> Corpus:
    """Documents in the order of their names; which of two equal paragraphs stays follows from it."""
    left_out: Counter[str] = Counter()
    read = sorted(_read(packages, left_out, languages=languages), key=lambda each: each[0])
    once = Unrepeated()
    english = [
        Document(name=name, text=text_of(once(blocks)), language=EN)
        for name, language, blocks in read
        if language == EN
    ]
    said = {line for document in english for line in lines_of(document.text)}
    other_once = Unrepeated(block.text for _, language, each in read if language == EN for block in each)
    others = [
        Document(name=name, text=translated(text_of(other_once(blocks)), said), language=language)
        for name, language, blocks in read
        if language != EN
    ]
    left_out["repeated paragraph"] = once.dropped + other_once.dropped
    return Corpus(
        english=_long_enough(english, left_out),
        translations=_long_enough(others, left_out),
        left_out={reason: left_out[reason] for reason in sorted(left_out) if left_out[reason]},
    )


def _read(
    packages: Iterable[Package], left_out: Counter[str], *, languages: bool
) -> Iterator[tuple[str, str, list[Block]]]:
    """Name, language and blocks of every file that can be read."""
    for package in packages:
        for path in package.files:
            language = language_of(path)
            if languages if language != EN else package.name not in TRANSLATIONS:
                try:
                    blocks = list(blocks_of(package.root / path, path))
                except Malformed as reason:
                    left_out[f"file: {reason}"] += 1
                    continue
                kept = list(without_boilerplate(blocks))
                left_out["paragraph on licence or authors"] += len(blocks) - len(kept)
                yield f"{package.name}/{path.removesuffix('.gz')}", language, kept


def _long_enough(documents: list[Document], left_out: Counter[str]) -> tuple[Document, ...]:
    kept = tuple(each for each in documents if len(each.text) >= LEAST_CHARACTERS)
    left_out["file: hardly any text"] += len(documents) - len(kept)
    return kept
