"""Evaluation: a training's snapshots scored on every task of its suite."""

from asterism.evaluation.evaluate import Outcome, evaluate
from asterism.evaluation.messages import score_file
from asterism.evaluation.request import EvaluationRequest, tier_suite
from asterism.evaluation.scoring import score

__all__ = ["EvaluationRequest", "Outcome", "evaluate", "score", "score_file", "tier_suite"]
