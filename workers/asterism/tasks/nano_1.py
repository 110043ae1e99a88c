"""Suite `nano-1`: the product's. Probes of nano-check with real digit images, DNA, a series and text in code
and languages.
"""

from __future__ import annotations

from asterism.tasks.suite import Probe, Score, Suite

_COPY = {"length": 32, "letters": [6, 10, 15]}
_PARITY = {"length": 32}
_DYCK = {"length": 32, "depth": 6}
_POINTER = {"length": 32, "cycle": 4, "queries": 6}
_SELECTIVE = {"length": 32, "payload": 6}
_ADD = {"length": 32, "sums": "trained"}
_TOOL = {"length": 32, "functions": 3}
_FLIP = {"length": 64}
_DIGITS = {"length": 64}
_CODONS = {"length": 64}
_SERIES = {"length": 64}
_CODE = {"length": 128, "dataset": "stdlib"}
_LANGUAGES = {"length": 128, "dataset": "udhr", "subset": "seen"}


def _recall(length: int, *pairs: int, distract: bool = False) -> dict[str, object]:
    return {"length": length, "pairs": list(pairs), **({"distract": True} if distract else {})}


def _untrained(
    id: str,
    family: str,
    generator: str,
    settings: dict[str, object],
    description: str,
    mark: int = 1,
    binding: bool = False,
) -> Score:
    return Score(
        id=id,
        family=family,
        generator=generator,
        settings=settings,
        marks=(mark,),
        trained=False,
        counts=False,
        binding=binding,
        description=description,
    )


_PROBES = (
    Probe(name="recall", generator="recall", settings=_recall(32, 2, 4, 6), share=0.09),
    Probe(name="selcopy", generator="selective-copy", settings=_SELECTIVE, share=0.07),
    Probe(name="copy", generator="copy", settings=_COPY, share=0.08),
    Probe(name="parity", generator="parity", settings=_PARITY, share=0.06),
    Probe(name="dyck", generator="dyck", settings=_DYCK, share=0.03),
    Probe(name="pointer", generator="pointer", settings=_POINTER, share=0.08),
    Probe(name="modadd", generator="modular-addition", settings=_ADD, share=0.04),
    Probe(name="tool", generator="tool-call", settings=_TOOL, share=0.08),
    Probe(name="recall8", generator="recall", settings=_recall(64, 8), share=0.10),
    Probe(name="flipflop", generator="flip-flop", settings=_FLIP, share=0.06),
    Probe(name="digits", generator="handwritten", settings=_DIGITS, share=0.04),
    Probe(name="codons", generator="codons", settings=_CODONS, share=0.03),
    Probe(name="series", generator="series", settings=_SERIES, share=0.03),
    Probe(name="recall128", generator="recall", settings=_recall(128, 4, distract=True), share=0.05),
    Probe(name="code", generator="text", settings=_CODE, share=0.08),
    Probe(name="languages", generator="text", settings=_LANGUAGES, share=0.08),
)

