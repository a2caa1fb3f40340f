"""Reliability, agreement, organizations and change: published values, closed forms and second ways to compute."""

from itertools import product
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from concorda.analysis.survey import (
    alpha,
    alpha_interval,
    chance_variance,
    distribution,
    finite_population_correction,
    icc,
    item_rest,
    organization_means,
    paired_change,
    read_answers,
    rwg,
    rwg_j,
    scores,
    sign_test,
    summarize,
    turned,
    wilcoxon,
)  # fmt: skip

ITEMS = ["rating", "complaints", "privileges", "learning", "raises", "critical", "advance"]


@pytest.mark.real_data
def test_the_published_values_of_attitude(real_data: Path) -> None:
    """Chatterjee & Price's 30 departments; raw alpha and r.drop as printed in the manual of R's psych package."""
    values = read_answers(real_data / "surveys/attitude.csv", ITEMS).values
    found = alpha(values)
    assert found.value == pytest.approx(0.84, abs=0.005)
    assert item_rest(values) == pytest.approx([0.67, 0.74, 0.56, 0.71, 0.79, 0.27, 0.46], abs=0.005)
    assert found.steady


@pytest.mark.parametrize(
    ("n", "low", "high"), [(5, 0.30, 0.98), (8, 0.47, 0.95), (12, 0.55, 0.93), (20, 0.63, 0.91), (30, 0.66, 0.89)]
)
def test_the_exact_interval_of_alpha(n: int, low: float, high: float) -> None:
    assert alpha_interval(0.80, n, 6) == pytest.approx((low, high), abs=0.0055)


def test_the_interval_holds_what_it_promises() -> None:
    random = np.random.default_rng(5)
    k, n, share = 4, 12, 0.5
    truth = k * share / (1 + (k - 1) * share)  # Spearman–Brown, correlation ½ between items
    hits = 0
    for _ in range(1000):
        values = random.normal(size=(n, 1)) * sqrt(share) + random.normal(size=(n, k)) * sqrt(1 - share)
        interval = alpha(values).interval
        assert interval
        hits += interval[0] <= truth <= interval[1]
    assert 0.93 <= hits / 1000 <= 0.97


answers = arrays.arrays(float, st.tuples(st.integers(2, 9), st.integers(2, 5)), elements=st.integers(1, 5).map(float))


@given(answers)
def test_alpha_is_the_mean_covariance_over_the_mean_of_all(values: np.ndarray) -> None:
    found = alpha(values).value
    matrix = np.cov(values, rowvar=False)
    if matrix.sum() < 1e-9:
        assert found is None
    else:
        k = len(matrix)
        between = matrix.sum() - np.trace(matrix)
        assert found == pytest.approx(k / (k - 1) * between / matrix.sum(), abs=1e-9)


@given(answers, st.data())
def test_turning_every_item_changes_nothing(values: np.ndarray, data) -> None:
    found, other = alpha(values).value, alpha(turned(values, 1, 5)).value
    assert found == pytest.approx(other) if found is not None else other is None


@given(answers)
def test_item_rest_is_the_correlation_with_the_others(values: np.ndarray) -> None:
    for column, found in enumerate(item_rest(values)):
        rest = np.delete(values, column, axis=1).sum(axis=1)
        if found is None:
            assert values[:, column].std() * rest.std() < 1e-9
        else:
            assert found == pytest.approx(np.corrcoef(values[:, column], rest)[0, 1])


@pytest.mark.parametrize("values", [[[1, 2]], [[1], [2]], [[3, 3], [3, 3]]])
def test_alpha_is_not_always_defined(values: list[list[float]]) -> None:
    assert alpha(np.array(values, dtype=float)).value is None


def test_rwg_at_its_ends_and_between() -> None:
    assert chance_variance(5) == 2
    assert rwg(np.array([4.0, 4, 4]), 5) == 1
    assert rwg(np.array([1.0, 5, 1, 5]), 5) == 0
    assert rwg(np.array([3.0, 4, 4, 5]), 5) == pytest.approx(1 - (2 / 3) / 2)
    assert rwg(np.array([3.0]), 5) is None


def test_rwg_j_follows_its_formula_and_rises_with_items() -> None:
    one = np.array([[3.0], [4], [4], [5]])
    share = (2 / 3) / 2
    found = rwg_j(np.repeat(one, 3, axis=1), 5)
    assert found == pytest.approx(3 * (1 - share) / (3 * (1 - share) + share))
    assert rwg_j(np.repeat(one, 6, axis=1), 5) > found
    assert rwg_j(np.array([[1.0, 1], [5, 5], [1, 1], [5, 5]]), 5) == 0


def test_the_intraclass_correlations_of_shrout_and_fleiss() -> None:
    """Their table 2: six targets, four judges; table 4 prints ICC(1,1) = .17 and ICC(1,k) = .44."""
    ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    found = icc(np.array(ratings, dtype=float).ravel(), [f"target {at}" for at in range(6) for _ in range(4)])
    assert found.icc1 == pytest.approx(0.17, abs=0.005)
    assert found.icc2 == pytest.approx(0.44, abs=0.005)


