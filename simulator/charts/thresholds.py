"""The three criteria across whale shares: how much the verdict hangs on who counts as a whale."""

from __future__ import annotations

from typing import Any

import altair as alt

from .style import PALETTE, SHAPES, Figure, data, finished, plain, reference_line, signed
from .sweep_points import SweepPoint, SweepPoints

_WIDTH, _HEIGHT = 190, 220

_CRITERIA = (
    ("overcrowded_share", "Overcrowded share of interactions, %", 100.0),
    ("streamer_gini", "Change of streamer Gini against greedy", 1.0),
    ("revenue_pct", "ΔRevenue against greedy, %", 1.0),
)


def threshold_sensitivity(points: SweepPoints) -> Figure | None:
    """Draw overload, Gini and revenue across whale shares; None for a single share.

    Of several algorithms, capacities and numbers of users, the first are shown.
    """
    capped = points.capped().points
    if not capped:
        return None
    first = capped[0]
    fixed = ("capacity_scale", "users_per_round")
    shown = [
        point
        for point in capped
        if point.series == first.series
        and all(point.result.get(name) == first.result.get(name) for name in fixed)
    ]
    shares = sorted({point.result["whale_share"] for point in shown})
    if len(shares) < 2:
        return None
    parts = [part for part in (_panel(points, shown, *each) for each in _CRITERIA) if part]
    if not parts:
        return None
    chart = alt.hconcat(*parts, spacing=24)
    setting = [
        f"{name.replace('_', ' ')} {first.result[name]:g}"
        for name in fixed
        if len({point.result.get(name) for point in points.points}) > 1
    ]
    if len(points.capped().series) > 1:
        setting = [first.series, *setting]
    title = "Sensitivity to the whale threshold" + (f" ({', '.join(setting)})" if setting else "")
    return finished(chart, title, _conclusion(shown, shares), 3 * _WIDTH + 160)


def _figure(point: SweepPoint, metric: str) -> Any:
    return point.level(metric) if metric == "overcrowded_share" else point.change(metric)


def _panel(
    points: SweepPoints, shown: list[SweepPoint], metric: str, title: str, factor: float
) -> alt.LayerChart | alt.FacetChart | None:
    rows = []
    for point in shown:
        figure = _figure(point, metric)
        if figure is not None:
            mean, low, high = (factor * value for value in (figure["mean"], *figure["ci95"]))
            share = f"{100 * point.result['whale_share']:g}"
            base = point.baseline["metrics"].get(metric, {"mean": 0})["mean"] * factor
            rows.append(
                {"share": share, "series": f"k = {point.k}", "mean": mean, "low": low}
                | {"high": high, "base": base if metric == "overcrowded_share" else 0.0}
            )
    if not rows:
        return None
    order = [f"{100 * share:g}" for share in sorted({p.result["whale_share"] for p in shown})]
    ks = [f"k = {k}" for k in points.k_labels if k.isdecimal()]
    scale = alt.Scale(zero=metric == "overcrowded_share")
    y = alt.Y("mean:Q", title=title, scale=scale)
    legend = alt.Legend(title=None, orient="bottom")
    base = alt.Chart(data(rows)).encode(
        x=alt.X("share:O", sort=order, title="Whales: wealthiest users, %"),
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


def _conclusion(shown: list[SweepPoint], shares: list[float]) -> str:
    """Say what the smallest k does from the smallest whale share to the largest."""
    k = min(point.k for point in shown if point.k is not None)
    ends = [
        next(p for p in shown if p.k == k and p.result["whale_share"] == share)
        for share in (shares[0], shares[-1])
    ]
    said = []
    for metric, words, factor, unit, form in (
        ("overcrowded_share", "overload", 100.0, " %", plain),
        ("streamer_gini", "ΔGini", 1.0, "", signed),
        ("revenue_pct", "ΔRevenue", 1.0, " %", signed),
    ):
        figures = [_figure(point, metric) for point in ends]
        if None not in figures:
            was, now = (form(factor * figure["mean"]) + unit for figure in figures)
            said.append(
                f"{words} stays at {was}" if was == now else f"{words} goes from {was} to {now}"
            )
    return (
        f"From the top {100 * shares[0]:g} % to the top {100 * shares[-1]:g} % under k = {k}: "
        f"{', '.join(said)}. Dashed: greedy."
    )
