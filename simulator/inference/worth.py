"""Whether a whale cap is worth having: its effects beside the smallest effects that matter."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping

from simulator.study.config import MinimumEffect
from simulator.study.result import (
    Effect,
    EffectCriterion,
    EffectName,
    EffectVerdict,
    Sway,
    Verdict,
)

from .criteria import LEAST_SIMULATIONS, REVENUE
from .power import ALPHA

JUDGED: tuple[EffectName, ...] = ("cap", "fairness", "total")
"""Effects that verdicts are by: the first of them that a configuration has."""

REVENUE_METRIC, GINI_METRIC = "expected_revenue_pct", "expected_streamer_gini"


def judge(
    effects: Mapping[EffectName, Mapping[str, Effect]], minimum: MinimumEffect
) -> EffectVerdict:
    """Return whether a cap is worth having against the same rule without it.

    Where a policy has no cap, its weights are judged against the same rule without weights, and
    where it has none, the policy against greedy. Each of two effects, on expected
    revenue and on the Gini of expected revenue, is a gain or a loss where its interval lies beyond
    the smallest effect that matters and its corrected p is at most 5 %, and negligible where its
    interval lies within that. Anything else is unclear.

    ========================  =====================================================================
    no_effect                 both effects are exactly 0 in every simulation, or there is no revenue
    worth_it                  a gain in concentration, and revenue that falls by less than the
                              published study allows (5 %); or a gain in revenue without a change of
                              concentration that matters
    not_worth_it              no gain in either; or a loss of revenue beyond what the study allows;
                              or more revenue for more concentration
    undecided                 else
    ========================  =====================================================================

    Parameters
    ----------
    effects : mapping
        Of a configuration.
    minimum : MinimumEffect
    """
    judged = judged_effect(effects)
    revenue, gini = effects[judged][REVENUE_METRIC], effects[judged][GINI_METRIC]
    sway = find_sway(revenue, minimum.revenue_pct), find_sway(gini, minimum.streamer_gini, -1)
    criteria = {
        REVENUE_METRIC: _criterion(judged, revenue, minimum.revenue_pct, sway[0]),
        GINI_METRIC: _criterion(judged, gini, minimum.streamer_gini, sway[1]),
    }
    if (revenue.mean is None or revenue.is_zero) and gini.is_zero:
        return EffectVerdict("no_effect", criteria)
    return EffectVerdict(_weigh(*sway, revenue), criteria)


def judged_effect(effects: Container[EffectName]) -> EffectName:
    """Return which of a configuration's effects its verdict is by."""
    return next(effect for effect in JUDGED if effect in effects)


def find_sway(effect: Effect, minimum: float, better: int = 1) -> Sway:
    """Return what an effect amounts to.

    Parameters
    ----------
    effect : Effect
    minimum : float
        The smallest that matters, ≥ 0.
    better : {1, -1}
        Whether a larger figure is better, or a smaller one.
    """
    if effect.mean is None or effect.is_zero:
        return "negligible"
    if effect.ci95 is None or (effect.n < LEAST_SIMULATIONS and effect.std):
        return "unclear"
    low, high = sorted(better * end for end in effect.ci95)
    is_significant = effect.p_corrected is None or effect.p_corrected <= ALPHA
    if low >= minimum and low > 0 and is_significant:
        return "gain"
    if high <= -minimum and high < 0 and is_significant:
        return "loss"
    return "negligible" if -minimum < low and high < minimum else "unclear"


def _weigh(revenue: Sway, gini: Sway, change: Effect) -> Verdict:
    """Weigh revenue against concentration."""
    low, high = change.ci95 or (-math.inf, math.inf)
    if change.mean is None:
        low = high = 0.0
    if revenue == "loss" and high <= REVENUE.threshold:
        return "not_worth_it"
    if gini == "gain":
        return "worth_it" if low > REVENUE.threshold else "undecided"
    if revenue == "gain" and gini == "negligible":
        return "worth_it"
    if gini == "loss" or (gini == "negligible" and revenue in ("negligible", "loss")):
        return "not_worth_it"
    return "undecided"


def _criterion(judged: EffectName, effect: Effect, minimum: float, sway: Sway) -> EffectCriterion:
    return EffectCriterion(judged, effect.mean, effect.ci95, effect.p_corrected, minimum, sway)
