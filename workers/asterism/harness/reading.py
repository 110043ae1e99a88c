"""What the harness asks of a model, in tokens: how likely continuations are, and how a text goes on.

Continuations of one context share its reading: the context fills a cache once, each continuation goes on
from a copy. Requests with a context of their own are read whole, in batches of like length.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from asterism.backbone import Backbone
from asterism.cache import Cache

TOKENS_AT_ONCE = 8192

# Shapes: B sequences, T tokens, V vocabulary.


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One continuation of one context, both at least one token."""

    context: tuple[int, ...]
    continuation: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Log-probability of the continuation in nats, and whether greedy decoding would write it."""

    log_prob: float
    greedy: bool


def cut(asked: Asked, longest: int) -> Asked:
    """At most the last `longest` tokens are read, and at least one of the context; the last token of the
    continuation is only predicted.
    """
    room = max(1, longest + 1 - len(asked.continuation))
    return Asked(context=asked.context[-room:], continuation=asked.continuation)


@torch.inference_mode()
def answers(model: Backbone, requests: Sequence[Asked]) -> list[Answer]:
    """Answers in the order of the requests."""
    found: list[Answer | None] = [None] * len(requests)
    by_context: dict[tuple[int, ...], list[int]] = {}
    for index, asked in enumerate(requests):
        by_context.setdefault(asked.context, []).append(index)
    alone = [members[0] for members in by_context.values() if len(members) == 1]
    for batch in _batches(alone, lambda index: _length(requests[index])):
        for index, answer in zip(batch, _whole(model, [requests[i] for i in batch]), strict=True):
            found[index] = answer
    for context, members in by_context.items():
        if len(members) > 1:
            several = [requests[index].continuation for index in members]
            for index, answer in zip(members, _shared(model, context, several), strict=True):
                found[index] = answer
    assert all(answer is not None for answer in found)
    return [answer for answer in found if answer is not None]


def _length(asked: Asked) -> int:
    return len(asked.context) + len(asked.continuation) - 1


def _batches(indices: Sequence[int], length: Callable[[int], int]) -> Iterator[list[int]]:
    """Longest first, so that a batch that does not fit shows at once; padded size at most TOKENS_AT_ONCE."""
    batch: list[int] = []
    for index in sorted(indices, key=length, reverse=True):
        if batch and (len(batch) + 1) * length(batch[0]) > TOKENS_AT_ONCE:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _padded(model: Backbone, rows: Sequence[Sequence[int]]) -> Tensor:
    """Filled up on the right, where no causal model looks back from."""
    width = max(len(row) for row in rows)
    filled = [[*row, *[0] * (width - len(row))] for row in rows]
    return torch.tensor(filled, dtype=torch.int64, device=model.embedding.device)


def _whole(model: Backbone, requests: Sequence[Asked]) -> list[Answer]:
    features = model.features(_padded(model, [(*r.context, *r.continuation)[:-1] for r in requests]))
    found = []
    for row, asked in zip(features, requests, strict=True):
        first = len(asked.context) - 1
        found.append(_judge(model.head(row[first : first + len(asked.continuation)]), asked.continuation))
    return found


def _shared(model: Backbone, context: Sequence[int], several: Sequence[tuple[int, ...]]) -> list[Answer]:
    longest = max(len(continuation) for continuation in several)
    cache = model.init_cache(1, len(context) + longest)
    first = model.prefill(_padded(model, [context]), cache)
    at_once = max(1, TOKENS_AT_ONCE // (len(context) + longest))
    found = []
    for start in range(0, len(several), at_once):
        found += _go_on(model, cache, first, several[start : start + at_once])
    return found


def _go_on(
    model: Backbone, cache: Cache, first_1V: Tensor, several: Sequence[tuple[int, ...]]
) -> list[Answer]:
    if max(len(continuation) for continuation in several) == 1:
        return [_judge(first_1V, continuation) for continuation in several]
    read = _padded(model, [continuation[:-1] for continuation in several])
    features = model.features(read, cache.repeated(len(several)))
    found = []
    for row, continuation in zip(features, several, strict=True):
        later = model.head(row[: len(continuation) - 1])
        found.append(_judge(torch.cat([first_1V, later]), continuation))
    return found


def _judge(logits_TV: Tensor, continuation: Sequence[int]) -> Answer:
    targets = torch.tensor(continuation, device=logits_TV.device)
    log_TV = logits_TV.float().log_softmax(-1)
    likely = log_TV.gather(-1, targets[:, None]).sum(dtype=torch.float64)
    return Answer(log_prob=float(likely), greedy=bool((log_TV.argmax(-1) == targets).all()))


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """How the next token is chosen. Temperature 0 takes the likeliest; `top_k` 0 and `top_p` 1 keep all."""

    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0


def draw(logits_BV: Tensor, how: Drawing, generator: torch.Generator) -> Tensor:
    """The next token of each sequence, [B]."""
    if how.temperature == 0:
        return logits_BV.argmax(-1)
    chances, order = (logits_BV / how.temperature).softmax(-1).sort(-1, descending=True)
    if how.top_k:
        chances[:, how.top_k :] = 0
    # The token that crosses the border is kept: at least one always is.
    chances[chances.cumsum(-1) - chances >= how.top_p] = 0
    picked = torch.multinomial(chances, 1, generator=generator)
    return order.gather(-1, picked).squeeze(-1)


@torch.inference_mode()
def continuations(
    model: Backbone,
    prompts: Sequence[Sequence[int]],
    most: int,
    how: Drawing,
    generator: torch.Generator,
    done: Callable[[list[int]], bool],
) -> list[list[int]]:
    """Up to `most` tokens after every prompt, all of one length. A sequence ends when `done` says so."""
    assert len({len(prompt) for prompt in prompts}) == 1
    cache = model.init_cache(len(prompts), len(prompts[0]) + most)
    logits = model.prefill(_padded(model, prompts), cache)
    written: list[list[int]] = [[] for _ in prompts]
    open_rows = set(range(len(prompts)))
    while True:
        chosen = draw(logits, how, generator)
        for row, token in enumerate(chosen.tolist()):
            if row in open_rows:
                written[row].append(token)
                if len(written[row]) == most or done(written[row]):
                    open_rows.discard(row)
        if not open_rows:
            return written
        logits = model.step(chosen, cache)


def by_length(prompts: Sequence[Sequence[int]], most: int) -> Iterator[list[int]]:
    """Indices of prompts that can be read together: one length each batch, state caches bounded."""
    groups: dict[int, list[int]] = {}
    for index, prompt in enumerate(prompts):
        groups.setdefault(len(prompt), []).append(index)
    for length in sorted(groups, reverse=True):
        at_once = max(1, TOKENS_AT_ONCE // (length + most))
        members = groups[length]
        yield from (members[start : start + at_once] for start in range(0, len(members), at_once))
