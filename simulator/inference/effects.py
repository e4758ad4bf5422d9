"""Effects of capacity, of priority and of a whale cap: one rule changed at a time, by seed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulator.study.result import Effect, EffectName, Estimate

from .power import ALPHA, simulations_needed
from .resampling import correct_in_families, estimates, none_if_nan, paired_differences
from .sequential import always_valid_intervals, always_valid_p

Key = TypeVar("Key")

COMPARED = (
    "expected_revenue",
    "expected_streamer_gini",
    "revenue",
    "streamer_gini",
    "overcrowded_share",
)
"""Metrics of a run that effects are changes of."""

METRICS = (
    "expected_revenue_pct",
    "expected_streamer_gini",
    "revenue_pct",
    "streamer_gini",
    "overcrowded_share",
)
"""The changes: revenue in percent of the baseline's mean, the others plainly."""

DECISIVE = METRICS[:2]
"""Those that a verdict is by."""

_REVENUES = (0, 2)
"""Columns that are in percent."""


class Change(NamedTuple):
    """A change of rule, from one configuration to another.

    Parameters
    ----------
    effect : str
    before, after : (n, 5) float64
        `COMPARED` metrics under both rules, a row for each seed.
    baseline : (n, 5) float64
        Those of the greedy baseline: percentages are of its mean, so that steps add up.
    """

    effect: EffectName
    before: NDArray[np.float64]
    after: NDArray[np.float64]
    baseline: NDArray[np.float64]


def estimate_effects(
    changes: Mapping[Key, Change],
    weights: NDArray[np.float64],
    seed: int,
    exact: Collection[str] = (),
) -> dict[Key, dict[str, Effect]]:
    """Estimate changes of rule: mean, interval, tests and the simulations that would show them.

    Changes of one effect are one family of tests for each metric (Holm). A change that is exactly 0
    in every seed has p = 1 and is not one of the family: whatever the signs of its differences,
    there is nothing to test.

    Parameters
    ----------
    changes : mapping to Change
        Different ones: a change that several configurations share is tested once.
    weights : (RESAMPLES, n) float64
        See `resampling.resampling_weights`.
    seed : int
        Of the tests.
    exact : collection of str
        `METRICS` that are not estimated but known, and equal for all seeds. Their effects have an
        interval of no width and no tests.

    Returns
    -------
    dict
        By the key of the change, then by the name of the metric, see `METRICS`.
    """
    if not changes:
        return {}
    differences = np.array([_differences(change) for change in changes.values()])
    families = [change.effect for change in changes.values()]
    tests = np.full((*differences.shape[::2], 2), np.nan)
    tested = [column for column, metric in enumerate(METRICS) if metric not in exact]
    tests[:, tested] = correct_in_families(differences[:, :, tested], families, seed)
    return {
        key: _estimate(columns, p, weights, exact)
        for key, columns, p in zip(changes, differences, tests, strict=True)
    }


def estimate_always_valid(changes: Mapping[Key, Change]) -> dict[Key, dict[str, Effect]]:
    """Estimate changes of rule such that one may look after any number of simulations, and stop.

    Intervals and p-values are those of `inference.sequential`. The intervals of the `DECISIVE`
    metrics of all changes hold together at all numbers of simulations, with a probability of 95 %:
    each is at 5 % / (2 × changes), and p is multiplied by the same number (Bonferroni).

    Parameters
    ----------
    changes : mapping to Change
        All that are judged, also those of no effect.

    Returns
    -------
    dict
        By the key of the change, then by the name of the metric, see `METRICS`.
    """
    tests = len(DECISIVE) * len(changes)
    return {key: _estimate_always_valid(_differences(each), tests) for key, each in changes.items()}


def _estimate_always_valid(differences: NDArray[np.float64], tests: int) -> dict[str, Effect]:
    intervals = always_valid_intervals(differences, ALPHA / tests)
    columns = zip(METRICS, differences.T, intervals, always_valid_p(differences), strict=True)
    effects = {}
    for metric, values, interval, p in columns:
        # From the first, so that equal values have their own mean.
        apart = values - values[0]
        effects[metric] = Effect(
            none_if_nan(values[0] + apart.mean()),
            none_if_nan(apart.std()),
            interval,
            len(values),
            p=none_if_nan(p),
            p_corrected=none_if_nan(min(1.0, tests * p)),
            simulations_needed=_needed(values),
        )
    return effects


def _differences(change: Change) -> NDArray[np.float64]:
    """Return the `METRICS` of a change by seed, (n, 5) float64; NaN in percent of nothing."""
    differences = paired_differences(change.after, change.before)
    for column in _REVENUES:
        mean = change.baseline[:, column].mean()
        differences[:, column] *= 100 / mean if mean > 0 else np.nan
    return differences


def _estimate(
    differences: NDArray[np.float64],
    tests: NDArray[np.float64],
    weights: NDArray[np.float64],
    exact: Collection[str],
) -> dict[str, Effect]:
    columns = zip(METRICS, estimates(differences, weights), differences.T, tests, strict=True)
    return {
        metric: _exact_effect(estimate)
        if metric in exact
        else Effect(
            **vars(estimate),
            p=none_if_nan(p),
            p_corrected=none_if_nan(p_corrected),
            simulations_needed=_needed(values),
        )
        for metric, estimate, values, (p, p_corrected) in columns
    }


def _exact_effect(estimate: Estimate) -> Effect:
    """Return an effect on a figure that is known: an interval of no width, and no tests."""
    mean = estimate.mean
    if mean is None:
        return Effect(None, None, None, estimate.n)
    return Effect(mean, 0.0, (mean, mean), estimate.n)


def _needed(values: NDArray[np.float64]) -> int | None:
    if len(values) < 2 or np.isnan(values).any():
        return None
    # From the first, so that equal values do not vary by rounding.
    std = float((values - values[0]).std(ddof=1))
    return simulations_needed(float(values.mean()), std)
