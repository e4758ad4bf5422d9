"""Effects of each rule on an own matrix, against brute force, plain loops and exact fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import permutation_test

from simulator import (
    GiftModel,
    MatrixStudyConfig,
    MinimumEffect,
    StudyResult,
    gini,
    read_study,
    study_json,
    study_matrix,
)
from simulator.inference.effects import DECISIVE, METRICS
from simulator.replay.metrics import gini_of_rows
from solver import InputError, Problem, allocate, wealthiest
from tests.profiles import examples

STEPS = ("capacity", "priority", "cap")


def studied(problem: Problem, wealth: Any, **settings: Any) -> StudyResult:
    config = {"k_values": (1, 2), "whale_shares": (0.5,), "simulations": 8} | settings
    return study_matrix(problem, wealth, MatrixStudyConfig(**config))


def exact_gini(values: Sequence[Fraction]) -> Fraction:
    """Return Σ |x - y| / (2 n Σ x), by its definition."""
    total = sum(values)
    distances = sum(abs(x - y) for x in values for y in values)
    return distances / (2 * len(values) * total) if total else Fraction(0)


def best_of_all(
    ev: NDArray[np.float64], users: list[int], most: NDArray[np.int64]
) -> dict[int, int]:
    """Return the best assignment of users, at most `most` to each streamer, of all there are."""
    streamers = range(-1, ev.shape[1])
    best: tuple[Fraction, dict[int, int]] = (Fraction(-1), {})
    for choice in product(streamers, repeat=len(users)):
        if all(choice.count(s) <= most[s] for s in range(ev.shape[1])):
            pairs = zip(users, choice, strict=True)
            total = sum((Fraction(ev[u, s]) for u, s in pairs if s >= 0), Fraction(0))
            best = max(best, (total, dict(zip(users, choice, strict=True))), key=lambda x: x[0])
    return best[1]


def fill(
    ev: NDArray[np.float64], placed: dict[int, int], capacity: NDArray[np.int64]
) -> dict[int, int]:
    """Send everybody else in order to the best streamer with capacity left."""
    at = dict(placed)
    for user in range(len(ev)):
        if user not in at:
            loads = [[*at.values()].count(s) for s in range(ev.shape[1])]
            room = [s for s in range(ev.shape[1]) if loads[s] < capacity[s]]
            at[user] = max(room, key=lambda s: ev[user, s], default=-1)
    return at


def revenue(ev: NDArray[np.float64], at: dict[int, int]) -> list[Fraction]:
    return [
        sum((Fraction(ev[u, s]) for u in at if at[u] == s), Fraction(0)) for s in range(ev.shape[1])
    ]


@given(st.integers(0, 10**6), st.integers(0, 3))
@examples(40)
def test_effects_are_those_of_the_best_of_all_assignments(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    ev, wealth = rng.random((6, 3)), rng.random(6)
    capacity = rng.integers(0, 4, size=3)
    whales = np.flatnonzero(wealthiest(wealth, 0.5)).tolist()
    steps = [
        {user: int(ev[user].argmax()) for user in range(6)},
        fill(ev, {}, capacity),
        fill(ev, best_of_all(ev, whales, capacity), capacity),
        fill(ev, best_of_all(ev, whales, np.minimum(k, capacity)), capacity),
    ]
    revenues = [revenue(ev, each) for each in steps]

    (result,) = studied(Problem(ev, capacity=capacity), wealth, k_values=(k,)).results

    base = sum(revenues[0])
    changes = [*zip(STEPS, revenues, revenues[1:], strict=False)]
    for effect, old, new in (*changes, ("total", revenues[0], revenues[-1])):
        found = result.effects[effect]  # type: ignore[index]
        percent = 100 * (sum(new) - sum(old)) / base
        change = exact_gini(new) - exact_gini(old)
        assert found["expected_revenue_pct"].mean == pytest.approx(float(percent), abs=1e-9)
        assert found["expected_streamer_gini"].mean == pytest.approx(float(change), abs=1e-12)
    expected = result.metrics["expected_revenue"], result.metrics["expected_streamer_gini"]
    assert expected[0].mean == pytest.approx(float(sum(revenues[-1])))
    assert expected[1].mean == pytest.approx(float(exact_gini(revenues[-1])))


@given(st.integers(0, 10**6))
@examples(20)
def test_steps_add_up_to_the_total(seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = Problem(rng.random((30, 4)), capacity=rng.integers(0, 12, size=4))
    study = studied(problem, rng.random(30), whale_shares=(0.2, 0.6))

    for result in study.results:
        for metric in METRICS:
            steps = [result.effects[step][metric].value for step in STEPS]
            assert sum(steps) == pytest.approx(result.effects["total"][metric].value, abs=1e-9)


@given(st.integers(0, 10**6))
@examples(60)
def test_a_cap_that_never_binds_changes_nothing_even_among_equals(seed: int) -> None:
    """Small whole EVs: many optima are equal."""
    rng = np.random.default_rng(seed)
    ev = rng.integers(-1, 4, size=(12, 4)).astype(np.float64)
    wealth, capacity = rng.random(12), rng.integers(0, 6, size=4)
    whales = wealthiest(wealth, 0.5)
    uncapped = Problem(ev, whales=whales, whale_cap=12, capacity=capacity)
    most = int(uncapped.tally(allocate(uncapped).assignment).whale_load.max())

    study = studied(Problem(ev, capacity=capacity), wealth, k_values=(most, 12))

    for result in study.results:
        assert result.verdict == "no_effect"
        for metric, effect in result.effects["cap"].items():
            assert effect.mean in (0.0, None), metric  # None: the baseline has no revenue
    assert study.answer is not None
    assert study.answer.code == "answer_no_effect"


@pytest.mark.parametrize("simulations", [1, 8])
def test_expected_effects_are_exact_and_survive_being_stored(simulations: int) -> None:
    rng = np.random.default_rng(5)
    study = studied(
        Problem(rng.random((40, 4)), capacity=11), rng.random(40), simulations=simulations,
        gifts=GiftModel(0.5),
    )  # fmt: skip

    for result in study.results:
        for changes in result.effects.values():
            for metric in DECISIVE:
                effect = changes[metric]
                assert effect.std == 0
                assert effect.ci95 == (effect.mean, effect.mean)
                assert effect.p is effect.p_corrected is effect.simulations_needed is None
            assert changes["revenue_pct"].p is not None
        assert result.verdict != "undecided"
    stored = study_json(study)
    assert study_json(read_study(stored)) == stored
    assert [each.effects for each in read_study(stored).results] == [
        each.effects for each in study.results
    ]
    assert study.answer is not None
    assert study.answer.parameters["exact"] is True
    assert not {"p", "needed"} & {*study.answer.parameters}
    assert str(study.answer)


def test_drawn_effects_are_paired_and_tested_by_simulation() -> None:
    """Recomputed with SciPy from the rows, which have the rules between, too."""
    rng = np.random.default_rng(4)
    problem, wealth = Problem(rng.gamma(1.0, 10.0, (200, 5)), capacity=45), rng.random(200)
    study = studied(
        problem, wealth, k_values=(2, 4), whale_shares=(0.2,), simulations=12,
        gifts=GiftModel(0.5, 0.5),
    )  # fmt: skip

    def drawn(policy: str, k: int | None, metric: str) -> NDArray[np.float64]:
        rows = [row for row in study.rows if (row["policy"], row["k"]) == (policy, k)]
        return np.array([row[metric] for row in rows])

    rules = [("greedy", None), ("capacity-greedy", None), ("tiered", None), ("tiered", 2)]
    assert len(study.rows) == 12 * 5
    base = drawn("greedy", None, "revenue").mean()
    for step, old, new in zip(STEPS, rules, rules[1:], strict=False):
        for metric, column, factor in (
            ("revenue_pct", "revenue", 100 / base),
            ("streamer_gini", "streamer_gini", 1.0),
        ):
            change = factor * (drawn(*new, column) - drawn(*old, column))
            effect = study.results[0].effects[step][metric]  # type: ignore[index]
            test = permutation_test((change,), np.mean, permutation_type="samples")
            assert effect.mean == pytest.approx(change.mean())
            assert effect.p == pytest.approx(test.pvalue)


def test_gifts_by_chance_have_the_gini_of_all_ways_to_fall() -> None:
    ev = np.array([[5.0, 1.0, 2.0], [1.0, 3.0, 2.0], [8.0, 2.0, 1.0], [2.0, 2.5, 1.0]])
    gifts = [Fraction(each) for each in ev.max(axis=1)]
    ginis = [
        exact_gini([sum((g for g, s in zip(gifts, at, strict=True) if s == streamer), Fraction(0))
                    for streamer in range(3)])
        for at in product(range(3), repeat=4)
    ]  # fmt: skip
    study = studied(
        Problem(ev), np.arange(4.0), simulations=400, gifts=GiftModel(1.0, 0.0), k_values=(9,)
    )

    chance = study.baseline.metrics["chance_streamer_gini"]
    assert chance.std is not None
    error = chance.std / np.sqrt(400)
    assert chance.mean == pytest.approx(float(sum(ginis) / len(ginis)), abs=4 * error)


@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 9))
@examples(30)
def test_the_gini_of_each_row_is_that_of_the_row(seed: int, m: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    values = rng.random((m, n)) * (rng.random((m, 1)) < 0.8)

    assert gini_of_rows(values) == pytest.approx([gini(row) for row in values], abs=1e-12)


def test_the_smallest_effect_that_matters_decides_what_is_negligible() -> None:
    rng = np.random.default_rng(2)
    problem, wealth = Problem(rng.random((200, 5)) + 5, capacity=42), rng.random(200)

    verdicts = [
        studied(problem, wealth, k_values=(9,), whale_shares=(0.3,), minimum_effect=minimum)
        .results[0].by_effects
        for minimum in (MinimumEffect(50, 0.5), MinimumEffect(0, 0))
    ]  # fmt: skip

    assert all(verdicts)
    sways = [[each.sway for each in verdict.criteria.values()] for verdict in verdicts if verdict]
    assert sways[0] == ["negligible", "negligible"]
    assert not {*sways[1]} & {"negligible", "unclear"}


@pytest.mark.parametrize("change", [{"revenue_pct": -1.0}, {"streamer_gini": 2.0}])
def test_a_bad_smallest_effect_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(InputError) as refused:
        MinimumEffect(**change)

    assert refused.value.field == f"minimum_effect.{next(iter(change))}"


def test_a_rule_that_cannot_meet_the_guarantees_leaves_out_the_effects() -> None:
    """Without a cap both whales go to streamer 0, and nobody else may go to streamer 1."""
    ev = [[9.0, 5.0], [8.0, 7.0], [4.0, -np.inf]]
    problem = Problem(ev, capacity=2, min_users=[0, 1])

    study = studied(problem, [3.0, 2.0, 1.0], k_values=(1,), whale_shares=(0.67,))

    (result,) = study.results
    assert result.exact is not None
    assert result.exact.expected.revenue == 9 + 7 + 4
    assert result.effects == {}
    assert result.verdict is study.answer is None


def test_guarantees_hold_under_every_rule() -> None:
    rng = np.random.default_rng(8)
    problem = Problem(rng.random((40, 4)), capacity=15, min_users=[9, 0, 9, 0])

    study = studied(problem, rng.random(40), k_values=(2,), whale_shares=(0.2,))

    (result,) = study.results
    assert {*result.effects} == {*STEPS, "total"}
