"""The child of a profile job: measure one genome in this fresh process."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from asterism.jobs.channel import Channel, write_whole
from asterism.profiling.raw import compressed
from asterism.profiling.request import ProfileRequest
from asterism.profiling.run import measure

# Share of the job's CPU limit that timing may use; building, memory and the interval need the rest.
TIMING_SHARE = 0.5


def request_of(work: dict[str, Any], calibration: Path) -> ProfileRequest:
    """The claim's work as a request."""
    return ProfileRequest(
        genome=work["genome"],
        target=work["target"],
        contexts=tuple(work["contexts"]),
        prefill_lengths=tuple(work["prefillLengths"]),
        decode_tokens=work["decodeTokens"],
        rounds=work["rounds"],
        cpu_seconds=TIMING_SHARE * work["limits"]["cpuSeconds"],
        calibration=calibration,
        one_cache_at_a_time=work.get("oneCacheAtATime", False),
    )


def profile(given: dict[str, Any], channel: Channel) -> bool:
    """Measure and leave the outcome.

    A profile is short: asked to stop, it is ended and starts again elsewhere.
    """
    wall, cpu = time.monotonic(), time.process_time()
    request = request_of(given["work"], Path(given["calibration"]))
    print(
        f"genome {given['work']['genomeHash'][:12]} on {request.target}, {request.rounds} rounds", flush=True
    )
    result = measure(request, lambda phase, step, steps: channel.progress(phase, step=step, steps=steps))
    samples = channel.folder / "samples.json.gz"
    write_whole(samples, compressed(result.samples))
    costs = {
        "cpuSeconds": round(time.process_time() - cpu, 3),
        "wallSeconds": round(time.monotonic() - wall, 3),
    }
    for name, value in result.outcome["metrics"].items():
        print(f"{name} {value:,.4g}", flush=True)
    channel.finish({**result.outcome, **costs}, {"samples": samples})
    return True
