"""Every generator under its name: those of the suites, and those of users' own data. A new task is one file
and one line here.
"""

from __future__ import annotations

from collections.abc import Mapping

from asterism.errors import Refused
from asterism.tasks.arithmetic import MODULAR_ADDITION
from asterism.tasks.copying import COPY, SELECTIVE_COPY
from asterism.tasks.families import GENERATORS as FAMILIES
from asterism.tasks.hierarchy import DYCK
from asterism.tasks.images import GLYPHS, HANDWRITTEN
from asterism.tasks.reasoning import POINTER
from asterism.tasks.recall import RECALL
from asterism.tasks.rows import Generator
from asterism.tasks.signals import CODONS, SERIES
from asterism.tasks.state import FLIP_FLOP, PARITY
from asterism.tasks.text import TEXT
from asterism.tasks.tools import TOOL_CALL
from asterism.tasks.user import GENERATORS as USERS

GENERATORS: Mapping[str, Generator] = {
    "recall": RECALL,
    "copy": COPY,
    "selective-copy": SELECTIVE_COPY,
    "parity": PARITY,
    "flip-flop": FLIP_FLOP,
    "dyck": DYCK,
    "pointer": POINTER,
    "modular-addition": MODULAR_ADDITION,
    "tool-call": TOOL_CALL,
    "glyphs": GLYPHS,
    "handwritten": HANDWRITTEN,
    "series": SERIES,
    "codons": CODONS,
    "text": TEXT,
    **FAMILIES,
}


def generator(name: str) -> Generator:
    """The generator called `name`, or a refusal that lists the known ones."""
    found = GENERATORS.get(name) or USERS.get(name)
    if found is None:
        raise Refused(f"unknown task generator {name!r}; known: {', '.join(sorted([*GENERATORS, *USERS]))}")
    return found
