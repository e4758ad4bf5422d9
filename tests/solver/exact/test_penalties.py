"""Soft caps: what each further whale at a streamer costs, and what its slot is worth then."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import Message
from solver import Fill, InputError, Problem, allocate
from solver.flow import min_cost_flow as flow
from tests.solver.oracles import dense_ev, keeps_the_rules, penalty_by_hand, placements, total_ev
from tests.solver.strategies import (
    DOZENS,
    FAMILIES,
    NOTATIONS,
    changed,
    in_notation,
    limited_problems,
    one_more,
)

EV = [[1.0, 2.0], [3.0, 4.0]]
seeds = st.integers(0, 2**32 - 1)


def near(problem: Problem) -> float:
    """Return what two sums of this problem's EVs and penalties may differ by."""
    dearest = problem.limits.whale_penalty.max(initial=0)
    return 1e-12 * max(1e-300, float(dense_ev(problem).max()), float(dearest))


@st.composite
def penalised(draw: st.DrawFn, family: str | None = None) -> Problem:
    """Return problems with penalties and without guarantees, in any notation."""
    problem = draw(limited_problems() if family is None else limited_problems((family,)))
    scale = max(float(dense_ev(problem).max()), 0.0)
    shares = sorted(draw(st.lists(st.sampled_from((0, 0.01, 0.1, 0.4, 1, 3)), min_size=1)))
    problem = changed(
        problem, min_users=0, whale_penalty=np.minimum(scale * np.array(shares), 1e15)
    )
    rng = np.random.default_rng(draw(seeds))
    return in_notation(problem, draw(st.sampled_from(NOTATIONS)), rng)


@pytest.mark.parametrize(
    ("worth", "whales", "penalty"),
    [
        (0.5, 2, 0),  # the first two are free
        (10, 3, 5),  # the third is worth its 5, the fourth not its 20
        (30, 6, 65),  # 20 for every further one
    ],
)
@pytest.mark.parametrize("fill", ["greedy", "joint", "none"])
def test_whales_come_while_they_are_worth_more_than_the_next_of_them_costs(
    fill: Fill, worth: float, whales: int, penalty: float
) -> None:
    problem = Problem([[worth]] * 6, whale_cap=6, whale_penalty=[0, 0, 5, 20])

    result = allocate(problem, fill=fill)

    assert (result.assignment == 0).sum() == whales
    assert result.penalty == penalty
    assert result.whale_objective == whales * worth
    assert result.objective == whales * worth - penalty
    assert result.certificate.upper_bound == result.objective


def test_a_soft_cap_spreads_whales_where_that_costs_less_than_the_penalty() -> None:
    """Moving costs 3, 6 and 9: dearer than the third whale's 5, so of five, two go and three stay.

    With a hard cap of 2, three go; with none, nobody.
    """
    ev = [[20, 20 - loss] for loss in (3, 4, 6, 9, 9)]

    soft = allocate(Problem(ev, whale_cap=5, whale_penalty=[0, 0, 5, 20]))
    hard = allocate(Problem(ev, whale_cap=[2, 5]))
    free = allocate(Problem(ev, whale_cap=5))

    assert soft.assignment.tolist() == [1, 1, 0, 0, 0]
    assert (soft.objective, soft.penalty) == (88, 5)
    assert hard.assignment.tolist() == [1, 1, 1, 0, 0]
    assert free.assignment.tolist() == [0] * 5


def test_the_price_of_a_soft_slot_is_that_of_its_penalty() -> None:
    """Who stays at streamer 0 pays 5 there: the next would come at 6, if it cost no more than 5."""
    ev = [[20, 20 - loss] for loss in (3, 4, 6, 9, 9)]

    prices = allocate(Problem(ev, whale_cap=5, whale_penalty=[0, 0, 5, 20])).shadow_prices

    assert prices.whale_penalty is not None
    assert prices.whale_penalty.tolist() == [5, 0]
    assert prices.whale_cap.tolist() == prices.capacity.tolist() == [0, 0]


