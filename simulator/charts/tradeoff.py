"""Gini against revenue: what less concentration costs, and the Pareto front."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt
import numpy as np

from messages import Message
from simulator.inference.pareto import pareto_front

from .style import (
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

LABEL_DISTANCE = 0.06
"""Places of the front nearer than this share of both axes have one label."""

Place = tuple[float, float]
"""Changes of Gini and of revenue."""


def gini_revenue_tradeoff(points: SweepPoints) -> Figure | None:
    """Draw ΔRevenue over ΔGini, with the Pareto front of each panel; None for a single point."""
    panels = points.panels
    changes = {
        point: (gini.value, revenue.value)
        for point in points.points
        if (gini := point.change("streamer_gini")) and (revenue := point.change("revenue_pct"))
    }
    if len(changes) < 2:
        return None
    rows, fronts = _rows(points, changes)
    chart = in_panels(alt.layer(*_layers(points, rows)), panels)
    conclusion, width = _conclusion(points, changes, fronts), total_width(len(panels))
    return finished(chart, points, Message("chart_tradeoff"), conclusion, width)


def _rows(
    points: SweepPoints, changes: dict[SweepPoint, Place]
) -> tuple[list[dict[str, Any]], dict[str, list[Place]]]:
    """Return the rows of all points and fronts, and the front of each panel."""
    rows, front_rows, fronts = [], [], {}
    spread = _spread(changes.values())
    for panel in points.panels:
        in_panel = {point: at for point, at in changes.items() if point.panel == panel}
        if not in_panel:
            continue
        rows += [_row(point, at) for point, at in in_panel.items()]
        rows.append(
            {"kind": "point", "series": points.greedy, "panel": panel, "gini": 0.0, "revenue": 0.0}
        )
        fronts[panel] = list_front([(0.0, 0.0), *in_panel.values()])
        for together in _group_labels(fronts[panel], spread):
            label = _label(points, in_panel, together)
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
    return [*rows, *front_rows], fronts


def _layers(points: SweepPoints, rows: list[dict[str, Any]]) -> list[Any]:
    """Return the axes at 0, the front, the points and, where there is room, labels."""
    series = [points.greedy, *points.series]
    base = alt.Chart(data(rows))
    in_points = [row for row in rows if row["kind"] == "point"]
    x = alt.X(
        "gini:Q",
        title=points.say("axis_gini_change"),
        scale=_padded_scale(in_points, "gini"),
        axis=alt.Axis(tickCount=4),
    )
    title = points.say("axis_revenue_change")
    y = alt.Y("revenue:Q", title=title, scale=_padded_scale(in_points, "revenue"))
    on_front = base.transform_filter("datum.kind == 'front'").encode(x=x, y=y)
    layers: list[Any] = [
        base.mark_rule(color="#bbbbbb").encode(x=alt.X(datum=0, type="quantitative")),
        base.mark_rule(color="#bbbbbb").encode(y=alt.Y(datum=0, type="quantitative")),
        on_front.mark_line(interpolate="step-after", color=RULE, strokeDash=[4, 3], size=1.5),
        base.transform_filter("datum.kind == 'point'")
        .mark_point(filled=True, size=75, opacity=0.9)
        .encode(
            x=x,
            y=y,
            color=colour(series, greedy=points.greedy),
            shape=shape(series, greedy=points.greedy),
        ),
    ]
    if len(points.panels) <= 2:
        text: dict[str, Any] = {"dy": -9, "fontSize": 11}
        left, right = (on_front.transform_filter(f"{no}datum.right") for no in ("!", ""))
        layers += [
            left.mark_text(align="left", dx=8, **text).encode(text="label:N"),
            right.mark_text(align="right", dx=-8, **text).encode(text="label:N"),
        ]
    return layers


def list_front(places: Sequence[Place]) -> list[Place]:
    """Return the different places that no other beats: less Gini, more revenue.

    Parameters
    ----------
    places : sequence of (float, float)
        Gini and revenue, or their changes.

    Returns
    -------
    list of (float, float)
        By Gini, ascending; revenue then ascends as well.
    """
    different = sorted(set(places))
    on_front = pareto_front(np.array([(gini, -revenue) for gini, revenue in different]))
    return [place for place, best in zip(different, on_front, strict=True) if best]


def _row(point: SweepPoint, at: tuple[float, float]) -> dict[str, Any]:
    where = {"kind": "point", "series": point.series, "panel": point.panel}
    return {**where, "k": point.k_label, "gini": at[0], "revenue": at[1]}


def _spread(at: Iterable[Place]) -> tuple[Place, Place]:
    """Return the least value and the width of each axis, greedy at 0 included."""
    axes = list(zip((0.0, 0.0), *at, strict=True))
    low, width = ([min(axis) for axis in axes], [max(axis) - min(axis) for axis in axes])
    return (low[0], width[0]), (low[1], width[1])


def _group_labels(front: Sequence[Place], spread: tuple[Place, Place]) -> list[list[Place]]:
    """Group the places of a front whose labels would be written over each other."""
    groups: list[list[Place]] = []
    for at in front:
        is_near = groups and all(
            abs(value - first) <= LABEL_DISTANCE * (width or 1.0)
            for value, first, (_, width) in zip(at, groups[-1][0], spread, strict=True)
        )
        if is_near and at != (0.0, 0.0):
            groups[-1].append(at)
        else:
            groups.append([at])
    return groups


def _label(points: SweepPoints, in_panel: dict[SweepPoint, Place], at: Sequence[Place]) -> str:
    """Return what stands at places of the front that lie together: all points there."""
    series: dict[str, list[int]] = {}
    for point, place in in_panel.items():
        if place in at:
            ks = series.setdefault(point.series, [])
            if point.k is not None:
                ks.append(point.k)
    several = len(points.series) > 1
    names = [
        points.say(
            "chart_mark", series=name, several=several, ks=list(map(str, ks)), capped=bool(ks)
        )
        for name, ks in series.items()
    ]
    return points.say("chart_marks", marks=names) if names else points.greedy


def _padded_scale(rows: list[dict[str, Any]], name: str) -> alt.Scale:
    """Return a scale with room for marks and their labels at its ends."""
    values = [row[name] for row in rows]
    low, high = min(values), max(values)
    room = 0.12 * (high - low) or 1.0
    # Labels stand to the right of their points.
    right = 2 * room if name == "gini" else room
    return alt.Scale(domain=[low - room, high + right], nice=False, zero=False)


def _conclusion(
    points: SweepPoints,
    changes: dict[SweepPoint, Place],
    fronts: dict[str, list[Place]],
) -> Message:
    """State whether anything has less concentration and no less revenue, and what the front is."""
    count = sum(points.direction(point, "streamer_gini") != 0 for point in changes)
    sentences = [
        _lower_gini(changes),
        Message(
            "chart_gini_beyond_noise",
            count=count,
            total=len(changes),
            corrected=points.by_tests("streamer_gini"),
        ),
    ]
    greedy_panels = [panel for panel, front in fronts.items() if (0.0, 0.0) in front]
    if len(fronts) == 1:
        sentences.append(Message("chart_greedy_on_front", on_front=bool(greedy_panels)))
    elif greedy_panels and len(greedy_panels) < len(fronts):
        sentences.append(Message("chart_greedy_on_some_fronts", panels=greedy_panels[:3]))
    return Message("sentences", parts=[*sentences, Message("chart_up_and_left")])


def _lower_gini(changes: dict[SweepPoint, Place]) -> Message:
    """State what a lower Gini costs."""
    better = [point for point, (gini, revenue) in changes.items() if gini < 0 and revenue >= 0]
    if better:
        best = min(better, key=lambda point: changes[point][0])
        gini, revenue = map(signed, changes[best])
        return Message(
            "chart_gini_without_loss",
            count=len(better),
            total=len(changes),
            who=best.name,
            gini=gini,
            revenue=revenue,
        )
    lower = [point for point in changes if changes[point][0] < 0]
    if not lower:
        return Message("chart_gini_never_lower")
    least = max(lower, key=lambda point: changes[point][1])
    gini, revenue = map(signed, changes[least])
    return Message("chart_gini_at_a_cost", who=least.name, gini=gini, revenue=revenue)
