"""Fair allocations, from requests to answers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors.input_errors import DetailedInputError
from messages import Message
from solver import (
    Allocation,
    FairAllocation,
    InputError,
    ShadowPrices,
    UnreachableGiniError,
    allocate_fair,
    certify,
)
from solver.fairness import gini, revenue_of
from solver.kernels import LARGEST_EV

from .identifiers import Among, values_by_position
from .problems import NamedProblem
from .requests import AllocateRequest, FrontierRequest

LORENZ_POINTS = 101
"""Most numbers of a Lorenz curve."""

LOOSE = 0.02
"""Distance of a Gini coefficient from its bound above which a note says that the bound is loose."""


@dataclass(frozen=True, eq=False, repr=False)
class WeighedAllocation(Allocation):
    """A fair allocation, with what is known of it as of any allocation.

    Its shadow prices are those of the optimum, and so is the bound of its certificate: the gap is
    what equality costs.

    Parameters
    ----------
    fair : FairAllocation
    optimal_revenue : (S,) float64
        Revenue at the optimum, of the same users, with what streamers had before.
    """

    fair: FairAllocation
    optimal_revenue: NDArray[np.float64]


def expect_fair(request: AllocateRequest) -> None:
    """Refuse options that fairness cannot be combined with.

    Raises
    ------
    solver.InputError
        With the field that cannot be combined.
    """
    if request.fairness is None:
        if request.base is not None:
            raise InputError("base", Message("base_without_fairness"), code="missing-field")
        return
    for field, neutral in (("algorithm", "min-cost-flow"), ("tolerance", 0)):
        value = getattr(request, field)
        if value != neutral:
            received = value if isinstance(value, str) else f"{value:g}"
            message = Message("fairness_excludes", field=field, received=received)
            raise InputError(field, message, code="conflicting-fields")
    expect_positive(request)


def expect_positive(request: AllocateRequest | FrontierRequest) -> None:
    """Refuse negative EVs, with which a revenue could be below 0.

    Raises
    ------
    solver.InputError
    """
    if request.allow_negative_ev:
        message = Message("fairness_negative_ev")
        raise InputError("allow_negative_ev", message, code="conflicting-fields")


def read_base(
    request: AllocateRequest | FrontierRequest, case: NamedProblem
) -> NDArray[np.float64]:
    """Return the revenue that streamers had before by position, (S,) float64.

    Raises
    ------
    solver.InputError
        If an id is none of a streamer, the number of revenues differs, or one is below 0.
    """
    base, n_streamers = request.base, case.problem.n_streamers
    if base is None:
        return np.zeros(n_streamers)
    if isinstance(base, Mapping):
        among: Among = "streamers" if request.streamer_ids is None else "streamer_ids"
        return values_by_position(base, "base", case.streamer_ids, among)
    if base.shape != (n_streamers,):
        message = Message("base_count", streamers=n_streamers, received=len(base))
        raise InputError("base", message)
    wrong = np.flatnonzero(~((base >= 0) & (base <= LARGEST_EV)))
    if len(wrong):
        position = int(wrong[0])
        message = Message(
            "revenue_invalid", field=f"base[{position}]", received=f"{base[position]:g}"
        )
        raise InputError("base", message, (position,))
    return np.asarray(base, np.float64)


def allocate_fairly(
    request: AllocateRequest,
    case: NamedProblem,
    base: NDArray[np.float64],
    optimum: Allocation,
    on_step: Callable[[str], None],
) -> WeighedAllocation:
    """Return the fair allocation of a request.

    Parameters
    ----------
    request : AllocateRequest
        With fairness.
    case : NamedProblem
    base : (S,) float64
        Revenue that streamers had before.
    optimum : Allocation
        Of the same problem and fill.
    on_step : callable

    Raises
    ------
    solver.InputError
        With the field and the position at fault; with the nearest allocation if no allocation
        with the Gini coefficient of the request was found.
    """
    if request.fairness is None:
        raise TypeError("Expected a request with fairness.")
    try:
        fair = allocate_fair(
            case.problem,
            **request.fairness.arguments,
            base=base,
            fill=request.fill,
            optimum=optimum,
            on_step=on_step,
        )
    except UnreachableGiniError as error:
        members = {"nearest": _nearest_json(error.nearest), "gini_at_least": error.floor}
        raise DetailedInputError(
            "fairness.max_gini", error.message, (), "gini-unreachable", members
        ) from error
    tally = case.problem.tally(fair.assignment)
    known = {each.name: getattr(optimum, each.name) for each in fields(Allocation)}
    return WeighedAllocation(
        **known
        | {
            "assignment": fair.assignment,
            "whale_objective": tally.whale_ev,
            "normal_objective": tally.normal_ev,
            "penalty": case.problem.limits.total_penalty(tally.whale_load),
            "certificate": certify(
                case.problem,
                fair.assignment,
                optimum.shadow_prices,
                scope=optimum.certificate.scope,
            ),
        },
        fair=fair,
        optimal_revenue=revenue_of(case.problem, optimum.assignment, fair.certificate.scope) + base,
    )


def fairness_json(
    case: NamedProblem,
    allocation: WeighedAllocation,
    prices_json: Callable[[NamedProblem, ShadowPrices], Any],
) -> dict[str, Any]:
    """Return what a fair allocation gives up, how equal it is, and what is proven of it.

    Parameters
    ----------
    case : NamedProblem
    allocation : WeighedAllocation
    prices_json : callable
        Returns prices by limit and streamer.
    """
    fair = allocation.fair
    at_optimum = allocation.optimal_revenue

    def by_streamer(values: NDArray[np.float64]) -> dict[str, float]:
        return dict(zip(map(str, case.streamer_ids), values.tolist(), strict=True))

    return {
        "measure": fair.certificate.measure,
        _parameter_of(fair): fair.certificate.parameter,
        "gini": fair.gini,
        "loss": fair.loss,
        "objective": fair.objective,
        "optimum": fair.optimum,
        "total": fair.total,
        "revenue": by_streamer(fair.revenue),
        "lorenz": lorenz(fair.revenue),
        "at_optimum": {
            "gini": gini(at_optimum),
            "revenue": by_streamer(at_optimum),
            "lorenz": lorenz(at_optimum),
        },
        "weights": by_streamer(fair.weights),
        "prices": prices_json(case, fair.prices),
        "certificate": fair.certificate.as_mapping(),
    }


def lorenz(revenue: NDArray[np.float64]) -> list[float]:
    """Return cumulated shares of the total, the poorest first, from 0 to 1.

    At evenly spaced shares of the streamers: one more than there are streamers, at most
    `LORENZ_POINTS`. A straight line if nobody has any revenue.
    """
    count = len(revenue)
    shares = np.linspace(0.0, 1.0, min(count + 1, LORENZ_POINTS))
    total = revenue.sum()
    if not total > 0:
        return [*map(float, shares)]
    cumulated = np.concatenate(([0.0], np.cumsum(np.sort(revenue)))) / total
    curve = np.interp(shares, np.linspace(0.0, 1.0, count + 1), cumulated)
    curve[-1] = 1.0
    return [*map(float, curve)]


def fairness_notes(allocation: WeighedAllocation) -> Iterator[Message]:
    """Yield notes on what equality costs, what is impossible, and how good the proof is."""
    fair = allocation.fair
    certificate = fair.certificate
    yield cost_note(fair.loss, fair.optimum, gini(allocation.optimal_revenue), fair.gini)
    yield from floor_notes(
        certificate.measure, certificate.inequality, certificate.inequality_at_least
    )


def cost_note(loss: float, optimum: float, before: float, after: float) -> Message:
    """Return the note on what equality costs."""
    return Message(
        "fair_allocation",
        changed=loss > 0 or after != before,
        loss=100 * loss,
        optimum=optimum,
        before=before,
        gini=after,
    )


def floor_notes(measure: str, inequality: float, floor: float) -> Iterator[Message]:
    """Yield notes on what no allocation of the same value reaches."""
    shown = round_down(floor)
    if shown > 0:
        yield Message("fair_floor", measure=measure, inequality=inequality, floor=shown)
    if inequality - floor > LOOSE:
        yield Message("fair_floor_loose", measure=measure, floor=shown)


def round_down(floor: float) -> float:
    """Return a bound with the digits that a text shows, rounded so that it remains true."""
    return math.floor(1e4 * floor) / 1e4


def _parameter_of(fair: FairAllocation) -> str:
    return "theta" if fair.certificate.measure == "gini" else "alpha"


def _nearest_json(nearest: FairAllocation) -> dict[str, Any]:
    return {
        _parameter_of(nearest): nearest.certificate.parameter,
        "gini": nearest.gini,
        "loss": nearest.loss,
        "objective": nearest.objective,
        "optimum": nearest.optimum,
        "certificate": nearest.certificate.as_mapping(),
    }
