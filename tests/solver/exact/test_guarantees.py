"""Guarantees of exposure: who fills them, what they cost, and which cannot be kept."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from solver import Candidates, Fill, InputError, Problem, UnmetGuaranteesError, allocate
from tests.solver.oracles import (
    dense_ev,
    every_assignment,
    keeps_the_rules,
    least_loss,
    losses,
    most_guaranteed,
    placements,
    slow_fill,
    unmet_places,
)
from tests.solver.strategies import (
    DOZENS,
    FAMILIES,
    NOTATIONS,
    changed,
    in_notation,
    limited_problems,
    one_more,
)

seeds = st.integers(0, 2**32 - 1)


def whales_alone(problem: Problem) -> NDArray[np.int64]:
    """Return where whales are without guarantees."""
    return allocate(changed(problem, min_users=0), fill="none").assignment


def placed_before(problem: Problem, fill: Fill) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return who may meet guarantees under a fill, and where the others are already."""
    if fill == "greedy" and not problem.whales.all():
        return ~problem.whales, whales_alone(problem)
    users = np.ones(problem.n_users, dtype=np.bool_) if fill == "joint" else problem.whales
    return users, np.full(problem.n_users, -1)


def can_be_met(problem: Problem, fill: Fill) -> bool:
    every = range(problem.n_streamers)
    most = most_guaranteed(problem, *placed_before(problem, fill), every)
    return most == problem.limits.min_users.sum()


def near(problem: Problem) -> float:
    """Return what two sums of this problem's EVs and penalties may differ by."""
    dearest = problem.limits.whale_penalty.max(initial=0)
    return 1e-12 * max(1e-300, float(dense_ev(problem).max()), float(dearest))


@pytest.mark.parametrize("notation", NOTATIONS)
@DOZENS
@given(problem=limited_problems(), seed=seeds)
def test_greedy_fill_keeps_every_guarantee_that_the_whales_leave_possible(
    notation: str, problem: Problem, seed: int
) -> None:
    problem = in_notation(problem, notation, np.random.default_rng(seed))
    if not can_be_met(problem, "greedy"):
        with pytest.raises(UnmetGuaranteesError):
            allocate(problem)
        return

    result = allocate(problem)

    assert keeps_the_rules(problem, result.assignment)
    assert (dense_ev(problem)[placements(result.assignment)] >= 0).all()
    assert result.certificate.proven_optimal


@DOZENS
@given(problem=limited_problems())
def test_normal_users_meet_guarantees_so_whales_are_where_they_would_be_without(
    problem: Problem,
) -> None:
    if problem.whales.all() or not can_be_met(problem, "greedy"):
        return
    without = allocate(changed(problem, min_users=0))

    result = allocate(problem)

    whales = problem.whales
    np.testing.assert_array_equal(result.assignment[whales], without.assignment[whales])
    assert result.whale_objective == without.whale_objective
    assert result.penalty == without.penalty
    np.testing.assert_array_equal(result.demand, without.demand)


@DOZENS
@given(problem=limited_problems(), seed=seeds)
def test_guarantees_that_the_fill_meets_by_itself_change_nothing(
    problem: Problem, seed: int
) -> None:
    """Guarantees no higher than the whales' loads."""
    free = changed(problem, min_users=0)
    _, at = placements(whales_alone(problem))
    load = np.bincount(at, minlength=problem.n_streamers)
    met = changed(problem, min_users=np.random.default_rng(seed).integers(0, load + 1))

    np.testing.assert_array_equal(allocate(met).assignment, allocate(free).assignment)


def one_each(problem: Problem) -> Problem:
    return changed(problem, max_streamers_per_user=1, whale_penalty=None)


