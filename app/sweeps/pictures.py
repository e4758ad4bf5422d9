"""Figures and reports of a sweep's answer: the bytes that a file or a response holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import orjson

from app.files import write_atomically
from solver import InputError
from solver.errors import quote_name

if TYPE_CHECKING:
    from simulator.charts import Figure

# Altair and its renderer are imported where they are used: they take longer to load than a small
# sweep takes to run.


Format = Literal["svg", "png"]
Drawing = Literal["svg", "png", "json"]
"""What a figure is answered as: a picture, or its Vega-Lite specification."""


def figure_bytes(result: Mapping[str, Any], name: str, form: Drawing) -> bytes:
    """Return one figure of a sweep's result as a file's content.

    Parameters
    ----------
    result : mapping
        The answer of a sweep, on drawn worlds or an own matrix, with its rows under `runs`;
        without them, the price of the cap cannot be drawn.
    name : str
        One of `simulator.charts.FIGURES`.
    form : {"svg", "png", "json"}

    Raises
    ------
    solver.InputError
        With the field ``"name"``, where no such figure is known or the result has no data for it.
    """
    from simulator.charts import FIGURES, figure, figures

    if name not in FIGURES:
        known = ", ".join(FIGURES)
        raise InputError("name", f"Expected a figure among {known}; got {quote_name(name)}.")
    drawn = figure(result, name)
    if drawn is None:
        has = ", ".join(figures(result))
        raise InputError(
            "name", f"Expected a figure that this result has, {has}; got {quote_name(name)}."
        )
    return _rendered(drawn, form)


def report_bytes(result: Mapping[str, Any]) -> bytes:
    """Return the report of a sweep's result, an HTML page in UTF-8."""
    from .report import report

    return report(result).encode()


def write_figures(result: Mapping[str, Any], directory: Path) -> None:
    """Write every figure of a sweep's result into a directory, as SVG and as PNG.

    Raises
    ------
    OSError
        Where the directory cannot be written to.
    """
    from simulator.charts import figures

    for name, figure in figures(result).items():
        for form in get_args(Format):
            write_atomically(directory / f"{name}.{form}", _rendered(figure, form))


def write_report(result: Mapping[str, Any], path: Path) -> None:
    """Write the report of a sweep's result.

    Raises
    ------
    OSError
        Where its directory cannot be written to.
    """
    write_atomically(path, report_bytes(result))


def _rendered(figure: Figure, form: Drawing) -> bytes:
    from simulator.charts import render_png, render_svg

    if form == "json":
        return orjson.dumps(figure.to_dict())
    return render_png(figure) if form == "png" else render_svg(figure).encode()


def figures_of(result: bytes) -> list[str]:
    """Return the names of the figures that a result, JSON, has the data for."""
    from simulator.charts import figures

    return [*figures(orjson.loads(result))]


def figure_of(result: bytes, name: str, extension: Drawing) -> bytes | None:
    """Return a figure of a result, JSON; None where it has none of this name."""
    try:
        return figure_bytes(orjson.loads(result), name, extension)
    except InputError:
        return None


def report_of(result: bytes) -> bytes:
    """Return the report of a result, JSON."""
    return report_bytes(orjson.loads(result))
