"""What a suite is: the probes of its training mixture and the scores read off one checkpoint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from asterism.data.corpora import how_to_get
from asterism.errors import Refused
from asterism.tasks.registry import generator


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
    it.
    """

    id: str
    family: str
    generator: str
    settings: Mapping[str, Any]
    marks: tuple[int, ...] = (1,)
    trained: bool = True
    counts: bool = True
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

    def with_datasets(self, given: Iterable[str]) -> Suite:
        """The suite over the datasets of a search: its own must be there; each other text joins the text
        share, equally.
        """
        names = set(given)
        missing = [name for name in self.datasets if name not in names]
        if missing:
            raise Refused(
                f"suite {self.name} needs the datasets {', '.join(missing)}; given: {sorted(names) or 'none'}"
                + how_to_get(missing)
            )
        extra = sorted(names - set(self.datasets))
        return self._with_texts(extra) if extra and self.datasets else self

    def _with_texts(self, extra: list[str]) -> Suite:
        texts = [probe for probe in self.probes if probe.generator == "text"]
        scale = len(texts) / (len(texts) + len(extra))
        share = sum(probe.share for probe in texts) / (len(texts) + len(extra))
        length = max(probe.length for probe in texts)
        kept = tuple(replace(p, share=p.share * scale) if p.generator == "text" else p for p in self.probes)
        settings = [{"length": length, "dataset": name} for name in extra]
        added = tuple(
            Probe(name=f"text:{given['dataset']}", generator="text", settings=given, share=share)
            for given in settings
        )
        scores = tuple(
            Score(id=f"text:{given['dataset']}", family="text", generator="text", settings=given)
            for given in settings
        )
        return replace(self, probes=kept + added, scores=self.scores + scores)


def describe(score: Score) -> str:
    """One sentence for people."""
    return score.description or generator(score.generator).description
