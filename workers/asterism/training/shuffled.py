"""Answers that belong to other rows: what a model learns from them is nothing that a row says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from asterism.tasks.rows import Rows
from asterism.tasks.stream import Stream
from asterism.tasks.suite import Probe

POOL_ROWS = 512


class ShuffledLabels:
    """Labels of one probe, drawn from the answers of rows that are not trained on.

    Drawn within the few rows that a step has of a task, labels would still say what those rows are about:
    which values a row of recall holds, or which letters its language has.
    """

    def __init__(self, probe: Probe, seed: int, datasets: Mapping[str, Path]) -> None:
        others = Stream(probe.generator, probe.settings, split="train", seed=seed + 1, datasets=datasets)
        rows = others.rows(0, POOL_ROWS)
        self._pool = rows.targets_RT[rows.marks_RT > 0]

    def on(self, rows: Rows, seed: int, step: int) -> Rows:
        """The same rows with labels of others at every scored place."""
        targets, scored = rows.targets_RT.copy(), rows.marks_RT > 0
        targets[scored] = np.random.default_rng([seed, step]).choice(self._pool, scored.sum())
        return replace(rows, targets_RT=targets)
