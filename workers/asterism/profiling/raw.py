"""Raw samples as compressed JSON: every token's wall and CPU time, in the order they were taken."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from asterism.profiling.calibration import Calibration
from asterism.profiling.protocol import Record
from asterism.profiling.summary import Summary


def raw_samples(record: Record, calibration: Calibration, summary: Summary) -> dict[str, Any]:
    """The record as plain data. Nanoseconds, one list per subject and phase of each half round."""
    halves = [
        {
            "order": list(half.order),
            "samples": {
                name: {
                    phase: {"wallNs": [s.wall_ns for s in samples], "cpuNs": [s.cpu_ns for s in samples]}
                    for phase, samples in visit.items()
                }
                for name, visit in half.visits.items()
            },
        }
        for half in record.halves
    ]
    warm = {
        name: {phase: {"settled": w.settled, "windowsMs": list(w.windows_ms)} for phase, w in phases.items()}
        for name, phases in record.warm_up.items()
    }
    return {
        "halves": halves,
        "warmUp": warm,
        "capped": record.capped,
        "rejectedHalves": list(summary.rejected_halves),
        "yardstickDisagreement": dict(summary.yardstick_disagreement),
        "calibration": asdict(calibration),
    }


def compressed(samples: Mapping[str, Any]) -> bytes:
    """Gzip with no time stamp: equal samples give equal bytes."""
    return gzip.compress(json.dumps(samples, separators=(",", ":"), allow_nan=False).encode(), mtime=0)
