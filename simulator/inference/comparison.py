"""A configuration compared with its baseline, pair by pair: figures, tests, verdicts, power."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simulator.study.result import Comparison, Difference, Estimate

from .criteria import decide, met_by_means
from .power import power
from .resampling import estimates, none_if_nan, paired_differences

COMPARED = ("revenue", "streamer_gini", "overcrowded_share", "overload_rate")
"""Metrics that are compared with the baseline's."""

DIFFERENCES = ("revenue_pct", *COMPARED[1:])
"""Their differences: revenue in percent, the others plainly."""


def paired(values: NDArray[np.float64], base: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the `DIFFERENCES` of `COMPARED` metrics from the baseline's of the same seed.

    Parameters
    ----------
    values, base : (n, 4) float64
        A row for each seed.

    Returns
    -------
    (n, 4) float64
        Those of revenue are NaN where the baseline has none, and percent of its mean otherwise.
    """
    differences = paired_differences(values, base)
    mean_revenue = base[:, 0].mean()
    differences[:, 0] *= 100 / mean_revenue if mean_revenue > 0 else np.nan
    return differences


def compare(
    metrics: Mapping[str, Estimate],
    crowded: NDArray[np.float64],
    differences: NDArray[np.float64],
    tests: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> Comparison:
    """Return a configuration's figures beside its baseline's, and what they prove.

    Parameters
    ----------
    metrics : mapping from str to Estimate
        The overcrowded share among them.
    crowded : (n,) float64
        Its overcrowded share, by seed.
    differences : (n, 4) float64
        See `paired`.
    tests : (4, 2) float64
        p and corrected p of each difference; see `resampling.significance`.
    weights : (RESAMPLES, n) float64
        See `resampling.resampling_weights`.
    """
    columns = zip(DIFFERENCES, estimates(differences, weights), tests, strict=True)
    delta = {
        name: Difference(**vars(each), p=none_if_nan(p), p_holm=none_if_nan(p_holm))
        for name, each, (p, p_holm) in columns
    }
    return Comparison(
        metrics=metrics,
        delta=delta,
        met=met_by_means(metrics, delta),
        by_intervals=decide(metrics, delta),
        power=power(crowded, dict(zip(DIFFERENCES, differences.T, strict=True))),
    )
