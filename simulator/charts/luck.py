"""Luck by rounds: realised concentration beside that by chance and that of expected revenue."""

from __future__ import annotations

import altair as alt

from messages import Message
from simulator.report.luck import describe_luck
from simulator.report.naming import join_sentences
from simulator.study.result import Concentration, Estimate

from .style import Figure, colour, data, finished, interval_marks, panel_size, shape, total_width
from .sweep_points import SweepPoints

_APART = 60
"""The series stand this part of the axis apart, so that none covers another."""


def luck_by_rounds(points: SweepPoints) -> Figure | None:
    """Draw the Gini by rounds: realised, at random, expected. None of fewer than two checkpoints.

    Of several settings, that of the first baseline is shown.
    """
    luck = points.study.luck
    if luck is None or len(luck.checkpoints) < 2:
        return None
    rounds = [each.rounds for each in luck.checkpoints]
    apart = (rounds[-1] / rounds[0]) ** (1 / _APART)
    series = [points.say(f"chart_luck_{name}") for name in ("realised", "chance", "expected")]
    rows = [
        {
            "series": name,
            "rounds": each.rounds * apart ** (position - 1),
            "mean": figure.value,
            "low": figure.bounds[0],
            "high": figure.bounds[1],
        }
        for each in luck.checkpoints
        for position, (name, figure) in enumerate(zip(series, _figures(each), strict=True))
    ]
    title = points.say("axis_streamer_gini")
    base = alt.Chart(data(rows)).encode(
        x=alt.X(
            "rounds:Q",
            title=points.say("axis_rounds"),
            scale=alt.Scale(
                type="log", domain=[rounds[0] / apart**2, rounds[-1] * apart**2], nice=False
            ),
            axis=alt.Axis(values=rounds, format=",d", grid=False),
        ),
        color=colour(series),
    )
    layers = (
        base.mark_line(size=1.5, opacity=0.6).encode(y=alt.Y("mean:Q", title=title)),
        *interval_marks(base, title, shape(series), alt.Scale(zero=True)),
    )
    width, height = panel_size(1)
    chart = alt.layer(*layers).properties(width=width, height=height)
    conclusion = join_sentences(describe_luck(points.study))
    return finished(chart, points, Message("chart_luck_by_rounds"), conclusion, total_width(1))


def _figures(each: Concentration) -> tuple[Estimate, Estimate, Estimate]:
    return each.realised, each.chance, each.expected
