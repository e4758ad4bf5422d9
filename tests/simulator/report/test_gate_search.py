"""find-gate against brute force, and on grids whose answer is plain to see."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import ConfigurationResult, GateSearch, Sweep, find_gate
from simulator.inference.pareto import pareto_front

from ...profiles import examples
from ..conftest import by_code, figures_of
from ..study.results import BASELINE_GINI, study_of
from ..study.results import configuration_result as result


def find(*results: ConfigurationResult) -> GateSearch:
    return find_gate(study_of(*results))


def ks(entries: tuple[ConfigurationResult, ...]) -> list[int | None]:
    return [entry.k for entry in entries]


def test_what_passes_comes_from_the_cheapest() -> None:
    found = find(
        result(1, -4.0, -0.03, 0.01),
        result(2, -1.0, -0.02, 0.02),
        result(3, 2.0, +0.01, 0.03),  # the Gini rises
        result(5, 1.0, -0.01, 0.05),
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
        "revenue": 1010.0,
        "revenue_pct": 1.0,
        "streamer_gini": BASELINE_GINI - 0.01,
        "streamer_gini_change": -0.01,
        "overcrowded_share": 0.05,
        "gate_5c": "PASS",
        "verdict": "pass",
    }
    (count,) = by_code(found.findings, "search_passing")
    assert figures_of(count) == {"passing": 3, "configurations": 4, "simulations": 50}
    (cheapest,) = by_code(found.findings, "search_cheapest")
    assert figures_of(cheapest) == {
        "who": "k = 5",
        "figures": "ΔRevenue +1 %, streamer Gini -0.01, overcrowded share 5 %",
        "verdict": "pass",
    }


def test_of_equal_losses_the_smaller_intervention_is_cheaper() -> None:
    binding = result(9, -1.0, -0.02, 0.02, rounds_share=0.5, binding_rounds=5)
    more_whales = result(3, -1.0, -0.02, 0.02, whale_share=0.05)
    found = find(
        binding,
        more_whales,
        result(2, -1.0, -0.02, 0.02),
        result(3, -1.0, -0.02, 0.02),
        result(None, -1.0, -0.02, 0.02),  # a policy without a cap
    )

    assert ks(found.passing) == [None, 3, 3, 2, 9]
    assert [entry.configuration.whale_share for entry in found.passing[1:3]] == [0.01, 0.05]


def test_what_passes_by_its_intervals_is_told_from_what_passes_by_chance() -> None:
    found = find(result(1, -4.0, -0.03, 0.01), result(2, 3.0, -0.02, 0.02, width=0.05))

    assert [entry.gate for entry in found.passing] == ["inconclusive", "pass"]
    (sure,) = by_code(found.findings, "search_cheapest_sure")
    assert figures_of(sure)["who"] == "k = 1"
    only = find(result(2, 3.0, -0.02, 0.02, width=0.05)).findings
    assert by_code(only, "search_none_by_intervals")


def test_a_cap_that_never_takes_effect_neither_passes_nor_misses() -> None:
    idle = result(5, 1.0, -0.1, 0.01, rounds_share=0.0, binding_rounds=0)

    found = find(idle, result(1, -7.0, -0.1, 0.0))

    assert found.passing == ()
    assert found.nearest_miss is not None
    assert found.nearest_miss.k == 1
    (message,) = by_code(found.findings, "search_without_effect")
    assert message.parameters == {"idle": 1, "configurations": 2}
    alone = find(idle)
    assert (alone.passing, alone.nearest_miss) == ((), None)
    (message,) = by_code(alone.findings, "search_without_effect")
    assert message.parameters == {"idle": 1, "configurations": 1}


def test_the_nearest_miss_has_the_least_worst_shortfall() -> None:
    found = find(
        result(1, -7.0, -0.1, 0.0),  # ΔRevenue: 2 points of 5 are 40 %
        result(2, 0.0, 0.09, 0.0),  # Gini: a tenth of what it was
        result(3, -5.4, 0.018, 0.105),  # 8 %, 2 % and 5 %
    )

    miss = found.nearest_miss
    assert found.passing == ()
    assert miss is not None
    assert miss.k == 3
    assert [each.criterion.code for each in found.shortfalls] == ["H5C-1", "H5C-2", "H5C-3"]
    assert [each.by for each in found.shortfalls] == pytest.approx([0.005, 0.018, 0.4])
    assert [each.share for each in found.shortfalls] == pytest.approx([0.05, 0.02, 0.08])
    (none,) = by_code(found.findings, "search_none")
    assert none.parameters == {"configurations": 3, "simulations": 50}
    (nearest,) = by_code(found.findings, "search_nearest")
    assert figures_of(nearest)["who"] == "k = 3"
    assert [each.code for each in nearest.parameters["shortfalls"]] == [
        "shortfall_overcrowding",
        "shortfall_concentration",
        "shortfall_revenue",
    ]
    assert str(nearest) == (
        "The nearest miss is k = 3: ΔRevenue -5.4 %, streamer Gini +0.018, overcrowded share "
        "10.5 %; it fails Overcrowding (H5C-1) by 0.5 points of overcrowded share (5 % of the "
        "limit), Concentration (H5C-2) by a streamer Gini that rises 0.018 (2 % of what it was) "
        "and Revenue (H5C-3) by 0.4 points of ΔRevenue (8 % of the limit)."
    )


def test_a_gini_that_stays_misses_by_nothing_and_still_misses() -> None:
    found = find(result(1, 0.0, 0.0, 0.0), result(2, 0.0, 1e-9, 0.0))

    assert found.nearest_miss is not None
    assert found.nearest_miss.k == 1
    assert found.shortfalls[0].by == 0
    (nearest,) = by_code(found.findings, "search_nearest")
    assert nearest.parameters["shortfalls"][0].parameters["unchanged"] is True


def test_a_name_gives_the_settings_that_vary() -> None:
    found = find(
        result(1, 1.0, -0.01, 0.0, whale_share=0.05, capacity_scale=0.5),
        result(None, 0.0, -0.02, 0.0, whale_share=0.01, algorithm=None),
    )

    (cheapest,) = by_code(found.findings, "search_cheapest")
    assert figures_of(cheapest)["who"] == "k = 1, top 5 %, capacity × 0.5, min-cost-flow"
    (front,) = by_code(found.findings, "search_front")
    assert figures_of(front)["last"] == "top 1 %, capacity × 1"


def test_a_baseline_without_revenue_costs_nothing() -> None:
    found = find(result(1, None, -0.1, 0.0), result(2, -1.0, -0.1, 0.0))

    assert ks(found.passing) == [1, 2]
    (cheapest,) = by_code(found.findings, "search_cheapest")
    assert cheapest.parameters["figures"].parameters["without_revenue"] is True


figures = st.tuples(
    st.integers(-8, 3).map(float), st.integers(-2, 2).map(float), st.integers(0, 3).map(float)
)


@examples(200)
@given(st.lists(figures, min_size=1, max_size=12))
def test_the_front_is_what_brute_force_finds(points: list[tuple[float, float, float]]) -> None:
    def dominates(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
        return one != other and all(a <= b for a, b in zip(one, other, strict=True))

    expected = [not any(dominates(other, point) for other in points) for point in points]

    assert pareto_front(np.array(points)).tolist() == expected


@examples(200)
@given(st.lists(figures, min_size=1, max_size=8))
def test_the_search_is_what_brute_force_finds(grid: list[tuple[float, float, float]]) -> None:
    """On integer figures: Gini in tenths, overcrowded share in twentieths."""
    results = [result(k, r, g / 10, c / 20) for k, (r, g, c) in enumerate(grid, start=1)]

    found = find(*results)

    passes = [r > -5 and g < 0 and c < 2 for r, g, c in grid]
    costs = sorted((-grid[k][0], -k) for k in range(len(grid)) if passes[k])
    assert ks(found.passing) == [-k + 1 for _, k in costs]
    better = [
        any(other != point and other[0] >= r and other[1] <= g and other[2] <= c for other in grid)
        for point in grid
        for r, g, c in [point]
    ]
    assert set(ks(found.pareto)) == {k + 1 for k in range(len(grid)) if not better[k]}
    if any(passes):
        assert found.nearest_miss is None
    else:
        worst = min(
            max((-5 - r) / 5 if r <= -5 else 0, g / 10 / BASELINE_GINI if g >= 0 else 0, c / 2 - 1)
            for r, g, c in grid
        )
        shares = [each.share for each in found.shortfalls]
        assert max(shares) == pytest.approx(max(worst, 0), abs=1e-12)


def test_a_real_sweep_is_searched_as_json(small_sweep: Sweep) -> None:
    study = small_sweep.summary()

    found = json.loads(json.dumps(find_gate(study).as_mapping(), allow_nan=False))

    assert found["configurations"] == 12
    passing = [each for each in study.results if each.k == 1 and each.published_rule == "PASS"]
    assert len(found["passing"]) == len(passing)  # k = 40 and 50 never bind
    assert (found["nearest_miss"] is None) == bool(passing)
    idle = {"idle": 8, "configurations": 12}
    assert {"code": "search_without_effect", "parameters": idle} in found["finding_messages"]
    assert found["pareto"]
