"""Debian's documentation packages as text: converters, boilerplate, splits, and one real package."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pytest

from asterism.__main__ import main
from asterism.data.debian_docs.blocks import Block
from asterism.data.debian_docs.clean import REPEATED_FROM, text_of, without_boilerplate
from asterism.data.debian_docs.corpus import Corpus, corpus, source_of
from asterism.data.debian_docs.files import documentation, language_of
from asterism.data.debian_docs.html_text import html_blocks
from asterism.data.debian_docs.man_text import man_blocks
from asterism.data.debian_docs.packages import Package
from asterism.data.debian_docs.pod_text import pod_blocks
from asterism.data.debian_docs.rst_text import rst_blocks
from asterism.data.splits import SPLITS
from asterism.data.text import TextDataset, encode

LEGAL = "This program is free software: see the GNU General Public License for more details of it."

HTML = """<html><head><title>A</title><script>x()</script></head><body><div class="docnav">Next</div>
<h2 class="title">Caf&eacute;</h2><p>One <b>bold</b>
word.</p><pre>if a &lt; b:
    go</pre><p class="title">Kept</p></body></html>"""

POD = """code()

=head1 NAME

B<a> - see L<the list|perlfunc/sort> and C<< $x->{y} >>, E<lt>now

=over 4

=item C<-v>

Says more.

=back

=begin html

<b>no</b>

=end html

    $ example

=cut

