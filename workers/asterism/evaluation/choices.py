"""Questions with choices, scored by which option is likeliest as a whole answer.

The options' likelihoods, normalised over the question's options, are the model's probabilities: NLL is that
of the right option. What it is held against has not read the question: uniform, or how often an option that
was offered in training was right, whichever says more about other training questions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from asterism.data.splits import Split
from asterism.tasks.registry import generator
from asterism.tasks.rows import Options
from asterism.tasks.suite import Score

_PRIOR = 2.0  # pseudo-offers of an option, right as often as chance

# Shapes: R questions, O options of all questions together, T tokens.


@dataclass(frozen=True, kw_only=True)
class ChoiceSheet:
    """A task's fixed questions with what the baseline says about them."""

    options: Options
    baseline_R: np.ndarray
    chance_R: np.ndarray


def chosen(options: Options, log_O: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From a log-weight of every option, NLL of the right one and how right the likeliest is, [R]; a tie of n
    is right to 1/n.
    """
    starts = np.flatnonzero(np.diff(options.question_O, prepend=-1))
    sizes = np.diff(starts, append=len(log_O))
    highest = np.maximum.reduceat(log_O, starts)
    total = np.add.reduceat(np.exp(log_O - np.repeat(highest, sizes)), starts)
    likeliest = log_O == np.repeat(highest, sizes)
    hits = likeliest[options.right_O] / np.add.reduceat(likeliest.astype(float), starts)
    return np.log(total) + highest - log_O[options.right_O], hits


def _prior(fitted: Options, asked: Options) -> np.ndarray:
    """Log of how often an option was right where it was offered."""
    offered = Counter(fitted.text_O)
    right = Counter(text for text, is_right in zip(fitted.text_O, fitted.right_O, strict=True) if is_right)
    chance = fitted.right_O.mean()
    rates = [(right[text] + _PRIOR * chance) / (offered[text] + _PRIOR) for text in asked.text_O]
    return np.log(np.array(rates))


def _half(options: Options, *, first: bool) -> Options:
    middle = (options.question_O[-1] + 1) // 2
    kept = (options.question_O < middle) == first
    return Options(
        rows=options.rows.take(kept),
        question_O=options.question_O[kept],
        right_O=options.right_O[kept],
        text_O=tuple(text for text, keep in zip(options.text_O, kept, strict=True) if keep),
    )


def baseline(trained: Options, asked: Options) -> tuple[np.ndarray, np.ndarray]:
    """NLL and hits of the better predictor that has not read the questions."""
    fitted, rest = _half(trained, first=True), _half(trained, first=False)
    uniform = np.zeros(len(rest.text_O))
    if chosen(rest, _prior(fitted, rest))[0].sum() < chosen(rest, uniform)[0].sum():
        return chosen(asked, _prior(trained, asked))
    return chosen(asked, np.zeros(len(asked.text_O)))


def choice_sheet(score: Score, rows: int, split: Split, datasets: Mapping[str, Path]) -> ChoiceSheet:
    """The sheet of a task whose generator has options."""
    options_of = generator(score.generator).options
    assert options_of is not None
    path, length = datasets[score.settings["dataset"]], score.settings["length"]
    asked = options_of(path, split, length, rows)
    nll, hits = baseline(options_of(path, "train", length, None), asked)
    return ChoiceSheet(options=asked, baseline_R=nll, chance_R=hits)
