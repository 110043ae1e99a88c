"""HTML pages → blocks: navigation, indices and scripts left out, examples kept line by line."""

from __future__ import annotations

from html.parser import HTMLParser

from asterism.data.debian_docs.blocks import Block, Malformed, filled, verbatim

_HIDDEN = {"head", "script", "style", "nav", "svg", "template", "noscript", "footer", "button", "select"}
_FURNITURE = {
    "banner",
    "docnav",
    "footer",
    "headerlink",
    "indexterm",
    "legalnotice",
    "navfooter",
    "navheader",
    "navLinks",
    "related",
    "sphinxsidebar",
    "title",  # the product's banner, by id
    "toc",
}
_BLOCKS = set(
    "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure "
    "form hr li main ol p section summary table td th tr ul".split()
)
_HEADINGS = {f"h{depth}": depth for depth in range(1, 7)}
_NEVER_CLOSED = set("area base br col embed hr img input link meta source track wbr".split())


def _furniture(tag: str, given: dict[str, str | None]) -> bool:
    classes = set((given.get("class") or "").split())
    if tag in _HEADINGS:
        return False  # a heading may well be of class title
    marks = (classes - {"title"}) | {given.get("id") or ""}
    return tag in _HIDDEN or not _FURNITURE.isdisjoint(marks)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._text: list[str] = []
        self._heading = 0
        self._examples = 0
        self._hidden_in = ""
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._hidden:
            self._hidden += tag == self._hidden_in
        elif tag not in _NEVER_CLOSED and _furniture(tag, dict(attrs)):
            self._hidden_in, self._hidden = tag, 1
        elif tag in _HEADINGS or tag == "pre" or tag in _BLOCKS:
            if not (tag == "br" and self._examples):
                self.end_block()
            self._heading = _HEADINGS.get(tag, 0)
            self._examples += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            self._hidden -= tag == self._hidden_in
        elif tag in _HEADINGS or tag == "pre" or tag in _BLOCKS:
            self.end_block()
            self._heading = 0
            self._examples -= tag == "pre" and self._examples > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._text.append(data)

    def end_block(self) -> None:
        """What was collected so far is a block."""
        whole = "".join(self._text)
        text = verbatim(whole.split("\n")) if self._examples else filled([whole])
        self._text = []
        if text.strip():
            self.blocks.append(Block(text=text, heading=self._heading))


def html_blocks(source: str) -> list[Block]:
    """Blocks of a page."""
    if "<" not in source:
        raise Malformed("no tags")
    reader = _Reader()
    reader.feed(source)
    reader.close()
    reader.end_block()
    return reader.blocks
