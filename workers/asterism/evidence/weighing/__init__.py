"""Weights of tasks by signal-to-noise: the rule, and the file that `evaluation.weights` reads."""
