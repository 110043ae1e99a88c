"""Profiles one genome: build, memory, cache, timing between yardsticks, summary.

One story for every runtime.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from asterism.errors import UnsupportedOnTarget
from asterism.machine import describe_machine, identity, last_level_cache_bytes, load_average, resolve_target
from asterism.profiling.calibration import stored_calibration
from asterism.profiling.memory import return_freed_memory
from asterism.profiling.protocol import interleave
from asterism.profiling.raw import raw_samples
from asterism.profiling.request import ProfileRequest, ProfileResult, Progress
from asterism.profiling.summary import summarise
from asterism.profiling.torch_cpu import TorchCpu
from asterism.profiling.yardsticks import VERSION, yardsticks

RUNTIMES: Mapping[str, Callable[[ProfileRequest], TorchCpu]] = {"torch/fp32": TorchCpu}


def _runtime(target: str) -> Callable[[ProfileRequest], TorchCpu]:
    """The runtime of a target, which must be this machine."""
    device, _, rest = target.partition("/")
    here = resolve_target("cpu/x", describe_machine()).split("/")[0]
    if rest not in RUNTIMES:
        raise UnsupportedOnTarget(f"no runtime `{rest}` here; known: {', '.join(RUNTIMES)}")
    if device not in ("cpu", here):
        raise UnsupportedOnTarget(f"this machine is `{here}`, not `{device}`")
    return RUNTIMES[rest]


def measure(request: ProfileRequest, progress: Progress = lambda phase, step, steps: None) -> ProfileResult:
    """Measure a genome on this machine. Memory comes first, while nothing but the model is resident."""
    started, load_before = _runtime(request.target), load_average()
    progress("build", 0, 0)
    subject = started(request)
    progress("memory", 0, 0)
    sizes: dict[str, float] = {}
    elements: dict[str, int] = {}
    methods: set[str] = set()
    for context in request.contexts:
        peak = subject.decode_peak(context)
        methods.add(peak.method)
        sizes[f"peakBytes/ctx{context}"] = peak.bytes
        sizes[f"cacheBytes/ctx{context}"] = subject.cache_bytes(context)
        counted = subject.cache_elements(context)
        elements |= {f"{kind}/ctx{context}": count for kind, count in counted.items()}
    for length in request.prefill_lengths:
        sizes[f"prefillPeakBytes/ctx{length}"] = subject.prefill_peak(length).bytes
    return_freed_memory()

    progress("calibrate", 0, 0)
    calibration = stored_calibration(request.calibration)
    record = interleave(
        subject,
        yardsticks(),
        rounds=request.rounds,
        cpu_seconds=request.cpu_seconds,
        on_half=lambda done, total: progress("measure", done, total),
    )
    loads = load_before, load_average()
    summary = summarise(record, calibration, candidate=subject.name, loads=loads, cores=os.cpu_count() or 1)
    facts = subject.facts()
    outcome = {
        "status": "measured",
        "target": resolve_target(request.target, describe_machine()),
        "metrics": {**summary.metrics, **sizes},
        "intervals": {name: list(interval) for name, interval in summary.intervals.items()},
        "ratioToYardstick": dict(summary.ratio_to_yardstick),
        "settled": summary.settled,
        "contended": summary.contended,
        "undecided": summary.undecided,
        "identity": {
            **identity(),
            **facts,
            "loadBefore": loads[0],
            "loadAfter": loads[1],
            "memoryMethod": "+".join(sorted(methods)),
            "weightsFitLastLevelCache": facts["weightBytes"] <= last_level_cache_bytes(),
            "yardsticks": VERSION,
            "calibratedAt": calibration.taken_at,
            "calibrationMs": {name: dict(times) for name, times in calibration.milliseconds.items()},
            "yardstickDisagreement": dict(summary.yardstick_disagreement),
            "roundsMeasured": len(record.halves) / 2,
        },
        "cacheElements": elements,
    }
    return ProfileResult(
        outcome=outcome, samples={"subject": facts, **raw_samples(record, calibration, summary)}
    )
