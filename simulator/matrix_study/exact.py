"""What is exact of an allocation of a caller's own matrix: worth, proof, prices, displacement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.replay.metrics import gini
from solver import Allocation, Problem

from .simulations import Placed


def expected(problem: Problem, placed: Placed, baseline: Placed) -> dict[str, Any]:
    """Return what an allocation is expected to bring, exactly."""
    revenue, base = placed.revenue(), baseline.revenue()
    base_total = float(base.sum())
    change = float(revenue.sum()) - base_total
    figures: dict[str, Any] = {
        "revenue": float(revenue.sum()),
        "streamer_gini": gini(revenue),
        "overload_rate": float((placed.load > problem.capacity).mean()),
        "unallocated_users": int((placed.streamer < 0).sum()),
    }
    if placed is not baseline:
        figures["revenue_pct"] = 100 * change / base_total if base_total > 0 else None
        figures["streamer_gini_change"] = figures["streamer_gini"] - gini(base)
    return {"expected": figures}


def exact(problem: Problem, allocation: Allocation, ids: Sequence[str] | None) -> dict[str, Any]:
    """Return what the solver proves, what each cap costs and whether k binds at all."""
    certificate, demand = allocation.certificate, allocation.demand
    prices = allocation.shadow_prices
    over = demand > np.minimum(problem.whale_cap, problem.capacity)
    return {
        "objective": {
            "whale": allocation.whale_objective,
            "normal": allocation.normal_objective,
            "total": allocation.objective,
        },
        "certificate": {
            "scope": certificate.scope,
            "upper_bound": certificate.upper_bound,
            "gap": certificate.gap,
            "proven_optimal": certificate.proven_optimal,
        },
        "shadow_prices": {
            "whale_cap": _non_zero(prices.whale_cap, ids),
            "capacity": _non_zero(prices.capacity, ids),
        },
        "binding": {
            "rounds_share": float(over.any()),
            "binding_rounds": int(over.any()),
            "rounds": 1,
            "whales_per_round": int(problem.whales.sum()),
            "max_whales_wanted": int(demand.max()),
            "streamers_over_cap": int(over.sum()),
        },
    }


def _non_zero(prices: NDArray[np.float64], ids: Sequence[str] | None) -> dict[str, float]:
    """Return prices by the id of their streamer, only those that are not 0."""
    return {
        str(at) if ids is None else ids[at]: float(prices[at])
        for at in np.flatnonzero(prices).tolist()
    }


def displaced(problem: Problem, placed: Placed, baseline: Placed) -> dict[str, Any]:
    """Return how many users of each tier get less than at their first choice, and how much less.

    A user at another streamer of the same EV loses nothing, and does not count.
    """
    lost = baseline.ev - placed.ev
    tiers = {"whales": problem.whales, "normal": ~problem.whales}
    return {"displaced": {name: _loss(lost[tier]) for name, tier in tiers.items()}}


def _loss(lost: NDArray[np.float64]) -> dict[str, Any]:
    less = lost[lost > 0]
    return {
        "users": len(less),
        "cost": float(less.sum()),
        "mean_cost": float(less.mean()) if len(less) else 0.0,
    }
