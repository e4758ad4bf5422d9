"""What holds of every allocation, by whichever algorithm and fill."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver import Algorithm, Fill, InputError, Problem, allocate

from .oracles import dense_ev, keeps_the_rules, rounding, total_ev
from .strategies import DOZENS, HUNDREDS, problems

WAYS: list[tuple[Algorithm, Fill]] = [
    ("min-cost-flow", "greedy"),
    ("min-cost-flow", "joint"),
    ("min-cost-flow", "none"),
    ("greedy-edges", "greedy"),
    ("greedy-edges", "none"),
    ("greedy-swaps", "greedy"),
    ("greedy-swaps", "none"),
]
every_way = pytest.mark.parametrize(("algorithm", "fill"), WAYS)


@every_way
@DOZENS
@given(problem=problems())
def test_no_streamer_takes_more_than_its_caps_and_no_forbidden_pair_is_made(
    algorithm: Algorithm, fill: Fill, problem: Problem
) -> None:
    result = allocate(problem, algorithm=algorithm, fill=fill)

    assert keeps_the_rules(problem, result.assignment)
    assert result.certificate.faults == ()


@every_way
@DOZENS
@given(problem=problems())
def test_nobody_is_placed_at_a_negative_value(
    algorithm: Algorithm, fill: Fill, problem: Problem
) -> None:
    streamer = allocate(problem, algorithm=algorithm, fill=fill).assignment

    placed = np.flatnonzero(streamer >= 0)
    assert (dense_ev(problem)[placed, streamer[placed]] >= 0).all()


@every_way
@DOZENS
@given(problem=problems())
def test_the_objectives_are_the_total_ev_of_each_tier(
    algorithm: Algorithm, fill: Fill, problem: Problem
) -> None:
    result = allocate(problem, algorithm=algorithm, fill=fill)

    for objective, tier in (
        (result.whale_objective, problem.whales),
        (result.normal_objective, ~problem.whales),
    ):
        expected = total_ev(problem, result.assignment, tier)
        assert objective == pytest.approx(expected, rel=1e-12, abs=0)


@every_way
@DOZENS
@given(problem=problems())
def test_the_same_problem_has_the_same_answer_twice(
    algorithm: Algorithm, fill: Fill, problem: Problem
) -> None:
    first, second = (
        allocate(problem, algorithm=algorithm, fill=fill),
        allocate(problem, algorithm=algorithm, fill=fill),
    )

    np.testing.assert_array_equal(first.assignment, second.assignment)
    assert first.certificate == second.certificate


@every_way
@DOZENS
@given(problem=problems())
def test_a_problem_is_left_as_it_was(algorithm: Algorithm, fill: Fill, problem: Problem) -> None:
    before = pickle.dumps(problem)

    allocate(problem, algorithm=algorithm, fill=fill)

    assert pickle.dumps(problem) == before


@pytest.mark.parametrize("fill", ["joint", "none"])
@HUNDREDS
@given(problem=problems(), seed=st.integers(0, 2**32 - 1))
def test_the_order_of_users_and_streamers_changes_no_optimum(
    fill: Fill, problem: Problem, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    users, streamers = rng.permutation(problem.n_users), rng.permutation(problem.n_streamers)
    reordered = Problem(
        dense_ev(problem)[np.ix_(users, streamers)],
        whales=problem.whales[users],
        whale_cap=problem.whale_cap[streamers],
        capacity=problem.capacity[streamers],
    )

    objective = allocate(reordered, fill=fill).objective

    assert objective == pytest.approx(
        allocate(problem, fill=fill).objective, rel=1e-12, abs=rounding(problem)
    )


@every_way
def test_each_step_is_announced_in_order(
    crowded: Problem, algorithm: Algorithm, fill: Fill
) -> None:
    announced: list[str] = []

    allocate(crowded, algorithm=algorithm, fill=fill, on_step=announced.append)

    assert announced == ["whale_tier", "normal_tier", "certificate"]


@pytest.mark.parametrize(
    ("arguments", "field", "code", "parameters"),
    [
        # Not one of the algorithms
        (
            {"algorithm": "hungarian"},
            "algorithm",
            "option_unknown",
            {
                "known": ("min-cost-flow", "greedy-edges", "greedy-swaps"),
                "received": "hungarian",
            },
        ),
        # Not one of the fills
        (
            {"fill": "random"},
            "fill",
            "option_unknown",
            {"known": ("greedy", "joint", "none"), "received": "random"},
        ),
        # No greedy algorithm allocates both tiers at once
        (
            {"algorithm": "greedy-edges", "fill": "joint"},
            "fill",
            "joint_fill_unavailable",
            {"algorithm": "greedy-edges"},
        ),
        (
            {"algorithm": "greedy-swaps", "fill": "joint"},
            "fill",
            "joint_fill_unavailable",
            {"algorithm": "greedy-swaps"},
        ),
    ],
)
def test_an_unknown_way_to_allocate_is_refused(
    crowded: Problem,
    arguments: dict[str, str],
    field: str,
    code: str,
    parameters: dict[str, object],
) -> None:
    with pytest.raises(InputError) as refused:
        allocate(crowded, **arguments)  # type: ignore[arg-type]

    assert refused.value.field == field
    assert refused.value.message.code == code
    assert parameters.items() <= refused.value.message.parameters.items()
