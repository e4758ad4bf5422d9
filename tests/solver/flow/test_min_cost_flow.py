"""The min-cost flow where whole-number costs are at their limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from solver import Candidates, Problem, allocate
from solver.flow import min_cost_flow as flow
from solver.flow.min_cost_flow import solve_min_cost_flow
from solver.model.limits import Limits, single_tier_limits
from tests.solver.oracles import best_joint
from tests.solver.strategies import HUNDREDS, WHOLE_FAMILIES, problems


def solve(problem: Problem) -> NDArray[np.int64]:
    everybody = np.ones(problem.n_users, dtype=np.bool_)
    pairs = problem.pairs_worth_making(everybody)
    taken = solve_min_cost_flow(pairs, problem.limits)
    streamer = np.full(problem.n_users, -1)
    streamer[pairs.users[taken]] = pairs.streamers[taken]
    return streamer


def total(problem: Problem, streamer: NDArray[np.int64]) -> float:
    placed = np.flatnonzero(streamer >= 0)
    return float(problem.ev_at(placed, streamer[placed]).sum())


@HUNDREDS
@given(
    ev=st.floats(1e-290, 1e15),
    bits=st.integers(1, 45),
    first=st.booleans(),
)
def test_a_difference_of_one_part_in_35_million_million_decides(
    ev: float, bits: int, first: bool
) -> None:
    """Two users want one slot: 2⁴⁵ ≈ 3.5e13."""
    less = ev * (1 - 2.0**-bits)
    problem = Problem([[ev], [less]] if first else [[less], [ev]])

    assert solve(problem).tolist() == ([0, -1] if first else [-1, 0])


def test_totals_a_rounding_apart_count_as_tied_and_more_users_placed_wins() -> None:
    """User 1 alone would be worth one ulp more than user 0 at streamer 0 and user 1 at 1."""
    problem = Problem([[1.0, -np.inf], [np.nextafter(1.0, 2.0), 0.0]])

    result = allocate(problem)

    assert result.assignment.tolist() == [0, 1]
    assert result.certificate.proven_optimal


def test_placing_more_users_is_worth_no_real_amount() -> None:
    """A whole 1e-9 lost would buy a second placing."""
    problem = Problem([[1.0, -np.inf], [1.0 + 1e-9, 0.0]])

    assert allocate(problem).assignment.tolist() == [-1, 0]


@pytest.mark.parametrize("refusals", [1, 5, 20])
@pytest.mark.parametrize("family", WHOLE_FAMILIES)
def test_costs_that_or_tools_finds_too_large_are_made_coarser(
    monkeypatch: pytest.MonkeyPatch, family: str, refusals: int
) -> None:
    ev = WHOLE_FAMILIES[family](np.random.default_rng(4), (30, 5))
    problem = Problem(ev, whale_cap=6)
    tried: list[int] = []
    solve_once = flow._solve_scaled

    def refuse_at_first(pairs: Candidates, limits: Limits, bits: int) -> NDArray[np.int64] | None:
        tried.append(bits)
        if len(tried) <= refusals:
            return None
        return solve_once(pairs, limits, bits)

    monkeypatch.setattr(flow, "_solve_scaled", refuse_at_first)

    assert total(problem, solve(problem)) == best_joint(problem)
    assert tried == list(range(tried[0], tried[0] - 2 * refusals - 1, -2))


@HUNDREDS
@given(problems())
def test_the_flow_answers_for_both_tiers_of_any_problem(problem: Problem) -> None:
    streamer = solve(problem)

    assert total(problem, streamer) == pytest.approx(best_joint(problem), rel=1e-9, abs=0)


def test_users_without_a_pair_take_no_part() -> None:
    none = np.zeros(0, dtype=np.int64)
    pairs = Candidates(none, none, np.zeros(0), (3, 2))

    taken = solve_min_cost_flow(pairs, single_tier_limits(3, np.ones(2, dtype=np.int64)))

    assert taken.tolist() == []


def test_closed_streamers_take_nobody_and_whales_pass_no_closed_gate() -> None:
    problem = Problem(
        np.ones((4, 2)), whales=[True, True, False, False], whale_cap=[2, 0], capacity=[0, 2]
    )

    assert solve(problem).tolist() == [-1, -1, 1, 1]


@pytest.mark.slow
def test_in_a_network_of_60_000_nodes_2_to_the_46_steps_still_decide() -> None:
    n_users = 59_990
    ev = 1 - np.arange(1, n_users + 1) * 2.0**-46
    ev[[123, 45_678]] = 1 - 2.0**-47, 1.0
    pairs = Candidates(np.arange(n_users), np.zeros(n_users, dtype=int), ev, (n_users, 1))

    streamer = allocate(Problem(pairs)).assignment

    assert np.flatnonzero(streamer >= 0).tolist() == [45_678]
