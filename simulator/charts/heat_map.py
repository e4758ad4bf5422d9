"""Revenue by algorithm (or policy) and k, as a heat map."""

from __future__ import annotations

import altair as alt

from messages import Message

from .style import Figure, data, finished, in_panels, plain, signed, total_width
from .sweep_points import SweepPoint, SweepPoints

_ROW = 30
"""Height of a row, pixels."""


def algorithm_heat_map(points: SweepPoints) -> Figure | None:
    """Draw ΔRevenue for every algorithm × k; None for a single algorithm or a single k."""
    if len(points.series) < 2 or len(points.k_labels) < 2:
        return None
    changes = {
        point: change.value for point in points.points if (change := point.change("revenue_pct"))
    }
    if not changes:
        return None
    # Symmetric, so that the colour of no change is white.
    most = max(abs(change) for change in changes.values()) or 1.0
    rows = [
        {
            "series": point.series,
            "panel": point.panel,
            "k": point.k_label,
            "revenue_pct": change,
            "dark": abs(change) > 0.6 * most,
        }
        for point, change in changes.items()
    ]
    base = alt.Chart(data(rows)).encode(
        x=alt.X("k:O", sort=points.k_labels, title=points.say("axis_k")),
        y=alt.Y("series:N", sort=points.series, title=None),
    )
    scale = alt.Scale(scheme="blueorange", domain=[-most, most], reverse=True)
    legend = alt.Legend(
        title=points.say("axis_revenue_change"),
        orient="bottom",
        gradientLength=240,
        titleLimit=300,
    )
    cells = base.mark_rect(stroke="white").encode(
        color=alt.Color("revenue_pct:Q", scale=scale, legend=legend)
    )
    digits = "+.2f" if most < 10 else "+.1f"
    labels = base.mark_text(fontSize=11.5).encode(
        text=alt.Text("revenue_pct:Q", format=digits),
        color=alt.condition(alt.datum.dark, alt.value("white"), alt.value("black")),
    )
    chart = in_panels(alt.layer(cells, labels), points.panels)
    panel = chart.spec if isinstance(chart, alt.FacetChart) else chart
    panel.height = _ROW * len(points.series)
    width = total_width(len(points.panels))
    return finished(chart, points, Message("chart_heat_map"), _conclusion(changes), width)


def _conclusion(changes: dict[SweepPoint, float]) -> Message:
    """State how far the algorithms are apart under the same k, and which does best."""
    by_cell: dict[tuple[str, int | None], list[float]] = {}
    for point, change in changes.items():
        by_cell.setdefault((point.panel, point.k), []).append(change)
    largest_gap = max(max(values) - min(values) for values in by_cell.values())
    if any(point.k is not None for point in changes) and largest_gap < 1e-9:
        return Message("chart_algorithms_alike")
    best = max(changes, key=lambda point: changes[point])
    worst = min(changes, key=lambda point: changes[point])
    capped = [values for (_, k), values in by_cell.items() if k is not None and len(values) > 1]
    gap = max((max(values) - min(values) for values in capped), default=0.0)
    return Message(
        "chart_heat_map_ends",
        best=best.name,
        highest=signed(changes[best]),
        worst=worst.name,
        lowest=signed(changes[worst]),
        compared=bool(capped),
        gap=plain(gap),
    )
