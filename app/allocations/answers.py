"""Allocations with the ids of their requests, ready for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator import gini
from solver import Allocation, Problem, ShadowPrices, placements

from .fairness import WeighedAllocation, fairness_json
from .identifiers import Id
from .problems import NamedProblem
from .shortage import find_left_out


def allocation_json(case: NamedProblem, allocation: Allocation) -> dict[str, Any]:
    """Return an allocation with its value, prices and certificate."""
    whales = np.flatnonzero(case.problem.whales).tolist()
    return {
        "allocations": places_json(case, allocation.assignment),
        "whales": [case.user_ids[user] for user in whales],
    } | value_json(case, allocation)


def value_json(case: NamedProblem, allocation: Allocation) -> dict[str, Any]:
    """Return the value, prices and certificate of an allocation, without its assignments."""
    problem = case.problem
    answer = {
        "objective": _objective(problem, allocation),
        "certificate": allocation.certificate.as_mapping(),
        "shadow_prices": _shadow_prices(case, allocation.shadow_prices),
        "screening": {
            "arcs": allocation.arcs,
            "contested_arcs": allocation.contested_arcs,
        },
        "metrics": _metrics(problem, allocation.assignment),
    }
    if isinstance(allocation, WeighedAllocation):
        answer["fairness"] = fairness_json(case, allocation, _shadow_prices)
    return answer


def non_zero_prices(prices: NDArray[np.float64] | None, ids: Sequence[Id]) -> dict[str, float]:
    """Return prices by id without those that are 0; None means that all are 0."""
    if prices is None:
        return {}
    return {str(ids[index]): float(prices[index]) for index in np.flatnonzero(prices).tolist()}


def places_json(case: NamedProblem, streamer: NDArray[np.int64]) -> dict[str, Any]:
    """Return each user's streamer or None, or its list of streamers if several are allowed."""
    ids = case.streamer_ids
    if streamer.ndim == 1:
        place = [*ids, None]  # -1 selects the last
        each: list[Any] = [place[index] for index in streamer.tolist()]
    else:
        each = [[ids[index] for index in row if index >= 0] for row in streamer.tolist()]
    return dict(zip(map(str, case.user_ids), each, strict=True))


def _objective(problem: Problem, allocation: Allocation) -> dict[str, float]:
    objective = {"whale": allocation.whale_objective, "normal": allocation.normal_objective}
    if len(problem.limits.whale_penalty):
        objective["penalty"] = allocation.penalty
    return objective | {"total": allocation.objective}


def _shadow_prices(case: NamedProblem, prices: ShadowPrices) -> dict[str, dict[str, float]]:
    """Return the prices of both caps and of the other limits in the request."""
    limits = case.problem.limits
    by_limit: dict[str, NDArray[np.float64] | None]
    by_limit = {"whale_cap": prices.whale_cap, "capacity": prices.capacity}
    if limits.min_users.any():
        by_limit["min_users"] = prices.min_users
    if len(limits.whale_penalty):
        by_limit["whale_penalty"] = prices.whale_penalty
    return {limit: non_zero_prices(price, case.streamer_ids) for limit, price in by_limit.items()}


def _metrics(problem: Problem, streamer: NDArray[np.int64]) -> dict[str, float | int | None]:
    """Return metrics of how users and value spread over streamers."""
    users, streamers = placements(streamer)
    tally = problem.tally(streamer)
    by_streamer = np.bincount(
        streamers, problem.ev_at(users, streamers), minlength=problem.n_streamers
    )
    revenue = by_streamer.astype(np.float64, copy=False)
    return {
        "overload_rate": float((tally.load > problem.capacity).mean()),
        "streamer_gini": gini(revenue) if (revenue >= 0).all() else None,
        "unallocated_users": int((streamer.reshape(problem.n_users, -1) < 0).all(axis=1).sum()),
        "unallocated_whales": len(find_left_out(problem, streamer)),
        "streamers_at_whale_cap": int((tally.whale_load >= problem.whale_cap).sum()),
        "max_whales_per_streamer": int(tally.whale_load.max()),
    }
