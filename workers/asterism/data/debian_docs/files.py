"""Which files of a package are documentation, in which format and language, and their blocks."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable
from pathlib import Path

from asterism.data.debian_docs.blocks import Block, Malformed
from asterism.data.debian_docs.html_text import html_blocks
from asterism.data.debian_docs.man_text import man_blocks
from asterism.data.debian_docs.plain_text import plain_blocks
from asterism.data.debian_docs.pod_text import pod_blocks
from asterism.data.debian_docs.rst_text import rst_blocks

EN = "en"
MOST_BYTES = 16 * 1024**2
_ABOUT_PACKAGE = re.compile(
    r"(copyright|copying|licen[cs]e|changelog|changes|news|history|authors|thanks|readme\.debian|todo|perlgpl"
    r"|perlartistic|[al]?gpl|fdl|genindex|py-modindex|search)\b.*|.*-modindex\.html",
    re.IGNORECASE,
)
_MAN = re.compile(r"(?:^|/)man/(?:([^/]+)/)?man\d\w*/[^/]+\.\d\w*$")
_FORMATS: tuple[tuple[re.Pattern[str], Callable[[str], list[Block]]], ...] = (
    (_MAN, man_blocks),
    (re.compile(r"\.pod$"), pod_blocks),
    (re.compile(r"\.rst(\.txt)?$"), rst_blocks),
    (re.compile(r"\.x?html?$"), html_blocks),
    (re.compile(r"\.(txt|text|md)$|(?:^|/)README[^/.]*$"), plain_blocks),
)
_LANGUAGES = set(
    "ar be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl he hi hr hu id it ja ka km ko lt lv ml "
    "mr nb ne nl nn pa pl pt ro ru sk sl sq sr sv ta te th tr uk vi zh".split()
)
_LOCALE = re.compile(r"([a-z]{2})(?:[-_](?:[A-Z]{2}|[A-Z][a-z]{3}))?(?:[.@][\w-]+)?")
_MAN_NAME = re.compile(r".*/man\d\w*/([^/]+)\.\d\w*$")
_SOURCES = re.compile(r"(.*/)html/_sources/(.*)\.rst\.txt$")


def _unpacked(path: str) -> str:
    return path.removesuffix(".gz")


def language_of(path: str) -> str:
    """The language a folder of the path names, as in `html/pt-BR/` or `man/zh_CN/`; English where none does.

    The country is left out: what is never trained on is decided by language, the same for de and de-DE.
    """
    for folder in path.split("/")[:-1]:
        found = _LOCALE.fullmatch(folder)
        if found and found[1] in _LANGUAGES:
            return found[1]
    return EN


def _format(path: str) -> Callable[[str], list[Block]] | None:
    if _ABOUT_PACKAGE.fullmatch(path.rsplit("/", 1)[-1]) or "/lintian/" in path:
        return None
    return next((blocks for pattern, blocks in _FORMATS if pattern.search(_unpacked(path))), None)


def documentation(paths: list[str]) -> list[str]:
    """Those of a package's files to read, sorted; a page is not read beside its own source."""
    sources = [found for path in paths if (found := _SOURCES.match(_unpacked(path)))]
    made = {f"{found[1]}html/{found[2]}.html" for found in sources}
    pods = {name for path in paths if path.endswith(".pod") for name in _module_names(path)}
    return sorted(
        path
        for path in paths
        if _format(path) is not None
        and _unpacked(path) not in made
        and not ((page := _MAN_NAME.match(_unpacked(path))) and page[1] in pods)
    )


def _module_names(path: str) -> list[str]:
    """What the manual page of a .pod can be called: Perl's `A/B.pod` becomes `A::B`."""
    parts = path.removesuffix(".pod").split("/")
    return ["::".join(parts[at:]) for at in range(len(parts))]


def blocks_of(file: Path, path: str) -> list[Block]:
    """Blocks of a file, or Malformed with the reason."""
    convert = _format(path)
    assert convert is not None, path
    try:
        with gzip.open(file) if path.endswith(".gz") else file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
        source = data.decode("utf-8-sig")
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise Malformed("not gzip") from error
    except UnicodeDecodeError as error:
        raise Malformed("not UTF-8") from error
    if len(data) > MOST_BYTES:
        raise Malformed(f"over {MOST_BYTES // 1024**2} MiB")
    if "\0" in source:
        raise Malformed("not text")
    return convert(source.replace("\r\n", "\n"))
