"""Where k binds: in which share of rounds the cap keeps a whale from its first choice."""

from __future__ import annotations

import altair as alt

from messages import Message
from simulator.study.result import CapBinding

from .style import Figure, axis_title, colour, data, finished, in_panels, plain, total_width
from .sweep_points import SweepPoint, SweepPoints

_MOST_LABELLED = 2
"""Bars of more series than this are too narrow for a number each."""

_MOST_BARS = 9
"""More bars in a panel are too narrow as well."""


def where_k_binds(points: SweepPoints) -> Figure | None:
    """Draw in how many rounds, or at how many streamers, k binds; None where no policy has a k."""
    capped = points.capped()
    shown = [(point, point.result.binding) for point in capped.points if point.result.binding]
    if not shown:
        return None
    matrix = points.study.of_matrix
    rows = [
        {
            "series": point.series,
            "panel": point.panel,
            "k": point.k_label,
            "share": _measure(binding),
            "label": _label(binding),
        }
        for point, binding in shown
    ]
    series, panels = capped.series, capped.panels
    top = max(_measure(binding) for _, binding in shown)
    # An axis up to 1 % at least: where k never binds, there is no scale to take from the data.
    scale = alt.Scale(domain=[0, max(1.0, 1.08 * top)], nice=True)
    title = axis_title(points.say("axis_streamers_over_cap" if matrix else "axis_binding_rounds"))
    base = alt.Chart(data(rows)).encode(
        x=alt.X("k:O", sort=capped.k_labels, title=points.say("axis_k")),
        xOffset=alt.XOffset("series:N", sort=series, scale=alt.Scale(domain=series)),
        y=alt.Y("share:Q", title=title, scale=scale),
    )
    layers = [base.mark_bar().encode(color=colour(series, points.series, points.greedy))]
    fits = len(series) * len(capped.k_labels) <= _MOST_BARS
    if fits and (len(series) * len(panels) <= _MOST_LABELLED or len(series) == 1):
        layers.append(base.mark_text(dy=-7, fontSize=11).encode(text="label:N"))
    chart = in_panels(alt.layer(*layers), panels)
    width = total_width(len(panels))
    conclusion = _conclusion([*shown], matrix)
    return finished(chart, points, Message("chart_where_k_binds"), conclusion, width)


def _measure(binding: CapBinding) -> float:
    """Return how much k binds: at how many streamers of a matrix, else in how many rounds, %."""
    if binding.streamers_over_cap is not None:  # a matrix is allocated once
        return float(binding.streamers_over_cap)
    return 100 * binding.rounds_share


def _label(binding: CapBinding) -> str:
    if binding.streamers_over_cap is not None:
        return f"{binding.streamers_over_cap:,}"
    return f"{plain(100 * binding.rounds_share)} %"


def _conclusion(shown: list[tuple[SweepPoint, CapBinding]], matrix: bool) -> Message:
    seen = {binding.whales_per_round for _, binding in shown}
    scarce = Message(
        "chart_whales_wanted",
        wanted=max(binding.max_whales_wanted for _, binding in shown),
        whales=plain(max(seen)),
        matrix=matrix,
        at_most=len(seen) > 1,
    )
    binds = [each for each in shown if each[1].binding_rounds]
    if not binds:
        return Message("chart_k_never_binds", scarce=scarce)
    most, binding = max(binds, key=lambda each: _measure(each[1]))
    return Message(
        "chart_k_binds",
        who=most.name,
        matrix=matrix,
        amount=_label(binding),
        never=len(shown) - len(binds),
        total=len(shown),
        scarce=scarce,
    )
