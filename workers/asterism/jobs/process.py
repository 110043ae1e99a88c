"""The supervisor's handle on the fork server and on the one child that runs."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from asterism.errors import Transient

# What a job may see of the environment: no tokens, no addresses.
KEPT_ENVIRONMENT = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "PYTHONPATH",
    "VIRTUAL_ENV",
)
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
KILL_AFTER_SECONDS = 2.0
LAST_WORDS_SECONDS = 1.0
EVENT_BYTES = 1024 * 1024


class WorkerCannotRun(Exception):
    """This Python lacks what jobs need; the message says the remedy."""


@dataclass(frozen=True, kw_only=True)
class Exit:
    """How a child ended. `code` is negative for a signal; `ours` tells that the supervisor sent it."""

    code: int
    cpu_seconds: float
    ours: bool


class Child:
    """A running job: its events, its output and its end."""

    def __init__(self, pid: int, exited: asyncio.Future[dict[str, Any]]) -> None:
        self.pid = pid
        self._exited = exited
        self._ours = False
        self._readers: list[asyncio.Task[None]] = []

    async def read(self, descriptor: int, take: Callable[[bytes], None], *, lines: bool) -> None:
        """Follow one of the child's pipes until everybody has closed it."""
        reader = asyncio.StreamReader(limit=EVENT_BYTES)
        pipe = os.fdopen(descriptor, "rb", buffering=0)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), pipe
        )

        async def follow() -> None:
            while data := await (reader.readline() if lines else reader.read(64 * 1024)):
                take(data)
            transport.close()

        self._readers.append(asyncio.create_task(follow()))

    def ask_to_stop(self) -> None:
        """Checkpoint at the next safe point and end."""
        self._signal(signal.SIGUSR1)

    async def kill(self) -> None:
        """SIGTERM to the whole group, SIGKILL two seconds later; returns when it is gone."""
        self._ours = True
        self._signal(signal.SIGTERM)
        done, _ = await asyncio.wait([self._exited], timeout=KILL_AFTER_SECONDS)
        if not done:
            self._signal(signal.SIGKILL)
        await asyncio.wait([self._exited])

    async def end_hung(self) -> None:
        """Let it say where it hangs, then end it."""
        self._signal(signal.SIGUSR2)
        await asyncio.wait([self._exited], timeout=LAST_WORDS_SECONDS)
        await self.kill()

    async def wait(self) -> Exit:
        """Until the process is gone and its pipes are read to the end."""
        try:
            message = await asyncio.shield(self._exited)
        except ConnectionError as error:
            raise Transient("the process that starts jobs ended") from error
        await asyncio.wait(self._readers, timeout=KILL_AFTER_SECONDS)
        return Exit(
            code=os.waitstatus_to_exitcode(message["status"]),
            cpu_seconds=message["cpuSeconds"],
            ours=self._ours,
        )

    def _signal(self, number: int) -> None:
        if self._exited.done():
            return
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass


class JobProcesses:
    """Starts the fork server and, one at a time, children."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._hello: asyncio.Future[dict[str, Any]] | None = None
        self._started: asyncio.Future[int] | None = None
        self._exits: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._listener: asyncio.Task[None] | None = None

    async def start(self) -> dict[str, Any]:
        """Start the fork server; returns versions and numeric class.

        Raises WorkerCannotRun where torch is missing.
        """
        ours, theirs = socket.socketpair()
        kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "asterism.jobs.forkserver", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**kept, **ONE_THREAD},
                start_new_session=True,
            )
        ours.setblocking(False)
        self._socket = ours
        self._hello = asyncio.get_running_loop().create_future()
        self._listener = asyncio.create_task(self._listen(ours, self._hello))
        try:
            hello = await self._hello
        except ConnectionError as error:
            raise WorkerCannotRun(
                "the process that starts jobs ended before it was ready; its error is above"
            ) from error
        if "error" in hello:
            raise WorkerCannotRun(hello["error"])
        return hello

    async def run(
        self, request: dict[str, Any], events: Callable[[bytes], None], output: Callable[[bytes], None]
    ) -> Child:
        """Fork a child for `request`, restarting the fork server if it died."""
        if self._socket is None or (self._server is not None and self._server.poll() is not None):
            await self.start()
        assert self._socket is not None
        events_in, events_out = os.pipe()
        output_in, output_out = os.pipe()
        self._started = asyncio.get_running_loop().create_future()
        try:
            socket.send_fds(self._socket, [json.dumps(request).encode()], [events_out, output_out])
            pid = await self._started
        except OSError as error:
            os.close(events_in)
            os.close(output_in)
            raise Transient("the process that starts jobs ended") from error
        finally:
            os.close(events_out)
            os.close(output_out)
        child = Child(pid, self._exits[pid])
        await child.read(events_in, events, lines=True)
        await child.read(output_in, output, lines=False)
        return child

    async def close(self) -> None:
        """The fork server ends when its socket closes; any child ends with it."""
        if self._listener is not None:
            self._listener.cancel()
        if self._socket is not None:
            self._socket.close()
        if self._server is not None:
            await asyncio.to_thread(self._server.wait)

    async def _listen(self, sock: socket.socket, hello: asyncio.Future[dict[str, Any]]) -> None:
        loop, buffer = asyncio.get_running_loop(), b""
        while data := await loop.sock_recv(sock, 64 * 1024):
            *lines, buffer = (buffer + data).split(b"\n")
            for line in lines:
                self._heard(json.loads(line), hello)
        gone = ConnectionError("fork server ended")
        for future in [hello, self._started, *self._exits.values()]:
            if future is not None and not future.done():
                future.set_exception(gone)
                future.exception()  # seen: nobody may be waiting for it

    def _heard(self, message: dict[str, Any], hello: asyncio.Future[dict[str, Any]]) -> None:
        if "pid" in message and self._started is not None:
            self._exits[message["pid"]] = asyncio.get_running_loop().create_future()
            self._started.set_result(message["pid"])
        elif "exited" in message:
            self._exits.pop(message["exited"]).set_result(message)
        elif not hello.done():
            hello.set_result(message)
