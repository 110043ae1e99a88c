"""Training: one genome on one suite's mixture, as a resumable stream of events."""

from asterism.training.records import (
    TRAINER_VERSION,
    Checkpoint,
    Distillation,
    Diverged,
    Event,
    Interrupted,
    Progress,
    Snapshot,
    TrainingRequest,
    training_seed,
)
from asterism.training.run import run
from asterism.training.schedule import WHOLE

__all__ = [
    "TRAINER_VERSION",
    "WHOLE",
    "Checkpoint",
    "Distillation",
    "Diverged",
    "Event",
    "Interrupted",
    "Progress",
    "Snapshot",
    "TrainingRequest",
    "run",
    "training_seed",
]
