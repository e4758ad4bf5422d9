"""Prices to begin with and a tolerance to end at: what they may change, and what they may not."""

from __future__ import annotations

import signal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from messages import Message
from solver import (
    Allocation,
    Fill,
    InputError,
    Problem,
    ShadowPrices,
    UnmetGuaranteesError,
    allocate,
)

from .oracles import best_joint, best_whale_tier, dense_ev, keeps_the_rules, placements
from .strategies import (
    DOZENS,
    FAMILIES,
    NOTATIONS,
    PRICE_KINDS,
    any_prices,
    changed,
    in_notation,
    limited_problems,
    problems,
)

seeds = st.integers(0, 2**32 - 1)
SECONDS = 2
notations = st.sampled_from(NOTATIONS)


def near(problem: Problem) -> float:
    """Return what two sums of this problem's EVs and penalties may differ by."""
    dearest = problem.limits.whale_penalty.max(initial=0)
    return 1e-9 * max(1e-300, float(dense_ev(problem).max()), float(dearest))


def check_same(problem: Problem, warm: Allocation, cold: Allocation) -> None:
    """Hold a warm start's answer against the cold one's."""
    assert keeps_the_rules(problem, warm.assignment)
    assert warm.certificate.proven_optimal
    assert warm.objective == pytest.approx(cold.objective, rel=1e-9, abs=near(problem))
    np.testing.assert_array_equal(warm.demand, cold.demand)
    got, expected = warm.shadow_prices, cold.shadow_prices
    for prices in ("whale_cap", "capacity", "whale_surcharge", "slot_price"):
        np.testing.assert_allclose(
            getattr(got, prices), getattr(expected, prices), rtol=1e-9, atol=near(problem)
        )


def started(problem: Problem, fill: Fill, prices: ShadowPrices) -> Allocation:
    """Allocate from given prices, in seconds: prices that are never right must end too."""

    def give_up(*_: object) -> None:
        raise TimeoutError(f"from prices {prices}")

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(SECONDS)
    try:
        return allocate(problem, fill=fill, prices=prices)
    finally:
        signal.alarm(0)


def solved(problem: Problem, fill: Fill, **arguments: Any) -> Allocation | None:
    try:
        return allocate(problem, fill=fill, **arguments)
    except UnmetGuaranteesError:
        return None


@pytest.mark.parametrize("fill", ["joint", "none"])
@pytest.mark.parametrize("family", [*FAMILIES, "anything"])
@DOZENS
@given(data=st.data())
def test_a_plain_problem_has_one_optimum_and_one_set_of_prices_wherever_it_begins(
    family: str, fill: Fill, data: st.DataObject
) -> None:
    problem = data.draw(problems((family,), max_users=20))
    problem = in_notation(problem, data.draw(notations), np.random.default_rng(data.draw(seeds)))
    cold = allocate(problem, fill=fill)

    warm = started(problem, fill, data.draw(any_prices(problem, cold.shadow_prices)))

    check_same(problem, warm, cold)


@pytest.mark.parametrize("fill", ["greedy", "joint", "none"])
@DOZENS
@given(data=st.data())
def test_a_problem_of_all_limits_is_the_same_wherever_it_begins(
    fill: Fill, data: st.DataObject
) -> None:
    problem = data.draw(limited_problems())
    problem = in_notation(problem, data.draw(notations), np.random.default_rng(data.draw(seeds)))
    cold = solved(problem, fill)
    if cold is None:
        with pytest.raises(UnmetGuaranteesError):
            allocate(problem, fill=fill, prices=ShadowPrices.zero(problem.n_streamers))
        return

    warm = started(problem, fill, data.draw(any_prices(problem, cold.shadow_prices)))

    check_same(problem, warm, cold)


@DOZENS
@given(data=st.data())
def test_prices_of_a_problem_with_other_limits_will_do(data: st.DataObject) -> None:
    """Those of a plain tier for one with guarantees, and the other way round."""
    limited = data.draw(limited_problems())
    plain = changed(limited, min_users=0, whale_penalty=None, max_streamers_per_user=1)
    for problem, similar in ((limited, plain), (plain, limited)):
        cold, other = solved(problem, "none"), solved(similar, "none")
        if cold is not None and other is not None:
            check_same(problem, started(problem, "none", other.shadow_prices), cold)


