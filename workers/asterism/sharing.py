"""Who shares what with whom: groups resolved to indices of the built stack, apart in every repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from asterism.contracts.genome import Genome
from asterism.genome import Entry


@dataclass(frozen=True, kw_only=True)
class Sources:
    """What the operator at one place of the stack takes from earlier ones."""

    weights_from: int | None
    values_from: int | None
    values: frozenset[str]

    @property
    def takes(self) -> frozenset[str]:
        return self.values if self.values_from is not None else frozenset()

    @property
    def gives(self) -> frozenset[str]:
        return frozenset() if self.values_from is not None else self.values


def sharing_plan(genome: Genome) -> list[Sources]:
    """One entry per operator of the stack; the first member of a group owns and produces."""
    owners = {by: _owners(genome.backbone, by) for by in ("weights", "values")}
    count = len(genome.backbone)
    return [
        Sources(
            weights_from=_shift(owners["weights"][i], repeat * count),
            values_from=_shift(owners["values"][i], repeat * count),
            values=_values(entry),
        )
        for repeat in range(genome.size.repeats)
        for i, entry in enumerate(genome.backbone)
    ]


def _owners(backbone: Sequence[Entry], by: Literal["weights", "values"]) -> list[int | None]:
    first: dict[int, int] = {}
    owners: list[int | None] = []
    for index, entry in enumerate(backbone):
        shared = getattr(entry.share, by, None)
        owner = first.setdefault(shared.group, index) if shared else index
        owners.append(None if owner == index else owner)
    return owners


def _shift(index: int | None, by: int) -> int | None:
    return None if index is None else index + by


def _values(entry: Entry) -> frozenset[str]:
    shared = getattr(entry.share, "values", None)
    return frozenset(shared.of) if shared else frozenset()
