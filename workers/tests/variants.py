"""Genomes that meet every knob of every kind: what the laws of operators are tested on."""

from __future__ import annotations

from typing import Any

from genomes import DEFAULTS, KINDS, NO_ROPE, ROPE, Json, genome, knobs_of, liv, values, weights

ROPES: dict[str, Json] = {
    "partial": {**ROPE, "percent": 50},
    "linear": {**ROPE, "scaling": "linear", "factor": 4},
    "llama3": {**ROPE, "scaling": "llama3", "factor": 8, "originalContext": 64},
}

KNOBS: dict[str, dict[str, Any]] = {
    "attention": {},
    "attention-gqa": {"heads": 4, "kvHeads": 2},
    "attention-mqa-nope": {"heads": 3, "kvHeads": 1, "headDim": 7, "rope": NO_ROPE},
    "attention-window": {"window": 5, "kvHeads": 1},
    "attention-wide-window": {"window": 29},
    "attention-window-1": {"window": 1},
    "attention-rms": {"qkNorm": True},
    "attention-l2": {"qkNorm": True, "qkNormKind": "l2", "kvHeads": 1},
    "attention-softcap": {"softcap": 3, "kvHeads": 1},
    "attention-softcap-window": {"softcap": 3, "window": 6, "kvHeads": 1},
    "attention-bias": {"bias": True},
    **{f"attention-rope-{name}": {"rope": rope} for name, rope in ROPES.items()},
    "attention-conv": {"conv": 3, "kvHeads": 1},
    "attention-conv-bias": {"conv": 2, "bias": True, "qkNorm": True},
    "attention-sinks": {"window": 5, "sinks": 2, "kvHeads": 1},
    "attention-sinks-beyond-window": {"window": 3, "sinks": 19},
    "attention-sinks-wide": {"window": 29, "sinks": 4, "softcap": 3},
    "attention-lambda": {"lambda": True},
    "attention-lambda-gqa": {"heads": 8, "kvHeads": 4, "headDim": 4, "lambda": True, "qkNorm": True},
    "attention-lambda-all": {"lambda": True, "conv": 3, "window": 6, "sinks": 3, "rope": NO_ROPE},
    "gated-conv": {},
    "gated-conv-expand": {"kernel": 2, "expand": 2},
    "gated-conv-bias": {"kernel": 4, "bias": True},
    "gated-conv-longest-direct": {"kernel": 32},
    "gated-conv-transform": {"kernel": 33},
    "gated-conv-beyond-rows": {"kernel": 128},
    "long-conv": {"maxContext": 128, "filterWidth": 8},
    "long-conv-shorter-than-rows": {"maxContext": 20, "filterWidth": 8, "filterDepth": 2, "bias": True},
    "long-conv-direct": {"maxContext": 2, "filterWidth": 3, "filterDepth": 0, "bands": 1},
    "long-conv-short": {"filter": "explicit", "kernel": 7, "filterGroup": 5, "bias": True},
    "long-conv-medium": {"filter": "explicit", "kernel": 40, "expand": 2, "conv": 4},
    "long-conv-modal": {"filter": "modal", "state": 3},
    "long-conv-modal-complex": {"filter": "modal", "state": 2, "poles": "complex", "conv": 2},
    "gla": {},
    "gla-one-head": {"heads": 1, "keyDim": 5, "valueDim": 9, "gateRank": 1},
    "gated-deltanet": {},
    "gated-deltanet-one-head": {"heads": 1, "keyDim": 5, "valueDim": 9, "conv": 2},
    "gated-deltanet-ungated": {"decay": False},
    "gated-deltanet-negative": {"negEigen": True, "conv": 16},
    "linear-attention": {},
    "linear-attention-relu2": {"heads": 1, "keyDim": 5, "valueDim": 9, "featureMap": "relu2"},
    "linear-attention-identity": {"featureMap": "identity", "normalize": False},
    "linear-attention-plain": {"normalize": False},
    "rg-lru": {},
    "rg-lru-one-head": {"heads": 1, "headDim": 7, "conv": 2},
    "rg-lru-bias": {"heads": 7, "headDim": 1, "conv": 16, "bias": True},
    "selective": {},
    "selective-rec-1": {"inner": 5, "state": 16, "dtRank": 1, "conv": 2},
    "selective-rec-2": {"inner": 32, "state": 2, "conv": 16},
    "selective-one-state": {"state": 1},
    "rtf": {"state": 4, "maxContext": 128},
    "rtf-shorter-than-rows": {"state": 3, "maxContext": 20, "bias": True},
    "rtf-order-one": {"state": 1, "maxContext": 3, "expand": 2, "conv": 2},
    "s5": {"state": 6},
    "s5-blocks": {"state": 6, "blocks": 3},
    "s5-one-mode": {"state": 1},
    "liquid-s4": {"state": 4},
    "liquid-s4-s4": {"state": 3, "degree": 1},
    "liquid-s4-kernel": {"state": 3, "degree": 3, "correlation": "kb"},
    "liquid-s4-long-products": {"state": 1, "degree": 8},
    "ssd": {},
    "ssd-groups": {"groups": 2, "conv": 2},
    "ssd-one-head": {"heads": 1, "headDim": 5, "state": 1, "conv": 16},
    "cfc": {},
    "cfc-pure": {"form": "pure"},
    "cfc-loop": {"recurrent": True},
    "cfc-loop-no-gate": {"recurrent": True, "form": "no-gate"},
    "cfc-loop-pure": {"recurrent": True, "form": "pure"},
    "ltc": {},
    "ltc-one-unfold": {"units": 1, "unfolds": 1},
    "swiglu": {},
    "swiglu-plain": {"gated": False, "activation": "relu2"},
    "swiglu-bias": {"bias": True, "activation": "gelu-tanh"},
    "swiglu-gelu": {"activation": "gelu"},
    "moe": {},
    "moe-shared": {"sharedHidden": 8, "activation": "relu"},
    "moe-raw-weights": {"normTopK": False, "topK": 1},
    "moe-all": {"experts": 3, "topK": 3},
    "moe-softmax": {"router": "softmax", "sharedHidden": 8},
}


