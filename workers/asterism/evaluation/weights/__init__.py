"""Weights of tasks by signal-to-noise: the rule, and the frozen files beside this one, one per suite."""

from asterism.evaluation.weights.frozen import Weights, weights_of

__all__ = ["Weights", "weights_of"]
