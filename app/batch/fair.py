"""Fair allocations from Parquet to Parquet, and their trade-offs: all candidates in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.observability.timings import Timings
from messages import Message
from solver import (
    Allocation,
    Certificate,
    FairAllocation,
    Fill,
    Frontier,
    InputError,
    Problem,
    allocate,
    allocate_fair,
    certify,
    frontier,
)
from solver.fairness import gini, revenue_of

from .inputs import Inputs
from .parquet.disk import Disk
from .parquet.footprint import Footprint


@dataclass(frozen=True, eq=False)
class FairOutcome:
    """A fair allocation beside the optimum.

    Parameters
    ----------
    allocation : FairAllocation
    optimum : Allocation
    optimal_revenue : (S,) float64
        Revenue of the same users at the optimum, with what streamers had before.
    certificate : Certificate
        Of the fair allocation, at the prices of the optimum: its gap is what equality costs.
    """

    allocation: FairAllocation
    optimum: Allocation
    optimal_revenue: NDArray[np.float64]
    certificate: Certificate

    def as_mapping(self) -> dict[str, Any]:
        """Return what equality cost, for the manifest."""
        found, proof = self.allocation, self.allocation.certificate
        return {
            "measure": proof.measure,
            "theta" if proof.measure == "gini" else "alpha": proof.parameter,
            "gini": found.gini,
            "inequality": proof.inequality,
            "loss": found.loss,
            "objective": found.objective,
            "optimum": found.optimum,
            "optimum_gap": self.optimum.certificate.relative_gap,
            "total": found.total,
            "at_optimum": {"gini": gini(self.optimal_revenue)},
            "certificate": {**proof.as_mapping(), "relative_gap": proof.relative_gap},
        }

    def streamer_columns(self) -> dict[str, NDArray[np.float64]]:
        """Return weights, prices and revenues by streamer; the first three are the proof."""
        found = self.allocation
        return {
            "weight": found.weights,
            "whale_cap": found.prices.whale_cap,
            "capacity": found.prices.capacity,
            "revenue": found.revenue,
            "revenue_at_optimum": self.optimal_revenue,
        }


def expect_memory(disk: Disk, memory: int | None) -> None:
    """Refuse a memory budget below what the candidates need.

    Raises
    ------
    solver.InputError
    """
    footprint = Footprint.of(disk)
    least = footprint.users + footprint.pairs
    if memory is not None and least > memory:
        message = Message("fairness_memory_too_small", least=least / 2**30, received=memory / 2**30)
        raise InputError("memory", message)


def allocate_fairly(
    problem: Problem, inputs: Inputs, fairness: Mapping[str, Any], disk: Disk, timings: Timings
) -> FairOutcome:
    """Return the fair allocation of candidates that are in memory.

    Raises
    ------
    solver.InputError
    """
    fill = inputs.request.fill
    base = base_of(inputs)
    optimum = find_optimum(problem, inputs, disk, timings.record)
    with disk.bar(Message("progress_fair"), None):
        found = allocate_fair(
            problem,
            **fairness,
            base=base,
            fill=fill,
            optimum=optimum,
            on_step=lambda step: None if step == "optimum" else timings.record(f"fair_{step}"),
        )
    scope = found.certificate.scope
    revenue = revenue_of(problem, optimum.assignment, scope)
    return FairOutcome(
        found,
        optimum,
        revenue if base is None else revenue + base,
        certify(problem, found.assignment, optimum.shadow_prices, scope=scope),
    )


def trace_frontier(
    problem: Problem,
    inputs: Inputs,
    points: int,
    disk: Disk,
    timings: Timings,
) -> Frontier:
    """Return the trade-offs between the total and equality, all candidates in memory.

    Raises
    ------
    solver.InputError
    """
    optimum = find_optimum(problem, inputs, disk, timings.record)
    with disk.bar(Message("progress_frontier"), points) as progress:
        found: list[FairAllocation] = []

        def count(point: FairAllocation) -> None:
            found.append(point)
            progress(len(found), points)

        return frontier(
            problem, points, base=base_of(inputs), fill=inputs.request.fill,
            optimum=optimum, on_point=count,
        )  # fmt: skip


def find_optimum(
    problem: Problem, inputs: Inputs, disk: Disk, record: Callable[[str], None]
) -> Allocation:
    """Return the greatest total of the users whose revenue counts, within the tolerance."""
    fill: Fill = "joint" if inputs.request.fill == "joint" else "none"
    with disk.bar(Message("progress_allocate"), None):
        return allocate(problem, fill=fill, tolerance=inputs.request.tolerance, on_step=record)


def base_of(inputs: Inputs) -> NDArray[np.float64] | None:
    """Return the revenue that streamers had before, (S,) float64, by position."""
    base = inputs.request.base
    if base is None:
        return None
    return base.by_position(inputs.streamers.ids_at(np.arange(inputs.streamers.count)).to_pylist())
