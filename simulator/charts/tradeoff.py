"""Gini against revenue: what less concentration costs, and the Pareto front."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt

from simulator.report.naming import listed

from .style import (
    GREEDY,
    RULE,
    Figure,
    colour,
    data,
    finished,
    in_panels,
    shape,
    signed,
    total_width,
)
from .sweep_points import SweepPoint, SweepPoints

NEAR = 0.06
"""Places of the front nearer than this share of both axes have one label."""

Place = tuple[float, float]
"""Changes of Gini and of revenue."""


def gini_revenue_tradeoff(points: SweepPoints) -> Figure | None:
    """Draw ΔRevenue over ΔGini, with the Pareto front of each panel; None for a single point."""
    panels = points.panels
    placed = {
        point: (gini["mean"], revenue["mean"])
        for point in points.points
        if (gini := point.change("streamer_gini")) and (revenue := point.change("revenue_pct"))
    }
    if len(placed) < 2:
        return None
    rows, front_rows, fronts = [], [], {}
    for panel in panels:
        here = {point: at for point, at in placed.items() if point.panel == panel}
        if not here:
            continue
        rows += [_row(point, at) for point, at in here.items()]
        rows.append(
            {"kind": "point", "series": GREEDY, "panel": panel, "gini": 0.0, "revenue": 0.0}
        )
        front = pareto_front([(0.0, 0.0), *here.values()])
        fronts[panel] = front
        spread = _spread(placed.values())
        for together in _apart(front, spread):
            label = _label(here, together, len(points.series) > 1)
            front_rows += [
                {
                    "kind": "front",
                    "panel": panel,
                    "gini": gini,
                    "revenue": revenue,
                    "label": label if (gini, revenue) == together[0] else "",
                    "right": gini > spread[0][0] + 0.5 * spread[0][1],
                }
                for gini, revenue in together
            ]
    series = [GREEDY, *points.series]
    base = alt.Chart(data([*rows, *front_rows]))
    x = alt.X(
        "gini:Q",
        title="Change of streamer Gini against greedy",
        scale=_loose(rows, "gini"),
        axis=alt.Axis(tickCount=4),
    )
    y = alt.Y("revenue:Q", title="ΔRevenue against greedy, %", scale=_loose(rows, "revenue"))
    on_front = base.transform_filter("datum.kind == 'front'").encode(x=x, y=y)
    named = len(panels) <= 2
    layers: list[Any] = [
        base.mark_rule(color="#bbbbbb").encode(x=alt.X(datum=0, type="quantitative")),
        base.mark_rule(color="#bbbbbb").encode(y=alt.Y(datum=0, type="quantitative")),
        on_front.mark_line(interpolate="step-after", color=RULE, strokeDash=[4, 3], size=1.5),
        base.transform_filter("datum.kind == 'point'")
        .mark_point(filled=True, size=75, opacity=0.9)
        .encode(x=x, y=y, color=colour(series), shape=shape(series)),
    ]
    if named:
        text: dict[str, Any] = {"dy": -9, "fontSize": 11}
        left, right = (on_front.transform_filter(f"{no}datum.right") for no in ("!", ""))
        layers += [
            left.mark_text(align="left", dx=8, **text).encode(text="label:N"),
            right.mark_text(align="right", dx=-8, **text).encode(text="label:N"),
        ]
    chart = in_panels(alt.layer(*layers), panels)
    title = "Concentration against revenue"
    return finished(chart, title, _conclusion(points, placed, fronts), total_width(len(panels)))


def pareto_front(at: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the different points that no other beats: less Gini, more revenue.

    Parameters
    ----------
    at : sequence of (float, float)
        Gini and revenue, or their changes.

    Returns
    -------
    list of (float, float)
        By Gini, ascending; revenue then ascends as well.
    """
    front: list[tuple[float, float]] = []
    for gini, revenue in sorted(set(at), key=lambda each: (each[0], -each[1])):
        if not front or revenue > front[-1][1]:
            front.append((gini, revenue))
    return front


