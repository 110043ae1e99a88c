"""The laws of every task of the broad suites, at tiny size."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from family_corpora import write_corpora
from family_oracles import ORACLES, Row
from golden import equals_recorded
from test_tasks import digest

from asterism.data.series import real_series, whole_series
from asterism.data.splits import SPLITS, Split
from asterism.evaluation.baseline import fit
from asterism.tasks import vocabulary as v
from asterism.tasks.broad import VERSION, broad
from asterism.tasks.families import GENERATORS, SIZES, TASKS, Task
from asterism.tasks.families.alphabet import SYMBOLS, TAGS
from asterism.tasks.families.long_context import effective_length
from asterism.tasks.families.signals import disjoint_images
from asterism.tasks.registry import generator
from asterism.tasks.rows import Draw, Rows
from asterism.tasks.stream import Stream
from asterism.tasks.suite import Score

SCORES = {score.id: score for score in broad("nano").scores}
TASK_OF = {task.id: task for tasks in TASKS.values() for task in tasks}
GOLDEN = Path(__file__).with_name("golden_families.json")
CORE = 52
UNTRAINED_LANGUAGES = {"lm_bpb_es"}  # in the tenth of languages that no training ever shows


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_corpora(tmp_path_factory.mktemp("corpora"))


def stream(score: Score, corpora: dict[str, Path], split: Split = "train", seed: int = 3) -> Stream:
    if score.id in UNTRAINED_LANGUAGES and split == "train":
        split = "select"
    return Stream(score.generator, score.settings, split=split, seed=seed, datasets=corpora)


each = pytest.mark.parametrize("score", [pytest.param(score, id=score.id) for score in SCORES.values()])


def readable(tokens: np.ndarray) -> Row:
    names = {v.FILLER: "<filler>", v.MARKER: "<marker>", v.SEPARATOR: "<separator>"}
    row: Row = [
        chr(token)
        if token < 256
        else token - SYMBOLS.start
        if token in SYMBOLS
        else names.get(token, "<tag>")
        for token in tokens.tolist()
    ]
    row = row[1:] if row[0] == "<tag>" else row
    while row and row[-1] == "<filler>":
        row.pop()
    return row


NEVER_LEFT_OUT = """
    mqar mqar_overwrite mqar_compositional recall_noisy recall_fuzzy selective_copy copy_string ngram_lookup
    memorize_kv memorize_zipf capo_bios parity cycle_nav mod_arith word_s3 flip_flop dyck_k reverse_string
    stack_manip mod_arith_brackets listops_s lano_cfg regbench_pfa depo1_s brevo_s pointer_chase
    two_hop_context rule_deduction mano_s addition bucket_sort letter_count niah_single niah_multikey
    var_tracking tool_call tool_select_abstain instr_verify fewshot_map lowres_bpb cipher_lang
    synth_lang_agree audio_tones ts_sines ts_lorenz ts_irregular img_digits_cls img_digits_nll dna_motif
    dna_translate lm_bpb_en doc_continuation
""".split()
"""The core of the plan: what each family must ask whatever else is left out."""


def test_the_suite_is_as_broad_as_promised() -> None:
    ids = [task.id for tasks in TASKS.values() for task in tasks]
    assert set(NEVER_LEFT_OUT) <= set(ids) and len(NEVER_LEFT_OUT) == CORE
    assert len(ids) == len(set(ids)) >= 64
    assert len(TASKS) == 11
    assert sum(task.core for tasks in TASKS.values() for task in tasks) >= CORE
    for size in SIZES:
        suite = broad(size)
        assert sum(probe.share for probe in suite.probes) == pytest.approx(1)
        assert {score.family for score in suite.scores if score.counts} == set(TASKS)


@pytest.mark.full
@pytest.mark.parametrize("score", [pytest.param(each, id=each.id) for each in broad("xs").scores])
def test_the_laws_hold_at_the_next_size(score: Score, corpora: dict[str, Path]) -> None:
    test_rows_are_in_shape_and_the_same_however_they_are_asked_for(score, corpora)
    if not generator(score.generator).sourced:
        test_no_row_is_in_two_splits(score, corpora)
    if score.generator in ORACLES:
        test_the_answer_key_agrees_with_an_independent_oracle(score, corpora)


def test_a_needle_of_any_size_is_said_whole(corpora: dict[str, Path]) -> None:
    """Two UUIDs make RULER's longest sentence."""
    for size in ("s", "m"):
        score = next(each for each in broad(size).scores if each.id == "niah_multikey_uuid")
        test_the_answer_key_agrees_with_an_independent_oracle(score, corpora)


@each
def test_the_answer_key_agrees_with_an_independent_oracle(score: Score, corpora: dict[str, Path]) -> None:
    if score.generator not in ORACLES:
        pytest.skip("no oracle: the answer is random, measured, or a fact of a fixed world (tested below)")
    rows = stream(score, corpora, "select").rows(0, 40)
    compared = 0
    for tokens, targets, marks in zip(rows.tokens_RT, rows.targets_RT, rows.marks_RT, strict=True):
        asked = readable(targets[marks > 0])
        if targets[marks > 0][0] in TAGS:
            asked = ["<tag>", *asked]
        expected = ORACLES[score.generator](readable(tokens))
        if expected is not None:
            assert asked == expected, "".join(str(token) for token in readable(tokens))
            compared += 1
    assert compared > 10


