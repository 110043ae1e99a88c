"""Orders compared: against scipy, against pairs counted by hand, and against noise of known size."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from asterism.evidence.statistics.agreement import (
    QUESTIONS,
    Tier,
    advantage,
    agreement,
    ceiling,
    differing,
    predictions,
    upper_half,
    without_noise,
)
from asterism.evidence.statistics.ranks import decided, estimate, holm, p_value, resamples, signs, tau

coarse = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=3, max_size=14)


def tier(values: list[float] | np.ndarray, sigma: float | None = 0.01, runs: int = 1) -> Tier:
    return Tier(values=np.asarray(values, dtype=float), runs=np.full(len(values), runs), sigma=sigma)


@settings(max_examples=60, deadline=None)
@given(coarse)
def test_tau_and_its_test_are_scipys(points: list[tuple[int, int]]) -> None:
    x, y = np.array(points).T
    found = tau(signs(x), signs(y), np.ones((len(x), 1)))[0]
    expected = stats.kendalltau(x, y, method="asymptotic")
    if math.isnan(expected.statistic):
        assert math.isnan(found) and p_value(x, y) == 1
    else:
        assert found == pytest.approx(expected.statistic)
        assert p_value(x, y) == pytest.approx(expected.pvalue, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(coarse)
def test_pairs_decided_rightly_are_those_counted_one_by_one(points: list[tuple[int, int]]) -> None:
    x, y = np.array(points).T
    pairs = [(a, b) for a, b in itertools.combinations(range(len(x)), 2) if y[a] != y[b]]
    right = sum(0.5 if x[a] == x[b] else float((x[a] > x[b]) == (y[a] > y[b])) for a, b in pairs)
    every = np.ones((len(x), len(x)), dtype=bool)
    found = decided(signs(x), signs(y), every, np.ones((len(x), 1)))[0]
    assert math.isnan(found) if not pairs else found == pytest.approx(right / len(pairs))


@settings(max_examples=30, deadline=None)
@given(coarse, st.data())
def test_a_weight_of_two_is_a_copy_that_makes_no_pair_with_itself(
    points: list[tuple[int, int]], data: st.DataObject
) -> None:
    x, y = np.array(points).T
    times = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(x), max_size=len(x))))
    if times.sum() < 3:
        return
    found = tau(signs(x), signs(y), times[:, None].astype(float))[0]
    expected = stats.kendalltau(np.repeat(x, times), np.repeat(y, times)).statistic
    assert found == pytest.approx(expected, nan_ok=True)


def test_holm_steps_down() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == [] and holm([0.7, 0.9]) == [1, 1]


def test_an_order_kept_and_an_order_turned_round() -> None:
    values = [0.1, 0.2, 0.3, 0.4, 0.5]
    kept, turned = agreement(np.array(values), tier(values)), agreement(-np.array(values), tier(values))
    assert kept is not None and turned is not None
    assert [each.value for each in kept.answers if each] == [1, 1, 1, 1]
    assert [each.value for each in turned.answers if each] == [-1, 0, 0, 0]
    assert kept.pairs == (10, 10, 10, 3) and len(kept.answers) == len(QUESTIONS)


def test_pairs_beyond_two_standard_errors() -> None:
    found = differing(tier([0.0, 0.02, 0.03], sigma=0.01))
    # σ √2 · 2 = .0283
    assert found.tolist() == [[False, False, True], [False, False, False], [True, False, False]]
    assert differing(tier([0.0, 0.02, 0.03], sigma=0.01, runs=4)).sum() == 4
    assert not differing(tier([0.0, 1.0], sigma=None)).any()
    assert upper_half(tier([1, 2, 3, 4])).sum() == 4


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_say_nothing(count: int) -> None:
    few = np.arange(count, dtype=float)
    assert agreement(few, tier(few)) is None and advantage(few, few, tier(few)) is None
    assert ceiling(tier(few), tier(few)) is None and predictions({}, tier(few)) == []


def test_without_a_sigma_only_the_order_is_told() -> None:
    values = np.arange(6.0)
    found = agreement(values, tier(values, sigma=None))
    assert found is not None and found.answers[2] is None and found.answers[0] is not None
    assert ceiling(tier(values, sigma=None), tier(values)) is None


def test_the_interval_narrows_with_more_architectures() -> None:
    random, widths = np.random.default_rng(2), []
    for count in (12, 40):
        truth = random.normal(0, 1, count)
        found = agreement(truth + random.normal(0, 0.7, count), tier(truth))
        assert found is not None and found.answers[0] is not None
        widths.append(found.answers[0].high - found.answers[0].low)
    assert widths[1] < widths[0]


def test_the_ceiling_is_one_without_noise_and_falls_with_it() -> None:
    values = np.linspace(0, 1, 20)
    levels = []
    for sigma in (1e-9, 0.05, 0.2):
        found = ceiling(tier(values, sigma), tier(values, sigma))
        assert found is not None and found[0] is not None
        levels.append(found[0].value)
    assert levels[0] == pytest.approx(1) and levels[0] > levels[1] > levels[2] > 0


def test_the_ceiling_is_what_two_noisy_looks_at_one_truth_agree() -> None:
    random, truth, seen = np.random.default_rng(3), np.random.default_rng(4).normal(0, 1, 30), []
    for _ in range(40):
        x, y = (truth + random.normal(0, 0.5, 30) for _ in range(2))
        found = ceiling(tier(x, 0.5), tier(y, 0.5))
        assert found is not None and found[0] is not None
        seen.append((stats.kendalltau(x, y).statistic, found[0].value))
    measured, foretold = np.mean(seen, axis=0)
    assert foretold == pytest.approx(measured, abs=0.05)


def test_noise_alone_leaves_no_spread() -> None:
    assert np.ptp(without_noise(tier([0.1, 0.11, 0.09], sigma=1.0))) == 0
    assert without_noise(tier([0.5, 0.5, 0.5])).tolist() == [0.5] * 3


def test_an_advantage_is_paired() -> None:
    random, truth = np.random.default_rng(5), np.random.default_rng(6).normal(0, 1, 30)
    good, useless = truth + random.normal(0, 0.2, 30), random.normal(0, 1, 30)
    found = advantage(good, useless, tier(truth))
    assert found is not None and found.low > 0
    same = advantage(good, good, tier(truth))
    assert same is not None and same.low == same.high == 0


def test_tasks_are_ranked_and_chance_finds_do_not_survive_the_correction() -> None:
    random, truth = np.random.default_rng(7), np.random.default_rng(8).normal(0, 1, 24)
    tasks = {("f", f"noise{at:02}"): random.normal(0, 1, 24) for at in range(60)}
    found = predictions({**tasks, ("f", "real"): truth, ("f", "constant"): np.zeros(24)}, tier(truth))
    assert found[0].id == "real" and found[0].p < 1e-6 and found[-1].id == "constant"
    assert found[-1].tau is None and found[-1].p == 1
    assert all(each.p > 0.05 for each in found[1:])


def test_resamples_count_everything_once_first() -> None:
    weights = resamples(7)
    assert (weights[:, 0] == 1).all() and (weights.sum(0) == 7).all()
    assert estimate(np.array([np.nan, 0.5])) is None and estimate(np.array([0.5, np.nan])) is None
