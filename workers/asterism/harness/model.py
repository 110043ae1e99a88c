"""One of our models as a model of the harness."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import torch
from lm_eval.api.instance import Instance
from lm_eval.api.model import TemplateLM
from lm_eval.models.utils import handle_stop_sequences, normalize_gen_kwargs
from lm_eval.utils import get_rolling_token_windows, make_disjoint_window

from asterism.backbone import Backbone
from asterism.data.tokenizer import Tokenizer
from asterism.errors import Refused
from asterism.harness.reading import Asked, Drawing, answers, by_length, continuations, cut

SEED = 1234
"""Of sampled answers; the harness's own default for torch."""
MOST_WRITTEN = 256
"""Tokens of an answer where a task says nothing: the harness's default."""
LEAST_ROOM = 4
"""One in so many tokens of the window is kept for the answer."""

Pair = tuple[tuple[str, str], list[int], list[int]]


class HarnessModel(TemplateLM):
    """`longest`: tokens that are read at once; of longer texts the last ones."""

    def __init__(self, model: Backbone, tokenizer: Tokenizer, *, longest: int = 2048) -> None:
        super().__init__()
        vocabulary = model.genome.size.vocab
        if tokenizer.size > vocabulary:
            raise Refused(
                f"/size/vocab: the model has {vocabulary} tokens, the tokenizer gives ids up to "
                f"{tokenizer.size - 1}: name the one that the model was trained with (--tokenizer)"
            )
        self._model, self._words, self._longest = model.eval(), tokenizer, longest
        self.truncated: Counter[str] = Counter()
        """Requests of each task of which only the end was read."""
        self._asking: list[str] = []

    @property
    def eot_token_id(self) -> int:
        end = self._words.end
        return self._words.prefix if end is None else end

    @property
    def prefix_token_id(self) -> int:
        """Stands before a text that has no context."""
        return self._words.prefix

    @property
    def max_length(self) -> int:
        return self._longest

    @property
    def tokenizer_name(self) -> str:
        return self._words.identity

    def tok_encode(self, string: str, add_special_tokens: bool | None = None, **kwargs: Any) -> list[int]:
        """Ids of a text; never with marks, whatever is asked."""
        return self._words.encode(string)

    def loglikelihood(self, requests: list[Instance], disable_tqdm: bool = False) -> list[tuple[float, bool]]:
        """As of the harness; which task asks is kept for `truncated`."""
        self._asking = [task_of(request) for request in requests]
        return super().loglikelihood(requests, disable_tqdm)

    def _loglikelihood_tokens(
        self, requests: Sequence[Pair], disable_tqdm: bool = False, **kwargs: Any
    ) -> list[tuple[float, bool]]:
        asked = [
            cut(Asked(context=tuple(context), continuation=_some(texts, continuation)), self._longest)
            for texts, context, continuation in requests
        ]
        asking = self._asking if len(self._asking) == len(requests) else [""] * len(requests)
        for task, (_, context, continuation), read in zip(asking, requests, asked, strict=True):
            self.truncated[task] += len(read.context) < len(context) or len(read.continuation) < len(
                continuation
            )
        return [(answer.log_prob, answer.greedy) for answer in answers(self._model, asked)]

    def loglikelihood_rolling(self, requests: list[Instance], disable_tqdm: bool = False) -> list[float]:
        """Each document alone, in windows that predict every token once."""
        asked, owner = [], []
        for index, request in enumerate(requests):
            for context, predicted in self._windows(request.args[0]):
                asked.append(Asked(context=tuple(context), continuation=tuple(predicted)))
                owner.append(index)
        totals = [0.0] * len(requests)
        for index, answer in zip(owner, answers(self._model, asked), strict=True):
            totals[index] += answer.log_prob
        return totals

    def _windows(self, text: str) -> list[tuple[list[int], list[int]]]:
        tokens = self.tok_encode(text)
        windows = get_rolling_token_windows(tokens, self.prefix_token_id, self._longest, context_len=1)
        return [make_disjoint_window(pair) for pair in windows]

    @staticmethod
    def _arguments(request: Instance) -> tuple[Any, ...]:
        given: Any = request.args
        return given

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
        """Written with a cache, prompts of one length together; an answer ends before its first stop text."""
        written = [""] * len(requests)
        by_settings: dict[str, list[int]] = {}
        for index, request in enumerate(requests):
            by_settings.setdefault(repr(sorted(self._arguments(request)[1].items())), []).append(index)
        for members in by_settings.values():
            asked = [(task_of(requests[index]), self._arguments(requests[index])[0]) for index in members]
            texts = self._write(asked, self._arguments(requests[members[0]])[1])
            for index, text in zip(members, texts, strict=True):
                written[index] = text
        return written

    def _write(self, asked: Sequence[tuple[str, str]], settings: dict[str, Any]) -> list[str]:
        kept: dict[str, Any] = {**normalize_gen_kwargs(settings, MOST_WRITTEN)}
        stops = [stop for stop in handle_stop_sequences(kept.pop("until", None), eos=None) if stop]
        most, how = min(kept.pop("max_gen_toks"), self._longest - 1), _drawing(kept)
        prompts = [self._prompt(task, context, most) for task, context in asked]
        texts = [""] * len(asked)
        generator = torch.Generator(self._model.embedding.device).manual_seed(SEED)
        for batch in by_length(prompts, most):
            chosen = [prompts[index] for index in batch]
            room = min(most, self._longest - len(chosen[0]))
            tokens = continuations(
                self._model, chosen, room, how, generator, lambda ids: self._ends(ids, stops)
            )
            for index, ids in zip(batch, tokens, strict=True):
                texts[index] = _before(self._text(ids), stops)
        return texts

    def _prompt(self, task: str, context: str, most: int) -> list[int]:
        """The question comes first: an answer takes what is left, a quarter of the window at least. Tasks may
        ask for answers as long as the window, and would else be read a token of the question.
        """
        ids = self.tok_encode(context)
        kept = ids[-(self._longest - min(most, max(1, self._longest // LEAST_ROOM))) :]
        self.truncated[task] += len(kept) < len(ids)
        return kept or [self.prefix_token_id]

    def _text(self, ids: Sequence[int]) -> str:
        end = self._words.end
        return self._words.decode(list(ids[: ids.index(end)] if end in ids else ids))

    def _ends(self, ids: list[int], stops: Sequence[str]) -> bool:
        if ids[-1] == self._words.end:
            return True
        text = self._words.decode(ids)
        return any(stop in text for stop in stops)


def task_of(request: Instance) -> str:
    """The task that asks."""
    return request.task_name or ""


def _some(texts: tuple[str, str], continuation: Sequence[int]) -> tuple[int, ...]:
    if not continuation:
        raise Refused(f"after {texts[0][-40:]!r} the tokenizer gives {texts[1]!r} no token of its own")
    return tuple(continuation)


def _before(text: str, stops: Sequence[str]) -> str:
    return text[: min([len(text), *(text.index(stop) for stop in stops if stop in text)])]


def _drawing(settings: dict[str, Any]) -> Drawing:
    """Refuses what would be ignored otherwise: an answer written in another way is another measurement."""
    known = {"do_sample", "temperature", "top_k", "top_p"}
    unknown = sorted(key for key, value in settings.items() if key not in known and value is not None)
    if unknown:
        raise Refused(
            f"generation settings {', '.join(unknown)} are not known; allowed: until, max_gen_toks, "
            f"{', '.join(sorted(known))}"
        )
    if not settings.get("do_sample"):
        return Drawing()
    return Drawing(
        temperature=float(settings.get("temperature") or 1.0),
        top_k=int(settings.get("top_k") or 0),
        top_p=float(settings.get("top_p") or 1.0),
    )
