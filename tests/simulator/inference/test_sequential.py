"""Confidence sequences: numerical integration, and coverage at every number of seeds at once."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import integrate, optimize, stats

from simulator.inference.sequential import (
    FARTHER,
    LEAST_DIFFERING,
    MIXTURE,
    always_valid_intervals,
    always_valid_p,
)
from tests.profiles import examples

Draw = Callable[[np.random.Generator, tuple[int, int]], np.ndarray]


def interval(values: np.ndarray, alpha: float) -> tuple[float, float] | None:
    (only,) = always_valid_intervals(values[:, np.newaxis], alpha)
    return only


def log_e_value(values: np.ndarray, mean: float) -> float:
    """How much likelier the values are, had their mean been drawn too, by integration.

    Over effect sizes, normal with variance 1 / c², and over the scale, with the measure dσ / σ.
    """
    apart = values - mean
    n, total, squares = len(apart), apart.sum(), (apart**2).sum()
    top = n / squares  # the 1 / σ² where the integrand of effect size 0 is largest

    def given_effect(effect: float) -> float:
        def integrand(log_precision: float) -> float:
            root = np.exp(log_precision)  # 1 / σ, in units of √top
            exponent = (
                n * log_precision
                - (root**2 * n - 2 * effect * root * sqrt(top) * total + n * effect**2) / 2
            )
            return float(np.exp(exponent + n / 2))

        return float(integrate.quad(integrand, -8, 4, limit=200, points=[0.0])[0])

    spread = 1 / sqrt(MIXTURE)
    mixed, _ = integrate.quad(
        lambda effect: given_effect(effect) * stats.norm.pdf(effect, scale=spread), -8, 8, limit=200
    )
    return float(np.log(mixed / given_effect(0.0)))


def upper_end(values: np.ndarray, alpha: float) -> float:
    """The upper end without guards: where the integral is 1 / α."""
    mean, std = values.mean(), values.std()
    return float(
        optimize.brentq(
            lambda end: log_e_value(values, end) + np.log(alpha),
            mean + 0.01 * std,
            mean + 10 * std,
            xtol=1e-9,
        )
    )


@pytest.mark.slow
@pytest.mark.parametrize(("n", "alpha"), [(12, 0.2), (16, 0.05), (24, 0.00625)])
def test_the_ends_are_where_the_integral_of_the_likelihood_ratio_is_1_over_alpha(
    n: int, alpha: float
) -> None:
    values = np.random.default_rng(n).gamma(2.0, size=n)
    mean, farthest = values.mean(), np.abs(values - values.mean()).max()
    samples = [values, *(np.append(values, mean + sign * farthest) for sign in (1, -1))]

    got = interval(values, alpha)

    high = max(upper_end(each, alpha) for each in samples)
    low = min(-upper_end(-each, alpha) for each in samples)
    assert got == pytest.approx((low, high), rel=1e-6)


def mostly_zero(share: float, draw: Draw) -> Draw:
    return lambda rng, shape: (rng.random(shape) < share) * draw(rng, shape)


DISTRIBUTIONS: dict[str, tuple[Draw, float]] = {
    "normal": (lambda rng, shape: rng.normal(3.0, 1.0, shape), 3.0),
    "skewed": (lambda rng, shape: rng.gamma(4.0, size=shape), 4.0),
    "exponential": (lambda rng, shape: rng.exponential(size=shape), 1.0),
    "t3": (lambda rng, shape: rng.standard_t(3, shape), 0.0),
    "infinite variance": (lambda rng, shape: rng.standard_t(1.5, shape), 0.0),
    "two equally likely": (lambda rng, shape: rng.choice([-1.0, 1.0], shape), 0.0),
    "two, one of them rare": (lambda rng, shape: 1.0 + (rng.random(shape) < 0.1), 1.1),
    "mostly zero": (mostly_zero(0.1, lambda rng, shape: rng.normal(size=shape)), 0.0),
    "half zero, heavy tails": (mostly_zero(0.5, lambda rng, shape: rng.standard_t(3, shape)), 0.0),
}
FEW = {
    f"zero or, in {share:.0%}, exponential": (
        mostly_zero(share, DISTRIBUTIONS["exponential"][0]), share
    )
    for share in (0.03, 0.1, 0.3)
}  # fmt: skip
"""Of which 16 seeds often are all zeros, which says nothing of the mean: see the docstring."""


def share_missed(draw: Draw, mean: float, alpha: float, paths: int, ever_acted: bool) -> float:
    """In what share of paths the mean is outside at any of the numbers of seeds."""
    values = draw(np.random.default_rng(7), (256, paths))
    missed = np.zeros(paths, dtype=np.bool_)
    for n in range(16, len(values) + 1):
        for path, ends in enumerate(always_valid_intervals(values[:n], alpha)):
            if ends is not None and not ends[0] <= mean <= ends[1]:
                missed[path] |= not ever_acted or ends != (0.0, 0.0)
    return float(missed.mean())


@pytest.mark.slow
@pytest.mark.parametrize("alpha", [0.05, 0.2])
@pytest.mark.parametrize("name", [*DISTRIBUTIONS, *FEW])
def test_the_mean_is_inside_at_every_number_of_seeds_at_once(name: str, alpha: float) -> None:
    paths = 1000
    draw, mean = (DISTRIBUTIONS | FEW)[name]

    missed = share_missed(draw, mean, alpha, paths, ever_acted=name in FEW)

    assert missed <= alpha + 3 * sqrt(alpha * (1 - alpha) / paths)


def test_the_likelihood_ratio_of_normal_values_is_1_on_average() -> None:
    rng, n, paths = np.random.default_rng(3), 12, 100_000
    values = rng.normal(size=(n, paths))
    weight = n + MIXTURE
    share = values.sum(axis=0) ** 2 / (weight * (values**2).sum(axis=0))

    e_values = sqrt(MIXTURE / weight) * (1 - share) ** (-n / 2)

    assert e_values.mean() == pytest.approx(1, abs=4 * e_values.std() / sqrt(paths))


@pytest.mark.parametrize("n", [1, 2, 50])
def test_differences_that_are_all_0_have_an_interval_of_no_width_at_0(n: int) -> None:
    assert interval(np.zeros(n), 0.05) == (0.0, 0.0)


@pytest.mark.parametrize("differing", [1, 4, LEAST_DIFFERING - 1])
def test_rows_that_are_missing_to_a_few_differences_are_added_ten_times_as_far(
    differing: int,
) -> None:
    values = np.zeros(60)
    values[:differing] = np.linspace(1, 2, differing)
    mean, farthest = values.mean(), np.abs(values - values.mean()).max()
    added = np.full(LEAST_DIFFERING - differing, FARTHER * farthest)
    samples = [np.append(values, mean + sign * added) for sign in (1, -1)]

    got = interval(values, 0.05)

    expected = (min(closed_form(each, 0.05)[0] for each in samples),
                max(closed_form(each, 0.05)[1] for each in samples))  # fmt: skip
    assert got == pytest.approx(expected)


def closed_form(values: np.ndarray, alpha: float) -> tuple[float, float]:
    """The interval without guards, in the terms of Student's t."""
    n = len(values)
    weight = n / (n + MIXTURE)
    bound = (alpha * sqrt(MIXTURE / (n + MIXTURE))) ** (2 / n)
    # 1 - weight · t² / (t² + n - 1) = bound
    t_squared = (n - 1) * (1 - bound) / (weight - 1 + bound)
    half = sqrt(t_squared * values.var(ddof=1) / n)
    return values.mean() - half, values.mean() + half