def kind_of(name: str) -> str:
    """The kind a variant's name begins with; of two such kinds the longer one."""
    return max((kind for kind in DEFAULTS if name == kind or name.startswith(f"{kind}-")), key=len)


# A difference of every token mixer, also with common values where the mixer has any.
for _kind, _said in KINDS.items():
    if _said["role"] == "mixer" and _kind != "differential":
        KNOBS[f"differential-{_kind}"] = {"of": liv(_kind)}
        if "v" in _said["values"]:
            KNOBS[f"differential-{_kind}-joined"] = {"of": liv(_kind), "shared": ["v", "out"]}
KNOBS["differential"] = {}

# A kind that nobody wrote variants for is tested at every choice its descriptor has.
for _kind, _said in KINDS.items():
    if _kind not in KNOBS:
        KNOBS[_kind] = {}
        KNOBS |= {f"{_kind}-{name}": knobs_of(entry) for name, entry in _said["variants"].items()}


def twice(entry: Json) -> Json:
    return genome(entry, liv("swiglu"), entry)


def shared(kind: str, share: Json, last: Json | None = None, **knobs: Any) -> Json:
    """Three members of one group with another LIV between them."""
    member = liv(kind, share=share, **knobs)
    return genome(member, liv("swiglu"), member, last or member)


