"""Spend caps are kept, the optimum is found, and what is claimed of it is true."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array, vstack

from messages import Message
from solver import (
    InputError,
    SpendAllocation,
    SpendPrices,
    SpendProblem,
    allocate_within_spend,
    certify_spend,
)
from solver.spend.bound import descend_prices, solve_relaxation
from solver.spend.problem import ALLOWANCE
from solver.spend.rounding import round_prices
from solver.spend.search import screen_choices, search_by_cp_sat, search_in_depth
from tests.profiles import examples
from tests.solver.strategies import FAMILIES

Matrix = NDArray[np.float64]
Problem = tuple[Matrix, NDArray[np.float64], NDArray[np.int64]]


def brute_force(ev: Matrix, spend_cap: NDArray[np.float64], capacity: NDArray[np.int64]) -> float:
    """Return the greatest total EV, every allocation tried and every sum rounded once."""
    best = 0.0
    n_users, n_streamers = ev.shape
    for at in itertools.product(range(-1, n_streamers), repeat=n_users):
        made = [(u, s) for u, s in enumerate(at) if s >= 0]
        if any(ev[pair] < 0 for pair in made):
            continue
        worths = [[ev[u, s] for u, s in made if s == t] for t in range(n_streamers)]
        within = all(
            len(worth) <= capacity[t] and math.fsum(worth) <= spend_cap[t] * (1 + ALLOWANCE / 4)
            for t, worth in enumerate(worths)
        )
        if within:
            best = max(best, math.fsum(ev[pair] for pair in made))
    return best


def by_highs(
    ev: Matrix,
    spend_cap: NDArray[np.float64],
    capacity: NDArray[np.int64],
    whole: bool = True,
    seconds: float = np.inf,
) -> float:
    """Return the optimum, or that of its linear relaxation, by SciPy's HiGHS.

    The best that it knows after so many seconds.
    """
    user, streamer = np.nonzero((ev >= 0) & (ev <= spend_cap))
    size = len(user)
    worth, pair = ev[user, streamer], np.arange(size)

    def rows(at: NDArray[np.int64], values: Matrix, count: int) -> Any:
        return coo_array((values, (at, pair)), shape=(count, size))

    matrix = vstack([
        rows(user, np.ones(size), ev.shape[0]),
        rows(streamer, worth, ev.shape[1]),
        rows(streamer, np.ones(size), ev.shape[1]),
    ])  # fmt: skip
    most = np.concatenate([np.ones(ev.shape[0]), spend_cap, capacity])
    if not whole:
        return -float(linprog(-worth, A_ub=matrix, b_ub=most, bounds=(0, 1)).fun)
    solved = milp(
        -worth,
        constraints=LinearConstraint(matrix, ub=most),
        integrality=np.ones(size),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": 0.0, "time_limit": seconds},
    )
    assert solved.x is not None, solved.message
    return -float(solved.fun)


def solve(problem: Problem, **options: Any) -> SpendAllocation:
    ev, spend_cap, capacity = problem
    return allocate_within_spend(ev, spend_cap, capacity=capacity, **options)


@st.composite
def spend_problems(draw: st.DrawFn, max_users: int = 5, max_streamers: int = 3) -> Problem:
    shape = draw(st.integers(1, max_users)), draw(st.integers(1, max_streamers))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    ev = FAMILIES[draw(st.sampled_from(sorted(FAMILIES)))](rng, shape)
    ev[rng.random(shape) < draw(st.sampled_from((0.0, 0.3)))] = -np.inf
    if draw(st.booleans()):
        ev[0] = 1e15  # one whale larger than every cap
    largest = float(np.abs(ev[ev > -np.inf]).max(initial=1.0))
    chosen = np.where(rng.random(shape) < 0.5, np.maximum(ev, 0.0), 0.0).sum(axis=0)
    caps = {
        "zero": np.zeros(shape[1]),
        "some zero": rng.random(shape[1]) * largest * rng.integers(0, 2, size=shape[1]),
        "tight": rng.random(shape[1]) * largest * 2,
        "exactly some sum": chosen,
        "never binding": np.full(shape[1], 1e18),
        "none": np.full(shape[1], np.inf),
    }
    capacity = rng.integers(0, draw(st.sampled_from((2, shape[0] + 1))), size=shape[1])
    if draw(st.booleans()):
        capacity = np.full(shape[1], 2**53)
    return ev, caps[draw(st.sampled_from(sorted(caps)))], capacity


def crowd(rng: np.random.Generator, n: int, n_streamers: int, tight: float) -> Problem:
    """Return whales of very different wealth, who agree on who is best, under tight caps."""
    ev = rng.lognormal(3, 1, (n, 1)) * rng.lognormal(0, 0.4, (1, n_streamers))
    ev *= rng.lognormal(0, 0.2, (n, n_streamers))
    spend_cap = np.full(n_streamers, tight * float(ev.max(axis=1).sum()) / n_streamers)
    return ev, spend_cap, np.full(n_streamers, n)


@examples(300)
@given(spend_problems())
def test_the_allocation_is_the_best_that_brute_force_finds(problem: Problem) -> None:
    result = solve(problem)

    best = brute_force(*problem)
    assert result.certificate.faults == ()
    assert result.proven_optimal
    assert result.objective >= best * (1 - 2e-11)
    assert result.upper_bound >= best * (1 - 1e-14)
    assert result.certificate.upper_bound >= best * (1 - 1e-14)


@examples(200)
@given(spend_problems(), st.sampled_from((0.0, 1e-3, 1.0, 1e9)), st.integers(0, 2**32 - 1))
def test_no_prices_prove_less_than_the_optimum(problem: Problem, size: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    own = SpendProblem(*problem)
    n_streamers = len(own.limit)
    scale = float(own.worth.max(initial=0.0))
    prices = SpendPrices(rng.random(n_streamers) * size, rng.random(n_streamers) * size * scale)
    nobody = np.full(len(own.worth), -1)

    assert certify_spend(own, nobody, prices).upper_bound >= brute_force(*problem) * (1 - 1e-14)


@examples(100)
@given(spend_problems(max_users=40, max_streamers=12))
def test_every_step_keeps_the_caps_and_its_word(problem: Problem) -> None:
    own = SpendProblem(*problem)
    zero = SpendPrices.zero(len(own.limit))
    rounded = round_prices(own, zero)
    prices = descend_prices(own, own.objective(rounded), 20)
    exact, preferred = solve_relaxation(own, own.objective(rounded))

    bounds = []
    for each in (zero, prices, exact):
        for wished in (None, preferred):
            judged = certify_spend(own, round_prices(own, each, wished), each)
            assert judged.faults == ()
            assert judged.objective <= judged.upper_bound * (1 + 1e-12)
        bounds.append(judged.upper_bound)
    free, near, least = bounds
    assert least * (1 - 1e-9) <= near <= free
    result = solve(problem, effort=0.01)
    assert result.certificate.faults == ()
    assert result.objective <= result.upper_bound * (1 + 1e-12)


@pytest.mark.parametrize(("n", "n_streamers", "tight"), [
    (25, 60, 0.5), (40, 100, 1.0), (40, 50, 1.5), (60, 8, 3.0),
])  # fmt: skip
@pytest.mark.parametrize("seed", [0, 1])
def test_another_solver_finds_nothing_better_on_medium_problems(
    n: int, n_streamers: int, tight: float, seed: int
) -> None:
    problem = crowd(np.random.default_rng(seed), n, n_streamers, tight)

    result = solve(problem)

    assert result.proven_optimal
    assert result.objective == pytest.approx(by_highs(*problem), rel=1e-6)


@pytest.mark.parametrize(("n", "n_streamers", "tight"), [(25, 6, 0.5), (60, 8, 1.2)])
def test_where_sums_fill_the_caps_ever_more_closely_the_bounds_enclose_the_optimum(
    n: int, n_streamers: int, tight: float
) -> None:
    problem = crowd(np.random.default_rng(0), n, n_streamers, tight)

    result = solve(problem)

    highs = by_highs(*problem, seconds=1.0)
    assert result.objective >= highs * (1 - 1e-3)
    assert result.upper_bound >= highs * (1 - 1e-6)
    assert result.gap <= 1e-2 * result.objective


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("places", [2, 60])
def test_the_prices_are_as_good_as_those_of_the_linear_program(seed: int, places: int) -> None:
    ev, spend_cap, _ = crowd(np.random.default_rng(seed), 60, 20, 1.0)
    own = SpendProblem(ev, spend_cap, places)
    zero = SpendPrices.zero(20)

    bound = certify_spend(
        own, round_prices(own, zero), solve_relaxation(own, 0.0).prices
    ).upper_bound

    most_spend, most_whales = own.bounds
    relaxed = by_highs(np.where(own.worth >= 0, ev, -1), most_spend, most_whales, whole=False)
    assert bound == pytest.approx(relaxed, rel=1e-8)


@pytest.mark.parametrize("seed", range(6))
def test_both_searches_come_to_the_same_optimum(seed: int) -> None:
    problem = crowd(np.random.default_rng(seed), 14, 30, 1.5)
    own = SpendProblem(*problem)
    zero = SpendPrices.zero(30)
    at = round_prices(own, zero)
    contested = screen_choices(own, zero, at)
    assert contested is not None

    in_depth = search_in_depth(own, contested, at, nodes=10**8)
    by_cp_sat = search_by_cp_sat(own, contested, at, effort=5.0)

    best = own.objective(in_depth.assignment)
    assert certify_spend(own, by_cp_sat.assignment, zero).faults == ()
    assert best == pytest.approx(by_highs(*problem), rel=1e-6)
    assert own.objective(by_cp_sat.assignment) == pytest.approx(best, rel=1e-10)
    assert in_depth.is_optimal
    assert by_cp_sat.is_optimal
    assert max(in_depth.gap, by_cp_sat.gap) <= 1e-12 * best


def test_a_search_that_gives_up_proves_no_more_than_the_prices() -> None:
    own = SpendProblem(*crowd(np.random.default_rng(3), 14, 30, 1.5))
    zero = SpendPrices.zero(30)
    at = round_prices(own, zero)
    contested = screen_choices(own, zero, at)
    assert contested is not None

    found = search_in_depth(own, contested, at, nodes=5)

    assert not found.is_optimal
    assert found.gap >= contested.gap


def test_where_too_much_is_contested_the_gap_is_what_prices_prove(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("solver.spend.search.MAX_CHOICES", 10)
    problem = crowd(np.random.default_rng(0), 80, 10, 0.8)

    result = solve(problem)

    assert not result.proven_optimal
    assert result.upper_bound == pytest.approx(result.certificate.upper_bound)
    assert 0 < result.gap < 0.02 * result.objective


def test_more_whales_than_programs_are_solved_to_the_end_for_get_a_small_certified_gap(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("solver.spend.bound.MAX_WHALES_AT_ONCE", 300)
    result = solve(crowd(np.random.default_rng(0), 301, 20, 0.9))

    assert result.certificate.faults == ()
    assert result.gap < 0.01 * result.objective


def test_whales_whose_first_choices_fit_together_cost_no_price() -> None:
    result = allocate_within_spend([[60, 50], [40, 10]], spend_cap=100)

    assert result.assignment.tolist() == [0, 0]
    assert result.proven_optimal
    assert not result.prices.spend.any()
    assert not result.prices.slot.any()


def test_a_sum_that_rounds_above_its_cap_keeps_it() -> None:
    assert allocate_within_spend([[0.1], [0.2]], spend_cap=0.3).assignment.tolist() == [0, 0]
    assert allocate_within_spend([[0.1], [0.2]], spend_cap=0.2999).assignment.tolist() == [-1, 0]


def test_a_whale_above_every_cap_is_left_out_and_still_counts_as_demand() -> None:
    result = allocate_within_spend([[500, 400], [60, 50]], spend_cap=100)

    assert result.assignment.tolist() == [-1, 0]
    assert result.demand.tolist() == [2, 0]
    assert result.proven_optimal


def test_a_whale_that_adds_nothing_is_placed_where_there_is_room() -> None:
    result = allocate_within_spend([[0, -1], [7, 3], [-1, -1]], spend_cap=[7, 0])

    assert result.assignment.tolist() == [0, 0, -1]


def test_where_two_whales_never_fit_together_prices_prove_the_optimum_alone() -> None:
    ev = [[90, 60, 55], [80, 70, 60], [75, 74, 51]]

    result = allocate_within_spend(ev, spend_cap=100)

    assert result.objective == 90 + 60 + 74
    assert result.certificate.proven_optimal


def test_the_same_input_gives_the_same_allocation() -> None:
    problem = crowd(np.random.default_rng(5), 60, 8, 1.2)

    first, second = solve(problem), solve(problem)

    np.testing.assert_array_equal(first.assignment, second.assignment)
    assert first.upper_bound == second.upper_bound
    np.testing.assert_array_equal(first.prices.spend, second.prices.spend)


def test_float32_and_a_read_only_view_are_as_good_as_float64() -> None:
    ev = np.array([[60, 50], [50, 45], [40, 10]], dtype=np.float32)
    ev.flags.writeable = False

    assert allocate_within_spend(ev, 100).objective == 145
    assert ev.tolist() == [[60, 50], [50, 45], [40, 10]]


OWN = SpendProblem([[60, 50], [50, 45], [40, -1]], spend_cap=100, capacity=[2, 1])


@pytest.mark.parametrize(("streamer", "prices", "fault"), [
    ([0, 0, -1], None, Message("spend_cap_exceeded", streamer=0, spend="110.0")),
    ([-1, 1, 1], None, Message("spend_pair_forbidden", whale=2, streamer=1)),
    ([1, 1, -1], None,
     Message("streamer_overloaded", streamer=1, load=2, counted="whales", cap=1)),
    ([0, 2, -1], None, Message("streamer_unknown", user=1, streamer=2)),
    ([0, 1], None, Message("assignment_shape", numbers=1, users=3)),
    ([0, 1, 0], ([0, -1], [0, 0]),
     Message("price_invalid", limit="spend", streamer=1, received="-1.0")),
    ([0, 1, 0], ([0, 0], [np.nan, 0]),
     Message("price_invalid", limit="slot", streamer=0, received="nan")),
    ([0, 1, 0], ([0, 0], [0]), Message("prices_of_each_expected", limit="slot", streamers=2)),
])  # fmt: skip
def test_a_certificate_names_what_is_wrong(
    streamer: list[int], prices: tuple[list[float], list[float]] | None, fault: Message
) -> None:
    given_prices = SpendPrices(*(np.array(each, float) for each in prices or ([0, 0], [0, 0])))

    judged = certify_spend(OWN, np.array(streamer), given_prices)

    assert fault in judged.faults
    assert not judged.proven_optimal


@pytest.mark.parametrize(("arguments", "field", "code"), [
    ({"spend_cap": -1}, "spend_cap", "cap_out_of_range"),
    ({"spend_cap": [1, np.nan]}, "spend_cap", "streamer_cap_out_of_range"),
    ({"spend_cap": [1, 2, 3]}, "spend_cap", "one_or_each_expected"),
    ({"spend_cap": "many"}, "spend_cap", "array_type"),
    ({"capacity": -1}, "capacity", "cap_out_of_range"),
    ({"ev": [1.0, 2.0]}, "ev", "two_dimensions_expected"),
    ({"ev": [[1.0, np.nan]]}, "ev", "ev_out_of_range"),
    ({"effort": np.nan}, "effort", "expected_at_least"),
])  # fmt: skip
def test_bad_input_is_refused(arguments: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(InputError) as error:
        allocate_within_spend(**{"ev": [[1.0, 2.0]], "spend_cap": 3.0} | arguments)

    assert (error.value.field, error.value.message.code) == (field, code)
