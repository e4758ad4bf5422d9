"""Small results of studies, made up figure by figure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from simulator import CRITERIA, ConfigurationResult, StudyResult
from simulator.inference.criteria import decide, met_by_means
from simulator.inference.effects import METRICS
from simulator.inference.worth import GINI_METRIC, REVENUE_METRIC, judge
from simulator.study.config import Configuration, MinimumEffect
from simulator.study.result import (
    BaselineResult,
    CapBinding,
    Difference,
    Effect,
    EffectName,
    Estimate,
)

BASELINE_GINI = 0.9


def estimate(mean: float | None, width: float = 0.0, n: int = 50) -> Estimate:
    """A mean with an interval of this half width."""
    return Estimate(mean, 0.0, None if mean is None else (mean - width, mean + width), n)


def difference(
    mean: float | None, width: float = 0.0, p: float | None = None, p_holm: float | None = None
) -> Difference:
    """A mean difference with an interval of this half width."""
    return Difference(**vars(estimate(mean, width)), p=p, p_holm=p_holm)


def configuration_result(
    k: int | None = 1,
    revenue_pct: float | None = 0.0,
    gini_change: float = -0.1,
    crowded: float = 0.01,
    *,
    width: float = 0.0,
    p: float | None = None,
    p_holm: float | None = None,
    binding_rounds: int = 1,
    rounds_share: float = 0.1,
    **settings: Any,
) -> ConfigurationResult:
    """A result with these means; the intervals have this half width."""
    metrics = {
        "revenue": estimate(1000 + 10 * (revenue_pct or 0)),
        "streamer_gini": estimate(BASELINE_GINI + gini_change),
        "overcrowded_share": estimate(crowded, width),
        "overload_rate": estimate(crowded),
    }
    delta = {
        "revenue_pct": difference(revenue_pct, width, p, p_holm),
        "streamer_gini": difference(gini_change, width, p, p_holm),
        "overcrowded_share": difference(0.0, width, p, p_holm),
    }
    given: dict[str, Any] = {
        "whale_share": 0.01,
        "capacity_scale": 1.0,
        "algorithm": "min-cost-flow",
        **settings,
    }
    return ConfigurationResult(
        metrics=metrics,
        delta=delta,
        criteria_met=met_by_means(metrics, delta),
        by_intervals=decide(metrics, delta),
        power={},
        configuration=Configuration(k, **given),
        binding=CapBinding(rounds_share, binding_rounds, 10, 2.0, 3),
    )


def effect(
    mean: float | None, width: float = 0.0, p_corrected: float | None = 0.001, n: int = 50
) -> Effect:
    """A mean effect with an interval of this half width."""
    std = 0.0 if mean == 0 and width == 0 else 1.0
    interval = None if mean is None else (mean - width, mean + width)
    return Effect(mean, std, interval, n, p_corrected, p_corrected, 100)


def effective_result(
    k: int | None = 1,
    revenue_pct: float | None = 0.0,
    gini_change: float = 0.0,
    crowded: float = 0.01,
    *,
    total: tuple[float | None, float] | None = None,
    widths: tuple[float, float] = (0.0, 0.0),
    p_corrected: float | None = 0.001,
    minimum: MinimumEffect | None = None,
    **settings: Any,
) -> ConfigurationResult:
    """A result whose cap, or which itself without a cap, has these effects on expected figures.

    All rules together have the same effects, if `total` has no others.
    """

    def changes(revenue: float | None, gini: float) -> dict[str, Effect]:
        known = {
            REVENUE_METRIC: effect(revenue, widths[0], p_corrected),
            GINI_METRIC: effect(gini, widths[1], p_corrected),
        }
        return {name: known.get(name, effect(0.0)) for name in METRICS}

    result = configuration_result(k, 0.0, -0.1, crowded, **settings)
    judged = (revenue_pct, gini_change)
    effects: dict[EffectName, dict[str, Effect]] = {"total": changes(*(total or judged))}
    if k is not None:
        effects = {"cap": changes(*judged), **effects}
    return replace(result, effects=effects, by_effects=judge(effects, minimum or MinimumEffect()))


def study_of(*results: ConfigurationResult, simulations: int = 50) -> StudyResult:
    """A study that came to these results."""
    first = results[0].configuration
    baseline = Configuration(None, first.whale_share, 1.0, None, "greedy")
    metrics = {"streamer_gini": estimate(BASELINE_GINI), "overcrowded_share": estimate(0.1)}
    return StudyResult(
        config={"simulations": simulations},
        simulations=simulations,
        seed=42,
        baselines=(BaselineResult(baseline, metrics),),
        results=results,
        best=results[0],
        criteria=CRITERIA,
    )