@DOZENS
@given(problem=limited_problems(), fill=st.sampled_from(("greedy", "joint", "none")))
def test_penalties_of_0_are_no_penalties(problem: Problem, fill: Fill) -> None:
    free = changed(problem, min_users=0, whale_penalty=None)
    for zeros in ([0], [0, 0.0, -0.0]):
        zero = changed(free, whale_penalty=zeros)

        got, expected = allocate(zero, fill=fill), allocate(free, fill=fill)

        np.testing.assert_array_equal(got.assignment, expected.assignment)
        assert got.objective == expected.objective
        assert got.penalty == 0
        assert got.certificate.upper_bound == pytest.approx(
            expected.certificate.upper_bound, rel=1e-12, abs=0
        )
        np.testing.assert_array_equal(
            got.shadow_prices.whale_surcharge, expected.shadow_prices.whale_surcharge
        )
        np.testing.assert_array_equal(
            got.shadow_prices.slot_price, expected.shadow_prices.slot_price
        )


@pytest.mark.parametrize("fill", ["joint", "none"])
@pytest.mark.parametrize("family", sorted({*FAMILIES, "anything"} - {"near 1e15", "up to 1e15"}))
@DOZENS
@given(data=st.data())
def test_a_penalty_above_every_ev_from_one_whale_on_is_a_hard_cap(
    family: str, fill: Fill, data: st.DataObject
) -> None:
    problem = changed(data.draw(limited_problems((family,))), min_users=0)
    k = data.draw(st.integers(1, 3))
    largest = max(float(dense_ev(problem).max()), 0.0)
    huge = data.draw(st.sampled_from((2 * largest + 1e-300, 1e3 * largest + 1, 1e9, 1e15)))
    if not 1.01 * largest < huge <= 1e15:
        return
    soft = changed(problem, whale_penalty=[0] * k + [huge])
    hard = changed(problem, whale_penalty=None, whale_cap=np.minimum(problem.whale_cap, k))

    got, expected = allocate(soft, fill=fill), allocate(hard, fill=fill)

    assert keeps_the_rules(hard, got.assignment)
    assert got.penalty == 0
    assert got.objective == pytest.approx(expected.objective, rel=1e-12, abs=near(hard) / 100)
    assert got.certificate.proven_optimal


@DOZENS
@given(problem=penalised(), fill=st.sampled_from(("greedy", "joint", "none")))
def test_the_objective_is_total_ev_less_the_penalty_of_every_whale(
    problem: Problem, fill: Fill
) -> None:
    result = allocate(problem, fill=fill)

    whales, everybody = problem.whales, np.ones(problem.n_users, dtype=np.bool_)
    paid = penalty_by_hand(problem, result.assignment)
    assert result.penalty == pytest.approx(paid, rel=1e-12, abs=0)
    for objective, users in ((result.whale_objective, whales), (result.normal_objective, ~whales)):
        total = total_ev(problem, result.assignment, users)
        assert objective == pytest.approx(total, rel=1e-12, abs=0)
    worth = total_ev(problem, result.assignment, everybody) - paid
    assert result.objective == pytest.approx(worth, rel=1e-12, abs=near(problem))


@DOZENS
@given(problem=penalised(), fill=st.sampled_from(("joint", "none")))
def test_penalties_never_raise_the_objective_nor_lower_it_by_more_than_themselves(
    problem: Problem, fill: Fill
) -> None:
    free = allocate(changed(problem, whale_penalty=None), fill=fill)

    result = allocate(problem, fill=fill)

    small = near(problem)
    assert result.objective <= free.objective + small
    assert result.objective >= free.objective - penalty_by_hand(problem, free.assignment) - small


@DOZENS
@given(problem=penalised(), fill=st.sampled_from(("greedy", "joint", "none")))
def test_the_last_price_goes_on_for_all_further_whales(problem: Problem, fill: Fill) -> None:
    prices = problem.limits.whale_penalty
    spelt_out = changed(problem, whale_penalty=[*prices, *[prices[-1]] * problem.n_users])

    got, expected = allocate(problem, fill=fill), allocate(spelt_out, fill=fill)

    np.testing.assert_array_equal(got.assignment, expected.assignment)
    assert got.penalty == pytest.approx(expected.penalty, rel=1e-14, abs=0)


