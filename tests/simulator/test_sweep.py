"""Sweeps, their summary and their findings."""

from __future__ import annotations

import json
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator import (
    METRICS,
    Run,
    Sweep,
    SweepConfig,
    WorldConfig,
    judge,
    run_seed,
    run_sweep,
    summarise,
)
from simulator.report.overview import MOST_FINDINGS, overview

from .conftest import details


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
    first = small_sweep.summary()["baseline"]["whale_histogram"]
    runs = [
        run for run in small_sweep.runs if run.configuration == small_sweep.runs[0].configuration
    ]

    assert sum(first) == sum(sum(run.whale_histogram) for run in runs)
    assert len(first) == max(len(run.whale_histogram) for run in runs)


def test_the_summary_is_the_same_whatever_the_order_of_runs(small_sweep: Sweep) -> None:
    backwards = summarise(small_sweep.config, small_sweep.runs[::-1])

    assert backwards == small_sweep.summary()


def test_the_summary_is_json_without_nan(small_sweep: Sweep) -> None:
    json.dumps(small_sweep.summary(), allow_nan=False)


def test_mean_std_and_interval_are_over_seeds(small_sweep: Sweep) -> None:
    summary = small_sweep.summary()
    revenues = [run.revenue for run in runs_of(small_sweep, 1)]

    revenue = result_of(summary, 1)["metrics"]["revenue"]
    assert tuple(summary["baseline"]["metrics"]) == METRICS
    assert revenue["mean"] == pytest.approx(np.mean(revenues))
    assert revenue["std"] == pytest.approx(np.std(revenues))
    low, high = revenue["ci95"]
    assert min(revenues) <= low < revenue["mean"] < high <= max(revenues)


def test_differences_are_paired_by_seed_within_a_capacity_scale(small_sweep: Sweep) -> None:
    delta = result_of(small_sweep.summary(), 1, scale=3.0)["delta"]

    tiered, greedy = runs_of(small_sweep, 1, 3.0), runs_of(small_sweep, None, 3.0)
    base = np.array([run.revenue for run in greedy])
    change = 100 * (np.array([run.revenue for run in tiered]) - base) / base.mean()
    assert delta["revenue_pct"]["mean"] == pytest.approx(change.mean())
    assert delta["revenue_pct"]["std"] == pytest.approx(change.std())
    ginis = [
        one.streamer_gini - other.streamer_gini for one, other in zip(tiered, greedy, strict=True)
    ]
    assert delta["streamer_gini"]["mean"] == pytest.approx(np.mean(ginis))


def test_the_gate_wants_all_three_hypotheses() -> None:
    assert judge(0.0999, -1e-9, -4.99).gate_5c == "PASS"
    assert judge(0.1, -1e-9, 0).hypotheses == {"H5C-1": False, "H5C-2": True, "H5C-3": True}
    assert judge(0, 0, 0).hypotheses == {"H5C-1": True, "H5C-2": False, "H5C-3": True}
    assert judge(0, -1, -5).hypotheses == {"H5C-1": True, "H5C-2": True, "H5C-3": False}
    assert judge(0, -1, None).gate_5c == "PASS"  # a baseline without revenue cannot lose any


def test_best_takes_effect_meets_most_hypotheses_and_then_earns_most(small_sweep: Sweep) -> None:
    summary = small_sweep.summary()

    def merit(result: dict[str, Any]) -> tuple[bool, int, float]:
        held = sum(result["hypotheses"].values())
        return result["k"] == 1, held, result["metrics"]["revenue"]["mean"]

    assert merit(summary["best"]) == max(merit(result) for result in summary["results"])


def test_findings_say_where_k_binds_and_where_it_never_does(small_sweep: Sweep) -> None:
    lines = details(small_sweep.summary(), small_sweep.runs)
    said = "\n".join(lines)
    bound = sum(run.binding_rounds for run in runs_of(small_sweep, 1))
    most = max(run.max_whales_wanted for k in (40, 50) for run in runs_of(small_sweep, k))

    assert 0 < bound <= 24
    assert f"[capacity × 1, min-cost-flow] k = 1 binds in {bound} of 24 rounds: up to" in said
    assert (
        "[capacity × 1, min-cost-flow] k = 40 and 50 never bind: in 24 of 24 rounds for each k, "
        f"no streamer was wanted by more than {most} whales." in said
    )
    assert (
        "[capacity × 1, min-cost-flow] k = 40 and 50 give the same figures for every seed." in lines
    )


def test_findings_of_a_k_that_never_binds_say_so_for_k_as_such(small_sweep: Sweep) -> None:
    config = replace(
        small_sweep.config, k_values=(40,), capacity_scales=(1.0,), algorithms=("greedy-edges",)
    )

    first = run_sweep(config).summary()["findings"][0]

    assert first.startswith(
        "k never binds: in 24 of 24 rounds, no streamer was wanted by more than "
    )