@each
def test_rows_are_in_shape_and_the_same_however_they_are_asked_for(
    score: Score, corpora: dict[str, Path]
) -> None:
    whole = stream(score, corpora).rows(0, 520)
    assert whole.tokens_RT.shape == (520, score.settings["length"])
    assert 0 <= whole.tokens_RT.min() and whole.tokens_RT.max() < v.SIZE
    assert np.isin(whole.marks_RT, score.marks).any()
    again = stream(score, corpora).rows(508, 12)
    assert (again.tokens_RT == whole.tokens_RT[508:]).all() and (
        again.targets_RT == whole.targets_RT[508:]
    ).all()
    assert (stream(score, corpora, seed=4).rows(0, 64).tokens_RT != whole.tokens_RT[:64]).any()


@each
def test_no_row_is_in_two_splits(score: Score, corpora: dict[str, Path]) -> None:
    if score.needs_dataset:
        pytest.skip("drawn from documents that are split themselves (tested below)")
    sets = [
        {row.tobytes() for row in stream(score, corpora, split).rows(0, 256).tokens_RT} for split in SPLITS
    ]
    assert not (sets[0] & sets[1] or sets[0] & sets[2] or sets[1] & sets[2])


def test_no_source_is_in_two_splits() -> None:
    assert disjoint_images()
    parts = [real_series(split) for split in SPLITS]
    for whole, *cut in zip(whole_series(), *parts, strict=True):
        assert (np.concatenate(cut) == whole).all(), "three parts, one after the other"
        assert all(len(part) >= 31 for part in cut)


@each
def test_who_cannot_read_stays_at_chance(score: Score, corpora: dict[str, Path]) -> None:
    """The fitted baseline is as often right on another split as its own probabilities say, and as often as
    chance where answers are uniform.
    """
    baseline = fit(stream(score, corpora).rows(0, 1024), score.marks)
    rows = stream(score, corpora, "select" if score.id in UNTRAINED_LANGUAGES else "report").rows(0, 320)
    scored = np.isin(rows.marks_RT, score.marks)
    right = baseline.hits(rows)[scored].mean()
    independent = scored.any(1).sum()  # answers of a row may go together
    places = np.exp(baseline.log_TV.max(1))
    expected = places.mean() if len(places) == 1 else places[scored.any(0)].max()
    assert right <= expected + 4 * np.sqrt(expected / independent) + 0.03
    chance = TASK_OF[score.id].chance
    if chance is not None:
        assert abs(right - chance) <= 4 * np.sqrt(chance * (1 - chance) / independent) + 0.02


def facts(rows: Rows, score: Score, width: int) -> dict[tuple, set[int]]:
    told: dict[tuple, set[int]] = defaultdict(set)
    for tokens, targets, marks in zip(rows.tokens_RT, rows.targets_RT, rows.marks_RT, strict=True):
        for at in np.flatnonzero(marks):
            told[tuple(tokens[at - width + 1 : at + 1].tolist())].add(int(targets[at]))
    return told


@pytest.mark.parametrize(("id", "width"), [("memorize_kv", 2), ("memorize_zipf", 2), ("two_hop_param", 3)])
def test_facts_of_the_fixed_world_never_change(id: str, width: int, corpora: dict[str, Path]) -> None:
    score = SCORES[id]
    told = facts(stream(score, corpora, "train", seed=1).rows(0, 400), score, width)
    again = facts(stream(score, corpora, "report", seed=9).rows(0, 400), score, width)
    assert all(len(values) == 1 for values in (*told.values(), *again.values()))
    assert set(told) & set(again) and all(told[key] == again[key] for key in set(told) & set(again))


@pytest.mark.parametrize("id", ["two_hop_param", "fact_reverse", "morph_paradigm", "instr_heldout_compose"])
def test_what_is_held_out_is_never_trained(id: str, corpora: dict[str, Path]) -> None:
    score, task = SCORES[id], TASK_OF[id]
    trained = Stream(score.generator, task.settings("nano"), split="train", seed=1, datasets=corpora).rows(
        0, 1024
    )
    asked = stream(score, corpora, "select").rows(0, 256)

    def questions(rows: Rows) -> set[tuple]:
        found = set()
        for tokens in rows.tokens_RT:
            row = readable(tokens)
            if id == "two_hop_param":
                found |= {tuple(row[at : at + 3]) for at in range(0, len(row) - 3, 4)}
            elif id == "fact_reverse":
                found |= {tuple(row[at : at + 3]) for at in range(0, len(row) - 4, 5)}
            elif id == "morph_paradigm":
                found |= {tuple(each.split("=")[:1]) for each in "".join(row).split(";") if each}
            else:
                codes = [each.split(":")[0] for each in "".join(row).split(";") if ":" in each]
                found |= {(code,) for code in codes if len(code) == 2}
        return found

    assert questions(asked) and not questions(asked) & questions(trained)


