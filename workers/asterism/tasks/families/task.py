"""A task of the broad suite as data: its settings at every size and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Size = Literal["nano", "xs", "s", "m"]
SIZES: tuple[Size, ...] = ("nano", "xs", "s", "m")
Settings = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Task:
    """`sizes` are settings of the generator `family/id` (or `generator`); a size that is left out is the
    next smaller one's.

    `ask` is laid over the settings when the task is scored: the hardest of what training mixes, or what it
    never shows. `core` tasks are the starred ones. `dose` is the percentage of nano's tokens: what has one is
    trained there; `xs` trains the core tasks, larger sizes all that can be. `chance` is the accuracy of
    guessing uniformly among possible answers at nano, None where answers are not uniform.
    """

    id: str
    sizes: Mapping[Size, Settings]
    generator: str | None = None
    core: bool = False
    dose: float = 0
    trained: bool = True
    held_out: bool = False
    ask: Settings = field(default_factory=dict)
    marks: tuple[int, ...] = (1,)
    binding: bool = False
    chance: float | None = None
    description: str = ""

    def settings(self, size: Size) -> Settings:
        """Settings at `size`."""
        given = [self.sizes[each] for each in SIZES[: SIZES.index(size) + 1] if each in self.sizes]
        return given[-1]
