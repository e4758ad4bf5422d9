"""The sweep on an own matrix, against counting by hand, SciPy and plain loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from scipy.stats import permutation_test

from messages import Message
from simulator import GiftModel, MatrixStudyConfig, StudyResult, gini, study_json, study_matrix
from simulator.study.result import GATE_VERDICTS
from solver import Candidates, InputError, Problem
from tests.profiles import examples

EV = np.array([[9.0, 1.0, 0.0], [8.0, 7.0, 1.0], [6.0, 5.0, 2.0], [4.0, 3.0, 3.0]])
WEALTH = np.array([40.0, 30.0, 20.0, 10.0])
"""Four users who like streamer 0 best; the richer two are whales at a share of 0.5."""


def swept(problem: Problem, wealth: Any = WEALTH, **settings: Any) -> dict[str, Any]:
    config = {"k_values": (1, 2), "whale_shares": (0.5,), "simulations": 20} | settings
    return as_json(study_matrix(problem, wealth, MatrixStudyConfig(**config)))


def as_json(study: StudyResult) -> dict[str, Any]:
    return {**study_json(study), "runs": list(study.rows)}


def test_a_sweep_says_what_each_cap_changes_displaces_and_costs() -> None:
    result = swept(Problem(EV, capacity=2))
    base, (one, two) = result["baseline"]["expected"], result["results"]

    assert base["revenue"] == 27  # everybody at streamer 0
    assert base["overload_rate"] == pytest.approx(1 / 3)
    assert result["baseline"]["metrics"]["overcrowded_share"]["mean"] == 1
    # k = 1: whale 1 moves to streamer 1; user 2 fits in at 0; user 3 only at 1
    assert one["expected"]["revenue"] == 9 + 7 + 6 + 3
    assert one["expected"]["revenue_pct"] == pytest.approx(100 * (25 - 27) / 27)
    assert one["expected"]["streamer_gini"] == gini(np.array([15.0, 10, 0]))
    assert one["displaced"]["whales"] == {"users": 1, "cost": 1, "mean_cost": 1}
    assert one["displaced"]["normal"] == {"users": 1, "cost": 1, "mean_cost": 1}
    assert one["shadow_prices"]["whale_cap"] == {"0": pytest.approx(1)}
    assert one["objective"] == {"whale": 16, "normal": 9, "total": 25}
    assert one["certificate"]["proven_optimal"]
    assert one["binding"]["max_whales_wanted"] == 2
    assert one["binding"]["streamers_over_cap"] == 1
    # k = 2 holds both whales at 0, and leaves no room for the others
    assert two["expected"]["revenue"] == 9 + 8 + 5 + 3
    assert two["displaced"]["whales"]["users"] == 0
    assert two["shadow_prices"] == {"whale_cap": {}, "capacity": {}}
    assert two["binding"]["binding_rounds"] == 0
    never = {"code": "matrix_k_never_binds", "parameters": {"k": 2, "wanted": 2}}
    assert never in result["finding_messages"]


def test_a_sweep_has_the_shape_of_a_sweep_of_drawn_worlds(stored: dict[str, Any]) -> None:
    own = swept(Problem(EV))

    kept = {"config", "baseline", "baselines", "results", "gate_5c", "gate", "best", "findings"}
    kept |= {"runs"}
    assert kept <= {*own} & {*stored}
    of_worlds_alone = {"users_per_round", "spend_cap", "alpha", "theta", "whale_histogram"}
    assert {*stored["results"][0]} - of_worlds_alone <= {*own["results"][0]}
    assert {*own["results"][0]["metrics"]} <= {*stored["results"][0]["metrics"]}
    assert {*own["results"][0]["delta"]} <= {*stored["results"][0]["delta"]}
    assert {*stored["results"][0]["binding"]} <= {*own["results"][0]["binding"]}


@given(st.integers(0, 10**6), st.integers(1, 3))
@examples(30)
def test_the_whale_tier_is_the_optimum_of_an_assignment_problem(seed: int, k: int) -> None:
    """SciPy solves it on columns that are repeated k times."""
    rng = np.random.default_rng(seed)
    ev, wealth = rng.random((12, 4)), rng.random(12)
    result = swept(Problem(ev), wealth, k_values=(k,), whale_shares=(0.5,), simulations=1)

    whales = np.argsort(-wealth)[:6]
    slots = np.repeat(ev[whales], k, axis=1)
    best = slots[linear_sum_assignment(slots, maximize=True)].sum()
    first = ev[whales].max(axis=1).sum()
    (only,) = result["results"]
    assert only["objective"]["whale"] == pytest.approx(best)
    placed = min(6, 4 * k)
    cost = only["displaced"]["whales"]["cost"]
    assert cost == pytest.approx(first - best) or placed < 6


def test_candidates_give_the_figures_of_their_matrix() -> None:
    rng = np.random.default_rng(3)
    ev = np.where(rng.random((30, 6)) < 0.5, rng.random((30, 6)), -np.inf)
    users, streamers = np.nonzero(ev > -np.inf)
    pairs = Candidates(users, streamers, ev[users, streamers], ev.shape)
    wealth, capacity = rng.random(30), np.array([3, 4, 5, 6, 7, 8])

    dense = swept(Problem(ev, capacity=capacity), wealth)
    sparse = swept(Problem(pairs, capacity=capacity), wealth)

    assert sparse["finding_messages"] == dense["finding_messages"]
    names = ("expected", "metrics", "delta", "effects", "verdict", "criteria", "displaced")
    for name in (*names, "objective"):
        assert sparse["results"][0][name] == dense["results"][0][name], name


@pytest.mark.parametrize("model", [GiftModel(), GiftModel(1.0, 0.0), GiftModel(0.2, 2.0)])
def test_a_gift_is_worth_the_expected_value_on_average(model: GiftModel) -> None:
    givers = model.draw(400_000, np.random.default_rng(0))
    factors = np.zeros(400_000)
    factors[givers.users] = givers.factor

    error = factors.std() / np.sqrt(len(factors))
    assert factors.mean() == pytest.approx(1, abs=4 * error + 1e-12)
    assert (factors > 0).mean() == pytest.approx(model.probability, rel=0.05)


def test_metrics_are_those_of_gifts_added_up_one_by_one() -> None:
    config = MatrixStudyConfig((1,), (0.5,), simulations=3, seed=9, gifts=GiftModel(0.5, 1.0))
    result = as_json(study_matrix(Problem(EV), WEALTH, config))

    at = [0, 1, 0, 0]  # under k = 1; capacities are unbounded
    revenues, ginis, bases = [], [], []
    for seed in (9, 10, 11):
        givers = config.gifts.draw(4, np.random.default_rng(seed))
        streamers, base = np.zeros(3), 0.0
        for user, factor in zip(givers.users, givers.factor, strict=True):
            streamers[at[user]] += factor * EV[user, at[user]]
            base += factor * EV[user, 0]
        revenues.append(streamers.sum())
        ginis.append(gini(streamers))
        bases.append(base)
    (only,) = result["results"]
    assert only["metrics"]["revenue"]["mean"] == pytest.approx(np.mean(revenues))
    assert only["metrics"]["streamer_gini"]["mean"] == pytest.approx(np.mean(ginis))
    change = 100 * (np.mean(revenues) - np.mean(bases)) / np.mean(bases)
    assert only["delta"]["revenue_pct"]["mean"] == pytest.approx(change)


def test_pairing_makes_the_interval_of_a_difference_far_tighter() -> None:
    """The same users give under every allocation, so that only decisions differ."""
    rng = np.random.default_rng(1)
    ev = rng.random((400, 20)) + 1
    result = swept(Problem(ev), rng.random(400), whale_shares=(0.05,), simulations=200)

    (low, high), base = result["results"][0]["delta"]["revenue_pct"]["ci95"], result["baseline"]
    alone = base["metrics"]["revenue"]
    wide = 100 * (alone["ci95"][1] - alone["ci95"][0]) / alone["mean"]
    assert 0 < high - low < wide / 10
    assert low < result["results"][0]["expected"]["revenue_pct"] < high


def test_verdicts_tests_and_power_are_what_the_rows_say() -> None:
    """Recomputed with SciPy from the rows of the result."""
    rng = np.random.default_rng(4)
    ev, wealth = rng.gamma(1.0, 10.0, (200, 5)), rng.random(200)
    gifts = GiftModel(0.5, 0.5)
    result = swept(
        Problem(ev), wealth, whale_shares=(0.2,), k_values=(4, 20), simulations=12, gifts=gifts
    )

    def revenues(k: int | None) -> Any:
        policy = "greedy" if k is None else "tiered"
        rows = [row for row in result["runs"] if (row["policy"], row["k"]) == (policy, k)]
        return np.array([row["revenue"] for row in rows])

    p = {
        k: permutation_test(
            (revenues(k) - revenues(None),), np.mean, permutation_type="samples"
        ).pvalue
        for k in (4, 20)
    }
    for each in result["results"]:
        change = each["delta"]["revenue_pct"]
        assert change["p"] == pytest.approx(p[each["k"]])
        assert change["p_holm"] >= change["p"]
        inside = change["ci95"][0] <= -5 <= change["ci95"][1]
        criterion = each["gate"]["criteria"]["H5C-3"]
        assert (criterion["verdict"] == "inconclusive") == inside
        assert each["power"]["revenue_pct"]["observed"]["difference"] == change["mean"]
    assert [row["seed"] for row in result["runs"]] == [*range(42, 54)] * 5  # two rules, too
    assert sum(result["gate"][word] for word in GATE_VERDICTS) == 2


def test_many_configurations_have_few_findings_and_say_what_the_dearest_costs() -> None:
    rng = np.random.default_rng(4)
    ev, wealth = rng.gamma(1.0, 10.0, (60, 4)), rng.random(60)

    result = swept(Problem(ev), wealth, whale_shares=(0.2, 0.5), k_values=tuple(range(1, 9)))

    dearest = max(result["results"], key=lambda each: each["displaced"]["whales"]["cost"])
    found = [Message.from_mapping(each) for each in result["finding_messages"]]
    assert len(result["results"]) == 16 > len(found)
    (binds,) = (
        each
        for each in found
        if each.code == "finding_of_group" and each.parameters["finding"].code == "matrix_k_binds"
    )
    group = Message("point_whale_share", percent=100 * dearest["whale_share"])
    assert binds.parameters["group"] == group
    assert binds.parameters["finding"].parameters["k"] == dearest["k"]


def test_findings_begin_with_what_the_cap_changes() -> None:
    result = swept(Problem(EV), k_values=(1, 9))

    codes = [each["code"] for each in result["finding_messages"]]
    assert codes[0] in ("finding_effect", "finding_no_effect")
    assert sum(code.startswith("finding_") for code in codes) == 2
    first_criterion = min(
        at for at, code in enumerate(codes) if code.endswith(("_fails", "_met", "without_effect"))
    )
    assert first_criterion > max(at for at, code in enumerate(codes) if code == "matrix_change")


def test_a_cap_without_effect_has_no_failing_criterion() -> None:
    """k = 9 keeps nobody from anywhere; the Gini stays, which would fail a cap that binds."""
    result = swept(Problem(EV), k_values=(9,))

    codes = {each["code"] for each in result["finding_messages"]}
    assert result["results"][0]["hypotheses"]["H5C-2"] is False
    assert "cap_without_effect" in codes
    assert not any(code.endswith("_fails") for code in codes)


def test_nobody_worth_placing_leaves_figures_of_nothing() -> None:
    result = swept(Problem(-EV - 1))

    assert result["baseline"]["expected"]["revenue"] == 0
    assert result["results"][0]["delta"]["revenue_pct"]["mean"] is None
    assert result["results"][0]["expected"]["unallocated_users"] == 4


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"k_values": ()}, "k_values"),  # nothing to sweep
        ({"k_values": tuple(range(200)), "whale_shares": tuple(np.arange(1, 101) / 100)},
         "k_values"),  # too much to sweep
        ({"whale_shares": (0.0,)}, "whale_shares"),  # nobody
        ({"simulations": 0}, "simulations"),  # none
        ({"simulations": 10**6}, "simulations"),  # more than memory holds
        ({"simulations": 10**4, "k_values": tuple(range(101))}, "simulations"),  # nor rows
        ({"seed": -1}, "seed"),  # no seed of NumPy's
    ],
)  # fmt: skip
def test_a_bad_setting_is_refused_by_name(settings: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as refused:
        MatrixStudyConfig(**settings)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("model", "field"),
    [
        ((0.0, 1.0), "gift_probability"),  # never
        ((1.5, 1.0), "gift_probability"),  # more than always
        ((0.1, -1.0), "amount_sigma"),  # negative
        ((0.1, float("nan")), "amount_sigma"),  # no number
    ],
)
def test_a_bad_gift_model_is_refused(model: tuple[float, float], field: str) -> None:
    with pytest.raises(InputError) as refused:
        GiftModel(*model)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("wealth", "position"),
    [
        ([1.0, 2.0], ()),  # too few
        ([[1.0, 2, 3, 4]], ()),  # two dimensions
        (["a", "b", "c", "d"], (0,)),  # text
        ([1.0, None, 3, 4], (1,)),  # nothing
        ([1.0, np.nan, 3, 4], (1,)),  # no number
    ],
)
def test_wealth_that_is_not_one_number_per_user_is_refused(
    wealth: Any, position: tuple[int, ...]
) -> None:
    with pytest.raises(InputError) as refused:
        swept(Problem(EV), wealth)

    assert (refused.value.field, refused.value.position) == ("wealth", position)


def test_users_at_several_streamers_are_refused() -> None:
    with pytest.raises(InputError) as refused:
        swept(Problem(EV, max_streamers_per_user=2))

    assert refused.value.message.code == "study_of_one_streamer_per_user"
