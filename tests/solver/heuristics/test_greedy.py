"""Greedy fill, greedy edges and greedy swaps, beside slow and obvious versions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver import Algorithm, Fill, Problem, allocate
from solver.heuristics.greedy import SWAP_TRIES, greedy_fill, greedy_swaps
from tests.solver.oracles import best_whale_tier, rounding, slow_edges, slow_fill
from tests.solver.strategies import HUNDREDS, problems, shuffled_candidates

seeds = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize("algorithm", ["min-cost-flow", "greedy-edges", "greedy-swaps"])
@HUNDREDS
@given(problem=problems(max_users=30))
def test_normal_users_take_in_order_the_best_streamer_with_room(
    algorithm: Algorithm, problem: Problem
) -> None:
    whales_placed = allocate(problem, algorithm=algorithm, fill="none").assignment

    filled = allocate(problem, algorithm=algorithm, fill="greedy").assignment

    np.testing.assert_array_equal(filled, slow_fill(problem, whales_placed))


@HUNDREDS
@given(problem=problems(max_users=30), seed=seeds)
def test_candidates_are_filled_as_the_slow_version_fills_them(problem: Problem, seed: int) -> None:
    sparse = shuffled_candidates(problem, np.random.default_rng(seed))
    nobody = np.full(problem.n_users, -1)

    filled = greedy_fill(sparse, nobody, ~problem.whales)

    np.testing.assert_array_equal(filled, slow_fill(problem, nobody))
    assert (nobody == -1).all()


def test_a_whale_that_is_left_out_does_not_fall_through_to_the_normal_tier() -> None:
    problem = Problem([[2], [1], [1]], whales=[True, True, False], whale_cap=1, capacity=3)

    assert allocate(problem).assignment.tolist() == [0, -1, 0]


def test_whales_come_first_and_normal_users_in_order_of_arrival() -> None:
    problem = Problem([[5, 1], [9, 2], [7, 3]], whales=[False, False, True], capacity=1)

    assert allocate(problem).assignment.tolist() == [1, -1, 0]


@pytest.mark.parametrize("fill", ["greedy", "joint"])
def test_the_two_zeros_are_equals_of_which_the_earlier_streamer_is_chosen(fill: Fill) -> None:
    for normal_user in (False, True):
        problem = Problem([[-0.0, 0.0]], whales=[not normal_user])

        assert allocate(problem, fill=fill).assignment.tolist() == [0]


@HUNDREDS
@given(problem=problems(max_users=20))
def test_greedy_edges_takes_pairs_as_the_slow_version_does(problem: Problem) -> None:
    streamer = allocate(problem, algorithm="greedy-edges", fill="none").assignment

    np.testing.assert_array_equal(streamer, slow_edges(problem))


@HUNDREDS
@given(problem=problems(max_users=40))
def test_greedy_edges_is_worth_half_the_optimum_at_least_and_never_more(problem: Problem) -> None:
    optimum = best_whale_tier(problem)

    result = allocate(problem, algorithm="greedy-edges", fill="none")

    assert optimum / 2 * (1 - 1e-12) <= result.objective <= optimum * (1 + 1e-12)


def test_greedy_edges_can_be_worth_barely_half() -> None:
    problem = Problem([[100, 99], [99, -1]])

    greedy, exact = (allocate(problem, algorithm=it) for it in ("greedy-edges", "min-cost-flow"))

    assert (greedy.objective, exact.objective) == (100, 198)
    assert greedy.assignment.tolist() == [0, -1]


@HUNDREDS
@given(problem=problems(max_users=40), seed=seeds)
def test_greedy_swaps_is_never_worse_than_greedy_edges_nor_better_than_the_optimum(
    problem: Problem, seed: int
) -> None:
    edges = allocate(problem, algorithm="greedy-edges", fill="none")
    optimum = best_whale_tier(problem)

    swaps = allocate(
        problem, algorithm="greedy-swaps", fill="none", rng=np.random.default_rng(seed)
    )

    assert edges.objective * (1 - 1e-12) <= swaps.objective <= optimum * (1 + 1e-12)


@HUNDREDS
@given(problem=problems(max_users=40), seed=seeds)
def test_swaps_exchange_streamers_and_move_nobody_in_or_out(problem: Problem, seed: int) -> None:
    edges = allocate(problem, algorithm="greedy-edges", fill="none").assignment

    swapped = greedy_swaps(problem, edges, np.random.default_rng(seed))

    np.testing.assert_array_equal(np.sort(swapped), np.sort(edges))
    np.testing.assert_array_equal(swapped < 0, edges < 0)


@HUNDREDS
@given(problem=problems(max_users=40), seed=seeds)
def test_equal_generators_swap_alike(problem: Problem, seed: int) -> None:
    first, second = (
        allocate(problem, algorithm="greedy-swaps", rng=np.random.default_rng(seed))
        for _ in range(2)
    )

    np.testing.assert_array_equal(first.assignment, second.assignment)


@HUNDREDS
@given(problem=problems(max_users=40))
def test_swaps_are_drawn_with_seed_0_unless_a_generator_comes(problem: Problem) -> None:
    seeded = allocate(problem, algorithm="greedy-swaps", rng=np.random.default_rng(0))

    np.testing.assert_array_equal(
        allocate(problem, algorithm="greedy-swaps").assignment, seeded.assignment
    )


def test_swaps_mend_a_bad_pairing() -> None:
    """Greedy edges takes 10 first and is left with 0; one swap makes that 9 and 9."""
    problem = Problem([[10, 9], [9, 0]])
    assert SWAP_TRIES == 100

    edges, swaps = (allocate(problem, algorithm=it) for it in ("greedy-edges", "greedy-swaps"))

    assert (edges.objective, swaps.objective) == (10, 18)
    assert not edges.certificate.proven_optimal
    assert swaps.certificate.proven_optimal


@pytest.mark.parametrize("algorithm", ["greedy-edges", "greedy-swaps"])
@HUNDREDS
@given(problem=problems(max_users=40))
def test_the_gap_of_a_greedy_allocation_is_what_it_falls_short_by(
    algorithm: Algorithm, problem: Problem
) -> None:
    optimum = best_whale_tier(problem)

    result = allocate(problem, algorithm=algorithm)

    short = optimum - result.whale_objective
    assert result.certificate.gap == pytest.approx(short, rel=0, abs=100 * rounding(problem))
    assert result.certificate.upper_bound == pytest.approx(
        optimum, rel=1e-12, abs=rounding(problem)
    )
