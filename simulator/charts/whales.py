"""How many whales sit together: greedy beside the tiered policy."""

from __future__ import annotations

import altair as alt

from messages import Message
from simulator.study.result import BaselineResult, ConfigurationResult

from .style import Figure, colour, data, finished, in_panels, plain, total_width
from .sweep_points import SweepPoint, SweepPoints


def whale_distribution(points: SweepPoints) -> Figure | None:
    """Draw which share of whales is alone, one of two, one of three … at its streamer.

    Only whales of the baseline's share are counted on both sides, and of several algorithms the
    first is shown. None where no whale met a streamer.
    """
    capped = [
        point
        for point in points.capped().points
        if point.result.configuration.whale_share == point.baseline.configuration.whale_share
        and point.result.whale_histogram
        and point.baseline.whale_histogram
    ]
    capped = [point for point in capped if point.series == capped[0].series]
    if not capped:
        return None
    ks = list(dict.fromkeys(f"k = {point.k}" for point in sorted(capped, key=lambda p: p.k or 0)))
    panels = list(dict.fromkeys(point.panel for point in capped))
    rows = []
    for panel in panels:
        in_panel = [point for point in capped if point.panel == panel]
        results_by_series: dict[str, BaselineResult | ConfigurationResult] = {
            points.greedy: in_panel[0].baseline,
            **{f"k = {point.k}": point.result for point in in_panel},
        }
        most = max(len(each.whale_histogram) for each in results_by_series.values())
        for series, each in results_by_series.items():
            for together, share in enumerate(_shares(each, most), start=1):
                rows.append(
                    {"series": series, "panel": panel, "together": together, "share": share}
                )
    names = [points.greedy, *ks]
    share_title = points.say("axis_share_of_whales")
    bars = (
        alt.Chart(data(rows))
        .mark_bar()
        .encode(
            x=alt.X("together:O", title=points.say("axis_whales_together")),
            xOffset=alt.XOffset("series:N", sort=names, scale=alt.Scale(domain=names)),
            y=alt.Y("share:Q", title=share_title, scale=alt.Scale(zero=True)),
            color=colour(names, greedy=points.greedy),
        )
    )
    chart = in_panels(alt.layer(bars), panels)
    several = len(points.capped().series) > 1
    title = Message("chart_whale_distribution", series=capped[0].series, several=several)
    return finished(chart, points, title, _conclusion(capped), total_width(len(panels)))


def _shares(each: BaselineResult | ConfigurationResult, most: int) -> list[float]:
    """Return which share of the whales, %, was among 1, 2, 3, … `most` at its streamer."""
    whales = [n * count for n, count in enumerate(each.whale_histogram, start=1)]
    placed = max(1, sum(whales))
    return [100 * count / placed for count in whales] + [0.0] * (most - len(whales))


def _conclusion(capped: list[SweepPoint]) -> Message:
    """State how many whales share their streamer, under greedy and under the least and most k."""
    if not any(_sharing(each) for point in capped for each in (point.baseline, point.result)):
        return Message("chart_no_sharing")
    baselines = {point.panel: point.baseline for point in capped}
    panel = max(baselines, key=lambda name: _sharing(baselines[name]))
    in_panel = sorted((point for point in capped if point.panel == panel), key=lambda p: p.k or 0)
    shares = [
        Message("chart_sharing_under_k", percent=plain(_sharing(point.result)), k=point.k)
        for point in in_panel
    ]
    return Message(
        "chart_sharing",
        panel=panel,
        several=bool(panel),
        greedy=plain(_sharing(in_panel[0].baseline)),
        shares=shares if len(shares) <= 4 else [shares[0], shares[-1]],
    )


def _sharing(each: BaselineResult | ConfigurationResult) -> float:
    """Return which share of the whales, %, was not alone."""
    return sum(_shares(each, 0)[1:])
