"""How many whales sit together: greedy beside the tiered policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt

from .style import GREEDY, Figure, colour, data, finished, in_panels, plain, total_width
from .sweep_points import SweepPoint, SweepPoints


def whale_distribution(points: SweepPoints) -> Figure | None:
    """Draw which share of whales is alone, one of two, one of three … at its streamer.

    Only whales of the baseline's share are counted on both sides, and of several algorithms the
    first is shown. None where no whale met a streamer.
    """
    capped = [
        point
        for point in points.capped().points
        if point.result["whale_share"] == point.baseline["whale_share"]
        and point.result.get("whale_histogram")
        and point.baseline.get("whale_histogram")
    ]
    capped = [point for point in capped if point.series == capped[0].series]
    if not capped:
        return None
    ks = list(dict.fromkeys(f"k = {point.k}" for point in sorted(capped, key=lambda p: p.k or 0)))
    panels = list(dict.fromkeys(point.panel for point in capped))
    rows = []
    for panel in panels:
        here = [point for point in capped if point.panel == panel]
        compared = {GREEDY: here[0].baseline} | {f"k = {point.k}": point.result for point in here}
        most = max(len(each["whale_histogram"]) for each in compared.values())
        for series, each in compared.items():
            for together, share in enumerate(_shares(each, most), start=1):
                rows.append(
                    {"series": series, "panel": panel, "together": together, "share": share}
                )
    names = [GREEDY, *ks]
    bars = (
        alt.Chart(data(rows))
        .mark_bar()
        .encode(
            x=alt.X("together:O", title="Whales at one streamer in one round"),
            xOffset=alt.XOffset("series:N", sort=names, scale=alt.Scale(domain=names)),
            y=alt.Y("share:Q", title="Share of the whales placed, %", scale=alt.Scale(zero=True)),
            color=colour(names),
        )
    )
    chart = in_panels(alt.layer(bars), panels)
    title = f"Who shares a streamer with another whale ({capped[0].series})"
    if len(points.capped().series) == 1:
        title = "Who shares a streamer with another whale"
    return finished(chart, title, _conclusion(capped), total_width(len(panels)))


def _shares(each: Mapping[str, Any], most: int) -> list[float]:
    """Return which share of the whales, %, was among 1, 2, 3, … `most` at its streamer."""
    whales = [n * count for n, count in enumerate(each["whale_histogram"], start=1)]
    placed = max(1, sum(whales))
    return [100 * count / placed for count in whales] + [0.0] * (most - len(whales))


def _conclusion(capped: list[SweepPoint]) -> str:
    """Say how many whales share their streamer, under greedy and under the least and most k."""
    panel = max(
        dict.fromkeys(point.panel for point in capped),
        key=lambda name: _sharing(next(point.baseline for point in capped if point.panel == name)),
    )
    here = sorted((point for point in capped if point.panel == panel), key=lambda p: p.k or 0)
    where = f"At {panel}, " if panel else ""
    greedy = _sharing(here[0].baseline)
    start = f"{where}{plain(greedy)} % of whales share their streamer under greedy"
    if not any(_sharing(each) for point in capped for each in (point.baseline, point.result)):
        return "No whale shares its streamer with another, under greedy or under any k."
    shares = [f"{plain(_sharing(point.result))} % under k = {point.k}" for point in here]
    shown = shares if len(shares) <= 4 else [shares[0], shares[-1]]
    sentence = ", ".join([start, *shown])
    return f"{sentence[0].upper()}{sentence[1:]}."


def _sharing(each: Mapping[str, Any]) -> float:
    """Return which share of the whales, %, was not alone."""
    return sum(_shares(each, 0)[1:])
