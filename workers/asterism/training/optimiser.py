"""One optimiser for all parameters, chosen by role. All parameters live in one flat tensor, so a step is a
handful of operations.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from asterism.training import muon

Role = Literal["matrix", "table", "vector", "taps", "dynamics", "router"]

# Rates of nano-check's recipe. That of tables was chosen on convolution-attention stacks: no neutral choice.
MUON_RATE = 0.02
ADAM_RATES: Mapping[Role, float] = {
    "table": 1.2e-2,
    "vector": 1.2e-2,
    "taps": 1.2e-2,
    "dynamics": 3e-3,
    "router": 3e-3,
}
BETA_1, BETA_2, EPSILON = 0.9, 0.95, 1e-8
CLIP = 1.0
AVERAGE = 0.98


@dataclass(frozen=True, kw_only=True)
class Span:
    """A run of the flat tensor that is treated alike: matrices of one shape, or everything with one Adam
    rate.
    """

    start: int
    stop: int
    rate: float
    shape: tuple[int, int] | None


def _plan(
    named: Mapping[str, nn.Parameter], roles: Mapping[str, Role], rates: Mapping[str, float]
) -> list[tuple[float, tuple[int, int] | None, str]]:
    """(rate, matrix shape or None, name) of every parameter, those that are treated alike side by side."""
    plan = []
    for name, parameter in named.items():
        role = roles[name]
        if role == "matrix":
            assert parameter.ndim in (2, 3), f"{name}: a matrix is 2-D, or a stack of them"
            plan.append((MUON_RATE * rates.get(role, 1.0), (parameter.shape[-2], parameter.shape[-1]), name))
        else:
            plan.append((ADAM_RATES[role] * rates.get(role, 1.0), None, name))
    return sorted(plan, key=lambda each: (each[1] is None, each[1] or (0, 0), each[0], each[2]))


class Optimiser:
    """Muon on matrices, AdamW without decay on the rest, clipped gradients, and a running average of the
    weights. `rates` multiplies the rates of the roles it names.
    """

    def __init__(
        self, model: nn.Module, roles: Mapping[str, Role], rates: Mapping[str, float] | None = None
    ) -> None:
        unknown = sorted(set(rates or {}) - {"matrix", *ADAM_RATES})
        assert not unknown, f"rates for unknown roles: {unknown}"
        named = dict(model.named_parameters())
        missing = sorted(set(named) ^ set(roles))
        assert not missing, f"parameters without a role, or roles without a parameter: {missing}"
        self._names: list[tuple[str, int, torch.Size]] = []
        self.spans: list[Span] = []
        self.weights = torch.empty(sum(p.numel() for p in named.values()))
        self.gradient = torch.zeros_like(self.weights)
        self._adopt(named, roles, rates or {})
        self.average = self.weights.clone()
        self.first, self.second = torch.zeros_like(self.weights), torch.zeros_like(self.weights)

    def _adopt(
        self, named: Mapping[str, nn.Parameter], roles: Mapping[str, Role], rates: Mapping[str, float]
    ) -> None:
        at = 0
        for rate, shape, name in _plan(named, roles, rates):
            parameter, size = named[name], named[name].numel()
            self._names.append((name, at, parameter.shape))
            self.weights[at : at + size] = parameter.detach().flatten()
            parameter.data = self.weights[at : at + size].view(parameter.shape)
            parameter.grad = self.gradient[at : at + size].view(parameter.shape)
            last = self.spans[-1] if self.spans else None
            if last and (last.rate, last.shape) == (rate, shape):
                self.spans[-1] = Span(start=last.start, stop=at + size, rate=rate, shape=shape)
            else:
                self.spans.append(Span(start=at, stop=at + size, rate=rate, shape=shape))
            at += size

    def state(self) -> dict[str, Tensor]:
        """The tensors that a checkpoint keeps."""
        return {name: getattr(self, name) for name in ("weights", "average", "first", "second")}

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Put a checkpoint's tensors back, into the memory that the model already looks at."""
        for name, tensor in self.state().items():
            tensor.copy_(tensors[name])

    def named(self, flat: Tensor) -> Iterator[tuple[str, Tensor]]:
        """A flat tensor's parts under the parameters' names, copied."""
        for name, at, shape in self._names:
            yield name, flat[at : at + shape.numel()].view(shape).clone()

    @torch.no_grad()
    def step(self, step: int, share: float) -> float:
        """Apply the gradient of step 0, 1, … with this share of the rates and clear it; returns its norm
        before clipping.
        """
        norm = float(self.gradient.norm())
        if not norm < float("inf"):
            return norm
        self.gradient.mul_(min(1.0, CLIP / (norm + 1e-6)))
        for span in self.spans:
            if span.shape:
                self._muon(span, share, step)
            else:
                self._adam(span, share, step)
        self.average.lerp_(self.weights, 1 - AVERAGE)
        self.gradient.zero_()
        return norm

    def _muon(self, span: Span, share: float, step: int) -> None:
        assert span.shape
        weights, gradient, first = (
            flat[span.start : span.stop].view(-1, *span.shape)
            for flat in (self.weights, self.gradient, self.first)
        )
        muon.update(weights, gradient, first, rate=span.rate * share, step=step)

    def _adam(self, span: Span, share: float, step: int) -> None:
        weights, gradient, first, second = (
            flat[span.start : span.stop] for flat in (self.weights, self.gradient, self.first, self.second)
        )
        first.lerp_(gradient, 1 - BETA_1)
        second.mul_(BETA_2).addcmul_(gradient, gradient, value=1 - BETA_2)
        root = (second / (1 - BETA_2 ** (step + 1))).sqrt_().add_(EPSILON)
        weights.addcdiv_(first, root, value=-span.rate * share / (1 - BETA_1 ** (step + 1)))
