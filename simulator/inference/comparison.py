"""A configuration compared with its baseline, pair by pair: figures, tests, verdicts, power."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .criteria import gate, judge
from .power import power
from .resampling import figure, paired_differences, spread

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


def compared(
    metrics: dict[str, Any],
    crowded: NDArray[np.float64],
    differences: NDArray[np.float64],
    tests: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> dict[str, Any]:
    """Return what a result says of a configuration beside its baseline.

    Parameters
    ----------
    metrics : dict
        Its metrics' spreads over seeds, the overcrowded share among them.
    crowded : (n,) float64
        Its overcrowded share, by seed.
    differences : (n, 4) float64
        See `paired`.
    tests : (4, 2) float64
        p and corrected p of each difference; see `statistics.significance`.
    weights : (RESAMPLES, n) float64
        See `statistics.resampling_weights`.

    Returns
    -------
    dict
        `metrics`, `delta`, `hypotheses` and `gate_5c` by the means, `gate` by the intervals, and
        `power`.
    """
    figures = {"metrics": metrics, "delta": _delta(differences, tests, weights)}
    verdict = judge(
        metrics["overcrowded_share"]["mean"],
        figures["delta"]["streamer_gini"]["mean"],
        figures["delta"]["revenue_pct"]["mean"],
    )
    return {
        **figures,
        "hypotheses": verdict.hypotheses,
        "gate_5c": verdict.gate_5c,
        "gate": gate(figures, len(crowded)),
        "power": power(crowded, dict(zip(DIFFERENCES, differences.T, strict=True))),
    }


def _delta(
    differences: NDArray[np.float64], tests: NDArray[np.float64], weights: NDArray[np.float64]
) -> dict[str, Any]:
    """Return the mean differences from the baseline, with their intervals and tests."""
    columns = zip(DIFFERENCES, spread(differences, weights), tests, strict=True)
    return {
        name: {**spreads, "p": figure(p), "p_holm": figure(p_holm)}
        for name, spreads, (p, p_holm) in columns
    }
