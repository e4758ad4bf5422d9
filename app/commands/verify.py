"""whale-matching verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.files import read_json
from simulator import first_difference
from solver import InputError


def verify(
    results: Annotated[Path, typer.Option(help="a result of sweep, JSON")],
) -> None:
    """Recompute every figure of a result from its rows; exit 1 at the first that differs."""
    stored = read_json(results)
    if not isinstance(stored, dict):
        raise InputError("results", f"Expected {results} as the JSON object that sweep writes.")
    difference = first_difference(stored)
    if difference is not None:
        raise InputError("results", difference)
    print(f"Every figure of {results} follows from its {len(stored['runs']):,} rows.")