@pytest.mark.parametrize("kind", PRICE_KINDS)
@pytest.mark.parametrize("family", ["uniform", "heavy tail", "many ties", "an ulp apart"])
def test_a_tight_tier_of_hundreds_is_the_same_wherever_it_begins(family: str, kind: str) -> None:
    rng = np.random.default_rng(5)
    ev = FAMILIES[family](rng, (200, 20))
    matrix = Problem(ev, whales=rng.random(200) < 0.7, whale_cap=rng.integers(0, 9, 20), capacity=9)
    for notation in NOTATIONS:
        problem = in_notation(matrix, notation, rng)
        for fill in ("none", "joint"):
            cold = allocate(problem, fill=fill)  # type: ignore[arg-type]
            scale = float(dense_ev(problem).max())
            begin = ShadowPrices(
                PRICE_KINDS[kind](rng, cold.shadow_prices.whale_cap, scale),
                PRICE_KINDS[kind](rng, cold.shadow_prices.capacity, scale),
            )

            warm = started(problem, fill, begin)  # type: ignore[arg-type]

            check_same(problem, warm, cold)


def test_prices_of_0_end_where_two_fight_for_a_slot_that_is_worth_nothing() -> None:
    problem = Problem([[0.0], [0.0]])

    result = started(problem, "none", ShadowPrices.zero(1))

    assert sorted(result.assignment.tolist()) == [-1, 0]


def test_the_prices_given_are_left_as_they_were(crowded: Problem) -> None:
    begin = ShadowPrices(np.array([100.0, 0, 3]), np.array([0, 1e9, 0.5]))

    for fill in ("greedy", "joint", "none"):
        allocate(crowded, fill=fill, prices=begin)  # type: ignore[arg-type]

    assert begin.whale_cap.tolist() == [100, 0, 3]
    assert begin.capacity.tolist() == [0, 1e9, 0.5]


def test_prices_in_whole_numbers_are_prices(crowded: Problem) -> None:
    begin = ShadowPrices(np.array([1, 2, 3]), np.array([0, 0, 0]))

    for fill in ("greedy", "joint", "none"):
        result = allocate(crowded, fill=fill, prices=begin)  # type: ignore[arg-type]
        assert result.certificate.proven_optimal


@pytest.mark.parametrize("fill", ["greedy", "joint", "none"])
@pytest.mark.parametrize("limit", ["whale_cap", "capacity", "min_users", "whale_penalty"])
@pytest.mark.parametrize(
    ("price", "code", "parameters"),
    [
        ([0.0, 1.0], "prices_of_each_expected", {}),  # one too few
        ([0.0, 1.0, 2.0, 3.0], "prices_of_each_expected", {}),
        ([[0.0, 1.0, 2.0]], "prices_of_each_expected", {}),  # a matrix
        (1.0, "prices_of_each_expected", {}),  # one for all
        ([0.0, -1e-300, 0.0], "price_invalid", {"streamer": 1, "received": "-1e-300"}),
        ([0.0, 0.0, np.nan], "price_invalid", {"streamer": 2, "received": "nan"}),
        ([np.inf, 0.0, 0.0], "price_invalid", {"streamer": 0, "received": "inf"}),
        ([-np.inf, 0.0, 0.0], "price_invalid", {"streamer": 0, "received": "-inf"}),
    ],
)
def test_what_is_no_price_is_refused(
    crowded: Problem, limit: str, fill: Fill, price: Any, code: str, parameters: dict[str, Any]
) -> None:
    vectors: dict[str, NDArray[np.float64]] = {
        "whale_cap": np.zeros(3),
        "capacity": np.zeros(3),
        limit: np.array(price),
    }

    with pytest.raises(InputError) as refused:
        allocate(crowded, fill=fill, prices=ShadowPrices(**vectors))

    assert refused.value.field == "prices"
    message = refused.value.message
    assert (message.code, message.parameters["limit"]) == (code, limit)
    assert parameters.items() <= message.parameters.items()


