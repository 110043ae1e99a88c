"""Finished outcomes, kept on disk until the control plane has them: `<state>/spool/<row>-<epoch>/`.

Files are moved in, not copied, so a full disk can refuse only the small entry; then the outcome is sent
from memory.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asterism.jobs.control import Control, Kind, RefusedByControlPlane

log = logging.getLogger("asterism.worker")
ENTRY = "entry.json"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One outcome to deliver.

    `artifacts` maps the name in the outcome to a file; hashes are filled in on upload.
    """

    kind: Kind
    row: str
    epoch: int
    outcome: dict[str, Any]
    artifacts: dict[str, str]
    folder: Path


class Spool:
    """The folder of undelivered outcomes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def folder_for(self, row: str, epoch: int) -> Path:
        """A job works in its spool folder from the start: finishing moves nothing between disks."""
        return self._folder / f"{row}-{epoch}"

    def keep(self, entry: Entry) -> bool:
        """Write the entry durably. False on a full disk: the caller delivers from memory."""
        partial = entry.folder / f"{ENTRY}.partial"
        content = {
            "kind": entry.kind,
            "row": entry.row,
            "epoch": entry.epoch,
            "outcome": entry.outcome,
            "artifacts": entry.artifacts,
        }
        try:
            with partial.open("w") as handle:
                json.dump(content, handle)
                handle.flush()
                os.fsync(handle.fileno())
            os.replace(partial, entry.folder / ENTRY)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            log.error(
                "disk full: the outcome of %s cannot be kept in %s; sending it from memory. "
                "Free some space there, or start the worker with --state on another disk",
                entry.row,
                self._folder,
            )
            return False
        return True

    def entries(self) -> Iterator[Entry]:
        """What an earlier run of this worker left undelivered; unfinished job folders are removed."""
        for folder in sorted(self._folder.iterdir()):
            path = folder / ENTRY
            if path.exists():
                yield Entry(folder=folder, **json.loads(path.read_text()))
            else:
                shutil.rmtree(folder, ignore_errors=True)

    async def deliver(self, entry: Entry, control: Control) -> str:
        """Upload artifacts, send the result, forget the entry. Waits as long as the control plane is away."""
        answer = "accepted"
        try:
            await control.result(
                entry.kind, entry.row, {"epoch": entry.epoch, "outcome": await _filled(entry, control)}
            )
        except RefusedByControlPlane as refusal:
            log.warning("the result of %s was refused: %s", entry.row, refusal)
            answer = refusal.code
            if refusal.status in (400, 413, 422):
                answer = await self._say_why(entry, control, refusal)
        shutil.rmtree(entry.folder, ignore_errors=True)
        return answer

    async def _say_why(self, entry: Entry, control: Control, refusal: RefusedByControlPlane) -> str:
        """An outcome that does not parse there would leave its row hanging:

        report it as a failure with the reason.
        """
        reason = f"the control plane refused this outcome: {refusal.detail}"[:2000]
        failed = {"status": "failed", "class": "poison", "reason": reason}
        try:
            await control.result(entry.kind, entry.row, {"epoch": entry.epoch, "outcome": failed})
        except RefusedByControlPlane as again:
            log.warning("%s: %s", entry.row, again)
        return refusal.code


async def _filled(entry: Entry, control: Control) -> dict[str, Any]:
    if not entry.artifacts:
        return entry.outcome
    hashes = {name: await control.put_artifact(Path(path)) for name, path in entry.artifacts.items()}
    return {**entry.outcome, "artifacts": hashes}
