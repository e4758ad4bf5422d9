"""The value of the whale tier at every k, from requests to answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.observability.timings import Timings
from app.settings import Settings
from messages import Message
from solver import InputError, Sensitivity, UnmetGuaranteesError, sensitivity

from .answers import non_zero_prices
from .guarantees import unmet_curve_error
from .problems import NamedProblem, build_problem
from .requests import CurveRequest

ROUNDING = 2.0**-50
"""Relative difference below which values of the curve are equal: four units in the last place."""


def answer_curve(request: CurveRequest, limits: Settings, timings: Timings) -> dict[str, Any]:
    """Return the curve of a request, ready for JSON.

    Parameters
    ----------
    request : CurveRequest
    limits : Settings
    timings : Timings
        Started before the request was decoded, which is its first step.

    Raises
    ------
    solver.InputError
        With the field and the position at fault.
    """
    if request.k_max > limits.max_curve_k:
        raise InputError(
            "k_max",
            Message("k_max_limited", most=limits.max_curve_k, received=request.k_max),
            code="limit-exceeded",
        )
    case = build_problem(request, limits)
    timings.record("decode")
    try:
        curve = sensitivity(case.problem, largest_cap=request.k_max)
    except UnmetGuaranteesError as error:
        raise unmet_curve_error(error, request, case) from error
    timings.record("curve")
    return {
        "k": curve.whale_cap.tolist(),
        "objective": curve.objective.tolist(),
        "marginal": curve.marginal.tolist(),
        "slot_gain": non_zero_prices(curve.slot_gain, case.streamer_ids),
        "notes": [*_notes(case, curve)],
        "timings_ms": timings.milliseconds,
    }


def _notes(case: NamedProblem, curve: Sensitivity) -> Iterator[Message]:
    """Yield notes on where the curve flattens, and where one more slot is worth most."""
    objective, largest = curve.objective, len(curve.objective)
    if not case.problem.whales.any():
        yield Message("no_whales")
        return
    rounding = ROUNDING * abs(objective[-1])
    enough = _first(objective >= objective[-1] - rounding)
    if enough < largest:
        yield Message("curve_flat_from", k=enough)
    elif largest > 1:
        yield Message(
            "curve_still_rises",
            k=largest,
            gain=objective[-1] - objective[-2],
            before=largest - 1,
        )
    gain = objective - objective[0]
    if enough > 2:
        half, most = (_first(gain >= share * gain[-1] - rounding) for share in (0.5, 0.9))
        yield Message("curve_gain", k=enough, gain=gain[-1], half=half, most=most)
    if curve.slot_gain.any():
        dearest = int(curve.slot_gain.argmax())
        yield Message(
            "dearest_slot",
            streamer=str(case.streamer_ids[dearest]),
            gain=curve.slot_gain[dearest],
        )


def _first(reaches: NDArray[np.bool_]) -> int:
    """Return the first k for which a condition holds."""
    return 1 + int(reaches.argmax())
