"""Findings on certainty say what the figures say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from scipy import stats

from messages import Message
from simulator import ConfigurationResult, StudyResult, Sweep, run_sweep, summarise
from simulator.inference.criteria import OVERCROWDING
from simulator.report.certainty import (
    STUDENT,
    count_tests,
    judge_by_intervals,
    needed_simulations,
    summarise_certainty,
)
from simulator.study.result import CriterionResult, IntervalVerdict, NeededSimulations, Power

from ..conftest import by_code, details, figures_of
from ..study.results import configuration_result

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


def test_findings_name_the_criteria_that_intervals_leave_open(six: Sweep) -> None:
    study = crowded(six, [0.05, 0.05, 0.05, 0.05, 0.05, 0.25], streamer_gini=0.0, revenue=1e6)
    first = study.results[0]
    assert first.by_intervals is not None
    low, high = first.by_intervals.criteria["H5C-1"].ci95 or (0, 0)

    assert first.published_rule == "PASS"
    assert (first.gate, study.gate.verdict) == ("inconclusive", "inconclusive")
    assert low == pytest.approx(0.05)
    assert high > 0.1
    found = judge_by_intervals(K_1, first, 6)
    assert found.code == "intervals_inconclusive"
    (reason,) = found.parameters["reasons"]
    assert reason.code == "interval_of_overcrowding"
    assert reason.parameters == {
        "criterion": OVERCROWDING.title, "fails": False, "low": 100 * low, "high": 100 * high,
        "threshold": 10.0, "few": False,
    }  # fmt: skip
    (counts,) = by_code(study.findings, "verdict_counts")
    assert counts.parameters == {
        "configurations": 8, "passing": 0, "failing": 0, "inconclusive": 8,
    }  # fmt: skip


def test_findings_say_that_a_cap_passes_for_sure_and_whether_it_survives_holm(
    six: Sweep,
) -> None:
    study = crowded(six, [0.05] * 6, streamer_gini=0.0, revenue=1e6)

    assert (study.gate.verdict, study.gate.counts["pass"]) == ("pass", 8)
    assert judge_by_intervals(K_1, study.results[0], 6).code == "intervals_pass"
    # Six pairs of one sign have p = 1/32; eight of them, 1/4.
    (stand,) = by_code(study.findings, "gini_falls_stand")
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
    found = judge_by_intervals(K_1, first, 4)
    assert all(each.parameters["few"] for each in found.parameters["reasons"])
    assert (study.gate.verdict, study.gate.counts["inconclusive"]) == ("inconclusive", 12)


def test_findings_say_that_one_simulation_leaves_the_verdict_open(small_sweep: Sweep) -> None:
    alone = run_sweep(replace(small_sweep.config, simulations=1, k_values=(1,)))
    study = alone.summary()

    assert all(each.gate == "inconclusive" for each in study.results)
    found = by_code(details(study, alone.runs), "verdict_of_one_simulation")
    assert found
    assert figures_of(found[0]) == {"who": "k = 1", "verdict": "inconclusive"}
    assert not by_code(study.findings, "simulations_needed")


def test_findings_say_how_many_simulations_it_takes(small_sweep: Sweep) -> None:
    study = small_sweep.summary()
    power = study.results[0].power

    (found,) = needed_simulations(K_1, study.results[0], 4)

    revenue, crowding = power["revenue_pct"], power["overcrowded_share"]
    assert revenue.asked is not None
    assert crowding.asked is not None
    assert found.code == "simulations_needed"
    assert (found.parameters["who"], found.parameters["simulations"]) == (K_1, 4)
    *asked, observed = found.parameters["needs"]
    assert asked == [
        Message("simulations_for_revenue", count=revenue.asked.simulations, percent=5.0),
        Message("simulations_for_overcrowding", count=crowding.asked.simulations, percent=10.0),
    ]
    assert list(observed.parameters["counts"]) == [
        Message(
            "simulations_for_metric",
            count=power[metric].observed.simulations,
            metric=Message(f"metric_{metric}"),
        )
        for metric in ("revenue_pct", "streamer_gini", "overcrowded_share")
    ]


def test_what_does_not_vary_needs_no_number_of_simulations() -> None:
    constant = NeededSimulations(0.0, 0.0, None)
    power = {
        "revenue_pct": Power(constant, constant),
        "streamer_gini": Power(None, constant),
        "overcrowded_share": Power(constant, constant),
    }

    result = replace(configuration_result(), power=power)

    assert list(needed_simulations(K_1, result, 50)) == []


def test_findings_say_what_few_simulations_cannot_show(small_sweep: Sweep) -> None:
    found = small_sweep.summary().findings

    (few,) = by_code(found, "few_simulations")
    assert few.parameters["width"] == pytest.approx(0.53, abs=0.005)
    (none,) = by_code(found, "no_test_possible")
    assert none.parameters == {"simulations": 4, "level": 0.05, "least_p": 0.125, "needed": 6}
    assert not by_code(found, "tests_counts")


def of_tests(*tests: tuple[float, float]) -> list[ConfigurationResult]:
    """Results with these p and corrected p of every difference, which pass."""
    return [configuration_result(p=p, p_holm=p_holm) for p, p_holm in tests]


def test_findings_count_what_is_left_after_correction() -> None:
    found = summarise_certainty(of_tests((0.01, 0.03), (0.03, 0.06), (0.9, 0.9)), 50)

    assert found[0].code == "tests_of_metric"
    assert figures_of(found[0]) == {
        "metric": "revenue", "level": 0.05, "alone": 2, "tested": 3, "corrected": 1, "least": 0.03,
    }  # fmt: skip
    (stand,) = by_code(found, "gini_falls_stand")
    assert stand.parameters == {"count": 1}


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


def test_a_single_configuration_needs_no_correction() -> None:
    found = summarise_certainty(of_tests((0.02, 0.02)), 50)[0]

    assert (found.code, figures_of(found)) == ("test_of_one", {"metric": "revenue", "p": 0.02})


def test_every_criterion_that_does_not_pass_is_given_with_its_interval() -> None:
    verdict = IntervalVerdict(
        {
            "H5C-1": CriterionResult("overcrowded_share", 0.25, (0.2, 0.3), 0.1, "fail", None),
            "H5C-2": CriterionResult("streamer_gini", 0.0, (-0.1, 0.2), 0.0, "inconclusive", None),
            "H5C-3": CriterionResult("revenue_pct", -7.0, (-9.0, -6.0), -5.0, "fail", None),
        },
    )
    result = replace(configuration_result(), by_intervals=verdict)

    found = judge_by_intervals(Message("point_k", value=["2", "3"]), result, 50)

    assert found.code == "intervals_fail"
    assert [
        (each.code, *(each.parameters[name] for name in ("fails", "low", "high", "threshold")))
        for each in found.parameters["reasons"]
    ] == [
        ("interval_of_overcrowding", True, 20.0, 30.0, 10.0),
        ("interval_of_concentration", False, -0.1, 0.2, 0.0),
        ("interval_of_revenue", True, -9.0, -6.0, -5.0),
    ]


def test_students_quantiles_are_scipys() -> None:
    for n, quantile in STUDENT.items():
        assert quantile == pytest.approx(stats.t.ppf(0.975, n - 1), abs=6e-4)
