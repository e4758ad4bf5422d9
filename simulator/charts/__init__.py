"""Pictures of a sweep: one Altair specification a figure, each with its conclusion as subtitle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .binding import where_k_binds
from .by_k import gini_by_k, overload_by_k, revenue_by_k
from .heat_map import algorithm_heat_map
from .price import price_of_the_cap
from .render import render_png, render_svg
from .style import Figure
from .sweep_points import SweepPoints
from .thresholds import threshold_sensitivity
from .tradeoff import gini_revenue_tradeoff
from .whales import whale_distribution

__all__ = [
    "FIGURES",
    "Figure",
    "configuration_names",
    "figure",
    "figures",
    "render_png",
    "render_svg",
]

_FIGURES = {
    "overload-by-k": overload_by_k,
    "gini-by-k": gini_by_k,
    "revenue-by-k": revenue_by_k,
    "gini-revenue-tradeoff": gini_revenue_tradeoff,
    "where-k-binds": where_k_binds,
    "whale-distribution": whale_distribution,
    "price-of-the-cap": price_of_the_cap,
    "algorithm-heat-map": algorithm_heat_map,
    "threshold-sensitivity": threshold_sensitivity,
}

FIGURES = tuple(_FIGURES)
"""Names of all figures, in the order of a report."""


def figure(result: Mapping[str, Any], name: str) -> Figure | None:
    """Return one figure of a sweep's result; None where the result has no data for it.

    Parameters
    ----------
    result : mapping
        As `Sweep.as_mapping` or `study_matrix` returns it.
    name : str
        One of `FIGURES`.
    """
    return _FIGURES[name](SweepPoints.of(result))


def figures(result: Mapping[str, Any]) -> dict[str, Figure]:
    """Return the figures that a sweep's result has the data for, by name.

    A figure that would be empty is left out: the heat map of a single algorithm, the threshold
    sensitivity of a single whale share, the price of the cap without the rows of the runs.

    Parameters
    ----------
    result : mapping
        As `Sweep.as_mapping` or `study_matrix` returns it.

    Returns
    -------
    dict of str to altair chart
        In the order of a report.
    """
    points = SweepPoints.of(result)
    drawn = {name: draw(points) for name, draw in _FIGURES.items()}
    return {name: each for name, each in drawn.items() if each is not None}


def configuration_names(result: Mapping[str, Any]) -> list[str]:
    """Return a name for each of a result's configurations: what sets it apart, in words."""
    return [point.name for point in SweepPoints.of(result).points]
