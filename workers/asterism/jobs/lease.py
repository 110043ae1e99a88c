"""Keeping a claim alive: the heartbeat with its progress and logs, and the command its answer brings."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Literal

from asterism.jobs.control import AWAY, Control, Kind, RefusedByControlPlane
from asterism.jobs.output import Output

log = logging.getLogger("asterism.worker")
Command = Literal["cancel", "yield", "lost"]


class Lease:
    """One claim of one row.

    `command` is done as soon as the control plane wants something else than going on.
    """

    def __init__(self, control: Control, kind: Kind, row: str, epoch: int, heartbeat_seconds: float) -> None:
        self.kind: Kind = kind
        self.row, self.epoch = row, epoch
        self.progress: dict[str, Any] = {"phase": "preparing", "step": 0, "steps": 0}
        self.output = Output()
        self.command: asyncio.Future[Command] = asyncio.get_running_loop().create_future()
        self._control, self._interval = control, heartbeat_seconds
        self._task = asyncio.create_task(self._beat())

    async def _beat(self) -> None:
        """Until ended. While the control plane is away the job goes on: only an answer can stop it."""
        away = False
        while True:
            try:
                body = {"epoch": self.epoch, "progress": self.progress}
                answer = await self._control.heartbeat(self.kind, self.row, body)
                if answer in ("cancel", "yield", "lost") and not self.command.done():
                    self.command.set_result(answer)
                away = False
                await self._send_logs()
            except AWAY as error:
                if not away:
                    log.warning(
                        "%s: control plane is away (%s); the job goes on",
                        self.row,
                        error or type(error).__name__,
                    )
                away = True
            except RefusedByControlPlane as refusal:
                log.warning("%s: lease lost (%s)", self.row, refusal)
                if not self.command.done():
                    self.command.set_result("lost")
            await asyncio.sleep(self._interval)

    async def _send_logs(self) -> None:
        while (piece := self.output.pending()) is not None:
            offset, length, text = piece
            try:
                await self._control.logs(
                    self.kind, self.row, {"epoch": self.epoch, "offset": offset, "text": text}
                )
            except RefusedByControlPlane as refusal:
                log.warning("%s: output refused (%s)", self.row, refusal)
            self.output.sent(offset, length)

    async def flush(self) -> None:
        """Send what output is left, if that goes at once."""
        try:
            await asyncio.wait_for(self._send_logs(), 5.0)
        except (TimeoutError, *AWAY):
            log.info("%s: the end of the output could not be sent", self.row)

    async def end(self) -> None:
        """Stop the heartbeat."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
