"""One problem in several notations: a matrix, candidates in any order, other dtypes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from solver import Algorithm, Candidates, Fill, Problem, allocate
from tests.solver.oracles import rounding
from tests.solver.strategies import DOZENS, HUNDREDS, problems, shuffled_candidates
from tests.solver.test_rules import every_way


@every_way
@DOZENS
@given(problem=problems(), seed=st.integers(0, 2**32 - 1))
def test_candidates_in_any_order_are_worth_what_the_matrix_is(
    algorithm: Algorithm, fill: Fill, problem: Problem, seed: int
) -> None:
    """Of several optima, each may take another; all else is the same."""
    sparse = shuffled_candidates(problem, np.random.default_rng(seed))

    by_matrix, by_candidates = (
        allocate(it, algorithm=algorithm, fill=fill) for it in (problem, sparse)
    )

    tier = np.ones(problem.n_users, dtype=np.bool_) if fill == "joint" else problem.whales
    placed = [(it.assignment[tier] >= 0).sum() for it in (by_matrix, by_candidates)]
    assert placed[0] == placed[1]
    np.testing.assert_array_equal(by_candidates.demand, by_matrix.demand)
    expected, got = by_matrix.certificate, by_candidates.certificate
    assert got.objective == pytest.approx(expected.objective, rel=1e-12, abs=rounding(problem))
    assert got.upper_bound == pytest.approx(expected.upper_bound, rel=1e-9, abs=rounding(problem))
    assert got.proven_optimal == expected.proven_optimal


@pytest.mark.parametrize("fill", ["greedy", "none"])
@DOZENS
@given(problem=problems(), seed=st.integers(0, 2**32 - 1))
def test_candidates_have_the_prices_of_the_matrix(fill: Fill, problem: Problem, seed: int) -> None:
    sparse = shuffled_candidates(problem, np.random.default_rng(seed))

    prices, expected = (allocate(it, fill=fill).shadow_prices for it in (sparse, problem))

    near = 1e-12 * max(1e-300, np.abs(problem.ev[np.isfinite(problem.ev)]).max(initial=0))
    np.testing.assert_allclose(prices.whale_cap, expected.whale_cap, rtol=1e-9, atol=near)
    np.testing.assert_allclose(prices.capacity, expected.capacity, rtol=1e-9, atol=near)


@pytest.mark.parametrize("algorithm", ["greedy-edges", "greedy-swaps"])
@pytest.mark.parametrize("fill", ["greedy", "none"])
@DOZENS
@given(problem=problems(), seed=st.integers(0, 2**32 - 1))
def test_greedy_rules_allocate_candidates_exactly_as_the_matrix(
    algorithm: Algorithm, fill: Fill, problem: Problem, seed: int
) -> None:
    sparse = shuffled_candidates(problem, np.random.default_rng(seed))

    got, expected = (
        allocate(it, algorithm=algorithm, fill=fill).assignment for it in (sparse, problem)
    )

    np.testing.assert_array_equal(got, expected)


@HUNDREDS
@given(problem=problems(), seed=st.integers(0, 2**32 - 1))
def test_candidates_know_the_ev_of_every_pair(problem: Problem, seed: int) -> None:
    sparse = shuffled_candidates(problem, np.random.default_rng(seed))
    users, streamers = np.indices(problem.ev.shape).reshape(2, -1)

    np.testing.assert_array_equal(sparse.ev_at(users, streamers), problem.ev_at(users, streamers))


def test_candidates_are_kept_by_user_then_streamer() -> None:
    pairs = Candidates([2, 0, 2, 0], [1, 1, 0, 0], [21.0, 1.0, 20.0, 0.0], (4, 2))

    assert pairs.users.tolist() == [0, 0, 2, 2]
    assert pairs.streamers.tolist() == [0, 1, 0, 1]
    assert pairs.ev.tolist() == [0, 1, 20, 21]
    assert pairs.row_start.tolist() == [0, 2, 2, 4, 4]
    assert len(pairs) == 4


@pytest.mark.parametrize("fill", ["greedy", "joint", "none"])
def test_without_candidates_nobody_is_placed_and_that_is_optimal(fill: Fill) -> None:
    problem = Problem(Candidates([], [], [], (3, 2)), whales=[True, False, True])

    result = allocate(problem, fill=fill)

    assert result.assignment.tolist() == [-1, -1, -1]
    assert result.objective == 0
    assert result.certificate.proven_optimal


WHOLE = np.array([[3, 1, 2], [3, 2, 2], [0, 0, 4]])


@pytest.mark.parametrize(
    "ev",
    [
        WHOLE.tolist(),  # whole numbers, in lists
        WHOLE,  # int64
        WHOLE.astype(np.uint8),
        WHOLE.astype(np.float16),
        WHOLE.astype(np.float32),
        WHOLE.astype(">f8"),  # the other byte order
        np.asfortranarray(WHOLE, dtype=float),  # column by column
        np.repeat(WHOLE.astype(float), 2, axis=1)[:, ::2],  # strided
        np.where(WHOLE == 0, -0.0, WHOLE),  # the other zero
    ],
)
def test_an_ev_means_the_same_in_every_layout_and_dtype(ev: ArrayLike) -> None:
    expected = allocate(Problem(WHOLE.astype(float)))

    result = allocate(Problem(ev))

    assert result.assignment.tolist() == expected.assignment.tolist() == [0, 1, 2]
    assert result.objective == 9


def test_a_pair_worth_nothing_is_made_and_a_pair_worth_less_is_not() -> None:
    zero, less = np.array([[-0.0]]), np.array([[-5e-324]])

    assert allocate(Problem(zero)).assignment.tolist() == [0]
    assert allocate(Problem(less)).assignment.tolist() == [-1]
