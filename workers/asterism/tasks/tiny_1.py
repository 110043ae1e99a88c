"""Suite `tiny-1`: tests of the machinery only. The same code over few tasks, no dataset, seconds per
candidate.
"""

from __future__ import annotations

from asterism.tasks.suite import Probe, Score, Suite

_RECALL = {"length": 32, "pairs": [2]}
_COPY = {"length": 32, "letters": [6]}
_PARITY = {"length": 32}
_ADD = {"length": 32}
_FLIP = {"length": 64}

TINY_1 = Suite(
    name="tiny-1",
    version="1",
    rows=24,
    text_weight=0,
    probes=(
        Probe(name="recall", generator="recall", settings=_RECALL, share=0.2),
        Probe(name="copy", generator="copy", settings=_COPY, share=0.2),
        Probe(name="parity", generator="parity", settings=_PARITY, share=0.2),
        Probe(name="modadd", generator="modular-addition", settings=_ADD, share=0.2),
        Probe(name="flipflop", generator="flip-flop", settings=_FLIP, share=0.2),
    ),
    scores=(
        Score(id="recall2", family="recall", generator="recall", settings=_RECALL, binding=True),
        Score(id="copy6", family="copying", generator="copy", settings=_COPY),
        Score(id="par_near", family="state", generator="parity", settings=_PARITY, marks=(1,)),
        Score(id="ff_near", family="state", generator="flip-flop", settings=_FLIP, marks=(1,)),
        Score(id="modadd", family="arithmetic", generator="modular-addition", settings=_ADD),
    ),
)