def test_findings_report_failures_and_noise_as_the_figures_have_them(small_sweep: Sweep) -> None:
    summary = small_sweep.summary()
    lines = details(summary, small_sweep.runs)
    result = result_of(summary, 1)
    start = "[capacity × 1, min-cost-flow] "
    failing = {name for name, holds in result["hypotheses"].items() if not holds}
    low, high = result["delta"]["revenue_pct"]["ci95"]
    noise = "inside the noise" if low <= 0 <= high else "outside the noise"

    said = {
        name
        for name in result["hypotheses"]
        if any(line.startswith(f"{start}{name} fails for k = 1:") for line in lines)
    }
    assert said == failing
    change = f"{start}k = 1: ΔRevenue {result['delta']['revenue_pct']['mean']:+.3g} %, paired by"
    (line,) = (line for line in lines if line.startswith(change))
    assert noise in line


def with_figures(finished: Sweep, **figures: float) -> tuple[dict[str, Any], list[str]]:
    """The summary and what is said of each configuration, had the tiered runs had these figures."""
    runs = [run if run.policy == "greedy" else replace(run, **figures) for run in finished.runs]  # type: ignore[arg-type]
    summary = summarise(finished.config, runs)
    return summary, details(summary, runs)


def test_a_finding_says_where_overload_rate_would_give_another_verdict(small_sweep: Sweep) -> None:
    summary, differ = with_figures(
        small_sweep, overcrowded_share=0.2, overload_rate=0.05, streamer_gini=0.0, revenue=1e6,
        binding_rounds=1,
    )  # fmt: skip
    _, agree = with_figures(small_sweep, overcrowded_share=0.2, overload_rate=0.3)

    assert summary["gate_5c"] == "FAIL"
    assert (
        "[capacity × 1, min-cost-flow] By overload_rate (5 % of streamers) instead of "
        "overcrowded_share (20 % of interactions), H5C-1 would hold for k = 40 and 50; "
        "Gate-5C would PASS."
    ) in differ
    assert any(
        "H5C-1 fails for k = 1: the overcrowded share is 20 %, 10 points above the limit" in line
        for line in differ
    )
    assert not any("overload_rate" in line for line in agree)


def test_a_baseline_without_revenue_has_no_percentages(small_sweep: Sweep) -> None:
    runs = [replace(run, revenue=0.0) for run in small_sweep.runs]

    summary = summarise(small_sweep.config, runs)

    assert summary["results"][0]["delta"]["revenue_pct"]["mean"] is None
    assert summary["results"][0]["hypotheses"]["H5C-3"]
    assert any("no revenue to compare with" in line for line in details(summary, runs))


def test_one_simulation_has_no_interval(small_sweep: Sweep) -> None:
    alone = run_sweep(replace(small_sweep.config, simulations=1))
    summary = alone.summary()

    revenue = summary["baseline"]["metrics"]["revenue"]
    assert revenue["ci95"] == [revenue["mean"], revenue["mean"]]
    said = details(summary, alone.runs)
    assert any("one simulation, which has no interval" in line for line in said)


def test_the_findings_of_many_configurations_are_an_overview(small_sweep: Sweep) -> None:
    summary = small_sweep.summary()
    said = summary["findings"]
    passing = sum(result["gate_5c"] == "PASS" and result["k"] == 1 for result in summary["results"])
    bind = sum(result["binding"]["binding_rounds"] > 0 for result in summary["results"])
    changes = {
        (each["k"], each["capacity_scale"], each["algorithm"]): each["delta"]["revenue_pct"]["mean"]
        for each in summary["results"]
    }

    assert len(details(summary, small_sweep.runs)) > MOST_FINDINGS >= len(said)
    assert said[0].startswith(f"By their means, {passing} of 12 configurations pass Gate-5C; ")
    (ranges,) = (line for line in said if line.startswith("ΔRevenue ranges from "))
    assert f"from {min(changes.values()):+.3g} % (k = " in ranges
    assert f"to {max(changes.values()):+.3g} % (k = " in ranges
    by_scale, by_k = (
        {
            level: np.mean([changes[key] for key in changes if key[place] == level])
            for level in levels
        }
        for place, levels in ((1, (1, 3)), (0, (1, 40)))
    )
    most = "k" if abs(by_k[1] - by_k[40]) > abs(by_scale[1] - by_scale[3]) else "capacities"
    assert f"it varies most with {most}: " in ranges
    assert any(line.startswith(f"k binds in {bind} of 12 configurations") for line in said)


@pytest.mark.parametrize("simulations", [1, 4, 8])
def test_a_thousand_configurations_have_no_more_findings(
    small_sweep: Sweep, simulations: int
) -> None:
    results = small_sweep.summary()["results"]
    many = [{**results[0], "k": k} for k in range(500)] + [results[-1]] * 500

    assert len(overview(many, many[0], simulations)) <= 12


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
