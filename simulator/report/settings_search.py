"""find-settings: the configurations of a study that are worth having, and their trade-offs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from messages import DEFAULT_LANGUAGE, Message
from simulator.inference.criteria import CONCENTRATION, LEAST_SIMULATIONS, OVERCROWDING, REVENUE
from simulator.inference.pareto import pareto_front
from simulator.inference.power import ALPHA
from simulator.inference.worth import GINI_METRIC, JUDGED, REVENUE_METRIC
from simulator.study.config import MinimumEffect
from simulator.study.result import (
    ConfigurationResult,
    Effect,
    EffectName,
    EffectVerdict,
    StudyResult,
)
from simulator.study.result_json import configuration_json, message_json, messages_json

from .answer import count_to_decide
from .naming import Namer, join_sentences, namer

_METRICS = (REVENUE_METRIC, GINI_METRIC)

Lacking = Literal["concentration", "gain", "loss", "more_concentration", "significance"]
"""What keeps a configuration from being worth having: too little less concentration; too little
revenue gained; too much of it lost; a concentration that changes; effects that may be chance."""


@dataclass(frozen=True)
class Shortfall:
    """How far an effect is from what would make a cap worth having.

    Parameters
    ----------
    lacking : str
    effect : str
        The change of rule that is judged.
    metric : str
    estimate : float
    bound : float
        The end of its interval that is too far.
    threshold : float
        Where that end has to be.
    by : float
        The distance, in the metric's own unit.
    share : float
        Of its yardstick: the smallest effect that matters; of a loss, the most that is allowed.
    p_corrected : float or None
    """

    lacking: Lacking
    effect: EffectName
    metric: str
    estimate: float
    bound: float
    threshold: float
    by: float
    share: float
    p_corrected: float | None = None


@dataclass(frozen=True)
class SettingsSearch:
    """What a search of a study's grid found.

    Parameters
    ----------
    configurations : int
        How many were searched.
    compared_by : Message
        What makes a configuration worth having.
    passing : tuple of ConfigurationResult
        Those that are worth having, from the cheapest.
    pareto : tuple of ConfigurationResult
        From the greatest expected revenue.
    nearest_miss : ConfigurationResult or None
        None where any passes or no cap changes anything.
    shortfalls : tuple of Shortfall
        Of the nearest miss, one for each figure that falls short.
    findings : tuple of Message
    """

    configurations: int
    compared_by: Message
    passing: tuple[ConfigurationResult, ...]
    pareto: tuple[ConfigurationResult, ...]
    nearest_miss: ConfigurationResult | None
    shortfalls: tuple[Shortfall, ...]
    findings: tuple[Message, ...]

    def as_mapping(self, language: str = DEFAULT_LANGUAGE) -> dict[str, Any]:
        """Return the search as JSON has it, its texts in a language."""
        miss = None
        if self.nearest_miss is not None:
            shortfalls = [dict(vars(each)) for each in self.shortfalls]
            miss = {**_entry(self.nearest_miss), "shortfalls": shortfalls}
        return {
            "configurations": self.configurations,
            "compared_by": message_json(self.compared_by, language),
            "passing": [_entry(each) for each in self.passing],
            "pareto": [_entry(each) for each in self.pareto],
            "nearest_miss": miss,
            **messages_json("finding", self.findings, language),
        }


def find_settings(study: StudyResult) -> SettingsSearch:
    """Search a study's grid: the cheapest that are worth having, the Pareto front, a nearest miss.

    A configuration passes if its verdict is ``worth_it``: judged by expected figures, its cap
    against the same rule without it (a policy without a cap, against greedy). The cheapest loses
    the least expected revenue by that, in percent. Ties go to the one that intervenes less: its cap
    binds in fewer rounds, then its cap is larger (no cap counts as the largest), then fewer users
    are whales.

    The front is the Pareto front in three figures: the effects of all rules together on expected
    revenue (higher is better) and on its Gini (lower is better), and the overcrowded share (lower
    is better). The first two are against greedy in the configuration's own setting, so that
    configurations with different capacities or round sizes can be compared.

    The nearest miss has the least worst shortfall. A cap is worth having if the interval of its
    effect on the Gini lies below minus the smallest effect that matters and that on revenue above
    -5 %; or if that on revenue lies above the smallest that matters and that on the Gini matters
    in neither direction. The shortfall is how far the end of an interval is from there, as a share
    of the smallest effect that matters, or of the 5 %; the nearer of the two ways counts. Of equal
    ones, the miss is that which falls short in fewer figures, then the cheapest. Caps that change
    nothing are no misses.

    Parameters
    ----------
    study : StudyResult
        With at least one result. In a result of version 0.1, which has no effects, nothing is
        found.

    Examples
    --------
    >>> from whale_matching import SweepConfig, WorldConfig, find_settings, run_sweep
    >>> world = WorldConfig(n_users=200, n_streamers=10)
    >>> config = SweepConfig(
    ...     k_values=(1, 2), whale_shares=(0.1,), simulations=6, rounds=5, users_per_round=20,
    ...     world=world,
    ... )
    >>> search = find_settings(run_sweep(config).summary())
    >>> search.passing
    ()
    >>> search.nearest_miss.k, [each.lacking for each in search.shortfalls]
    (2, ['concentration'])
    """
    judged = [each for each in study.results if each.by_effects is not None]
    cheapest_first = sorted(judged, key=_cost)
    passing = tuple(each for each in cheapest_first if each.verdict == "worth_it")
    front = pareto_front(np.array([_to_lessen(each) for each in cheapest_first]).reshape(-1, 3))
    on_front = [each for each, best in zip(cheapest_first, front, strict=True) if best]
    pareto = tuple(sorted(on_front, key=lambda each: -_total_revenue(each)))
    acting = [each for each in cheapest_first if each.verdict != "no_effect"]
    miss = min(acting, key=_distance) if acting and not passing else None
    shortfalls = () if miss is None else find_shortfalls(miss)
    compared_by = _describe_comparison(judged)
    findings = (compared_by, *_findings(study, judged, passing, pareto, miss, shortfalls))
    return SettingsSearch(
        len(study.results), compared_by, passing, pareto, miss, shortfalls, findings
    )


def _decision(result: ConfigurationResult) -> EffectVerdict:
    if result.by_effects is None:
        raise ValueError("Expected a result with effects.")
    return result.by_effects


def _judged_name(result: ConfigurationResult) -> EffectName:
    """Return the change of rule that the verdict judges."""
    return _decision(result).criteria[REVENUE_METRIC].effect


def _judged(result: ConfigurationResult, metric: str) -> Effect:
    return result.effects[_judged_name(result)][metric]


def _total_revenue(result: ConfigurationResult) -> float:
    """Return the effect on expected revenue, percent; 0 where the baseline has none to lose."""
    return result.effects["total"][REVENUE_METRIC].mean or 0.0


def _cost(result: ConfigurationResult) -> tuple[float, float, float, float]:
    """Order results from the cheapest; see `find_settings`."""
    k = math.inf if result.k is None else result.k
    binding = 0.0 if result.binding is None else result.binding.rounds_share
    change = _judged(result, REVENUE_METRIC).mean or 0.0
    return -change, binding, -k, result.configuration.whale_share


def _to_lessen(result: ConfigurationResult) -> tuple[float, float, float]:
    """Return the three figures of the front, each the better the less it is."""
    return (
        -_total_revenue(result),
        result.effects["total"][GINI_METRIC].value,
        result.figure(OVERCROWDING).value,
    )


def _entry(result: ConfigurationResult) -> dict[str, Any]:
    """Return a configuration by its settings, with its effects and the published study's figures.

    Of a policy without a cap, the effects of a cap are None, and so with weights.
    """
    effects = {
        f"{effect}_{metric}": result.effects[effect][metric].mean
        if effect in result.effects
        else None
        for effect in JUDGED
        for metric in _METRICS
    }
    return {
        **configuration_json(result.configuration),
        **effects,
        "overcrowded_share": result.figure(OVERCROWDING).mean,
        "verdict": result.verdict,
        "revenue": result.metrics["revenue"].mean,
        "revenue_pct": result.figure(REVENUE).mean,
        "streamer_gini": result.metrics[CONCENTRATION.metric].mean,
        "streamer_gini_change": result.figure(CONCENTRATION).mean,
        "published_rule": result.published_rule,
        "gate_5c": result.published_rule,
        "gate": result.gate,
    }


def _distance(result: ConfigurationResult) -> tuple[float, int]:
    """Return the worst shortfall, and in how many figures there is one."""
    shortfalls = find_shortfalls(result)
    return max(each.share for each in shortfalls), len(shortfalls)


def find_shortfalls(result: ConfigurationResult) -> tuple[Shortfall, ...]:
    """Return what keeps a configuration from being worth having, on the nearer of two ways.

    Parameters
    ----------
    result : ConfigurationResult
        With effects, and not worth having.
    """
    ways = [_to_concentration(result), _to_revenue(result)]
    least = min(ways, key=lambda way: max((each.share for each in way), default=0.0))
    if least:
        return tuple(least)
    # The intervals are where they have to be, so the tests are not.
    metric = REVENUE_METRIC if ways[0] else GINI_METRIC
    change, effect = _judged(result, metric), _judged_name(result)
    value = change.value
    return (
        Shortfall("significance", effect, metric, value, value, 0.0, 0.0, 0.0, change.p_corrected),
    )


def _to_concentration(result: ConfigurationResult) -> list[Shortfall]:
    """Return what lacks for less concentration at a bearable price."""
    minimum, yardstick = _minimum(result, GINI_METRIC)
    _, high = _judged(result, GINI_METRIC).bounds
    low = _low_revenue(result)
    allowed = -REVENUE.threshold
    return [
        *_fall_short(result, "concentration", high, -minimum, high + minimum, yardstick),
        *_fall_short(result, "loss", low, REVENUE.threshold, REVENUE.threshold - low, allowed),
    ]


def _to_revenue(result: ConfigurationResult) -> list[Shortfall]:
    """Return what lacks for more revenue without a change of concentration that matters."""
    minimum, yardstick = _minimum(result, REVENUE_METRIC)
    low = _low_revenue(result)
    most, gini_yardstick = _minimum(result, GINI_METRIC)
    least_gini, most_gini = _judged(result, GINI_METRIC).bounds
    bound = most_gini if most_gini >= -least_gini else least_gini
    by = abs(bound) - most
    threshold = math.copysign(most, bound)
    return [
        *_fall_short(result, "gain", low, minimum, minimum - low, yardstick),
        *_fall_short(result, "more_concentration", bound, threshold, by, gini_yardstick),
    ]


def _low_revenue(result: ConfigurationResult) -> float:
    change = _judged(result, REVENUE_METRIC)
    return 0.0 if change.mean is None else change.bounds[0]


def _minimum(result: ConfigurationResult, metric: str) -> tuple[float, float]:
    """Return the smallest effect that matters, and what shortfalls are measured by.

    They differ where any effect matters: shortfalls are then measured by the default.
    """
    minimum = _decision(result).criteria[metric].minimum_effect
    default = MinimumEffect()
    usual = default.revenue_pct if metric == REVENUE_METRIC else default.streamer_gini
    return minimum, minimum or usual


def _fall_short(
    result: ConfigurationResult,
    lacking: Lacking,
    bound: float,
    threshold: float,
    by: float,
    yardstick: float,
) -> Iterator[Shortfall]:
    if by > 0:
        metric = GINI_METRIC if lacking.endswith("concentration") else REVENUE_METRIC
        change = _judged(result, metric)
        yield Shortfall(
            lacking,
            _judged_name(result),
            metric,
            change.mean or 0.0,
            bound,
            threshold,
            by,
            by / yardstick,
            change.p_corrected,
        )


def _describe_comparison(results: Sequence[ConfigurationResult]) -> Message:
    """State by what configurations are compared."""
    if not results:
        return Message("search_without_expected_figures")
    judged = {_judged_name(each) for each in results}
    return Message(
        "search_compared_by_weights" if "fairness" in judged else "search_compared_by",
        capped="cap" in judged,
        both=judged > {"total"},
        percent=_minimum(results[0], REVENUE_METRIC)[0],
        gini=_minimum(results[0], GINI_METRIC)[0],
    )


def _findings(
    study: StudyResult,
    judged: Sequence[ConfigurationResult],
    passing: Sequence[ConfigurationResult],
    pareto: Sequence[ConfigurationResult],
    miss: ConfigurationResult | None,
    shortfalls: Sequence[Shortfall],
) -> Iterator[Message]:
    """State what was found, after by what."""
    if not judged:
        return
    name = namer(study.results)
    counts = {"configurations": len(study.results), "simulations": study.simulations}
    if passing:
        first = passing[0]
        cheapest = Message("search_cheapest", who=name(first), figures=_figures(first))
        count = Message("search_passing", passing=len(passing), **counts)
        yield join_sentences([count, cheapest])
    else:
        none = Message("search_none", **counts)
        yield (
            none if miss is None else join_sentences([none, _describe_miss(miss, shortfalls, name)])
        )
    undecided = [each for each in judged if each.verdict == "undecided"]
    if undecided:
        needed = count_to_decide(undecided, study)
        yield Message("search_undecided", count=len(undecided), needed=needed)
    if idle := sum(each.verdict == "no_effect" for each in judged):
        yield Message("search_without_effect", idle=idle, configurations=len(study.results))
    yield _describe_front(pareto, name)


def _figures(result: ConfigurationResult) -> Message:
    change = _judged(result, REVENUE_METRIC).mean
    return Message(
        "search_figures",
        without_revenue=change is None,
        revenue=change or 0.0,
        gini=_judged(result, GINI_METRIC).value,
        crowded=100 * result.figure(OVERCROWDING).value,
    )


def _describe_miss(
    miss: ConfigurationResult, shortfalls: Sequence[Shortfall], name: Namer
) -> Message:
    """State which configuration comes nearest, what it lacks and by how much."""
    return Message(
        "search_nearest",
        who=name(miss),
        figures=_figures(miss),
        shortfalls=[_describe_shortfall(each, miss) for each in shortfalls],
    )


def _describe_shortfall(shortfall: Shortfall, miss: ConfigurationResult) -> Message:
    few = _judged(miss, shortfall.metric).n < LEAST_SIMULATIONS
    return Message(
        f"lacks_{shortfall.lacking}",
        bound=shortfall.bound,
        threshold=abs(shortfall.threshold),
        p=1.0 if shortfall.p_corrected is None else shortfall.p_corrected,
        few=few or shortfall.p_corrected is None,
        level=ALPHA,
    )


def _describe_front(pareto: Sequence[ConfigurationResult], name: Namer) -> Message:
    """State what is on the Pareto front, from its greatest expected revenue to its lowest Gini."""
    if len({_to_lessen(each) for each in pareto}) == 1:
        return Message("search_one_best", who=name(pareto[0]), others=len(pareto) - 1)
    fairest = min(pareto, key=lambda each: each.effects["total"][GINI_METRIC].value)
    return Message(
        "search_front",
        count=len(pareto),
        first=name(pareto[0]),
        first_figures=_total_figures(pareto[0]),
        last=name(fairest),
        last_figures=_total_figures(fairest),
    )


def _total_figures(result: ConfigurationResult) -> Message:
    change = result.effects["total"][REVENUE_METRIC].mean
    return Message(
        "search_figures",
        without_revenue=change is None,
        revenue=change or 0.0,
        gini=result.effects["total"][GINI_METRIC].value,
        crowded=100 * result.figure(OVERCROWDING).value,
    )
