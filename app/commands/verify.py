"""whale-matching verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app.files import UnreadableError, read_json, system_error
from app.text.language import render_for_command
from messages import Message
from simulator import SweepConfig, first_difference
from solver import InputError


def verify(
    results: Annotated[Path, typer.Option()],
) -> None:
    """Recompute every figure of a result from its rows.

    The exit code is 0 if all figures agree, 1 if one differs, and 2 if the result cannot be read.
    """
    stored = _read(results)
    difference = first_difference(stored)
    if difference is not None:
        raise InputError("results", difference)
    rows = len(stored["runs"])
    print(render_for_command(Message("verified", path=str(results), rows=rows)))


def _read(path: Path) -> dict[str, Any]:
    """Return a stored result.

    Raises
    ------
    UnreadableError
        If it cannot be read.
    """
    try:
        stored = read_json(path)
    except OSError as error:
        raise UnreadableError("results", system_error(error, path)) from error
    except InputError as error:
        raise UnreadableError("results", error.message) from error
    if not isinstance(stored, dict):
        raise UnreadableError("results", Message("verify_object", path=str(path)))
    for part, kind in (("config", dict), ("runs", list)):
        if not isinstance(stored.get(part), kind):
            raise UnreadableError("results", Message("verify_without", path=str(path), part=part))
    if "gift_probability" in stored["config"]:
        raise UnreadableError("results", Message("verify_of_matrix", path=str(path)))
    try:
        SweepConfig.from_mapping(stored["config"])
    except InputError as error:
        message = Message("verify_config", path=str(path), reason=error.message)
        raise UnreadableError("results", message) from error
    return stored
