"""Which datasets of the harness are on disk, and how to put the others there.

A dataset is looked for in a folder of the user's, as `<folder>/<owner>/<name>` (what `hf download` leaves),
then in the cache of the `datasets` library. Nothing is fetched.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OFFLINE = {"HF_DATASETS_OFFLINE": "1", "HF_HUB_OFFLINE": "1", "HF_EVALUATE_OFFLINE": "1"}


def stay_offline() -> None:
    """Must be said before `datasets` is imported: it reads this once."""
    os.environ.update(OFFLINE)


@dataclass(frozen=True, kw_only=True)
class Source:
    """A dataset as a task names it."""

    path: str
    name: str | None
    files: tuple[str, ...] = ()

    def command(self, folder: Path | None) -> str:
        """What installs it where it is looked for."""
        into = f" --local-dir {folder / self.path}" if folder else ""
        return f"hf download {self.path} --repo-type dataset{into}"


def sources(tasks: Iterable[str], index: Mapping[str, Any]) -> Iterator[tuple[str, Source]]:
    """(task, its dataset) of every task behind names of tasks, groups and tags."""
    for name in tasks:
        entry = index[name]
        if entry.kind.name in ("GROUP", "TAG"):
            yield from sources(members(entry, index), index)
        elif entry.cfg and entry.cfg.get("dataset_path") and "custom_dataset" not in entry.cfg:
            files = (entry.cfg.get("dataset_kwargs") or {}).get("data_files")
            config = entry.cfg.get("dataset_name")
            yield name, Source(path=entry.cfg["dataset_path"], name=config, files=tuple(_paths(files)))


def members(entry: Any, index: Mapping[str, Any]) -> Iterator[str]:
    """Names of what a group or tag holds; groups may be written out inside groups."""
    inside = entry.tags if entry.kind.name == "TAG" else (entry.cfg or {}).get("task")
    yield from (name for name in _names(inside) if name in index)


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _names(value.get("task"))
    else:
        for each in value or ():
            yield from _names(each)


def is_here(source: Source, folder: Path | None) -> bool:
    """Whether the dataset can be opened without a network."""
    import datasets

    if source.files and source.path in ("json", "csv", "parquet", "text", "arrow"):
        return all(((folder or Path()) / file).exists() for file in source.files)
    if folder and any(each.is_file() for each in (folder / source.path).rglob("*")):
        return True
    try:
        datasets.load_dataset_builder(source.path, source.name)
    except Exception:  # the library has many ways to say that it found nothing
        return False
    return True


def _paths(files: Any) -> Iterator[str]:
    if isinstance(files, str):
        yield files
    elif files:
        for each in files.values() if isinstance(files, Mapping) else files:
            yield from _paths(each)
