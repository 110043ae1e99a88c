"""From a genome to a torch module: embedding, normed residual LIVs with sharing, final norm, head.

Axes: B batch, T tokens, D model width, V vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from asterism.cache import Cache
from asterism.contracts.genome import Genome, Norm
from asterism.genome import Entry, Json, read_genome
from asterism.operators.kernels.row_product import linear
from asterism.operators.moe import Moe
from asterism.operators.norms import norm
from asterism.operators.operator import (
    NOTHING,
    CacheKind,
    Declared,
    Memory,
    Operator,
    Place,
    Role,
    Values,
    constant,
    declared_parameters,
    initialise,
    normal,
)
from asterism.operators.registry import builder
from asterism.sharing import Sources, sharing_plan

DEFAULT_HORIZON = 256
"""Longest starting memory of a decay, in tokens: four times the rows of 64 that `nano` trains on."""


class Block(nn.Module):
    """One LIV in its normed residual: x + LIV(norm(x)), in a sandwich x + norm(LIV(norm(x)))."""

    def __init__(self, entry: Entry, sources: Sources, place: Place, normed: Norm) -> None:
        super().__init__()
        self.sources = sources
        self.beside = getattr(entry, "parallel", False)
        self.norm = None if self.beside else norm(normed.kind, place.width, float(normed.eps))
        self.liv = builder(entry.kind)(entry, place)
        sandwich = normed.placement == "sandwich"
        self.after = norm(normed.kind, place.width, float(normed.eps)) if sandwich else None

    def enter(self, x: Tensor, before: Tensor | None) -> Tensor:
        """The operator's input; a LIV beside the one before it reads the same normed input."""
        if self.norm is not None:
            return self.norm(x)
        assert before is not None, "validity puts a token mixer before a parallel LIV"
        return before

    def leave(self, x: Tensor, y: Tensor) -> Tensor:
        return x + (y if self.after is None else self.after(y))


