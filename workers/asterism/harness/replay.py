"""Answers of a model, kept: code that the model wrote is judged in a process that runs no model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lm_eval.api.instance import Instance
from lm_eval.api.model import LM


def key_of(kind: str, request: Instance) -> str:
    """What makes two requests the same."""
    return json.dumps([kind, request.args], default=repr)


class Recording(LM):
    """Another model that remembers what it said."""

    def __init__(self, model: LM) -> None:
        super().__init__()
        self._model = model
        self.said: dict[str, Any] = {}

    def _ask(self, kind: str, requests: list[Instance]) -> list[Any]:
        found = getattr(self._model, kind)(requests)
        self.said |= {key_of(kind, each): answer for each, answer in zip(requests, found, strict=True)}
        return found

    def loglikelihood(self, requests: list[Instance]) -> list[tuple[float, bool]]:
        return self._ask("loglikelihood", requests)

    def loglikelihood_rolling(self, requests: list[Instance]) -> list[float]:
        return self._ask("loglikelihood_rolling", requests)

    def generate_until(self, requests: list[Instance]) -> list[str]:
        return self._ask("generate_until", requests)


class Replay(LM):
    """Says again what was said."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        super().__init__()
        self._said = said

    def loglikelihood(self, requests: list[Instance]) -> list[tuple[float, bool]]:
        return [self._said[key_of("loglikelihood", each)] for each in requests]

    def loglikelihood_rolling(self, requests: list[Instance]) -> list[float]:
        return [self._said[key_of("loglikelihood_rolling", each)] for each in requests]

    def generate_until(self, requests: list[Instance]) -> list[str]:
        return [self._said[key_of("generate_until", each)] for each in requests]
