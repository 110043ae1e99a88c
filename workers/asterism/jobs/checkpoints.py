"""Uploads a running job's newest checkpoint as its resume point; older ones that wait are skipped."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from asterism.jobs.control import Control, RefusedByControlPlane
from asterism.jobs.lease import Lease

log = logging.getLogger("asterism.worker")


class Checkpoints:
    """`step` is that of the newest checkpoint the child wrote, `uploaded` the newest that the control
    plane has.
    """

    def __init__(self, control: Control, lease: Lease, *, step: int) -> None:
        self.step = step
        self.uploaded: tuple[str, int] | None = None
        self._control, self._lease = control, lease
        self._newest: tuple[Path, int] | None = None
        self._task: asyncio.Task[None] | None = None

    def wrote(self, path: Path, step: int) -> None:
        """The child finished a checkpoint file."""
        if self._newest is not None:
            self._newest[0].unlink(missing_ok=True)
        self.step, self._newest = step, (path, step)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._upload())

    async def _upload(self) -> None:
        while self._newest is not None:
            path, step = self._newest
            self._newest = None
            try:
                sha = await self._control.put_artifact(path)
                report = {"epoch": self._lease.epoch, "artifact": sha, "step": step}
                await self._control.checkpoint(self._lease.kind, self._lease.row, report)
                self.uploaded = (sha, step)
            except RefusedByControlPlane as refusal:
                log.warning("%s: checkpoint at step %d refused (%s)", self._lease.row, step, refusal)
            finally:
                path.unlink(missing_ok=True)

    async def settle(self) -> None:
        """Wait for the upload that runs."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    def drop(self) -> None:
        """Nothing of this job is wanted any more."""
        if self._task is not None:
            self._task.cancel()
