"""Laws of a whole broad suite: labels of other rows teach nothing; what is broken or missing is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from family_corpora import write_corpora

from asterism.backbone import build
from asterism.errors import Refused
from asterism.evaluation import score
from asterism.evaluation.aggregate import Card
from asterism.evaluation.messages import scores_message
from asterism.evidence.leaks import Margin, frequencies, margins
from asterism.evidence.suite_claims import genome
from asterism.tasks import registry
from asterism.tasks.broad import broad
from asterism.tasks.families import TASKS
from asterism.tasks.families.alphabet import tag
from asterism.tasks.rows import Draw, Rows, Settings
from asterism.tasks.suite import Probe, Suite
from asterism.training import Snapshot, TrainingRequest, run
from asterism.training.weights import load_weights

NANO = broad("nano")
ARM = "convolution + attention"


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_corpora(tmp_path_factory.mktemp("corpora"))


def every_form(rows: int) -> Suite:
    """Nano's ids with a mixture of all that can be trained, not only of what nano's budget teaches."""
    forms: dict[tuple[str, str], Probe] = {}
    for family, tasks in TASKS.items():
        for task in tasks:
            settings, name = task.settings("nano"), task.generator or f"{family}/{task.id}"
            if task.trained:
                made = Probe(name=task.id, generator=name, settings=settings, share=1.0)
                forms.setdefault((name, repr(settings)), made)
    probes = tuple(replace(each, share=1 / len(forms)) for each in forms.values())
    return replace(NANO, probes=probes, rows=rows)


def trained(suite: Suite, steps: int, corpora: dict[str, Path], *, shuffled: bool) -> list[Margin]:
    request = TrainingRequest(
        genome=genome(ARM),
        suite=suite,
        steps=steps,
        tokens_per_step=1024,
        seed=11,
        datasets=corpora,
        fractions=(),
        shuffle_labels=shuffled,
    )
    last = list(run(request))[-1]
    assert isinstance(last, Snapshot)
    model = build(request.genome)
    load_weights(model, last.weights)
    tasks = score(model, suite, "select", corpora)
    assert not [each.task.id for each in tasks if each.error]
    return margins(tasks, suite.rows, "select", corpora)


def above(found: list[Margin]) -> list[Margin]:
    return [each for each in found if each.leaks]


def test_labels_of_other_rows_teach_nothing_about_any_task(corpora: dict[str, Path]) -> None:
    found = trained(every_form(32), 100, corpora, shuffled=True)
    assert len(found) == len(NANO.scores) and not above(found)


def test_true_labels_are_above_the_bound(corpora: dict[str, Path]) -> None:
    """The bound finds what is known: a hundred steps of true labels teach letters and codons."""
    chosen = {"lm_bpb_code", "dna_translate"}
    suite = every_form(32)
    few = replace(
        suite,
        scores=tuple(each for each in suite.scores if each.id in chosen),
        probes=tuple(each for each in suite.probes if each.name in chosen),
    )
    assert {each.id for each in above(trained(few, 100, corpora, shuffled=False))} == chosen


@pytest.mark.full
@pytest.mark.parametrize("mixture", ["nano-2", "every form"])
def test_a_whole_budget_of_labels_of_other_rows_teaches_nothing(
    mixture: str, corpora: dict[str, Path]
) -> None:
    suite = NANO if mixture == "nano-2" else every_form(NANO.rows)
    assert not above(trained(suite, 2048, corpora, shuffled=True))


def test_no_single_distribution_beats_the_answers_own_frequencies() -> None:
    rng = np.random.default_rng(0)
    targets = rng.choice(5, (64, 8), p=[0.5, 0.2, 0.1, 0.1, 0.1])
    rows = Rows(tokens_RT=targets, targets_RT=targets, marks_RT=np.ones((64, 8)), binding_R=np.zeros(64))
    least = frequencies(rows, np.ones((64, 8), dtype=bool)).sum()
    for _ in range(100):
        guess = rng.dirichlet(np.ones(5))
        assert -np.log(guess[targets]).sum() >= least


def part(*ids: str) -> Suite:
    return replace(NANO, rows=32, scores=tuple(each for each in NANO.scores if each.id in ids))


def test_a_task_whose_generator_raises_is_marked_and_the_others_stand(
    corpora: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(draw: Draw, rows: int, settings: Settings) -> Rows:
        raise ValueError(f"{rows} rows are longer than {settings['length']} tokens")

    name = "recall/selective_copy"
    monkeypatch.setitem(dict_of(), name, replace(registry.GENERATORS[name], make=broken))
    # Rows are kept between scorings, so the broken task is asked for rows that nobody had yet.
    suite = replace(part("selective_copy", "mqar", "lm_bpb_code"), rows=31)
    tasks = {each.task.id: each for each in score(build(genome(ARM), seed=0), suite, "select", corpora)}
    reason = tasks["selective_copy"].error
    assert reason is not None and reason.startswith("ValueError: ") and reason.endswith("than 32 tokens")
    assert tasks["mqar"].error is tasks["lm_bpb_code"].error is None
    told = scores_message(Card(suite, list(tasks.values())))["tasks"]
    assert {each["id"]: each.get("error") for each in told} == {
        "selective_copy": reason,
        "mqar": None,
        "lm_bpb_code": None,
    }


def dict_of() -> dict:
    known = registry.GENERATORS
    assert isinstance(known, dict)
    return known


def test_a_task_on_which_a_model_is_not_finite_is_marked_and_the_others_stand(
    corpora: dict[str, Path],
) -> None:
    suite, model = part("selective_copy", "mqar", "lm_bpb_code", "parity"), build(genome(ARM), seed=0)
    clean = {each.task.id: each for each in score(model, suite, "select", corpora)}
    with torch.no_grad():
        model.embedding[tag("mqar")] = float("nan")
    for each in score(model, suite, "select", corpora):
        if each.task.id == "mqar":
            assert each.error == "NLL is not finite"
        else:
            assert each.error is None and (each.nll_R == clean[each.task.id].nll_R).all()


@pytest.mark.parametrize(
    ("missing", "command"),
    [("udhr", "node scripts/datasets/udhr.mjs"), ("stdlib", "python -m asterism dataset stdlib")],
)
def test_a_missing_corpus_is_named_with_the_command_that_writes_it(
    missing: str, command: str, corpora: dict[str, Path]
) -> None:
    rest = {name: path for name, path in corpora.items() if name != missing}
    with pytest.raises(Refused, match=missing) as refused:
        NANO.with_datasets(rest)
    assert command in str(refused.value) and "npm start" in str(refused.value)
    of_it = next(each for each in NANO.scores if each.settings.get("dataset") == missing)
    with pytest.raises(Refused, match=missing) as refused:
        score(build(genome(ARM), seed=0), part(of_it.id), "report", rest)
    assert command in str(refused.value)
