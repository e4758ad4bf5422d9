"""The chain of rules: what each change of rule does to expected revenue and to its Gini."""

from __future__ import annotations

from typing import Any

import altair as alt

from messages import Message
from simulator.inference.worth import GINI_METRIC, REVENUE_METRIC
from simulator.report.answer import describe_chain, find_foremost
from simulator.report.naming import name_weights
from simulator.study.result import ConfigurationResult, Effect, EffectName

from .style import INK, PALETTE, Figure, axis_title, data, finished, plain, signed
from .sweep_points import SweepPoint, SweepPoints

_ROW, _WIDTH = 46, 300
"""Height of a row and width of a panel, pixels."""

_COLOURS: dict[EffectName, str] = {
    "capacity": PALETTE[0],
    "priority": PALETTE[4],
    "cap": PALETTE[1],
    "fairness": PALETTE[2],
    "total": "#999999",
}


def chain_of_effects(
    points: SweepPoints, result: ConfigurationResult | None = None
) -> Figure | None:
    """Draw what each rule of a configuration's chain changes, and all of them together.

    Each bar begins where the one before it ends, so that the last step ends where the total does.
    Intervals are of each change alone.

    Parameters
    ----------
    points : SweepPoints
    result : ConfigurationResult, optional
        Of the study; by default the one that the study's answer names, of its first setting.

    Returns
    -------
    altair chart or None
        None where the configuration has no effects, as in results of early versions.
    """
    if result is None:
        result = find_foremost(points.study)
    if result is None or not result.effects:
        return None
    point = next(each for each in points.points if each.result is result)
    panels = [
        _panel(points, point, REVENUE_METRIC, "axis_expected_revenue_change"),
        _panel(points, point, GINI_METRIC, "axis_expected_gini_change"),
    ]
    chart = alt.hconcat(*panels, spacing=28)
    return finished(
        chart,
        points,
        Message("chart_effects", who=point.name),
        describe_chain(result, point.name),
        2 * _WIDTH + 200,
    )


def _panel(points: SweepPoints, point: SweepPoint, metric: str, title_code: str) -> Figure:
    """Return the steps of a chain, one below the other, for one metric."""
    rows = _rows(points, point, metric)
    title = axis_title(points.say(title_code))
    steps = [row["step"] for row in rows]
    axis = alt.Axis(labelLimit=160, ticks=False, domain=False, labelPadding=8)
    y = alt.Y("step:N", sort=steps, title=None, axis=axis, scale=alt.Scale(padding=0))
    x_scale = alt.Scale(nice=True, zero=True)
    x_axis = alt.Axis(tickCount=5, labelFlush=False)
    colours = alt.Scale(domain=steps, range=[row["colour"] for row in rows])
    base = alt.Chart(data(rows)).encode(y=y)
    x = alt.X("from:Q", title=title, scale=x_scale, axis=x_axis)
    bars = base.mark_bar(size=14).encode(
        x=x, x2="to:Q", color=alt.Color("step:N", scale=colours, legend=None)
    )
    # Where an effect is too small for a bar to be seen, the mark at its end still is.
    ends = base.mark_tick(thickness=2, size=14).encode(
        x=alt.X("to:Q", title=title), color=alt.Color("step:N", scale=colours, legend=None)
    )
    intervals = base.mark_rule(size=1.5, color=INK).encode(
        x=alt.X("low:Q", title=title), x2="high:Q"
    )
    zero = alt.Chart(data([{"zero": 0}])).mark_rule(color="#999999").encode(x="zero:Q")
    labels = base.mark_text(align="left", dy=-15, fontSize=11.5, color=INK).encode(
        x=alt.value(2), text="label:N"
    )
    layers = alt.layer(zero, bars, ends, intervals, labels)
    return layers.properties(width=_WIDTH, height=_ROW * len(rows))


def _rows(points: SweepPoints, point: SweepPoint, metric: str) -> list[dict[str, Any]]:
    """Return a row for each step: where it begins and ends, its interval, and its value."""
    rows, start, result = [], 0.0, point.result
    for name, changes in result.effects.items():
        effect = changes[metric]
        if effect.mean is None:
            continue
        start = 0.0 if name == "total" else start
        low, high = effect.bounds
        rows.append(
            {
                "step": points.say(
                    f"chart_effect_{name}",
                    k=point.k or 0,
                    weights=name_weights(result.configuration),
                ),
                "from": start,
                "to": start + effect.mean,
                "low": start + low,
                "high": start + high,
                "change": effect.mean,
                "label": _label(points, effect, metric),
                "colour": _COLOURS[name],
            }
        )
        start += effect.mean
    return rows


def _label(points: SweepPoints, effect: Effect, metric: str) -> str:
    """Return an effect in numbers, with its interval where it has one."""
    unit = " %" if metric == REVENUE_METRIC else ""
    mean = effect.mean or 0.0
    low, high = effect.bounds
    if low == high:
        return f"{signed(mean)}{unit}"
    digits = 2 if abs(mean) < 1 else 3
    return points.say(
        "chart_effect_interval",
        change=f"{signed(mean, digits)}{unit}",
        low=plain(low, digits) if low < 0 else signed(low, digits),
        high=signed(high, digits),
    )
