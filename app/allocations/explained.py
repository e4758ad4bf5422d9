"""Explanations of allocations: displaced users, loads and prices of streamers, and a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.observability.timings import Timings
from app.settings import Settings
from messages import Message
from solver import Allocation, InputError, Problem

from .allocation import answer_body, solve_request
from .identifiers import Id
from .problems import NamedProblem
from .requests import AllocateRequest

MOST_DISPLACED = 200
MOST_STREAMERS = 500
MOST_DRAWN = 40
"""Maximum number of rows and of columns of the picture."""

LEAST_DRAWN = 24
"""Number of columns that are drawn whether a whale has or wants them or not."""


@dataclass(frozen=True, eq=False)
class _View:
    """The data of an explanation.

    Parameters
    ----------
    case : NamedProblem
    allocation : Allocation
    first_choice : (N,) int64
        Each user's best streamer without caps; -1 for none.
    first_choice_ev, ev : (N,) float64
        EV of each user at its first choice, and at its assigned streamer; 0 for none.
    """

    case: NamedProblem
    allocation: Allocation
    first_choice: NDArray[np.int64]
    first_choice_ev: NDArray[np.float64]
    ev: NDArray[np.float64]

    @property
    def problem(self) -> Problem:
        return self.case.problem


def answer_explained(
    request: AllocateRequest, limits: Settings, timings: Timings
) -> dict[str, Any]:
    """Return the answer to a request with its explanation, ready for JSON.

    Raises
    ------
    solver.InputError
        With the field and the position at fault.
    """
    if request.max_streamers_per_user > 1:
        raise InputError(
            "max_streamers_per_user",
            Message("explained_streamers_limited", received=request.max_streamers_per_user),
        )
    case, allocation = solve_request(request, limits, timings)
    view = _view(case, allocation)
    explained = {
        "ev": dict(zip(map(str, case.user_ids), view.ev.tolist(), strict=True)),
        "displaced": _displaced(view),
        "streamers": _streamers(view),
        "picture": _picture(view),
    }
    timings.record("explain")
    return answer_body(request, case, allocation) | explained | {"timings_ms": timings.milliseconds}


def _view(case: NamedProblem, allocation: Allocation) -> _View:
    problem = case.problem
    first_choice = problem.first_choices(np.ones(problem.n_users, np.bool_))
    return _View(
        case,
        allocation,
        first_choice,
        _ev_at(problem, first_choice),
        _ev_at(problem, allocation.assignment),
    )


def _ev_at(problem: Problem, streamer: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the EV of each user at its streamer, (N,) float64; 0 without one."""
    ev = np.zeros(problem.n_users)
    users = np.flatnonzero(streamer >= 0)
    ev[users] = problem.ev_at(users, streamer[users])
    return ev


def _displaced(view: _View) -> dict[str, Any]:
    """Return users whose EV is below that of their first choice, the costliest first."""
    cost = view.first_choice_ev - view.ev
    users = np.flatnonzero(cost > 0)
    order = users[np.argsort(-cost[users], kind="stable")]
    whales = view.problem.whales
    if (
        view.allocation.certificate.scope == "whale"
        and not (view.allocation.assignment >= 0)[~whales].any()
    ):
        order = order[whales[order]]  # normal users were not allocated
    user_ids, streamer_ids = view.case.user_ids, view.case.streamer_ids
    of_whales = order[whales[order]]
    return {
        "whales": len(of_whales),
        "whale_cost": float(cost[of_whales].sum()),
        "users": len(order),
        "cost": float(cost[order].sum()),
        "largest": [
            {
                "user": user_ids[user],
                "whale": bool(whales[user]),
                "wanted": None if (best := view.first_choice[user]) < 0 else streamer_ids[best],
                "got": None
                if (index := view.allocation.assignment[user]) < 0
                else streamer_ids[index],
                "wanted_ev": float(view.first_choice_ev[user]),
                "ev": float(view.ev[user]),
                "cost": float(cost[user]),
            }
            for user in order[:MOST_DISPLACED].tolist()
        ],
    }


def _streamers(view: _View) -> dict[str, Any]:
    """Return loads, limits and prices of streamers, the dearest and fullest first."""
    problem, allocation = view.problem, view.allocation
    tally = problem.tally(allocation.assignment)
    prices = allocation.shadow_prices
    price_k = _or_zeros(prices.whale_cap, problem.n_streamers)
    price_capacity = _or_zeros(prices.capacity, problem.n_streamers)
    order = np.lexsort((-tally.load, -tally.whale_load, -(price_k + price_capacity)))
    unbounded = problem.capacity >= problem.n_users
    return {
        "count": problem.n_streamers,
        "listed": [
            {
                "streamer": view.case.streamer_ids[index],
                "whales": int(tally.whale_load[index]),
                "users": int(tally.load[index]),
                "wanted": int(allocation.demand[index]),
                "k": int(problem.whale_cap[index]) if view.case.capped else None,
                "capacity": None if unbounded[index] else int(problem.capacity[index]),
                "price_k": float(price_k[index]),
                "price_capacity": float(price_capacity[index]),
            }
            for index in order[:MOST_STREAMERS].tolist()
        ],
    }


def _picture(view: _View) -> dict[str, Any]:
    """Return EVs and assignments of the most valuable whales at the streamers of the picture."""
    whales = np.flatnonzero(view.problem.whales)
    rows = whales[np.argsort(-view.first_choice_ev[whales], kind="stable")][:MOST_DRAWN]
    columns = _columns(view, rows)
    ev = view.problem.ev_at(np.repeat(rows, len(columns)), np.tile(columns, len(rows)))
    assignment = view.allocation.assignment
    return {
        "whales": [view.case.user_ids[user] for user in rows.tolist()],
        "streamers": [view.case.streamer_ids[index] for index in columns.tolist()],
        "ev": np.where(np.isfinite(ev), ev, np.nan).reshape(len(rows), -1).tolist(),
        "wanted": _names(view, view.first_choice[rows]),
        "got": _names(view, assignment[rows]),
        "of_whales": len(whales),
        "of_streamers": view.problem.n_streamers,
    }


def _columns(view: _View, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the streamers of the picture: all that its whales have, then those most wanted.

    There are no more of the former than rows, and no more rows than columns.
    """
    wanted, had = view.first_choice[rows], view.allocation.assignment[rows]
    counts = np.bincount(wanted[wanted >= 0], minlength=view.problem.n_streamers)
    counts[had[had >= 0]] += len(rows)
    number = min(max(np.count_nonzero(counts), LEAST_DRAWN), MOST_DRAWN)
    return np.sort(np.argsort(-counts, kind="stable")[:number])


def _names(view: _View, streamers: NDArray[np.int64]) -> list[Id | None]:
    ids = view.case.streamer_ids
    return [None if index < 0 else ids[index] for index in streamers.tolist()]


def _or_zeros(price: NDArray[np.float64] | None, count: int) -> NDArray[np.float64]:
    return np.zeros(count) if price is None else price
