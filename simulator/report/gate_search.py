"""find-gate: which configurations of a sweep pass Gate-5C, and what the others give up."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.inference.criteria import CRITERIA, Criterion
from simulator.study.config import SweepConfig

from .naming import CONFIGURATION, namer
from .verdict import takes_effect

Result = Mapping[str, Any]


def find_gate(config: SweepConfig, results: Sequence[Result]) -> dict[str, Any]:
    """Search a sweep's grid for Gate-5C: the cheapest passes, the Pareto front, the nearest miss.

    Configurations pass by the plain rule, `gate_5c`, if their cap takes effect in any round; what
    their intervals make of it stands beside.
    The cheapest loses the least revenue against its baseline, in percent. Where two lose the same,
    the cheaper intervenes less: its cap binds in fewer rounds, then it is larger (no cap being the
    largest), then fewer users are whales.

    The front holds what no other configuration is at least as good as in ΔRevenue (higher), the
    change of the streamer Gini and the overcrowded share (both lower) and better in one: the
    three figures that the gate reads. Two changes are differences from the own baseline, so that
    configurations of other capacities or other rounds compare.

    The nearest miss has the least worst shortfall, each as a share of its yardstick: 10 % for the
    overcrowded share, the baseline's Gini for the Gini, 5 % for revenue; of equal ones, that which
    fails fewer criteria, then the cheapest.

    Parameters
    ----------
    config : SweepConfig
        Of the sweep.
    results : sequence of mapping
        As `summarise` writes them under `results`; at least one.

    Returns
    -------
    dict
        As JSON writes it. `configurations`, how many; `passing`, from the cheapest; `pareto`, from
        the greatest ΔRevenue; `nearest_miss`, None where any passes or no cap
        takes effect; `findings`, sentences.
        A configuration is given by its settings, `revenue`, `revenue_pct`, `streamer_gini`,
        `streamer_gini_change`, `overcrowded_share`, `gate_5c` and `verdict`, its gate by intervals.
        The nearest miss also has `shortfalls`, one for each criterion that fails: `criterion`,
        `metric`, `estimate`, `threshold`, `by` in the metric's own unit, and `share` of the
        yardstick.
    """
    cheapest_first = sorted(results, key=_cost)
    effective = [result for result in cheapest_first if takes_effect(result)]
    passing = [result for result in effective if result["gate_5c"] == "PASS"]
    front = pareto_front(np.array([_to_lessen(result) for result in cheapest_first]))
    pareto = [result for result, best in zip(cheapest_first, front, strict=True) if best]
    miss = min(effective, key=_distance) if effective and not passing else None
    name = namer(results)
    found = [
        *_say_passing(passing, len(results), config.simulations, name),
        *([] if miss is None else [_say_miss(miss, len(results), config.simulations, name)]),
        *_say_idle(len(results) - len(effective), len(results)),
        _say_front(pareto, name),
    ]
    return {
        "configurations": len(results),
        "passing": [_entry(result) for result in passing],
        "pareto": [_entry(result) for result in pareto],
        "nearest_miss": miss and {**_entry(miss), "shortfalls": _shortfalls(miss)},
        "findings": found,
    }


def pareto_front(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points no other one dominates.

    Parameters
    ----------
    points : (n, d) float64
        Less is better in every column. Equal points do not dominate each other.

    Returns
    -------
    (n,) bool
    """
    front = np.empty(len(points), dtype=np.bool_)
    for position, point in enumerate(points):
        as_good = (points <= point).all(axis=1)
        front[position] = not (as_good & (points < point).any(axis=1)).any()
    return front


def _revenue_pct(result: Result) -> float:
    """Return the change of revenue, percent; 0 where the baseline has none to lose."""
    change: float | None = result["delta"]["revenue_pct"]["mean"]
    return 0.0 if change is None else change


def _cost(result: Result) -> tuple[float, float, float, float]:
    """Order results from the cheapest; see `find_gate`."""
    k = math.inf if result["k"] is None else result["k"]
    binding = result["binding"]["rounds_share"]
    return -_revenue_pct(result), binding, -k, result["whale_share"]


def _to_lessen(result: Result) -> tuple[float, float, float]:
    """Return the three figures of the front, each the better the less it is."""
    return (
        -_revenue_pct(result),
        result["delta"]["streamer_gini"]["mean"],
        result["metrics"]["overcrowded_share"]["mean"],
    )


def _entry(result: Result) -> dict[str, Any]:
    metrics, delta = result["metrics"], result["delta"]
    return {
        **{name: result[name] for name in CONFIGURATION},
        "revenue": metrics["revenue"]["mean"],
        "revenue_pct": delta["revenue_pct"]["mean"],
        "streamer_gini": metrics["streamer_gini"]["mean"],
        "streamer_gini_change": delta["streamer_gini"]["mean"],
        "overcrowded_share": metrics["overcrowded_share"]["mean"],
        "gate_5c": result["gate_5c"],
        "verdict": result["gate"]["verdict"],
    }


