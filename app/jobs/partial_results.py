"""Partial results of a running sweep, over the seeds that have ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import orjson

from app.studies.pictures import figure_bytes
from simulator import Run, StudyResult, Sweep, SweepConfig
from solver import InputError


def partial_study(config: str, rows: Sequence[bytes]) -> StudyResult:
    """Return the result of the seeds that have ended, with its rows.

    Parameters
    ----------
    config : str
        Configuration of the whole sweep, JSON.
    rows : sequence of bytes
        Rows of each seed that has ended, JSON. At least one seed.
    """
    sweep = SweepConfig.from_mapping(orjson.loads(config))
    runs = tuple(Run.from_mapping(row) for each in rows for row in orjson.loads(each))
    return Sweep(replace(sweep, simulations=len(rows)), runs).with_rows()


def partial_figure(config: str, rows: Sequence[bytes], name: str, language: str) -> bytes | None:
    """Return a figure's specification (JSON) over the seeds that have ended.

    Returns None if there is no figure of this name.
    """
    try:
        return figure_bytes(partial_study(config, rows), name, "json", language)
    except InputError:
        return None
