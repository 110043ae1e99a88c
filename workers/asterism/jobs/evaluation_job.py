"""The child of an evaluation job: train a genome, resumably, and score it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from asterism.errors import GenomeRefused, Refused
from asterism.evaluation import EvaluationRequest, Outcome, evaluate
from asterism.genome import genome_hash
from asterism.jobs.channel import Channel, write_checkpoint, write_whole
from asterism.training import Checkpoint, Progress

# How often a checkpoint may be taken; the clock decides which of them are kept.
CHECKPOINT_STEPS = 32
SUFFIXES = {"checkpoint": ".safetensors", "samples": ".safetensors", "trunk": ".safetensors"}


def request_of(work: dict[str, Any], datasets: dict[str, str]) -> EvaluationRequest:
    """The claim's work as a request; the genome must be the one that was hashed."""
    if (found := genome_hash(work["genome"])) != work["genomeHash"]:
        raise GenomeRefused(f"the genome's hash is {found}, expected {work['genomeHash']}")
    paths = {each["name"]: Path(datasets[each["sha256"]]) for each in work["datasets"]}
    return replace(EvaluationRequest.from_work(work, paths), checkpoint_every=CHECKPOINT_STEPS)


def _events(request: EvaluationRequest, resume: Path | None, channel: Channel) -> Iterator[Any]:
    """A resume point that cannot be used costs time, not the job."""

    def interrupted() -> bool:
        return channel.stop_requested

    begun = False
    try:
        for event in evaluate(request, resume=resume, interrupt=interrupted):
            begun = True
            yield event
    except Refused as error:
        if resume is None or begun:
            raise
        print(f"{error}; starting from the beginning", flush=True)
        yield from evaluate(request, interrupt=interrupted)


def evaluate_job(given: dict[str, Any], channel: Channel) -> bool:
    """Train and score, leaving checkpoints on the way; False when asked to stop before the end."""
    point = given["resume"]
    resume = None if point is None else Path(point["path"])
    channel.checkpoint_step = 0 if point is None else point["step"]
    channel.progress("train", step=channel.checkpoint_step)
    print(_beginning(given["work"], channel.checkpoint_step), flush=True)
    written = time.monotonic()
    for event in _events(request_of(given["work"], given["datasets"]), resume, channel):
        if isinstance(event, Progress):
            channel.progress(
                event.phase, step=event.step, steps=event.steps, tokens=event.tokens, note=event.note
            )
            if event.note:
                print(f"step {event.step:,} of {event.steps:,}: {event.note}", flush=True)
        elif isinstance(event, Checkpoint):
            if channel.stop_requested or time.monotonic() - written >= given["checkpointSeconds"]:
                write_checkpoint(channel, event.step, event.data)
                written = time.monotonic()
        elif isinstance(event, Outcome):
            _finish(event, channel)
            return True
    return False


def _beginning(work: dict[str, Any], step: int) -> str:
    """First line of the log: what is trained, on what, from where."""
    datasets = ", ".join(each["name"] for each in work["datasets"]) or "no datasets"
    place = f"going on from step {step:,}" if step else "from the beginning"
    return (
        f"genome {work['genomeHash'][:12]}, tier {work['tier']}, suite {work['suite']}"
        f" ({datasets}), replicate {work['replicate']}, {place}"
    )


def _end(outcome: dict[str, Any]) -> str:
    """Last line of the log."""
    if outcome["status"] != "scored":
        return f"{outcome['class']}: {outcome['reason']}"
    quality, spent = outcome["quality"]["value"], outcome["cpuSeconds"]
    return (
        f"quality {quality:.4f} over {len(outcome['tasks'])} tasks; {outcome['tokens']:,} tokens,"
        f" CPU seconds: {spent['train']:.1f} training, {spent['score']:.1f} scoring"
    )


def _finish(outcome: Outcome, channel: Channel) -> None:
    print(_end(outcome.outcome), flush=True)
    files: dict[str, Path] = {}
    for name, data in outcome.artifacts.items():
        files[name] = channel.folder / f"{name}{SUFFIXES.get(name, '')}"
        write_whole(files[name], data)
    channel.finish(outcome.outcome, files)
