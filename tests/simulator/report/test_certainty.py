"""Findings on certainty say what the figures say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from scipy import stats

from messages import LANGUAGES, Message, render
from simulator import ConfigurationResult, StudyResult, Sweep, run_sweep, summarise
from simulator.report.certainty import (
    STUDENT,
    count_effect_tests,
    count_tests,
    count_verdicts,
    describe_effect,
    describe_needed,
)

from ..conftest import by_code, figures_of
from ..study.results import configuration_result, effective_result

K_1 = Message("point_k", value="1")


@pytest.fixture(scope="module")
def six(small_sweep: Sweep) -> Sweep:
    """The least number of simulations that can tell anything from chance."""
    return run_sweep(replace(small_sweep.config, simulations=6, k_values=(1, 40)))


def crowded(finished: Sweep, shares: list[float], **figures: float) -> StudyResult:
    """The summary, had every cap bound, the tiered runs these figures, and each seed this share."""
    changes: dict[str, Any] = {"binding_rounds": 1, **figures}
    runs = [
        run
        if run.k is None
        else replace(run, overcrowded_share=shares[run.seed - finished.config.seed], **changes)
        for run in finished.runs
    ]
    return summarise(finished.config, runs)


def test_findings_count_what_passes_by_intervals_and_what_survives_holm(six: Sweep) -> None:
    study = crowded(six, [0.05] * 6, streamer_gini=0.0, revenue=1e6)

    assert (study.gate.verdict, study.gate.counts["pass"]) == ("pass", 8)
    # Six pairs of one sign have p = 1/32; eight of them, 1/4.
    (stand,) = by_code([count_verdicts(study.results)], "gini_falls_stand")
    assert stand.parameters == {"count": 0}


def test_so_few_simulations_that_chance_could_do_it_leave_the_verdict_open(
    small_sweep: Sweep,
) -> None:
    study = crowded(small_sweep, [0.05] * 4, streamer_gini=0.0, revenue=1e6)
    first = study.results[0]

    assert (first.published_rule, first.gate) == ("PASS", "inconclusive")
    assert first.by_intervals is not None
    assert first.by_intervals.criteria["H5C-1"].verdict == "pass"  # it does not vary
    assert first.delta["streamer_gini"].p == 0.125
    assert (study.gate.verdict, study.gate.counts["inconclusive"]) == ("inconclusive", 12)


def test_an_effect_is_given_with_interval_p_and_verdict() -> None:
    result = effective_result(1, -0.5, -0.03, widths=(0.1, 0.01), p_corrected=0.02)

    found = describe_effect(K_1, result)

    assert found.code == "finding_effect"
    assert found.parameters["against"] == Message("against_same_rule")
    assert found.parameters["verdict"] == Message("verdict_is_worth_it")
    gini = found.parameters["gini"]
    assert isinstance(gini, Message)
    assert gini.parameters == pytest.approx(
        {"value": -0.03, "percent": False, "interval": True, "low": -0.04, "high": -0.02,
         "tested": True, "p": 0.02}
    )  # fmt: skip
    for language in LANGUAGES:
        assert render(found, language)


def test_an_effect_without_a_cap_is_against_greedy_and_may_be_unknown() -> None:
    found = describe_effect(K_1, effective_result(None, None, -0.03))

    assert found.parameters["against"] == Message("against_greedy")
    assert found.parameters["revenue"] == Message("effect_unknown")


def test_a_cap_that_changes_nothing_has_no_effect() -> None:
    found = describe_effect(K_1, effective_result(5, total=(5.0, -0.1)))

    assert found == Message("finding_no_effect", who=K_1, against=Message("against_same_rule"))


def test_findings_say_how_many_simulations_show_the_effects_on_expected_figures(
    six: Sweep,
) -> None:
    result = six.summary().results[0]
    (found,) = describe_needed([(K_1, result)], 6)

    (need,) = found.parameters["needs"]  # type: ignore[misc]
    expected = [
        (metric, result.effects["cap"][metric].simulations_needed)
        for metric in ("expected_revenue_pct", "expected_streamer_gini")
    ]
    assert need.parameters["who"] == K_1  # type: ignore[union-attr]
    assert list(need.parameters["counts"]) == [  # type: ignore[union-attr, arg-type]
        Message("needed_for_metric", count=count, metric=Message(f"metric_{metric}"))
        for metric, count in expected
        if count
    ]
    assert any(count for _, count in expected)


def test_what_does_not_vary_needs_no_number_of_simulations(six: Sweep) -> None:
    idle = next(each for each in six.summary().results if each.verdict == "no_effect")

    assert list(describe_needed([(K_1, idle), (K_1, configuration_result())], 6)) == []


def test_findings_count_the_effects_that_are_significant_after_holm() -> None:
    results = [
        effective_result(1, -0.5, -0.03, p_corrected=0.03),
        effective_result(2, -0.5, -0.03, p_corrected=0.06),
        effective_result(5, total=(5.0, -0.1)),  # nothing to test
        configuration_result(),
    ]

    (found,) = count_effect_tests(results, 50)
    assert found.code == "effects_tests"
    assert [figures_of(each) for each in found.parameters["counts"]] == [  # type: ignore[union-attr, arg-type]
        {"metric": metric, "stand": 1, "tested": 2} for metric in ("expected revenue", "its Gini")
    ]
    (impossible,) = by_code(count_effect_tests(results, 6), "tests_impossible")
    assert impossible.parameters == {"configurations": 2, "simulations": 6, "least_p": 2.0**-5}
    assert count_effect_tests(results[2:], 50) == []


def test_findings_say_what_few_simulations_cannot_show(small_sweep: Sweep) -> None:
    found = small_sweep.summary().findings

    (few,) = by_code(found, "few_simulations")
    assert few.parameters["width"] == pytest.approx(0.53, abs=0.005)
    (none,) = by_code(found, "no_test_possible")
    assert none.parameters == {"simulations": 4, "level": 0.05, "least_p": 0.125, "needed": 6}
    assert not by_code(found, "effects_tests")


def of_tests(*tests: tuple[float, float]) -> list[ConfigurationResult]:
    """Results with these p and corrected p of every difference, which pass."""
    return [configuration_result(p=p, p_holm=p_holm) for p, p_holm in tests]


def test_findings_say_where_correction_leaves_no_test_a_chance() -> None:
    """2^-5 for each of two tests is beyond 0.05; 2^-7 is not."""
    pair = of_tests((0.02, 0.04), (0.03, 0.04))

    enough = count_tests(pair, 8)
    assert enough.code == "tests_counts"
    assert figures_of(enough.parameters["counts"][-1]) == {
        "metric": "the overcrowded share", "stand": 2, "tested": 2,
    }  # fmt: skip
    (impossible,) = by_code([count_tests(pair, 6)], "tests_impossible")
    assert impossible.parameters == {"configurations": 2, "simulations": 6, "least_p": 2.0**-5}


def test_students_quantiles_are_scipys() -> None:
    for n, quantile in STUDENT.items():
        assert quantile == pytest.approx(stats.t.ppf(0.975, n - 1), abs=6e-4)
