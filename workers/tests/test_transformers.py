"""LFM2 against Transformers, weights copied. Needs ASTERISM_FULL=1 and `pip install ./workers[full]`."""

from __future__ import annotations

import os
from typing import Any

import pytest
import torch
from genomes import ROPE, Json, genome, liv
from models import difference, model, stepped, tokens

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(not os.environ.get("ASTERISM_FULL"), reason="reference parity: set ASTERISM_FULL=1"),
]

WIDTH, HIDDEN, HEADS, KV_HEADS, VOCAB, KERNEL = 64, 96, 4, 2, 32, 3
LAYERS = ("conv", "full_attention", "conv", "full_attention")
TOLERANCE = 1e-5


def ours() -> Json:
    """Mixer and feed-forward as two LIVs for each of their layers."""
    rope = {**ROPE, "theta": 1_000_000}
    attention = liv(
        "attention", heads=HEADS, kvHeads=KV_HEADS, headDim=WIDTH // HEADS, qkNorm=True, rope=rope
    )
    mixers = {"conv": liv("gated-conv", kernel=KERNEL), "full_attention": attention}
    backbone = [entry for kind in LAYERS for entry in (mixers[kind], liv("swiglu", hidden=HIDDEN))]
    return genome(*backbone, width=WIDTH, vocab=VOCAB, tied=True)


def theirs() -> Any:
    from transformers import Lfm2Config, Lfm2ForCausalLM  # type: ignore[import-not-found]

    config = Lfm2Config(
        vocab_size=VOCAB,
        hidden_size=WIDTH,
        intermediate_size=HIDDEN,
        block_auto_adjust_ff_dim=False,
        num_hidden_layers=len(LAYERS),
        num_attention_heads=HEADS,
        num_key_value_heads=KV_HEADS,
        conv_L_cache=KERNEL,
        conv_bias=False,
        norm_eps=1e-5,
        rope_parameters={"rope_type": "default", "rope_theta": 1_000_000.0},
        layer_types=list(LAYERS),
        tie_word_embeddings=True,
    )
    return Lfm2ForCausalLM(config).eval()


def copied(found: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Our weights under their names."""
    weights = {"embed_tokens.weight": found["embedding"], "embedding_norm.weight": found["final_norm.gain"]}
    for layer, kind in enumerate(LAYERS):
        mixer, feed = f"blocks.{2 * layer}", f"blocks.{2 * layer + 1}"
        weights[f"layers.{layer}.operator_norm.weight"] = found[f"{mixer}.norm.gain"]
        weights[f"layers.{layer}.ffn_norm.weight"] = found[f"{feed}.norm.gain"]
        for name, block in (("w1", "gate"), ("w3", "up"), ("w2", "down")):
            weights[f"layers.{layer}.feed_forward.{name}.weight"] = found[f"{feed}.liv.{block}"]
        if kind == "conv":
            fused = torch.cat([found[f"{mixer}.liv.{block}"] for block in ("B", "C", "X")])
            weights[f"layers.{layer}.conv.in_proj.weight"] = fused
            weights[f"layers.{layer}.conv.conv.weight"] = found[f"{mixer}.liv.taps"].unsqueeze(1)
            weights[f"layers.{layer}.conv.out_proj.weight"] = found[f"{mixer}.liv.out"]
        else:
            for name, block in (("q_proj", "q"), ("k_proj", "k"), ("v_proj", "v"), ("out_proj", "out")):
                weights[f"layers.{layer}.self_attn.{name}.weight"] = found[f"{mixer}.liv.{block}"]
            for block in ("q", "k"):
                gain = found[f"{mixer}.liv.{block}_gain"]
                weights[f"layers.{layer}.self_attn.{block}_layernorm.weight"] = gain
    return {f"model.{name}": tensor for name, tensor in weights.items()}


def test_lfm2_gives_the_logits_of_the_authors_code() -> None:
    backbone, reference = model(ours()), theirs()
    found = {name: parameter.detach() for name, parameter in backbone.named_parameters()}
    missing = reference.load_state_dict(copied(found), strict=False)
    assert (missing.missing_keys, missing.unexpected_keys) in (([], []), (["lm_head.weight"], []))
    reference.tie_weights()
    tokens_BT = tokens(2, 50)
    with torch.no_grad():
        expected = reference(tokens_BT).logits
        assert difference(backbone(tokens_BT), expected) <= TOLERANCE
    assert difference(stepped(backbone, tokens_BT, prefilled=17), expected[:, 17:]) <= TOLERANCE
    assert sum(p.numel() for p in reference.parameters()) == backbone.parameter_counts()["params"]
