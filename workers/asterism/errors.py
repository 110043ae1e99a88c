"""Errors of a worker. Each says which failure class it becomes."""

from __future__ import annotations

from typing import ClassVar, Literal

FailureClass = Literal[
    "transient", "out-of-memory", "diverged", "timeout", "poison", "unsupported", "refused"
]


class WorkerError(Exception):
    """Root of everything a worker expects to go wrong."""

    failure: ClassVar[FailureClass] = "poison"


class UnsupportedOnTarget(WorkerError):
    """The runtime cannot run this genome."""

    failure = "unsupported"


class Refused(WorkerError):
    """The work itself is invalid: a dataset that vanished, a hash that does not match."""

    failure = "refused"


class Transient(WorkerError):
    """Something around the job broke; another dispatch can succeed."""

    failure = "transient"


class GenomeRefused(Refused):
    """The genome is no normal form of a known format, or its hash does not match."""


class ContextExhausted(WorkerError):
    """A cache was made for fewer tokens than it is asked to hold."""
