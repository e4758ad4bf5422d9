"""find-gate against brute force, and on grids whose answer is plain to see."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import Sweep, SweepConfig, find_gate, gate, judge
from simulator.report.gate_search import CONFIGURATION, pareto_front
from tests.profiles import examples

BEFORE = 0.9
"""The baseline's Gini."""


def result(
    k: int | None,
    revenue_pct: float | None,
    gini_change: float,
    crowded: float,
    width: float = 0.0,
    **settings: Any,
) -> dict[str, Any]:
    """A result with these means, and intervals of this half width."""

    def spread(mean: float | None) -> dict[str, Any]:
        ends = [None, None] if mean is None else [mean - width, mean + width]
        return {"mean": mean, "ci95": ends}

    verdict = judge(crowded, gini_change, revenue_pct)
    base = {"k": k, "whale_share": 0.01, "capacity_scale": 1.0, "algorithm": "min-cost-flow"}
    figures = {
        "metrics": {
            "revenue": spread(1000 + 10 * (revenue_pct or 0)),
            "streamer_gini": spread(BEFORE + gini_change),
            "overcrowded_share": spread(crowded),
        },
        "delta": {"revenue_pct": spread(revenue_pct), "streamer_gini": spread(gini_change)},
    }
    return {
        **dict.fromkeys(CONFIGURATION),
        **base,
        **settings,
        **figures,
        "binding": {"rounds_share": 0.1, "binding_rounds": 1},
        "hypotheses": verdict.hypotheses,
        "gate_5c": verdict.gate_5c,
        "gate": gate(figures, 50),
    }


def find(*results: dict[str, Any]) -> dict[str, Any]:
    return find_gate(SweepConfig(), results)


def ks(entries: list[dict[str, Any]]) -> list[int | None]:
    return [entry["k"] for entry in entries]


def test_what_passes_comes_from_the_cheapest() -> None:
    found = find(
        result(1, -4.0, -0.03, 0.01),
        result(2, -1.0, -0.02, 0.02),
        result(3, 2.0, +0.01, 0.03),  # the Gini rises
        result(5, 1.0, -0.01, 0.05),
    )

    assert ks(found["passing"]) == [5, 2, 1]
    assert found["nearest_miss"] is None
    assert found["passing"][0] == {
        **dict.fromkeys(CONFIGURATION),
        "k": 5,
        "whale_share": 0.01,
        "capacity_scale": 1.0,
        "algorithm": "min-cost-flow",
        "revenue": 1010.0,
        "revenue_pct": 1.0,
        "streamer_gini": BEFORE - 0.01,
        "streamer_gini_change": -0.01,
        "overcrowded_share": 0.05,
        "gate_5c": "PASS",
        "verdict": "pass",
    }
    assert found["findings"][0] == (
        "3 of 4 configurations pass Gate-5C by their means over 50 simulations. The cheapest is "
        "k = 5: ΔRevenue +1 %, streamer Gini -0.01, overcrowded share 5 %; by its intervals, the "
        "gate is passed."
    )


def test_of_equal_losses_the_smaller_intervention_is_cheaper() -> None:
    binding = result(9, -1.0, -0.02, 0.02) | {"binding": {"rounds_share": 0.5, "binding_rounds": 5}}
    more_whales = result(3, -1.0, -0.02, 0.02, whale_share=0.05)
    found = find(
        binding,
        more_whales,
        result(2, -1.0, -0.02, 0.02),
        result(3, -1.0, -0.02, 0.02),
        result(None, -1.0, -0.02, 0.02),  # a policy without a cap
    )

    assert ks(found["passing"]) == [None, 3, 3, 2, 9]
    assert [entry["whale_share"] for entry in found["passing"][1:3]] == [0.01, 0.05]


def test_what_passes_by_its_intervals_is_told_from_what_passes_by_chance() -> None:
    found = find(result(1, -4.0, -0.03, 0.01), result(2, 3.0, -0.02, 0.02, width=0.05))

    assert [entry["verdict"] for entry in found["passing"]] == ["inconclusive", "pass"]
    assert found["findings"][1].startswith("The cheapest that passes by its intervals is k = 1: ")
    only = find(result(2, 3.0, -0.02, 0.02, width=0.05))["findings"]
    assert only[1] == "None of them passes by its intervals."


IDLE = {"binding": {"rounds_share": 0.0, "binding_rounds": 0}}


