"""The summary of a sweep: a pure function of its configuration and its runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .configuration import Configuration, SweepConfig
from .findings import findings
from .gate import gate_word, judge
from .runs import METRICS, Run

RESAMPLES = 2000
"""Bootstrap resamples behind an interval."""

DIFFERENCES = ("streamer_gini", "overcrowded_share", "overload_rate")
"""Metrics that are compared with the baseline by their plain difference."""


def summarise(config: SweepConfig, runs: Sequence[Run]) -> dict[str, Any]:
    """Return everything a sweep reports except its rows: figures, intervals, verdicts, findings.

    Means and population standard deviations are over seeds. Intervals are percentile bootstrap
    intervals of the mean, 95 % (B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap",
    1993, ch. 13). Differences are paired by seed within one setting of capacity scale and users per
    round.

    Parameters
    ----------
    config : SweepConfig
    runs : sequence of Run
        Every seed of every configuration and baseline once; in any order.

    Returns
    -------
    dict
        As JSON writes it, without NaN or infinity. The same for the same runs in any order.
    """
    ordered = sorted(runs, key=lambda run: run.seed)
    by_point: dict[Configuration, list[Run]] = {}
    for run in ordered:
        by_point.setdefault(run.configuration, []).append(run)
    greedy = {point.setting: by_point[point] for point in config.baselines()}
    compared = {point: by_point[point] for point in config.grid()}
    weights = _resampling_weights(config.simulations, config.seed)
    baselines = [_baseline(point, by_point[point], weights) for point in config.baselines()]
    results = [
        _result(point, runs, greedy[point.setting], weights) for point, runs in compared.items()
    ]
    return {
        "config": config.as_mapping(),
        "baseline": baselines[0],
        "baselines": baselines,
        "results": results,
        "gate_5c": gate_word(any(result["gate_5c"] == "PASS" for result in results)),
        "best": max(results, key=_merit),
        "findings": findings(results, baselines, compared, greedy),
    }


def _merit(result: Mapping[str, Any]) -> tuple[int, float]:
    """Order results: more hypotheses met first (all three pass the gate), then more revenue."""
    return sum(result["hypotheses"].values()), result["metrics"]["revenue"]["mean"]


def _baseline(
    point: Configuration, runs: Sequence[Run], weights: NDArray[np.float64]
) -> dict[str, Any]:
    return {
        "capacity_scale": point.capacity_scale,
        "users_per_round": point.users_per_round,
        "whale_share": point.whale_share,
        "metrics": _metrics(runs, weights),
        "whale_histogram": _histogram(runs),
    }


def _result(
    point: Configuration,
    runs: Sequence[Run],
    baseline: Sequence[Run],
    weights: NDArray[np.float64],
) -> dict[str, Any]:
    """Return the figures, the differences and the verdict of one configuration."""
    metrics = _metrics(runs, weights)
    delta = _delta(runs, baseline, weights)
    verdict = judge(
        metrics["overcrowded_share"]["mean"],
        delta["streamer_gini"]["mean"],
        delta["revenue_pct"]["mean"],
    )
    return {
        **asdict(point),
        "metrics": metrics,
        "delta": delta,
        "binding": _binding(runs),
        "whale_histogram": _histogram(runs),
        "hypotheses": verdict.hypotheses,
        "gate_5c": verdict.gate_5c,
    }


def _metrics(runs: Sequence[Run], weights: NDArray[np.float64]) -> dict[str, Any]:
    values = np.array([run.metrics for run in runs], dtype=np.float64)
    return dict(zip(METRICS, _spread(values, weights), strict=True))


def _delta(
    runs: Sequence[Run], baseline: Sequence[Run], weights: NDArray[np.float64]
) -> dict[str, Any]:
    """Return the differences from the baseline of the same seed."""
    pairs = list(zip(runs, baseline, strict=True))
    differences = [
        [getattr(run, name) - getattr(base, name) for name in DIFFERENCES] for run, base in pairs
    ]
    spreads = _spread(np.array(differences), weights)
    revenue = np.array([[run.revenue - base.revenue] for run, base in pairs])
    base_revenue = np.mean([base.revenue for base in baseline])
    if base_revenue > 0:
        revenue_pct = _spread(100 * revenue / base_revenue, weights)[0]
    else:
        revenue_pct = {"mean": None, "std": None, "ci95": [None, None]}
    return {"revenue_pct": revenue_pct, **dict(zip(DIFFERENCES, spreads, strict=True))}


def _binding(runs: Sequence[Run]) -> dict[str, Any]:
    """Return in how many rounds the whale cap kept a whale from its first choice."""
    rounds = sum(run.rounds for run in runs)
    binding_rounds = sum(run.binding_rounds for run in runs)
    return {
        "rounds_share": binding_rounds / rounds,
        "binding_rounds": binding_rounds,
        "rounds": rounds,
        "whales_per_round": sum(run.whales_seen for run in runs) / rounds,
        "max_whales_wanted": max(run.max_whales_wanted for run in runs),
    }


def _histogram(runs: Sequence[Run]) -> list[int]:
    """Return how many (streamer, round) pairs had 1, 2, 3, … whales, over all seeds."""
    return [
        sum(counts) for counts in zip_longest(*(run.whale_histogram for run in runs), fillvalue=0)
    ]


def _resampling_weights(n_seeds: int, seed: int) -> NDArray[np.float64]:
    """Return (RESAMPLES, n) float64: how much each seed weighs in each resample's mean."""
    picked = np.random.default_rng(seed).integers(n_seeds, size=(RESAMPLES, n_seeds))
    counts = [np.bincount(row, minlength=n_seeds) for row in picked]
    return np.array(counts, dtype=np.float64) / n_seeds


def _spread(values: NDArray[np.float64], weights: NDArray[np.float64]) -> list[dict[str, Any]]:
    """Return mean, standard deviation and interval of each column of (n, q) values."""
    mean = values.mean(axis=0)
    # Centred, so that equal values have an interval of no width rather than one of rounding.
    low, high = mean + np.percentile(weights @ (values - mean), [2.5, 97.5], axis=0)
    columns = zip(mean, values.std(axis=0), low, high, strict=True)
    return [
        {"mean": float(m), "std": float(s), "ci95": [float(lo), float(hi)]}
        for m, s, lo, hi in columns
    ]
