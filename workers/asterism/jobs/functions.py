"""What a child can be asked to do, by the kind of its job.

A function returns False when it stopped on request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from asterism.jobs.channel import Channel
from asterism.jobs.evaluation_job import evaluate_job
from asterism.jobs.profile_job import profile

FUNCTIONS: Mapping[str, Callable[[dict[str, Any], Channel], bool]] = {
    "evaluation": evaluate_job,
    "profile": profile,
}
