"""A child process that may run what a model wrote: no network, no files but its own folder, no other process,
little time and memory.

Linux only. Namespaces leave nothing of the machine in view but what may be read, read-only
(`namespaces.py`); Landlock is the second wall (`landlock.py`); no capability is left; CPU time, memory, file
size and processes have limits; the environment is emptied and every open file closed, so no token is in
reach. What cannot be set up is a refusal: nothing runs half-confined.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from asterism.errors import Refused, WorkerError
from asterism.harness import namespaces
from asterism.harness.kernel import drop_privileges, end_with_parent
from asterism.harness.landlock import hold_files

_FILE_BYTES = 64 * 1024**2
_PROCESSES = 256
MEMORY_BYTES = 8 * 1024**3
"""What a process may ask for beyond what it began with."""
CPU_SECONDS = 600
_PATIENCE = 5.0
"""Wall time may be so many times the CPU time: the machine may be busy, the code may sleep."""


class SandboxFailed(WorkerError):
    """The child ended without an answer."""


def _interpreter() -> list[Path]:
    """What Python itself reads: its library, its packages, shared libraries."""
    roots = [sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache"]
    return [Path(root) for root in dict.fromkeys(roots)]


def _close_all_but(kept: int) -> None:
    """Files and sockets of the parent, but its three standard streams."""
    os.closerange(3, kept)
    os.closerange(kept + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def _limit(cpu_seconds: int, memory_bytes: int) -> None:
    begun_with = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    for limit, value in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, begun_with + memory_bytes),
        (resource.RLIMIT_FSIZE, _FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, _PROCESSES),
    ):
        resource.setrlimit(limit, (value, value))


def _confine(root: Path, folder: Path, readable: Sequence[Path]) -> None:
    """Confine this process, the first of its namespaces, and all that it starts, for good."""
    os.environ.clear()
    home = str(folder)
    os.environ.update({"PATH": "/usr/bin:/bin", "HOME": home, "TMPDIR": home, "OMP_NUM_THREADS": "1"})
    tempfile.tempdir = str(folder)
    lent = [*_interpreter(), *readable]
    namespaces.enter(root, lent, folder)
    drop_privileges()
    hold_files([*lent, Path("/proc")], [folder, *namespaces.DEVICES, namespaces.SHARED_MEMORY])


def run_confined(
    work: Callable[[], Any],
    *,
    readable: Sequence[Path] = (),
    cpu_seconds: int = CPU_SECONDS,
    memory_bytes: int = MEMORY_BYTES,
) -> Any:
    """What `work` returns, computed in a confined child. It comes out as JSON: nothing from there is trusted.

    An error of `work` is raised here. `readable` are shown read-only, with the sockets that lie in them.
    """
    if sys.platform != "linux":
        raise Refused("code that a model writes is only run on Linux, where it can be confined")
    with tempfile.TemporaryDirectory(prefix="asterism-sandbox-") as name:
        root, folder = Path(name).resolve() / "root", Path(name).resolve() / "folder"
        root.mkdir()
        folder.mkdir()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _child(work, root, folder, readable, (cpu_seconds, memory_bytes), writing)
        os.close(writing)
        try:
            answer = _read(reading, time.monotonic() + _PATIENCE * cpu_seconds)
        finally:
            _end(child)
    if not answer:
        raise SandboxFailed(
            f"the confined process ended without an answer: over its limit of {cpu_seconds} CPU-seconds, out"
            " of memory, or ended by its code"
        )
    return _opened(answer)


def _opened(answer: bytes) -> Any:
    try:
        said = json.loads(answer)
        refused, failed = said.get("refused"), said.get("failed")
    except (ValueError, AttributeError) as error:
        raise SandboxFailed("the confined process answered with no JSON") from error
    if refused is not None:
        raise Refused(str(refused))
    if failed is not None:
        raise SandboxFailed(str(failed))
    return said["returned"]


def _child(
    work: Callable[[], object],
    root: Path,
    folder: Path,
    readable: Sequence[Path],
    limits: tuple[int, int],
    pipe: int,
) -> None:
    """Leaves the namespaces and waits for the first process of the new ones. Never returns."""
    try:
        os.setsid()
        end_with_parent(signal.SIGKILL)
        _close_all_but(pipe)
        _limit(*limits)
        namespaces.leave()
        first = os.fork()
        if first:
            os.close(pipe)
            os.waitpid(first, 0)
            os._exit(0)
        end_with_parent(signal.SIGKILL)
        _confine(root, folder, readable)
        said = {"returned": work()}
    except Refused as error:
        said = {"refused": str(error)}
    except Exception as error:
        said = {"failed": f"{type(error).__name__}: {error}"}
    with os.fdopen(pipe, "w", encoding="utf-8") as file:
        json.dump(said, file)
    os._exit(0)


def _read(pipe: int, until: float) -> bytes:
    import select

    parts = []
    with os.fdopen(pipe, "rb", buffering=0) as file:
        while select.select([file], [], [], max(0.0, until - time.monotonic()))[0]:
            part = file.read(1 << 20)
            if not part:
                break
            parts.append(part)
    return b"".join(parts)


def _end(child: int) -> None:
    """The child with everything that it started."""
    for end in (lambda: os.killpg(child, signal.SIGKILL), lambda: os.kill(child, signal.SIGKILL)):
        try:
            end()
        except ProcessLookupError:
            continue
    os.waitpid(child, 0)
