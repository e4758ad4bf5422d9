"""The whale tier beside SciPy's assignment and beside trying every allocation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver import Problem, allocate
from tests.solver.oracles import (
    best_by_enumeration,
    best_whale_tier,
    dense_ev,
    most_placed_in_best_whale_tier,
    rounding,
    total_ev,
    whale_rooms,
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
def test_the_whale_tier_is_worth_what_scipy_finds_and_is_proven(
    family: str, data: st.DataObject
) -> None:
    problem = data.draw(problems((family,)))

    result = allocate(problem, fill="none")

    assert result.whale_objective == pytest.approx(
        best_whale_tier(problem), rel=1e-9, abs=rounding(problem)
    )
    assert result.whale_objective == pytest.approx(
        total_ev(problem, result.assignment, problem.whales), rel=1e-12, abs=0
    )
    assert result.certificate.proven_optimal
    assert result.certificate.scope == "whale"


@HUNDREDS
@given(problems(max_users=80, max_streamers=12))
def test_larger_whale_tiers_are_worth_what_scipy_finds_and_are_proven(problem: Problem) -> None:
    result = allocate(problem, fill="none")

    assert result.whale_objective == pytest.approx(
        best_whale_tier(problem), rel=1e-9, abs=rounding(problem)
    )
    assert result.certificate.proven_optimal


@pytest.mark.parametrize("family", WHOLE_FAMILIES)
@DOZENS
@given(data=st.data())
def test_of_the_best_whale_tiers_one_that_places_most_is_taken(
    family: str, data: st.DataObject
) -> None:
    problem = data.draw(problems((family,), max_users=30))

    placed = int((allocate(problem, fill="none").assignment >= 0).sum())

    assert placed == most_placed_in_best_whale_tier(problem)


@HUNDREDS
@given(tiny_problems())
def test_no_assignment_of_a_tiny_whale_tier_is_worth_more(problem: Problem) -> None:
    best = best_by_enumeration(problem, problem.whales)

    result = allocate(problem, fill="none")

    assert result.whale_objective == pytest.approx(best.value, rel=1e-9, abs=rounding(problem))


@HUNDREDS
@given(tiny_problems(tuple(WHOLE_FAMILIES)))
def test_no_equal_assignment_of_a_tiny_whale_tier_places_more(problem: Problem) -> None:
    best = best_by_enumeration(problem, problem.whales)

    result = allocate(problem, fill="none")

    assert result.whale_objective == best.value
    assert (result.assignment >= 0).sum() == best.placed


@HUNDREDS
@given(problems())
def test_a_whale_is_left_out_only_where_no_streamer_with_room_takes_it(problem: Problem) -> None:
    streamer = allocate(problem, fill="none").assignment

    load = np.bincount(streamer[streamer >= 0], minlength=problem.n_streamers)
    with_room = load < whale_rooms(problem)
    left_out = problem.whales & (streamer < 0)
    assert not (dense_ev(problem)[np.ix_(left_out, with_room)] >= 0).any()


@HUNDREDS
@given(problems())
def test_without_fill_only_whales_are_placed(problem: Problem) -> None:
    result = allocate(problem, fill="none")

    assert (result.assignment[~problem.whales] == -1).all()
    assert result.normal_objective == 0
    assert result.objective == result.whale_objective


@HUNDREDS
@given(problems())
def test_demand_counts_the_whales_that_would_choose_each_streamer(problem: Problem) -> None:
    expected = np.zeros(problem.n_streamers, dtype=int)
    for row in dense_ev(problem)[problem.whales]:
        if row.max() >= 0:
            expected[row.argmax()] += 1

    for fill in ("greedy", "joint", "none"):
        np.testing.assert_array_equal(allocate(problem, fill=fill).demand, expected)


@HUNDREDS
@given(problems())
def test_caps_that_do_not_bind_leave_every_whale_its_first_choice(problem: Problem) -> None:
    roomy = Problem(problem.ev, whales=problem.whales, whale_cap=problem.n_users)

    result = allocate(roomy, fill="none")

    best = dense_ev(roomy)[roomy.whales].max(axis=1, initial=-np.inf)
    assert result.whale_objective == pytest.approx(best[best >= 0].sum(), rel=1e-12, abs=0)
    assert not result.shadow_prices.whale_cap.any()
    assert result.certificate.gap <= 1e-12 * result.objective  # two sums, in different orders
    assert result.contested_arcs == 0


@HUNDREDS
@given(problems())
def test_screening_leaves_no_more_arcs_than_the_whales_have(problem: Problem) -> None:
    result = allocate(problem, fill="none")

    has_pair = np.isfinite(dense_ev(problem)[problem.whales])
    assert has_pair.sum() <= result.arcs
    assert 0 <= result.contested_arcs <= result.arcs


def test_screening_rules_out_most_arcs_of_a_crowded_matrix() -> None:
    problem = Problem(np.random.default_rng(3).gamma(2.0, size=(400, 50)), whale_cap=8)

    result = allocate(problem)

    assert result.arcs == 400 * 50
    assert 0 < result.contested_arcs < result.arcs / 4


def test_of_two_equal_whale_tiers_the_one_with_everybody_in_it_is_taken(crowded: Problem) -> None:
    result = allocate(crowded)

    assert result.assignment.tolist() == [0, 2, 1, 0, 2]
    assert (result.whale_objective, result.normal_objective, result.objective) == (16, 8, 24)
    assert result.demand.tolist() == [3, 0, 0]
    assert result.certificate.upper_bound == 16


def test_nobody_is_left_at_its_second_best_by_a_streamer_that_stays_empty() -> None:
    """User 4 belongs at streamer 0, for 0.0035 of 3.4e8; a repair once left it at streamer 3."""
    ev = np.array(
        [
            [2.6e-09, 8.3e06, 1.4e00, 5.2e-01, 3.5e-02],
            [1.2282529, 1.3e-01, 19301.072, 4.7e-03, 2.0e-05],
            [2.4e-06, 1.66371191, 13.0553613, 1.3e-06, 0.127594718],
            [2649.17804, 3.0e-09, 1.722e08, 7846.47539, 4.1e-05],
            [0.00351058631, 2.3e-09, 15.7450316, 1.24032671e-06, 1.4e-09],
            [1.604e08, 97.4, 1645.32333, 2.0e-04, 3.6e-09],
        ]
    )

    assert allocate(Problem(ev, whale_cap=2)).assignment.tolist() == [1, 2, 1, 2, 0, 0]


@pytest.mark.slow
@pytest.mark.parametrize(
    "family", ["uniform", "many ties", "equal rows", "one wanted by all", "1e-9 to 1e9"]
)
def test_a_tight_tier_of_600_whales_is_worth_what_scipy_finds(family: str) -> None:
    ev = FAMILIES[family](np.random.default_rng(3), (600, 30))
    problem = Problem(ev, whale_cap=20)

    result = allocate(problem)

    assert result.whale_objective == pytest.approx(best_whale_tier(problem), rel=1e-9)
    assert result.certificate.proven_optimal
    assert (result.assignment >= 0).all()
