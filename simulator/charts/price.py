"""The price of the cap: what revenue one more whale per streamer brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from messages import Message
from simulator.inference.power import ALPHA
from simulator.inference.resampling import (
    estimates,
    paired_differences,
    resampling_weights,
    significance,
)
from simulator.study.config import Configuration
from simulator.study.result_json import revenue_by_seed

from .style import (
    Figure,
    axis_title,
    colour,
    data,
    finished,
    in_panels,
    interval_marks,
    plain,
    reference_line,
    shape,
    total_width,
)
from .sweep_points import SweepPoint, SweepPoints


def price_of_the_cap(points: SweepPoints) -> Figure | None:
    """Draw the revenue gained by raising k, per unit of k; None for a single k or without rows.

    Differences are paired by seed, with the intervals and corrected tests of the sweep's others.
    """
    revenues = revenue_by_seed(points.study.rows)
    steps_of_k = [
        (low, high, gains)
        for low, high in points.steps_of_k()
        if (gains := _gains(revenues, low, high)) is not None
    ]
    if not steps_of_k:
        return None
    rows = _rows(steps_of_k)
    series = list(dict.fromkeys(row["series"] for row in rows))
    panels = list(dict.fromkeys(row["panel"] for row in rows))
    steps = list(dict.fromkeys(row["step"] for row in sorted(rows, key=lambda row: row["from"])))
    matrix = points.study.of_matrix
    title = axis_title(points.say("axis_price_simulation" if matrix else "axis_price_replay"))
    base = alt.Chart(data(rows))
    marks = base.encode(
        x=alt.X("step:O", sort=steps, title=points.say("axis_raising_k")),
        xOffset=alt.XOffset("series:N", sort=series, scale=alt.Scale(domain=series)),
        color=colour(series, points.series, points.greedy),
    )
    layers = (
        reference_line(base, alt.Y(datum=0, type="quantitative", title=title)),
        *interval_marks(marks, title, shape(series, points.series, points.greedy)),
    )
    chart = in_panels(alt.layer(*layers), panels)
    conclusion, width = _conclusion(rows, points), total_width(len(panels))
    return finished(chart, points, Message("chart_price_of_the_cap"), conclusion, width)


def _gains(
    revenues: Mapping[Configuration, Mapping[int, float]], low: SweepPoint, high: SweepPoint
) -> NDArray[np.float64] | None:
    """Return what each seed gains per unit of k; None where the two have not the same seeds."""
    low_revenues, high_revenues = (revenues.get(_row_configuration(each)) for each in (low, high))
    if not low_revenues or not high_revenues or set(low_revenues) != set(high_revenues):
        return None
    values, base = (
        np.array([each[seed] for seed in sorted(each)]) for each in (high_revenues, low_revenues)
    )
    return paired_differences(values, base) / ((high.k or 0) - (low.k or 0))


def _row_configuration(point: SweepPoint) -> Configuration:
    """Return a point as rows know it: those of a matrix do not say how many users meet."""
    configuration = point.result.configuration
    if point.result.exact is None:
        return configuration
    return replace(configuration, users_per_round=0)


def _rows(
    steps_of_k: list[tuple[SweepPoint, SweepPoint, NDArray[np.float64]]],
) -> list[dict[str, Any]]:
    """Return of each step the mean gain per unit of k, its interval and its corrected p."""
    gains = np.array([each for _, _, each in steps_of_k])
    means = estimates(gains.T, resampling_weights(gains.shape[1], 0))
    tests = significance(gains[:, :, np.newaxis], 0)[:, 0, 1]
    return [
        {
            "series": low.series,
            "panel": low.panel,
            "from": low.k,
            "step": f"{low.k} → {high.k}",
            "mean": gain.value,
            "low": gain.bounds[0],
            "high": gain.bounds[1],
            "p_holm": float(p_holm),
        }
        for (low, high, _), gain, p_holm in zip(steps_of_k, means, tests, strict=True)
    ]


def _conclusion(rows: list[dict[str, Any]], points: SweepPoints) -> Message:
    if not any(row["mean"] or row["low"] or row["high"] for row in rows):
        return Message("chart_cap_costs_nothing")
    best = max(rows, key=lambda row: row["mean"])
    several = len({row["series"] for row in rows}) > 1
    step = points.say("chart_step", step=best["step"])
    parts = (best["series"] if several else "", step, best["panel"])
    who = Message("point_parts", parts=[part for part in parts if part])
    gain = plain(best["mean"])
    if points.simulations == 1:
        return Message("chart_price_once", gain=gain, who=who)
    stand = [row["mean"] for row in rows if row["p_holm"] <= ALPHA]
    sure = sum(mean > 0 for mean in stand)
    return Message(
        "chart_price_sure" if stand else "chart_price_unsure",
        who=who,
        level=ALPHA,
        corrected=len(rows) > 1,
        gain=Message(
            "chart_gain",
            gain=gain,
            matrix=points.study.of_matrix,
            low=plain(best["low"]),
            high=plain(best["high"]),
        ),
        sure=sure,
        losing=len(stand) - sure,
        total=len(rows),
    )