@DOZENS
@given(problem=penalised(), fill=st.sampled_from(("greedy", "joint", "none")), data=st.data())
def test_prices_beyond_the_whales_there_are_change_nothing_and_are_dropped(
    problem: Problem, fill: Fill, data: st.DataObject
) -> None:
    """Whatever they are: no streamer has more whales than there are."""
    prices = problem.limits.whale_penalty
    full = [*prices, *[prices[-1]] * (problem.n_users + 1)][: np.count_nonzero(problem.whales) + 1]
    dearer = data.draw(st.sampled_from((0.0, 1.0, 1e15)))
    longer = [*full, *[max(full[-1], dearer)] * data.draw(st.integers(1, 50))]
    cut, long = changed(problem, whale_penalty=full), changed(problem, whale_penalty=longer)

    got, expected = allocate(long, fill=fill), allocate(cut, fill=fill)

    np.testing.assert_array_equal(long.limits.whale_penalty, cut.limits.whale_penalty)
    np.testing.assert_array_equal(got.assignment, expected.assignment)
    assert got.penalty == expected.penalty
    assert got.certificate == expected.certificate
    np.testing.assert_array_equal(
        got.shadow_prices.whale_surcharge, expected.shadow_prices.whale_surcharge
    )
    np.testing.assert_array_equal(got.shadow_prices.whale_cap, expected.shadow_prices.whale_cap)


def test_a_million_prices_make_no_larger_network_than_the_whales_need() -> None:
    """The arcs of the gates are counted: one for each price that some whale can come to."""
    counted: list[int] = []

    class Counting(flow.SimpleMinCostFlow):  # type: ignore[misc]
        def add_arcs_with_capacity_and_unit_cost(self, tail: Any, *rest: Any) -> Any:
            counted.append(len(tail))
            return super().add_arcs_with_capacity_and_unit_cost(tail, *rest)

    ev = np.arange(40.0).reshape(20, 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flow, "SimpleMinCostFlow", Counting)
        result = allocate(Problem(ev, whale_cap=20, whale_penalty=np.arange(1e6)))

    assert result.certificate.proven_optimal
    assert max(counted) <= ev.size
    assert sum(counted) <= 4 * ev.size


@pytest.mark.parametrize("fill", ["joint", "none"])
@DOZENS
@given(data=st.data())
def test_the_price_of_the_whale_cap_is_what_one_more_whale_adds_at_its_penalty(
    fill: Fill, data: st.DataObject
) -> None:
    """Where the capacity does not bind; closed streamers are priced too."""
    problem = changed(data.draw(penalised()), capacity=None)
    s = data.draw(st.integers(0, problem.n_streamers - 1))

    result = allocate(problem, fill=fill)

    gain = allocate(one_more(problem, s, "whale_cap"), fill=fill).objective - result.objective
    price = result.shadow_prices.whale_cap[s]
    assert price == pytest.approx(gain, rel=1e-9, abs=near(problem))


@DOZENS
@given(problem=penalised(), fill=st.sampled_from(("joint", "none")))
def test_whales_pay_from_the_last_penalty_up_to_the_next_or_more_only_where_k_binds(
    problem: Problem, fill: Fill
) -> None:
    result = allocate(problem, fill=fill)

    user, at = placements(result.assignment)
    load = np.bincount(at[problem.whales[user]], minlength=problem.n_streamers)
    penalty = np.array([0.0, *problem.limits.whale_penalty])
    last, following = (penalty[np.minimum(load + j, len(penalty) - 1)] for j in (0, 1))
    gate, is_open = result.shadow_prices.whale_surcharge, load < problem.whale_cap
    assert (gate >= last - near(problem)).all()
    assert (gate[is_open] <= following[is_open] + near(problem)).all()


@DOZENS
@given(problem=penalised(), fill=st.sampled_from(("joint", "none")))
def test_under_penalties_too_a_slack_cap_costs_nothing(problem: Problem, fill: Fill) -> None:
    result = allocate(problem, fill=fill)

    user, at = placements(result.assignment)
    whale_load, load = (
        np.bincount(it, minlength=problem.n_streamers) for it in (at[problem.whales[user]], at)
    )
    assert not result.shadow_prices.whale_cap[whale_load < problem.whale_cap].any()
    assert not result.shadow_prices.capacity[load < problem.capacity].any()


