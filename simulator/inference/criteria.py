"""The criteria that a whale cap has to meet, by the means and by their intervals.

They are those of the published study, whose verdict is called Gate-5C and whose hypotheses are
called H5C-1 to H5C-3. This list is the only place that knows their metrics and thresholds.
"""

from __future__ import annotations

from collections.abc import Mapping

from simulator.study.result import (
    Criterion,
    CriterionResult,
    CriterionVerdict,
    Difference,
    Estimate,
    IntervalVerdict,
    OpenReason,
)

LEAST_SIMULATIONS = 6
"""With fewer pairs, no two-sided sign-flip test can be below 5 %: 2^(1 - 5) > 0.05."""

OVERCROWDING = Criterion(
    "H5C-1", "overcrowding", "metrics", "overcrowded_share", "share", 0.10, "below"
)
CONCENTRATION = Criterion(
    "H5C-2", "concentration", "delta", "streamer_gini", "number", 0.0, "below"
)
REVENUE = Criterion("H5C-3", "revenue", "delta", "revenue_pct", "percent", -5.0, "above")

CRITERIA = (OVERCROWDING, CONCENTRATION, REVENUE)


def met_by_means(
    metrics: Mapping[str, Estimate], delta: Mapping[str, Difference]
) -> dict[str, bool]:
    """Return whether the means of a configuration meet each criterion, by its code."""
    return {each.code: each.met_by(_figure(each, metrics, delta).mean) for each in CRITERIA}


def decide(metrics: Mapping[str, Estimate], delta: Mapping[str, Difference]) -> IntervalVerdict:
    """Return the verdict of a configuration's intervals on the criteria."""
    return IntervalVerdict(
        {each.code: decide_criterion(each, _figure(each, metrics, delta)) for each in CRITERIA}
    )


def decide_criterion(criterion: Criterion, figure: Estimate) -> CriterionResult:
    """Decide a criterion by the interval of a figure over simulations.

    A figure that does not exist, such as the change of a revenue of 0, passes. A figure that is
    equal in several simulations is decided by its value. Otherwise fewer than `LEAST_SIMULATIONS`
    decide nothing: all of them can be on one side of a threshold by chance more often than one time
    in 20.
    """
    verdict, reason = _decide(criterion, figure)
    return CriterionResult(
        criterion.metric, figure.mean, figure.ci95, criterion.threshold, verdict, reason
    )


def _decide(criterion: Criterion, figure: Estimate) -> tuple[CriterionVerdict, OpenReason | None]:
    if figure.mean is None:
        return "pass", None
    if figure.ci95 is None:
        return "inconclusive", "one_simulation"
    ends_met = [criterion.met_by(end) for end in figure.ci95]
    if any(ends_met) and not all(ends_met):
        return "inconclusive", "interval_straddles_threshold"
    if figure.n < LEAST_SIMULATIONS and figure.ci95[0] != figure.ci95[1]:
        return "inconclusive", "too_few_simulations"
    return ("pass" if all(ends_met) else "fail"), None


def _figure(
    criterion: Criterion, metrics: Mapping[str, Estimate], delta: Mapping[str, Difference]
) -> Estimate:
    return (metrics if criterion.part == "metrics" else delta)[criterion.metric]
