"""Sweeps, their summary and their findings."""

from __future__ import annotations

import json
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from messages import LANGUAGES, Message, render
from simulator import (
    METRICS,
    Run,
    StudyResult,
    Sweep,
    SweepConfig,
    WorldConfig,
    headline,
    read_study,
    run_seed,
    run_sweep,
    study_json,
    summarise,
)
from simulator.report.overview import MOST_FINDINGS, overview

from .conftest import by_code, details, figures_of


def result_of(
    summary: dict[str, Any], k: int, scale: float = 1.0, algorithm: str = "min-cost-flow"
) -> dict[str, Any]:
    (found,) = (
        result
        for result in summary["results"]
        if (result["k"], result["capacity_scale"], result["algorithm"]) == (k, scale, algorithm)
    )
    return found  # type: ignore[no-any-return]


def runs_of(finished: Sweep, k: int | None, scale: float = 1.0) -> list[Run]:
    return [
        run
        for run in finished.runs
        if (run.k, run.capacity_scale) == (k, scale) and run.algorithm in (None, "min-cost-flow")
    ]


def test_a_sweep_over_processes_is_the_sweep_in_line(small_sweep: Sweep) -> None:
    seen = []
    with ProcessPoolExecutor(2) as executor:
        spread = run_sweep(small_sweep.config, executor, lambda *done: seen.append(done))

    assert spread == small_sweep
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_what_progress_raises_ends_the_sweep_and_cancels_what_has_not_begun() -> None:
    class Waiting(Executor):
        """Runs the first seed only; the others would wait for ever."""

        futures: list[Future[Any]]

        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            future: Future[Any] = Future()
            if not hasattr(self, "futures"):
                self.futures = []
                future.set_result(fn(*args, **kwargs))
            self.futures.append(future)
            return future

    def stop(_done: int, _total: int) -> None:
        raise InterruptedError

    executor = Waiting()
    with pytest.raises(InterruptedError):
        run_sweep(SweepConfig(simulations=3, rounds=1, k_values=(1,)), executor, stop)

    assert [future.cancelled() for future in executor.futures] == [False, True, True]


def test_rows_survive_the_trip_through_json(small_sweep: Sweep) -> None:
    rows = json.loads(json.dumps([run.as_mapping() for run in small_sweep.runs]))

    assert tuple(Run.from_mapping(row) for row in rows) == small_sweep.runs


def test_every_policy_of_a_seed_meets_the_same_world(small_sweep: Sweep) -> None:
    seed = run_seed(replace(small_sweep.config, rounds=1), 42)

    assert len(seed) == 2 + 3 * 2 * 2
    assert [run.policy for run in seed[:3]] == ["greedy", "greedy", "tiered"]
    # Greedy reads no capacity: in the first round its loads are the same at every scale.
    assert seed[0].mean_concurrency == seed[1].mean_concurrency
    assert len({(run.whales_seen, run.max_whales_wanted) for run in seed}) == 1


def test_the_whale_histogram_counts_every_whale_that_met_a_streamer(small_sweep: Sweep) -> None:
    for run in small_sweep.runs:
        placed = sum(n * count for n, count in enumerate(run.whale_histogram, start=1))

        assert len(run.whale_histogram) == run.max_whales_per_streamer
        if run.policy == "greedy":  # leaves nobody out
            assert placed == run.whales_seen
        if run.k is not None:
            assert run.max_whales_per_streamer <= run.k


def test_the_summary_adds_the_whale_histograms_of_its_seeds(small_sweep: Sweep) -> None:
    first = small_sweep.as_mapping()["baseline"]["whale_histogram"]
    runs = [
        run for run in small_sweep.runs if run.configuration == small_sweep.runs[0].configuration
    ]

    assert sum(first) == sum(sum(run.whale_histogram) for run in runs)
    assert len(first) == max(len(run.whale_histogram) for run in runs)


