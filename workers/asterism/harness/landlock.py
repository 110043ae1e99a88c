"""Landlock: what a process and all that it starts may do with files, whatever it may see of them.

https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path

from asterism.harness.kernel import ADD_RULE, CREATE_RULESET, LIBC, RESTRICT_SELF, check

_VERSION = 1
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _IOCTL_DEVICE = 1 << 14, 1 << 15
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE
# Rights that each version of the interface knows: renaming across folders came with 2, truncating with 3,
# device controls with 5.
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
_ABSTRACT_SOCKETS, _SIGNALS = 1 << 0, 1 << 1
_SCOPES_SINCE = 6


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32)]


def hold_files(readable: Sequence[Path], writable: Sequence[Path]) -> None:
    """Close all files but these, for good. Needs `no_new_privs`."""
    version = check(LIBC.syscall(CREATE_RULESET, None, 0, _VERSION), "Landlock")
    rights = (1 << _RIGHTS.get(version, 16)) - 1
    scopes = _ABSTRACT_SOCKETS | _SIGNALS if version >= _SCOPES_SINCE else 0
    wanted = _Ruleset(files=rights, network=0, scopes=scopes)
    # An older kernel knows the first fields only.
    size = ctypes.sizeof(wanted) if scopes else ctypes.sizeof(ctypes.c_uint64)
    ruleset = check(LIBC.syscall(CREATE_RULESET, ctypes.byref(wanted), size, 0), "Landlock")
    for path in readable:
        _allow(ruleset, path, _READ & rights)
    for path in writable:
        _allow(ruleset, path, rights)
    check(LIBC.syscall(RESTRICT_SELF, ruleset, 0), "Landlock")
    os.close(ruleset)


def _allow(ruleset: int, path: Path, access: int) -> None:
    if not path.exists():
        return
    if not path.is_dir():
        access &= _OF_FILES
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = _Beneath(allowed_access=access, parent_fd=handle)
        check(LIBC.syscall(ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0), f"a rule for {path}")
    finally:
        os.close(handle)
