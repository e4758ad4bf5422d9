"""Exact figures of an allocation: expected revenue, certificate, prices, displacement."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.replay.metrics import gini
from simulator.study.result import CapBinding, DisplacedTier, ExactFigures, ExpectedFigures
from solver import Allocation, Problem

from .simulations import ValuedAssignment


def expected_figures(
    problem: Problem, assignment: ValuedAssignment, baseline: ValuedAssignment
) -> ExpectedFigures:
    """Return the expected figures of an allocation."""
    revenue, base = assignment.revenue(), baseline.revenue()
    base_total = float(base.sum())
    change = float(revenue.sum()) - base_total
    streamer_gini = gini(revenue)
    is_baseline = assignment is baseline
    return ExpectedFigures(
        revenue=float(revenue.sum()),
        streamer_gini=streamer_gini,
        overload_rate=float((assignment.load > problem.capacity).mean()),
        unallocated_users=int((assignment.assignment < 0).sum()),
        revenue_pct=None if is_baseline or base_total <= 0 else 100 * change / base_total,
        streamer_gini_change=None if is_baseline else streamer_gini - gini(base),
    )


def exact_figures(
    problem: Problem,
    allocation: Allocation,
    assignment: ValuedAssignment,
    baseline: ValuedAssignment,
    streamer_ids: Sequence[str] | None,
) -> ExactFigures:
    """Return the exact figures of an allocation under a cap."""
    prices, losses = allocation.shadow_prices, baseline.ev - assignment.ev
    return ExactFigures(
        expected=expected_figures(problem, assignment, baseline),
        objective={
            "whale": allocation.whale_objective,
            "normal": allocation.normal_objective,
            "total": allocation.objective,
        },
        certificate=allocation.certificate.as_mapping(),
        shadow_prices={
            "whale_cap": _list_prices(prices.whale_cap, streamer_ids),
            "capacity": _list_prices(prices.capacity, streamer_ids),
        },
        displaced={
            "whales": _summarise_losses(losses[problem.whales]),
            "normal": _summarise_losses(losses[~problem.whales]),
        },
    )


def cap_binding(problem: Problem, allocation: Allocation) -> CapBinding:
    """Return where the whale cap binds: streamers wanted by more whales than fit."""
    demand = allocation.demand
    is_over_cap = demand > np.minimum(problem.whale_cap, problem.capacity)
    return CapBinding(
        rounds_share=float(is_over_cap.any()),
        binding_rounds=int(is_over_cap.any()),
        rounds=1,
        whales_per_round=int(problem.whales.sum()),
        max_whales_wanted=int(demand.max()),
        streamers_over_cap=int(is_over_cap.sum()),
    )


def _list_prices(
    prices: NDArray[np.float64], streamer_ids: Sequence[str] | None
) -> dict[str, float]:
    """Return prices by the id of their streamer, only those that are not 0."""
    return {
        str(position) if streamer_ids is None else streamer_ids[position]: float(prices[position])
        for position in np.flatnonzero(prices).tolist()
    }


def _summarise_losses(losses: NDArray[np.float64]) -> DisplacedTier:
    """Return how many users get less than at their first choice, and how much less.

    A user at another streamer of the same EV loses nothing, and does not count.
    """
    positive = losses[losses > 0]
    return DisplacedTier(
        users=len(positive),
        cost=float(positive.sum()),
        mean_cost=float(positive.mean()) if len(positive) else 0.0,
    )
