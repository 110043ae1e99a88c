"""Peak memory of one phase, from the kernel's own counter.

Writing 5 to /proc/self/clear_refs resets the high-water mark VmHWM (proc(5)). Where that is refused or
ignored the phase runs in a forked child and its ru_maxrss is read. File-backed pages (the runtime's
libraries) are left out: they are shared and not the model's, and mapping them late would otherwise look
like memory of the phase.
"""

from __future__ import annotations

import ctypes
import os
import resource
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD = -3, -1
_MARK_SLACK = 4 * 1024**2


@dataclass(frozen=True, kw_only=True)
class Peak:
    """Highest resident anonymous memory in bytes during a phase, over the baseline."""

    bytes: int
    method: Literal["clear-refs", "fork"]


def _status(field: str) -> int:
    """A field of /proc/self/status in bytes; 0 where the system has no such file."""
    path = Path("/proc/self/status")
    for line in path.read_text().splitlines() if path.exists() else []:
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    return 0


def return_freed_memory() -> None:
    """Give freed blocks back to the system, so that an earlier phase's buffers are not counted again
    (glibc only).
    """
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)


def map_large_blocks() -> None:
    """Fix glibc's threshold: blocks of 128 KiB and more are mapped, so freeing them shows at once."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        libc.mallopt(_M_MMAP_THRESHOLD, 128 * 1024)
        libc.mallopt(_M_TRIM_THRESHOLD, 128 * 1024)


def baseline() -> int:
    """Anonymous resident bytes now: taken after the runtime is imported, before the model is built."""
    return_freed_memory()
    return _status("RssAnon")


def _mark_reset() -> bool:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return _status("VmHWM") <= _status("VmRSS") + _MARK_SLACK


def process_peak_bytes() -> int:
    """Highest resident bytes of the whole process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _forked_peak(phase: Callable[[], object], base: int) -> Peak:
    """A child starts with its parent's pages and its own counter: what it grows by is the phase's."""
    held = max(_status("RssAnon") - base, 0)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            start = process_peak_bytes()
            phase()
            os.write(writing, str(process_peak_bytes() - start).encode())
            os._exit(0)
        except BaseException:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as answer:
        grown = answer.read()
    if os.waitpid(child, 0)[1] != 0:
        raise MemoryError("the phase measured for its memory did not end well")
    return Peak(bytes=held + int(grown), method="fork")


def peak_of(phase: Callable[[], object], base: int, *, force_fork: bool = False) -> Peak:
    """Run a phase and return its peak over `base`. Run it once before, so that its code is already mapped."""
    return_freed_memory()
    if force_fork or not _mark_reset():
        return _forked_peak(phase, base)
    phase()
    return Peak(bytes=max(_status("VmHWM") - _status("RssFile") - base, 0), method="clear-refs")
