"""The trade-off between the total and equality, from requests to answers.

A point is a mapping ready for JSON. All points are found by one call, or each by a call of its own
as an experiment does; `join_points` makes the answer of both.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from app.observability.timings import Timings
from app.settings import Settings
from messages import Message
from solver import (
    Allocation,
    FairAllocation,
    FairCertificate,
    Frontier,
    InputError,
    Problem,
    ShadowPrices,
    UnmetGuaranteesError,
    allocate,
    allocate_fair,
    frontier,
)

from .allocation import expect_limit
from .answers import places_json
from .fairness import cost_note, expect_positive, floor_notes, lorenz, read_base
from .guarantees import unmet_allocation_error
from .problems import NamedProblem, build_problem
from .requests import FrontierRequest

_SMALL_LOSS = 0.01
"""Loss of which a note says how much equality it buys."""

_ROUNDING = 2.0**-40
"""Relative error of a sum of EVs, at most."""

_INNER = ("most", "base")
"""Members of points from which `join_points` works out bounds, and which the answer leaves out."""


def answer_frontier(request: FrontierRequest, limits: Settings, timings: Timings) -> dict[str, Any]:
    """Return the answer to a request, ready for JSON.

    Parameters
    ----------
    request : FrontierRequest
    limits : Settings
    timings : Timings
        Started before the request was decoded, which is its first step.

    Raises
    ------
    solver.InputError
        With the field and the position at fault.
    """
    case, base = read_problem(request, limits)
    timings.record("decode")
    optimum = _find_optimum(request, case)
    timings.record("optimum")
    found = frontier(case.problem, request.points, base=base, fill=request.fill, optimum=optimum)
    timings.record("points")
    had = float(base.sum())
    points = [_point_json(request, case, had, each) for each in found.points]
    return join_points(points) | {"timings_ms": timings.milliseconds}


def answer_point(
    request: FrontierRequest, limits: Settings, timings: Timings, *, index: int
) -> dict[str, Any]:
    """Return one point of the answer to a request, ready for JSON; see `answer_frontier`.

    Its notes are the warnings about the request's tables.
    """
    case, base = read_problem(request, limits)
    timings.record("decode")
    optimum = _find_optimum(request, case)
    theta = float(np.linspace(0.0, 1.0, request.points)[index] ** 2)
    fair = allocate_fair(case.problem, theta=theta, base=base, fill=request.fill, optimum=optimum)
    timings.record("point")
    return _point_json(request, case, float(base.sum()), fair) | {"notes": []}


def read_problem(request: FrontierRequest, limits: Settings) -> tuple[NamedProblem, Any]:
    """Return the problem of a request and the revenue that streamers had before, (S,) float64.

    Raises
    ------
    solver.InputError
    """
    expect_limit(request)
    expect_positive(request)
    case = build_problem(request, limits)
    each = min(request.max_streamers_per_user, case.problem.n_streamers)
    places = case.problem.n_users * each * request.points
    if request.assignments and places > limits.max_places:
        message = Message("assignments_limited", most=limits.max_places, received=places)
        raise InputError("assignments", message, code="limit-exceeded")
    return case, read_base(request, case)


def join_points(points: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the answer of all points, each with the best bound that all of them prove."""
    bounds = Frontier(
        tuple(map(_certified, points)), float(points[0]["most"]), float(points[0]["base"])
    )
    joined = [
        {name: value for name, value in point.items() if name not in _INNER}
        | {"gini_at_least": bounds.gini_at_least(point["objective"])}
        for point in points
    ]
    return {
        "scope": points[0]["certificate"]["scope"],
        "optimum": points[0]["optimum"],
        "points": joined,
        "notes": [*_notes(joined)],
    }


def _notes(points: Sequence[Mapping[str, Any]]) -> Iterator[Message]:
    """Yield notes on how much equality a small loss buys."""
    first = points[0]
    small = [each for each in points if 0 < each["loss"] <= _SMALL_LOSS]
    point = small[-1] if small else min(points[1:], key=lambda each: each["loss"])
    yield cost_note(point["loss"], point["optimum"], first["gini"], point["gini"])
    yield from floor_notes("gini", point["gini"], point["gini_at_least"])


def _find_optimum(request: FrontierRequest, case: NamedProblem) -> Allocation:
    try:
        return allocate(case.problem, fill=request.fill)
    except UnmetGuaranteesError as error:
        raise unmet_allocation_error(error, request, case) from error


def _point_json(
    request: FrontierRequest, case: NamedProblem, had: float, fair: FairAllocation
) -> dict[str, Any]:
    point = {
        "theta": fair.theta,
        "loss": fair.loss,
        "gini": fair.gini,
        "objective": fair.objective,
        "optimum": fair.optimum,
        "total": fair.total,
        "lorenz": lorenz(fair.revenue),
        "certificate": fair.certificate.as_mapping(),
        "most": _most(case.problem, fair.certificate.scope),
        "base": had,
    }
    if request.assignments:
        point["allocations"] = places_json(case, fair.assignment)
    return point


def _most(problem: Problem, scope: str) -> float:
    """Return a bound on the total EV if whales have penalties, else 0; see `Frontier`."""
    if not problem.limits.whale_penalty.any():
        return 0.0
    best = problem.best_ev_of_each()
    best = best if scope == "joint" else best[problem.whales]
    return math.fsum(best) * problem.limits.per_user * (1.0 + _ROUNDING)


def _certified(point: Mapping[str, Any]) -> FairAllocation:
    """Return a point with its certificate, from which `Frontier` takes its bounds."""
    proven = {name: value for name, value in point["certificate"].items() if name != "gap"}
    none = np.zeros(0)
    return FairAllocation(
        assignment=none.astype(np.int64),
        revenue=none,
        objective=point["objective"],
        normal_objective=0.0,
        optimum=point["optimum"],
        weights=none,
        prices=ShadowPrices.zero(0),
        certificate=FairCertificate(
            measure="gini",
            parameter=point["theta"],
            objective=point["objective"],
            total=point["total"],
            gini=point["gini"],
            inequality=point["gini"],
            **proven,
        ),
    )
