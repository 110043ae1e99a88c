"""The inside of a job's process: its limits, and how an exception becomes a failure class."""

from __future__ import annotations

import ctypes
import faulthandler
import json
import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from asterism.errors import WorkerError
from asterism.jobs.channel import Channel

PR_SET_PDEATHSIG = 1
FILE_BYTES = 4 * 1024**3
LAST_WORDS_BYTES = 256 * 1024**2  # what a job that ran out of memory may still use to say so
GIVEN_BACK = 75  # exit status of a job that wrote its checkpoint and stopped on request (EX_TEMPFAIL)


def die_with_parent(parent: int) -> None:
    """Ask the kernel for SIGKILL when the parent ends; end now if it already has."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def address_space_bytes() -> int:
    """Address space mapped now:

    torch's libraries alone take over half a gigabyte, which is not the job's doing.
    """
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 1024**3


def limit(memory_bytes: int, cpu_seconds: float) -> None:
    """Limits of this process.

    The soft CPU limit ends it with SIGXCPU, which nothing else sends: that is how a timeout is told.
    """
    if memory_bytes:
        wanted = address_space_bytes() + memory_bytes
        resource.setrlimit(resource.RLIMIT_AS, (wanted, wanted + LAST_WORDS_BYTES))
    if cpu_seconds:
        soft = max(1, round(cpu_seconds))
        resource.setrlimit(resource.RLIMIT_CPU, (soft, soft + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _room_for_last_words() -> None:
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def failure_of(error: BaseException, checkpoint_step: int) -> dict[str, Any]:
    """The failed outcome an exception stands for.

    What nobody expected is poison, with the place it happened at.
    """
    memory = isinstance(error, MemoryError) or "can't allocate memory" in str(error)
    if memory:
        return {"status": "failed", "class": "out-of-memory", "reason": str(error)[:500] or "out of memory"}
    if isinstance(error, WorkerError):
        return {"status": "failed", "class": error.failure, "reason": str(error)[:500]}
    place = f"{type(error).__name__} at checkpoint step {checkpoint_step}: {error}"
    return {"status": "failed", "class": "poison", "reason": place[:500]}


def become_child(request: dict[str, Any], *, parent: int, events: int, output: int) -> NoReturn:
    """Turn a fresh fork into a job and never return."""
    os.setsid()
    die_with_parent(parent)
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdout, sys.stderr = (
        open(1, "w", buffering=1, closefd=False),
        open(2, "w", buffering=1, closefd=False),
    )
    channel = Channel(folder=Path(request["folder"]), events=events)

    def stop(number: int, frame: FrameType | None) -> None:
        channel.stop_requested = True

    signal.signal(signal.SIGUSR1, stop)
    faulthandler.register(signal.SIGUSR2, file=2)  # asked before a hanging job is ended: where is it?
    if request.get("core") is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {int(request["core"])})
    os._exit(_run(request, channel))


def _run(request: dict[str, Any], channel: Channel) -> int:
    from asterism.jobs.functions import FUNCTIONS  # brings torch, which the supervisor does without

    try:
        limit(int(request.get("memoryBytes", 0)), float(request.get("cpuSeconds", 0)))
        given = json.loads((channel.folder / "work.json").read_text())
        return 0 if FUNCTIONS[request["kind"]](given, channel) else GIVEN_BACK
    except BaseException as error:
        _room_for_last_words()
        traceback.print_exc()
        channel.finish(failure_of(error, channel.checkpoint_step))
        return 0