_TRAINED = (
    Score(id="recall4", family="recall", generator="recall", settings=_recall(32, 4), binding=True),
    Score(id="recall8", family="recall", generator="recall", settings=_recall(64, 8), binding=True),
    Score(
        id="rec4@128",
        family="long-context",
        generator="recall",
        settings=_recall(128, 4, distract=True),
        binding=True,
        description="4 pairs asked 112 tokens later, with look-alike pairs between",
    ),
    Score(id="selcopy", family="copying", generator="selective-copy", settings=_SELECTIVE),
    Score(id="copy10", family="copying", generator="copy", settings={**_COPY, "letters": [10]}),
    Score(id="copy15", family="copying", generator="copy", settings={**_COPY, "letters": [15]}),
    Score(id="par_near", family="state", generator="parity", settings=_PARITY, marks=(1,)),
    Score(id="par_far", family="state", generator="parity", settings=_PARITY, marks=(2,)),
    Score(id="ff_near", family="state", generator="flip-flop", settings=_FLIP, marks=(1,)),
    Score(id="ff_far", family="state", generator="flip-flop", settings=_FLIP, marks=(2,)),
    Score(id="dyck_near", family="hierarchy", generator="dyck", settings=_DYCK, marks=(1,)),
    Score(id="dyck_far", family="hierarchy", generator="dyck", settings=_DYCK, marks=(2,)),
    Score(id="ptr1", family="multi-hop", generator="pointer", settings=_POINTER, marks=(1,), binding=True),
    Score(
        id="ptr2",
        family="multi-hop",
        generator="pointer",
        settings=_POINTER,
        marks=(2,),
        binding=True,
        counts=False,
    ),
    Score(id="modadd", family="arithmetic", generator="modular-addition", settings=_ADD),
    Score(id="tool", family="tool", generator="tool-call", settings=_TOOL),
    Score(id="digits", family="non-text", generator="handwritten", settings=_DIGITS),
    Score(id="codons_near", family="non-text", generator="codons", settings=_CODONS, marks=(1,)),
    Score(id="codons_far", family="non-text", generator="codons", settings=_CODONS, marks=(2,)),
    Score(id="series", family="non-text", generator="series", settings=_SERIES),
    Score(id="text-code", family="text", generator="text", settings=_CODE),
    Score(
        id="text-languages",
        family="language",
        generator="text",
        settings=_LANGUAGES,
        description="next byte of unseen articles in the trained languages, about 10 KB each",
    ),
)

_SCORED_ONLY = (
    _untrained(
        "recall12@64", "recall", "recall", _recall(64, 12), "12 pairs, trained on at most 8", binding=True
    ),
    _untrained(
        "rec8@128",
        "long-context",
        "recall",
        _recall(128, 8),
        "8 pairs asked 96 tokens later, over filler",
        binding=True,
    ),
    _untrained(
        "copy20@64", "copying", "copy", {"length": 64, "letters": [20]}, "20 letters, trained on at most 15"
    ),
    _untrained(
        "selcopy6@64",
        "copying",
        "selective-copy",
        {"length": 64, "payload": 6},
        "6 symbols in 57 slots instead of 25",
    ),
    _untrained(
        "ff@128", "state", "flip-flop", {"length": 128}, "flip-flop over twice the trained length", mark=2
    ),
    _untrained(
        "dyck@64",
        "hierarchy",
        "dyck",
        {"length": 64, "depth": 10},
        "depth to 10 and 64 tokens, trained on 6 and 32",
        mark=2,
    ),
    _untrained(
        "ptr1@6",
        "multi-hop",
        "pointer",
        {"length": 64, "cycle": 6, "queries": 12},
        "one hop on cycles of 6, trained on 4",
        binding=True,
    ),
    _untrained(
        "modadd-new",
        "arithmetic",
        "modular-addition",
        {"length": 32, "sums": "held-out"},
        "sums that training leaves out",
    ),
    _untrained(
        "tool5@64",
        "tool",
        "tool-call",
        {"length": 64, "functions": 5},
        "5 functions to choose from, trained on 3",
    ),
    _untrained(
        "digits-shifted",
        "non-text",
        "handwritten",
        {**_DIGITS, "shift": True},
        "digits moved by a pixel sideways",
    ),
    _untrained(
        "lang-unseen",
        "language",
        "text",
        {**_LANGUAGES, "subset": "unseen"},
        "languages that no training ever shows",
    ),
    _untrained(
        "lang-other-script",
        "language",
        "text",
        {**_LANGUAGES, "subset": "other-script"},
        "trained languages not in Latin script",
    ),
)

NANO_1 = Suite(
    name="nano-1",
    version="2",
    rows=160,
    datasets=("stdlib", "udhr"),
    text_families=("text", "language"),
    probes=_PROBES,
    scores=_TRAINED + _SCORED_ONLY,
)