more_code()
"""

MAN = r""".\" Copyright 2003
.TH epoll 7
.SH NAME
epoll \- notify \(em really
.SH "SEE ALSO"
.BR poll (2),
\fIselect\fP(2) \" comment
.TP
.B \-v
more
.nf
a  b
    c
.fi
.de XX
no
..
.TS
no
.TE
"""

RST = """.. _target:

:mod:`heapq` --- Queues
=======================

.. module:: heapq
   :synopsis: none

Use :func:`~a.push` and ``x*y``, *not* `that <http://x>`_::

   heap  = []

.. note:: Beware of
   the end.

.. function:: push(heap)
   :noindex:

   Puts it there.
"""


def _texts(blocks: list[Block]) -> list[str]:
    return [block.text for block in blocks]


def test_html_keeps_what_is_read() -> None:
    assert _texts(html_blocks(HTML)) == ["Café", "One bold word.", "if a < b:\n    go", "Kept"]
    assert html_blocks(HTML)[0].heading == 2


def test_pod_keeps_what_is_read() -> None:
    assert _texts(pod_blocks(POD)) == [
        "NAME",
        "a - see the list and $x->{y}, <now",
        "-v",
        "Says more.",
        "    $ example",
    ]


def test_man_keeps_what_is_read() -> None:
    assert _texts(man_blocks(MAN)) == [
        "NAME",
        "epoll - notify — really",
        "SEE ALSO",
        "poll(2), select(2)",
        "-v more",
        "a  b\n    c",
    ]


def test_rst_keeps_what_is_read() -> None:
    assert _texts(rst_blocks(RST)) == [
        "heapq --- Queues",
        "Use push and x*y, not that:",
        "heap  = []",
        "Beware of the end.",
        "push(heap)",
        "Puts it there.",
    ]


def test_sections_and_paragraphs_on_licences_go() -> None:
    blocks = [
        Block(text="Name", heading=1),
        Block(text="What it does."),
        Block(text=LEGAL),
        Block(text="COPYRIGHT AND LICENSE", heading=1),
        Block(text="Ask him."),
        Block(text="Detail", heading=2),
        Block(text="Bugs", heading=1),
        Block(text="None."),
        Block(text="Empty", heading=1),
    ]
    assert text_of(without_boilerplate(blocks)) == "Name\n\nWhat it does.\n\nBugs\n\nNone."


def test_a_page_is_not_read_beside_its_own_source() -> None:
    paths = [
        "usr/share/doc/p/html/a.html",
        "usr/share/doc/p/html/_sources/a.rst.txt",
        "usr/share/doc/p/html/genindex.html",
        "usr/share/doc/p/copyright",
        "usr/share/doc/p/changelog.gz",
        "usr/share/perl/pod/A/B.pod",
        "usr/share/man/man3/A::B.3perl.gz",
        "usr/share/man/man3/A::C.3perl.gz",
    ]
    assert documentation(paths) == [
        "usr/share/doc/p/html/_sources/a.rst.txt",
        "usr/share/man/man3/A::C.3perl.gz",
        "usr/share/perl/pod/A/B.pod",
    ]


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("usr/share/man/man7/a.7.gz", "en"),
        ("usr/share/man/pt_BR/man7/a.7.gz", "pt"),
        ("usr/share/doc/h/html/zh-CN/a.html", "zh"),
        ("usr/share/doc/h/c-api/io/a.html", "en"),
    ],
)
def test_a_folder_names_the_language(path: str, language: str) -> None:
    assert language_of(path) == language


def _page(number: int, shared: str) -> str:
    own = " ".join(f"Sentence {at} of page {number} tells its reader something." for at in range(6))
    return f"Page {number}\n\n{own}\n\n{shared}\n\n{LEGAL}\n"


def _tree(root: Path) -> Package:
    shared = "This paragraph stands on every page of this package, word by word the same."
    pages = {f"usr/share/doc/p/en/page-{n}.txt": _page(n, shared).encode() for n in range(40)}
    pages |= {
        f"usr/share/doc/p/de/page-{n}.txt": (
            f"{_page(n, shared)}\n" + f"Übersetzt {n} ist dies. " * 20
        ).encode()
        for n in range(5)
    }
    pages |= {
        "usr/share/doc/p/broken.html": b"\xff\xfe\xfd<p>",
        "usr/share/doc/p/empty.html": b"nothing here",
        "usr/share/doc/p/binary.txt": b"a\0b",
        "usr/share/man/man1/cut.1.gz": gzip.compress(MAN.encode())[:-12],
        "usr/share/man/man1/other.1.gz": b"no gzip at all",
        "usr/share/man/man1/bsd.1": b".Dd today\n.Sh NAME\n",
    }
    for path, data in pages.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return Package(name="p", version="1-1", root=root, files=tuple(documentation([*pages])), installed=False)


def _bytes(made: Corpus) -> bytes:
    return encode(made.english) + encode(made.translations)


def test_equal_packages_give_equal_bytes(tmp_path: Path) -> None:
    one, two = _tree(tmp_path / "one"), _tree(tmp_path / "two")
    other = Package(name="q", version="2", root=two.root, files=two.files[::-1], installed=True)
    assert _bytes(corpus([one, other], languages=True)) == _bytes(corpus([other, one], languages=True))
    documents = corpus([one, other]).english
    assert source_of([one, other], documents) == "Debian packages p 1-1"  # all of q is said in p


def test_malformed_files_are_left_out_and_counted(tmp_path: Path) -> None:
    left_out = corpus([_tree(tmp_path)]).left_out
    files = {reason: count for reason, count in left_out.items() if reason.startswith("file")}
    assert files == {
        "file: mdoc": 1,
        "file: no tags": 1,
        "file: not UTF-8": 1,
        "file: not gzip": 2,
        "file: not text": 1,
    }


def test_no_paragraph_is_in_two_splits_and_no_boilerplate_in_any(tmp_path: Path) -> None:
    made = corpus([_tree(tmp_path)])
    assert len(made.english) == 40 and made.translations == ()
    file = tmp_path / "docs.jsonl"
    file.write_bytes(encode(made.english))
    splits = [[*TextDataset(file).documents(split)] for split in SPLITS]
    assert sum(map(len, splits)) == 40 and all(splits)
    said = [
        paragraph
        for documents in splits
        for document in documents
        for paragraph in document.text.split("\n\n")
        if len(paragraph) >= REPEATED_FROM
    ]
    assert len(said) == len(set(said)) == 41
    assert not any("License" in paragraph for paragraph in said)


def test_translations_hold_no_english_line(tmp_path: Path) -> None:
    made = corpus([_tree(tmp_path)], languages=True)
    assert {document.language for document in made.translations} == {"de"}
    assert len(made.translations) == 5
    for document in made.translations:
        assert document.text.startswith("Übersetzt")


def test_what_cannot_be_had_is_refused_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "docs.jsonl"
    assert main(["dataset", "docs", str(out), "--packages=--version"]) == 1
    assert "'--version' is no name of a Debian package" in capsys.readouterr().err
    assert main(["dataset", "docs", str(out), "--packages", "no-such-docs-here"]) == 1
    said = capsys.readouterr().err
    assert "no-such-docs-here: not installed and not fetched (" in said
    assert "sudo apt-get install no-such-docs-here" in said
    assert [*tmp_path.iterdir()] == []


def test_without_apt_the_packages_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["dataset", "docs", str(tmp_path / "docs.jsonl"), "--packages", "perl-doc,manpages"]) == 1
    assert "manpages, perl-doc: not installed and not fetched (no apt-get here)" in capsys.readouterr().err


@pytest.mark.full
@pytest.mark.skipif(shutil.which("apt-get") is None, reason="no apt-get on this machine")
def test_a_real_package_is_fetched_and_is_the_same_each_time(tmp_path: Path) -> None:
    reports = []
    for name in ("one", "two"):
        out, report = tmp_path / f"{name}.jsonl", tmp_path / f"{name}.json"
        words = ["dataset", "docs", str(out), "--packages", "debian-faq", "--report", str(report)]
        assert main(words) == 0
        reports.append(json.loads(report.read_text()))
    assert reports[0]["written"][0]["sha256"] == reports[1]["written"][0]["sha256"]
    assert reports[0]["written"][0]["bytes"] > 100_000
    assert reports[0]["written"][0]["source"].startswith("Debian packages debian-faq ")
    documents = [*TextDataset(tmp_path / "one.jsonl").documents("train")]
    assert not any("</" in document.text for document in documents)
