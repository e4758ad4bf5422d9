"""The price of the cap: what revenue one more whale per streamer brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from simulator.inference.power import ALPHA
from simulator.inference.resampling import (
    paired_differences,
    resampling_weights,
    significance,
    spread,
)

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


def price_of_the_cap(points: SweepPoints) -> Figure | None:
    """Draw the revenue gained by raising k, per unit of k; None for a single k or without rows.

    Differences are paired by seed, with the intervals and corrected tests of the sweep's others.
    """
    revenues = _revenues(points)
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
    once = "a simulation" if points.of_own_matrix else "a replay"
    title = ["Revenue per unit of k,", f"currency units {once}"]
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
    conclusion = _conclusion(rows, points.simulations, once)
    return finished(chart, "The price of the cap", conclusion, total_width(len(panels)))


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in _POINT)


def _revenues(points: SweepPoints) -> dict[tuple[Any, ...], dict[int, float]]:
    """Return revenue by configuration and seed."""
    revenues: dict[tuple[Any, ...], dict[int, float]] = {}
    for run in points.runs:
        revenues.setdefault(_key(run), {})[run["seed"]] = run["revenue"]
    return revenues


def _gains(
    revenues: Mapping[tuple[Any, ...], Mapping[int, float]], low: SweepPoint, high: SweepPoint
) -> NDArray[np.float64] | None:
    """Return what each seed gains per unit of k; None where the two have not the same seeds."""
    before, after = revenues.get(_key(low.result)), revenues.get(_key(high.result))
    if not before or not after or set(before) != set(after):
        return None
    values, base = (np.array([each[seed] for seed in sorted(each)]) for each in (after, before))
    return paired_differences(values, base) / ((high.k or 0) - (low.k or 0))


def _rows(
    steps_of_k: list[tuple[SweepPoint, SweepPoint, NDArray[np.float64]]],
) -> list[dict[str, Any]]:
    """Return of each step the mean gain per unit of k, its interval and its corrected p."""
    gains = np.array([each for _, _, each in steps_of_k])
    spreads = spread(gains.T, resampling_weights(gains.shape[1], 0))
    tests = significance(gains[:, :, np.newaxis], 0)[:, 0, 1]
    return [
        {
            "series": low.series,
            "panel": low.panel,
            "from": low.k,
            "step": f"{low.k} → {high.k}",
            "mean": gain["mean"],
            "low": gain["ci95"][0],
            "high": gain["ci95"][1],
            "p_holm": float(p_holm),
        }
        for (low, high, _), gain, p_holm in zip(steps_of_k, spreads, tests, strict=True)
    ]


def _conclusion(rows: list[dict[str, Any]], simulations: int, once: str) -> str:
    if not any(row["mean"] or row["low"] or row["high"] for row in rows):
        return "Raising k changes no revenue in any simulation: the cap costs nothing."
    best = max(rows, key=lambda row: row["mean"])
    several = len({row["series"] for row in rows}) > 1
    parts = (best["series"] if several else "", f"k {best['step']}", best["panel"])
    named = ", ".join(part for part in parts if part)
    gain = f"{plain(best['mean'])} {once} (95 % interval {plain(best['low'])} to "
    gain += f"{plain(best['high'])})"
    if simulations == 1:
        return f"The largest gain is {plain(best['mean'])} at {named}, in one simulation only."
    stand = [row["mean"] for row in rows if row["p_holm"] <= ALPHA]
    corrected = " after Holm's correction" if len(rows) > 1 else ""
    if not stand:
        return (
            f"No step of k is worth anything for sure: none has p ≤ {ALPHA:g}{corrected}. The "
            f"largest mean gain is {gain} at {named}."
        )
    sure = sum(mean > 0 for mean in stand)
    return (
        f"{sure} of {len(rows)} steps gain revenue for sure{corrected} and {len(stand) - sure} "
        f"lose; the largest gain, at {named}, is {gain}."
    )