def _distance(result: Result) -> tuple[float, int]:
    """Return the worst shortfall, and how many criteria fail."""
    shortfalls = _shortfalls(result)
    return max(each["share"] for each in shortfalls), len(shortfalls)


def _shortfalls(result: Result) -> list[dict[str, Any]]:
    """Return how far each criterion that fails is on the wrong side of its threshold."""
    shortfalls = []
    for each in CRITERIA:
        estimate = result[each.part][each.metric]["mean"]
        if not result["hypotheses"][each.name]:
            by = estimate - each.threshold if each.below else each.threshold - estimate
            shortfalls.append(
                {
                    "criterion": each.name,
                    "metric": each.metric,
                    "estimate": estimate,
                    "threshold": each.threshold,
                    "by": by,
                    "share": by / _yardstick(each, result),
                }
            )
    return shortfalls


def _yardstick(criterion: Criterion, result: Result) -> float:
    """Return what a shortfall is measured by: the threshold; what it was, where that is 0."""
    if criterion.threshold:
        return abs(criterion.threshold)
    before: float = result["metrics"][criterion.metric]["mean"]
    before -= result["delta"][criterion.metric]["mean"]
    return before if before > 0 else 1.0  # a baseline without revenue has a Gini of 0


def _figures(result: Result) -> str:
    change = result["delta"]["revenue_pct"]["mean"]
    revenue = "no revenue to lose" if change is None else f"ΔRevenue {change:+.3g} %"
    return (
        f"{revenue}, streamer Gini {result['delta']['streamer_gini']['mean']:+.2g}, overcrowded "
        f"share {100 * result['metrics']['overcrowded_share']['mean']:.3g} %"
    )


def _say_passing(
    passing: Sequence[Result], of: int, simulations: int, name: Callable[[Result], str]
) -> list[str]:
    """Say which configurations pass at the least cost, by their means and by their intervals."""
    if not passing:
        return []
    first = passing[0]
    words = {"pass": "passed", "fail": "failed", "inconclusive": "inconclusive"}
    said = [
        f"{len(passing):,} of {of:,} configurations pass Gate-5C by their means over "
        f"{simulations:,} simulations. The cheapest is {name(first)}: {_figures(first)}; by its "
        f"intervals, the gate is {words[first['gate']['verdict']]}."
    ]
    sure = [result for result in passing if result["gate"]["verdict"] == "pass"]
    if not sure:
        said.append("None of them passes by its intervals.")
    elif sure[0] is not first:
        said.append(
            f"The cheapest that passes by its intervals is {name(sure[0])}: {_figures(sure[0])}."
        )
    return said


def _say_miss(miss: Result, of: int, simulations: int, name: Callable[[Result], str]) -> str:
    """Say which configuration comes nearest, what fails and by how much."""
    return (
        f"None of {of:,} configurations passes Gate-5C by its means over {simulations:,} "
        f"simulations. The nearest miss is {name(miss)}: {_figures(miss)}; it fails "
        f"{' and '.join(_say_shortfall(each) for each in _shortfalls(miss))}."
    )


def _say_idle(idle: int, of: int) -> list[str]:
    """Say in how many configurations the cap does nothing."""
    if idle == of:
        return [f"This cap never takes effect in any of {of:,} configurations: none can pass."]
    if idle:
        return [f"In {idle:,} of {of:,} configurations, the cap never takes effect: none counts."]
    return []


def _say_shortfall(shortfall: Mapping[str, Any]) -> str:
    criterion, by = shortfall["criterion"], shortfall["by"]
    share = f"{100 * shortfall['share']:.2g} %"
    if criterion == "H5C-1":
        return f"H5C-1 by {100 * by:.3g} points of overcrowded share ({share} of the limit)"
    if criterion == "H5C-3":
        return f"H5C-3 by {by:.3g} points of ΔRevenue ({share} of the limit)"
    if by == 0:
        return "H5C-2 because the streamer Gini stays"
    return f"H5C-2 by a streamer Gini that rises {by:.2g} ({share} of what it was)"


def _say_front(pareto: Sequence[Result], name: Callable[[Result], str]) -> str:
    """Say what is on the Pareto front, from its greatest ΔRevenue to its lowest Gini."""
    count = len(pareto)
    if len({_to_lessen(result) for result in pareto}) == 1:
        return (
            f"No configuration is better than {name(pareto[0])} in ΔRevenue, streamer Gini or "
            f"overcrowded share{', and as good are ' + str(count - 1) if count > 1 else ''}."
        )
    fairest = min(pareto, key=lambda result: result["delta"]["streamer_gini"]["mean"])
    return (
        f"{count:,} configurations are on the Pareto front of ΔRevenue against streamer Gini and "
        f"overcrowded share: from {name(pareto[0])} ({_figures(pareto[0])}) to {name(fairest)} "
        f"({_figures(fairest)})."
    )
