"""Which rows a step trains on: one length per step, by largest deficit; probes of that length by share, with
carry-over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asterism.tasks.suite import Probe


@dataclass(frozen=True, kw_only=True)
class Portion:
    """Rows start … start + count - 1 of the stream of probe `probe`."""

    probe: int
    start: int
    count: int


def _apportion(credit: dict[int, float], rows: int) -> dict[int, int]:
    """Whole rows for each probe, exactly `rows` together: the floor of the credit, then the largest
    remainders.
    """
    counts = {probe: max(0, int(value)) for probe, value in credit.items()}
    while sum(counts.values()) > rows:
        counts[max(counts, key=lambda probe: (counts[probe], probe))] -= 1
    while sum(counts.values()) < rows:
        counts[max(credit, key=lambda probe: (credit[probe] - counts[probe], -probe))] += 1
    return counts


def schedule(probes: tuple[Probe, ...], tokens_per_step: int) -> Iterator[list[Portion]]:
    """The portions of step 0, 1, 2, …: the same for every candidate, and a function of the step alone."""
    total = sum(probe.share for probe in probes)
    lengths = sorted({probe.length for probe in probes})
    share = {length: sum(p.share for p in probes if p.length == length) / total for length in lengths}
    credit = {
        length: {index: 0.0 for index, probe in enumerate(probes) if probe.length == length}
        for length in lengths
    }
    spent, used = dict.fromkeys(lengths, 0), [0] * len(probes)
    step = 0
    while True:
        step += 1
        length = max(lengths, key=lambda each: (share[each] * step - spent[each], -each))
        spent[length] += 1
        rows = tokens_per_step // length
        for index in credit[length]:
            credit[length][index] += rows * probes[index].share / (share[length] * total)
        portions = []
        for index, count in _apportion(credit[length], rows).items():
            credit[length][index] -= count
            if count:
                portions.append(Portion(probe=index, start=used[index], count=count))
                used[index] += count
        yield portions