@pytest.mark.parametrize("family", [*FAMILIES, "anything"])
@DOZENS
@given(data=st.data())
def test_guaranteed_places_cost_normal_users_the_least_there_is_in_all(
    family: str, data: st.DataObject
) -> None:
    """The cheapest of those at each streamer lose what SciPy says somebody must."""
    problem = one_each(data.draw(limited_problems((family,))))
    if problem.whales.all() or not can_be_met(problem, "greedy"):
        return
    whales = whales_alone(problem)

    streamer = allocate(problem).assignment

    loss, lost = losses(problem, whales), 0.0
    for s, needed in enumerate(unmet_places(problem, whales)):
        at_s = loss[(streamer == s) & ~problem.whales, s]
        lost += np.sort(at_s)[:needed].sum()
    assert lost == pytest.approx(least_loss(problem, whales), rel=1e-9, abs=near(problem))


@DOZENS
@given(problem=limited_problems(max_users=5, max_streamers=3))
def test_after_the_cheapest_way_to_meet_guarantees_the_others_come_in_order(
    problem: Problem,
) -> None:
    """Of all ways to fill the guaranteed places at the least loss, one explains the allocation."""
    problem = one_each(problem)
    if problem.whales.all() or not can_be_met(problem, "greedy"):
        return
    whales = whales_alone(problem)
    needed, loss = unmet_places(problem, whales), losses(problem, whales)
    ways = []
    for reserved in every_assignment(problem, ~problem.whales):
        user, at = placements(reserved)
        counts = np.bincount(at, minlength=problem.n_streamers)
        if (counts == needed).all() and np.isfinite(loss[user, at]).all():
            ways.append((loss[user, at].sum(), reserved))
    least = min(lost for lost, _ in ways)

    streamer = allocate(problem).assignment

    explained = [
        slow_fill(problem, np.maximum(whales, reserved)).tolist()
        for lost, reserved in ways
        if lost <= least + near(problem)
    ]
    assert streamer.tolist() in explained


@DOZENS
@given(problem=limited_problems())
def test_with_several_streamers_a_user_guarantees_leave_each_row_best_first(
    problem: Problem,
) -> None:
    problem = changed(problem, max_streamers_per_user=max(problem.limits.per_user, 2))
    if not can_be_met(problem, "greedy"):
        return

    streamer = allocate(problem).assignment

    ev = np.where(streamer >= 0, np.take_along_axis(dense_ev(problem), streamer, 1), -1.0)
    assert (np.diff(ev, axis=1) <= 0).all()


def test_a_guaranteed_place_goes_to_who_loses_least() -> None:
    """Users prefer streamer 0 by 5, 1 and 3; the second is the one to go."""
    problem = Problem([[9, 4], [3, 2], [8, 5]], whales=[False] * 3, capacity=3, min_users=[0, 1])

    assert allocate(problem).assignment.tolist() == [0, 1, 0]


def test_a_loss_counts_against_the_best_streamer_that_whales_left_room_at() -> None:
    """The whale fills streamer 0, so user 1 loses 1 by streamer 2, and user 2 loses 2."""
    problem = Problem(
        [[9, 0, 0], [8, 2, 1], [3, 3, 1]],
        whales=[True, False, False],
        capacity=[1, 2, 2],
        min_users=[0, 0, 1],
    )

    assert allocate(problem).assignment.tolist() == [0, 2, 1]


def test_a_guarantee_is_met_ahead_of_earlier_users() -> None:
    """Left to the order, user 0 takes the only place that user 1 could be guaranteed at."""
    problem = Problem([[2, 1], [3, -np.inf]], whales=[False] * 2, capacity=1, min_users=[1, 1])

    assert allocate(problem).assignment.tolist() == [1, 0]


@pytest.mark.parametrize("fill", ["greedy", "joint", "none"])
def test_no_negative_ev_is_used_to_meet_a_guarantee(fill: Fill) -> None:
    whales = [fill == "none"] * 2
    ev = np.array([[5, -5e-324], [4, -1.0]])

    with pytest.raises(UnmetGuaranteesError) as refused:
        allocate(Problem(ev, whales=whales, whale_cap=2, min_users=[0, 1]), fill=fill)

    assert (refused.value.streamers, refused.value.needed, refused.value.possible) == ((1,), 1, 0)
    assert allocate(
        Problem(np.maximum(ev, 0), whales=whales, whale_cap=2, min_users=[0, 1]), fill=fill
    ).assignment.tolist() == [0, 1]


