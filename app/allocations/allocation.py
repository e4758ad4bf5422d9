"""Allocations, from requests to answers."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from app.observability.timings import Timings
from app.settings import Settings
from app.text.members import write_messages
from messages import Message
from solver import Allocation, InputError, ShadowPrices, UnmetGuaranteesError, allocate

from .answers import allocation_json, value_json
from .fairness import allocate_fairly, expect_fair, read_base
from .guarantees import unmet_allocation_error
from .identifiers import Among, values_by_position
from .notes import collect_notes
from .problems import NamedProblem, build_problem
from .requests import AllocateRequest, FrontierRequest
from .table import allocation_table


def answer_allocation(
    request: AllocateRequest, limits: Settings, timings: Timings
) -> dict[str, Any]:
    """Return the answer to a request, ready for JSON.

    Parameters
    ----------
    request : AllocateRequest
    limits : Settings
    timings : Timings
        Started before the request was decoded, which is its first step.

    Raises
    ------
    solver.InputError
        With the field and the position at fault.
    """
    case, allocation = solve_request(request, limits, timings)
    return answer_body(request, case, allocation) | {"timings_ms": timings.milliseconds}


def answer_body(
    request: AllocateRequest, case: NamedProblem, allocation: Allocation
) -> dict[str, Any]:
    """Return an allocation with its notes, without timings."""
    notes = collect_notes(case, allocation, request.algorithm, request.tolerance)
    return allocation_json(case, allocation) | {"notes": notes}


def answer_table(request: AllocateRequest, limits: Settings, timings: Timings) -> pa.Table:
    """Return the answer to a request as an Arrow table; see `answer_allocation`."""
    case, allocation = solve_request(request, limits, timings)
    metadata = value_json(case, allocation) | {
        "notes": collect_notes(case, allocation, request.algorithm, request.tolerance)
    }
    return allocation_table(case, allocation, write_messages(metadata))


def expect_solvable(request: AllocateRequest) -> None:
    """Raise an error if a request has no limit, or options that cannot be combined.

    Raises
    ------
    solver.InputError
    """
    expect_limit(request)
    expect_fair(request)


def expect_limit(request: AllocateRequest | FrontierRequest) -> None:
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
    """Return the problem of a request and its allocation; see `answer_allocation`."""
    expect_solvable(request)
    case = build_problem(request, limits)
    prices, base = _start_prices(request, case), read_base(request, case)
    timings.record("decode")
    fair = request.fairness is not None
    try:
        allocation = allocate(
            case.problem,
            algorithm=request.algorithm,
            fill=request.fill,
            on_step=(lambda _: None) if fair else timings.record,
            prices=prices,
            tolerance=request.tolerance,
        )
        if fair:
            allocation = allocate_fairly(request, case, base, allocation, timings.record)
    except UnmetGuaranteesError as error:
        raise unmet_allocation_error(error, request, case) from error
    return case, allocation


def _start_prices(request: AllocateRequest, case: NamedProblem) -> ShadowPrices | None:
    """Return the prices of a warm start by position."""
    if request.prices is None:
        return None
    among: Among = "streamers" if request.streamer_ids is None else "streamer_ids"
    return ShadowPrices(
        **{
            limit: values_by_position(values, f"prices.{limit}", case.streamer_ids, among)
            for limit, values in request.prices
        }
    )
