"""Guarantees, penalties and several streamers a user, beside a linear program."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver import Fill, Problem, UnmetGuaranteesError, allocate
from tests.solver.oracles import best_by_linear_program, dense_ev, keeps_the_rules, rounding
from tests.solver.strategies import DOZENS, FAMILIES, limited_problems, shuffled_candidates


def check_optimal(problem: Problem, fill: Fill) -> None:
    """Hold one allocation against the linear program, whether there is one or not."""
    everybody = np.ones(problem.n_users, dtype=np.bool_)
    best = best_by_linear_program(problem, everybody if fill == "joint" else problem.whales)
    if best is None:
        with pytest.raises(UnmetGuaranteesError):
            allocate(problem, fill=fill)
        return
    result = allocate(problem, fill=fill)
    assert keeps_the_rules(problem, result.assignment)
    assert result.objective == pytest.approx(
        best, rel=1e-6, abs=1e-7 * abs(dense_ev(problem).max())
    )
    assert result.certificate.objective == pytest.approx(
        result.objective, rel=1e-9, abs=rounding(problem)
    )
    assert result.certificate.proven_optimal, result.certificate


@pytest.mark.parametrize("fill", ["none", "joint"])
@pytest.mark.parametrize(
    ("ev", "penalty", "capacity", "min_users"),
    [
        ([1.0, 5e-324, 5e-324], 0.3, [0, 3, 2], 0),
        ([8.456e-147, 5e-324, 5e-324, 5e-324], 2.5e-147, [0, 0, 1, 0], [0, 1, 1, 1]),
    ],
)
def test_penalties_that_dwarf_every_worth_are_kept(
    ev: list[float], penalty: float, capacity: list[int], min_users: Any, fill: Fill
) -> None:
    problem = Problem(
        [ev], whale_penalty=[penalty] * 2, capacity=capacity, min_users=min_users
    )  # of a worth that rounds to nothing, beside what cannot be had

    check_optimal(problem, fill)


@pytest.mark.parametrize("fill", ["none", "joint"])
@pytest.mark.parametrize("family", [*FAMILIES, "anything"])
@DOZENS
@given(data=st.data())
def test_every_limit_is_kept_at_the_optimum_of_the_linear_program(
    family: str, fill: Fill, data: st.DataObject
) -> None:
    check_optimal(data.draw(limited_problems((family,))), fill)


@pytest.mark.parametrize("fill", ["none", "joint"])
@DOZENS
@given(problem=limited_problems(), seed=st.integers(0, 2**32 - 1))
def test_candidates_keep_every_limit_at_the_same_optimum(
    fill: Fill, problem: Problem, seed: int
) -> None:
    check_optimal(shuffled_candidates(problem, np.random.default_rng(seed)), fill)
