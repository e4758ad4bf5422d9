"""Weights and prices without placing users are those that prove the bound."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver import (
    Candidates,
    InputError,
    Problem,
    ShadowPrices,
    allocate_fair,
    certify_fair,
    fair_weights,
)
from solver.fairness.welfare import GiniWelfare
from tests.profiles import examples
from tests.solver.fairness.test_allocation import drawn


@given(
    seed=st.integers(0, 10**6),
    theta=st.sampled_from([0.02, 0.1, 0.3, 1.0]),
    capacity=st.sampled_from([10, 25, 300]),
    has_base=st.booleans(),
)
@examples(20)
def test_they_bound_as_tightly_as_those_of_an_allocation(
    seed: int, theta: float, capacity: int, has_base: bool
) -> None:
    problem = Problem(drawn(seed=seed), whale_cap=300, capacity=np.full(12, capacity))
    base = np.random.default_rng(seed).uniform(0, 60, 12) if has_base else None
    allocation = allocate_fair(problem, theta=theta, base=base)

    ours = fair_weights(problem, theta, base=base, scope="whale")

    bound = certify_fair(
        problem, allocation.assignment, ours.weights, ours.prices, theta, scope="whale", base=base
    ).welfare_bound
    least = allocation.certificate.welfare_bound
    assert allocation.certificate.welfare <= bound * (1 + 1e-12)
    assert abs(bound - least) <= 2e-3 * least


def test_users_who_follow_them_come_to_a_fair_allocation() -> None:
    ev = drawn(n_users=4000, seed=3)
    fair = fair_weights(Problem(ev, whale_cap=4000), 0.2)

    chosen = (ev * fair.weights - fair.prices.whale_price).argmax(axis=1)
    revenue = np.bincount(chosen, ev[np.arange(4000), chosen], 12)

    greedy = np.bincount(ev.argmax(axis=1), ev.max(axis=1), 12)
    best = allocate_fair(Problem(ev, whale_cap=4000), theta=0.2).certificate.welfare_bound
    welfare = GiniWelfare(0.2)
    assert welfare.value(revenue) > 0.99 * best
    assert welfare.value(greedy) < 0.99 * best
    np.testing.assert_allclose(fair.revenue.sum(), revenue.sum(), rtol=0.02)


def test_what_streamers_had_counts() -> None:
    problem, base = Problem(drawn(), whale_cap=300), np.zeros(12)
    base[4] = 5000.0

    alone, beside = (fair_weights(problem, 0.1, base=each).weights for each in (None, base))

    assert beside[4] == beside.min() < alone[4]
    np.testing.assert_allclose(beside.sum(), 12)


def test_neither_the_unit_nor_a_start_nor_the_form_of_the_data_matters_much() -> None:
    ev, base = drawn(), np.linspace(0, 30, 12)
    problem = Problem(ev, whale_cap=30)
    users, streamers = np.nonzero(ev > 0)
    sparse = Problem(Candidates(users, streamers, ev[users, streamers], ev.shape), whale_cap=30)

    once = fair_weights(problem, 0.2, base=base)

    for others in (
        fair_weights(problem, 0.2, base=base),
        fair_weights(sparse, 0.2, base=base),
    ):
        np.testing.assert_array_equal(others.weights, once.weights)
    for others in (
        fair_weights(Problem(1024 * ev, whale_cap=30), 0.2, base=1024 * base),
        fair_weights(problem, 0.2, base=base, start=once),
        fair_weights(problem, 0.2, base=base, start=fair_weights(problem, 0.1)),
    ):
        np.testing.assert_allclose(others.weights, once.weights, atol=0.03)


def test_without_equality_all_weights_are_one() -> None:
    fair = fair_weights(Problem(drawn(), whale_cap=300), 0.0)

    np.testing.assert_allclose(fair.weights, 1.0, rtol=1e-12)
    np.testing.assert_array_equal(fair.prices.whale_price, ShadowPrices.zero(12).whale_price)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"theta": -0.1}, "theta"),
        ({"theta": 1.5}, "theta"),
        ({"base": [1.0]}, "base"),
        ({"base": [-1.0, 0.0]}, "base"),
        ({"scope": "all"}, "scope"),
        ({"start": fair_weights(Problem([[1.0]], whale_cap=1), 0.1)}, "start"),
        ({"problem": None}, "problem"),
    ],
)
def test_what_they_cannot_be_of_is_named(arguments: dict[str, Any], field: str) -> None:
    default = {"problem": Problem([[1.0, 2.0]], whale_cap=1), "theta": 0.1}

    with pytest.raises(InputError) as caught:
        fair_weights(**(default | arguments))

    assert caught.value.field == field