@pytest.mark.parametrize("penalty", [0.07, 0.01, 0.001, 1e-5, 1e-9])
def test_what_rounding_leaves_of_a_large_price_is_no_price_of_a_slack_cap(penalty: float) -> None:
    """The capacity is what keeps the whale out; one more slot in the whale cap adds nothing."""
    problem = Problem([[7.0]], whale_cap=1, capacity=0, whale_penalty=[penalty])

    prices = allocate(problem).shadow_prices

    assert prices.whale_cap.tolist() == [0]
    assert prices.capacity.tolist() == pytest.approx([7 - penalty])


@pytest.mark.parametrize("closed", ["whale_cap", "capacity"])
@pytest.mark.parametrize("fill", ["joint", "none"])
def test_a_closed_streamer_is_worth_what_its_first_whale_would_add(fill: Fill, closed: str) -> None:
    """9 rather than 4, at a penalty of 2."""
    problem = Problem(
        [[9.0, 4.0]], **{"whale_cap": 1, "capacity": 1, closed: [0, 1]}, whale_penalty=[2, 3]
    )

    result = allocate(problem, fill=fill)

    assert result.assignment.tolist() == [1]
    assert result.objective == 2
    assert getattr(result.shadow_prices, closed).tolist() == [5, 0]
    assert result.certificate.proven_optimal


@pytest.mark.parametrize(
    ("penalty", "position", "code", "parameters"),
    [
        # Concave: the third is cheaper than the second
        (
            [0, 5, 4.5],
            (2,),
            "penalty_not_convex",
            {"whale": 3, "price": 4.5, "before": 5.0},
        ),
        # A reward
        ([-1], (0,), "penalty_out_of_range", {"whale": 1, "received": "-1.0"}),
        ([0, np.nan], (1,), "penalty_out_of_range", {"whale": 2, "received": "nan"}),
        ([0, np.inf], (1,), "penalty_out_of_range", {"whale": 2, "received": "inf"}),
        ([0, 1.1e15], (1,), "penalty_out_of_range", {"whale": 2, "received": "1100000000000000.0"}),
        # Nothing
        ([], (), "penalty_list_expected", {"dimensions": 1, "type": "float64", "values": 0}),
        # One number is no list, and a matrix is no list either
        (5, (), "penalty_list_expected", {"dimensions": 0, "type": "int64", "values": 1}),
        (
            [[0, 1], [0, 2]],
            (),
            "penalty_list_expected",
            {"dimensions": 2, "type": "int64", "values": 4},
        ),
        ([[0, 1], [0]], (), "array_ragged", {}),
        # Other than numbers
        (["0", "5"], (), "penalty_list_expected", {"dimensions": 1, "type": "<U1", "values": 2}),
        (
            [True, False],
            (),
            "penalty_list_expected",
            {"dimensions": 1, "type": "bool", "values": 2},
        ),
        ([0, None], (1,), "array_entry", {"received": "None"}),
        ([0, 1j], (), "array_type", {"received": "complex128"}),
    ],
)
def test_penalties_that_are_no_convex_list_of_prices_are_refused(
    penalty: Any, position: tuple[int, ...], code: str, parameters: dict[str, Any]
) -> None:
    with pytest.raises(InputError) as refused:
        Problem(EV, whale_penalty=penalty)

    assert (refused.value.field, refused.value.position) == ("whale_penalty", position)
    assert refused.value.message.code == code
    assert parameters.items() <= refused.value.message.parameters.items()


def test_prices_up_to_the_largest_ev_are_accepted_whatever_their_dtype() -> None:
    for penalty in ([0, 1e15], np.array([0, 5]), np.array([0, 5], dtype=np.uint8), (0, 5)):
        made = Problem(EV, whale_penalty=penalty)
        assert made.limits.whale_penalty.tolist() == [0, float(np.max(penalty))]


@pytest.mark.parametrize("algorithm", ["greedy-edges", "greedy-swaps"])
def test_only_the_exact_algorithm_knows_penalties(algorithm: Any) -> None:
    with pytest.raises(InputError) as refused:
        allocate(Problem(EV, whale_penalty=[1]), algorithm=algorithm)

    assert refused.value.message == Message("limits_unavailable", algorithm=algorithm)
    assert allocate(Problem(EV, whale_penalty=[0]), algorithm=algorithm).penalty == 0
