"""The certificate under attack: it must believe no wrong allocation and no wrong price."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from messages import Message
from solver import Candidates, Fill, Problem, ShadowPrices, allocate, certify
from solver.duality.certificate import Scope
from tests.solver.oracles import (
    best_by_enumeration,
    best_joint,
    best_whale_tier,
    dense_ev,
    every_assignment,
    keeps_the_rules,
)
from tests.solver.strategies import (
    DOZENS,
    HUNDREDS,
    any_prices,
    problems,
    shuffled_candidates,
    tiny_problems,
)

SCOPES: list[tuple[Scope, Fill]] = [("whale", "none"), ("joint", "joint")]
both_scopes = pytest.mark.parametrize(("scope", "fill"), SCOPES)


def in_scope(problem: Problem, scope: Scope) -> NDArray[np.bool_]:
    return problem.whales | (scope == "joint")


def exact_total(problem: Problem, streamer: NDArray[np.int64]) -> Fraction:
    placed = np.flatnonzero(streamer >= 0)
    values = dense_ev(problem)[placed, streamer[placed]]
    return sum(map(Fraction, values.tolist()), Fraction(0))


def rounding_of_sum(problem: Problem) -> Fraction:
    """Return what adding up the EVs of an allocation, and the best in its place, may round off."""
    largest = max(0.0, float(dense_ev(problem).max(initial=0, where=dense_ev(problem) < np.inf)))
    return Fraction(largest) * problem.n_users * Fraction(1, 2**50)


@both_scopes
@HUNDREDS
@given(data=st.data())
def test_no_prices_bring_the_bound_below_the_optimum(
    scope: Scope, fill: Fill, data: st.DataObject
) -> None:
    problem = data.draw(problems())
    prices = data.draw(any_prices(problem, allocate(problem, fill=fill).shadow_prices))
    nobody = np.full(problem.n_users, -1)

    with np.errstate(over="ignore"):
        bound = certify(problem, nobody, prices, scope=scope).upper_bound

    optimum = best_joint(problem) if scope == "joint" else best_whale_tier(problem)
    assert bound >= optimum * (1 - 1e-14)


@both_scopes
@HUNDREDS
@given(data=st.data())
def test_the_bound_is_rounded_upwards(scope: Scope, fill: Fill, data: st.DataObject) -> None:
    """Held against fractions: not by a rounding error does it lie below the optimum."""
    problem = data.draw(tiny_problems())
    prices = data.draw(any_prices(problem, allocate(problem, fill=fill).shadow_prices))
    nobody = np.full(problem.n_users, -1)

    with np.errstate(over="ignore"):
        bound = certify(problem, nobody, prices, scope=scope).upper_bound

    optimum = best_by_enumeration(problem, in_scope(problem, scope)).exact
    assert bound == np.inf or Fraction(bound) >= optimum


@both_scopes
@DOZENS
@given(data=st.data())
def test_of_all_assignments_only_the_best_are_proven_optimal(
    scope: Scope, fill: Fill, data: st.DataObject
) -> None:
    problem = data.draw(tiny_problems())
    users = in_scope(problem, scope)
    prices = allocate(problem, fill=fill).shadow_prices
    optimum = best_by_enumeration(problem, users).exact

    for streamer in every_assignment(problem, users):
        proven = certify(problem, streamer, prices, scope=scope).proven_optimal
        if not keeps_the_rules(problem, streamer):
            assert not proven
            continue
        short = optimum - exact_total(problem, streamer)
        assert not proven or short <= rounding_of_sum(problem)
        assert proven or short > 0


@both_scopes
@DOZENS
@given(data=st.data())
def test_no_prices_prove_an_allocation_that_falls_short(
    scope: Scope, fill: Fill, data: st.DataObject
) -> None:
    problem = data.draw(tiny_problems())
    users = in_scope(problem, scope)
    optimum = best_by_enumeration(problem, users).exact
    prices = data.draw(any_prices(problem, allocate(problem, fill=fill).shadow_prices))

    for streamer in every_assignment(problem, users):
        with np.errstate(over="ignore"):
            certificate = certify(problem, streamer, prices, scope=scope)
        if certificate.proven_optimal:
            assert keeps_the_rules(problem, streamer)
            short = optimum - exact_total(problem, streamer)
            assert short <= rounding_of_sum(problem)


@both_scopes
@HUNDREDS
@given(data=st.data())
def test_the_gap_is_at_least_what_an_allocation_falls_short_by(
    scope: Scope, fill: Fill, data: st.DataObject
) -> None:
    problem = data.draw(problems())
    best = allocate(problem, fill=fill)
    prices = data.draw(any_prices(problem, best.shadow_prices))
    worse = best.assignment.copy()
    worse[data.draw(st.integers(0, problem.n_users - 1))] = -1

    with np.errstate(over="ignore"):
        certificate = certify(problem, worse, prices, scope=scope)

    optimum = best_joint(problem) if scope == "joint" else best_whale_tier(problem)
    assert certificate.gap >= (optimum - certificate.objective) - 1e-14 * optimum


def overload(streamer: int, load: int, counted: str, cap: int) -> Message:
    return Message("streamer_overloaded", streamer=streamer, load=load, counted=counted, cap=cap)


def invalid_price(streamer: int, received: str) -> Message:
    return Message("price_invalid", streamer=streamer, received=received)


WRONG_SHAPE = Message("assignment_shape", numbers=1, users=5)
WRONG_LENGTH = Message("prices_of_each_expected", streamers=3)


@pytest.mark.parametrize(
    ("streamer", "fault"),
    [
        # Whales 0 and 1 at streamer 0, which takes one
        ([0, 0, 1, -1, -1], overload(0, 2, "whales", 1)),
        # One whale and two normal users at streamer 0, which takes two in all
        ([0, 2, 1, 0, 0], overload(0, 3, "users", 2)),
        # Two normal users alone at streamer 1: more than it takes, though no whale is wrong
        ([0, 2, -1, 1, 1], overload(1, 2, "users", 1)),
        # A pair of -inf
        ([0, 2, -1, -1, 1], Message("pair_forbidden", user=4, streamer=1)),
        # One beyond the last streamer
        ([3, -1, -1, -1, -1], Message("streamer_unknown", user=0, streamer=3)),
        # -1 means nobody, -2 means nothing
        ([0, 2, 1, -2, -1], Message("streamer_unknown", user=3, streamer=-2)),
        # One user missing
        ([0, 2, 1, 0], WRONG_SHAPE),
        # One user too many
        ([0, 2, 1, 0, 2, -1], WRONG_SHAPE),
        # A column
        ([[0], [2], [1], [0], [2]], WRONG_SHAPE),
        # Right, but for the dtype
        ([0.0, 2.0, 1.0, 0.0, 2.0], WRONG_SHAPE),
        # A mask
        ([True, False, True, False, True], WRONG_SHAPE),
        # No numbers at all
        (["0", "2", "1", "0", "2"], WRONG_SHAPE),
    ],
)
@pytest.mark.parametrize("scope", ["whale", "joint"])
def test_an_allocation_that_breaks_a_rule_proves_nothing(
    crowded: Problem, scope: Scope, streamer: list[int], fault: Message
) -> None:
    prices = allocate(crowded).shadow_prices

    certificate = certify(crowded, np.array(streamer), prices, scope=scope)

    assert not certificate.proven_optimal
    assert certificate.upper_bound == certificate.gap == np.inf
    assert fault in certificate.faults


@pytest.mark.parametrize(
    ("price", "fault"),
    [
        ([6.0, -1e-300, 0.0], invalid_price(1, "-1e-300")),  # below zero
        ([np.nan, 5.0, 0.0], invalid_price(0, "nan")),
        ([6.0, 5.0, np.inf], invalid_price(2, "inf")),
        ([6.0, -np.inf, 0.0], invalid_price(1, "-inf")),
        ([6.0, 5.0], WRONG_LENGTH),  # one missing
        ([6.0, 5.0, 0.0, 0.0], WRONG_LENGTH),  # one too many
        ([[6.0, 5.0, 0.0]], WRONG_LENGTH),  # a matrix
        (6.0, WRONG_LENGTH),  # a single number
    ],
)
@pytest.mark.parametrize("scope", ["whale", "joint"])
@pytest.mark.parametrize("cap", ["whale_cap", "capacity"])
def test_a_price_that_is_none_proves_nothing(
    crowded: Problem, cap: str, scope: Scope, price: float | list[float], fault: Message
) -> None:
    result = allocate(crowded)
    right, wrong = np.zeros(3), np.array(price)
    prices = ShadowPrices(wrong, right) if cap == "whale_cap" else ShadowPrices(right, wrong)

    certificate = certify(crowded, result.assignment, prices, scope=scope)

    assert not certificate.proven_optimal
    assert certificate.upper_bound == np.inf
    assert certificate.faults == (Message(fault.code, **{**fault.parameters, "limit": cap}),)


def test_every_fault_is_named(crowded: Problem) -> None:
    prices = ShadowPrices(np.full(3, -1.0), np.zeros(2))

    certificate = certify(crowded, np.array([0, 0, 0, 0, 1]), prices)

    assert certificate.faults == (
        Message("pair_forbidden", user=4, streamer=1),
        overload(0, 3, "whales", 1),
        overload(0, 4, "users", 2),
        Message("price_invalid", limit="whale_cap", streamer=0, received="-1.0"),
        Message("prices_of_each_expected", limit="capacity", streamers=3),
    )


def test_a_whale_certificate_leaves_normal_users_out_of_the_sum(crowded: Problem) -> None:
    result = allocate(crowded)

    certificate = certify(crowded, result.assignment, result.shadow_prices, scope="whale")

    assert (certificate.objective, certificate.upper_bound) == (16, 16)
    assert result.normal_objective == 8


def test_a_placing_at_a_loss_is_no_optimum(crowded: Problem) -> None:
    at_a_loss = np.array([0, 1, 2, -1, -1])

    certificate = certify(crowded, at_a_loss, allocate(crowded).shadow_prices)

    assert certificate.objective == 15
    assert certificate.gap == 1
    assert not certificate.proven_optimal


def test_an_ev_far_above_all_others_behind_a_closed_door_does_not_blur_the_bound() -> None:
    problem = Problem([[1.3, 1e15, 0.7]], whale_cap=[1, 0, 1])

    certificate = allocate(problem).certificate

    assert certificate.upper_bound == certificate.objective == 1.3


@both_scopes
@HUNDREDS
@given(data=st.data())
def test_a_certificate_of_candidates_says_what_that_of_the_matrix_says(
    scope: Scope, fill: Fill, data: st.DataObject
) -> None:
    problem = data.draw(problems())
    sparse = shuffled_candidates(problem, np.random.default_rng(0))
    result = allocate(problem, fill=fill)
    prices = data.draw(any_prices(problem, result.shadow_prices))

    with np.errstate(over="ignore"):
        matrix_terms = certify(problem, result.assignment, prices, scope=scope)
        of_candidates = certify(sparse, result.assignment, prices, scope=scope)

    assert of_candidates.objective == matrix_terms.objective
    assert of_candidates.upper_bound == pytest.approx(matrix_terms.upper_bound, rel=1e-14, abs=0)


def test_a_pair_that_is_no_candidate_is_forbidden() -> None:
    problem = Problem(Candidates([0, 1], [0, 1], [1.0, 1.0], (2, 2)))

    certificate = certify(problem, np.array([0, 0]), ShadowPrices.zero(2))

    assert Message("pair_forbidden", user=1, streamer=0) in certificate.faults
