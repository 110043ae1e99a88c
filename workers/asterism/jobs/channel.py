"""What a job says to its supervisor, and the files that it leaves for it."""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DISK_RETRY_SECONDS = 2.0


@dataclass
class Channel:
    """What a job tells its supervisor, and the one thing it is told: stop at the next safe point."""

    folder: Path
    events: int
    stop_requested: bool = False
    checkpoint_step: int = field(default=0)

    def send(self, message: dict[str, Any]) -> None:
        os.write(self.events, json.dumps(message).encode() + b"\n")

    def progress(self, phase: str, *, step: int = 0, steps: int = 0, tokens: int = 0, note: str = "") -> None:
        """Newest progress; the next heartbeat carries it."""
        self.send(
            {"progress": {"phase": phase, "step": step, "steps": steps, "tokens": tokens, "note": note}}
        )

    def checkpoint(self, path: Path, step: int) -> None:
        """A checkpoint file is complete under `path`; the supervisor uploads it."""
        self.checkpoint_step = step
        self.send({"checkpoint": {"path": str(path), "step": step}})

    def finish(self, outcome: dict[str, Any], artifacts: dict[str, Path] | None = None) -> None:
        """Leave the outcome for the supervisor.

        `artifacts` maps a name to a file whose hash the outcome will hold.
        """
        files = {name: str(path) for name, path in (artifacts or {}).items()}
        write_whole(
            self.folder / "outcome.json", json.dumps({"outcome": outcome, "artifacts": files}).encode()
        )


def when_disk_has_room(what: str, write: Callable[[], None]) -> None:
    """Repeat a write while the disk is full: a finished training is worth waiting for space."""
    while True:
        try:
            return write()
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            print(
                f"disk full while writing {what}; free some space, trying again", file=sys.stderr, flush=True
            )
            time.sleep(DISK_RETRY_SECONDS)


def write_whole(path: Path, data: bytes) -> None:
    """Write beside, flush to disk, move into place: a reader sees all of it or nothing."""

    def write() -> None:
        partial = path.with_name(path.name + ".partial")
        with partial.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(partial, path)

    when_disk_has_room(str(path), write)


def write_checkpoint(channel: Channel, step: int, data: bytes) -> None:
    """Write a resume point and announce it. On a full disk the job goes on without it.

    A checkpoint saves time, no result depends on it.
    """
    path = channel.folder / f"resume-{step}.safetensors"
    try:
        path.write_bytes(data)
    except OSError as error:
        path.unlink(missing_ok=True)
        print(f"no checkpoint at step {step}: {error}", file=sys.stderr, flush=True)
    else:
        channel.checkpoint(path, step)
