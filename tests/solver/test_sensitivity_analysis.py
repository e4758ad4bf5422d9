"""What other caps are worth: every cap beside a solution of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from solver import (
    Candidates,
    InputError,
    Problem,
    UnmetGuaranteesError,
    allocate,
    sensitivity,
    sensitivity_analysis,
)

from .oracles import best_whale_tier, dense_ev
from .strategies import (
    DOZENS,
    FAMILIES,
    NOTATIONS,
    changed,
    in_notation,
    limited_problems,
    one_more,
    problems,
    with_ev,
)

seeds = st.integers(0, 2**32 - 1)
notations = st.sampled_from(NOTATIONS)


def near(problem: Problem) -> float:
    """Return what two sums of this problem's EVs and penalties may differ by."""
    dearest = problem.limits.whale_penalty.max(initial=0)
    return 1e-12 * max(1e-300, float(dense_ev(problem).max()), float(dearest))


def by_solving_each(problem: Problem, largest_cap: int) -> NDArray[np.float64]:
    caps = range(1, largest_cap + 1)
    return np.array([allocate(changed(problem, whale_cap=k), fill="none").objective for k in caps])


def check_caps(problem: Problem, largest_cap: int) -> None:
    """Hold the worth of every cap against what allocating under it is worth."""
    result = sensitivity(problem, largest_cap=largest_cap)

    small = near(problem)
    assert result.whale_cap.tolist() == [*range(1, largest_cap + 1)]
    expected = by_solving_each(problem, largest_cap)
    np.testing.assert_allclose(result.objective, expected, rtol=1e-12, atol=small)
    np.testing.assert_allclose(np.cumsum(result.marginal), expected, rtol=1e-9, atol=small)
    assert (np.diff(result.objective) >= -small).all()
    assert (np.diff(result.objective, n=2) <= 10 * small).all()


@pytest.mark.parametrize("family", [*FAMILIES, "anything"])
@DOZENS
@given(data=st.data())
def test_every_cap_is_worth_what_allocating_under_it_is(family: str, data: st.DataObject) -> None:
    """And each step of the cap adds no less than nothing and no more than the step before."""
    problem = data.draw(problems((family,), max_users=20))
    problem = in_notation(problem, data.draw(notations), np.random.default_rng(data.draw(seeds)))

    check_caps(problem, data.draw(st.integers(1, 7)))


@DOZENS
@given(problem=limited_problems(), notation=notations, seed=seeds)
def test_every_cap_is_worth_that_under_penalties_and_with_several_streamers_a_user(
    problem: Problem, notation: str, seed: int
) -> None:
    problem = changed(problem, min_users=0)

    check_caps(in_notation(problem, notation, np.random.default_rng(seed)), 4)


@DOZENS
@given(problem=limited_problems(), notation=notations, seed=seeds)
def test_every_cap_is_worth_that_with_guarantees_or_none_is(
    problem: Problem, notation: str, seed: int
) -> None:
    problem = in_notation(problem, notation, np.random.default_rng(seed))
    try:
        by_solving_each(problem, 3)
        allocate(problem, fill="none")
    except UnmetGuaranteesError:
        with pytest.raises(UnmetGuaranteesError):
            sensitivity(problem, largest_cap=3)
        return

    check_caps(problem, 3)


@pytest.mark.parametrize("largest_cap", [1, 2, 40, 1_000])
def test_caps_beyond_the_number_of_whales_add_nothing(largest_cap: int) -> None:
    ev = np.random.default_rng(7).random((30, 3))

    result = sensitivity(Problem(ev), largest_cap=largest_cap)

    expected = by_solving_each(Problem(ev), min(largest_cap, 40))
    np.testing.assert_allclose(result.objective[:40], expected, rtol=1e-12)
    np.testing.assert_allclose(result.objective[30:], ev.max(axis=1).sum(), rtol=1e-12)
    assert not result.marginal[30:].any()


