"""Figures and reports as files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

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
