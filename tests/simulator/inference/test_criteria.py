"""Gate-5C: by the means, and by the intervals."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.inference.criteria import CRITERIA, gate, judge, sweep_gate

GOOD = {"H5C-1": (0.02, 0.01, 0.03), "H5C-2": (-0.1, -0.2, -0.05), "H5C-3": (1.0, -1.0, 3.0)}
"""Estimate, low and high of a configuration that passes for sure."""


def result(**changes: tuple[float | None, float | None, float | None]) -> dict[str, Any]:
    """A result with these figures, and those of `GOOD`; H5C_1 stands for H5C-1."""
    figures = GOOD | {name.replace("_", "-"): value for name, value in changes.items()}
    parts: dict[str, Any] = {"metrics": {}, "delta": {}}
    for each in CRITERIA:
        mean, low, high = figures[each.name]
        parts[each.part][each.metric] = {"mean": mean, "ci95": [low, high]}
    return parts


def test_a_gate_whose_every_interval_is_on_the_right_side_passes() -> None:
    decided = gate(result(), simulations=50)

    assert decided["verdict"] == "pass"
    assert decided["criteria"]["H5C-3"] == {
        "metric": "revenue_pct",
        "estimate": 1.0,
        "ci95": [-1.0, 3.0],
        "threshold": -5.0,
        "verdict": "pass",
        "reason": None,
    }


@pytest.mark.parametrize(
    ("name", "interval", "verdict"),
    [
        ("H5C-1", (0.0, 0.0999), "pass"),
        ("H5C-1", (0.0999, 0.1), "inconclusive"),  # 10 % is not below 10 %
        ("H5C-1", (0.1, 0.1), "fail"),
        ("H5C-1", (0.05, 0.15), "inconclusive"),
        ("H5C-1", (0.11, 0.15), "fail"),
        ("H5C-2", (-0.2, -1e-9), "pass"),
        ("H5C-2", (-0.2, 0.0), "inconclusive"),
        ("H5C-2", (-0.1, 0.2), "inconclusive"),
        ("H5C-2", (0.0, 0.0), "fail"),  # a Gini that stays does not fall
        ("H5C-3", (-4.9, 9.0), "pass"),
        ("H5C-3", (-5.0, 0.0), "inconclusive"),  # -5 % is not above -5 %
        ("H5C-3", (-6.0, -5.0), "fail"),
    ],
)
def test_a_criterion_is_decided_where_its_interval_does_not_straddle_the_threshold(
    name: str, interval: tuple[float, float], verdict: str
) -> None:
    low, high = interval
    decided = gate(result(**{name.replace("-", "_"): ((low + high) / 2, low, high)}), 50)

    assert decided["criteria"][name]["verdict"] == verdict
    assert decided["verdict"] == verdict  # the other two pass


def test_one_criterion_that_fails_for_sure_fails_the_gate_whatever_is_open() -> None:
    decided = gate(result(H5C_1=(0.1, 0.05, 0.15), H5C_2=(0.2, 0.1, 0.3)), 50)

    assert [each["verdict"] for each in decided["criteria"].values()] == [
        "inconclusive",
        "fail",
        "pass",
    ]
    assert decided["verdict"] == "fail"


def test_one_simulation_decides_nothing_that_varies() -> None:
    decided = gate(result(H5C_3=(None, None, None)), simulations=1)

    assert decided["verdict"] == "inconclusive"
    assert decided["criteria"]["H5C-1"]["ci95"] == [None, None]
    assert decided["criteria"]["H5C-2"]["verdict"] == "inconclusive"
    # A baseline without revenue has none to lose, whatever the seed.
    assert decided["criteria"]["H5C-3"]["verdict"] == "pass"


@pytest.mark.parametrize("simulations", [2, 3, 4, 5])
def test_fewer_than_six_simulations_decide_nothing_that_varies(simulations: int) -> None:
    passing = gate(result(), simulations)
    failing = gate(result(H5C_1=(0.2, 0.15, 0.25)), simulations)
    straddling = gate(result(H5C_2=(0.0, -0.1, 0.1)), simulations)

    for each in (passing, failing, straddling):
        assert each["verdict"] == "inconclusive"
    few = "too few simulations to tell it from chance"
    assert {each["reason"] for each in passing["criteria"].values()} == {few}
    assert failing["criteria"]["H5C-1"]["reason"] == few
    straddles = "the interval straddles the threshold"
    assert straddling["criteria"]["H5C-2"]["reason"] == straddles
    assert gate(result(), 6)["verdict"] == "pass"


@pytest.mark.parametrize("value", [0.05, 0.1, 0.2, -0.05, 0.0, -5.0, -4.0, -9.0])
def test_without_variation_the_gate_is_the_plain_rule(value: float) -> None:
    for each in CRITERIA:
        figures = {name: mean for name, (mean, _, _) in GOOD.items()} | {each.name: value}
        plain = judge(figures["H5C-1"], figures["H5C-2"], figures["H5C-3"])
        constant = result(**{each.name.replace("-", "_"): (value, value, value)})

        assert gate(constant, 6)["verdict"].upper() == plain.gate_5c
        word = "pass" if plain.hypotheses[each.name] else "fail"
        assert gate(constant, 2)["criteria"][each.name]["verdict"] == word
        assert each.met_by(value) == plain.hypotheses[each.name]


def test_a_sweep_passes_by_its_best_configuration() -> None:
    def verdict(*words: str) -> str:
        return str(sweep_gate([{"verdict": word} for word in words])["verdict"])

    assert verdict("fail", "pass", "inconclusive") == "pass"
    assert verdict("fail", "inconclusive") == "inconclusive"
    assert verdict("fail", "fail") == "fail"
    assert sweep_gate([{"verdict": "fail"}] * 3) == {
        "verdict": "fail",
        "pass": 0,
        "fail": 3,
        "inconclusive": 0,
        "no-effect": 0,
    }
    assert verdict("fail", "no-effect") == "fail"
    assert verdict("no-effect", "no-effect") == "no-effect"
