"""Figures of a study as Altair charts, each with its conclusion as subtitle."""

from __future__ import annotations

from messages import DEFAULT_LANGUAGE, Message
from simulator.study.result import ConfigurationResult, StudyResult

from .binding import where_k_binds
from .by_k import gini_by_k, overload_by_k, revenue_by_k
from .effects import chain_of_effects
from .heat_map import algorithm_heat_map
from .luck import luck_by_rounds
from .price import price_of_the_cap
from .render import render_png, render_svg
from .style import Figure
from .sweep_points import SweepPoints
from .thresholds import threshold_sensitivity
from .tradeoff import gini_revenue_tradeoff
from .whales import whale_distribution

__all__ = [
    "EFFECTS",
    "FIGURES",
    "Figure",
    "configuration_names",
    "figure",
    "figures",
    "render_png",
    "render_svg",
]

EFFECTS = "chain-of-effects"
"""Name of the figure that is of one configuration."""

_FIGURES = {
    EFFECTS: chain_of_effects,
    "overload-by-k": overload_by_k,
    "gini-by-k": gini_by_k,
    "revenue-by-k": revenue_by_k,
    "gini-revenue-tradeoff": gini_revenue_tradeoff,
    "where-k-binds": where_k_binds,
    "whale-distribution": whale_distribution,
    "price-of-the-cap": price_of_the_cap,
    "algorithm-heat-map": algorithm_heat_map,
    "threshold-sensitivity": threshold_sensitivity,
    "luck-by-rounds": luck_by_rounds,
}

FIGURES = tuple(_FIGURES)
"""Names of all figures, in the order of a report."""


def figure(
    study: StudyResult,
    name: str,
    language: str = DEFAULT_LANGUAGE,
    result: ConfigurationResult | None = None,
) -> Figure | None:
    """Return one figure of a study; None where the study has no data for it.

    Parameters
    ----------
    study : StudyResult
    name : str
        One of `FIGURES`.
    language : str
    result : ConfigurationResult, optional
        Of the study: the one that `EFFECTS` is drawn of. Other figures are of all of them.
    """
    points = SweepPoints.of(study, language)
    if name == EFFECTS:
        return chain_of_effects(points, result)
    return _FIGURES[name](points)


def figures(study: StudyResult, language: str = DEFAULT_LANGUAGE) -> dict[str, Figure]:
    """Return the figures that a study has the data for, by name, in the order of a report.

    A figure that would be empty is left out: the heat map of a single algorithm, the threshold
    sensitivity of a single whale share, the price of the cap without the rows of the runs, luck by
    rounds without checkpoints.

    Parameters
    ----------
    study : StudyResult
    language : str
    """
    points = SweepPoints.of(study, language)
    drawn = {name: draw(points) for name, draw in _FIGURES.items()}
    return {name: each for name, each in drawn.items() if each is not None}


def configuration_names(study: StudyResult) -> list[Message]:
    """Return a name for each of a study's configurations."""
    return [point.name for point in SweepPoints.of(study).points]
