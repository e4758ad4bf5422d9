"""find-settings against brute force, and on grids whose answer is plain to see."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import LANGUAGES, render
from simulator import ConfigurationResult, SettingsSearch, Sweep, find_settings
from simulator.inference.pareto import pareto_front
from simulator.study.config import MinimumEffect

from ...profiles import examples
from ..conftest import by_code, figures_of
from ..study.results import configuration_result, study_of
from ..study.results import effective_result as result


def find(*results: ConfigurationResult) -> SettingsSearch:
    return find_settings(study_of(*results))


def ks(entries: tuple[ConfigurationResult, ...]) -> list[int | None]:
    return [entry.k for entry in entries]


def lacking(found: SettingsSearch) -> list[str]:
    return [each.lacking for each in found.shortfalls]


def test_what_is_worth_having_comes_from_the_cheapest() -> None:
    found = find(
        result(1, -0.5, -0.03, 0.01),
        result(2, -0.2, -0.02, 0.02),
        result(3, 0.2, +0.01, 0.03),  # it concentrates
        result(5, -0.1, -0.01, 0.05, total=(5.0, 0.01)),
    )

    assert ks(found.passing) == [5, 2, 1]
    assert found.nearest_miss is None
    assert found.as_mapping()["passing"][0] == {
        "policy": "tiered",
        "k": 5,
        "whale_share": 0.01,
        "capacity_scale": 1.0,
        "algorithm": "min-cost-flow",
        "users_per_round": 200,
        "spend_cap": None,
        "alpha": None,
        "theta": None,
        "cap_expected_revenue_pct": -0.1,
        "cap_expected_streamer_gini": -0.01,
        "fairness_expected_revenue_pct": None,
        "fairness_expected_streamer_gini": None,
        "total_expected_revenue_pct": 5.0,
        "total_expected_streamer_gini": 0.01,
        "overcrowded_share": 0.05,
        "verdict": "worth_it",
        "revenue": 1000.0,
        "revenue_pct": 0.0,
        "streamer_gini": 0.8,
        "streamer_gini_change": -0.1,
        "published_rule": "PASS",
        "gate_5c": "PASS",
        "gate": "pass",
    }
    (count,) = by_code(found.findings, "search_passing")
    assert figures_of(count) == {"passing": 3, "configurations": 4, "simulations": 50}
    (cheapest,) = by_code(found.findings, "search_cheapest")
    assert figures_of(cheapest) == {
        "who": "k = 5",
        "figures": "expected revenue -0.100 %, its Gini -0.010, overcrowded share 5 %",
    }


def test_it_says_by_what_it_compares() -> None:
    capped, plain = result(1, -0.5, -0.03), result(None, 3.0, -0.02)
    minimum = MinimumEffect(revenue_pct=0.5, streamer_gini=0.01)

    both = find(capped, plain)
    assert both.findings[0] == both.compared_by
    assert both.compared_by.parameters == {
        "capped": True, "both": True, "percent": 0.1, "gini": 0.001,
    }  # fmt: skip
    assert find(plain).compared_by.parameters["capped"] is False
    one = find(result(1, minimum=minimum)).compared_by.parameters
    assert (one["both"], one["percent"], one["gini"]) == (False, 0.5, 0.01)


def test_of_equal_losses_the_smaller_intervention_is_cheaper() -> None:
    found = find(
        result(9, -0.2, -0.02, rounds_share=0.5, binding_rounds=5),
        result(3, -0.2, -0.02, whale_share=0.05),
        result(2, -0.2, -0.02),
        result(3, -0.2, -0.02),
        result(None, -0.2, -0.02),  # a policy without a cap
    )

    assert ks(found.passing) == [None, 3, 3, 2, 9]
    assert [entry.configuration.whale_share for entry in found.passing[1:3]] == [0.01, 0.05]


def test_a_cap_that_changes_nothing_neither_passes_nor_misses() -> None:
    idle = result(5, total=(5.0, -0.1))

    found = find(idle, result(1, -0.5, -0.0005))

    assert found.passing == ()
    assert found.nearest_miss is not None
    assert found.nearest_miss.k == 1
    (message,) = by_code(found.findings, "search_without_effect")
    assert message.parameters == {"idle": 1, "configurations": 2}
    alone = find(idle)
    assert (alone.passing, alone.nearest_miss, alone.shortfalls) == ((), None, ())
    assert alone.pareto == (idle,)


def test_the_nearest_miss_has_the_least_worst_shortfall() -> None:
    found = find(
        result(1, -0.5, -0.0002),  # 80 % of 0.001
        result(2, 0.05, 0.0001),  # 50 % of 0.1 %
        result(3, -6.0, -0.1),  # 20 % of the 5 % that may be lost
    )

    assert found.passing == ()
    assert found.nearest_miss is not None
    assert found.nearest_miss.k == 3
    (shortfall,) = found.shortfalls
    assert (shortfall.lacking, shortfall.effect) == ("loss", "cap")
    assert (shortfall.bound, shortfall.threshold) == (-6.0, -5.0)
    assert (shortfall.by, shortfall.share) == pytest.approx((1.0, 0.2))
    (none,) = by_code(found.findings, "search_none")
    assert none.parameters == {"configurations": 3, "simulations": 50}
    (nearest,) = by_code(found.findings, "search_nearest")
    assert figures_of(nearest)["who"] == "k = 3"


@pytest.mark.parametrize(
    ("miss", "lacks", "shares"),
    [
        (result(1, -0.5, -0.0002), ["concentration"], [0.8]),
        (result(1, -0.5, -0.002, widths=(0, 0.0015)), ["concentration"], [0.5]),
        (result(1, 0.04, 0.0002), ["gain"], [0.6]),
        (result(1, 0.2, 0.0013), ["more_concentration"], [0.3]),
        (result(1, 0.05, 0.0013), ["gain", "more_concentration"], [0.5, 0.3]),
        (result(1, -6.0, 0.0, total=(0.0, 0.0)), ["concentration", "loss"], [1.0, 0.2]),
        (result(1, -0.5, -0.01, p_corrected=0.06), ["significance"], [0.0]),
        (result(1, 0.5, 0.0, p_corrected=0.06), ["significance"], [0.0]),
        (result(None, 0.05, 0.0), ["gain"], [0.5]),
    ],
)
def test_a_miss_says_what_it_lacks(
    miss: ConfigurationResult, lacks: list[str], shares: list[float]
) -> None:
    found = find(miss)

    assert found.nearest_miss == miss
    assert lacking(found) == lacks
    assert [each.share for each in found.shortfalls] == pytest.approx(shares)
    assert {each.effect for each in found.shortfalls} == {"total" if miss.k is None else "cap"}
    (nearest,) = by_code(found.findings, "search_nearest")
    for language in LANGUAGES:
        assert render(nearest, language)


def test_undecided_configurations_are_counted_with_the_simulations_that_would_tell() -> None:
    undecided = result(1, -0.5, -0.0012, widths=(0.1, 0.001))

    found = find(undecided, result(2, -0.5, -0.1))

    assert undecided.verdict == "undecided"
    (message,) = by_code(found.findings, "search_undecided")
    assert message.parameters["count"] == 1
    assert message.parameters["needed"] > 50


def test_a_name_gives_the_settings_that_vary() -> None:
    found = find(
        result(1, 1.0, -0.01, 0.0, whale_share=0.05, capacity_scale=0.5),
        result(None, 0.0, -0.02, 0.0, whale_share=0.01, algorithm=None),
    )

    (cheapest,) = by_code(found.findings, "search_cheapest")
    assert figures_of(cheapest)["who"] == "k = 1, top 5 %, capacity × 0.5, min-cost-flow"
    (front,) = by_code(found.findings, "search_front")
    assert figures_of(front)["last"] == "top 1 %, capacity × 1"


def test_a_baseline_without_expected_revenue_costs_nothing() -> None:
    found = find(result(1, None, -0.1), result(2, -1.0, -0.1))

    assert ks(found.passing) == [1, 2]
    (cheapest,) = by_code(found.findings, "search_cheapest")
    assert cheapest.parameters["figures"].parameters["without_revenue"] is True  # type: ignore[union-attr]


def test_in_a_result_without_effects_nothing_is_found() -> None:
    found = find(configuration_result(1), configuration_result(2))

    assert (found.configurations, found.passing, found.pareto) == (2, (), ())
    assert found.nearest_miss is None
    assert [each.code for each in found.findings] == ["search_without_expected_figures"]


figures = st.tuples(st.integers(-8, 3), st.integers(-2, 2), st.integers(0, 3))


@examples(200)
@given(st.lists(figures, min_size=1, max_size=12))
def test_the_front_is_what_brute_force_finds(points: list[tuple[int, int, int]]) -> None:
    def dominates(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
        return one != other and all(a <= b for a, b in zip(one, other, strict=True))

    expected = [not any(dominates(other, point) for other in points) for point in points]

    assert pareto_front(np.array(points, dtype=np.float64)).tolist() == expected


@examples(200)
@given(st.lists(figures, min_size=1, max_size=8))
def test_the_search_is_what_brute_force_finds(grid: list[tuple[int, int, int]]) -> None:
    """On integer effects that differ from 0; smaller ones than 1 % and 1 do not matter."""
    minimum = MinimumEffect(revenue_pct=1.0, streamer_gini=1.0)
    results = [
        result(k, float(r), float(g), c / 20, minimum=minimum)
        for k, (r, g, c) in enumerate(grid, start=1)
    ]

    found = find(*results)

    passes = [(r > -5 and g <= -1) or (r >= 1 and g == 0) for r, g, _ in grid]
    costs = sorted((-grid[k][0], -k) for k in range(len(grid)) if passes[k])
    assert ks(found.passing) == [-k + 1 for _, k in costs]
    better = [
        any(other != point and other[0] >= r and other[1] <= g and other[2] <= c for other in grid)
        for point in grid
        for r, g, c in [point]
    ]
    assert set(ks(found.pareto)) == {k + 1 for k in range(len(grid)) if not better[k]}
    acting = [(r, g) for r, g, _ in grid if (r, g) != (0, 0)]
    if any(passes) or not acting:
        assert found.nearest_miss is None
        return
    worst = min(min(max(g + 1, (-5 - r) / 5, 0), max(1 - r, abs(g) - 1, 0)) for r, g in acting)
    assert max(each.share for each in found.shortfalls) == pytest.approx(worst, abs=1e-12)


@examples(100)
@given(
    st.floats(-8, 3), st.floats(-0.01, 0.01), st.floats(0, 0.5), st.floats(0, 0.005),
    st.sampled_from([0.001, 0.2]),
)  # fmt: skip
def test_what_falls_short_nowhere_is_worth_having(
    revenue: float, gini: float, revenue_width: float, gini_width: float, p: float
) -> None:
    one = result(1, revenue, gini, widths=(revenue_width, gini_width), p_corrected=p)

    found = find(one)

    if one.verdict in ("worth_it", "no_effect"):
        assert found.shortfalls == ()
    else:
        assert found.shortfalls
        assert all(each.by > 0 or each.lacking == "significance" for each in found.shortfalls)


def test_a_real_sweep_is_searched_as_json(small_sweep: Sweep) -> None:
    study = small_sweep.summary()

    found = json.loads(json.dumps(find_settings(study).as_mapping(), allow_nan=False))

    assert found["configurations"] == 12
    passing = [each for each in study.results if each.verdict == "worth_it"]
    assert len(found["passing"]) == len(passing)
    assert (found["nearest_miss"] is None) == bool(passing)
    idle = sum(each.verdict == "no_effect" for each in study.results)
    assert idle >= 8  # k = 40 and 50 never bind
    counted = {"idle": idle, "configurations": 12}
    assert {"code": "search_without_effect", "parameters": counted} in found["finding_messages"]
    assert found["compared_by"]["text"] == found["findings"][0]
    assert found["pareto"]


def test_what_the_published_rule_says_makes_no_difference() -> None:
    fine, failing = result(1, -0.5, -0.1), result(2, -0.4, -0.1, 0.5)
    changed = replace(failing, criteria_met=dict.fromkeys(failing.criteria_met, False))

    assert failing.published_rule == "FAIL"
    assert ks(find(fine, failing).passing) == ks(find(fine, changed).passing) == [2, 1]
