"""Where k binds: in which share of rounds the cap keeps a whale from its first choice."""

from __future__ import annotations

import altair as alt

from .by_k import K_TITLE
from .style import Figure, colour, data, finished, in_panels, plain, total_width
from .sweep_points import SweepPoint, SweepPoints

_MOST_LABELLED = 2
"""Bars of more series than this are too narrow for a number each."""


def where_k_binds(points: SweepPoints) -> Figure | None:
    """Draw the share of rounds in which k binds; None where no policy has a k."""
    capped = points.capped()
    shown = [point for point in capped.points if point.result.get("binding")]
    if not shown:
        return None
    rows = [
        {
            "series": point.series,
            "panel": point.panel,
            "k": point.k_label,
            "share": 100 * point.result["binding"]["rounds_share"],
            "label": f"{plain(100 * point.result['binding']['rounds_share'])} %",
        }
        for point in shown
    ]
    series, panels = capped.series, capped.panels
    top = max(float(row["share"]) for row in rows)
    # An axis up to 1 % at least: where k never binds, there is no scale to take from the data.
    scale = alt.Scale(domain=[0, max(1.0, 1.08 * top)], nice=True)
    base = alt.Chart(data(rows)).encode(
        x=alt.X("k:O", sort=capped.k_labels, title=K_TITLE),
        xOffset=alt.XOffset("series:N", sort=series, scale=alt.Scale(domain=series)),
        y=alt.Y("share:Q", title="Rounds in which k binds, %", scale=scale),
    )
    layers = [base.mark_bar().encode(color=colour(series, points.series))]
    if len(series) * len(panels) <= _MOST_LABELLED or len(series) == 1:
        layers.append(base.mark_text(dy=-7, fontSize=11).encode(text="label:N"))
    chart = in_panels(alt.layer(*layers), panels)
    return finished(chart, "Where k binds", _conclusion(shown), total_width(len(panels)))


def _conclusion(shown: list[SweepPoint]) -> str:
    binding = [point for point in shown if point.result["binding"]["binding_rounds"]]
    wanted = max(point.result["binding"]["max_whales_wanted"] for point in shown)
    seen = {point.result["binding"]["whales_per_round"] for point in shown}
    average = "on average" if len(seen) == 1 else "on average at most"
    scarce = (
        f"up to {wanted} whales wanted the same streamer, with {plain(max(seen))} whales in a "
        f"round {average}"
    )
    if not binding:
        return f"No k ever binds, so none can change anything: {scarce}."
    most = max(binding, key=lambda point: point.result["binding"]["rounds_share"])
    share = plain(100 * most.result["binding"]["rounds_share"])
    never = len(shown) - len(binding)
    rest = f"; {never} of {len(shown)} configurations never bind" if never else ""
    return f"The cap binds most at {most.name}, in {share} % of rounds{rest}: {scarce}."
