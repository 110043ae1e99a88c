"""A view of the machine of its own: other processes, users, sockets and mounts are not in it.

The root is an empty file system in memory into which what may be read is mounted read-only, so what is not
there can be neither truncated nor renamed, given other rights, nor reached as a socket.
"""

from __future__ import annotations

import ctypes
import os
import platform
from collections.abc import Sequence
from pathlib import Path

from asterism.harness.kernel import LIBC, MOUNT_SETATTR, PIVOT_ROOT, check

_NEW_MOUNTS, _NEW_HOST, _NEW_IPC = 0x00020000, 0x04000000, 0x08000000
_NEW_USERS, _NEW_PROCESSES, _NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000
_APART = _NEW_MOUNTS | _NEW_HOST | _NEW_IPC | _NEW_PROCESSES | _NEW_NETWORK
_NO_SETUID, _NO_DEVICES, _NO_PROGRAMS = 2, 4, 8
_BIND, _RECURSIVE, _PRIVATE = 4096, 16384, 1 << 18
_DETACH = 2
_AT_RECURSIVE = 0x8000
_READ_ONLY, _ATTR_NO_SETUID, _ATTR_NO_DEVICES = 0x1, 0x2, 0x4
_NOBODY = 65_534
DEVICES = tuple(Path("/dev") / name for name in ("null", "zero", "random", "urandom"))
SHARED_MEMORY = Path("/dev/shm")
_SHARED_BYTES = 1 << 30


class _Attributes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "user")]


def leave() -> None:
    """Leave the namespaces of this process. The next child is the first process of the new one, under the
    number of nobody; where users cannot have a namespace, root does without.
    """
    user, group = os.geteuid(), os.getegid()
    if LIBC.unshare(_NEW_USERS | _APART) == 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{_NOBODY} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{_NOBODY} {group} 1")
    else:
        check(LIBC.unshare(_APART), "namespaces of its own")


def enter(root: Path, readable: Sequence[Path], folder: Path) -> None:
    """Make `root` this process's whole file system: `readable` without a right to write, and `folder`."""
    _mount(None, Path("/"), None, _RECURSIVE | _PRIVATE)
    _mount("tmpfs", root, "tmpfs", _NO_SETUID | _NO_DEVICES, "mode=755,size=1m")
    shown: list[Path] = []
    for path in sorted({each for each in readable if each.exists()}, key=lambda each: len(each.parts)):
        if not any(path.is_relative_to(each) for each in shown):
            _show(root, path, _READ_ONLY | _ATTR_NO_SETUID | _ATTR_NO_DEVICES)
            shown.append(path)
    for device in DEVICES:
        _show(root, device, _ATTR_NO_SETUID)
    _show(root, folder, _ATTR_NO_SETUID | _ATTR_NO_DEVICES)
    memory = _place(root, SHARED_MEMORY, folder=True)
    _mount("tmpfs", memory, "tmpfs", _NO_SETUID | _NO_DEVICES, f"mode=1777,size={_SHARED_BYTES}")
    processes = _place(root, Path("/proc"), folder=True)
    # Of the new processes only. A container may forbid it; Python and torch do without.
    LIBC.mount(
        b"proc", bytes(processes), b"proc", ctypes.c_ulong(_NO_SETUID | _NO_DEVICES | _NO_PROGRAMS), None
    )
    _change_root(root)
    _restrict(Path("/"), _READ_ONLY, recursive=False)
    os.chdir(folder)


def _show(root: Path, path: Path, attributes: int) -> None:
    place = _place(root, path, folder=path.is_dir())
    _mount(str(path), place, None, _BIND | _RECURSIVE)
    _restrict(place, attributes, recursive=True)


def _place(root: Path, path: Path, *, folder: bool) -> Path:
    """Where `path` stands below `root`, made where nothing is."""
    place = root / path.relative_to("/")
    if folder:
        place.mkdir(parents=True, exist_ok=True)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch(exist_ok=True)
    return place


def _mount(
    source: str | None, target: Path, kind: str | None, flags: int, options: str | None = None
) -> None:
    texts = [None if each is None else each.encode() for each in (source, str(target), kind, options)]
    made = LIBC.mount(texts[0], texts[1], texts[2], ctypes.c_ulong(flags), texts[3])
    check(made, f"a mount of {source or 'nothing'} at {target}")


def _restrict(place: Path, attributes: int, *, recursive: bool) -> None:
    """Unlike a remount it reaches the mounts below, and keeps what they are restricted by already."""
    wanted = _Attributes(set=attributes)
    flags = _AT_RECURSIVE if recursive else 0
    done = LIBC.syscall(
        MOUNT_SETATTR, -100, str(place).encode(), flags, ctypes.byref(wanted), ctypes.sizeof(wanted)
    )
    check(done, f"restrictions of {place}")


def _change_root(root: Path) -> None:
    number = PIVOT_ROOT.get(platform.machine())
    if number is None:
        ctypes.set_errno(38)
        check(-1, f"another root on {platform.machine()}")
    os.chdir(root)
    # The old root lies over the new one and is taken away: no folder for it is needed.
    check(LIBC.syscall(number, b".", b"."), "another root")
    check(LIBC.umount2(b".", _DETACH), "the old root away")
    os.chdir("/")
