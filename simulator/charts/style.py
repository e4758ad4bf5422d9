"""Style of the figures: colours, shapes, sizes, titles and numbers."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

import altair as alt

from messages import Message, render

if TYPE_CHECKING:
    from .sweep_points import SweepPoints

Figure = alt.Chart | alt.LayerChart | alt.FacetChart | alt.HConcatChart

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8F7A00", "#882255")
"""Colours that colour-blind readers tell apart (M. Okabe and K. Ito, "Color Universal Design",
2008); their yellow, too pale on paper, is an olive here, and their black, greedy's, a wine."""

SHAPES = (
    "circle",
    "square",
    "triangle-up",
    "diamond",
    "cross",
    "triangle-down",
    "triangle-left",
    "triangle-right",
)
"""Shapes of the series, for readers who see no colour."""

INK, PALE, RULE, LIMIT = "#222222", "#666666", "#555555", "#B00020"

# Metric-compatible with each other: what was laid out with one fits with the next.
FONT = (
    "Liberation Sans, Arial, Helvetica, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
)

_COLUMNS = 3
_CHARACTER = 6.1
"""Mean width of a character of a subtitle, pixels; a Chinese one has twice as much."""

_LONGEST_TITLE = 30
"""Characters of an axis' title on one line."""


def panel_size(panels: int) -> tuple[int, int]:
    """Return width and height of a panel, pixels."""
    return {1: (560, 300), 2: (290, 240), 4: (290, 200)}.get(panels, (210, 170))


def data(rows: Sequence[dict[str, Any]]) -> alt.InlineData:
    """Return rows as a chart's data, written into its specification."""
    return alt.InlineData(values=list(rows))


def colour(series: Sequence[str], among: Sequence[str] = (), greedy: str = "") -> alt.Color:
    """Return the colours of series, with a legend where there are several.

    Parameters
    ----------
    series : sequence of str
        Those of the figure.
    among : sequence of str
        Those of the whole study, so that each has the same colour in every figure.
    greedy : str
        Which of them is the baseline.
    """
    legend = _legend(series)
    colours = _assign(series, among or series, greedy, PALETTE, INK)
    scale = alt.Scale(domain=list(series), range=colours)
    return alt.Color("series:N", scale=scale, legend=legend, title=None)


def shape(series: Sequence[str], among: Sequence[str] = (), greedy: str = "") -> alt.Shape:
    """Return the shapes of series, as `colour` does; the two legends are one."""
    legend = _legend(series)
    shapes = _assign(series, among or series, greedy, SHAPES, "circle")
    scale = alt.Scale(domain=list(series), range=shapes)
    return alt.Shape("series:N", scale=scale, legend=legend, title=None)


def in_panels(
    chart: alt.LayerChart | alt.FacetChart, panels: Sequence[str]
) -> alt.LayerChart | alt.FacetChart:
    """Return the chart once for each panel; by itself where there is one."""
    width, height = panel_size(len(panels))
    panel = chart.properties(width=width, height=height)
    if len(panels) == 1:
        return panel
    header = alt.Header(labelFontSize=11.5, labelColor=INK, labelPadding=6)
    facet = alt.Facet("panel:N", sort=list(panels), title=None, header=header)
    return panel.facet(facet=facet, columns=_columns(len(panels)))


def finished(
    figure: Figure, points: SweepPoints, title: Message, conclusion: Message, width: float
) -> Figure:
    """Return the figure with its title, its conclusion as subtitle, and the common style.

    Parameters
    ----------
    figure : Figure
    points : SweepPoints
        In whose language the texts are.
    title : Message
    conclusion : Message
        One or two sentences; wrapped.
    width : float
        Of the figure without axes, pixels.
    """
    heading = alt.TitleParams(
        render(title, points.language),
        subtitle=_lines(render(conclusion, points.language), width),
        anchor="start",
        frame="group",
        font=FONT,
        fontSize=16,
        color=INK,
        subtitleFont=FONT,
        subtitleFontSize=12.5,
        subtitleColor=PALE,
        subtitleLineHeight=17,
        subtitlePadding=6,
        offset=14,
    )
    styled: Figure = (
        figure.properties(title=heading, background="white", padding=14)
        .configure(font=FONT)
        .configure_view(stroke="#cccccc")
        .configure_axis(
            labelFontSize=11.5, titleFontSize=12, titleFontWeight="normal", titlePadding=9,
            labelColor=INK, titleColor=INK, gridColor="#e8e8e8", domainColor="#999999",
            tickColor="#999999",
        )
        .configure_axisX(labelAngle=0, labelOverlap="parity")
        .configure_legend(labelFontSize=11.5, titleFontSize=11.5, symbolSize=90, labelLimit=220)
    )  # fmt: skip
    return styled


