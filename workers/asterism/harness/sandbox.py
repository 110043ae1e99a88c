"""A child process that may run what a model wrote: no network, no files but its own folder, little time.

Linux only. The network is an empty namespace of its own; files are held by Landlock, which also binds every
process that the child starts; CPU time, file size and processes have limits; the environment is emptied, so
no token is in it. What cannot be set up is a refusal: nothing runs half-confined.
"""

from __future__ import annotations

import ctypes
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

_LIBC = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_NO_NEW_PRIVS = 38
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # one number on all architectures
_PATH_BENEATH = 1
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_ALL_OF_FIRST_ABI = (1 << 13) - 1
_FILE_BYTES = 64 * 1024**2
_PROCESSES = 256
_PATIENCE = 5.0
"""Wall time may be so many times the CPU time: the machine may be busy, the code may sleep."""


class _Ruleset(ctypes.Structure):
    _fields_ = [("handled_access_fs", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32)]


class SandboxFailed(WorkerError):
    """The child ended without an answer."""


def _check(result: int, what: str) -> int:
    if result < 0:
        reason = os.strerror(ctypes.get_errno())
        raise Refused(
            f"this machine cannot confine code that a model writes: {what}: {reason}; needed: Linux 5.13 or "
            "newer with Landlock and user namespaces"
        )
    return result


def _leave_the_network() -> None:
    """A new network namespace, which has no interfaces; root needs no user namespace for it."""
    if _LIBC.unshare(_CLONE_NEWNET) != 0:
        _check(_LIBC.unshare(_CLONE_NEWUSER | _CLONE_NEWNET), "a network of its own")


def _allow(ruleset: int, path: Path, access: int) -> None:
    if not path.exists():
        return
    if not path.is_dir():
        access &= _EXECUTE | _READ_FILE | (1 << 1)
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = _Beneath(allowed_access=access, parent_fd=handle)
        _check(_LIBC.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0), f"a rule for {path}")
    finally:
        os.close(handle)


def _hold_files(readable: Sequence[Path], writable: Sequence[Path]) -> None:
    wanted = _Ruleset(handled_access_fs=_ALL_OF_FIRST_ABI)
    made = _LIBC.syscall(_CREATE_RULESET, ctypes.byref(wanted), ctypes.sizeof(wanted), 0)
    ruleset = _check(made, "Landlock")
    for path in readable:
        _allow(ruleset, path, _READ)
    for path in writable:
        _allow(ruleset, path, _ALL_OF_FIRST_ABI)
    _check(_LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    _check(_LIBC.syscall(_RESTRICT_SELF, ruleset, 0), "Landlock")
    os.close(ruleset)


def _interpreter() -> list[Path]:
    """What Python itself reads: its library, its packages, shared libraries."""
    roots = [
        sys.prefix,
        sys.base_prefix,
        "/usr",
        "/lib",
        "/lib64",
        "/bin",
        "/etc/ld.so.cache",
        "/dev/urandom",
    ]
    return [Path(root) for root in dict.fromkeys(roots)]


def confine(folder: Path, readable: Sequence[Path], cpu_seconds: int) -> None:
    """Confine this process and all that it starts, for good; `folder` is where it may write."""
    os.environ.clear()
    home = str(folder)
    os.environ.update({"PATH": "/usr/bin:/bin", "HOME": home, "TMPDIR": home, "OMP_NUM_THREADS": "1"})
    tempfile.tempdir = str(folder)
    _leave_the_network()
    for limit, value in (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, _FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, _PROCESSES),
    ):
        resource.setrlimit(limit, (value, value))
    devices = [Path("/dev/null"), Path("/dev/shm")]
    _hold_files([*_interpreter(), *readable], [folder, *devices])


def run_confined(work: Callable[[], Any], *, readable: Sequence[Path] = (), cpu_seconds: int = 600) -> Any:
    """What `work` returns, computed in a confined child. It comes out as JSON: nothing from there is trusted.

    An error of `work` is raised here.
    """
    if sys.platform != "linux":
        raise Refused("code that a model writes is only run on Linux, where it can be confined")
    with tempfile.TemporaryDirectory(prefix="asterism-sandbox-") as name:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _child(work, Path(name), readable, cpu_seconds, writing)
        os.close(writing)
        try:
            answer = _read(reading, time.monotonic() + _PATIENCE * cpu_seconds)
        finally:
            _end(child)
    if not answer:
        raise SandboxFailed(
            "the confined process ended without an answer: over a limit, or ended by its code"
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
    work: Callable[[], object], folder: Path, readable: Sequence[Path], cpu_seconds: int, pipe: int
) -> None:
    """Never returns."""
    try:
        os.setsid()
        os.chdir(folder)
        confine(folder, readable, cpu_seconds)
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
