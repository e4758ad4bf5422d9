"""What the whale tier is worth under every k, from a request to its answer."""

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
"""Difference, relative to the objective, within which two values of the curve are one: four units
in the last place."""


def answer_curve(request: CurveRequest, limits: Settings, timings: Timings) -> dict[str, Any]:
    """Return the curve that a request asks for, as JSON writes it.

    Parameters
    ----------
    request : CurveRequest
    limits : Settings
    timings : Timings
        Already running; the request's decoding counts as its first step.

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
    named = build_problem(request, limits)
    timings.record("decode")
    try:
        curve = sensitivity(named.problem, largest_cap=request.k_max)
    except UnmetGuaranteesError as error:
        raise unmet_curve_error(error, request, named) from error
    timings.record("curve")
    return {
        "k": curve.whale_cap.tolist(),
        "objective": curve.objective.tolist(),
        "marginal": curve.marginal.tolist(),
        "slot_gain": non_zero_prices(curve.slot_gain, named.streamer_ids),
        "notes": [*_notes(named, curve)],
        "timings_ms": timings.milliseconds,
    }


def _notes(named: NamedProblem, curve: Sensitivity) -> Iterator[Message]:
    """Yield where the curve flattens, how soon, and where one more slot is worth most."""
    objective, largest = curve.objective, len(curve.objective)
    if not named.problem.whales.any():
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
            streamer=str(named.streamer_ids[dearest]),
            gain=curve.slot_gain[dearest],
        )


def _first(reached: NDArray[np.bool_]) -> int:
    """Return the first k that reaches something."""
    return 1 + int(reached.argmax())
