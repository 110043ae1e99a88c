"""h_t = a_t ⊙ h_{t−1} + b_t along time: the diagonal recurrence of `rg-lru` and `selective`.

Two levels: inside blocks of 32 tokens one step after another, for all blocks at once; between blocks by
doubling strides (`entering_states`); then h = local + kept ⊙ entering, where kept is the product of the
block's decays so far. No form divides by decays or leaves the range of its numbers, whatever the gates
do. The gradient is the same recurrence from the end: d_t = g_t + a_{t+1} ⊙ d_{t+1}, ∂a_t = d_t ⊙ h_{t−1},
∂b_t = d_t.

A compiled form does the same operations in the same order, so that a training has the same bits with and
without it; what is loaded is checked for that. Axes: B batch, T tokens, E channels, C blocks.
"""

from __future__ import annotations

import ctypes
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from asterism.operators.scan import entering_states

from .library import library

BLOCK = 32


def linear_scan(decay_BTE: Tensor, input_BTE: Tensor, initial_BE: Tensor | None) -> Tensor:
    """All states h_BTE of float32 or float64 decays and inputs; without `initial` they begin at zero."""
    if initial_BE is None:
        initial_BE = torch.zeros_like(input_BTE[:, 0])
    return _LinearScan.apply(decay_BTE, input_BTE, initial_BE)


class _LinearScan(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, decay: Tensor, inputs: Tensor, initial: Tensor) -> Tensor:
        decay, inputs, initial = decay.contiguous(), inputs.contiguous(), initial.contiguous()
        states = scanned(decay, inputs, initial)
        ctx.save_for_backward(decay, initial, states)
        return states

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, gradient: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        decay, initial, states = ctx.saved_tensors
        flowed, of_decay = scanned_back(decay, gradient.contiguous(), initial, states)
        return of_decay, flowed, decay[:, 0] * flowed[:, 0]


def scanned(decay: Tensor, inputs: Tensor, initial: Tensor) -> Tensor:
    """All states, of contiguous tensors and without a gradient."""
    functions = _compiled(decay)
    if functions:
        return _forward_compiled(functions, decay, inputs, initial)
    return in_blocks(decay, inputs, initial)


def scanned_back(decay: Tensor, gradient: Tensor, initial: Tensor, states: Tensor) -> tuple[Tensor, Tensor]:
    """Gradients of inputs and of decays."""
    functions = _compiled(decay)
    if functions:
        return _backward_compiled(functions, decay, gradient, initial, states)
    return backward_in_blocks(decay, gradient, initial, states)


def in_blocks(decay_BTE: Tensor, input_BTE: Tensor, initial_BE: Tensor) -> Tensor:
    """The recurrence in plain torch."""
    tokens = decay_BTE.shape[1]
    missing = -tokens % min(BLOCK, tokens)
    decays, inputs = (_blocks(F.pad(x, (0, 0, 0, missing))) for x in (decay_BTE, input_BTE))
    local, kept = [inputs[0]], [decays[0]]
    for decay_BCE, input_BCE in zip(decays[1:], inputs[1:], strict=True):
        local.append(decay_BCE * local[-1] + input_BCE)
        kept.append(decay_BCE * kept[-1])
    ends = (kept[-1].unsqueeze(1), local[-1].unsqueeze(1), initial_BE.unsqueeze(1))
    entering_BC1E = entering_states(*ends)[0].squeeze(1).unsqueeze(2)
    states_BCLE = torch.stack(local, dim=2) + torch.stack(kept, dim=2) * entering_BC1E
    return states_BCLE.flatten(1, 2)[:, :tokens]


def backward_in_blocks(
    decay: Tensor, gradient: Tensor, initial: Tensor, states: Tensor
) -> tuple[Tensor, Tensor]:
    """Gradients of inputs and of decays in plain torch."""
    following = torch.cat((decay[:, 1:], torch.zeros_like(decay[:, :1])), dim=1)
    flowed = in_blocks(following.flip(1), gradient.flip(1), torch.zeros_like(initial)).flip(1)
    return flowed, flowed * torch.cat((initial.unsqueeze(1), states[:, :-1]), dim=1)


def _blocks(x_BTE: Tensor) -> tuple[Tensor, ...]:
    """The l-th tokens of all blocks, [B, C, E], for each l."""
    return x_BTE.unflatten(1, (-1, min(BLOCK, x_BTE.shape[1]))).unbind(2)


Functions = dict[torch.dtype, Any]


def _compiled(x: Tensor) -> Functions | None:
    """The compiled form where it can run: dense numbers of the CPU, outside of tracing."""
    plain = type(x) in (Tensor, torch.nn.Parameter) and x.device.type == "cpu" and x.dtype in _DTYPES
    return _functions() if plain and not torch.compiler.is_compiling() else None


_DTYPES = (torch.float32, torch.float64)


@lru_cache(maxsize=1)
def _functions() -> Functions | None:
    """Loaded once a process; None where there is none, or where its bits are not those of plain torch."""
    loaded = library(Path(__file__).with_name("linear_scan.cpp"))
    if loaded is None:
        return None
    functions = {dtype: getattr(loaded, f"scan_{str(dtype).removeprefix('torch.')}") for dtype in _DTYPES}
    for function in functions.values():
        function.argtypes = [ctypes.c_void_p] * 6 + [ctypes.c_int64] * 3 + [ctypes.c_int]
        function.restype = None
    return functions if all(_same_bits(functions, dtype) for dtype in _DTYPES) else None


def _forward_compiled(functions: Functions, decay: Tensor, inputs: Tensor, initial: Tensor) -> Tensor:
    states = torch.empty_like(inputs)
    _call(functions, (decay, inputs, initial, None, states, None), reverse=False)
    return states


def _backward_compiled(
    functions: Functions, decay: Tensor, gradient: Tensor, initial: Tensor, states: Tensor
) -> tuple[Tensor, Tensor]:
    flowed, of_decay = torch.empty_like(gradient), torch.empty_like(decay)
    _call(functions, (decay, gradient, initial, states, flowed, of_decay), reverse=True)
    return flowed, of_decay


def _call(functions: Functions, tensors: tuple[Tensor | None, ...], *, reverse: bool) -> None:
    decay = tensors[0]
    assert decay is not None
    pointers = (None if tensor is None else tensor.data_ptr() for tensor in tensors)
    functions[decay.dtype](*pointers, *decay.shape, int(reverse))


@torch.no_grad()
def _same_bits(functions: Functions, dtype: torch.dtype) -> bool:
    generator = torch.Generator().manual_seed(0)
    shape = (2, 3 * BLOCK + 5, 67)
    decay, inputs, gradient = (torch.rand(shape, generator=generator, dtype=dtype) for _ in range(3))
    initial = torch.rand(shape[0], shape[2], generator=generator, dtype=dtype)
    states = _forward_compiled(functions, decay, inputs, initial)
    found = (states, *_backward_compiled(functions, decay, gradient, initial, states))
    expected = in_blocks(decay, inputs, initial)
    wanted = (expected, *backward_in_blocks(decay, gradient, initial, expected))
    return all(torch.equal(a, b) for a, b in zip(found, wanted, strict=True))
