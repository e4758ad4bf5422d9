"""Users who are shown to up to b > 1 streamers, beside what is obvious for them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver import Candidates, Fill, InputError, Problem, allocate
from tests.solver.oracles import (
    best_by_linear_program,
    dense_ev,
    keeps_the_rules,
    placements,
    slow_fill,
    whale_rooms,
)
from tests.solver.strategies import (
    DOZENS,
    FAMILIES,
    NOTATIONS,
    changed,
    in_notation,
    limited_problems,
    problems,
)

seeds = st.integers(0, 2**32 - 1)
every_fill = st.sampled_from(("greedy", "joint", "none"))


def near(problem: Problem) -> float:
    """Return what two sums of this problem's EVs and penalties may differ by."""
    dearest = problem.limits.whale_penalty.max(initial=0)
    return 1e-12 * max(1e-300, float(dense_ev(problem).max()), float(dearest))


@st.composite
def several(draw: st.DrawFn, family: str = "anything", *, limited: bool = True) -> Problem:
    """Return problems of users with 2 or 3 streamers, without guarantees, in any notation."""
    kind = limited_problems if limited else problems
    problem = draw(kind((family,) if family in FAMILIES else (*FAMILIES, "anything")))
    problem = changed(problem, min_users=0, max_streamers_per_user=draw(st.sampled_from((2, 3))))
    rng = np.random.default_rng(draw(seeds))
    return in_notation(problem, draw(st.sampled_from(NOTATIONS)), rng)


@DOZENS
@given(problem=several(), fill=every_fill)
def test_nobody_is_shown_twice_to_a_streamer_nor_to_more_than_b(
    problem: Problem, fill: Fill
) -> None:
    result = allocate(problem, fill=fill)

    b = min(problem.limits.per_user, problem.n_streamers)
    assert result.assignment.shape == (problem.n_users, b)
    assert result.assignment.dtype == np.int64
    assert keeps_the_rules(problem, result.assignment)
    assert (dense_ev(problem)[placements(result.assignment)] >= 0).all()
    assert result.certificate.proven_optimal


@DOZENS
@given(problem=several(), fill=every_fill)
def test_streamers_stand_best_first_those_of_equal_ev_by_position_and_none_last(
    problem: Problem, fill: Fill
) -> None:
    streamer = allocate(problem, fill=fill).assignment

    for row, ev in zip(streamer.tolist(), dense_ev(problem), strict=True):
        held = sorted((s for s in row if s >= 0), key=lambda s: (-ev[s], s))
        assert row == held + [-1] * (len(row) - len(held))


@pytest.mark.parametrize("fill", ["joint", "none"])
@pytest.mark.parametrize("family", FAMILIES)
@DOZENS
@given(data=st.data())
def test_several_streamers_a_user_are_worth_what_the_linear_program_finds(
    family: str, fill: Fill, data: st.DataObject
) -> None:
    problem = data.draw(several(family))

    result = allocate(problem, fill=fill)

    users = problem.whales | (fill == "joint")
    best = best_by_linear_program(problem, users)
    # HiGHS leaves a reduced cost of 1e-7 of the dearest pair for each user.
    assert result.objective == pytest.approx(best, rel=1e-6, abs=1e6 * near(problem))


@DOZENS
@given(problem=several(limited=False), more=st.sampled_from((0, 1, 2**53)))
def test_where_users_may_go_everywhere_each_streamer_takes_its_best(
    problem: Problem, more: int
) -> None:
    """With b ≥ S, the streamers do not compete."""
    b = min(max(problem.n_streamers, 2) + more, 2**53)
    problem = changed(problem, max_streamers_per_user=b)

    result = allocate(problem, fill="none")

    ev = np.maximum(dense_ev(problem)[problem.whales], 0)
    rooms = whale_rooms(problem)
    best = math.fsum(v for s, room in enumerate(rooms) for v in np.sort(ev[:, s])[::-1][:room])
    assert result.assignment.shape == problem.ev.shape
    assert result.objective == pytest.approx(best, rel=1e-12, abs=near(problem) / 100)


@DOZENS
@given(problem=several(limited=False), fill=every_fill)
def test_where_no_cap_binds_each_user_has_its_b_best(problem: Problem, fill: Fill) -> None:
    problem = changed(problem, whale_cap=problem.n_users, capacity=None)

    result = allocate(problem, fill=fill)

    takes_part = np.ones(problem.n_users, dtype=np.bool_) if fill != "none" else problem.whales
    b = result.assignment.shape[1]
    for user, ev in enumerate(dense_ev(problem)):
        best = np.argsort(-ev, kind="stable")[:b]
        row = np.where((ev[best] >= 0) & takes_part[user], best, -1)
        assert result.assignment[user].tolist() == row.tolist()
    assert not result.shadow_prices.whale_surcharge.any()
    assert not result.shadow_prices.slot_price.any()


@DOZENS
@given(problem=several(limited=False))
def test_normal_users_take_in_order_their_b_best_streamers_with_room(problem: Problem) -> None:
    whales_placed = allocate(problem, fill="none").assignment

    filled = allocate(problem, fill="greedy").assignment

    np.testing.assert_array_equal(filled, slow_fill(problem, whales_placed))


