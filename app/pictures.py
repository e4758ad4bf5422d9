"""Figures and reports as files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from .files import write_atomically

# Altair and its renderer are imported where they are used: they take longer to load than a small
# sweep takes to run.


def write_figures(result: Mapping[str, Any], directory: Path) -> None:
    """Write every figure of a sweep's result into a directory, as SVG and as PNG.

    Raises
    ------
    OSError
        Where the directory cannot be written to.
    """
    from simulator.charts import figures, render_png, render_svg

    for name, figure in figures(result).items():
        write_atomically(directory / f"{name}.svg", render_svg(figure).encode())
        write_atomically(directory / f"{name}.png", render_png(figure))


def write_report(result: Mapping[str, Any], path: Path) -> None:
    """Write the report of a sweep's result.

    Raises
    ------
    OSError
        Where its directory cannot be written to.
    """
    from .report import report

    write_atomically(path, report(result).encode())


def figures_of(result: bytes) -> list[str]:
    """Return the names of the figures that a result, JSON, has the data for."""
    from simulator.charts import figures

    return [*figures(orjson.loads(result))]


def figure_of(result: bytes, name: str, extension: str) -> bytes | None:
    """Return a figure of a result, JSON, as SVG or PNG; None where it has none of this name."""
    from simulator.charts import figures, render_png, render_svg

    figure = figures(orjson.loads(result)).get(name)
    if figure is None:
        return None
    return render_png(figure) if extension == "png" else render_svg(figure).encode()


def report_of(result: bytes) -> bytes:
    """Return the report of a result, JSON."""
    from .report import report

    return report(orjson.loads(result)).encode()
