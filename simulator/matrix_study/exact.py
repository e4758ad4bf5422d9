"""What is exact of an allocation of a caller's own matrix: worth, proof, prices, displacement."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.replay.metrics import gini
from simulator.study.result import CapBinding, DisplacedTier, ExactFigures, ExpectedFigures
from solver import Allocation, Problem

from .simulations import ValuedAssignment


def expected_figures(
    problem: Problem, valued: ValuedAssignment, baseline: ValuedAssignment
) -> ExpectedFigures:
    """Return what an allocation is expected to bring, exactly."""
    revenue, base = valued.revenue(), baseline.revenue()
    base_total = float(base.sum())
    change = float(revenue.sum()) - base_total
    streamer_gini = gini(revenue)
    is_baseline = valued is baseline
    return ExpectedFigures(
        revenue=float(revenue.sum()),
        streamer_gini=streamer_gini,
        overload_rate=float((valued.load > problem.capacity).mean()),
        unallocated_users=int((valued.assignment < 0).sum()),
        revenue_pct=None if is_baseline or base_total <= 0 else 100 * change / base_total,
        streamer_gini_change=None if is_baseline else streamer_gini - gini(base),
    )


def exact_figures(
    problem: Problem,
    allocation: Allocation,
    valued: ValuedAssignment,
    baseline: ValuedAssignment,
    streamer_ids: Sequence[str] | None,
) -> ExactFigures:
    """Return what is exact of an allocation under a cap."""
    prices, lost = allocation.shadow_prices, baseline.ev - valued.ev
    return ExactFigures(
        expected=expected_figures(problem, valued, baseline),
        objective={
            "whale": allocation.whale_objective,
            "normal": allocation.normal_objective,
            "total": allocation.objective,
        },
        certificate=allocation.certificate.as_mapping(),
        shadow_prices={
            "whale_cap": _non_zero(prices.whale_cap, streamer_ids),
            "capacity": _non_zero(prices.capacity, streamer_ids),
        },
        displaced={
            "whales": _displaced(lost[problem.whales]),
            "normal": _displaced(lost[~problem.whales]),
        },
    )


def binding_of(problem: Problem, allocation: Allocation) -> CapBinding:
    """Return at how many streamers more whales want in than fit."""
    demand = allocation.demand
    over = demand > np.minimum(problem.whale_cap, problem.capacity)
    return CapBinding(
        rounds_share=float(over.any()),
        binding_rounds=int(over.any()),
        rounds=1,
        whales_per_round=int(problem.whales.sum()),
        max_whales_wanted=int(demand.max()),
        streamers_over_cap=int(over.sum()),
    )


def _non_zero(prices: NDArray[np.float64], streamer_ids: Sequence[str] | None) -> dict[str, float]:
    """Return prices by the id of their streamer, only those that are not 0."""
    return {
        str(at) if streamer_ids is None else streamer_ids[at]: float(prices[at])
        for at in np.flatnonzero(prices).tolist()
    }


def _displaced(lost: NDArray[np.float64]) -> DisplacedTier:
    """Return how many users get less than at their first choice, and how much less.

    A user at another streamer of the same EV loses nothing, and does not count.
    """
    less = lost[lost > 0]
    return DisplacedTier(
        users=len(less),
        cost=float(less.sum()),
        mean_cost=float(less.mean()) if len(less) else 0.0,
    )
