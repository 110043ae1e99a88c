"""What a job needs before it starts:

datasets and the checkpoint to resume from, by hash, kept in a folder.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

from asterism.errors import Refused
from asterism.jobs.control import Control, RefusedByControlPlane, file_sha256

log = logging.getLogger("asterism.worker")


class Inputs:
    """Cache of artifacts. A file whose bytes no longer have their hash is fetched again."""

    def __init__(self, folder: Path, control: Control) -> None:
        self._folder, self._control = folder, control
        folder.mkdir(parents=True, exist_ok=True)

    async def _file(self, sha: str) -> Path:
        path = self._folder / sha
        if not path.exists() or await asyncio.to_thread(file_sha256, path) != sha:
            await self._control.get_artifact(sha, path)
        return path

    async def datasets(self, work: dict[str, Any]) -> dict[str, str]:
        """Dataset hash → path on this machine. A dataset that vanished is named."""
        paths: dict[str, str] = {}
        for dataset in work.get("datasets", []):
            try:
                paths[dataset["sha256"]] = str(await self._file(dataset["sha256"]))
            except RefusedByControlPlane as error:
                raise Refused(
                    f"dataset `{dataset['name']}` ({dataset['sha256'][:12]}) is gone: {error.detail}"
                ) from error
        return paths

    async def resume(self, work: dict[str, Any]) -> dict[str, Any] | None:
        """Path and step of the checkpoint to go on from. One that vanished costs time, not the job."""
        point = work.get("resume")
        if point is None:
            return None
        try:
            return {"path": str(await self._file(point["artifact"])), "step": point["step"]}
        except RefusedByControlPlane as error:
            log.warning(
                "checkpoint at step %s is gone (%s): starting from the beginning", point["step"], error.detail
            )
            return None