def test_rows_that_are_all_equal_but_not_0_say_nothing() -> None:
    assert interval(np.full(100, 2.5), 0.05) is None
    assert always_valid_p(np.full((100, 1), 2.5)).tolist() == [1]


def test_a_column_that_is_nan_has_no_interval_and_the_others_keep_theirs() -> None:
    values = np.random.default_rng(1).normal(size=(20, 2))
    alone = interval(values[:, 1].copy(), 0.05)
    values[3, 0] = np.nan

    first, second = always_valid_intervals(values, 0.05)

    assert first is None
    assert second == pytest.approx(alone)


def test_intervals_narrow_as_seeds_are_added() -> None:
    values = np.random.default_rng(2).normal(size=2000)
    widths = [high - low for n in (20, 200, 2000) for low, high in [interval(values[:n], 0.05)]]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < 0.2


SAMPLES = st.lists(
    st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda value: round(value, 3)),
    min_size=1,
    max_size=60,
).map(np.array)


@examples(100)
@given(SAMPLES, st.floats(0.001, 0.4), st.floats(1.01, 2.4))
def test_a_smaller_alpha_gives_a_wider_interval(
    values: np.ndarray, alpha: float, factor: float
) -> None:
    wide, narrow = interval(values, alpha), interval(values, alpha * factor)

    if wide is not None:
        assert narrow is not None
        assert wide[0] <= narrow[0] <= narrow[1] <= wide[1]


@examples(100)
@example(np.array([0.0, 0.0, -1.0, -2.0]), 0.5, -1.0)  # half are equal
@given(SAMPLES, st.floats(0.001, 0.9), st.sampled_from([-1.0, 1e-9, -1e9, 0.1]))
def test_another_unit_or_the_opposite_sign_changes_the_interval_alike(
    values: np.ndarray, alpha: float, unit: float
) -> None:
    ends, scaled = interval(values, alpha), interval(values * unit, alpha)

    if ends is None:
        assert scaled is None
    else:
        expected = sorted(end * unit for end in ends)
        assert scaled == pytest.approx(expected, rel=1e-9, abs=1e-9 * np.abs(values * unit).max())


@examples(100)
@given(SAMPLES, st.floats(-3, 3))
def test_p_is_the_level_whose_interval_ends_at_0(values: np.ndarray, shift: float) -> None:
    values = values + shift * values.std()
    (p,) = always_valid_p(values[:, np.newaxis])

    assert 0 <= p <= 1
    for alpha in (p * 1.001, p / 1.001):
        if 1e-9 < alpha < 1:
            ends = interval(values, alpha)
            inside = ends is None or ends[0] <= 0 <= ends[1]
            assert inside == (alpha < p)
    if p == 1:
        ends = interval(values, 1 - 1e-12)
        assert ends is None or ends[0] <= 0 <= ends[1]


def test_p_of_zeros_is_1_and_of_a_nan_nan() -> None:
    values = np.zeros((20, 2))
    values[0, 1] = np.nan

    assert always_valid_p(values).tolist() == pytest.approx([1, np.nan], nan_ok=True)