def test_whales_that_a_capacity_turns_away_make_larger_caps_worth_having_elsewhere() -> None:
    """Nobody's favourite has more than three whales, but streamer 1 can use a fourth slot."""
    ev = np.array([[9.0, 5.0], [9.0, 5.0], [9.0, 5.0], [1.0, 5.0], [1.0, 5.0]])
    problem = Problem(ev, capacity=[1, 9])

    for notation in NOTATIONS:
        result = sensitivity(
            in_notation(problem, notation, np.random.default_rng(0)), largest_cap=6
        )
        assert result.objective.tolist() == [14, 19, 24, 29, 29, 29]


@pytest.mark.parametrize("notation", NOTATIONS)
def test_caps_that_never_bind_are_all_worth_the_same(notation: str) -> None:
    problem = Problem(np.diag([3.0, 2.0, 1.0]) - 0.5)

    result = sensitivity(in_notation(problem, notation, np.random.default_rng(0)), largest_cap=5)

    assert result.objective.tolist() == [4.5] * 5
    assert result.marginal.tolist() == [4.5, 0, 0, 0, 0]
    assert result.slot_gain.tolist() == [0, 0, 0]


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize(
    "limits",
    [
        {"whales": [False, False]},  # nobody to place
        {"capacity": 0},  # nowhere to be placed
        {"ev": [[-1.0], [-2.0]]},  # nothing worth it
    ],
)
def test_where_no_whale_can_be_placed_no_cap_is_worth_anything(
    notation: str, limits: dict[str, Any]
) -> None:
    problem = Problem(**({"ev": [[4.0], [3.0]]} | limits))

    result = sensitivity(in_notation(problem, notation, np.random.default_rng(0)), largest_cap=3)

    assert result.objective.tolist() == [0, 0, 0]


def test_normal_users_and_closed_streamers_count_for_nothing(crowded: Problem) -> None:
    """Of three whales who want streamer 0, it can take two; streamer 1 is closed."""
    problem = changed(crowded, capacity=[2, 0, 2])

    result = sensitivity(problem, largest_cap=3)

    assert result.objective.tolist() == by_solving_each(problem, 3).tolist() == [11, 18, 18]


@pytest.mark.parametrize("family", [*FAMILIES, "anything"])
@DOZENS
@given(data=st.data())
def test_a_slot_gains_what_one_more_of_it_adds(family: str, data: st.DataObject) -> None:
    problem = data.draw(problems((family,)))
    problem = in_notation(problem, data.draw(notations), np.random.default_rng(data.draw(seeds)))
    s = data.draw(st.integers(0, problem.n_streamers - 1))

    gain = sensitivity(problem, largest_cap=1).slot_gain

    more = best_whale_tier(one_more(problem, s, "whale_cap", "capacity"))
    assert gain.shape == (problem.n_streamers,)
    assert gain[s] == pytest.approx(more - best_whale_tier(problem), rel=1e-9, abs=near(problem))


@DOZENS
@given(problem=limited_problems(), notation=notations, seed=seeds)
def test_a_slot_gains_that_less_its_penalty_where_the_capacity_does_not_bind(
    problem: Problem, notation: str, seed: int
) -> None:
    problem = changed(problem, min_users=0, capacity=None)
    problem = in_notation(problem, notation, np.random.default_rng(seed))
    s = seed % problem.n_streamers

    gain = sensitivity(problem, largest_cap=1).slot_gain[s]

    before, after = (
        allocate(it, fill="none").objective for it in (problem, one_more(problem, s, "whale_cap"))
    )
    assert gain == pytest.approx(after - before, rel=1e-9, abs=near(problem))


def test_the_own_caps_count_for_the_gain_of_a_slot_and_for_nothing_else(crowded: Problem) -> None:
    for whale_cap, gain in (([1, 1, 1], [7, 5, 0]), ([3, 1, 1], [0, 0, 0])):
        result = sensitivity(changed(crowded, whale_cap=whale_cap, capacity=3), largest_cap=3)
        assert result.objective.tolist() == [16, 23, 24]
        assert result.slot_gain.tolist() == gain


