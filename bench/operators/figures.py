"""Figures that compare forms rather than kinds: convolutions by kernel length, LFM2's shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from asterism.backbone import build
from asterism.operators.convolution import causal_conv
from asterism.operators.kernels.row_product import use_compiled_products
from torch import Tensor
from torch.nn import functional as F

from .measure import Machine, interleaved, ratio
from .subjects import Json, Work

KERNELS = (2, 3, 4, 7, 16, 24, 32, 33, 48, 64, 128)
CONV_SHAPES = ((8, 512, 128), (4, 1024, 256))


def _shifts(u_BTI: Tensor, taps_IJ: Tensor) -> Tensor:
    k, T = taps_IJ.shape[1], u_BTI.shape[1]
    padded = F.pad(u_BTI, (0, 0, k - 1, 0))
    total = padded[:, :T] * taps_IJ[:, 0]
    for j in range(1, k):
        total = total + padded[:, j : j + T] * taps_IJ[:, j]
    return total


def _conv1d(u_BTI: Tensor, taps_IJ: Tensor) -> Tensor:
    padded = F.pad(u_BTI.transpose(1, 2), (taps_IJ.shape[1] - 1, 0))
    return F.conv1d(padded, taps_IJ.unsqueeze(1), groups=taps_IJ.shape[0]).transpose(1, 2)


def _fft(u_BTI: Tensor, taps_IJ: Tensor) -> Tensor:
    padded = F.pad(u_BTI.transpose(1, 2), (taps_IJ.shape[1] - 1, 0))
    n = padded.shape[2]
    product = torch.fft.rfft(padded, n=n) * torch.fft.rfft(taps_IJ.flip(1), n=n)
    return torch.fft.irfft(product, n=n)[..., taps_IJ.shape[1] - 1 :].transpose(1, 2)


FORMS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "ours": lambda u, taps: causal_conv(u, taps, None)[0],
    "conv1d": _conv1d,
    "shifts": _shifts,
    "fft": _fft,
}


def convolution(kernel: int, shape: tuple[int, int, int], machine: Machine) -> Json:
    """Forward and backward of the causal depthwise convolution in every form; ours over the best of them."""
    u_BTI = torch.randn(shape, requires_grad=True)
    taps_IJ = torch.randn(shape[2], kernel, requires_grad=True)
    toward = torch.randn(shape)

    def work(name: str, form: Callable[[Tensor, Tensor], Tensor]) -> Work:
        def run() -> None:
            torch.autograd.backward(form(u_BTI, taps_IJ), toward)

        return Work(name=name, tokens=shape[0] * shape[1], run=run)

    found = interleaved([work(name, form) for name, form in FORMS.items()], machine, most=9, spent=1.0)
    over = {name: ratio(found["ours"], found[name]) for name in FORMS if name != "ours"}
    best = max(over, key=lambda name: over[name])
    return {"overBest": over[best], "best": best, "over": over}


LFM2_SHAPES: dict[str, tuple[int, int, int, int, int, tuple[int, ...]]] = {
    # name: width, hidden, heads, kv heads, vocabulary, layers that are attention of how many
    "25M": (384, 1024, 6, 2, 16384, (8, 2, 5)),
    "350M": (1024, 4608, 16, 8, 65536, (16, 2, 5, 8, 10, 12, 14)),
}


def _ours(name: str) -> Any:
    width, hidden, heads, kv_heads, vocab, (layers, *attend) = LFM2_SHAPES[name]
    rope = {"theta": 1_000_000, "scaling": "none", "factor": 1, "originalContext": 0, "percent": 100}
    attention = {
        "kind": "attention", "heads": heads, "kvHeads": kv_heads, "headDim": width // heads, "window": 0,
        "qkNorm": True, "qkNormKind": "rms", "rope": rope, "softcap": 0, "bias": False,
    }  # fmt: skip
    conv = {"kind": "gated-conv", "kernel": 3, "expand": 1, "bias": False}
    feed = {
        "kind": "swiglu", "hidden": hidden, "activation": "silu",
        "gated": True, "bias": False, "parallel": False,
    }  # fmt: skip
    backbone = [each for at in range(layers) for each in (attention if at in attend else conv, feed)]
    genome = {
        "format": 1,
        "size": {"width": width, "vocab": vocab, "repeats": 1, "tiedEmbeddings": True},
        "norm": {"kind": "rms", "eps": "1e-5", "placement": "pre"},
        "embedScale": "none",
        "finalSoftcap": 0,
        "backbone": backbone,
    }
    return build(genome)


def _theirs(name: str) -> Any:
    from transformers import Lfm2Config, Lfm2ForCausalLM

    width, hidden, heads, kv_heads, vocab, (layers, *attend) = LFM2_SHAPES[name]
    config = Lfm2Config(
        vocab_size=vocab,
        hidden_size=width,
        intermediate_size=hidden,
        block_auto_adjust_ff_dim=False,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        conv_L_cache=3,
        conv_bias=False,
        norm_eps=1e-5,
        rope_parameters={"rope_type": "default", "rope_theta": 1_000_000.0},
        layer_types=["full_attention" if at in attend else "conv" for at in range(layers)],
        tie_word_embeddings=True,
        attn_implementation="sdpa",
    )
    return Lfm2ForCausalLM(config)


def lfm2_training(name: str, machine: Machine, rows: int = 4, length: int = 512) -> Json:
    """Forward, next-token loss and backward of the whole model, theirs over ours.

    Ours as training runs it: logits of the scored positions only. Theirs in the quicker of two ways, with
    their own loss (`labels`) or with a loss over their logits.
    """
    ours, theirs = _ours(name).train(), _theirs(name).train()
    tokens_BT = torch.randint(0, LFM2_SHAPES[name][4], (rows, length))
    following = tokens_BT[:, 1:].flatten()

    def run_ours() -> None:
        scored = ours.features(tokens_BT)[:, :-1].flatten(0, 1)
        F.cross_entropy(ours.head(scored), following).backward()

    def run_logits() -> None:
        logits_BTV = theirs(tokens_BT, use_cache=False).logits
        F.cross_entropy(logits_BTV[:, :-1].flatten(0, 1), following).backward()

    def run_labels() -> None:
        theirs(tokens_BT, labels=tokens_BT, use_cache=False).loss.backward()

    works = [
        Work(name="ours", tokens=rows * length, run=run_ours),
        Work(name="logits", tokens=rows * length, run=run_logits),
        Work(name="labels", tokens=rows * length, run=run_labels),
    ]
    for work in works:
        work.run()  # a first call allocates; where calls are long the next one is the only one that counts
    found = interleaved(works, machine, spent=30.0)
    over = {way: ratio(found[way], found["ours"]) for way in ("logits", "labels")}
    best = min(over, key=lambda way: over[way])
    return {"parameters": _count(ours), "theirsOverOurs": over[best], "best": best, "over": over}


def lfm2_decoding(
    name: str, machine: Machine, compiled: bool = False, prompt: int = 128, tokens: int = 16
) -> Json:
    """Tokens one by one after a prompt, each side with its own cache; ours by torch or compiled."""
    if compiled and not use_compiled_products(True):
        raise ImportError("no C++ compiler here")
    ours, theirs = _ours(name).eval(), _theirs(name).eval()
    prompt_BT = torch.randint(0, LFM2_SHAPES[name][4], (1, prompt))
    context = prompt + tokens * 64
    with torch.inference_mode():
        cache = ours.init_cache(1, context)
        ours.prefill(prompt_BT, cache)
        past = theirs(prompt_BT, use_cache=True, logits_to_keep=1).past_key_values
    token = torch.zeros(1, dtype=torch.int64)

    def run_ours() -> None:
        for _ in range(tokens):
            ours.step(token, cache)

    def run_theirs() -> None:
        with torch.inference_mode():
            for _ in range(tokens):
                theirs(token[None], past_key_values=past, use_cache=True, logits_to_keep=1)

    works = [
        Work(name="ours", tokens=tokens, run=run_ours),
        Work(name="theirs", tokens=tokens, run=run_theirs),
    ]
    found = interleaved(works, machine)
    use_compiled_products(False)
    bandwidth = [4 * _count(ours) / o / s for o, s in zip(found["ours"], found["stream"], strict=True)]
    return {
        "parameters": _count(ours),
        "theirsOverOurs": ratio(found["theirs"], found["ours"]),
        "bandwidthShare": sorted(bandwidth)[len(bandwidth) // 2],
        "msPerToken": 1000 * sorted(found["ours"])[len(found["ours"]) // 2],
    }


def _count(model: Any) -> int:
    return model.parameter_counts()["params"]