class Backbone(Declared):
    """A genome, built. Training uses `features` and `head`; inference `init_cache`, `prefill`, `step`."""

    embedding: nn.Parameter

    def __init__(self, genome: Genome, horizon: int) -> None:
        super().__init__()
        self.genome = genome
        size = genome.size
        plan = sharing_plan(genome)
        table = normal(size.width**-0.5)
        self.declare("embedding", (size.vocab, size.width), "table", table)
        entries = genome.backbone * size.repeats
        places = [
            Place(
                width=size.width,
                eps=float(genome.norm.eps),
                blocks=len(entries),
                horizon=horizon,
                depth=sum(_is_mixer(before) for before in entries[:index]),
                takes=sources.takes,
                gives=sources.gives,
            )
            for index, sources in enumerate(plan)
        ]
        self.blocks = nn.ModuleList(
            Block(entry, sources, place, genome.norm)
            for entry, sources, place in zip(entries, plan, places, strict=True)
        )
        self.final_norm = norm(genome.norm.kind, size.width, float(genome.norm.eps))
        if not size.tied_embeddings:
            # Zero: the first prediction is uniform, whatever the operators do.
            self.declare("unembedding", (size.vocab, size.width), "table", constant(0.0))
        self._stack = [block for block in self.blocks if isinstance(block, Block)]
        _tie(self._stack)

    def features(self, tokens_BT: Tensor, cache: Cache | None = None) -> Tensor:
        """x_BTD after the final norm; `head` turns the positions that are scored into logits. With a cache
        the tokens go on from what it has read.
        """
        x_BTD = self._through(tokens_BT, cache)
        if cache is not None:
            cache.position += tokens_BT.shape[1]
        return x_BTD

    def head(self, x: Tensor) -> Tensor:
        """Logits of any selection of features [..., D] → [..., V]."""
        table = self.optional("unembedding")
        logits = linear(x, self.embedding if table is None else table)
        cap = self.genome.final_softcap
        return cap * torch.tanh(logits / cap) if cap else logits

    def forward(self, tokens_BT: Tensor) -> Tensor:
        return self.head(self.features(tokens_BT))

    def init_cache(self, batch: int, context: int) -> Cache:
        """Zeroed memories for `batch` sequences of up to `context` tokens."""
        made: list[Memory] = []
        kinds: list[dict[str, CacheKind]] = []
        for index, block in enumerate(self._stack):
            slots = block.liv.slots(batch, context, self._reach(index, context))
            source = block.sources.values_from
            shared = block.liv.shared_slots()
            memory = {
                name: made[source][name]
                if source is not None and name in shared
                else torch.zeros(slot.shape, dtype=self.embedding.dtype, device=self.embedding.device)
                for name, slot in slots.items()
            }
            made.append(memory)
            kinds.append({name: slot.kind for name, slot in slots.items()})
        return Cache(memories=made, kinds=kinds, batch=batch, context=context)

    @torch.inference_mode()
    def prefill(self, tokens_BT: Tensor, cache: Cache) -> Tensor:
        """Read a prompt, or the next piece of one; logits_BV after its last token."""
        return self.head(self.features(tokens_BT, cache)[:, -1])

    @torch.inference_mode()
    def step(self, token_B: Tensor, cache: Cache) -> Tensor:
        """Read one token of each sequence; logits_BV of the next."""
        x_BD = self._embed(token_B)
        given: dict[int, Values] = {}
        entered: Tensor | None = None
        for index, block in enumerate(self._stack):
            entered = block.enter(x_BD, entered)
            taken = _taken(block, given)
            y_BD, values = block.liv.step(entered, taken, cache.memories[index], cache.position)
            if block.sources.gives:
                given[index] = values
            x_BD = block.leave(x_BD, y_BD)
        cache.position += 1
        return self.head(self.final_norm(x_BD))

    def generate(
        self,
        prompt_BT: Tensor,
        tokens: int,
        *,
        temperature: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> Tensor:
        """Go on from a prompt: [B, tokens]. Temperature 0 takes the likeliest token."""
        if prompt_BT.shape[1] == 0:
            raise ValueError("generation needs a prompt of at least one token")
        cache = self.init_cache(prompt_BT.shape[0], prompt_BT.shape[1] + tokens)
        logits = self.prefill(prompt_BT, cache)
        written: list[Tensor] = []
        while len(written) < tokens:
            written.append(_draw(logits, temperature, generator))
            if len(written) < tokens:
                logits = self.step(written[-1], cache)
        return torch.stack(written, dim=1) if written else prompt_BT[:, :0]

    def roles(self) -> dict[str, Role]:
        """The role of every parameter, by its name in `named_parameters`."""
        return {name: declaration.role for name, declaration in declared_parameters(self)}

    def cache_elements(self, context: int) -> dict[CacheKind, int]:
        """Elements one sequence keeps at a context, measured on the tensors of a cache."""
        return self.init_cache(1, context).elements()

    def parameter_counts(self) -> dict[str, int]:
        """`params` in all, without embedding and head, and those that work on one token."""
        total = sum(parameter.numel() for parameter in self.parameters())
        tables = sum(p.numel() for n, p in self.named_parameters() if n in ("embedding", "unembedding"))
        return {"params": total, "paramsNonEmbedding": total - tables, "paramsActive": total - self._idle()}

    def role_counts(self) -> dict[Role, int]:
        """Parameters of each role, tied ones once."""
        counts: dict[Role, int] = {}
        for name, role in self.roles().items():
            counts[role] = counts.get(role, 0) + self.get_parameter(name).numel()
        return counts

    def routers(self) -> list[Moe]:
        """The mixtures of experts, for the rule of the selection bias and the balance term."""
        return [block.liv for block in self._stack if isinstance(block.liv, Moe)]

    def _idle(self) -> int:
        """Parameters of the experts that a token does not visit; tied ones count once, as their owner's."""
        idle: dict[int, int] = {}
        for moe in self.routers():
            for stack in (moe.gate, moe.up, moe.down):
                idle.setdefault(id(stack), (moe.experts - moe.top_k) * stack[0].numel())
        return sum(idle.values())

    def _reach(self, index: int, context: int) -> int:
        """The longest that any member of the group which `index` produces for reads."""
        members = [b for i, b in enumerate(self._stack) if index in (i, b.sources.values_from)]
        return max(block.liv.reach(context) for block in members)

    def _embed(self, tokens: Tensor) -> Tensor:
        x = F.embedding(tokens, self.embedding)
        return x * math.sqrt(self.genome.size.width) if self.genome.embed_scale == "sqrt-width" else x

    def _through(self, tokens_BT: Tensor, cache: Cache | None) -> Tensor:
        x_BTD = self._embed(tokens_BT)
        given: dict[int, Values] = {}
        entered: Tensor | None = None
        for index, block in enumerate(self._stack):
            entered = block.enter(x_BTD, entered)
            memory, position = (cache.memories[index], cache.position) if cache else (None, 0)
            y_BTD, values = block.liv.parallel(entered, _taken(block, given), memory, position)
            if block.sources.gives:
                given[index] = values
            x_BTD = block.leave(x_BTD, y_BTD)
        return self.final_norm(x_BTD)


def build(
    genome: Json | Genome,
    *,
    seed: int = 0,
    device: str | torch.device = "cpu",
    dtype: torch.dtype = torch.float32,
    meta: bool = False,
    horizon: int = DEFAULT_HORIZON,
    genome_hash: str | None = None,
) -> Backbone:
    """Build a genome given in normal form. `meta` gives shapes without storage.

    The same seed gives the same weights on every device and dtype, each parameter from its own generator, so
    that candidates which share a part begin with equal values there. `horizon` is the longest starting memory
    of decays, in tokens.
    """
    read = genome if isinstance(genome, Genome) else read_genome(genome, genome_hash)
    with torch.device("meta"):
        backbone = Backbone(read, horizon).to(dtype)
    if meta:
        return backbone
    backbone = backbone.to_empty(device=device)
    _tie(backbone._stack)
    for router in backbone.routers():
        router.bias.zero_()
    initialise(backbone, seed)
    return backbone


def _is_mixer(entry: Entry) -> bool:
    """Channel mixers, and only they, may stand beside the LIV before them."""
    return not hasattr(entry, "parallel")


def _tie(stack: list[Block]) -> None:
    """Members of a weight group hold the owner's parameters; shared taps are parameters too."""
    for block in stack:
        block.liv.tie()
        if block.sources.weights_from is not None:
            owner = stack[block.sources.weights_from].liv
            for mine, theirs in zip(block.liv.parts(), owner.parts(), strict=True):
                _tie_parameters(mine, theirs, mine.weights)
            if isinstance(block.liv, Moe) and isinstance(owner, Moe):
                block.liv.bias = owner.bias
        if block.sources.values_from is not None:
            producer = stack[block.sources.values_from].liv
            for mine, theirs in zip(block.liv.parts(), producer.parts(), strict=True):
                _tie_parameters(mine, theirs, block.sources.takes)


def _tie_parameters(member: Operator, owner: Operator, names: Iterable[str]) -> None:
    for name in names:
        if owner.optional(name) is not None and member.optional(name) is not None:
            member.register_parameter(name, owner.get_parameter(name))


def _taken(block: Block, given: Mapping[int, Values]) -> Values:
    source = block.sources.values_from
    return NOTHING if source is None else given[source]


def _draw(logits_BV: Tensor, temperature: float, generator: torch.Generator | None) -> Tensor:
    if temperature == 0:
        return logits_BV.argmax(-1)
    chances = (logits_BV / temperature).softmax(-1)
    return torch.multinomial(chances, 1, generator=generator).squeeze(1)
