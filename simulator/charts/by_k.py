"""Overload, Gini and revenue across k, each with its 95 % interval."""

from __future__ import annotations

from typing import Any

import altair as alt

from simulator.inference.criteria import LEAST_REVENUE_PCT, MOST_OVERLOAD

from .conclusions import change_sentence
from .style import (
    LIMIT,
    Figure,
    colour,
    data,
    finished,
    in_panels,
    plain,
    reference_line,
    shape,
    total_width,
)
from .sweep_points import SweepPoints

_DASHED = "Dashed: greedy."

K_TITLE = "Whale cap k, whales per streamer"


def overload_by_k(points: SweepPoints) -> Figure | None:
    """Draw the overcrowded share across k, beside the baseline's."""
    rows = []
    for point in points.points:
        level, base = point.level("overcrowded_share"), point.baseline["metrics"]
        if level is not None and "overcrowded_share" in base:
            row = {"mean": 100 * level["mean"], "base": 100 * base["overcrowded_share"]["mean"]}
            low, high = (100 * bound for bound in level["ci95"])
            rows.append(_place(point) | row | {"low": low, "high": high})
    if not rows:
        return None
    most = 100 * MOST_OVERLOAD
    near = most / 2 < max(max(row["high"], row["base"]) for row in rows)
    said = [
        change_sentence(points, "overcrowded_share", "overload", 100, "points"),
        _limit(rows, near),
        _DASHED,
    ]
    chart = _chart(
        points,
        rows,
        ["Overcrowded share", "of interactions, %"],
        most if near else None,
        from_0=True,
    )
    return finished(chart, "Overload across k", " ".join(said), total_width(len(points.panels)))


def gini_by_k(points: SweepPoints) -> Figure | None:
    """Draw the paired change of the streamer Gini across k."""
    rows = _changes(points, "streamer_gini")
    if not rows:
        return None
    said = [change_sentence(points, "streamer_gini", "the streamer Gini", 1, ""), _DASHED]
    chart = _chart(points, rows, ["Change of streamer Gini", "against greedy (0 to 1)"], None)
    return finished(
        chart, "Concentration across k", " ".join(said), total_width(len(points.panels))
    )


def revenue_by_k(points: SweepPoints) -> Figure | None:
    """Draw the paired change of revenue across k, beside the limit of H5C-3."""
    rows = _changes(points, "revenue_pct")
    if not rows:
        return None
    near = min(row["low"] for row in rows) < LEAST_REVENUE_PCT / 2
    chart = _chart(points, rows, "ΔRevenue against greedy, %", LEAST_REVENUE_PCT if near else None)
    said = [change_sentence(points, "revenue_pct", "revenue", 1, "%")]
    if near:
        below = sum(row["mean"] <= LEAST_REVENUE_PCT for row in rows)
        said.append(f"{below or 'None'} of {len(rows)} lose more than the 5 % of H5C-3 (dotted).")
    said.append(_DASHED)
    return finished(chart, "Revenue across k", " ".join(said), total_width(len(points.panels)))


def _place(point: Any) -> dict[str, Any]:
    return {"series": point.series, "panel": point.panel, "k": point.k_label}


def _changes(points: SweepPoints, metric: str) -> list[dict[str, Any]]:
    rows = []
    for point in points.points:
        change = point.change(metric)
        if change is not None:
            low, high = change["ci95"]
            figures = {"mean": change["mean"], "low": low, "high": high, "base": 0.0}
            rows.append(_place(point) | figures)
    return rows


def _limit(rows: list[dict[str, Any]], drawn: bool) -> str:
    line = " (dotted)" if drawn else ""
    most = 100 * MOST_OVERLOAD
    above = sum(row["mean"] >= most for row in rows)
    if above == 0:
        return f"All stay below the {most:g} % of H5C-1{line}: at most {plain(_largest(rows))} %."
    who = f"All {above}" if above == len(rows) else f"{above} of {len(rows)}"
    return f"{who} reach the {most:g} % of H5C-1{line}."


def _largest(rows: list[dict[str, Any]]) -> float:
    return max(float(row["mean"]) for row in rows)


def _chart(
    points: SweepPoints,
    rows: list[dict[str, Any]],
    title: str | list[str],
    limit: float | None,
    *,
    from_0: bool = False,
) -> Figure:
    """Return points with intervals over k; the baseline dashed, a limit dotted and named."""
    series = points.series
    x = alt.X("k:O", sort=points.k_labels, title=K_TITLE, scale=alt.Scale(paddingInner=0.25))
    offset = alt.XOffset("series:N", sort=series, scale=alt.Scale(domain=series))
    domain = alt.Scale(zero=from_0, nice=True)
    base = alt.Chart(data(rows))
    placed = base.encode(x=x, xOffset=offset, color=colour(series))
    layers = [
        placed.mark_rule(size=2, opacity=0.75).encode(
            y=alt.Y("low:Q", title=title, scale=domain), y2="high:Q"
        ),
        placed.mark_point(filled=True, size=70, opacity=1).encode(
            y=alt.Y("mean:Q", title=title, scale=domain), shape=shape(series)
        ),
    ]
    layers.append(reference_line(base, alt.Y("mean(base):Q", title=title, scale=domain)))
    if limit is not None:
        limits = base.transform_calculate(limit=str(limit))
        at = alt.Y("mean(limit):Q", title=title, scale=domain)
        layers.append(reference_line(limits, at, LIMIT))
    return in_panels(alt.layer(*layers), points.panels)
