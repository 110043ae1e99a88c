"""How the end of a child that left no outcome becomes a failure class."""

from __future__ import annotations

import signal
from typing import Any

from asterism.errors import FailureClass
from asterism.jobs.process import Exit

CRASHES = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL}
NO_MEMORY = ("bad_alloc", "can't allocate memory", "MemoryError")


def failed(failure: FailureClass, reason: str) -> dict[str, Any]:
    """A failed outcome."""
    return {"status": "failed", "class": failure, "reason": reason[:2000]}


def outcome_of_exit(end: Exit, *, cpu_limit: float, checkpoint_step: int, tail: str) -> dict[str, Any]:
    """Signals first, then the exit status.

    The control plane counts poison per checkpoint step, so the reason names it.
    """
    place = f"at checkpoint step {checkpoint_step}"
    if end.code >= 0:
        return failed("poison", f"exit status {end.code} {place}: {tail.strip()[-500:]}")
    number = signal.Signals(-end.code)
    out_of_time = number is signal.SIGXCPU or (number is signal.SIGKILL and 0 < cpu_limit <= end.cpu_seconds)
    if out_of_time and not end.ours:
        return failed("timeout", f"{end.cpu_seconds:.0f} CPU seconds used, {cpu_limit:.0f} allowed")
    if number in CRASHES and any(word in tail for word in NO_MEMORY):
        return failed("out-of-memory", f"{number.name} after a refused allocation")
    if number in CRASHES:
        return failed("poison", f"{number.name} {place}: {tail.strip()[-500:]}")
    return failed(
        "transient", f"the job's process was ended by {number.name}, which this worker did not send"
    )