def _value_groups() -> dict[str, Json]:
    groups: dict[str, tuple[tuple[str, ...], ...]] = {
        "attention": (("k",), ("v",), ("k", "v")),
        "gated-conv": (("B",), ("C",), ("taps",), ("B", "C", "taps")),
        "gla": (("q",), ("k",), ("decay",), ("k", "v", "decay"), ("q", "k", "v", "decay")),
        "gated-deltanet": (
            ("q",),
            ("k",),
            ("v",),
            ("decay",),
            ("k", "v", "decay", "beta"),
            ("q", "k", "v", "decay", "beta"),
        ),
        "differential": (("B",), ("B", "C", "taps")),
        "linear-attention": (("k",), ("v",), ("k", "v")),
        "rg-lru": (("v",), ("decay",), ("input",), ("decay", "input"), ("v", "decay", "input")),
        "selective": (("v",), ("B",), ("C",), ("decay",), ("v", "B", "decay"), ("v", "B", "C", "decay")),
        "ssd": (("B",), ("C", "v"), ("decay",), ("B", "v", "decay"), ("B", "C", "v", "decay")),
    }
    for kind, said in KINDS.items():
        if kind not in groups and said["values"]:
            groups[kind] = (*((value,) for value in said["values"]), tuple(said["values"]))
    return {
        f"{kind}-values-{'-'.join(of)}": shared(kind, values(1, *of))
        for kind, all_of in groups.items()
        for of in all_of
    }


WINDOWED = {"window": 4, "kvHeads": 1}
GENOMES: dict[str, Json] = {
    **{name: twice(liv(kind_of(name), **knobs)) for name, knobs in KNOBS.items()},
    **{f"{kind}-weights": shared(kind, weights(1)) for kind in DEFAULTS},
    **_value_groups(),
    "gated-deltanet-ungated-values": shared("gated-deltanet", values(1, "k", "v", "beta"), decay=False),
    "long-conv-modal-taps": shared("long-conv", values(1, "taps"), filter="modal", state=3),
    "long-conv-medium-all": shared(
        "long-conv", {**weights(1), **values(1, "B", "taps")}, filter="explicit", kernel=40
    ),
    "ssd-weights-and-values": shared("ssd", {**weights(1), **values(1, "B", "decay")}),
    "attention-qk-norm-values": shared("attention", values(1, "k", "v"), qkNorm=True),
    "attention-conv-weights": shared("attention", weights(1), conv=3),
    "attention-conv-keys": shared("attention", values(1, "k"), conv=3),
    "attention-lambda-reads-plain": shared(
        "attention", values(1, "k", "v"), liv("attention", share=values(1, "k", "v"), **{"lambda": True})
    ),
    "attention-sinks-longer-reads-shorter": shared(
        "attention",
        values(1, "k"),
        liv("attention", window=9, sinks=3, share=values(1, "k")),
        window=4,
        sinks=3,
    ),
    "attention-full-reads-windowed": shared(
        "attention", values(1, "k", "v"), liv("attention", kvHeads=1, share=values(1, "k", "v")), **WINDOWED
    ),
    "attention-full-reads-windowed-keys": shared(
        "attention", values(1, "k"), liv("attention", kvHeads=1, share=values(1, "k")), **WINDOWED
    ),
    "differential-joined-weights": shared(
        "differential", weights(1), of=liv("attention", conv=3), shared=["v", "out"]
    ),
    "differential-attention-values": shared(
        "differential", values(1, "k", "v"), of=liv("attention", **WINDOWED, sinks=2)
    ),
    "differential-loop": genome(liv("differential", of=liv("cfc", recurrent=True))),
    "differential-gla-values": shared("differential", values(1, "k", "v", "decay"), of=liv("gla")),
    "differential-ssd-values": shared(
        "differential", {**weights(1), **values(1, "B", "v", "decay")}, of=liv("ssd")
    ),
    "repeated-groups": genome(
        *[liv("attention", share=values(1, "k", "v")), liv("gla", share=weights(2))] * 2, repeats=2
    ),
    "layer-norm": genome(liv("attention"), liv("swiglu"), norm={"kind": "layer", "eps": "1e-6"}),
    "sandwich-tied-capped": genome(
        liv("gla"),
        liv("moe"),
        norm={"placement": "sandwich"},
        tied=True,
        embedScale="sqrt-width",
        finalSoftcap=5,
    ),
    "parallel": genome(liv("attention"), liv("swiglu", parallel=True), liv("ssd"), liv("moe", parallel=True)),
    "one-of-each": genome(*(liv(kind) for kind in DEFAULTS)),
}
