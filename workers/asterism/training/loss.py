"""The loss of a step, in nats: of the labels, and of a teacher's soft targets where there is one."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from asterism.backbone import Backbone
from asterism.errors import Refused
from asterism.training.batches import Batch
from asterism.training.distillation import mixed
from asterism.training.records import Distillation, TrainingRequest
from asterism.training.soft_store import SoftStore


def batch_loss(model: Backbone, batch: Batch, learnt: Distillation | None = None) -> Tensor:
    """Σ over tasks of (share of the rows) × (mean NLL of that task's scored tokens), in nats. Logits only
    where scored. Where a teacher speaks, a part of the loss is its.
    """
    features = model.features(batch.tokens_RT).flatten(0, 1)
    logits = model.head(features[batch.where_S])
    nll_S = F.cross_entropy(logits, batch.targets_S, reduction="none")
    if learnt is not None and batch.soft is not None:
        nll_S = mixed(nll_S, logits, batch.soft, learnt.weight, learnt.temperature)
    return (nll_S * batch.weights_S).sum()


def soft_store(request: TrainingRequest) -> SoftStore | None:
    """The teacher's targets for every step that is computed; None without a teacher."""
    if request.distillation is None:
        return None
    reach = max(leg.stop for leg in request.legs())
    store = SoftStore(request.distillation.store, request.taught_by(), reach)
    if store.vocabulary != request.genome["size"]["vocab"]:
        raise Refused(
            f"/size/vocab: {request.genome['size']['vocab']}, but the soft targets in "
            f"{request.distillation.store} are over a vocabulary of {store.vocabulary}"
        )
    return store
