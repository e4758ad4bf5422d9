"""Configurations compared with their baselines, pair by pair: figures, tests, verdicts, power."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.study.result import Comparison, Difference, Estimate

from .criteria import OVERCROWDING, decide, met_by_means
from .power import power
from .resampling import estimates, none_if_nan, paired_differences, significance

COMPARED = ("revenue", "streamer_gini", "overcrowded_share", "overload_rate")
"""Metrics that are compared with the baseline's."""

DIFFERENCES = ("revenue_pct", *COMPARED[1:])
"""Their differences: revenue in percent, the others plainly."""


def compare(
    values: Sequence[NDArray[np.float64]],
    baselines: Sequence[NDArray[np.float64]],
    metrics: Sequence[Mapping[str, Estimate]],
    weights: NDArray[np.float64],
    seed: int,
) -> list[Comparison]:
    """Compare configurations with their baselines: differences, tests, verdicts and power.

    Parameters
    ----------
    values, baselines : sequence of (n, 4) float64
        The `COMPARED` metrics of each configuration and of its baseline, a row for each seed.
    metrics : sequence of mapping from str to Estimate
        All metrics of each configuration, the overcrowded share among them.
    weights : (RESAMPLES, n) float64
        See `resampling.resampling_weights`.
    seed : int
        Of the tests; see `resampling.significance`.
    """
    differences = [_pair(each, base) for each, base in zip(values, baselines, strict=True)]
    tests = significance(np.array(differences), seed)
    columns = zip(metrics, values, differences, tests, strict=True)
    return [_compare_one(*each, weights) for each in columns]


def _pair(values: NDArray[np.float64], base: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the `DIFFERENCES` from the baseline's metrics of the same seed, (n, 4) float64.

    Those of revenue are NaN where the baseline has none, and percent of its mean otherwise.
    """
    differences = paired_differences(values, base)
    mean_revenue = base[:, 0].mean()
    differences[:, 0] *= 100 / mean_revenue if mean_revenue > 0 else np.nan
    return differences


def _compare_one(
    metrics: Mapping[str, Estimate],
    values: NDArray[np.float64],
    differences: NDArray[np.float64],
    tests: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> Comparison:
    """Compare one configuration; `tests` are p and corrected p of each difference, (4, 2)."""
    columns = zip(DIFFERENCES, estimates(differences, weights), tests, strict=True)
    delta = {
        name: Difference(**vars(each), p=none_if_nan(p), p_holm=none_if_nan(p_holm))
        for name, each, (p, p_holm) in columns
    }
    crowded = values[:, COMPARED.index(OVERCROWDING.metric)]
    return Comparison(
        metrics=metrics,
        delta=delta,
        criteria_met=met_by_means(metrics, delta),
        by_intervals=decide(metrics, delta),
        power=power(crowded, dict(zip(DIFFERENCES, differences.T, strict=True))),
    )
