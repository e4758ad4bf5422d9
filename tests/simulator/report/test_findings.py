"""Findings say what the figures say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

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
from simulator.study.result import Verdict

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
    assert said(found, "finding_no_effect")[0]["who"] == "k = 40 and 50"
    assert not said(found, "same_figures")  # which is what no effect says


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

    effect, first = run_sweep(config).summary().findings[:2]

    assert effect.code == "finding_no_effect"
    assert str(first).startswith(
        "k never binds: in 24 of 24 rounds, no streamer was wanted by more than "
    )


def test_findings_begin_with_what_each_cap_changes_and_end_with_the_criteria(
    small_sweep: Sweep,
) -> None:
    study = small_sweep.summary()
    found = details(study, small_sweep.runs)
    binding = [each for each in study.results if each.k == 1]

    effects = said(found, "finding_effect")
    assert [each["verdict"] for each in effects] == [
        {"worth_it": "worth having", "not_worth_it": "not worth having"}.get(
            str(each.verdict), "not decided"
        )
        for each in binding
    ]
    assert found[0].code == "finding_effect"
    codes = [each.code for each in found]
    assert codes.index("published_by_means") > codes.index("few_simulations")
    assert codes.count("published_by_means") == len(binding)


def test_findings_report_missed_criteria_as_the_figures_have_them(small_sweep: Sweep) -> None:
    study = small_sweep.summary()
    found = by_code(details(study, small_sweep.runs), "published_by_means")
    parts = [part for each in found for part in each.parameters["parts"]]  # type: ignore[union-attr]

    missed = [each for part in said(parts, "published_missed") for each in part["criteria"]]
    binding = [each for each in study.results if each.k == 1]
    for criterion in study.criteria:
        failing = [each for each in binding if criterion.code in each.failing]
        values = [each["value"] for each in said(missed, f"missed_{criterion.name}")]
        assert values == [criterion.factor * each.figure(criterion).value for each in failing]
    idle = said(parts, "published_idle")
    assert {each["who"] for each in idle} == {"k = 40 and 50"}


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
    (other,) = said(differ, "other_overload_anywhere")
    assert other == {"criterion": "Overcrowding (H5C-1)", "count": 12, "configurations": 12}
    assert not said(agree, "other_overload_anywhere")


def test_a_baseline_without_revenue_has_no_percentages(small_sweep: Sweep) -> None:
    runs = [replace(run, revenue=0.0) for run in small_sweep.runs]

    study = summarise(small_sweep.config, runs)

    assert study.results[0].delta["revenue_pct"].mean is None
    assert study.results[0].criteria_met["H5C-3"]
    assert details(study, runs)


def test_one_simulation_has_no_interval(small_sweep: Sweep) -> None:
    alone = run_sweep(replace(small_sweep.config, simulations=1))
    study = alone.summary()

    revenue = study.baseline.metrics["revenue"]
    assert revenue.ci95 is None
    stored = study_json(study)["baseline"]["metrics"]["revenue"]
    assert stored["ci95"] == [stored["mean"], stored["mean"]]
    effect = said(details(study, alone.runs), "finding_effect")[0]
    assert "(" not in effect["revenue"]


def test_the_findings_of_many_configurations_are_an_overview(small_sweep: Sweep) -> None:
    study = small_sweep.summary()
    found = list(study.findings)
    passing = sum(each.passes for each in study.results)
    bind = sum(each.takes_effect for each in study.results)
    changes = {
        (each.k, each.configuration.capacity_scale, each.configuration.algorithm):
        each.effects["cap"]["expected_revenue_pct"].value
        for each in study.results
    }  # fmt: skip

    assert len(details(study, small_sweep.runs)) > MOST_FINDINGS >= len(found)
    assert found[0].code == "effects_overview"
    verdicts = [each.verdict for each in study.results]
    assert found[0].parameters == {
        "configurations": 12, **{each: verdicts.count(each) for each in get_args(Verdict)}
    }  # fmt: skip
    (best,) = said(found, "best_by_effects")
    assert best["by"] == str(study.best_by)
    assert best["against"] == "the same rule without a cap"
    (overview_of_means,) = said(found, "means_overview")
    assert (overview_of_means["passing"], overview_of_means["configurations"]) == (passing, 12)
    ranges = [
        part for each in by_code(found, "figure_overview") for part in each.parameters["parts"]
    ]
    revenue = said(ranges, "figure_range")[0]
    assert revenue["figure"] == "the cap's effect on expected revenue"
    ends = {f"{each:+.3g} %" if each else "0 %" for each in changes.values()}
    assert {revenue["low"], revenue["high"]} <= ends
    assert revenue["low"] == f"{min(changes.values()):+.3g} %"
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
