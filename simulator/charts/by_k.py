"""Overload, Gini and revenue across k, each with its 95 % interval."""

from __future__ import annotations

from typing import Any

import altair as alt

from messages import Message
from simulator.inference.criteria import OVERCROWDING, REVENUE

from .conclusions import change_sentence
from .style import (
    LIMIT,
    Figure,
    axis_title,
    colour,
    data,
    finished,
    in_panels,
    interval_marks,
    plain,
    reference_line,
    shape,
    total_width,
)
from .sweep_points import SweepPoint, SweepPoints


def overload_by_k(points: SweepPoints) -> Figure | None:
    """Draw the overcrowded share across k, beside the baseline's."""
    metric, rows = OVERCROWDING.metric, []
    for point in points.points:
        level, base = point.level(metric), point.baseline_level(metric)
        if level is not None and base is not None:
            low, high = (100 * bound for bound in level.bounds)
            row = {"mean": 100 * level.value, "base": 100 * base, "low": low, "high": high}
            rows.append(_position(point) | row)
    if not rows:
        return None
    limit = 100 * OVERCROWDING.threshold
    is_near = limit / 2 < max(max(row["high"], row["base"]) for row in rows)
    sentences = [
        change_sentence(points, metric, "share"),
        _limit(rows, limit, is_near),
        Message("chart_dashed_greedy"),
    ]
    chart = _chart(points, rows, "axis_overcrowded_share", limit if is_near else None, from_0=True)
    return _finish(points, chart, "chart_overload_by_k", sentences)


def gini_by_k(points: SweepPoints) -> Figure | None:
    """Draw the paired change of the streamer Gini across k."""
    rows = _changes(points, "streamer_gini")
    if not rows:
        return None
    sentences = [
        change_sentence(points, "streamer_gini", "number"),
        Message("chart_dashed_greedy"),
    ]
    chart = _chart(points, rows, "axis_gini_change_from_0_to_1", None)
    return _finish(points, chart, "chart_gini_by_k", sentences)


def revenue_by_k(points: SweepPoints) -> Figure | None:
    """Draw the paired change of revenue across k, beside the limit of its criterion."""
    rows = _changes(points, REVENUE.metric)
    if not rows:
        return None
    limit = REVENUE.threshold
    is_near = min(row["low"] for row in rows) < limit / 2
    sentences = [change_sentence(points, REVENUE.metric, "percent")]
    if is_near:
        below = sum(row["mean"] <= limit for row in rows)
        sentences.append(
            Message(
                "chart_revenue_limit",
                below=below,
                total=len(rows),
                limit=plain(-limit),
                criterion=REVENUE.title,
            )
        )
    sentences.append(Message("chart_dashed_greedy"))
    chart = _chart(points, rows, "axis_revenue_change", limit if is_near else None)
    return _finish(points, chart, "chart_revenue_by_k", sentences)


def _finish(points: SweepPoints, chart: Figure, title: str, sentences: list[Message]) -> Figure:
    width = total_width(len(points.panels))
    return finished(chart, points, Message(title), Message("sentences", parts=sentences), width)


def _position(point: SweepPoint) -> dict[str, Any]:
    return {"series": point.series, "panel": point.panel, "k": point.k_label}


def _changes(points: SweepPoints, metric: str) -> list[dict[str, Any]]:
    rows = []
    for point in points.points:
        change = point.change(metric)
        if change is not None:
            low, high = change.bounds
            figures = {"mean": change.value, "low": low, "high": high, "base": 0.0}
            rows.append(_position(point) | figures)
    return rows


def _limit(rows: list[dict[str, Any]], limit: float, drawn: bool) -> Message:
    above = sum(row["mean"] >= limit for row in rows)
    return Message(
        "chart_overload_limit" if above else "chart_overload_below",
        above=above,
        total=len(rows),
        all=above == len(rows),
        limit=plain(limit),
        criterion=OVERCROWDING.title,
        drawn=drawn,
        most=plain(max(float(row["mean"]) for row in rows)),
    )


def _chart(
    points: SweepPoints,
    rows: list[dict[str, Any]],
    title_code: str,
    limit: float | None,
    *,
    from_0: bool = False,
) -> Figure:
    """Return points with intervals over k; the baseline dashed, a limit dotted and named."""
    series, title = points.series, axis_title(points.say(title_code))
    k_scale = alt.Scale(paddingInner=0.25)
    x = alt.X("k:O", sort=points.k_labels, title=points.say("axis_k"), scale=k_scale)
    offset = alt.XOffset("series:N", sort=series, scale=alt.Scale(domain=series))
    domain = alt.Scale(zero=from_0, nice=True)
    base = alt.Chart(data(rows))
    marks = base.encode(x=x, xOffset=offset, color=colour(series, greedy=points.greedy))
    layers = [
        *interval_marks(marks, title, shape(series, greedy=points.greedy), domain),
        reference_line(base, alt.Y("mean(base):Q", title=title, scale=domain)),
    ]
    if limit is not None:
        limits = base.transform_calculate(limit=str(limit))
        at = alt.Y("mean(limit):Q", title=title, scale=domain)
        layers.append(reference_line(limits, at, LIMIT))
    return in_panels(alt.layer(*layers), points.panels)
