"""Fair allocations keep all limits and what was asked, and are near the best there is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from solver import Candidates, InputError, Problem, UnmetGuaranteesError, allocate
from solver.allocation import Fill
from solver.duality import Scope
from solver.fairness import (
    FairAllocation,
    UnreachableGiniError,
    allocate_fair,
    certify_fair,
    fair_solver,
    gini,
)
from tests.profiles import examples
from tests.solver.fairness.oracles import all_outcomes, best_welfare_by_highs
from tests.solver.fairness.test_certificate import draw_problem
from tests.solver.strategies import FAMILIES

Matrix = NDArray[np.float64]


def drawn(n_users: int = 300, n_streamers: int = 12, seed: int = 0) -> Matrix:
    """Draw EVs: popular streamers, wealthy users and noise, lognormal."""
    rng = np.random.default_rng(seed)
    liking = rng.lognormal(0, 0.5, (n_users, n_streamers))
    return np.asarray(
        liking * rng.lognormal(0, 0.5, n_streamers) * rng.lognormal(0, 0.7, (n_users, 1))
    )


def scope_of(fill: Fill) -> Scope:
    return "joint" if fill == "joint" else "whale"


def limited(problem: Problem, fill: Fill) -> Problem:
    """Return the problem with the limits that the users who count keep by themselves."""
    if fill == "greedy" and not problem.whales.all():
        return problem.with_limits(problem.limits.without_guarantees())
    return problem


def check(problem: Problem, found: FairAllocation, fill: Fill, base: Any = None) -> None:
    """Check that an allocation keeps all limits, and that its certificate is that of the data."""
    certificate = found.certificate
    assert not certificate.faults
    alone = found.assignment
    if fill == "greedy" and not problem.whales.all():
        alone = alone.copy()
        alone[~problem.whales] = -1
        assert problem.fits(problem.tally(found.assignment))
    again = certify_fair(
        limited(problem, fill), alone, found.weights, found.prices, found.theta, alpha=found.alpha,
        scope=scope_of(fill), base=base, large=certificate.large,
    )  # fmt: skip
    assert not again.faults
    assert again == certificate
    bound = certificate.welfare_bound
    assert certificate.welfare <= bound + 1e-12 * abs(bound)
    assert certificate.gini_at_least <= certificate.gini + 1e-12
    assert gini(found.revenue) == certificate.gini


@examples(300)
@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from(sorted(FAMILIES)),
    st.sampled_from(["greedy", "joint", "none"]),
)
def test_tiny_problems_with_any_limits(seed: int, family: str, fill: Fill) -> None:
    rng = np.random.default_rng(seed)
    problem = draw_problem(rng, family)
    base = rng.choice([0.0, 1.0]) * rng.random(problem.n_streamers)
    asked: dict[str, Any] = [
        {"theta": float(rng.choice([0.0, 0.3, 1.0]))},
        {"max_loss": float(rng.choice([1e-6, 0.05, 0.5]))},
        {"alpha": float(rng.choice([0.0, 0.5, 1.0, 2.0]))},
    ][rng.integers(3)]
    try:
        found = allocate_fair(problem, fill=fill, base=base, **asked)
    except UnmetGuaranteesError:
        with pytest.raises(UnmetGuaranteesError):
            allocate(problem, fill=fill)
        return
    check(problem, found, fill, base)
    if "max_loss" in asked:
        least = found.optimum - asked["max_loss"] * abs(found.optimum)
        assert found.objective >= least - 1e-12 * abs(found.optimum)
    scope = scope_of(fill)
    outcomes = all_outcomes(limited(problem, fill), scope, base)
    best = outcomes.objective.max()
    assert found.optimum == pytest.approx(best, rel=1e-9, abs=1e-12 * max(1.0, abs(best)))


@pytest.mark.parametrize("theta", [0.05, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_small_problems_are_within_a_thousandth_of_the_optimum(theta: float, seed: int) -> None:
    """HiGHS knows the optimum of whole users, to which no relaxation comes this near."""
    ev = drawn(40, 4, seed)
    best = best_welfare_by_highs(ev, 12, theta)
    found = allocate_fair(Problem(ev, whale_cap=12), theta=theta)
    assert found.certificate.welfare >= (1 - 1e-3) * best
    assert found.certificate.welfare <= best * (1 + 1e-5)
    assert best <= found.certificate.welfare_bound * (1 + 1e-9)


@pytest.mark.parametrize("max_loss", [0.001, 0.01, 0.05])
@pytest.mark.parametrize("measure", ["gini", "alpha"])
def test_a_loss_is_kept_and_used(max_loss: float, measure: Any) -> None:
    problem = Problem(drawn(1000, 20), whale_cap=60)
    found = allocate_fair(problem, max_loss=max_loss, measure=measure)
    check(problem, found, "none")
    assert 0.95 * max_loss <= found.loss <= max_loss or found.gini < 0.005
    equal = allocate(problem)
    before = np.bincount(equal.assignment, problem.ev_at(np.arange(1000), equal.assignment), 20)
    assert found.gini < gini(before)


def test_a_gini_coefficient_is_reached_at_little_loss() -> None:
    problem = Problem(drawn(1000, 20), whale_cap=60)
    found = allocate_fair(problem, max_gini=0.15)
    check(problem, found, "none")
    assert 0.13 <= found.gini <= 0.15
    assert found.objective <= found.certificate.total_at_most
    assert (
        found.optimum - found.objective
        <= 1.1 * (found.optimum - found.certificate.total_at_most) + 0.005 * found.optimum
    )


def test_a_gini_coefficient_below_the_floor_is_refused_with_the_floor() -> None:
    problem = Problem(drawn(1000, 20), whale_cap=60)
    with pytest.raises(UnreachableGiniError) as refused:
        allocate_fair(problem, max_gini=0.1, max_loss=0.005)
    error = refused.value
    assert error.field == "max_gini"
    assert error.message.code == "gini_out_of_reach"
    assert 0.1 < error.floor <= error.nearest.gini
    assert error.nearest.loss <= 0.005
    assert str(error).startswith("No allocation that gives up at most 0.5 % has a Gini coefficient")


def test_one_streamer_that_nobody_may_join_bounds_the_gini_coefficient() -> None:
    problem = Problem([[1.0, -np.inf], [1.0, -np.inf]], whale_cap=2)
    with pytest.raises(UnreachableGiniError) as refused:
        allocate_fair(problem, max_gini=0.2)
    assert refused.value.floor == pytest.approx(0.5)


def test_large_users_are_placed_apart_and_whole_in_the_proof(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    ev = rng.lognormal(0, 0.5, (400, 20)) * rng.lognormal(0, 0.5, (400, 1))
    ev[:3] *= 150
    problem = Problem(ev, whale_cap=40)
    found = allocate_fair(problem, theta=0.6)
    check(problem, found, "none")
    assert len({*found.assignment[:3].tolist()}) == 3
    assert found.certificate.large > 0
    monkeypatch.setattr(fair_solver, "tighten", lambda *_: [])
    monkeypatch.setattr(fair_solver, "place_large", lambda *_: None)
    divisible = allocate_fair(problem, theta=0.6)
    assert divisible.certificate.large == 0
    assert found.certificate.welfare >= divisible.certificate.welfare
    assert found.certificate.welfare_bound < 0.95 * divisible.certificate.welfare_bound


def test_a_matrix_its_candidates_and_float32_agree() -> None:
    ev = drawn(200, 8).astype(np.float32).astype(np.float64)
    users, streamers = np.nonzero(ev)
    given_ = [ev, ev.astype(np.float32), Candidates(users, streamers, ev[ev > 0], ev.shape)]
    found = [allocate_fair(Problem(each, whale_cap=30), max_loss=0.02) for each in given_]
    for other in found[1:]:
        assert np.array_equal(other.assignment, found[0].assignment)
        assert other.certificate.welfare_bound == pytest.approx(
            found[0].certificate.welfare_bound, rel=1e-9
        )


def test_the_same_problem_has_the_same_answer() -> None:
    problem = Problem(drawn(), whale_cap=30)
    one, other = (allocate_fair(problem, max_loss=0.01) for _ in range(2))
    assert np.array_equal(one.assignment, other.assignment)
    assert one.certificate == other.certificate


def test_whales_alone_and_everybody_together() -> None:
    ev = drawn(400, 10)
    whales = np.arange(400) % 4 == 0
    problem = Problem(ev, whales=whales, whale_cap=12, capacity=45)
    alone = allocate_fair(problem, max_loss=0.01)
    check(problem, alone, "greedy")
    assert (alone.assignment >= 0).all()
    assert alone.normal_objective > 0
    joint = allocate_fair(problem, max_loss=0.01, fill="joint")
    check(problem, joint, "joint")
    assert joint.normal_objective == 0
    optimum = allocate(problem, fill="joint").assignment
    assert joint.gini < gini(np.bincount(optimum, problem.ev_at(np.arange(400), optimum), 10))


def test_revenue_that_streamers_had_is_made_up_for() -> None:
    problem = Problem(np.random.default_rng(0).lognormal(0, 0.5, (600, 10)), whale_cap=80)
    had = np.zeros(10)
    had[[2, 5]] = 60.0
    found = allocate_fair(problem, theta=0.5, base=had)
    check(problem, found, "none", had)
    without = allocate_fair(problem, theta=0.5)
    assert found.gini < gini(without.revenue + had) / 2


def test_guarantees_and_penalties_are_kept() -> None:
    ev = drawn(60, 6)
    problem = Problem(
        ev, whale_cap=20, capacity=20, min_users=[0, 0, 5, 5, 0, 7], whale_penalty=[0.0, 0.05, 0.3]
    )
    found = allocate_fair(problem, theta=0.3)
    check(problem, found, "none")
    assert found.certificate.relative_gap < 0.05


def test_users_of_several_streamers() -> None:
    problem = Problem(drawn(300, 12), whale_cap=60, max_streamers_per_user=2)
    found = allocate_fair(problem, theta=0.3)
    check(problem, found, "none")
    assert found.assignment.shape == (300, 2)
    assert found.certificate.relative_gap < 0.01


def test_an_optimum_that_is_known_is_the_start() -> None:
    problem = Problem(drawn(), whale_cap=30)
    optimum = allocate(problem)
    steps: list[str] = []
    known = allocate_fair(problem, theta=0.2, optimum=optimum, on_step=steps.append)
    assert steps == ["optimum", "weights", "places", "certificate"]
    assert known.certificate == allocate_fair(problem, theta=0.2).certificate
    assert known.optimum == optimum.objective


@pytest.mark.parametrize(
    ("asked", "field", "code"),
    [
        ({"max_loss": 0}, "max_loss", "number_between_expected"),
        ({"max_loss": 1.5}, "max_loss", "number_between_expected"),
        ({"max_loss": "1%"}, "max_loss", "number_between_expected"),
        ({"max_loss": float("nan")}, "max_loss", "number_between_expected"),
        ({"theta": -0.1}, "theta", "number_between_expected"),
        ({"max_gini": 2}, "max_gini", "number_between_expected"),
        ({"alpha": 65}, "alpha", "number_between_expected"),
        ({"theta": 0.1, "max_loss": 0.1}, "theta", "fairness_one_aim"),
        ({"theta": 0.1, "alpha": 1}, "alpha", "fairness_one_aim"),
        ({"theta": 0.1, "measure": "alpha"}, "theta", "fairness_aim_of_other_measure"),
        ({"max_gini": 0.1, "measure": "alpha"}, "max_gini", "fairness_aim_of_other_measure"),
        ({"measure": "theil"}, "measure", "option_unknown"),
        ({"fill": "all"}, "fill", "option_unknown"),
        ({"base": [1.0]}, "base", "one_of_each_expected"),
    ],
)
def test_arguments_out_of_range_are_refused(asked: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        allocate_fair(Problem(drawn(20, 3), whale_cap=9), **asked)
    assert (refused.value.field, refused.value.message.code) == (field, code)


def test_negative_evs_are_refused() -> None:
    problem = Problem([[-1.0, 2.0]], min_users=[1, 0], allow_negative_ev=True)
    with pytest.raises(InputError) as refused:
        allocate_fair(problem, theta=0.1)
    assert refused.value.field == "allow_negative_ev"