@st.composite
def impossible_problems(draw: st.DrawFn, fill: Fill) -> Problem:
    """Return problems of guarantees that no allocation keeps."""
    problem = draw(limited_problems(max_streamers=5))
    scale = draw(st.integers(1, 3))
    problem = changed(problem, min_users=np.maximum(problem.limits.min_users, 1) * scale)
    rng = np.random.default_rng(draw(seeds))
    problem = in_notation(problem, draw(st.sampled_from(NOTATIONS)), rng)
    assume(not can_be_met(problem, fill))
    return problem


def refusal(problem: Problem, fill: Fill) -> UnmetGuaranteesError:
    with pytest.raises(UnmetGuaranteesError) as refused:
        allocate(problem, fill=fill)
    return refused.value


@pytest.mark.parametrize("fill", ["greedy", "joint", "none"])
@DOZENS
@given(data=st.data())
def test_the_guarantees_named_cannot_be_met_and_without_any_one_of_them_can(
    fill: Fill, data: st.DataObject
) -> None:
    problem = data.draw(impossible_problems(fill))
    before, guaranteed = placed_before(problem, fill), problem.limits.min_users

    named = [*refusal(problem, fill).streamers]

    assert len({*named}) == len(named) > 0
    assert most_guaranteed(problem, *before, named) < guaranteed[named].sum()
    for s in named:
        rest = [t for t in named if t != s]
        assert most_guaranteed(problem, *before, rest) == guaranteed[rest].sum()


@pytest.mark.parametrize("fill", ["greedy", "joint", "none"])
@DOZENS
@given(data=st.data())
def test_a_refusal_counts_what_is_guaranteed_and_what_is_possible_there(
    fill: Fill, data: st.DataObject
) -> None:
    problem = data.draw(impossible_problems(fill))

    refused = refusal(problem, fill)

    named = [*refused.streamers]
    assert refused.needed == problem.limits.min_users[named].sum()
    assert refused.possible == most_guaranteed(problem, *placed_before(problem, fill), named)


@pytest.mark.parametrize("fill", ["greedy", "joint"])
def test_a_guarantee_above_the_capacity_is_refused(fill: Fill) -> None:
    problem = Problem([[1, 1]] * 5, whales=[False] * 5, capacity=[3, 2], min_users=[1, 3])

    with pytest.raises(UnmetGuaranteesError) as refused:
        allocate(problem, fill=fill)

    assert (refused.value.field, refused.value.position) == ("min_users", (1,))
    assert (refused.value.needed, refused.value.possible) == (3, 2)


@pytest.mark.parametrize("fill", ["greedy", "joint", "none"])
def test_more_guarantees_than_users_are_refused(fill: Fill) -> None:
    problem = Problem([[1, 1, 1]] * 4, whales=[fill == "none"] * 4, whale_cap=4, min_users=2)

    with pytest.raises(UnmetGuaranteesError) as refused:
        allocate(problem, fill=fill)

    assert refused.value.streamers == (0, 1, 2)
    assert (refused.value.needed, refused.value.possible) == (6, 4)


def test_guarantees_count_whales_that_are_there() -> None:
    """Three are guaranteed: the whale is one, user 1 the second, and nobody is left."""
    problem = Problem([[1], [1], [-1]], whales=[True, False, False], min_users=3)

    with pytest.raises(UnmetGuaranteesError) as refused:
        allocate(problem)

    assert (refused.value.needed, refused.value.possible) == (3, 2)


