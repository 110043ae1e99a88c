"""The states of x_{c+1} = keep_c x_c + update_c for all c at once, in a few more products than steps.

Two neighbours become one step, the states before such pairs come from half as many steps, those between the
two follow (Brent and Kung 1982). For hand-written gradients: works in place. A step keeps by a number a head
([B, C, 1, H, 1] beside states [B, C, N, H, V]) or by a matrix ([B, C, K, K] beside [B, C, K, V]);
`backwards` walks from the last to the first. Axes: B rows, C steps.
"""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor


class Keeping:
    """How steps act on states."""

    @staticmethod
    @abstractmethod
    def joined(later: Tensor, earlier: Tensor) -> Tensor:
        """Two steps as one."""

    @staticmethod
    @abstractmethod
    def after(keep: Tensor, state: Tensor, update: Tensor) -> Tensor:
        """keep · state + update."""


class Numbers(Keeping):
    @staticmethod
    def joined(later: Tensor, earlier: Tensor) -> Tensor:
        return later * earlier

    @staticmethod
    def after(keep: Tensor, state: Tensor, update: Tensor) -> Tensor:
        return torch.addcmul(update, keep, state)


class Matrices(Keeping):
    @staticmethod
    def joined(later: Tensor, earlier: Tensor) -> Tensor:
        return later @ earlier

    @staticmethod
    def after(keep: Tensor, state: Tensor, update: Tensor) -> Tensor:
        return (keep @ state).add_(update)


def prefixes(
    how: type[Keeping], keep: Tensor, update: Tensor, start: Tensor, *, backwards: bool = False
) -> tuple[Tensor, Tensor]:
    """The state before each step, and the one after all of them."""
    states = torch.empty_like(update)
    _fill(how, keep, update, start, states, backwards)
    end = 0 if backwards else -1
    return states, how.after(keep[:, end], states[:, end], update[:, end])


def _fill(
    how: type[Keeping], keep: Tensor, update: Tensor, start: Tensor, states: Tensor, backwards: bool
) -> None:
    count = update.shape[1]
    if count == 1:
        states[:, 0] = start
        return
    odd = count % 2
    # Pairs begin at the start of the walk; the step left over is its last.
    low, high = slice(odd, None, 2), slice(1 + odd, None, 2)
    if not backwards:
        low, high = slice(0, count - odd, 2), slice(1, count - odd, 2)
    first, second = (high, low) if backwards else (low, high)
    joined = how.joined(keep[:, second], keep[:, first])
    updates = how.after(keep[:, second], update[:, first], update[:, second])
    _fill(how, joined, updates, start, states[:, first], backwards)
    states[:, second] = how.after(keep[:, first], states[:, first], update[:, first])
    if odd:
        rest, before = (0, 1) if backwards else (-1, -2)
        states[:, rest] = how.after(keep[:, before], states[:, before], update[:, before])
