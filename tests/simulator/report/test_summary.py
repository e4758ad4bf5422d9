"""The summary of a sweep: what its runs come to."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from messages import Message
from simulator import (
    METRICS,
    Sweep,
    read_study,
    study_json,
    summarise,
)

from ..conftest import runs_of


def result_of(
    summary: dict[str, Any], k: int, scale: float = 1.0, algorithm: str = "min-cost-flow"
) -> dict[str, Any]:
    (found,) = (
        result
        for result in summary["results"]
        if (result["k"], result["capacity_scale"], result["algorithm"]) == (k, scale, algorithm)
    )
    return found  # type: ignore[no-any-return]


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


def test_best_says_by_what_and_compares_within_one_setting(small_sweep: Sweep) -> None:
    summary = small_sweep.summary()
    first = [each for each in summary.results if each.configuration.capacity_scale == 1.0]

    assert summary.best_by == Message("best_by_expected_revenue")
    revenue = summary.best.metrics["expected_revenue"].value
    assert summary.best in first
    assert revenue == max(each.metrics["expected_revenue"].value for each in first)