def left_out_in_vain(problem: Problem, streamer: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return the whales with a place left and a streamer with room that takes them at no loss."""
    user, at = placements(streamer)
    load = np.bincount(at, minlength=problem.n_streamers)
    whale_load = np.bincount(at[problem.whales[user]], minlength=problem.n_streamers)
    penalty = problem.limits.marginal_penalty(whale_load + 1)
    room = (load < problem.capacity) & (whale_load < problem.whale_cap) & (penalty == 0)
    return [
        (u, int(s))
        for u in np.flatnonzero(problem.whales)
        for s in np.flatnonzero(room & (dense_ev(problem)[u] >= 0))
        if (row := streamer.reshape(problem.n_users, -1)[u]).min() < 0 and s not in row
    ]


@pytest.mark.parametrize("kind", ["plain", "limited"])
@DOZENS
@given(data=st.data(), tolerance=st.sampled_from((1e-12, 1e-3, 0.1, 0.5, 1.0)))
def test_within_a_tolerance_the_gap_is_no_larger_and_no_whale_is_left_out_in_vain(
    kind: str, data: st.DataObject, tolerance: float
) -> None:
    strategy = problems if kind == "plain" else limited_problems
    problem = data.draw(strategy(max_users=20, max_streamers=12))
    problem = in_notation(problem, data.draw(notations), np.random.default_rng(data.draw(seeds)))
    fill = data.draw(st.sampled_from(("greedy", "joint", "none")))
    exact = solved(problem, fill)
    if exact is None:
        with pytest.raises(UnmetGuaranteesError):
            allocate(problem, fill=fill, tolerance=tolerance)
        return

    result = allocate(problem, fill=fill, tolerance=tolerance)

    proof, small = result.certificate, near(problem)
    assert keeps_the_rules(problem, result.assignment)
    assert (dense_ev(problem)[placements(result.assignment)] >= 0).all()
    assert proof.gap <= tolerance * abs(proof.objective) + small
    best = exact.certificate.objective
    assert proof.objective - small <= best <= proof.upper_bound + small
    assert left_out_in_vain(problem, result.assignment) == []


@pytest.mark.slow
@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("limits", [{}, {"max_streamers_per_user": 2}, {"whale_penalty": [0, 1]}])
def test_a_tolerance_holds_for_hundreds_of_whales_and_scarce_slots(
    notation: str, limits: dict[str, Any]
) -> None:
    rng = np.random.default_rng(6)
    for family in ("uniform", "heavy tail", "many ties", "one wanted by all"):
        ev = FAMILIES[family](rng, (300, 30))
        problem = in_notation(Problem(ev, whale_cap=5, capacity=9, **limits), notation, rng)
        best = allocate(problem, fill="none").objective
        for tolerance in (1e-6, 1e-2, 0.5):
            result = allocate(problem, fill="none", tolerance=tolerance)
            assert keeps_the_rules(problem, result.assignment)
            assert result.certificate.gap <= tolerance * result.objective
            assert result.objective >= best - tolerance * result.objective
            assert left_out_in_vain(problem, result.assignment) == []


@DOZENS
@given(problem=problems(), fill=st.sampled_from(("joint", "none")), data=st.data())
def test_a_tolerance_of_0_is_exact(problem: Problem, fill: Fill, data: st.DataObject) -> None:
    problem = in_notation(problem, data.draw(notations), np.random.default_rng(data.draw(seeds)))
    exact = allocate(problem, fill=fill)

    result = allocate(problem, fill=fill, tolerance=0)

    np.testing.assert_array_equal(result.assignment, exact.assignment)
    np.testing.assert_array_equal(
        result.shadow_prices.whale_surcharge, exact.shadow_prices.whale_surcharge
    )
    np.testing.assert_array_equal(result.shadow_prices.slot_price, exact.shadow_prices.slot_price)
    best = best_joint(problem) if fill == "joint" else best_whale_tier(problem)
    assert result.objective == pytest.approx(best, rel=1e-9, abs=near(problem))


@pytest.mark.parametrize(
    ("tolerance", "shown"),
    [
        (-1, "-1"),
        (-1e-300, "-1e-300"),
        (2, "2"),  # more than all of it
        (np.nan, "nan"),
        (np.inf, "inf"),
        (None, "None"),
        ("0.1", "'0.1'"),
        (1j, "1j"),
    ],
)
def test_a_tolerance_that_is_no_share_is_refused(
    crowded: Problem, tolerance: Any, shown: str
) -> None:
    with pytest.raises(InputError) as refused:
        allocate(crowded, tolerance=tolerance)

    assert refused.value.field == "tolerance"
    assert refused.value.message == Message("tolerance_expected", received=shown)


def test_shares_up_to_all_of_it_are_tolerances(crowded: Problem) -> None:
    for tolerance in (0, 1, 1.0, np.float32(0.5)):
        result = allocate(crowded, tolerance=float(tolerance))
        assert result.certificate.gap <= tolerance * result.whale_objective
