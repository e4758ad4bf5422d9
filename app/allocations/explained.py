"""An allocation as a person looks at it: who stands where, who was displaced, what each slot is."""

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
MOST_DRAWN_WHALES, MOST_DRAWN_STREAMERS = 40, 24
"""Rows and columns of the picture: more nobody tells apart."""


@dataclass(frozen=True, eq=False)
class _View:
    """What all parts of an explanation are read from.

    Parameters
    ----------
    named : NamedProblem
    allocation : Allocation
    wanted : (N,) int64
        Each user's best streamer were there no caps, -1 for none.
    wanted_ev, ev : (N,) float64
        What a user is worth there, and where it is; 0 for none.
    """

    named: NamedProblem
    allocation: Allocation
    wanted: NDArray[np.int64]
    wanted_ev: NDArray[np.float64]
    ev: NDArray[np.float64]

    @property
    def problem(self) -> Problem:
        return self.named.problem


def answer_explained(
    request: AllocateRequest, limits: Settings, timings: Timings
) -> dict[str, Any]:
    """Return the answer to a request with what explains it, as JSON writes it.

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
    named, allocation = solve_request(request, limits, timings)
    view = _view(named, allocation)
    explained = {
        "ev": dict(zip(map(str, named.user_ids), view.ev.tolist(), strict=True)),
        "displaced": _displaced(view),
        "streamers": _streamers(view),
        "picture": _picture(view),
    }
    timings.record("explain")
    return (
        answer_body(request, named, allocation) | explained | {"timings_ms": timings.milliseconds}
    )


def _view(named: NamedProblem, allocation: Allocation) -> _View:
    problem = named.problem
    wanted = problem.first_choices(np.ones(problem.n_users, np.bool_))
    return _View(
        named,
        allocation,
        wanted,
        _ev_or_nothing(problem, wanted),
        _ev_or_nothing(problem, allocation.assignment),
    )


def _ev_or_nothing(problem: Problem, streamer: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what users are worth at a streamer each, (N,) float64, 0 where there is none."""
    ev = np.zeros(problem.n_users)
    users = np.flatnonzero(streamer >= 0)
    ev[users] = problem.ev_at(users, streamer[users])
    return ev


def _displaced(view: _View) -> dict[str, Any]:
    """Return who is worth less where it is than at its best streamer, the costliest first."""
    cost = view.wanted_ev - view.ev
    users = np.flatnonzero(cost > 0)
    order = users[np.argsort(-cost[users], kind="stable")]
    whales = view.problem.whales
    if (
        view.allocation.certificate.scope == "whale"
        and not (view.allocation.assignment >= 0)[~whales].any()
    ):
        order = order[whales[order]]  # nobody tried to place the others
    user_ids, streamer_ids = view.named.user_ids, view.named.streamer_ids
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
                "wanted": None if (best := view.wanted[user]) < 0 else streamer_ids[best],
                "got": None
                if (index := view.allocation.assignment[user]) < 0
                else streamer_ids[index],
                "wanted_ev": float(view.wanted_ev[user]),
                "ev": float(view.ev[user]),
                "cost": float(cost[user]),
            }
            for user in order[:MOST_DISPLACED].tolist()
        ],
    }


def _streamers(view: _View) -> dict[str, Any]:
    """Return load, limits and prices of the streamers, the fullest first."""
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
                "streamer": view.named.streamer_ids[index],
                "whales": int(tally.whale_load[index]),
                "users": int(tally.load[index]),
                "wanted": int(allocation.demand[index]),
                "k": int(problem.whale_cap[index]) if view.named.capped else None,
                "capacity": None if unbounded[index] else int(problem.capacity[index]),
                "price_k": float(price_k[index]),
                "price_capacity": float(price_capacity[index]),
            }
            for index in order[:MOST_STREAMERS].tolist()
        ],
    }


def _picture(view: _View) -> dict[str, Any]:
    """Return EV and places of the whales that are worth most, at the streamers they meet."""
    whales = np.flatnonzero(view.problem.whales)
    rows = whales[np.argsort(-view.wanted_ev[whales], kind="stable")][:MOST_DRAWN_WHALES]
    columns = _columns(view, rows)
    ev = view.problem.ev_at(np.repeat(rows, len(columns)), np.tile(columns, len(rows)))
    placed = view.allocation.assignment
    return {
        "whales": [view.named.user_ids[user] for user in rows.tolist()],
        "streamers": [view.named.streamer_ids[index] for index in columns.tolist()],
        "ev": np.where(np.isfinite(ev), ev, np.nan).reshape(len(rows), -1).tolist(),
        "wanted": _names(view, view.wanted[rows]),
        "got": _names(view, placed[rows]),
        "of_whales": len(whales),
        "of_streamers": view.problem.n_streamers,
    }


def _columns(view: _View, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return streamers for the picture: those that the whales want or have most, by position."""
    met = np.concatenate((view.wanted[rows], view.allocation.assignment[rows]))
    often = np.bincount(met[met >= 0], minlength=view.problem.n_streamers)
    most = np.argsort(-often, kind="stable")[:MOST_DRAWN_STREAMERS]
    return np.sort(most)


def _names(view: _View, streamers: NDArray[np.int64]) -> list[Id | None]:
    ids = view.named.streamer_ids
    return [None if index < 0 else ids[index] for index in streamers.tolist()]


def _or_zeros(price: NDArray[np.float64] | None, count: int) -> NDArray[np.float64]:
    return np.zeros(count) if price is None else price
