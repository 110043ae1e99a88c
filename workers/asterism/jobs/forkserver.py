"""A process that has torch imported and forks one child per job: `python -m asterism.jobs.forkserver FD`.

It dies with its supervisor and its children die with it (PR_SET_PDEATHSIG; elsewhere by the closed socket).
It runs no torch work itself: a process that has started a thread pool must not be forked.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import socket
import sys
from types import FrameType
from typing import Any

from asterism.jobs.child import become_child, die_with_parent

# Imported before the first fork so that no job pays for it.
PRELOAD = ("torch", "asterism.jobs.functions")
REMEDY = "install it into this worker's Python: pip install -c workers/requirements-cpu.txt ./workers"


def preload() -> dict[str, Any]:
    """Import what jobs need; a missing package becomes a sentence with its remedy."""
    try:
        for name in PRELOAD:
            importlib.import_module(name)
    except ImportError as error:
        return {"error": f"this worker's Python ({sys.executable}) lacks {error.name or error}; {REMEDY}"}
    import torch

    from asterism.machine import numeric_class, software

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    return {"software": software(), "numericClass": numeric_class()}


class ForkServer:
    """Serves one supervisor over one stream socket; requests carry two descriptors:

    events and output of the child.
    """

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._children: set[int] = set()
        self._woken, wake = os.pipe()
        os.set_blocking(wake, False)
        signal.signal(signal.SIGCHLD, _note)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    def send(self, message: dict[str, Any]) -> None:
        self._control.sendall(json.dumps(message).encode() + b"\n")

    def serve(self) -> None:
        """Until the supervisor closes its end: fork on request, report every exit."""
        while True:
            ready, _, _ = select.select([self._control, self._woken], [], [])
            if self._woken in ready:
                os.read(self._woken, 4096)
                self._reap()
            if self._control in ready:
                data, descriptors, _, _ = socket.recv_fds(self._control, 64 * 1024, 2)
                if not data:
                    return self._end()
                self._fork(json.loads(data), descriptors)

    def _fork(self, request: dict[str, Any], descriptors: list[int]) -> None:
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._control.close()
            signal.set_wakeup_fd(-1)
            become_child(request, parent=parent, events=descriptors[0], output=descriptors[1])
        for descriptor in descriptors:
            os.close(descriptor)
        self._children.add(pid)
        self.send({"pid": pid})

    def _reap(self) -> None:
        for pid in list(self._children):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                continue
            _kill_group(pid)  # while the zombie still holds the number: whatever the job started goes with it
            _, status, usage = os.wait4(pid, 0)
            self._children.discard(pid)
            cpu = usage.ru_utime + usage.ru_stime
            self.send({"exited": pid, "status": status, "cpuSeconds": cpu})

    def _end(self) -> None:
        for pid in self._children:
            _kill_group(pid)


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def _note(number: int, frame: FrameType | None) -> None:
    """A handler must exist for SIGCHLD to reach the wake-up descriptor."""


def main() -> None:
    die_with_parent(os.getppid())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the supervisor's to hear
    with socket.socket(fileno=int(sys.argv[1])) as control:
        server = ForkServer(control)
        hello = preload()
        server.send(hello)
        if "error" not in hello:
            server.serve()


if __name__ == "__main__":
    main()
