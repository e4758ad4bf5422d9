"""Figures and reports of studies: the bytes that a file or a response holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import orjson

from app.files import write_atomically
from messages import DEFAULT_LANGUAGE, Message
from simulator import StudyResult, read_study
from solver import InputError
from solver.errors import quote_name

if TYPE_CHECKING:
    from simulator.charts import Figure

# Altair and its renderer are imported where they are used: they take longer to load than a small
# sweep takes to run.


Format = Literal["svg", "png"]
Drawing = Literal["svg", "png", "json"]
"""What a figure is answered as: a picture, or its Vega-Lite specification."""


def figure_bytes(
    study: StudyResult,
    name: str,
    form: Drawing,
    language: str = DEFAULT_LANGUAGE,
    configuration: int | None = None,
) -> bytes:
    """Return one figure of a study as a file's content.

    Parameters
    ----------
    study : StudyResult
        With its rows; without them, the price of the cap cannot be drawn.
    name : str
        One of `simulator.charts.FIGURES`.
    form : {"svg", "png", "json"}
    language : str
    configuration : int, optional
        Position of the result that the chain of effects is drawn of.

    Raises
    ------
    solver.InputError
        With the field ``"name"``, where no such figure is known or the study has no data for it.
    """
    from simulator.charts import FIGURES, figure, figures

    received = quote_name(name)
    if name not in FIGURES:
        raise InputError("name", Message("figure_unknown", known=FIGURES, received=received))
    if configuration is not None and configuration >= len(study.results):
        most = len(study.results) - 1
        message = Message("figure_configuration", most=most, received=configuration)
        raise InputError("configuration", message)
    result = None if configuration is None else study.results[configuration]
    drawn = figure(study, name, language, result)
    if drawn is None:
        known = list(figures(study))
        raise InputError("name", Message("figure_without_data", known=known, received=received))
    return _render(drawn, form)


def report_bytes(
    study: StudyResult, id_: str | None = None, language: str = DEFAULT_LANGUAGE
) -> bytes:
    """Return the report of a study, an HTML page in UTF-8."""
    from .report import report

    return report(study, id_, language).encode()


def write_figures(study: StudyResult, directory: Path, language: str = DEFAULT_LANGUAGE) -> None:
    """Write every figure of a study into a directory, as SVG and as PNG.

    Raises
    ------
    OSError
        Where the directory cannot be written to.
    """
    from simulator.charts import figures

    for name, figure in figures(study, language).items():
        for form in get_args(Format):
            write_atomically(directory / f"{name}.{form}", _render(figure, form))


def write_report(
    study: StudyResult, id_: str, path: Path, language: str = DEFAULT_LANGUAGE
) -> None:
    """Write the report of a study.

    Raises
    ------
    OSError
        Where its directory cannot be written to.
    """
    write_atomically(path, report_bytes(study, id_, language))


def _render(figure: Figure, form: Drawing) -> bytes:
    from simulator.charts import render_png, render_svg

    if form == "json":
        return orjson.dumps(figure.to_dict())
    return render_png(figure) if form == "png" else render_svg(figure).encode()


def figures_of(result: bytes) -> list[str]:
    """Return the names of the figures that a stored result has the data for."""
    from simulator.charts import figures

    return [*figures(read_study(orjson.loads(result)))]


def figure_of(
    result: bytes, name: str, extension: Drawing, language: str, configuration: int | None = None
) -> bytes | None:
    """Return a figure of a stored result; None where it has none of this name.

    Raises
    ------
    solver.InputError
        With the field ``"configuration"``, where the result has no such position.
    """
    try:
        study = read_study(orjson.loads(result))
        return figure_bytes(study, name, extension, language, configuration)
    except InputError as error:
        if error.field == "configuration":
            raise
        return None


def report_of(result: bytes, language: str) -> bytes:
    """Return the report of a stored result."""
    stored = orjson.loads(result)
    return report_bytes(read_study(stored), stored.get("id"), language)