def test_a_cap_that_never_takes_effect_neither_passes_nor_misses() -> None:
    idle = result(5, 1.0, -0.1, 0.01) | IDLE

    found = find(idle, result(1, -7.0, -0.1, 0.0))

    assert found["passing"] == []
    assert found["nearest_miss"]["k"] == 1
    assert "In 1 of 2 configurations, the cap never takes effect: none counts." in found["findings"]
    alone = find(idle)
    assert (alone["passing"], alone["nearest_miss"]) == ([], None)
    assert alone["findings"][0] == (
        "This cap never takes effect in any of 1 configurations: none can pass."
    )


def test_the_nearest_miss_has_the_least_worst_shortfall() -> None:
    found = find(
        result(1, -7.0, -0.1, 0.0),  # ΔRevenue: 2 points of 5 are 40 %
        result(2, 0.0, 0.09, 0.0),  # Gini: a tenth of what it was
        result(3, -5.4, 0.018, 0.105),  # 8 %, 2 % and 5 %
    )

    miss = found["nearest_miss"]
    assert found["passing"] == []
    assert miss["k"] == 3
    assert [each["criterion"] for each in miss["shortfalls"]] == ["H5C-1", "H5C-2", "H5C-3"]
    assert [each["by"] for each in miss["shortfalls"]] == pytest.approx([0.005, 0.018, 0.4])
    assert [each["share"] for each in miss["shortfalls"]] == pytest.approx([0.05, 0.02, 0.08])
    assert found["findings"][0] == (
        "None of 3 configurations passes Gate-5C by its means over 50 simulations. The nearest "
        "miss is k = 3: ΔRevenue -5.4 %, streamer Gini +0.018, overcrowded share 10.5 %; it fails "
        "H5C-1 by 0.5 points of overcrowded share (5 % of the limit) and H5C-2 by a streamer Gini "
        "that rises 0.018 (2 % of what it was) and H5C-3 by 0.4 points of ΔRevenue (8 % of the "
        "limit)."
    )


def test_a_gini_that_stays_misses_by_nothing_and_still_misses() -> None:
    found = find(result(1, 0.0, 0.0, 0.0), result(2, 0.0, 1e-9, 0.0))

    assert found["nearest_miss"]["k"] == 1
    assert found["nearest_miss"]["shortfalls"][0]["by"] == 0
    assert "it fails H5C-2 because the streamer Gini stays." in found["findings"][0]


def test_a_name_gives_the_settings_that_vary() -> None:
    found = find(
        result(1, 1.0, -0.01, 0.0, whale_share=0.05, capacity_scale=0.5),
        result(None, 0.0, -0.02, 0.0, whale_share=0.01, algorithm=None),
    )

    assert "The cheapest is k = 1, top 5 %, capacity × 0.5, min-cost-flow: " in found["findings"][0]
    assert "to top 1 %, capacity × 1 (" in found["findings"][1]


def test_a_baseline_without_revenue_costs_nothing() -> None:
    found = find(result(1, None, -0.1, 0.0), result(2, -1.0, -0.1, 0.0))

    assert ks(found["passing"]) == [1, 2]
    assert "no revenue to lose" in found["findings"][0]


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
    assert ks(found["passing"]) == [-k + 1 for _, k in costs]
    better = [
        any(other != point and other[0] >= r and other[1] <= g and other[2] <= c for other in grid)
        for point in grid
        for r, g, c in [point]
    ]
    assert set(ks(found["pareto"])) == {k + 1 for k in range(len(grid)) if not better[k]}
    if any(passes):
        assert found["nearest_miss"] is None
    else:
        worst = min(
            max((-5 - r) / 5 if r <= -5 else 0, g / 10 / BEFORE if g >= 0 else 0, c / 2 - 1)
            for r, g, c in grid
        )
        shares = [each["share"] for each in found["nearest_miss"]["shortfalls"]]
        assert max(shares) == pytest.approx(max(worst, 0), abs=1e-12)


def test_a_real_sweep_is_searched_as_json(small_sweep: Sweep) -> None:
    summary = small_sweep.summary()

    found = json.loads(
        json.dumps(find_gate(small_sweep.config, summary["results"]), allow_nan=False)
    )

    assert found["configurations"] == 12
    passing = [each for each in summary["results"] if each["k"] == 1 and each["gate_5c"] == "PASS"]
    assert len(found["passing"]) == len(passing)  # k = 40 and 50 never bind
    assert (found["nearest_miss"] is None) == bool(passing)
    assert (
        "In 8 of 12 configurations, the cap never takes effect: none counts." in found["findings"]
    )
    assert found["pareto"]