def test_many_streamers_are_named_by_their_first_eight() -> None:
    problem = Problem(np.ones((2_000, 1_001)), whale_cap=2_000, min_users=2)

    with pytest.raises(UnmetGuaranteesError) as refused:
        allocate(problem, fill="joint")

    assert len(refused.value.streamers) == 1_001
    parameters = refused.value.message.parameters
    assert parameters["streamers"] == (0, 1, 2, 3, 4, 5, 6, 7)
    assert (parameters["count"], parameters["more"]) == (1_001, True)


def test_unmet_guarantees_are_an_input_error_and_survive_pickling() -> None:
    error = UnmetGuaranteesError((3, 5), 1_200, 7)

    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert isinstance(copy, InputError)
    assert (copy.field, copy.position, copy.message) == (error.field, (3,), error.message)
    assert (copy.streamers, copy.needed, copy.possible) == ((3, 5), 1_200, 7)


@pytest.mark.parametrize("fill", ["joint", "none"])
@pytest.mark.parametrize("family", [*FAMILIES, "anything"])
@DOZENS
@given(data=st.data())
def test_the_price_of_a_guarantee_is_what_one_guaranteed_user_less_adds(
    family: str, fill: Fill, data: st.DataObject
) -> None:
    problem = data.draw(limited_problems((family,)))
    s = data.draw(st.integers(0, problem.n_streamers - 1))
    guaranteed = data.draw(st.integers(1, 3)) * (np.arange(problem.n_streamers) == s)
    problem = changed(problem, min_users=guaranteed)
    if not can_be_met(problem, fill):
        return

    result = allocate(problem, fill=fill)

    less = allocate(one_more(problem, s, "min_users", by=-1), fill=fill).objective
    price = result.shadow_prices.min_users
    of_s = 0.0 if price is None else price[s]
    assert of_s == pytest.approx(less - result.objective, rel=1e-9, abs=near(problem))


@pytest.mark.parametrize("fill", ["greedy", "joint", "none"])
@DOZENS
@given(problem=limited_problems())
def test_a_guarantee_that_is_slack_costs_nothing(fill: Fill, problem: Problem) -> None:
    if not can_be_met(problem, fill):
        return

    result = allocate(problem, fill=fill)

    _, at = placements(result.assignment)
    load = np.bincount(at, minlength=problem.n_streamers)
    price = result.shadow_prices.min_users
    if price is not None:
        assert (price >= 0).all()
        assert not price[load > problem.limits.min_users].any()
        assert not price[problem.limits.min_users == 0].any()
        assert not (price * result.shadow_prices.capacity).any()


def test_prices_of_guarantees_are_those_found_by_hand() -> None:
    """Who goes to streamer 1 loses 4, 7 and 9: the second place of two costs 7, the first 4."""
    ev = [[9.0, 5.0], [9.0, 2.0], [9.0, 0.0]]
    for guaranteed, price in ((0, 0), (1, 4), (2, 7), (3, 9)):
        problem = Problem(ev, whale_cap=3, min_users=[0, guaranteed])
        for fill in ("none", "joint"):
            result = allocate(problem, fill=fill)  # type: ignore[arg-type]
            assert result.objective == 27 - sum((4, 7, 9)[:guaranteed])
            of_guarantees = result.shadow_prices.min_users
            assert (0 if of_guarantees is None else of_guarantees[1]) == price


def test_candidates_meet_a_guarantee_that_takes_a_chain_of_moves() -> None:
    """Each user is first at its own streamer and at the next; the last streamer asks for one."""
    n = 40
    user = np.repeat(np.arange(n), 2)
    streamer = user + np.tile([0, 1], n)
    problem = Problem(
        Candidates(user, streamer, np.tile([3.0, 2.0], n), (n, n + 1)),
        whales=np.zeros(n, dtype=np.bool_),
        capacity=1,
        min_users=np.minimum(np.arange(n + 1), 1),
    )

    assert allocate(problem).assignment.tolist() == [*range(1, n + 1)]
