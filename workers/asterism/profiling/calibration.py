"""The yardsticks' own times on this machine, measured once and kept:

what turns a ratio back into milliseconds.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from asterism.machine import describe_machine, device_model, load_average, numeric_class, slug
from asterism.profiling.protocol import median_ms, warm_up
from asterism.profiling.yardsticks import VERSION, yardsticks

VISITS = 8


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """CPU milliseconds per yardstick and phase, and the conditions they were taken under."""

    version: str
    machine: str
    numeric_class: str
    load: float
    taken_at: str
    milliseconds: Mapping[str, Mapping[str, float]]


def _quiet_median(medians: list[float]) -> float:
    """Median of the faster half: other work on the machine only ever adds time."""
    return sorted(medians)[len(medians) // 4]


def calibrate() -> Calibration:
    """Measure both yardsticks, visits interleaved so that both see the same moments."""
    load, subjects = load_average(), yardsticks()
    times: dict[str, dict[str, list[float]]] = {s.name: {phase: [] for phase in s.phases} for s in subjects}
    for subject in subjects:
        for phase in subject.phases:
            warm_up(subject, phase)
    for _ in range(VISITS):
        for subject in subjects:
            for phase in subject.phases:
                times[subject.name][phase].append(median_ms(subject.run(phase)))
    return Calibration(
        version=VERSION,
        machine=device_model(describe_machine()),
        numeric_class=numeric_class(),
        load=load,
        taken_at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        milliseconds={
            name: {p: _quiet_median(m) for p, m in phases.items()} for name, phases in times.items()
        },
    )


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def stored_calibration(folder: Path, *, again: bool = False) -> Calibration:
    """Read this machine's calibration, taking it first where it is missing.

    Workers of one machine share the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = slug(f"{device_model(describe_machine())}-{numeric_class()}-yardsticks-{VERSION}")
    path = folder / f"{name}.json"
    with _locked(folder / f"{name}.lock"):
        if path.exists() and not again:
            return Calibration(**json.loads(path.read_text()))
        taken = calibrate()
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(asdict(taken), indent=2))
        os.replace(partial, path)
        return taken