@DOZENS
@given(problem=limited_problems(), notation=notations, seed=seeds)
def test_a_problem_is_left_as_it_was_by_asking_about_it(
    problem: Problem, notation: str, seed: int
) -> None:
    problem = in_notation(changed(problem, min_users=0), notation, np.random.default_rng(seed))
    before = [array.copy() for array in (dense_ev(problem), problem.whale_cap, problem.capacity)]

    sensitivity(problem, largest_cap=2)

    after = dense_ev(problem), problem.whale_cap, problem.capacity
    for array, copy in zip(after, before, strict=True):
        np.testing.assert_array_equal(array, copy)


@pytest.mark.parametrize("largest_cap", [0, -1, np.nan, 1.5, 2**53 + 1])
def test_a_largest_cap_that_is_no_whole_number_from_1_on_is_refused(
    crowded: Problem, largest_cap: Any
) -> None:
    with pytest.raises(InputError) as refused:
        sensitivity(crowded, largest_cap=largest_cap)

    assert refused.value.field == "largest_cap"
    assert refused.value.message.code == "whole_number_expected"
    assert refused.value.message.parameters["received"] == str(largest_cap)


def test_without_candidates_no_cap_is_worth_anything() -> None:
    result = sensitivity(Problem(Candidates([], [], [], (3, 2))), largest_cap=2)

    assert result.objective.tolist() == result.slot_gain.tolist() == [0, 0]


@pytest.mark.slow
@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("family", ["uniform", "heavy tail", "many ties", "one wanted by all"])
def test_every_cap_of_a_tier_of_hundreds_is_worth_what_allocating_under_it_is(
    family: str, notation: str
) -> None:
    rng = np.random.default_rng(13)
    problem = Problem(
        FAMILIES[family](rng, (300, 30)),
        whales=rng.random(300) < 0.9,
        whale_cap=9,
        capacity=rng.integers(0, 25, size=30),
    )
    problem = in_notation(problem, notation, rng)

    check_caps(problem, 25)

    gain = sensitivity(problem, largest_cap=1).slot_gain
    before = best_whale_tier(problem)
    for s in range(0, 30, 7):
        more = best_whale_tier(one_more(problem, s, "whale_cap", "capacity"))
        assert gain[s] == pytest.approx(more - before, rel=1e-9, abs=300 * near(problem))


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_a_cap_is_worth_the_same_seen_from_any_larger_one(family: str) -> None:
    rng = np.random.default_rng(17)
    problem = with_ev(Problem(np.zeros((120, 12))), FAMILIES[family](rng, (120, 12)))

    seen = [sensitivity(problem, largest_cap=largest).objective for largest in (20, 12, 5)]

    for objective in seen:
        np.testing.assert_allclose(objective[:5], seen[0][:5], rtol=1e-12, atol=120 * near(problem))


TIED = {
    "0 or 1": lambda rng, shape: rng.integers(0, 2, shape).astype(float),
    "0 to 3": lambda rng, shape: rng.integers(0, 4, shape).astype(float),
    "all equal": lambda _, shape: np.full(shape, 7.0),
    "rank one": lambda rng, shape: np.outer(rng.random(shape[0]), rng.random(shape[1])),
}


@pytest.mark.parametrize("notation", ["matrix", "candidates"])
@pytest.mark.parametrize("family", TIED)
def test_caps_that_change_nothing_need_no_solution_of_their_own(
    family: str, notation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where users are tied, first choices pile up on one streamer although no cap need bind."""
    shape, largest_cap = (240, 30), 200
    ev = TIED[family](np.random.default_rng(0), shape)
    problem = in_notation(Problem(ev), notation, np.random.default_rng(0))
    module = sensitivity_analysis
    solved: list[int] = []
    at = module._Optima.solve

    def counted(optima: Any, cap: int) -> Any:
        if cap not in optima._solved:
            solved.append(cap)
        return at(optima, cap)

    monkeypatch.setattr(module._Optima, "solve", counted)
    result = sensitivity(problem, largest_cap=largest_cap)

    for cap in (1, 2, 5, 8, 9, 40, 200):
        best = allocate(Problem(ev, whale_cap=cap), fill="none").objective
        assert result.objective[cap - 1] == pytest.approx(best, rel=1e-12)
    if family != "rank one":  # there, every cap binds
        assert len(solved) <= 30
