"""Guarantees that pairs of negative EV may meet: exact, priced and certified."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from solver import (
    Candidates,
    Fill,
    InputError,
    Problem,
    UnmetGuaranteesError,
    allocate,
    certify,
    sensitivity,
)
from tests.solver.oracles import (
    best_by_linear_program,
    dense_ev,
    keeps_the_rules,
    may_be_made,
    most_guaranteed,
    needless_losses,
    penalty_by_hand,
    placements,
    total_ev,
)
from tests.solver.strategies import (
    DOZENS,
    NOTATIONS,
    any_prices,
    changed,
    in_notation,
    limited_problems,
)

seeds = st.integers(0, 2**32 - 1)
SIGNED = ("ties of both signs", "mostly negative", "all negative", "uniform", "many ties")


@st.composite
def forced(draw: st.DrawFn, families: tuple[str, ...] = SIGNED) -> Problem:
    """Return problems of few or no EVs above 0 whose guarantees may cost."""
    problem = draw(limited_problems(families))
    return changed(problem, allow_negative_ev=True)


def users_of(problem: Problem, fill: Fill) -> NDArray[np.bool_]:
    return np.ones(problem.n_users, dtype=np.bool_) if fill == "joint" else problem.whales


def near(problem: Problem) -> float:
    ev = np.abs(dense_ev(problem)[may_be_made(problem)]).max(initial=0)
    return 1e-9 * max(1e-300, float(ev), float(problem.limits.whale_penalty.max(initial=0)))


@pytest.mark.parametrize("fill", ["joint", "none"])
@pytest.mark.parametrize("notation", NOTATIONS)
@DOZENS
@given(problem=forced(), seed=seeds)
def test_guarantees_are_met_at_the_greatest_total_ev_there_is(
    notation: str, fill: Fill, problem: Problem, seed: int
) -> None:
    """Which HiGHS finds on the textbook program."""
    problem = in_notation(problem, notation, np.random.default_rng(seed))
    users = users_of(problem, fill)
    best = best_by_linear_program(problem, users)
    if best is None:
        with pytest.raises(UnmetGuaranteesError):
            allocate(problem, fill=fill)
        return

    result = allocate(problem, fill=fill)

    assert keeps_the_rules(problem, result.assignment)
    assert not needless_losses(problem, result.assignment)
    worth = total_ev(problem, result.assignment, users) - penalty_by_hand(
        problem, result.assignment
    )
    assert worth == pytest.approx(best, rel=1e-9, abs=near(problem))
    assert result.certificate.proven_optimal


@DOZENS
@given(data=st.data(), fill=st.sampled_from(("joint", "none")))
def test_no_prices_prove_too_much(data: st.DataObject, fill: Fill) -> None:
    """Weak duality, also at prices that draw users in where they are worth less than nothing."""
    problem = data.draw(forced())
    users = users_of(problem, fill)
    best = best_by_linear_program(problem, users)
    if best is None:
        return
    result = allocate(problem, fill=fill)
    prices = data.draw(any_prices(problem, result.shadow_prices))

    bound = certify(problem, result.assignment, prices, scope=result.certificate.scope).upper_bound

    assert bound >= best - near(problem)


def reachable(problem: Problem, users: NDArray[np.bool_], at: NDArray[np.int64]) -> bool:
    every = range(problem.n_streamers)
    return most_guaranteed(problem, users, at, every) == problem.limits.min_users.sum()


@pytest.mark.parametrize("notation", NOTATIONS)
@DOZENS
@given(problem=forced(), seed=seeds)
def test_greedy_fill_meets_guarantees_without_a_needless_loss(
    notation: str, problem: Problem, seed: int
) -> None:
    problem = in_notation(problem, notation, np.random.default_rng(seed))
    if problem.whales.all():
        return
    whales = allocate(changed(problem, min_users=0), fill="none").assignment
    if not reachable(problem, ~problem.whales, whales):
        with pytest.raises(UnmetGuaranteesError):
            allocate(problem)
        return

    result = allocate(problem)

    assert keeps_the_rules(problem, result.assignment)
    assert not needless_losses(problem, result.assignment)
    np.testing.assert_array_equal(result.assignment[problem.whales], whales[problem.whales])
    assert result.certificate.proven_optimal


@DOZENS
@given(problem=forced(), fill=st.sampled_from(("greedy", "joint", "none")))
def test_where_guarantees_can_be_met_without_losses_to_allow_them_costs_nothing(
    problem: Problem, fill: Fill
) -> None:
    strict = changed(problem, allow_negative_ev=False)
    try:
        without = allocate(strict, fill=fill)
    except UnmetGuaranteesError:
        return

    result = allocate(problem, fill=fill)

    if fill != "greedy" or problem.whales.all():
        assert result.objective >= without.objective - near(problem)


@DOZENS
@given(problem=limited_problems(), fill=st.sampled_from(("greedy", "joint", "none")))
def test_an_error_names_what_meets_all_guarantees_if_anything_does(
    problem: Problem, fill: Fill
) -> None:
    def meets(some_fill: Fill, allow_negative_ev: bool) -> bool:
        try:
            allocate(changed(problem, allow_negative_ev=allow_negative_ev), fill=some_fill)
        except UnmetGuaranteesError:
            return False
        return True

    try:
        allocate(problem, fill=fill)
    except UnmetGuaranteesError as error:
        remedies, named = error.remedies, error.message.parameters["remedy"]
    else:
        return

    ways = {
        ("allow_negative_ev",): meets(fill, True),
        ("fill",): fill != "joint" and meets("joint", False),
        ("fill", "allow_negative_ev"): fill != "joint" and meets("joint", True),
    }
    assert ways[remedies] if remedies else not any(ways.values())
    both = ("fill", "allow_negative_ev")
    assert named == ("both" if remedies == both else "".join(remedies) or "none")


@DOZENS
@given(problem=limited_problems())
def test_where_everybody_is_a_whale_whales_meet_guarantees_whatever_the_fill(
    problem: Problem,
) -> None:
    problem = changed(problem, whales=None)
    best = best_by_linear_program(problem, problem.whales)
    if best is None:
        for fill in ("greedy", "none", "joint"):
            with pytest.raises(UnmetGuaranteesError):
                allocate(problem, fill=fill)
        return

    greedy, none = allocate(problem), allocate(problem, fill="none")

    np.testing.assert_array_equal(greedy.assignment, none.assignment)
    assert keeps_the_rules(problem, greedy.assignment)
    assert greedy.objective >= best - max(1e-9 * abs(best), near(problem))
    # HiGHS leaves out a user who adds less than its tolerance to the total.
    assert greedy.objective == pytest.approx(best, rel=1e-7, abs=near(problem))
    assert greedy.certificate.proven_optimal


def test_the_smallest_guarantee_that_whales_meet() -> None:
    result = allocate(Problem([[5, 1], [4, 3]], whale_cap=2, min_users=[1, 1]))

    assert result.objective == 8
    assert result.assignment.tolist() == [0, 1]
    assert result.certificate.proven_optimal


def test_a_guarantee_that_only_both_tiers_at_once_meet_is_refused_with_that_advice() -> None:
    """The whale, who alone may go to streamer 1, goes to streamer 0."""
    problem = Problem([[5, 1], [4, -np.inf]], whales=[True, False], min_users=[0, 1])

    with pytest.raises(UnmetGuaranteesError) as raised:
        allocate(problem)

    error = raised.value
    assert (error.streamers, error.needed, error.possible) == ((1,), 1, 0)
    assert (error.left_negative, error.remedies) == (False, ("fill",))
    assert allocate(problem, fill="joint").assignment.tolist() == [1, 0]


def test_a_guarantee_at_negative_ev_is_refused_with_the_reason_and_the_option() -> None:
    problem = Problem([[-5.0, 2.0], [-3.0, 1.0]], whale_cap=2, min_users=[1, 0])

    with pytest.raises(UnmetGuaranteesError) as raised:
        allocate(problem)

    error = raised.value
    assert (error.streamers, error.needed, error.possible) == ((0,), 1, 0)
    assert (error.left_negative, error.remedies) == (True, ("allow_negative_ev",))
    allowed = allocate(changed(problem, allow_negative_ev=True))
    assert allowed.assignment.tolist() == [1, 0]
    assert allowed.objective == -1
    assert allowed.shadow_prices.min_users is not None
    assert allowed.shadow_prices.min_users.tolist() == [4, 0]


def test_nobody_is_placed_at_a_negative_ev_beyond_what_is_guaranteed() -> None:
    result = allocate(Problem(-np.ones((5, 2)), whale_cap=5, min_users=[1, 0],
                              allow_negative_ev=True))  # fmt: skip

    assert sorted(result.assignment.tolist()) == [-1, -1, -1, -1, 0]


@pytest.mark.parametrize("as_candidates", [False, True])
@pytest.mark.parametrize(("n", "s", "each"), [(12, 4, 3), (40, 5, 6), (300, 20, 12)])
def test_every_streamer_gets_its_users_at_the_least_total_distance(
    n: int, s: int, each: int, as_candidates: bool
) -> None:
    """Which SciPy finds with one column for each guaranteed place."""
    rng = np.random.default_rng(n)
    users, streamers = rng.random((n, 2)), rng.random((s, 2))
    distance = np.linalg.norm(users[:, None] - streamers, axis=2)
    row, column = linear_sum_assignment(np.repeat(distance, each, axis=1))
    least = np.repeat(distance, each, axis=1)[row, column].sum()
    ev: object = -distance
    if as_candidates:
        user, at = np.nonzero(distance >= 0)
        ev = Candidates(user, at, -distance[user, at], distance.shape)

    result = allocate(Problem(ev, whale_cap=n, min_users=each, allow_negative_ev=True))

    assert (np.bincount(result.assignment[result.assignment >= 0]) == each).all()
    assert -result.objective == pytest.approx(least, rel=1e-12)
    assert result.certificate.proven_optimal


@DOZENS
@given(problem=forced(("mostly negative", "all negative")))
def test_a_large_distance_that_stands_for_never_makes_others_no_coarser(
    problem: Problem,
) -> None:
    """As forbidden pairs do, where no guarantee needs them."""
    ev = dense_ev(problem)
    never = np.where(np.isneginf(ev), -1e15, ev)
    try:
        expected = allocate(problem, fill="joint")
    except UnmetGuaranteesError:
        return

    got = allocate(changed(problem, ev=never), fill="joint")

    assert got.objective == pytest.approx(expected.objective, rel=1e-9, abs=near(problem))
    assert got.certificate.proven_optimal


@DOZENS
@given(problem=forced())
def test_the_curve_meets_guarantees_at_negative_ev_too(problem: Problem) -> None:
    problem = changed(problem, whales=None)
    if best_by_linear_program(changed(problem, whale_cap=1), problem.whales) is None:
        with pytest.raises(UnmetGuaranteesError):
            sensitivity(changed(problem, whale_cap=1), largest_cap=3)
        return
    problem = changed(problem, whale_cap=3)

    curve = sensitivity(problem, largest_cap=3)

    for cap, objective in zip(curve.whale_cap, curve.objective, strict=True):
        best = best_by_linear_program(changed(problem, whale_cap=int(cap)), problem.whales)
        assert best is not None
        assert objective == pytest.approx(best, rel=1e-9, abs=near(problem))


@pytest.mark.parametrize("value", [1, "yes", None, 0.0, np.array([True])])
def test_the_option_is_true_or_false(value: object) -> None:
    with pytest.raises(InputError) as refused:
        Problem([[1.0]], allow_negative_ev=value)  # type: ignore[arg-type]

    assert refused.value.message.code == "boolean_expected"


def test_without_a_guarantee_the_option_changes_nothing() -> None:
    ev = np.random.default_rng(3).normal(size=(30, 4))

    plain, allowed = (
        allocate(Problem(ev, whale_cap=5, allow_negative_ev=yes)) for yes in (0 > 1, 1 > 0)
    )

    np.testing.assert_array_equal(plain.assignment, allowed.assignment)
    assert (dense_ev(Problem(ev))[placements(allowed.assignment)] >= 0).all()
