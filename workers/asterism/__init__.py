"""Asterism's Python side: operators, training, evaluation, profiles and the worker."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .backbone import build
    from .client import Client
    from .export.folder import load

__version__ = "0.1.0"
__all__ = ["Client", "build", "load"]

# Imported on first use: a worker must be able to say that torch is missing.
_HOMES = {"build": "backbone", "load": "export.folder", "Client": "client"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'asterism' has no attribute '{name}'")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
