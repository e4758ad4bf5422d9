"""One allocation, from a request to its answer."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from app.observability.timings import Timings
from app.settings import Settings
from app.text.members import write_messages
from messages import Message
from solver import Allocation, InputError, ShadowPrices, UnmetGuaranteesError, allocate

from .answers import allocation_json, value_json
from .guarantees import unmet_allocation_error
from .identifiers import Among, values_by_position
from .notes import collect_notes
from .problems import NamedProblem, build_problem
from .requests import AllocateRequest
from .table import allocation_table


def answer_allocation(
    request: AllocateRequest, limits: Settings, timings: Timings
) -> dict[str, Any]:
    """Return the answer to a request, as JSON writes it.

    Parameters
    ----------
    request : AllocateRequest
    limits : Settings
    timings : Timings
        Already running; the request's decoding counts as its first step.

    Raises
    ------
    solver.InputError
        With the field and the position at fault.
    """
    named, allocation = solve_request(request, limits, timings)
    return answer_body(request, named, allocation) | {"timings_ms": timings.milliseconds}


def answer_body(
    request: AllocateRequest, named: NamedProblem, allocation: Allocation
) -> dict[str, Any]:
    """Return an allocation with what there is to note on it; not how long it took."""
    notes = collect_notes(named, allocation, request.algorithm, request.tolerance)
    return allocation_json(named, allocation) | {"notes": notes}


def answer_table(request: AllocateRequest, limits: Settings, timings: Timings) -> pa.Table:
    """Return the answer to a request, as Arrow has it; see `answer_allocation`."""
    named, allocation = solve_request(request, limits, timings)
    rest = value_json(named, allocation) | {
        "notes": collect_notes(named, allocation, request.algorithm, request.tolerance)
    }
    return allocation_table(named, allocation, write_messages(rest))


def expect_limit(request: AllocateRequest) -> None:
    """Raise an error if a request has neither k nor whale_penalty.

    Raises
    ------
    solver.InputError
    """
    if request.k is None and request.whale_penalty is None:
        raise InputError("k", Message("k_or_penalty_missing"), code="missing-field")


def solve_request(
    request: AllocateRequest, limits: Settings, timings: Timings
) -> tuple[NamedProblem, Allocation]:
    """Return the problem that a request states, and its allocation; see `answer_allocation`."""
    expect_limit(request)
    named = build_problem(request, limits)
    prices = _start_prices(request, named)
    timings.record("decode")
    try:
        return named, allocate(
            named.problem,
            algorithm=request.algorithm,
            fill=request.fill,
            on_step=timings.record,
            prices=prices,
            tolerance=request.tolerance,
        )
    except UnmetGuaranteesError as error:
        raise unmet_allocation_error(error, request, named) from error


def _start_prices(request: AllocateRequest, named: NamedProblem) -> ShadowPrices | None:
    """Return the prices of a warm start by position."""
    if request.prices is None:
        return None
    among: Among = "streamers" if request.streamer_ids is None else "streamer_ids"
    return ShadowPrices(
        **{
            limit: values_by_position(values, f"prices.{limit}", named.streamer_ids, among)
            for limit, values in request.prices
        }
    )
