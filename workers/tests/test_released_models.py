"""Whole models of Transformers with random small configurations, weights copied, prefill and cached decode.

The genome is what `asterism import` makes of the configuration that Transformers writes: this holds the
mapping and the operators at once. Needs ASTERISM_FULL=1 and `pip install ./workers[full]`.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from genomes import Json
from models import difference, model, stepped, tokens
from torch import Tensor

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(not os.environ.get("ASTERISM_FULL"), reason="reference parity: set ASTERISM_FULL=1"),
]

CHECKOUT = Path(__file__).resolve().parents[2]
VOCAB, LENGTH, PREFILLED = 32, 45, 17
TOLERANCE = 1e-4
IMPORT = """
import library from './libs/genome/index.ts';
const { importConfig, normalForm, expectOk } = library;
const text = (await import('node:fs')).readFileSync(0, 'utf8').replace(/([[,:]\\s*)Infinity/g, '$11e999');
console.log(JSON.stringify(normalForm(expectOk(importConfig(JSON.parse(text))).genome)));
"""

Found = dict[str, Tensor]
Weights = dict[str, Tensor]


def imported(config: Any) -> Json:
    command = ["node", "--conditions=source", "--import", "tsx", "--input-type=module", "-e", IMPORT]
    text = json.dumps(config.to_dict(), default=str)
    return json.loads(
        subprocess.run(command, cwd=CHECKOUT, input=text, text=True, check=True, capture_output=True).stdout
    )


def ends(found: Found, final: str, shift: float = 0.0) -> Weights:
    weights = {"model.embed_tokens.weight": found["embedding"], final: found["final_norm.gain"] - shift}
    return weights | ({"lm_head.weight": found["unembedding"]} if "unembedding" in found else {})


def softmax(found: Found, mixer: str, theirs: str, out: str = "o_proj") -> Weights:
    weights = {}
    for ours, name in (("q", "q_proj"), ("k", "k_proj"), ("v", "v_proj"), ("out", out)):
        weights[f"{theirs}.{name}.weight"] = found[f"{mixer}.{ours}"]
        if f"{mixer}.{ours}_bias" in found:
            weights[f"{theirs}.{name}.bias"] = found[f"{mixer}.{ours}_bias"]
    return weights


def feed(found: Found, ours: str, theirs: str, names: tuple[str, str, str]) -> Weights:
    weights = {}
    for block, name in zip(("gate", "up", "down"), names, strict=True):
        weights[f"{theirs}.{name}.weight"] = found[f"{ours}.{block}"]
        if f"{ours}.{block}_bias" in found:
            weights[f"{theirs}.{name}.bias"] = found[f"{ours}.{block}_bias"]
    return weights


PROJECTIONS = ("gate_proj", "up_proj", "down_proj")


def llama_weights(found: Found, config: Any) -> Weights:
    weights = ends(found, "model.norm.weight")
    for layer in range(config.num_hidden_layers):
        mixer, channel, at = f"blocks.{2 * layer}", f"blocks.{2 * layer + 1}", f"model.layers.{layer}"
        weights |= softmax(found, f"{mixer}.liv", f"{at}.self_attn")
        weights |= feed(found, f"{channel}.liv", f"{at}.mlp", PROJECTIONS)
        weights[f"{at}.input_layernorm.weight"] = found[f"{mixer}.norm.gain"]
        weights[f"{at}.post_attention_layernorm.weight"] = found[f"{channel}.norm.gain"]
        for block in ("q", "k"):
            if f"{mixer}.liv.{block}_gain" in found:
                weights[f"{at}.self_attn.{block}_norm.weight"] = found[f"{mixer}.liv.{block}_gain"]
    return weights


def gemma_weights(found: Found, config: Any) -> Weights:
    """Their norms multiply by 1 + weight."""
    weights = ends(found, "model.norm.weight", 1.0)
    for layer in range(config.num_hidden_layers):
        mixer, channel, at = f"blocks.{2 * layer}", f"blocks.{2 * layer + 1}", f"model.layers.{layer}"
        weights |= softmax(found, f"{mixer}.liv", f"{at}.self_attn")
        weights |= feed(found, f"{channel}.liv", f"{at}.mlp", PROJECTIONS)
        for theirs, ours in (
            ("input", f"{mixer}.norm"),
            ("post_attention", f"{mixer}.after"),
            ("pre_feedforward", f"{channel}.norm"),
            ("post_feedforward", f"{channel}.after"),
        ):
            weights[f"{at}.{theirs}_layernorm.weight"] = found[f"{ours}.gain"] - 1
        for block in ("q", "k"):
            if f"{mixer}.liv.{block}_gain" in found:
                weights[f"{at}.self_attn.{block}_norm.weight"] = found[f"{mixer}.liv.{block}_gain"] - 1
    return weights


def lfm2_weights(found: Found, config: Any) -> Weights:
    weights = ends(found, "model.embedding_norm.weight")
    for layer, kind in enumerate(config.layer_types):
        mixer, channel, at = f"blocks.{2 * layer}", f"blocks.{2 * layer + 1}", f"model.layers.{layer}"
        weights[f"{at}.operator_norm.weight"] = found[f"{mixer}.norm.gain"]
        weights[f"{at}.ffn_norm.weight"] = found[f"{channel}.norm.gain"]
        if f"{channel}.liv.router" in found:
            inside = f"{at}.feed_forward"
            both = torch.cat([found[f"{channel}.liv.gate"], found[f"{channel}.liv.up"]], dim=1)
            weights[f"{inside}.experts.gate_up_proj"] = both
            weights[f"{inside}.experts.down_proj"] = found[f"{channel}.liv.down"]
            weights[f"{inside}.gate.weight"] = found[f"{channel}.liv.router"]
            weights[f"{inside}.expert_bias"] = found[f"{channel}.liv.bias"]
        else:
            weights |= feed(found, f"{channel}.liv", f"{at}.feed_forward", ("w1", "w3", "w2"))
        if kind == "full_attention":
            weights |= softmax(found, f"{mixer}.liv", f"{at}.self_attn", "out_proj")
            for block in ("q", "k"):
                weights[f"{at}.self_attn.{block}_layernorm.weight"] = found[f"{mixer}.liv.{block}_gain"]
            continue
        for ending, theirs in (("", "weight"), ("_bias", "bias")):
            if f"{mixer}.liv.out{ending}" in found:
                fused = torch.cat([found[f"{mixer}.liv.{block}{ending}"] for block in ("B", "C", "X")])
                taps = found[f"{mixer}.liv.taps{ending}"]
                weights[f"{at}.conv.in_proj.{theirs}"] = fused
                weights[f"{at}.conv.conv.{theirs}"] = taps if ending else taps.unsqueeze(1)
                weights[f"{at}.conv.out_proj.{theirs}"] = found[f"{mixer}.liv.out{ending}"]
    return weights


def phi3_weights(found: Found, config: Any) -> Weights:
    """q, k, v and gate, up are one matrix each."""
    weights = ends(found, "model.norm.weight")
    for layer in range(config.num_hidden_layers):
        mixer, channel, at = f"blocks.{2 * layer}", f"blocks.{2 * layer + 1}", f"model.layers.{layer}"
        into = torch.cat([found[f"{mixer}.liv.{block}"] for block in ("q", "k", "v")])
        weights[f"{at}.self_attn.qkv_proj.weight"] = into
        weights[f"{at}.self_attn.o_proj.weight"] = found[f"{mixer}.liv.out"]
        both = torch.cat([found[f"{channel}.liv.gate"], found[f"{channel}.liv.up"]])
        weights[f"{at}.mlp.gate_up_proj.weight"] = both
        weights[f"{at}.mlp.down_proj.weight"] = found[f"{channel}.liv.down"]
        weights[f"{at}.input_layernorm.weight"] = found[f"{mixer}.norm.gain"]
        weights[f"{at}.post_attention_layernorm.weight"] = found[f"{channel}.norm.gain"]
    return weights


def mamba_weights(found: Found, config: Any) -> Weights:
    weights = mamba_ends(found)
    for layer in range(config.num_hidden_layers):
        ours, at = f"blocks.{layer}.liv", f"backbone.layers.{layer}"
        weights[f"{at}.norm.weight"] = found[f"blocks.{layer}.norm.gain"]
        weights[f"{at}.mixer.in_proj.weight"] = torch.cat([found[f"{ours}.v"], found[f"{ours}.z"]])
        low = torch.cat([found[f"{ours}.{block}"] for block in ("dt_down", "B", "C")])
        weights[f"{at}.mixer.x_proj.weight"] = low
        weights[f"{at}.mixer.conv1d.weight"] = found[f"{ours}.taps"].unsqueeze(1)
        for theirs, block in (
            ("conv1d.bias", "taps_bias"),
            ("dt_proj.weight", "dt_up"),
            ("dt_proj.bias", "dt_bias"),
            ("A_log", "A_log"),
            ("D", "D"),
            ("out_proj.weight", "out"),
        ):
            weights[f"{at}.mixer.{theirs}"] = found[f"{ours}.{block}"]
    return weights


def mamba_ends(found: Found) -> Weights:
    weights = {
        "backbone.embeddings.weight": found["embedding"],
        "backbone.norm_f.weight": found["final_norm.gain"],
    }
    return weights | ({"lm_head.weight": found["unembedding"]} if "unembedding" in found else {})


def mamba2_weights(found: Found, config: Any) -> Weights:
    weights = mamba_ends(found)
    for layer in range(config.num_hidden_layers):
        at = f"backbone.layers.{layer}"
        weights[f"{at}.norm.weight"] = found[f"blocks.{layer}.norm.gain"]
        weights |= mamba2_mixer(found, f"blocks.{layer}.liv", f"{at}.mixer")
    return weights


def mamba2_mixer(found: Found, ours: str, theirs: str) -> Weights:
    into = torch.cat([found[f"{ours}.{block}"] for block in ("z", "v", "B", "C", "dt")])
    taps = torch.cat([found[f"{ours}.taps_{block}"] for block in ("v", "B", "C")])
    biases = torch.cat([found[f"{ours}.taps_{block}_bias"] for block in ("v", "B", "C")])
    weights = {
        f"{theirs}.in_proj.weight": into,
        f"{theirs}.conv1d.weight": taps.unsqueeze(1),
        f"{theirs}.conv1d.bias": biases,
        f"{theirs}.norm.weight": found[f"{ours}.gain"],
        f"{theirs}.out_proj.weight": found[f"{ours}.out"],
    }
    return weights | {f"{theirs}.{block}": found[f"{ours}.{block}"] for block in ("dt_bias", "A_log", "D")}


def granite_weights(found: Found, config: Any) -> Weights:
    weights = ends(found, "model.norm.weight")
    for layer in range(config.num_hidden_layers):
        mixer, channel, at = f"blocks.{2 * layer}", f"blocks.{2 * layer + 1}", f"model.layers.{layer}"
        weights[f"{at}.input_layernorm.weight"] = found[f"{mixer}.norm.gain"]
        weights[f"{at}.post_attention_layernorm.weight"] = found[f"{channel}.norm.gain"]
        if f"{mixer}.liv.q" in found:
            weights |= softmax(found, f"{mixer}.liv", f"{at}.self_attn")
        else:
            weights |= mamba2_mixer(found, f"{mixer}.liv", f"{at}.mamba")
        ours, experts = f"{channel}.liv", f"{at}.block_sparse_moe"
        shared = "shared_" if f"{ours}.router" in found else ""
        both = torch.cat([found[f"{ours}.{shared}gate"], found[f"{ours}.{shared}up"]])
        weights[f"{at}.shared_mlp.input_linear.weight"] = both
        weights[f"{at}.shared_mlp.output_linear.weight"] = found[f"{ours}.{shared}down"]
        if shared:
            both = torch.cat([found[f"{ours}.gate"], found[f"{ours}.up"]], dim=1)
            weights[f"{experts}.experts.gate_up_proj"] = both
            weights[f"{experts}.experts.down_proj"] = found[f"{ours}.down"]
            weights[f"{experts}.router.weight"] = found[f"{ours}.router"]
    return weights


def recurrent_gemma_weights(found: Found, config: Any) -> Weights:
    weights = ends(found, "model.final_norm.weight", 1.0)
    for layer in range(config.num_hidden_layers):
        mixer, channel, at = f"blocks.{2 * layer}", f"blocks.{2 * layer + 1}", f"model.layers.{layer}"
        weights[f"{at}.temporal_pre_norm.weight"] = found[f"{mixer}.norm.gain"] - 1
        weights[f"{at}.channel_pre_norm.weight"] = found[f"{channel}.norm.gain"] - 1
        weights |= feed(found, f"{channel}.liv", f"{at}.mlp_block", PROJECTIONS)
        inside = f"{at}.temporal_block"
        if f"{mixer}.liv.lambda" not in found:
            weights |= softmax(found, f"{mixer}.liv", inside)
            continue
        for ours, theirs in (("gate", "linear_y"), ("v", "linear_x"), ("out", "linear_out")):
            weights[f"{inside}.{theirs}.weight"] = found[f"{mixer}.liv.{ours}"]
            weights[f"{inside}.{theirs}.bias"] = found[f"{mixer}.liv.{ours}_bias"]
        weights[f"{inside}.conv_1d.weight"] = found[f"{mixer}.liv.taps"].unsqueeze(1)
        weights[f"{inside}.conv_1d.bias"] = found[f"{mixer}.liv.taps_bias"]
        for ours, theirs in (("recurrence", "recurrent_gate"), ("entry", "input_gate")):
            block = found[f"{mixer}.liv.{ours}"]
            weights[f"{inside}.rg_lru.{theirs}_weight"] = block.transpose(1, 2)
            weights[f"{inside}.rg_lru.{theirs}_bias"] = found[f"{mixer}.liv.{ours}_bias"].view(
                block.shape[:2]
            )
        weights[f"{inside}.rg_lru.recurrent_param"] = found[f"{mixer}.liv.lambda"]
    return weights


def shape(rng: random.Random) -> Json:
    keys, times = rng.choice([1, 2]), rng.choice([1, 2, 3])
    return {
        "vocab_size": VOCAB,
        "hidden_size": keys * times * 16,
        "intermediate_size": rng.randrange(20, 60),
        "num_attention_heads": keys * times,
        "num_key_value_heads": keys,
        "tie_word_embeddings": rng.random() < 0.5,
        "pad_token_id": None,
    }


def several(rng: random.Random, *kinds: str) -> list[str]:
    """Each kind at least once, in any order."""
    chosen = [*kinds, *rng.choices(kinds, k=2)]
    rng.shuffle(chosen)
    return chosen


def rope(rng: random.Random) -> Json:
    llama3 = {
        "rope_type": "llama3",
        "factor": 4.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 16,
    }
    plain = [{"rope_type": "default"}, {"rope_type": "linear", "factor": 2.0}]
    return {**rng.choice([*plain, llama3]), "rope_theta": float(rng.choice([100, 10_000]))}


def configuration(kind: str, rng: random.Random) -> Json:
    listed = {
        "Lfm2": ("conv", "full_attention"),
        "Lfm2Moe": ("conv", "full_attention"),
        "Gemma2": ("full_attention", "sliding_attention"),
        "Gemma3Text": ("full_attention", "sliding_attention"),
        "GraniteMoeHybrid": ("mamba", "attention"),
    }
    base = shape(rng)
    layers = several(rng, *listed[kind]) if kind in listed else []
    base |= {"layer_types": layers, "num_hidden_layers": len(layers)} if layers else {"num_hidden_layers": 3}
    if kind == "Lfm2":
        extra = {
            "conv_L_cache": rng.randrange(2, 6),
            "conv_bias": rng.random() < 0.5,
            "rope_parameters": rope(rng),
        }
        return base | extra | {"block_multiple_of": 8}
    if kind == "Lfm2Moe":
        extra = {
            "num_experts": 5,
            "num_experts_per_tok": 2,
            "moe_intermediate_size": 12,
            "num_dense_layers": 1,
        }
        return base | extra | {"norm_topk_prob": rng.random() < 0.5}
    if kind == "Llama":
        return base | {
            "attention_bias": rng.random() < 0.5,
            "mlp_bias": rng.random() < 0.5,
            "rope_parameters": rope(rng),
        }
    if kind == "Qwen3":
        return base | {"head_dim": 12, "rope_parameters": rope(rng)}
    if kind in ("Mistral", "Phi3"):
        window = {"sliding_window": rng.choice([None, rng.randrange(2, 30)])}
        return base | window | {"rope_parameters": {"rope_type": "default", "rope_theta": 100.0}}
    if kind == "Gemma2":
        sizes = {"sliding_window": rng.randrange(2, 30), "head_dim": 12, "query_pre_attn_scalar": 12}
        return base | sizes | {"final_logit_softcapping": 5.0, "attn_logit_softcapping": 2.0}
    if kind == "Mamba":
        sizes = {"hidden_size": 12, "expand": rng.randrange(1, 4), "state_size": 6, "time_step_rank": 3}
        rest = {"num_hidden_layers": 3, "vocab_size": VOCAB, "conv_kernel": rng.randrange(2, 6)}
        return sizes | rest | {"tie_word_embeddings": base["tie_word_embeddings"]}
    if kind == "Gemma3Text":
        window = {"sliding_window": rng.randrange(2, 30), "head_dim": 12, "query_pre_attn_scalar": 12}
        return base | window | {"final_logit_softcapping": rng.choice([None, 5.0])}
    if kind == "Mamba2":
        groups, heads = rng.choice([1, 2]), rng.choice([2, 4])
        sizes = {"n_groups": groups, "num_heads": heads, "head_dim": 8, "hidden_size": heads * 4, "expand": 2}
        rest = {"state_size": 6, "num_hidden_layers": 3, "chunk_size": 16, "vocab_size": VOCAB}
        return sizes | rest | {"tie_word_embeddings": base["tie_word_embeddings"]}
    if kind == "GraniteMoeHybrid":
        positions = ("nope", "rope")[rng.randrange(2)]
        width, experts = int(base["hidden_size"]), 5 * rng.randrange(2)
        # What they multiply by besides is part of our weights.
        multipliers = {"embedding_multiplier": 1.0, "logits_scaling": 1.0, "residual_multiplier": 1.0}
        states = {"mamba_n_heads": width // 4, "mamba_d_head": 8, "mamba_d_state": 6, "mamba_n_groups": 1}
        mixture = {"num_local_experts": experts, "num_experts_per_tok": 2, "shared_intermediate_size": 28}
        scale = {"attention_multiplier": 16**-0.5, "position_embedding_type": positions}
        # Their product of groups wants rows of whole 16 bytes.
        return (
            base | states | multipliers | mixture | scale | {"mamba_chunk_size": 16, "intermediate_size": 24}
        )
    # √16 is exact in the bfloat16 that they keep it in.
    fixed = {
        "hidden_size": 16,
        "num_attention_heads": 2,
        "num_key_value_heads": 1,
        "lru_width": rng.choice([16, 24]),
    }
    more = {"intermediate_size": 2 * rng.randrange(9, 30), "attention_window_size": rng.randrange(3, 40)}
    blocks = {
        "attention_bias": True,
        "block_types": several(rng, "recurrent", "attention"),
        "num_hidden_layers": 4,
    }
    return base | fixed | more | blocks | {"logits_soft_cap": 30.0, "tie_word_embeddings": True}


FAMILIES: dict[str, tuple[str, Callable[[Found, Any], Weights]]] = {
    "Lfm2": ("Lfm2ForCausalLM", lfm2_weights),
    "Lfm2Moe": ("Lfm2MoeForCausalLM", lfm2_weights),
    "Llama": ("LlamaForCausalLM", llama_weights),
    "Mistral": ("MistralForCausalLM", llama_weights),
    "Phi3": ("Phi3ForCausalLM", phi3_weights),
    "Gemma2": ("Gemma2ForCausalLM", gemma_weights),
    "Mamba": ("MambaForCausalLM", mamba_weights),
    "Qwen3": ("Qwen3ForCausalLM", llama_weights),
    "Gemma3Text": ("Gemma3ForCausalLM", gemma_weights),
    "Mamba2": ("Mamba2ForCausalLM", mamba2_weights),
    "GraniteMoeHybrid": ("GraniteMoeHybridForCausalLM", granite_weights),
    "RecurrentGemma": ("RecurrentGemmaForCausalLM", recurrent_gemma_weights),
}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", FAMILIES)
def test_an_imported_model_gives_their_logits(kind: str, seed: int) -> None:
    transformers = pytest.importorskip("transformers")
    settings = configuration(kind, random.Random(f"{kind}-{seed}"))
    config = getattr(transformers, f"{kind}Config")(**settings)
    architecture, weights = FAMILIES[kind]
    # The plain form of attention: the others leave soft-caps out.
    config._attn_implementation = "eager"
    reference = getattr(transformers, architecture)(config).eval()
    backbone = model(imported(config))
    if kind == "GraniteMoeHybrid":
        for router in backbone.routers():
            router.bias.zero_()  # they choose by the plain scores
    found = {
        name: tensor.detach() for name, tensor in (*backbone.named_parameters(), *backbone.named_buffers())
    }
    left = reference.load_state_dict(weights(found, config), strict=False)
    assert left.unexpected_keys == [] and left.missing_keys in ([], ["lm_head.weight"])
    reference.tie_weights()
    assert sum(p.numel() for p in reference.parameters()) == backbone.parameter_counts()["params"]
    tokens_BT = tokens(2, LENGTH, seed)
    with torch.no_grad():
        expected = reference(tokens_BT, use_cache=False).logits
        assert difference(backbone(tokens_BT), expected) <= TOLERANCE
        cached = decoded(reference, tokens_BT)
    ours = stepped(backbone, tokens_BT, prefilled=PREFILLED)
    assert difference(ours, expected[:, PREFILLED:]) <= TOLERANCE
    assert difference(ours, cached) <= TOLERANCE


def decoded(reference: Any, tokens_BT: Tensor) -> Tensor:
    """Their own cache: a prompt, then one token at a time."""
    from transformers import DynamicCache  # type: ignore[import-not-found]

    # RecurrentGemma's answer leaves its cache out, so that one is given; Mamba-2 makes a kind of its own.
    own = type(reference).__name__.startswith("RecurrentGemma")
    given: Json = {"past_key_values": DynamicCache(config=reference.config)} if own else {}
    said = reference(tokens_BT[:, :PREFILLED], use_cache=True, **given)
    logits = []
    for position in range(PREFILLED, tokens_BT.shape[1]):
        name = "cache_params" if "cache_params" in said else "past_key_values"
        more = given or {name: said[name]}
        if name != "cache_params":
            more = {**more, "position_ids": torch.full((tokens_BT.shape[0], 1), position)}
        said = reference(tokens_BT[:, position : position + 1], use_cache=True, **more)
        logits.append(said.logits[:, -1])
    return torch.stack(logits, dim=1)
