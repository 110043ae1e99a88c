"""The broad suite's generators: one file per family, each with its generators and the sizes of its tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from asterism.tasks.families import (
    arithmetic,
    formal,
    instructions,
    knowledge,
    language,
    languages,
    long_context,
    reasoning,
    recall,
    signals,
    state,
)
from asterism.tasks.families.task import SIZES, Settings, Size, Task
from asterism.tasks.rows import Generator

_FAMILIES = (
    ("recall", recall),
    ("knowledge", knowledge),
    ("state", state),
    ("formal", formal),
    ("reasoning", reasoning),
    ("arithmetic", arithmetic),
    ("long-context", long_context),
    ("instructions", instructions),
    ("languages", languages),
    ("signals", signals),
    ("language", language),
)

GENERATORS: Mapping[str, Generator] = {
    name: replace(made, scored_block=64)
    for _, family in _FAMILIES
    for name, made in family.GENERATORS.items()
}
TASKS: Mapping[str, tuple[Task, ...]] = {name: family.TASKS for name, family in _FAMILIES}
"""Families A to K in the order of the suite."""

__all__ = ["GENERATORS", "SIZES", "TASKS", "Settings", "Size", "Task"]
