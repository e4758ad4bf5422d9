"""Welfares are what they are said to be, and weights bound them wherever they say so."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize

from solver.fairness.welfare import (
    AlphaWelfare,
    GiniWelfare,
    Welfare,
    fit_falling,
    gini,
    power_mean,
)
from tests.solver.fairness.oracles import exact_gini, exact_welfare
from tests.solver.strategies import HUNDREDS

Vector = NDArray[np.float64]

sizes = st.integers(1, 8)
seeds = st.integers(0, 2**32 - 1)
thetas = st.sampled_from([0.0, 1e-6, 0.05, 0.3, 0.9, 1.0])
alphas = st.sampled_from([0.01, 0.3, 0.5, 1.0, 1.5, 4.0, 20.0])
welfares: st.SearchStrategy[Welfare] = st.one_of(
    thetas.map(GiniWelfare), alphas.map(AlphaWelfare), st.just(AlphaWelfare(0.0))
)


def draw_revenue(rng: np.random.Generator, size: int) -> Vector:
    """Draw revenues, some of them 0 or equal."""
    revenue = rng.choice([0.0, 1.0, 3.0], size) + rng.choice([0.0, 1.0]) * rng.pareto(1, size)
    return np.asarray(revenue)


@HUNDREDS
@given(sizes, seeds, thetas)
def test_gini_and_welfare_are_exact(size: int, seed: int, theta: float) -> None:
    revenue = draw_revenue(np.random.default_rng(seed), size)
    parts = [Fraction(each) for each in revenue]
    assert gini(revenue) == pytest.approx(float(exact_gini(parts)), abs=1e-12)
    welfare = GiniWelfare(theta)
    assert welfare.value(revenue) == pytest.approx(float(exact_welfare(parts, theta)), rel=1e-12)
    by_rank = welfare.rank_weights(size) @ np.sort(revenue)
    assert welfare.value(revenue) == pytest.approx(by_rank, rel=1e-9, abs=1e-12)


@HUNDREDS
@given(sizes, seeds, welfares)
def test_weights_bound_the_welfare_in_exact_arithmetic(
    size: int, seed: int, welfare: Welfare
) -> None:
    """Any weights, tampered or not, bound what their tightness says, and no more is claimed."""
    rng = np.random.default_rng(seed)
    weights = rng.choice([0.0, 0.5, 1.0, 1.5, 3.0], size) * rng.choice([1.0, 1.0, rng.random()])
    if rng.random() < 0.5:
        weights = welfare.project(weights)
    tightness = welfare.tightness(weights)
    for _ in range(20):
        revenue = draw_revenue(rng, size)
        bounded = sum((Fraction(w) * Fraction(r) for w, r in zip(weights, revenue, strict=True)))
        if welfare.measure == "gini":
            worth = exact_welfare([Fraction(each) for each in revenue], welfare.parameter)
            assert Fraction(tightness) * worth <= bounded
        else:
            worth = Fraction(welfare.value(revenue) * (1 - 1e-12))
            assert Fraction(tightness) * worth <= bounded


@HUNDREDS
@given(st.integers(2, 8), seeds, welfares)
def test_tightness_is_reached(size: int, seed: int, welfare: Welfare) -> None:
    """Revenues exist at which the bound is tight, so that no more could be claimed."""
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.2, 3, size)
    if welfare.measure == "gini":
        # Equal revenues at the j streamers of least weight, and nothing elsewhere.
        tries = [np.where(np.arange(size) < j, 1.0, 0.0) for j in range(1, size + 1)]
        order = np.argsort(weights)
        revenues = [np.empty(size) for _ in tries]
        for revenue, each in zip(revenues, tries, strict=True):
            revenue[order] = each
    elif welfare.parameter == 0:
        revenues = [(weights == weights.min()).astype(float)]
    else:
        revenues = [weights ** (-1 / welfare.parameter)]
    ratios = [weights @ each / max(welfare.value(each), 1e-300) for each in revenues]
    assert min(ratios) == pytest.approx(welfare.tightness(weights), rel=1e-8)


@HUNDREDS
@given(sizes, seeds, welfares)
def test_a_projection_is_the_nearest_point_that_bounds(
    size: int, seed: int, welfare: Welfare
) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.normal(1, 1, size)
    nearest = welfare.project(weights)
    assert welfare.tightness(nearest) >= 1 - 1e-9
    for _ in range(20):
        other = rng.uniform(0.01, 4, size)
        other = other / welfare.tightness(other) * (1 + 1e-9)
        if welfare.measure == "gini":
            # The projection is on the permutations' hull: weights of the same sum.
            other = GiniWelfare(welfare.parameter).rank_weights(size)[rng.permutation(size)]
        # For the nearest point of a convex set, no other lies on the near side of it.
        slack = 1e-7 * (1 + np.abs(other).max() + np.abs(weights).max()) ** 2
        assert (weights - nearest) @ (other - nearest) <= slack


@HUNDREDS
@given(st.lists(st.floats(-10, 10), min_size=1, max_size=9))
def test_pooled_values_are_the_nearest_falling_ones(values: list[float]) -> None:
    given_, fitted = np.array(values), fit_falling(np.array(values))
    assert (np.diff(fitted) <= 1e-12).all()
    found = minimize(
        lambda x: ((x - given_) ** 2).sum(),
        np.full(len(values), given_.mean()),
        constraints=[{"type": "ineq", "fun": lambda x: -np.diff(x)}] if len(values) > 1 else [],
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert ((fitted - given_) ** 2).sum() <= found.fun + 1e-6


@pytest.mark.parametrize(
    ("exponent", "mean"), [(1.0, 2.5), (0.0, 2.0), (-1.0, 1.6), (2.0, np.sqrt(8.5))]
)
def test_power_means(exponent: float, mean: float) -> None:
    assert power_mean(np.array([1.0, 4.0]), exponent) == pytest.approx(mean)


def test_a_revenue_of_zero_leaves_no_nash_welfare() -> None:
    assert AlphaWelfare(1.0).value(np.array([0.0, 4.0])) == 0
    assert AlphaWelfare(0.5).value(np.array([0.0, 4.0])) == pytest.approx(2.0)
    assert AlphaWelfare(1.0).inequality(np.array([0.0, 4.0])) == 1
    assert gini(np.zeros(3)) == 0