def interval_marks(
    base: alt.Chart,
    title: list[str] | str,
    shape_by: alt.Shape,
    scale: alt.Scale | None = None,
) -> list[alt.Chart]:
    """Return the intervals of rows, from `low` to `high`, and the means on them."""
    y_scale = alt.Undefined if scale is None else scale
    return [
        base.mark_rule(size=2, opacity=0.75).encode(
            y=alt.Y("low:Q", title=title, scale=y_scale), y2="high:Q"
        ),
        base.mark_point(filled=True, size=70, opacity=1).encode(
            y=alt.Y("mean:Q", title=title, scale=y_scale), shape=shape_by
        ),
    ]


def reference_line(base: alt.Chart, y: alt.Y, ink: str = RULE) -> alt.Chart:
    """Return a line across a panel: dashed for the baseline, dotted in another ink.

    It has no name of its own, which would cover data in a small panel: the subtitle names it.
    """
    dash = [6, 4] if ink == RULE else [2, 3]
    line: alt.Chart = base.mark_rule(strokeDash=dash, color=ink, size=1.5).encode(y=y)
    return line


def total_width(panels: int) -> float:
    """Return the width of a figure of panels, pixels, with what is between them."""
    width, _ = panel_size(panels)
    columns = _columns(panels)
    return columns * width + (columns - 1) * 40 + 40


def signed(value: float, digits: int = 3) -> str:
    """Return a number with its sign and, for negative ones, a real minus."""
    return "0" if value == 0 else ("+" if value > 0 else "") + plain(value, digits)


def plain(value: float, digits: int = 3) -> str:
    """Return a number as prose has it, with a real minus."""
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{digits}g}"
    if "e" in text and abs(value) >= 1e-7:
        text = f"{value:.7f}"
    return text.replace("-", "−")


def _columns(panels: int) -> int:
    """Return how many panels stand side by side; four make a square rather than a row and one."""
    return 2 if panels == 4 else min(_COLUMNS, panels)


def _legend(series: Sequence[str]) -> alt.Legend | None:
    """Return a legend below the figure, in one row if that is narrow; None for one series."""
    is_narrow = sum(len(name) + 5 for name in series) < 75
    columns = len(series) if is_narrow else 4
    return None if len(series) == 1 else alt.Legend(title=None, orient="bottom", columns=columns)


def axis_title(text: str) -> list[str] | str:
    """Return the title of an axis, in two lines where it is long."""
    lines = textwrap.wrap(text, _LONGEST_TITLE) if len(text) > _LONGEST_TITLE else [text]
    return lines if len(lines) > 1 else text


def _lines(text: str, width: float) -> list[str]:
    """Return a text in lines, none of which breaks between a number and what belongs to it."""
    unbroken = re.sub(r"(?<=\d) (?=%)|(?<=\bk) (?==)|(?<==) (?=\d)", "\u00a0", text)
    wide = sum(east_asian_width(each) in "WF" for each in unbroken) / max(len(unbroken), 1)
    return textwrap.wrap(unbroken, max(30, int(width / (_CHARACTER * (1 + wide)))))


def _assign(
    series: Sequence[str], among: Sequence[str], greedy: str, values: Sequence[str], of_greedy: str
) -> list[str]:
    """Return a value for each series."""
    others = [name for name in among if name != greedy]
    return [
        of_greedy if name == greedy else values[others.index(name) % len(values)] for name in series
    ]