def test_the_summary_is_the_same_whatever_the_order_of_runs(small_sweep: Sweep) -> None:
    backwards = summarise(small_sweep.config, small_sweep.runs[::-1])

    assert backwards == small_sweep.summary()


def test_a_result_survives_the_trip_through_json(small_sweep: Sweep) -> None:
    study = small_sweep.summary()

    assert read_study(json.loads(json.dumps(study_json(study)))) == study


def test_the_summary_is_json_without_nan(small_sweep: Sweep) -> None:
    json.dumps(small_sweep.as_mapping(), allow_nan=False)


def test_mean_std_and_interval_are_over_seeds(small_sweep: Sweep) -> None:
    summary = small_sweep.as_mapping()
    revenues = [run.revenue for run in runs_of(small_sweep, 1)]

    revenue = result_of(summary, 1)["metrics"]["revenue"]
    assert tuple(summary["baseline"]["metrics"]) == METRICS
    assert revenue["mean"] == pytest.approx(np.mean(revenues))
    assert revenue["std"] == pytest.approx(np.std(revenues))
    low, high = revenue["ci95"]
    assert min(revenues) <= low < revenue["mean"] < high <= max(revenues)


def test_differences_are_paired_by_seed_within_a_capacity_scale(small_sweep: Sweep) -> None:
    delta = result_of(small_sweep.as_mapping(), 1, scale=3.0)["delta"]

    tiered, greedy = runs_of(small_sweep, 1, 3.0), runs_of(small_sweep, None, 3.0)
    base = np.array([run.revenue for run in greedy])
    change = 100 * (np.array([run.revenue for run in tiered]) - base) / base.mean()
    assert delta["revenue_pct"]["mean"] == pytest.approx(change.mean())
    assert delta["revenue_pct"]["std"] == pytest.approx(change.std())
    ginis = [
        one.streamer_gini - other.streamer_gini for one, other in zip(tiered, greedy, strict=True)
    ]
    assert delta["streamer_gini"]["mean"] == pytest.approx(np.mean(ginis))


def test_best_takes_effect_meets_most_hypotheses_and_then_earns_most(small_sweep: Sweep) -> None:
    summary = small_sweep.as_mapping()

    def merit(result: dict[str, Any]) -> tuple[bool, int, float]:
        held = sum(result["hypotheses"].values())
        return result["k"] == 1, held, result["metrics"]["revenue"]["mean"]

    assert merit(summary["best"]) == max(merit(result) for result in summary["results"])


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
        failing = [each for each in binding if not each.met[code]]
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

    assert study.gate_5c == "FAIL"
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
    assert study.results[0].met["H5C-3"]
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


@pytest.mark.parametrize("draws", ["common", "sequential"])
def test_what_a_grid_says_of_a_configuration_is_what_a_sweep_of_it_alone_says(draws: str) -> None:
    """Replays that no cap hindered are shared within a grid, and optima that meet again are kept.

    Some caps bind here, in some capacities, and some do not.
    """
    shared: dict[str, Any] = {
        "simulations": 1, "rounds": 6, "users_per_round": 60, "draws": draws,
        "world": WorldConfig(n_users=400, n_streamers=12, capacity_tail=2),
    }  # fmt: skip
    grid = SweepConfig(
        policies=("tiered", "joint", "shadow-price"),
        k_values=(1, 2, 4, 9),
        whale_shares=(0.02, 0.2),
        capacity_scales=(1.0, 0.5),
        algorithms=("min-cost-flow", "greedy-swaps"),
        **shared,
    )
    runs = {run.configuration: run for run in run_seed(grid, 42)}

    binding = set()
    for point in grid.grid():
        alone = SweepConfig(
            policies=(point.policy,),
            k_values=(point.k or 0,),
            whale_shares=(point.whale_share,),
            capacity_scales=(point.capacity_scale,),
            algorithms=(point.algorithm or "min-cost-flow",),
            **shared,
        )
        assert runs[point] == run_seed(alone, 42)[-1]
        binding.add(runs[point].binding_rounds > 0)
    assert binding == {True, False}
