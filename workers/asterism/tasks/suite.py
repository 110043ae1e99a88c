"""What a suite is: the probes of its training mixture and the scores read off one checkpoint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

from asterism.data.corpora import how_to_get
from asterism.data.questions import open_questions
from asterism.data.user_data import Kind, read_kind
from asterism.data.user_series import open_series
from asterism.errors import Refused
from asterism.tasks.registry import generator

# Of the mixture's tokens: a dataset of the user's, and all of them together.
_OWN_SHARE, _MOST_OWN = 0.1, 0.3
# Choices are judged as whole answers, their end included; of pairs the bytes of the answer are scored.
_MARKS: Mapping[Kind, tuple[int, ...]] = {"pairs": (1,), "choices": (1, 2), "series": (1,)}


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A trained task: `share` is its share of the mixture's tokens."""

    name: str
    generator: str
    settings: Mapping[str, Any]
    share: float

    @property
    def length(self) -> int:
        """Tokens of one row."""
        return self.settings["length"]


@dataclass(frozen=True, kw_only=True)
class Score:
    """A task id. `trained` is false where the mixture never shows this setting; `counts` says whether Q reads
    it. `baseline` is the predictor that its score is read against: one fitted to the answers, or one that
    knows which values are in context and nothing more. `binding` adds the second number to the first.
    """

    id: str
    family: str
    generator: str
    settings: Mapping[str, Any]
    marks: tuple[int, ...] = (1,)
    trained: bool = True
    counts: bool = True
    baseline: Literal["fitted", "binding"] = "fitted"
    binding: bool = False
    description: str = ""

    @property
    def needs_dataset(self) -> bool:
        """Whether its rows are drawn from a dataset on disk."""
        return "dataset" in self.settings or "text" in self.settings

    @property
    def rows_key(self) -> tuple[str, str]:
        """Scores with the same key are read off the same rows."""
        return self.generator, repr(sorted(self.settings.items()))


@dataclass(frozen=True, kw_only=True)
class Suite:
    """A named, versioned mixture and its scores. `text_weight` of Q goes to the text families, the rest to
    the others.
    """

    name: str
    version: str
    probes: tuple[Probe, ...]
    scores: tuple[Score, ...]
    rows: int
    text_weight: float = 0.2
    text_families: tuple[str, ...] = ("text",)
    datasets: tuple[str, ...] = field(default=())

    @property
    def families(self) -> tuple[str, ...]:
        """Family names in the order of their first score."""
        return tuple(dict.fromkeys(score.family for score in self.scores))

    def with_datasets(self, given: Iterable[str] | Mapping[str, Path]) -> Suite:
        """The suite over the datasets of a search: its own must be there; each other text joins the text
        share, equally. Where paths say that they are pairs, choices or series, they become tasks of the
        family `user`, each with a share of its own.
        """
        kinds = _kinds(given) if isinstance(given, Mapping) else {}
        texts = self._over_texts(set(given) - set(kinds))
        return texts._with_own(given, kinds) if kinds and isinstance(given, Mapping) else texts

    def _over_texts(self, names: set[str]) -> Suite:
        missing = [name for name in self.datasets if name not in names]
        if missing:
            raise Refused(
                f"suite {self.name} needs the datasets {', '.join(missing)}; given: {sorted(names) or 'none'}"
                + how_to_get(missing)
            )
        extra = sorted(names - set(self.datasets))
        return self._with_texts(extra) if extra and self.datasets else self

    def _with_own(self, given: Mapping[str, Path], kinds: Mapping[str, Kind]) -> Suite:
        whole, longest = sum(p.share for p in self.probes), max(probe.length for probe in self.probes)
        taken = min(_OWN_SHARE * len(kinds), _MOST_OWN)
        own = [_Own(name, kind, _fitted(name, kind, given[name], longest)) for name, kind in kinds.items()]
        kept = tuple(replace(probe, share=probe.share * (1 - taken)) for probe in self.probes)
        added = tuple(each.probe(whole * taken / len(own)) for each in own)
        scores = tuple(each.score() for each in own)
        return replace(self, probes=kept + added, scores=self.scores + scores)

    def _with_texts(self, extra: list[str]) -> Suite:
        texts = [probe for probe in self.probes if self._is_text(probe)]
        scale = len(texts) / (len(texts) + len(extra))
        share = sum(probe.share for probe in texts) / (len(texts) + len(extra))
        length = max(probe.length for probe in texts)
        kept = tuple(replace(p, share=p.share * scale) if self._is_text(p) else p for p in self.probes)
        settings = [{"length": length, "dataset": name} for name in extra]
        added = tuple(
            Probe(name=f"text:{given['dataset']}", generator="text", settings=given, share=share)
            for given in settings
        )
        family = self.text_families[0]
        scores = tuple(
            Score(id=f"text:{given['dataset']}", family=family, generator="text", settings=given)
            for given in settings
        )
        return replace(self, probes=kept + added, scores=self.scores + scores)

    def _is_text(self, probe: Probe) -> bool:
        return probe.generator == "text" or probe.generator.split("/")[0] in self.text_families


class _Own(NamedTuple):
    """A dataset of the user's that is no text, with the settings of its rows."""

    name: str
    kind: Kind
    settings: Mapping[str, Any]

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.name}"

    def probe(self, share: float) -> Probe:
        return Probe(name=self.id, generator=f"user/{self.kind}", settings=self.settings, share=share)

    def score(self) -> Score:
        marks, made_by = _MARKS[self.kind], f"user/{self.kind}"
        return Score(id=self.id, family="user", generator=made_by, settings=self.settings, marks=marks)


def _kinds(given: Mapping[str, Path]) -> dict[str, Kind]:
    return {name: kind for name, path in sorted(given.items()) if (kind := read_kind(path)) is not None}


def _fitted(name: str, kind: Kind, path: Path, longest: int) -> dict[str, Any]:
    data = open_series(path) if kind == "series" else open_questions(path)
    length = data.row_length(longest)
    data.check(name, length)
    return {"length": length, "dataset": name}


def describe(score: Score) -> str:
    """One sentence for people."""
    return score.description or generator(score.generator).description
