"""The three criteria across whale shares: how much the verdict depends on who is a whale."""

from __future__ import annotations

import altair as alt

from messages import Message
from simulator.inference.criteria import CONCENTRATION, CRITERIA, OVERCROWDING, REVENUE
from simulator.report.naming import name_setting, varying
from simulator.study.result import Criterion, Estimate

from .style import (
    PALETTE,
    SHAPES,
    Figure,
    axis_title,
    data,
    finished,
    plain,
    reference_line,
    signed,
)
from .sweep_points import SweepPoint, SweepPoints

_WIDTH, _HEIGHT = 190, 220

_TITLES = {
    OVERCROWDING.metric: "axis_overcrowded_share",
    CONCENTRATION.metric: "axis_gini_change",
    REVENUE.metric: "axis_revenue_change",
}


def threshold_sensitivity(points: SweepPoints) -> Figure | None:
    """Draw overload, Gini and revenue across whale shares; None for a single share.

    Of several algorithms, capacities and numbers of users, the first are shown.
    """
    capped = points.capped().points
    if not capped:
        return None
    first = capped[0]
    setting = first.result.configuration.setting
    shown = [
        point
        for point in capped
        if point.series == first.series and point.result.configuration.setting == setting
    ]
    shares = sorted({point.result.configuration.whale_share for point in shown})
    if len(shares) < 2:
        return None
    parts = [part for part in (_panel(points, shown, each) for each in CRITERIA) if part]
    if not parts:
        return None
    chart = alt.hconcat(*parts, spacing=24)
    fixed = [
        name_setting(name, getattr(first.result.configuration, name))
        for name in ("capacity_scale", "users_per_round")
        if name in varying([point.result for point in points.points])
    ]
    if len(points.capped().series) > 1:
        fixed.insert(0, Message("stored_text", text=first.series))
    title = Message("chart_sensitivity", fixed=fixed, several=bool(fixed))
    return finished(chart, points, title, _conclusion(shown, shares), 3 * _WIDTH + 160)


def _figure(point: SweepPoint, criterion: Criterion) -> Estimate | None:
    """Return the figure that a criterion reads; None where there is none."""
    metric = criterion.metric
    return point.level(metric) if criterion.part == "metrics" else point.change(metric)


def _panel(
    points: SweepPoints, shown: list[SweepPoint], criterion: Criterion
) -> alt.LayerChart | alt.FacetChart | None:
    """Draw the figure of one criterion across whale shares."""
    title = axis_title(points.say(_TITLES[criterion.metric]))
    is_level = criterion.part == "metrics"
    rows = []
    for point in shown:
        figure = _figure(point, criterion)
        if figure is not None:
            values = (figure.value, *figure.bounds)
            mean, low, high = (criterion.factor * value for value in values)
            share = f"{100 * point.result.configuration.whale_share:g}"
            level = criterion.factor * (point.baseline_level(criterion.metric) or 0.0)
            rows.append(
                {"share": share, "series": f"k = {point.k}", "mean": mean, "low": low}
                | {"high": high, "base": level if is_level else 0.0}
            )
    if not rows:
        return None
    shares = sorted({point.result.configuration.whale_share for point in shown})
    order = [f"{100 * share:g}" for share in shares]
    ks = [f"k = {k}" for k in sorted({point.k for point in points.points if point.k is not None})]
    scale = alt.Scale(zero=is_level)
    y = alt.Y("mean:Q", title=title, scale=scale)
    legend = alt.Legend(title=None, orient="bottom")
    base = alt.Chart(data(rows)).encode(
        x=alt.X("share:O", sort=order, title=points.say("axis_whale_share")),
        xOffset=alt.XOffset("series:N", sort=ks, scale=alt.Scale(domain=ks)),
        color=alt.Color(
            "series:N",
            scale=alt.Scale(domain=ks, range=[PALETTE[i % len(PALETTE)] for i in range(len(ks))]),
            legend=legend,
        ),
    )
    layers = (
        base.mark_rule(size=2, opacity=0.75).encode(
            y=alt.Y("low:Q", title=title, scale=scale), y2="high:Q"
        ),
        base.mark_point(filled=True, size=60, opacity=1).encode(
            y=y,
            shape=alt.Shape(
                "series:N",
                scale=alt.Scale(domain=ks, range=[SHAPES[i % len(SHAPES)] for i in range(len(ks))]),
                legend=legend,
            ),
        ),
    )
    at = alt.Y("mean(base):Q", title=title, scale=scale)
    line = reference_line(alt.Chart(data(rows)), at)
    return alt.layer(*layers, line).properties(width=_WIDTH, height=_HEIGHT)


def _conclusion(shown: list[SweepPoint], shares: list[float]) -> Message:
    """State what the smallest k does from the smallest whale share to the largest."""
    k = min(point.k for point in shown if point.k is not None)
    ends = [
        next(p for p in shown if p.k == k and p.result.configuration.whale_share == share)
        for share in (shares[0], shares[-1])
    ]
    moves = []
    for criterion in CRITERIA:
        figures = [figure for point in ends if (figure := _figure(point, criterion))]
        if len(figures) == 2:
            write = plain if criterion.part == "metrics" else signed
            was, now = (write(criterion.factor * each.value) + criterion.sign for each in figures)
            metric = Message(f"chart_moving_{criterion.metric}")
            moves.append(Message("chart_move", metric=metric, was=was, now=now, stays=was == now))
    return Message("chart_thresholds", low=100 * shares[0], high=100 * shares[-1], k=k, moves=moves)
