"""What certificates claim holds for every allocation there is, whatever is tampered with."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from solver import Candidates, InputError, Problem, ShadowPrices
from solver.duality import Scope
from solver.fairness import certify_fair
from solver.fairness.welfare import LargeUsersWelfare
from tests.profiles import examples
from tests.solver.fairness.oracles import Outcomes, all_outcomes, exact_gini, exact_welfare
from tests.solver.strategies import FAMILIES

THOUSANDS = examples(1500)

seeds = st.integers(0, 2**32 - 1)
scopes: st.SearchStrategy[Scope] = st.sampled_from(["whale", "joint"])


def draw_problem(rng: np.random.Generator, family: str) -> Problem:
    """Draw a tiny problem with whatever limits there are."""
    per_user = int(rng.choice([1, 1, 1, 2]))
    n_users, n_streamers = int(rng.integers(1, 5 if per_user == 1 else 4)), int(rng.integers(1, 4))
    ev: Any = FAMILIES[family](rng, (n_users, n_streamers))
    if rng.random() < 0.3:
        ev = np.where(rng.random(ev.shape) < 0.3, -np.inf, ev)
    if rng.random() < 0.3:
        ev = ev.astype(np.float32)
    if rng.random() < 0.3:
        users, streamers = np.nonzero(ev > -np.inf)
        ev = Candidates(users, streamers, ev[users, streamers], ev.shape)
    rich = rng.random() < 0.4
    return Problem(
        ev,
        whales=rng.random(n_users) < 0.6,
        whale_cap=rng.integers(0, 3, n_streamers),
        capacity=rng.integers(0, 4, n_streamers),
        min_users=rng.integers(0, 2, n_streamers) if rich and rng.random() < 0.5 else 0,
        whale_penalty=np.sort(rng.random(2)) * 3 if rich else None,
        max_streamers_per_user=per_user,
    )


def draw_prices(rng: np.random.Generator, problem: Problem, scale: float) -> ShadowPrices:
    """Draw any prices, many of them 0."""

    def some() -> NDArray[np.float64]:
        size = problem.n_streamers
        return rng.choice([0.0, 0.3, 1.0], size) * scale * rng.random(size)

    guarantee = some() if rng.random() < 0.3 else None
    penalty = some() if len(problem.limits.whale_penalty) and rng.random() < 0.5 else None
    return ShadowPrices(some(), some(), guarantee, penalty)


def an_assignment(outcomes: Outcomes, number: int) -> NDArray[np.int64]:
    """Return one of the allocations as an array."""
    per_user = min(outcomes.problem.limits.per_user, outcomes.problem.n_streamers)
    found = np.full((outcomes.problem.n_users, per_user), -1)
    for user, shown in enumerate(outcomes.shown[number]):
        at = np.flatnonzero(shown)
        found[user, : len(at)] = at
    return found if outcomes.problem.limits.per_user > 1 else found[:, 0]


@THOUSANDS
@given(seeds, st.sampled_from(sorted(FAMILIES)), scopes)
def test_no_allocation_beats_what_any_weights_and_prices_prove(
    seed: int, family: str, scope: Scope
) -> None:
    rng = np.random.default_rng(seed)
    problem = draw_problem(rng, family)
    base = rng.choice([0.0, 1.0]) * rng.random(problem.n_streamers) * 5
    outcomes = all_outcomes(problem, scope, base)
    if not len(outcomes.shown):
        return
    largest = max(problem.largest_ev(), 1e-300)
    weights = rng.choice([0.5, 1.0, 1.3, 2.0], problem.n_streamers) * rng.uniform(0.5, 1.5)
    theta = float(rng.choice([0.0, 0.01, 0.3, 1.0]))
    at = int(rng.integers(len(outcomes.shown)))
    certificate = certify_fair(
        problem, an_assignment(outcomes, at), weights, draw_prices(rng, problem, largest), theta,
        scope=scope, base=base,
    )  # fmt: skip
    assert not certificate.faults
    own = outcomes.exact_revenue(at)
    assert certificate.gini == pytest.approx(float(exact_gini(own)), abs=1e-9)
    assert certificate.objective == pytest.approx(
        outcomes.objective[at], rel=1e-9, abs=1e-9 * largest
    )
    scale = max(1.0, float(np.abs(outcomes.revenue).max()))
    rivals = np.argsort(outcomes.objective - theta * outcomes.gini * outcomes.revenue.sum(axis=1))
    for number in rivals[-8:]:
        revenue = outcomes.exact_revenue(int(number))
        worth = exact_welfare(revenue, theta) - Fraction(float(outcomes.penalty[number]))
        slack = Fraction(1e-12 * scale if outcomes.penalty[number] else 0.0)
        assert worth <= Fraction(certificate.welfare_bound) + slack
    as_good = outcomes.objective >= certificate.objective
    assert (outcomes.gini[as_good] >= certificate.gini_at_least - 1e-12).all()
    as_equal = outcomes.gini <= certificate.gini
    assert (outcomes.objective[as_equal] <= certificate.total_at_most + 1e-12 * scale).all()


@examples(600)
@given(seeds, st.sampled_from(["heavy tail", "many ties", "uniform", "1e-9 to 1e9"]), scopes)
def test_no_allocation_beats_a_proof_that_has_large_users_whole(
    seed: int, family: str, scope: Scope
) -> None:
    rng = np.random.default_rng(seed)
    n_users, n_streamers = int(rng.integers(1, 6)), int(rng.integers(2, 4))
    problem = Problem(
        FAMILIES[family](rng, (n_users, n_streamers)),
        whales=rng.random(n_users) < 0.7,
        whale_cap=rng.integers(0, 4, n_streamers),
        capacity=rng.integers(0, 5, n_streamers),
    )
    base = rng.choice([0.0, 1.0]) * rng.random(n_streamers) * 5
    outcomes = all_outcomes(problem, scope, base)
    weights = rng.choice([0.7, 1.0, 1.3], n_streamers) * rng.uniform(0.5, 1.5)
    theta, large = float(rng.choice([0.0, 0.3, 1.0])), int(rng.integers(1, n_streamers))
    if rng.random() < 0.5:
        pooled = int(rng.integers(large + 1, n_streamers + 1))
        weights = LargeUsersWelfare(theta, large=large, pooled=pooled).project(weights)
    prices = draw_prices(rng, problem, max(problem.largest_ev(), 1e-300) * rng.random())
    certificate = certify_fair(
        problem, an_assignment(outcomes, 0), np.maximum(weights, 0.0), prices, theta, scope=scope,
        base=base, large=large,
    )  # fmt: skip
    assert not certificate.faults
    assert certificate.large == large
    rivals = np.argsort(outcomes.objective - theta * outcomes.gini * outcomes.revenue.sum(axis=1))
    for number in rivals[-8:]:
        worth = exact_welfare(outcomes.exact_revenue(int(number)), theta)
        assert worth <= Fraction(certificate.welfare_bound)
    as_good = outcomes.objective >= certificate.objective
    assert (outcomes.gini[as_good] >= certificate.gini_at_least - 1e-12).all()


def test_a_large_user_raises_the_floor() -> None:
    """One user has half of all there is, and no allocation divides it."""
    ev = np.full((9, 4), 1.0)
    ev[0] = 8.0
    problem = Problem(ev, whale_cap=9)
    at, prices = np.array([0, 1, 1, 1, 2, 2, 2, 3, 3]), ShadowPrices.zero(4)
    divisible = certify_fair(problem, at, np.ones(4), prices, 1.0)
    welfare = LargeUsersWelfare(1.0, large=1, pooled=4)
    whole = certify_fair(problem, at, welfare.project(np.ones(4)), prices, 1.0, large=1)
    assert divisible.gini_at_least == pytest.approx(0)
    assert whole.gini_at_least == pytest.approx(0.25)
    assert whole.gini == pytest.approx(0.28125)


@examples(300)
@given(seeds, st.sampled_from([0.1, 0.5, 1.0, 3.0]))
def test_no_allocation_beats_the_bound_on_alpha_fair_welfare(seed: int, alpha: float) -> None:
    rng = np.random.default_rng(seed)
    problem = draw_problem(rng, "heavy tail")
    base = rng.choice([0.0, 1.0]) * rng.random(problem.n_streamers)
    outcomes = all_outcomes(problem, "joint", base)
    if not len(outcomes.shown):
        return
    prices = draw_prices(rng, problem, problem.largest_ev())
    weights = rng.uniform(0.3, 3, problem.n_streamers)
    certificate = certify_fair(
        problem, an_assignment(outcomes, 0), weights, prices, alpha=alpha, scope="joint", base=base
    )
    power = np.maximum(outcomes.revenue, 0)
    with np.errstate(divide="ignore"):
        if alpha == 1:
            mean = np.exp(np.log(power).mean(axis=1))
        else:
            mean = (power ** (1 - alpha)).mean(axis=1) ** (1 / (1 - alpha))
    worth = problem.n_streamers * mean - outcomes.penalty
    assert (worth <= certificate.welfare_bound * (1 + 1e-12)).all()
    total = outcomes.revenue.sum(axis=1)
    index = np.where(total > 0, 1 - problem.n_streamers * mean / np.maximum(total, 1e-300), 0)
    as_good = outcomes.objective >= certificate.objective
    assert (index[as_good] >= certificate.inequality_at_least - 1e-9).all()
    assert certificate.gini_at_least == 0


def problem_of_two() -> Problem:
    return Problem([[4.0, 2.0], [4.0, 2.0]], whale_cap=2)


ZERO = ShadowPrices.zero(2)
EVEN = np.ones(2)


@pytest.mark.parametrize(
    ("weights", "prices", "code"),
    [
        (np.array([1.0, -1.0]), ZERO, "weight_invalid"),
        (np.array([1.0, np.nan]), ZERO, "weight_invalid"),
        (np.array([1.0, np.inf]), ZERO, "weight_invalid"),
        (np.array([1, 1]), ZERO, "weights_not_numbers"),
        (np.ones(3), ZERO, "weights_of_each_expected"),
        ([1.0, 1.0], ZERO, "weights_of_each_expected"),
        (EVEN, ShadowPrices(np.array([-1.0, 0.0]), np.zeros(2)), "price_invalid"),
    ],
)
def test_invalid_weights_and_prices_prove_nothing(
    weights: Any, prices: ShadowPrices, code: str
) -> None:
    certificate = certify_fair(problem_of_two(), np.array([0, 1]), weights, prices, 0.5)
    assert [fault.code for fault in certificate.faults] == [code]
    assert certificate.welfare_bound == certificate.total_at_most == np.inf
    assert certificate.gini_at_least == 0


@pytest.mark.parametrize("assignment", [[0, 7], [0.0, 1.0], [0], [[0], [1]]])
def test_an_invalid_allocation_has_faults(assignment: Any) -> None:
    certificate = certify_fair(problem_of_two(), np.array(assignment), EVEN, ZERO, 0.5)
    assert certificate.faults


def test_weights_of_zero_bound_nothing() -> None:
    certificate = certify_fair(problem_of_two(), np.array([0, 1]), np.zeros(2), ZERO, 0.5)
    assert certificate.welfare_bound == np.inf
    assert certificate.gini_at_least == 0


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"theta": 1.5}, "theta"),
        ({"theta": True}, "theta"),
        ({"theta": None}, "theta"),
        ({"theta": 0.5, "alpha": 1}, "theta"),
        ({"theta": None, "alpha": -1}, "alpha"),
        ({"theta": 0.5, "base": [1.0]}, "base"),
        ({"theta": 0.5, "base": [1.0, -1.0]}, "base"),
        ({"theta": 0.5, "base": [1.0, "x"]}, "base"),
        ({"theta": 0.5, "large": 2}, "large"),
        ({"theta": 0.5, "large": -1}, "large"),
        ({"theta": 0.5, "large": 1.5}, "large"),
        ({"theta": None, "alpha": 1, "large": 1}, "large"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as refused:
        certify_fair(problem_of_two(), np.array([0, 1]), EVEN, ZERO, **arguments)
    assert refused.value.field == field
