"""Both tiers at once: beside a linear program, and never below the two tiers in turn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver import Algorithm, Problem, allocate
from tests.solver.oracles import (
    best_by_enumeration,
    best_joint,
    best_joint_by_linear_program,
    dense_ev,
    rounding,
)
from tests.solver.strategies import (
    DOZENS,
    FAMILIES,
    HUNDREDS,
    WHOLE_FAMILIES,
    problems,
    tiny_problems,
)


@pytest.mark.parametrize("family", [*FAMILIES, "anything"])
@DOZENS
@given(data=st.data())
def test_joint_fill_is_worth_what_scipy_finds_and_is_proven(
    family: str, data: st.DataObject
) -> None:
    problem = data.draw(problems((family,), max_users=20))

    result = allocate(problem, fill="joint")

    assert result.objective == pytest.approx(best_joint(problem), rel=1e-9, abs=rounding(problem))
    assert result.certificate.proven_optimal
    assert result.certificate.scope == "joint"
    assert result.certificate.objective == pytest.approx(result.objective, rel=1e-12, abs=0)


@HUNDREDS
@given(problems())
def test_the_joint_bound_is_the_optimum_of_the_linear_program(problem: Problem) -> None:
    result = allocate(problem, fill="joint")

    optimum = best_joint_by_linear_program(problem)
    assert result.objective == pytest.approx(optimum, rel=1e-6, abs=rounding(problem))
    assert result.certificate.upper_bound == pytest.approx(optimum, rel=1e-6, abs=rounding(problem))


@HUNDREDS
@given(tiny_problems(tuple(WHOLE_FAMILIES)))
def test_no_assignment_of_a_tiny_problem_is_worth_more_or_places_more(problem: Problem) -> None:
    best = best_by_enumeration(problem, np.ones(problem.n_users, dtype=bool))

    result = allocate(problem, fill="joint")

    assert result.objective == best.value
    assert (result.assignment >= 0).sum() == best.placed


@pytest.mark.parametrize("algorithm", ["min-cost-flow", "greedy-edges", "greedy-swaps"])
@HUNDREDS
@given(problem=problems(max_users=40))
def test_joint_fill_is_never_below_the_two_tiers_in_turn(
    algorithm: Algorithm, problem: Problem
) -> None:
    joint = allocate(problem, fill="joint")
    tiered = allocate(problem, algorithm=algorithm, fill="greedy")

    assert joint.objective >= tiered.objective * (1 - 1e-12) - rounding(problem)
    assert joint.certificate.upper_bound >= tiered.objective * (1 - 1e-12) - rounding(problem)


@HUNDREDS
@given(problems())
def test_joint_prices_are_what_one_more_place_adds_or_more(problem: Problem) -> None:
    """A place for anybody, and one for a whale, cost what they add; k alone costs that at least."""
    rounding = 1e-12 * max(1e-300, float(dense_ev(problem).max()))
    optimum = best_joint(problem)
    whale_cap, capacity = (
        np.minimum(cap, problem.n_users) for cap in (problem.whale_cap, problem.capacity)
    )

    prices = allocate(problem, fill="joint").shadow_prices

    for s in range(problem.n_streamers):
        here = np.arange(problem.n_streamers) == s
        cap_gain, capacity_gain, gain_of_both = (
            best_joint(
                Problem(
                    problem.ev,
                    whales=problem.whales,
                    whale_cap=whale_cap + here * more_whales,
                    capacity=capacity + here * more_users,
                )
            )
            - optimum
            for more_whales, more_users in ((1, 0), (0, 1), (1, 1))
        )
        both = prices.whale_cap[s] + prices.capacity[s]
        assert prices.whale_cap[s] >= cap_gain - rounding
        assert prices.capacity[s] == pytest.approx(capacity_gain, rel=0, abs=rounding)
        assert both == pytest.approx(gain_of_both, rel=0, abs=rounding)


@HUNDREDS
@given(problems(max_users=40))
def test_joint_prices_are_not_negative_and_0_where_the_cap_is_slack(problem: Problem) -> None:
    result = allocate(problem, fill="joint")

    for price, cap, users in (
        (result.shadow_prices.whale_cap, problem.whale_cap, problem.whales),
        (result.shadow_prices.capacity, problem.capacity, np.ones(problem.n_users, dtype=bool)),
    ):
        load = np.bincount(
            result.assignment[users & (result.assignment >= 0)], minlength=problem.n_streamers
        )
        assert (price >= 0).all()
        assert not price[load < cap].any()


def test_tiering_costs_what_joint_fill_saves() -> None:
    """The whale prefers streamer 0 by 1; the normal user, who comes second, by 9."""
    problem = Problem([[5, 4], [9, 0]], whales=[True, False], capacity=1)

    tiered, joint = allocate(problem), allocate(problem, fill="joint")

    assert (tiered.whale_objective, tiered.normal_objective) == (5, 0)
    assert (joint.whale_objective, joint.normal_objective) == (4, 9)
    assert joint.certificate.upper_bound == 13


def test_without_normal_users_joint_fill_is_the_whale_tier(crowded: Problem) -> None:
    whales_only = Problem(crowded.ev, whale_cap=1, capacity=crowded.capacity)

    joint, tiered = allocate(whales_only, fill="joint"), allocate(whales_only)

    assert joint.objective == tiered.objective
    assert joint.shadow_prices.whale_cap.tolist() == tiered.shadow_prices.whale_cap.tolist()


@pytest.mark.slow
def test_a_tight_joint_fill_of_a_thousand_users_is_the_optimum_of_the_linear_program() -> None:
    rng = np.random.default_rng(8)
    problem = Problem(
        rng.pareto(1.5, size=(1000, 40)),
        whales=rng.random(1000) < 0.4,
        whale_cap=rng.integers(5, 12, size=40),
        capacity=rng.integers(15, 30, size=40),
    )

    result = allocate(problem, fill="joint")

    assert result.objective == pytest.approx(best_joint(problem), rel=1e-9)
    assert result.objective == pytest.approx(best_joint_by_linear_program(problem), rel=1e-6)
    assert result.certificate.proven_optimal
