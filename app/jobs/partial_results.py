"""A sweep that is under way, summarised as if the seeds that have ended were all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import orjson

from app.studies.pictures import figure_bytes
from simulator import Run, StudyResult, Sweep, SweepConfig
from solver import InputError


def partial_study(config: str, rows: Sequence[bytes]) -> StudyResult:
    """Return the result, with its rows, of the seeds that have ended.

    Parameters
    ----------
    config : str
        Of the whole sweep, JSON.
    rows : sequence of bytes
        Of each seed that has ended, at least one, JSON.
    """
    whole = SweepConfig.from_mapping(orjson.loads(config))
    runs = tuple(Run.from_mapping(row) for each in rows for row in orjson.loads(each))
    return Sweep(replace(whole, simulations=len(rows)), runs).with_rows()


def partial_figure(config: str, rows: Sequence[bytes], name: str, language: str) -> bytes | None:
    """Return a figure's specification, JSON, over the seeds that have ended.

    None where there is no figure of this name.
    """
    try:
        return figure_bytes(partial_study(config, rows), name, "json", language)
    except InputError:
        return None
