"""An allocation with the names of its request, as JSON writes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator import gini
from solver import Allocation, Problem, ShadowPrices, placements

from .identifiers import Id
from .problems import NamedProblem
from .shortage import find_left_out


def allocation_json(named: NamedProblem, allocation: Allocation) -> dict[str, Any]:
    """Return what an allocation decides, is worth, costs and proves."""
    whales = np.flatnonzero(named.problem.whales).tolist()
    return {
        "allocations": _allocations(named, allocation.assignment),
        "whales": [named.user_ids[user] for user in whales],
    } | value_json(named, allocation)


def value_json(named: NamedProblem, allocation: Allocation) -> dict[str, Any]:
    """Return what an allocation is worth, costs and proves; not whom it places where."""
    problem = named.problem
    return {
        "objective": _objective(problem, allocation),
        "certificate": allocation.certificate.as_mapping(),
        "shadow_prices": _shadow_prices(named, allocation.shadow_prices),
        "screening": {
            "arcs": allocation.arcs,
            "contested_arcs": allocation.contested_arcs,
        },
        "metrics": _metrics(problem, allocation.assignment),
    }


def non_zero_prices(prices: NDArray[np.float64] | None, ids: Sequence[Id]) -> dict[str, float]:
    """Return prices by id, only those that are not 0; None stands for 0 throughout."""
    if prices is None:
        return {}
    return {str(ids[index]): float(prices[index]) for index in np.flatnonzero(prices).tolist()}


def _allocations(named: NamedProblem, streamer: NDArray[np.int64]) -> dict[str, Any]:
    """Return each user's streamer or None; where it may have several, a list of them."""
    ids = named.streamer_ids
    if streamer.ndim == 1:
        place = [*ids, None]  # -1, none, is the last
        each: list[Any] = [place[index] for index in streamer.tolist()]
    else:
        each = [[ids[index] for index in row if index >= 0] for row in streamer.tolist()]
    return dict(zip(map(str, named.user_ids), each, strict=True))


def _objective(problem: Problem, allocation: Allocation) -> dict[str, float]:
    worth = {"whale": allocation.whale_objective, "normal": allocation.normal_objective}
    if len(problem.limits.whale_penalty):
        worth["penalty"] = allocation.penalty
    return worth | {"total": allocation.objective}


def _shadow_prices(named: NamedProblem, prices: ShadowPrices) -> dict[str, dict[str, float]]:
    """Return the prices of both caps, and of the other limits that the request has."""
    limits = named.problem.limits
    by_limit: dict[str, NDArray[np.float64] | None]
    by_limit = {"whale_cap": prices.whale_cap, "capacity": prices.capacity}
    if limits.min_users.any():
        by_limit["min_users"] = prices.min_users
    if len(limits.whale_penalty):
        by_limit["whale_penalty"] = prices.whale_penalty
    return {limit: non_zero_prices(price, named.streamer_ids) for limit, price in by_limit.items()}


def _metrics(problem: Problem, streamer: NDArray[np.int64]) -> dict[str, float | int | None]:
    """Return how the allocation spreads users and value over streamers."""
    users, streamers = placements(streamer)
    tally = problem.tally(streamer)
    worth = np.bincount(streamers, problem.ev_at(users, streamers), minlength=problem.n_streamers)
    revenue = worth.astype(np.float64, copy=False)
    return {
        "overload_rate": float((tally.load > problem.capacity).mean()),
        "streamer_gini": gini(revenue) if (revenue >= 0).all() else None,
        "unallocated_users": int((streamer.reshape(problem.n_users, -1) < 0).all(axis=1).sum()),
        "unallocated_whales": len(find_left_out(problem, streamer)),
        "streamers_at_whale_cap": int((tally.whale_load >= problem.whale_cap).sum()),
        "max_whales_per_streamer": int(tally.whale_load.max()),
    }
