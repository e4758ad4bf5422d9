"""Where k binds: in which share of rounds the cap keeps a whale from its first choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt

from .by_k import K_TITLE
from .style import Figure, colour, data, finished, in_panels, plain, total_width
from .sweep_points import SweepPoint, SweepPoints

_MOST_LABELLED = 2
"""Bars of more series than this are too narrow for a number each."""


@dataclass(frozen=True)
class _Measure:
    """How much k binds: what is counted, and how it is said."""

    title: str
    of: Callable[[Mapping[str, Any]], float]
    say: Callable[[Mapping[str, Any]], str]
    preposition: str
    unit: str


_ROUNDS = _Measure(
    "Rounds in which k binds, %",
    of=lambda binding: 100 * float(binding["rounds_share"]),
    say=lambda binding: f"{plain(100 * binding['rounds_share'])} %",
    preposition="in",
    unit="of rounds",
)

_STREAMERS = _Measure(
    "Streamers wanted by more whales than fit",
    of=lambda binding: float(binding["streamers_over_cap"]),
    say=lambda binding: f"{binding['streamers_over_cap']:,}",
    preposition="at",
    unit="streamers",
)
"""A matrix is allocated once: k binds at some streamers or at none."""


def where_k_binds(points: SweepPoints) -> Figure | None:
    """Draw in how many rounds, or at how many streamers, k binds; None where no policy has a k."""
    capped = points.capped()
    shown = [point for point in capped.points if point.result.get("binding")]
    if not shown:
        return None
    measure = _STREAMERS if points.of_own_matrix else _ROUNDS
    rows = [
        {
            "series": point.series,
            "panel": point.panel,
            "k": point.k_label,
            "share": measure.of(point.result["binding"]),
            "label": measure.say(point.result["binding"]),
        }
        for point in shown
    ]
    series, panels = capped.series, capped.panels
    top = max(measure.of(point.result["binding"]) for point in shown)
    # An axis up to 1 % at least: where k never binds, there is no scale to take from the data.
    scale = alt.Scale(domain=[0, max(1.0, 1.08 * top)], nice=True)
    base = alt.Chart(data(rows)).encode(
        x=alt.X("k:O", sort=capped.k_labels, title=K_TITLE),
        xOffset=alt.XOffset("series:N", sort=series, scale=alt.Scale(domain=series)),
        y=alt.Y("share:Q", title=measure.title, scale=scale),
    )
    layers = [base.mark_bar().encode(color=colour(series, points.series))]
    if len(series) * len(panels) <= _MOST_LABELLED or len(series) == 1:
        layers.append(base.mark_text(dy=-7, fontSize=11).encode(text="label:N"))
    chart = in_panels(alt.layer(*layers), panels)
    return finished(chart, "Where k binds", _conclusion(shown, measure), total_width(len(panels)))


def _conclusion(shown: list[SweepPoint], measure: _Measure) -> str:
    binding = [point for point in shown if point.result["binding"]["binding_rounds"]]
    wanted = max(point.result["binding"]["max_whales_wanted"] for point in shown)
    seen = {point.result["binding"]["whales_per_round"] for point in shown}
    average = "on average" if len(seen) == 1 else "on average at most"
    scarce = f"up to {wanted} whales wanted the same streamer, "
    if measure is _STREAMERS:
        scarce += f"of {plain(max(seen))} whales{'' if len(seen) == 1 else ' at most'}"
    else:
        scarce += f"with {plain(max(seen))} whales in a round {average}"
    if not binding:
        return f"No k ever binds, so none can change anything: {scarce}."
    most = max(binding, key=lambda point: measure.of(point.result["binding"]))
    never = len(shown) - len(binding)
    rest = f"; {never} of {len(shown)} configurations never bind" if never else ""
    where = f"{measure.preposition} {measure.say(most.result['binding'])} {measure.unit}"
    return f"The cap binds most at {most.name}, {where}{rest}: {scarce}."
