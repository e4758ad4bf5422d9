"""Intervals, the sign-flip test and Holm's correction, against SciPy and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from simulator import Estimate
from simulator.inference.resampling import (
    EXACT,
    LEAST_FLIPS,
    estimates,
    holm,
    paired_differences,
    resampling_weights,
    sign_flip_test,
    significance,
)
from tests.profiles import examples

RNG = np.random.default_rng(0)


def scipy_p(differences: np.ndarray) -> float:
    """The same test by SciPy, every pattern of signs tried."""
    return float(
        stats.permutation_test(
            (differences,), np.sum, permutation_type="samples", n_resamples=np.inf
        ).pvalue
    )


@pytest.mark.parametrize("n", [2, 3, 5, 8, EXACT])
def test_up_to_twelve_pairs_p_is_scipys_to_the_digit(n: int) -> None:
    differences = np.random.default_rng(n).normal(0.7, 1.0, (n, 3))

    p = sign_flip_test(differences, RNG)

    assert p == pytest.approx([scipy_p(column) for column in differences.T])


def test_beyond_twelve_pairs_p_is_the_exact_one_but_for_chance() -> None:
    differences = np.random.default_rng(1).normal(0.5, 1.0, (15, 4))
    exact = np.array([scipy_p(column) for column in differences.T])

    p = sign_flip_test(differences, np.random.default_rng(2))

    error = np.sqrt(exact * (1 - exact) / LEAST_FLIPS)
    assert np.all(np.abs(p - exact) < 4 * error + 1 / LEAST_FLIPS)


def test_p_of_differences_of_one_sign_is_the_closed_form() -> None:
    for n in range(1, EXACT + 1):
        assert sign_flip_test(np.full((n, 1), 3.5), RNG) == 2.0 ** (1 - n)


def test_p_is_never_0_and_names_the_observed_pattern_among_those_tried() -> None:
    assert sign_flip_test(np.ones((60, 1)), np.random.default_rng(3)) == 1 / LEAST_FLIPS
    assert sign_flip_test(np.ones((60, 1)), np.random.default_rng(3), flips=4) == 1 / 4


@pytest.mark.parametrize("n", [1, 7, 40])
def test_p_of_equal_pairs_is_1(n: int) -> None:
    assert sign_flip_test(np.zeros((n, 2)), RNG).tolist() == [1, 1]


def test_p_counts_sums_that_only_round_apart_as_equal() -> None:
    # 0.1 + 0.2 - 0.3 is 0 but for rounding, in some orders only.
    assert sign_flip_test(np.array([[0.1], [0.2], [-0.3]]), RNG) == 1


@examples(50)
@given(
    st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=20),
    st.floats(1, 1e3),  # below 1, the least numbers would become 0
)
def test_p_is_the_same_for_the_opposite_side_and_another_unit(
    values: list[float], unit: float
) -> None:
    differences = np.array(values)[:, None]

    p, mirrored, scaled = (
        sign_flip_test(each, np.random.default_rng(4), flips=200)
        for each in (differences, -differences, unit * differences)
    )

    assert p == mirrored == scaled
    assert 0 < p <= 1


def test_of_differences_by_chance_one_in_twenty_has_a_p_below_five_percent() -> None:
    by_chance = np.random.default_rng(5).normal(size=(20, 2000))

    p = sign_flip_test(by_chance, np.random.default_rng(6))

    assert stats.binomtest(int((p <= 0.05).sum()), 2000, 0.05).pvalue > 0.001
    assert stats.kstest(p, "uniform").pvalue > 0.001


def test_holm_is_the_correction_computed_by_hand() -> None:
    # sorted: 0.01 × 4, 0.02 × 3, 0.03 × 2 (raised to 0.06 by the one before), 0.9
    assert holm(np.array([0.03, 0.01, 0.9, 0.02])) == pytest.approx([0.06, 0.04, 0.9, 0.06])
    assert holm(np.array([0.6, 0.7])) == pytest.approx([1.0, 1.0])
    assert holm(np.array([0.04])) == pytest.approx([0.04])


def test_holm_leaves_out_what_was_not_tested() -> None:
    corrected = holm(np.array([0.01, np.nan, 0.04]))

    assert corrected == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)
    assert np.isnan(holm(np.array([np.nan]))).all()


@examples(100)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.floats(0.001, 0.999))
def test_holm_rejects_what_stepping_down_rejects(p: list[float], alpha: float) -> None:
    """The procedure as Holm words it: go on while the i-th least is at most α / (m - i + 1)."""
    rejected = set()
    for step, position in enumerate(np.argsort(p, kind="stable")):
        if not p[position] * (len(p) - step) <= alpha:
            break
        rejected.add(int(position))

    corrected = holm(np.array(p))

    assert set(np.flatnonzero(corrected <= alpha).tolist()) == rejected


def test_significance_corrects_each_metric_apart_and_leaves_nan() -> None:
    differences = np.random.default_rng(7).normal(0.4, 1.0, (3, 10, 2))
    differences[1, :, 0] = np.nan

    tests = significance(differences, seed=42)

    assert tests.shape == (3, 2, 2)
    for metric in range(2):
        p = np.array(
            [
                np.nan if np.isnan(column).any() else scipy_p(column)
                for column in differences[:, :, metric]
            ]
        )
        assert tests[:, metric, 0] == pytest.approx(p, nan_ok=True)
        assert tests[:, metric, 1] == pytest.approx(holm(p), nan_ok=True)


def test_a_large_family_is_tried_often_enough_to_survive_its_correction() -> None:
    clear = np.ones((1000, 20, 1))

    tests = significance(clear, seed=42)

    assert tests[..., 1].max() <= 1 / 40


def test_the_same_seed_gives_the_same_p() -> None:
    differences = np.random.default_rng(8).normal(0.2, 1.0, (2, 30, 2))

    assert (significance(differences, 1) == significance(differences, 1)).all()


def test_differences_by_rounding_are_none() -> None:
    values, base = np.array([0.1 + 0.2, 1.0, 0.0]), np.array([0.3, 1.0 + 1e-9, 0.0])

    assert paired_differences(values, base).tolist() == [0.0, 1.0 - (1.0 + 1e-9), 0.0]


def test_an_interval_holds_the_mean_as_often_as_it_says() -> None:
    """At 50 seeds the percentile interval of a normal mean is Student's, but for a few percent."""
    values = np.random.default_rng(9).normal(3.0, 2.0, (50, 400))

    intervals = [each.bounds for each in estimates(values, resampling_weights(50, 42))]

    held = sum(low <= 3 <= high for low, high in intervals)
    assert 0.90 * 400 < held < 0.98 * 400


def test_the_interval_is_scipys_percentile_bootstrap() -> None:
    values = np.random.default_rng(10).lognormal(size=25)
    theirs = stats.bootstrap(
        (values,), np.mean, n_resamples=20_000, method="percentile", rng=np.random.default_rng(11)
    ).confidence_interval

    (ours,) = estimates(values[:, None], resampling_weights(25, 42))

    assert ours.bounds == pytest.approx(theirs, rel=0.05)


def test_equal_values_have_an_interval_of_no_width_and_nan_has_none() -> None:
    equal, missing = estimates(np.array([[0.1, np.nan]] * 7), resampling_weights(7, 42))

    assert equal == Estimate(0.1, 0, (0.1, 0.1), 7)
    assert missing == Estimate(None, None, None, 7)


def test_one_value_has_no_interval() -> None:
    (alone,) = estimates(np.array([[0.1]]), resampling_weights(1, 42))

    assert alone == Estimate(0.1, 0, None, 1)
