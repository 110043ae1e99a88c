"""Suite `nano-check`: the published recipe that separates operator families, kept verbatim to test this
implementation.
"""

from __future__ import annotations

from asterism.tasks.suite import Probe, Score, Suite

_COPY = {"length": 32, "letters": [6, 10, 15]}
_PARITY = {"length": 32}
_DYCK = {"length": 32, "depth": 6}
_POINTER = {"length": 32, "cycle": 4, "queries": 6}
_FLIP = {"length": 64}
_SELECTIVE = {"length": 32, "payload": 6}
_ADD = {"length": 32}
_TOOL = {"length": 32, "functions": 3}
_GLYPHS = {"length": 32}
_TEXT = {"length": 128, "dataset": "stdlib"}


def _recall(length: int, *pairs: int) -> dict[str, object]:
    return {"length": length, "pairs": list(pairs)}


NANO_CHECK = Suite(
    name="nano-check",
    version="2",
    rows=160,
    datasets=("stdlib",),
    probes=(
        Probe(name="recall", generator="recall", settings=_recall(32, 2, 4, 6), share=0.10),
        Probe(name="selcopy", generator="selective-copy", settings=_SELECTIVE, share=0.08),
        Probe(name="copy", generator="copy", settings=_COPY, share=0.08),
        Probe(name="parity", generator="parity", settings=_PARITY, share=0.06),
        Probe(name="dyck", generator="dyck", settings=_DYCK, share=0.04),
        Probe(name="pointer", generator="pointer", settings=_POINTER, share=0.08),
        Probe(name="modadd", generator="modular-addition", settings=_ADD, share=0.06),
        Probe(name="tool", generator="tool-call", settings=_TOOL, share=0.08),
        Probe(name="digits", generator="glyphs", settings=_GLYPHS, share=0.04),
        Probe(name="recall8", generator="recall", settings=_recall(64, 8), share=0.10),
        Probe(name="flipflop", generator="flip-flop", settings=_FLIP, share=0.06),
        Probe(name="recall128", generator="recall", settings=_recall(128, 4), share=0.06),
        Probe(name="text", generator="text", settings=_TEXT, share=0.16),
    ),
    scores=(
        Score(id="recall4", family="recall", generator="recall", settings=_recall(32, 4), binding=True),
        Score(id="recall8", family="recall", generator="recall", settings=_recall(64, 8), binding=True),
        Score(
            id="rec4@128", family="long-context", generator="recall", settings=_recall(128, 4), binding=True
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
        Score(
            id="ptr1", family="multi-hop", generator="pointer", settings=_POINTER, marks=(1,), binding=True
        ),
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
        Score(id="digits", family="non-text", generator="glyphs", settings=_GLYPHS),
        Score(id="text", family="text", generator="text", settings=_TEXT),
    ),
)
