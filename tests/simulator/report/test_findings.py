"""Findings say what the figures say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from messages import LANGUAGES, Message, render
from simulator import (
    StudyResult,
    Sweep,
    headline,
    run_sweep,
    study_json,
    summarise,
)
from simulator.report.overview import MOST_FINDINGS, overview

from ..conftest import by_code, details, figures_of, runs_of


def said(messages: list[Message], code: str) -> list[dict[str, Any]]:
    """The figures of every finding of a code."""
    return [figures_of(each) for each in by_code(messages, code)]


def test_findings_say_where_k_binds_and_where_it_never_does(small_sweep: Sweep) -> None:
    found = details(small_sweep.summary(), small_sweep.runs)
    bound = sum(run.binding_rounds for run in runs_of(small_sweep, 1))
    most = max(run.max_whales_wanted for k in (40, 50) for run in runs_of(small_sweep, k))

    assert 0 < bound <= 24
    first = said(found, "cap_binds")[0]
    assert (first["k"], first["binding_rounds"], first["rounds"]) == (1, bound, 24)
    assert said(found, "cap_never_binds")[0] == {
        "who": "k = 40 and 50", "several": True, "all": False, "rounds": 24, "wanted": most,
    }  # fmt: skip
    assert said(found, "same_figures")[0] == {"who": "k = 40 and 50"}


def test_findings_of_groups_say_which_group(small_sweep: Sweep) -> None:
    config = replace(small_sweep.config, k_values=(1,), algorithms=("greedy-edges",), simulations=1)
    groups = [
        each.parameters["group"]
        for each in run_sweep(config).summary().findings
        if each.code == "finding_of_group"
    ]

    assert set(map(str, groups)) == {"capacity × 1", "capacity × 3"}


def test_findings_of_a_k_that_never_binds_say_so_for_k_as_such(small_sweep: Sweep) -> None:
    config = replace(
        small_sweep.config, k_values=(40,), capacity_scales=(1.0,), algorithms=("greedy-edges",)
    )

    first = run_sweep(config).summary().findings[0]

    assert str(first).startswith(
        "k never binds: in 24 of 24 rounds, no streamer was wanted by more than "
    )


def test_findings_report_failures_and_noise_as_the_figures_have_them(small_sweep: Sweep) -> None:
    study = small_sweep.summary()
    found = details(study, small_sweep.runs)
    first = study.results[0]
    change = first.delta["revenue_pct"]
    low, high = change.bounds

    faults = {
        "H5C-1": "overcrowding_fails", "H5C-2": "concentration_fails", "H5C-3": "revenue_fails",
    }  # fmt: skip
    binding = [each for each in study.results if each.k == 1]
    for code, name in faults.items():
        failing = [each for each in binding if not each.criteria_met[code]]
        assert len(said(found, name)) == len(failing)
    figures = said(found, "revenue_change")[0]
    assert figures["percent"] == change.mean
    assert figures["noise"] == (low <= 0 <= high)


def with_figures(finished: Sweep, **figures: float) -> tuple[StudyResult, list[Message]]:
    """The study and what is said of each configuration, had the tiered runs had these figures."""
    runs = [run if run.policy == "greedy" else replace(run, **figures) for run in finished.runs]  # type: ignore[arg-type]
    study = summarise(finished.config, runs)
    return study, details(study, runs)


def test_a_finding_says_where_overload_rate_would_give_another_verdict(small_sweep: Sweep) -> None:
    study, differ = with_figures(
        small_sweep, overcrowded_share=0.2, overload_rate=0.05, streamer_gini=0.0, revenue=1e6,
        binding_rounds=1,
    )  # fmt: skip
    _, agree = with_figures(small_sweep, overcrowded_share=0.2, overload_rate=0.3)

    assert study.published_rule == "FAIL"
    other = said(differ, "other_overload")
    assert {
        "who": "k = 40 and 50", "criterion": "Overcrowding (H5C-1)", "rate": 5.0, "crowded": 20.0,
        "holds": True, "passes": True, "still": False,
    } in other  # fmt: skip
    fault = said(differ, "overcrowding_fails")[0]
    assert (fault["percent"], fault["points"], fault["threshold"]) == pytest.approx((20, 10, 10))
    assert not said(agree, "other_overload")


def test_a_baseline_without_revenue_has_no_percentages(small_sweep: Sweep) -> None:
    runs = [replace(run, revenue=0.0) for run in small_sweep.runs]

    study = summarise(small_sweep.config, runs)

    assert study.results[0].delta["revenue_pct"].mean is None
    assert study.results[0].criteria_met["H5C-3"]
    assert said(details(study, runs), "revenue_without_baseline")


def test_one_simulation_has_no_interval(small_sweep: Sweep) -> None:
    alone = run_sweep(replace(small_sweep.config, simulations=1))
    study = alone.summary()

    revenue = study.baseline.metrics["revenue"]
    assert revenue.ci95 is None
    stored = study_json(study)["baseline"]["metrics"]["revenue"]
    assert stored["ci95"] == [stored["mean"], stored["mean"]]
    assert said(details(study, alone.runs), "revenue_of_one_simulation")


def test_the_findings_of_many_configurations_are_an_overview(small_sweep: Sweep) -> None:
    study = small_sweep.summary()
    found = list(study.findings)
    passing = sum(each.passes for each in study.results)
    bind = sum(each.takes_effect for each in study.results)
    changes = {
        (each.k, each.configuration.capacity_scale, each.configuration.algorithm):
        each.delta["revenue_pct"].value
        for each in study.results
    }  # fmt: skip

    assert len(details(study, small_sweep.runs)) > MOST_FINDINGS >= len(found)
    (overview_of_means,) = said(found, "means_overview")
    assert (overview_of_means["passing"], overview_of_means["configurations"]) == (passing, 12)
    ranges = [
        part for each in by_code(found, "figure_overview") for part in each.parameters["parts"]
    ]
    revenue = said(ranges, "figure_range")[0]
    assert revenue["figure"] == "ΔRevenue"
    assert revenue["low"] == f"{min(changes.values()):+.3g} %"
    assert revenue["high"] == f"{max(changes.values()):+.3g} %"
    by_scale, by_k = (
        {
            level: np.mean([changes[key] for key in changes if key[place] == level])
            for level in levels
        }
        for place, levels in ((1, (1, 3)), (0, (1, 40)))
    )
    most = "k" if abs(by_k[1] - by_k[40]) > abs(by_scale[1] - by_scale[3]) else "capacities"
    assert said(ranges, "figure_dependence")[0]["setting"] == most
    (binds,) = said(found, "k_binds_somewhere")
    assert (binds["count"], binds["configurations"]) == (bind, 12)


@pytest.mark.parametrize("simulations", [1, 4, 8])
def test_a_thousand_configurations_have_no_more_findings(
    small_sweep: Sweep, simulations: int
) -> None:
    study = small_sweep.summary()
    first, *_, last = study.results
    many = [replace(first, configuration=replace(first.configuration, k=k)) for k in range(500)]
    large = replace(study, results=(*many, *[last] * 500), best=first, simulations=simulations)

    assert len(overview(large)) <= 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_a_text_in_every_language(small_sweep: Sweep, language: str) -> None:
    study = small_sweep.summary()

    for each in (*study.findings, *details(study, small_sweep.runs), headline(study)):
        assert render(each, language)
