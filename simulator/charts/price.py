"""The price of the cap: what revenue one more whale per streamer brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from .style import (
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
from .sweep_points import SweepPoint, SweepPoints

_POINT = ("policy", "algorithm", "k", "whale_share", "capacity_scale", "users_per_round")

RESAMPLES = 2000
"""Bootstrap resamples behind an interval."""


def price_of_the_cap(points: SweepPoints) -> Figure | None:
    """Draw the revenue gained by raising k, per unit of k; None for a single k or without rows.

    Differences are paired by seed; intervals are percentile bootstrap intervals of their mean.
    """
    revenues = _revenues(points)
    rows = []
    for low, high in points.steps_of_k():
        before, after = revenues.get(_key(low.result)), revenues.get(_key(high.result))
        if before and after and set(before) == set(after):
            gained = np.array([after[seed] - before[seed] for seed in sorted(before)])
            rows.append(_row(low, high, gained))
    if not rows:
        return None
    series = list(dict.fromkeys(row["series"] for row in rows))
    panels = list(dict.fromkeys(row["panel"] for row in rows))
    steps = list(dict.fromkeys(row["step"] for row in sorted(rows, key=lambda row: row["from"])))
    title = ["Revenue per unit of k,", "currency units a replay"]
    base = alt.Chart(data(rows))
    placed = base.encode(
        x=alt.X("step:O", sort=steps, title="Raising the whale cap k"),
        xOffset=alt.XOffset("series:N", sort=series, scale=alt.Scale(domain=series)),
        color=colour(series, points.series),
    )
    layers = (
        reference_line(base, alt.Y(datum=0, type="quantitative", title=title)),
        placed.mark_rule(size=2, opacity=0.75).encode(y=alt.Y("low:Q", title=title), y2="high:Q"),
        placed.mark_point(filled=True, size=70, opacity=1).encode(
            y=alt.Y("mean:Q", title=title), shape=shape(series, points.series)
        ),
    )
    chart = in_panels(alt.layer(*layers), panels)
    conclusion = _conclusion(rows, points.simulations)
    return finished(chart, "The price of the cap", conclusion, total_width(len(panels)))


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in _POINT)


def _revenues(points: SweepPoints) -> dict[tuple[Any, ...], dict[int, float]]:
    """Return revenue by configuration and seed."""
    revenues: dict[tuple[Any, ...], dict[int, float]] = {}
    for run in points.runs:
        revenues.setdefault(_key(run), {})[run["seed"]] = run["revenue"]
    return revenues


def _row(low: SweepPoint, high: SweepPoint, gained: NDArray[np.float64]) -> dict[str, Any]:
    """Return the mean gain per unit of k and its interval."""
    per_unit = gained / ((high.k or 0) - (low.k or 0))
    picked = np.random.default_rng(0).integers(len(per_unit), size=(RESAMPLES, len(per_unit)))
    mean = float(per_unit.mean())
    # Centred, so that equal gains have an interval of no width rather than one of rounding.
    bounds = mean + np.percentile((per_unit - mean)[picked].mean(axis=1), [2.5, 97.5])
    return {
        "series": low.series,
        "panel": low.panel,
        "from": low.k,
        "step": f"{low.k} → {high.k}",
        "mean": mean,
        "low": float(bounds[0]),
        "high": float(bounds[1]),
    }


def _conclusion(rows: list[dict[str, Any]], simulations: int) -> str:
    if not any(row["mean"] or row["low"] or row["high"] for row in rows):
        return "Raising k changes no revenue in any simulation: the cap costs nothing."
    best = max(rows, key=lambda row: row["mean"])
    several = len({row["series"] for row in rows}) > 1
    parts = (best["series"] if several else "", f"k {best['step']}", best["panel"])
    named = ", ".join(part for part in parts if part)
    gain = f"{plain(best['mean'])} a replay (95 % interval {plain(best['low'])} to "
    gain += f"{plain(best['high'])})"
    if simulations == 1:
        return f"The largest gain is {plain(best['mean'])} at {named}, in one simulation only."
    sure = sum(row["low"] > 0 for row in rows)
    worse = sum(row["high"] < 0 for row in rows)
    if not sure and not worse:
        return (
            "No step of k is worth anything for sure: every interval contains 0. The largest "
            f"mean gain is {gain} at {named}."
        )
    return (
        f"{sure} of {len(rows)} steps gain revenue for sure and {worse} lose; the largest gain, "
        f"at {named}, is {gain}."
    )