def test_synthetic_languages_keep_their_grammar(corpora: dict[str, Path]) -> None:
    for id, width in (("synth_lang_agree", 3), ("synth_translate", 5)):
        score = SCORES[id]
        rows = stream(score, corpora, "select").rows(0, 200)
        classes: dict[int, set[int]] = defaultdict(set)
        for tokens in rows.tokens_RT:
            row = readable(tokens)
            if id == "synth_lang_agree":
                for at in range(0, len(row) - 6, 7):
                    subject, _, suffix, _, _, verb, _ = row[at : at + 7]
                    assert verb == suffix + 3
                    classes[subject].add(suffix)
            else:
                for at in range(0, len(row) - 9, 10):
                    a, b, c, d, _, w, x, y, z, _ = row[at : at + 10]
                    for word, translation in ((a, y), (b, z), (c, x), (d, w)):
                        classes[word].add(translation)
        assert len(classes) > 50 and all(len(values) == 1 for values in classes.values()), width


def test_every_size_makes_rows(corpora: dict[str, Path]) -> None:
    """`s` and `m` are data until a device trains them; a few rows of each show that their settings hold."""
    for family, tasks in TASKS.items():
        for task in tasks:
            for size in SIZES:
                _fits(family, task, size, corpora)


def _fits(family: str, task: Task, size, corpora: dict[str, Path]) -> None:
    if task.id in UNTRAINED_LANGUAGES:
        return
    settings = {**task.settings(size), **task.ask}
    draw = Draw(rng=np.random.default_rng(1), split="train", datasets=corpora)
    rows = generator(task.generator or f"{family}/{task.id}").make(draw, 8, settings)
    assert rows.tokens_RT.shape == (8, settings["length"]), (task.id, size)
    assert np.isin(rows.marks_RT, task.marks).any() and rows.tokens_RT.max() < v.SIZE


def test_mqar_gaps_follow_the_published_law(corpora: dict[str, Path]) -> None:
    """Zoology draws slots by numpy's weighted choice without replacement; ours must visit them as often."""
    settings = {"length": 65, "pairs": [8]}
    rows = Stream("recall/mqar", settings, split="train", seed=0).rows(0, 4096)
    ours = (rows.marks_RT[:, 17::2] > 0).mean(0)
    slots, rng = np.arange(24), np.random.default_rng(0)
    weight = 0.01 * (slots + 1) ** (0.01 - 1)
    drawn = [rng.choice(slots, size=8, replace=False, p=weight / weight.sum()) for _ in range(4096)]
    theirs = np.bincount(np.concatenate(drawn), minlength=24) / 4096
    assert ours.shape == (24,)
    assert (np.abs(ours - theirs) <= 4.5 * np.sqrt((theirs * (1 - theirs) + 0.001) * 2 / 4096)).all()


def test_effective_length_is_the_longest_that_holds() -> None:
    means = {128: 0.95, 256: 0.90, 512: 0.82, 1024: 0.60}
    assert effective_length(means) == (256, 512)
    assert effective_length({128: 0.5, 256: 0.1}) == (0, 128)


def test_rows_are_the_recorded_ones() -> None:
    """A changed generator changes results: it needs a new version of the suites and new hashes here."""
    made = {"version": VERSION}
    for suite in (broad("nano"), broad("xs")):
        for score in suite.scores:
            if not score.needs_dataset:
                drawn = Stream(score.generator, score.settings, split="train", seed=3).rows(0, 32)
                made[f"{suite.name}/{score.id}"] = digest(drawn)
    assert equals_recorded(made, GOLDEN)


def test_trained_forms_are_the_recorded_ones() -> None:
    """Rows of what is trained where another form of it is scored."""
    made = {"version": VERSION} | {
        f"{size}/{task.id}": digest(
            Stream(task.generator or f"{family}/{task.id}", task.settings(size), split="train", seed=3).rows(
                0, 16
            )
        )
        for size in SIZES[:2]
        for family, tasks in TASKS.items()
        for task in tasks
        if task.ask
    }
    assert equals_recorded(made, GOLDEN.with_name("golden_families_trained.json"))


def test_rows_of_datasets_are_the_recorded_ones(corpora: dict[str, Path]) -> None:
    data = hashlib.sha256(b"".join(path.read_bytes() for path in corpora.values())).hexdigest()[:16]
    made = {"version": VERSION, "corpora": data}
    for suite in (broad("nano"), broad("xs")):
        for score in suite.scores:
            if score.needs_dataset:
                made[f"{suite.name}/{score.id}"] = digest(stream(score, corpora).rows(0, 16))
    assert equals_recorded(made, GOLDEN.with_name("golden_families_data.json"))


def test_every_generator_of_a_family_is_used() -> None:
    assert {score.generator for score in SCORES.values()} == set(GENERATORS)