@DOZENS
@given(problem=several(), fill=st.sampled_from(("joint", "none")))
def test_each_further_streamer_a_user_adds_no_more_than_the_one_before(
    problem: Problem, fill: Fill
) -> None:
    """The optimum of a linear program is concave in its right-hand side."""
    worth = [
        allocate(changed(problem, max_streamers_per_user=b), fill=fill).objective
        for b in range(1, 5)
    ]

    gains = np.diff([0.0, *worth])
    assert (gains >= -near(problem)).all()
    assert (np.diff(gains) <= 10 * near(problem)).all()


@DOZENS
@given(problem=limited_problems(), fill=st.sampled_from(("joint", "none")), seed=seeds)
def test_prices_of_several_streamers_are_what_one_more_place_adds(
    problem: Problem, fill: Fill, seed: int
) -> None:
    """Of a capacity where k does not bind: users are all alike."""
    problem = changed(
        problem, min_users=0, whale_penalty=None, max_streamers_per_user=2, whale_cap=2**53
    )
    s = seed % problem.n_streamers
    here = np.arange(problem.n_streamers) == s
    more = changed(problem, capacity=np.minimum(problem.capacity, problem.n_users) + here)

    result = allocate(problem, fill=fill)

    gain = allocate(more, fill=fill).objective - result.objective
    price = result.shadow_prices.capacity[s] + result.shadow_prices.whale_cap[s]
    assert price == pytest.approx(gain, rel=1e-9, abs=near(problem))


@pytest.mark.parametrize("fill", ["greedy", "joint", "none"])
def test_caps_count_pairs_not_users(fill: Fill) -> None:
    """One whale at two streamers takes a slot at each, so of the other's choices one is left."""
    problem = Problem(
        [[9, 8, 1], [7, 6, 5]], whale_cap=1, capacity=[1, 2, 2], max_streamers_per_user=2
    )

    result = allocate(problem, fill=fill)

    assert result.assignment.tolist() == [[0, 1], [2, -1]]
    assert result.objective == 22
    assert result.demand.tolist() == [2, 2, 0]


def test_a_normal_user_who_finds_one_streamer_with_room_has_one() -> None:
    problem = Problem(
        [[5, 4, 3], [5, 4, 3], [5, 4, -1]],
        whales=[True, False, False],
        capacity=[2, 2, 1],
        max_streamers_per_user=2,
    )

    assert allocate(problem).assignment.tolist() == [[0, 1], [0, 1], [-1, -1]]


def test_without_candidates_nobody_is_shown_to_anybody() -> None:
    problem = Problem(Candidates([], [], [], (3, 2)), max_streamers_per_user=2)

    result = allocate(problem)

    assert result.assignment.tolist() == [[-1, -1]] * 3
    assert result.certificate.proven_optimal


@pytest.mark.parametrize("fill", ["greedy", "joint", "none"])
def test_with_one_streamer_there_is_no_second(fill: Fill) -> None:
    problem = Problem([[3.0], [2.0]], max_streamers_per_user=2)

    assert allocate(problem, fill=fill).assignment.tolist() == [[0], [-1]]


@pytest.mark.parametrize(
    ("b", "shown"),
    [
        (0, "0"),  # nobody would be shown to anybody
        (-1, "-1"),
        (1.5, "1.5"),
        (2.0, "2.0"),  # whole, but of a type that need not be
        (True, "True"),  # a flag is no number
        (np.True_, "np.True_"),
        ("2", "'2'"),
        (None, "None"),
        ([2], "[2]"),
        (math.nan, "nan"),
        (2**53 + 1, "9007199254740993"),
        (10**30, "1000000000000000000000000000000"),
    ],
)
def test_a_number_of_streamers_that_is_no_number_from_1_on_is_refused(b: Any, shown: str) -> None:
    with pytest.raises(InputError) as refused:
        Problem([[1.0, 2.0]], max_streamers_per_user=b)

    assert (refused.value.field, refused.value.position) == ("max_streamers_per_user", ())
    assert refused.value.message.code == "whole_number_expected"
    assert refused.value.message.parameters["received"] == shown


def test_whole_numbers_of_numpy_are_accepted() -> None:
    for b in (np.int64(2), np.uint8(2), np.int32(2)):
        assert allocate(Problem([[1.0, 2.0]], max_streamers_per_user=b)).assignment.tolist() == [
            [1, 0]
        ]


@pytest.mark.slow
@pytest.mark.parametrize("notation", ["matrix", "candidates"])
def test_two_streamers_a_user_at_scale_are_worth_what_the_linear_program_finds(
    notation: str,
) -> None:
    rng = np.random.default_rng(4)
    problem = in_notation(
        Problem(
            rng.pareto(1.5, size=(300, 30)),
            whales=rng.random(300) < 0.5,
            whale_cap=rng.integers(2, 9, size=30),
            capacity=rng.integers(5, 20, size=30),
            max_streamers_per_user=2,
        ),
        notation,
        rng,
    )

    for fill, users in (("none", problem.whales), ("joint", np.ones(300, dtype=np.bool_))):
        result = allocate(problem, fill=fill)  # type: ignore[arg-type]
        best = best_by_linear_program(problem, users)
        assert result.objective == pytest.approx(best, rel=1e-7)
        assert result.certificate.proven_optimal
