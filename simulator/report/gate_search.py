"""find-gate: the configurations of a study that meet all criteria, and their trade-offs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from messages import DEFAULT_LANGUAGE, Message
from simulator.inference.criteria import CONCENTRATION, CRITERIA, OVERCROWDING, REVENUE
from simulator.inference.pareto import pareto_front
from simulator.study.result import ConfigurationResult, Criterion, StudyResult
from simulator.study.result_json import configuration_json, messages_json

from .naming import Namer, join_sentences, namer
from .verdict import verdict_message


@dataclass(frozen=True)
class Shortfall:
    """How far a criterion that fails is on the wrong side of its threshold.

    Parameters
    ----------
    criterion : Criterion
    estimate : float
    by : float
        In the metric's own unit.
    share : float
        Of its yardstick: the threshold; or the baseline's figure, where that is 0.
    """

    criterion: Criterion
    estimate: float
    by: float
    share: float

    def as_mapping(self) -> dict[str, Any]:
        """Return the shortfall as JSON has it."""
        return {
            "criterion": self.criterion.code,
            "metric": self.criterion.metric,
            "estimate": self.estimate,
            "threshold": self.criterion.threshold,
            "by": self.by,
            "share": self.share,
        }


@dataclass(frozen=True)
class GateSearch:
    """What a search of a study's grid found.

    Parameters
    ----------
    configurations : int
        How many were searched.
    passing : tuple of ConfigurationResult
        From the cheapest.
    pareto : tuple of ConfigurationResult
        From the greatest ΔRevenue.
    nearest_miss : ConfigurationResult or None
        None where any passes or no cap takes effect.
    shortfalls : tuple of Shortfall
        Of the nearest miss, one for each criterion that fails.
    findings : tuple of Message
    """

    configurations: int
    passing: tuple[ConfigurationResult, ...]
    pareto: tuple[ConfigurationResult, ...]
    nearest_miss: ConfigurationResult | None
    shortfalls: tuple[Shortfall, ...]
    findings: tuple[Message, ...]

    def as_mapping(self, language: str = DEFAULT_LANGUAGE) -> dict[str, Any]:
        """Return the search as JSON has it, its findings in a language."""
        miss = None
        if self.nearest_miss is not None:
            shortfalls = [each.as_mapping() for each in self.shortfalls]
            miss = {**_entry(self.nearest_miss), "shortfalls": shortfalls}
        return {
            "configurations": self.configurations,
            "passing": [_entry(each) for each in self.passing],
            "pareto": [_entry(each) for each in self.pareto],
            "nearest_miss": miss,
            **messages_json("finding", self.findings, language),
        }


def find_gate(study: StudyResult) -> GateSearch:
    """Search a study's grid: the cheapest passes, the Pareto front, the nearest miss.

    A configuration passes if its means meet all criteria and its cap takes effect in any round; its
    verdict by intervals is reported as well. The cheapest loses the least revenue against its
    baseline, in percent. Ties go to the one that intervenes less: its cap binds in fewer rounds,
    then its cap is larger (no cap counts as the largest), then fewer users are whales.

    The front is the Pareto front in the three figures that the criteria read: ΔRevenue (higher is
    better), the change of the streamer Gini and the overcrowded share (lower is better). The first
    two are differences from the configuration's own baseline, so that configurations with different
    capacities or round sizes can be compared.

    The nearest miss has the least worst shortfall, each as a share of its yardstick: 10 % for the
    overcrowded share, the baseline's Gini for the Gini, 5 % for revenue; of equal ones, that which
    fails fewer criteria, then the cheapest.

    Parameters
    ----------
    study : StudyResult
        With at least one result.

    Examples
    --------
    >>> from whale_matching import SweepConfig, WorldConfig, find_gate, run_sweep
    >>> world = WorldConfig(n_users=200, n_streamers=10)
    >>> config = SweepConfig(
    ...     k_values=(1, 2), whale_shares=(0.1,), simulations=6, rounds=5, users_per_round=20,
    ...     world=world,
    ... )
    >>> search = find_gate(run_sweep(config).summary())
    >>> search.passing
    ()
    >>> search.nearest_miss.k, [each.criterion.name for each in search.shortfalls]
    (2, ['concentration'])
    """
    cheapest_first = sorted(study.results, key=_cost)
    effective = [each for each in cheapest_first if each.takes_effect]
    passing = tuple(each for each in effective if each.passes)
    front = pareto_front(np.array([_to_lessen(each) for each in cheapest_first]))
    pareto = tuple(each for each, best in zip(cheapest_first, front, strict=True) if best)
    miss = min(effective, key=_distance) if effective and not passing else None
    shortfalls = () if miss is None else _shortfalls(miss)
    total, idle = len(study.results), len(study.results) - len(effective)
    name = namer(study.results)
    findings = [
        *_describe_passing(passing, total, study.simulations, name),
        *([] if miss is None else [_describe_miss(miss, shortfalls, study, name)]),
        *([Message("search_without_effect", idle=idle, configurations=total)] if idle else []),
        _describe_front(pareto, name),
    ]
    return GateSearch(total, passing, pareto, miss, shortfalls, tuple(findings))


def _revenue_pct(result: ConfigurationResult) -> float:
    """Return the change of revenue, percent; 0 where the baseline has none to lose."""
    return result.figure(REVENUE).mean or 0.0


def _cost(result: ConfigurationResult) -> tuple[float, float, float, float]:
    """Order results from the cheapest; see `find_gate`."""
    k = math.inf if result.k is None else result.k
    binding = 0.0 if result.binding is None else result.binding.rounds_share
    return -_revenue_pct(result), binding, -k, result.configuration.whale_share


def _to_lessen(result: ConfigurationResult) -> tuple[float, float, float]:
    """Return the three figures of the front, each the better the less it is."""
    return (
        -_revenue_pct(result),
        result.figure(CONCENTRATION).value,
        result.figure(OVERCROWDING).value,
    )


def _entry(result: ConfigurationResult) -> dict[str, Any]:
    """Return a configuration by its settings, with the figures that the criteria read."""
    return {
        **configuration_json(result.configuration),
        "revenue": result.metrics["revenue"].mean,
        "revenue_pct": result.figure(REVENUE).mean,
        "streamer_gini": result.metrics[CONCENTRATION.metric].mean,
        "streamer_gini_change": result.figure(CONCENTRATION).mean,
        "overcrowded_share": result.figure(OVERCROWDING).mean,
        "gate_5c": result.published_rule,
        "verdict": result.gate,
    }


def _distance(result: ConfigurationResult) -> tuple[float, int]:
    """Return the worst shortfall, and how many criteria fail."""
    shortfalls = _shortfalls(result)
    return max(each.share for each in shortfalls), len(shortfalls)


def _shortfalls(result: ConfigurationResult) -> tuple[Shortfall, ...]:
    """Return how far each criterion that fails is on the wrong side of its threshold."""
    shortfalls = []
    for criterion in CRITERIA:
        if criterion.code in result.failing:
            estimate = result.figure(criterion).value
            by = criterion.shortfall(estimate)
            share = by / _yardstick(criterion, result)
            shortfalls.append(Shortfall(criterion, estimate, by, share))
    return tuple(shortfalls)


def _yardstick(criterion: Criterion, result: ConfigurationResult) -> float:
    """Return what a shortfall is measured by: the threshold; what it was, where that is 0."""
    if criterion.threshold:
        return abs(criterion.threshold)
    before = result.metrics[criterion.metric].value - result.delta[criterion.metric].value
    return before if before > 0 else 1.0  # a baseline without revenue has a Gini of 0


def _figures(result: ConfigurationResult) -> Message:
    change = result.figure(REVENUE).mean
    return Message(
        "search_figures",
        without_revenue=change is None,
        revenue=change or 0.0,
        gini=result.figure(CONCENTRATION).value,
        crowded=100 * result.figure(OVERCROWDING).value,
    )


def _describe_passing(
    passing: Sequence[ConfigurationResult], total: int, simulations: int, name: Namer
) -> Iterator[Message]:
    """State which configurations pass at the least cost, by their means and by their intervals."""
    if not passing:
        return
    first = passing[0]
    yield join_sentences(
        [
            Message(
                "search_passing",
                passing=len(passing),
                configurations=total,
                simulations=simulations,
            ),
            Message(
                "search_cheapest",
                who=name(first),
                figures=_figures(first),
                verdict=verdict_message(first.gate),
            ),
        ]
    )
    sure = [each for each in passing if each.gate == "pass"]
    if not sure:
        yield Message("search_none_by_intervals")
    elif sure[0] is not first:
        yield Message("search_cheapest_sure", who=name(sure[0]), figures=_figures(sure[0]))


def _describe_miss(
    miss: ConfigurationResult, shortfalls: Sequence[Shortfall], study: StudyResult, name: Namer
) -> Message:
    """State which configuration comes nearest, what fails and by how much."""
    none = Message("search_none", configurations=len(study.results), simulations=study.simulations)
    nearest = Message(
        "search_nearest",
        who=name(miss),
        figures=_figures(miss),
        shortfalls=[_describe_shortfall(each) for each in shortfalls],
    )
    return join_sentences([none, nearest])


def _describe_shortfall(shortfall: Shortfall) -> Message:
    criterion = shortfall.criterion
    return Message(
        f"shortfall_{criterion.name}",
        criterion=criterion.title,
        by=criterion.factor * shortfall.by,
        percent=100 * shortfall.share,
        unchanged=shortfall.by == 0,
    )


def _describe_front(pareto: Sequence[ConfigurationResult], name: Namer) -> Message:
    """State what is on the Pareto front, from its greatest ΔRevenue to its lowest Gini."""
    if len({_to_lessen(each) for each in pareto}) == 1:
        return Message("search_one_best", who=name(pareto[0]), others=len(pareto) - 1)
    fairest = min(pareto, key=lambda each: each.figure(CONCENTRATION).value)
    return Message(
        "search_front",
        count=len(pareto),
        first=name(pareto[0]),
        first_figures=_figures(pareto[0]),
        last=name(fairest),
        last_figures=_figures(fairest),
    )
