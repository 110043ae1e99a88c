"""The genome as Python reads it: normal form, every knob present. Parsed at the border, then trusted.

Python never fills a default and never normalises; TypeScript's libs/genome is the only place that does.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", alias_generator=to_camel)


Group = Annotated[int, Field(ge=1, le=512)]


class WeightSharing(_Record):
    group: Group


class ValueSharing(_Record):
    group: Group
    of: list[str]


class Share(_Record):
    weights: WeightSharing | None = None
    values: ValueSharing | None = None


class Rope(_Record):
    theta: Annotated[int, Field(ge=0, le=10**12)]
    scaling: Literal["none", "linear", "llama3"]
    factor: Annotated[int, Field(ge=1, le=1024)]
    original_context: Annotated[int, Field(ge=0, le=2**24)]
    percent: Annotated[int, Field(ge=1, le=100)]


class AttentionConfig(_Record):
    kind: Literal["attention"]
    heads: Annotated[int, Field(ge=1, le=1024)]
    kv_heads: Annotated[int, Field(ge=1, le=1024)]
    head_dim: Annotated[int, Field(ge=1, le=1024)]
    window: Annotated[int, Field(ge=0, le=2**24)]
    qk_norm: bool
    qk_norm_kind: Literal["rms", "l2"]
    rope: Rope
    softcap: Annotated[int, Field(ge=0, le=1_000_000)]
    bias: bool
    share: Share | None = None


class GatedConvConfig(_Record):
    kind: Literal["gated-conv"]
    kernel: Annotated[int, Field(ge=2, le=128)]
    expand: Annotated[int, Field(ge=1, le=8)]
    bias: bool
    share: Share | None = None


class GlaConfig(_Record):
    kind: Literal["gla"]
    heads: Annotated[int, Field(ge=1, le=1024)]
    key_dim: Annotated[int, Field(ge=1, le=1024)]
    value_dim: Annotated[int, Field(ge=1, le=1024)]
    gate_rank: Annotated[int, Field(ge=1, le=1024)]
    share: Share | None = None


class SsdConfig(_Record):
    kind: Literal["ssd"]
    heads: Annotated[int, Field(ge=1, le=4096)]
    head_dim: Annotated[int, Field(ge=1, le=1024)]
    state: Annotated[int, Field(ge=1, le=1024)]
    groups: Annotated[int, Field(ge=1, le=256)]
    conv: Annotated[int, Field(ge=2, le=16)]
    share: Share | None = None


Activation = Literal["silu", "gelu", "gelu-tanh", "relu", "relu2"]


class SwigluConfig(_Record):
    kind: Literal["swiglu"]
    hidden: Annotated[int, Field(ge=1, le=262_144)]
    activation: Activation
    gated: bool
    bias: bool
    parallel: bool
    share: Share | None = None


class MoeConfig(_Record):
    kind: Literal["moe"]
    experts: Annotated[int, Field(ge=1, le=512)]
    top_k: Annotated[int, Field(ge=1, le=512)]
    hidden: Annotated[int, Field(ge=1, le=65_536)]
    activation: Activation
    norm_top_k: bool
    shared_hidden: Annotated[int, Field(ge=0, le=65_536)]
    parallel: bool
    share: Share | None = None


Entry = AttentionConfig | GatedConvConfig | GlaConfig | SsdConfig | SwigluConfig | MoeConfig


class Size(_Record):
    width: Annotated[int, Field(ge=1, le=65_536)]
    vocab: Annotated[int, Field(ge=2, le=1_048_576)]
    repeats: Annotated[int, Field(ge=1, le=128)]
    tied_embeddings: bool


class Norm(_Record):
    kind: Literal["rms", "layer"]
    eps: Literal["1e-5", "1e-6", "1e-8"]
    placement: Literal["pre", "sandwich"]


class Genome(_Record):
    """A genome in normal form, format 1: everything that defines the architecture, and nothing else."""

    format: Literal[1]
    size: Size
    norm: Norm
    embed_scale: Literal["none", "sqrt-width"]
    final_softcap: Annotated[int, Field(ge=0, le=1_000_000)]
    backbone: Annotated[list[Annotated[Entry, Field(discriminator="kind")]], Field(min_length=1, max_length=512)]
