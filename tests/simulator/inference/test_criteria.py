"""The criteria: by the means, and by the intervals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from simulator import CRITERIA
from simulator.inference.criteria import decide, met_by_means
from simulator.study.result import (
    GATE_VERDICTS,
    Comparison,
    ConfigurationResult,
    CriterionResult,
    Difference,
    Estimate,
    IntervalVerdict,
    StudyResult,
)

from ..study.results import configuration_result, study_of

Figures = tuple[dict[str, Estimate], dict[str, Difference]]

GOOD = {"H5C-1": (0.02, 0.01, 0.03), "H5C-2": (-0.1, -0.2, -0.05), "H5C-3": (1.0, -1.0, 3.0)}
"""Estimate, low and high of a configuration that passes by its intervals."""


def figures(
    simulations: int = 50, **changes: tuple[float | None, float | None, float | None]
) -> Figures:
    """Metrics and differences with these figures, and those of `GOOD`; H5C_1 stands for H5C-1."""
    given = GOOD | {name.replace("_", "-"): value for name, value in changes.items()}
    metrics, delta = {}, {}
    for each in CRITERIA:
        mean, low, high = given[each.code]
        interval = None if simulations == 1 or low is None or high is None else (low, high)
        if each.part == "metrics":
            metrics[each.metric] = Estimate(mean, 0.0, interval, simulations)
        else:
            delta[each.metric] = Difference(mean, 0.0, interval, simulations)
    return metrics, delta


def test_where_every_interval_is_on_the_right_side_the_verdict_is_pass() -> None:
    decided = decide(*figures())

    assert decided.verdict == "pass"
    assert decided.criteria["H5C-3"] == CriterionResult(
        "revenue_pct", 1.0, (-1.0, 3.0), -5.0, "pass", None
    )


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
    decided = decide(*figures(**{name.replace("-", "_"): ((low + high) / 2, low, high)}))

    assert decided.criteria[name].verdict == verdict
    assert decided.verdict == verdict  # the other two pass


def test_one_criterion_that_fails_for_sure_fails_the_gate_whatever_is_open() -> None:
    decided = decide(*figures(H5C_1=(0.1, 0.05, 0.15), H5C_2=(0.2, 0.1, 0.3)))

    assert [each.verdict for each in decided.criteria.values()] == [
        "inconclusive",
        "fail",
        "pass",
    ]
    assert decided.verdict == "fail"


def test_one_simulation_decides_nothing_that_varies() -> None:
    decided = decide(*figures(1, H5C_3=(None, None, None)))

    assert decided.verdict == "inconclusive"
    assert decided.criteria["H5C-1"].ci95 is None
    assert decided.criteria["H5C-2"].verdict == "inconclusive"
    # A baseline without revenue has none to lose, whatever the seed.
    assert decided.criteria["H5C-3"].verdict == "pass"


@pytest.mark.parametrize("simulations", [2, 3, 4, 5])
def test_fewer_than_six_simulations_decide_nothing_that_varies(simulations: int) -> None:
    passing = decide(*figures(simulations))
    failing = decide(*figures(simulations, H5C_1=(0.2, 0.15, 0.25)))
    straddling = decide(*figures(simulations, H5C_2=(0.0, -0.1, 0.1)))

    for each in (passing, failing, straddling):
        assert each.verdict == "inconclusive"
    few = "too_few_simulations"
    assert {each.reason for each in passing.criteria.values()} == {few}
    assert failing.criteria["H5C-1"].reason == few
    assert straddling.criteria["H5C-2"].reason == "interval_straddles_threshold"
    assert decide(*figures(6)).verdict == "pass"


@pytest.mark.parametrize("value", [0.05, 0.1, 0.2, -0.05, 0.0, -5.0, -4.0, -9.0])
def test_without_variation_intervals_decide_as_the_means_do(value: float) -> None:
    for each in CRITERIA:
        constant = {each.code.replace("-", "_"): (value, value, value)}
        met = met_by_means(*figures(**constant))

        assert decide(*figures(6, **constant)).verdict == ("pass" if all(met.values()) else "fail")
        word = "pass" if met[each.code] else "fail"
        assert decide(*figures(2, **constant)).criteria[each.code].verdict == word
        assert each.met_by(value) == met[each.code]


def by_means(share: float, gini: float, revenue: float | None) -> Comparison:
    """What these means come to."""
    given = figures(
        H5C_1=(share, share, share), H5C_2=(gini, gini, gini), H5C_3=(revenue, revenue, revenue)
    )
    return Comparison(*given, met_by_means(*given), None, {})


def test_the_means_have_to_meet_all_three_criteria() -> None:
    assert by_means(0.0999, -1e-9, -4.99).published_rule == "PASS"
    assert by_means(0.1, -1e-9, 0).criteria_met == {"H5C-1": False, "H5C-2": True, "H5C-3": True}
    assert by_means(0, 0, 0).criteria_met == {"H5C-1": True, "H5C-2": False, "H5C-3": True}
    assert by_means(0, -1, -5).criteria_met == {"H5C-1": True, "H5C-2": True, "H5C-3": False}
    assert (
        by_means(0, -1, None).published_rule == "PASS"
    )  # a baseline without revenue cannot lose any


def study_with(*verdicts: str) -> StudyResult:
    """A study whose configurations have these verdicts."""

    def result(verdict: str) -> ConfigurationResult:
        idle = verdict == "no-effect"
        word: Any = "pass" if idle else verdict
        decided = IntervalVerdict(
            {"H5C-1": CriterionResult("overcrowded_share", 0.1, None, 0.1, word, None)}
        )
        return replace(configuration_result(binding_rounds=int(not idle)), by_intervals=decided)

    return study_of(*map(result, verdicts))


def test_a_study_passes_by_its_best_configuration() -> None:
    def verdict(*words: str) -> str:
        return study_with(*words).gate.verdict

    assert verdict("fail", "pass", "inconclusive") == "pass"
    assert verdict("fail", "inconclusive") == "inconclusive"
    assert verdict("fail", "fail") == "fail"
    assert study_with("fail", "fail", "fail").gate.counts == dict.fromkeys(GATE_VERDICTS, 0) | {
        "fail": 3
    }
    assert verdict("fail", "no-effect") == "fail"
    assert verdict("no-effect", "no-effect") == "no-effect"
