"""Calls of the Linux kernel that Python has no name for, as far as confining a process needs them."""

from __future__ import annotations

import ctypes
import os

from asterism.errors import Refused

LIBC = ctypes.CDLL(None, use_errno=True)

# Numbers above 423 are the same on all architectures.
MOUNT_SETATTR, CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 442, 444, 445, 446
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}

_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 24, 38
_CAPABILITY_VERSION_3 = 0x20080522
_LAST_CAPABILITY = 63


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Capabilities(ctypes.Structure):
    """Two halves of effective, permitted and inheritable ones."""

    _fields_ = [("sets", ctypes.c_uint32 * 6)]


def check(result: int, what: str) -> int:
    """The result, or a refusal with the kernel's reason."""
    if result < 0:
        reason = os.strerror(ctypes.get_errno())
        raise Refused(
            f"this machine cannot confine code that a model writes: {what}: {reason}; needed: Linux 5.13 or "
            "newer with Landlock and user namespaces"
        )
    return result


def end_with_parent(signal_number: int) -> None:
    """This process gets the signal when its parent ends, however that ends."""
    check(LIBC.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0), "an end with its parent")


def drop_privileges() -> None:
    """No capability, now or by any program that this process starts."""
    for capability in range(_LAST_CAPABILITY + 1):
        LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)  # those that the kernel does not know fail
    header, none = _Header(version=_CAPABILITY_VERSION_3, pid=0), _Capabilities()
    check(LIBC.capset(ctypes.byref(header), ctypes.byref(none)), "no capabilities")
    check(LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