def test_icc_leaves_out_who_has_no_score_or_group() -> None:
    values = np.array([1.0, 2, 5, 6, np.nan, 9])
    groups = ["a", "a", "b", "b", "b", ""]
    assert icc(values, groups) == icc(values[:4], groups[:4])
    assert icc(values[:2], ["a", "a"]).icc1 is None
    assert icc(values[:2], ["a", "b"]).icc1 is None
    assert icc(np.array([3.0, 3, 3, 3]), ["a", "a", "b", "b"]).icc2 is None


def test_a_score_needs_two_thirds_of_the_items() -> None:
    values = np.array([[4, 5, np.nan], [4, np.nan, np.nan], [np.nan] * 3])
    assert scores(values).tolist() == pytest.approx([4.5, np.nan, np.nan], nan_ok=True)


def test_the_largest_delegation_does_not_decide() -> None:
    values = np.array([5.0] * 10 + [1, 2, np.nan, 4])
    names = ["big"] * 10 + ["small", "other", "other", ""]
    found = summarize(values, names)
    assert found
    assert organization_means(values, names) == {"big": 5, "other": 2, "small": 1}
    assert found.mean == pytest.approx(8 / 3)
    assert (found.median, found.least, found.greatest, found.organizations, found.people) == (2, 1, 5, 3, 12)
    assert summarize(np.array([np.nan]), ["a"]) is None


def test_a_census_has_no_sampling_error() -> None:
    values, names = np.array([1.0, 2, 4]), ["a", "b", "c"]
    whole, part, open_end = (summarize(values, names, population=size) for size in (3, 6, None))
    assert whole and part and open_end
    assert whole.interval == pytest.approx((7 / 3, 7 / 3))
    assert part.interval and open_end.interval
    ratio = (part.interval[1] - part.mean) / (open_end.interval[1] - open_end.mean)
    assert ratio == pytest.approx(sqrt(3 / 5))
    expected = stats.t.interval(0.95, 2, values.mean(), stats.sem(values))
    assert open_end.interval == pytest.approx(expected)
    with pytest.raises(ValueError, match="cannot have answered"):
        finite_population_correction(4, 3)


def test_distribution() -> None:
    assert distribution(np.array([1.0, 2, 2, np.nan, 5]), 1, 5) == {1: 1, 2: 2, 3: 0, 4: 0, 5: 1}


def test_change_needs_six_pairs() -> None:
    before = dict.fromkeys("abcdef", 3.0)
    after = {name: 3.0 + step for name, step in zip("abcdef", (1, 1, 2, 1, 1, -0.5), strict=True)} | {"new": 5.0}
    found = paired_change(before, after)
    assert (found.pairs, found.up, found.down, found.median) == (6, 5, 1, 1)
    assert found.sign_p == pytest.approx(14 / 64)
    del before["a"]
    few = paired_change(before, after)
    assert (few.pairs, few.mean, few.sign_p, few.wilcoxon_p) == (5, None, None, None)


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=9))
def test_wilcoxon_is_what_counting_all_signs_says(steps: list[int]) -> None:
    moved = [step for step in steps if step]
    ranks = stats.rankdata(np.abs(moved)) if moved else []
    seen = sum(rank for rank, step in zip(ranks, moved, strict=True) if step > 0)
    middle = sum(ranks) / 2
    far = [
        abs(sum(rank for rank, up in zip(ranks, signs, strict=True) if up) - middle) >= abs(seen - middle)
        for signs in product((0, 1), repeat=len(moved))
    ]
    assert wilcoxon(np.array(steps, dtype=float)) == pytest.approx(sum(far) / len(far))


@given(st.integers(0, 12), st.integers(0, 12))
def test_sign_test_is_the_binomial_test(up: int, down: int) -> None:
    expected = stats.binomtest(up, up + down).pvalue if up + down else 1
    assert sign_test(up, down) == pytest.approx(expected)


def test_wilcoxon_without_ties_is_scipys_exact_one() -> None:
    values = np.array([1.1, -0.3, 2.2, 0.7, -1.9, 3.1, 0.2])
    assert wilcoxon(values) == pytest.approx(stats.wilcoxon(values, method="exact").pvalue)


def test_wilcoxon_of_many_joins_the_exact_one_smoothly() -> None:
    values = np.random.default_rng(2).normal(0.15, 1, 100)
    exact = wilcoxon(values)
    assert exact == pytest.approx(stats.wilcoxon(values, method="exact").pvalue)
    many = np.append(values, [0.5, 0.5, -0.5])
    expected = stats.wilcoxon(many, method="asymptotic", correction=False).pvalue
    assert wilcoxon(many) == pytest.approx(expected)
