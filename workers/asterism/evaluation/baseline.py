"""What a predictor knows that has never read the context: the frequencies of answers, at all or at each
position.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asterism.tasks.rows import Rows
from asterism.tasks.vocabulary import SIZE

_FLOOR = 0.01  # pseudo-count of every symbol, so that no answer has probability 0
_PRIOR = 8.0  # pseudo-count of a position, in answers of the unigram predictor

# Shapes: R rows, T positions, V vocabulary.


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """Log-probabilities of the better of the two predictors: [1, V] or [T, V]."""

    log_TV: np.ndarray

    def nll(self, rows: Rows) -> np.ndarray:
        """NLL of every position's target, [R, T]."""
        return -self.log_TV[self._place(rows), rows.targets_RT]

    def hits(self, rows: Rows) -> np.ndarray:
        """Whether the likeliest answer is right, [R, T]."""
        return self.log_TV.argmax(1)[self._place(rows)] == rows.targets_RT

    def _place(self, rows: Rows) -> np.ndarray:
        return (
            np.arange(rows.tokens_RT.shape[1])[None, :]
            if len(self.log_TV) > 1
            else np.zeros((1, 1), dtype=int)
        )


def _counts(rows: Rows, scored_RT: np.ndarray, size: int) -> np.ndarray:
    length = rows.tokens_RT.shape[1]
    place = np.broadcast_to(np.arange(length)[None, :], scored_RT.shape)[scored_RT]
    flat = np.bincount(place * size + rows.targets_RT[scored_RT], minlength=length * size)
    return flat.reshape(length, size).astype(np.float64)


def fit(rows: Rows, marks: tuple[int, ...], size: int = SIZE) -> Baseline:
    """Fit both predictors on one half of training rows, keep the one that is better on the other. `size`:
    answers are below it.
    """
    scored = np.isin(rows.marks_RT, marks)
    half = len(rows) // 2
    counts_TV = _counts(rows.take(slice(half)), scored[:half], size)
    unigram_V = counts_TV.sum(0) + _FLOOR
    unigram_V /= unigram_V.sum()
    position_TV = counts_TV + _PRIOR * unigram_V
    position_TV /= position_TV.sum(1, keepdims=True)
    candidates = [Baseline(log_TV=np.log(unigram_V)[None, :]), Baseline(log_TV=np.log(position_TV))]
    rest, where = rows.take(slice(half, None)), scored[half:]
    return min(candidates, key=lambda each: each.nll(rest)[where].sum())
