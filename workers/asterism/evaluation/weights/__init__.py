"""Weights of tasks by signal-to-noise as they were frozen, one file per suite beside this one."""

from asterism.evaluation.weights.frozen import Weights, weights_of

__all__ = ["Weights", "weights_of"]