def _row(point: SweepPoint, at: tuple[float, float]) -> dict[str, Any]:
    where = {"kind": "point", "series": point.series, "panel": point.panel}
    return {**where, "k": point.k_label, "gini": at[0], "revenue": at[1]}


def _spread(at: Iterable[Place]) -> tuple[Place, Place]:
    """Return the least value and the width of each axis, greedy at 0 included."""
    axes = list(zip((0.0, 0.0), *at, strict=True))
    low, width = ([min(axis) for axis in axes], [max(axis) - min(axis) for axis in axes])
    return (low[0], width[0]), (low[1], width[1])


def _apart(front: Sequence[Place], spread: tuple[Place, Place]) -> list[list[Place]]:
    """Group the places of a front whose labels would be written over each other."""
    groups: list[list[Place]] = []
    for at in front:
        near = groups and all(
            abs(value - first) <= NEAR * (width or 1.0)
            for value, first, (_, width) in zip(at, groups[-1][0], spread, strict=True)
        )
        if near and at != (0.0, 0.0):
            groups[-1].append(at)
        else:
            groups.append([at])
    return groups


def _label(here: dict[SweepPoint, Place], at: Sequence[Place], several: bool) -> str:
    """Return what stands at places of the front that lie together: all points there."""
    points = [point for point, place in here.items() if place in at]
    ks: dict[str, list[str]] = {}
    for point in points:
        ks.setdefault(point.series, []).append(point.k_label)
    names = []
    for series, labels in ks.items():
        capped = [label for label in labels if label.isdecimal()]
        k = f"k = {', '.join(capped)}" if capped else ""
        names.append(" ".join(part for part in (series if several else "", k) if part) or series)
    return "; ".join(names) or GREEDY


def _loose(rows: list[dict[str, Any]], name: str) -> alt.Scale:
    """Return a scale with room for marks and their labels at its ends."""
    values = [row[name] for row in rows]
    low, high = min(values), max(values)
    room = 0.12 * (high - low) or 1.0
    # Labels stand to the right of their points.
    right = 2 * room if name == "gini" else room
    return alt.Scale(domain=[low - room, high + right], nice=False, zero=False)


def _conclusion(
    points: SweepPoints,
    placed: dict[SweepPoint, tuple[float, float]],
    fronts: dict[str, list[tuple[float, float]]],
) -> str:
    """Say whether anything has less concentration and no less revenue, and what the front is."""
    both = [point for point, (gini, revenue) in placed.items() if gini < 0 and revenue >= 0]
    if both:
        best = min(both, key=lambda point: placed[point][0])
        gini, revenue = placed[best]
        said = (
            f"{len(both)} of {len(placed)} have a lower Gini without losing revenue (lowest: "
            f"{best.name}, {signed(gini)} at {signed(revenue)} %)."
        )
    elif any(gini < 0 for gini, _ in placed.values()):
        least = max((point for point in placed if placed[point][0] < 0), key=lambda p: placed[p][1])
        gini, revenue = placed[least]
        said = (
            f"Every lower Gini costs revenue: the cheapest is {least.name}, {signed(gini)} for "
            f"{signed(revenue)} %."
        )
    else:
        said = "No configuration has a lower Gini than greedy."
    beyond = sum(points.direction(point, "streamer_gini") != 0 for point in placed)
    verb = "is" if beyond in (0, 1) else "are"
    how = ", after Holm's correction" if points.by_tests("streamer_gini") else ""
    said += f" {beyond or 'None'} of the {len(placed)} changes of Gini {verb} beyond noise{how}."
    held = [panel for panel, front in fronts.items() if (0.0, 0.0) in front]
    if len(fronts) == 1:
        stands = "is" if held else "is not"
        said += f" Greedy {stands} on the Pareto front (dashed)."
    elif held and len(held) < len(fronts):
        said += f" Greedy is on the Pareto front (dashed) at {listed(held[:3])}."
    return f"{said} Up and to the left is better."
