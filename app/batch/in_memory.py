"""Allocations of candidates that fit into memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from messages import Message
from solver import Fill, Problem, allocate
from solver.model import Limits

from .parquet.disk import Disk
from .result import Result


def allocate_in_memory(
    disk: Disk, limits: Limits, fill: Fill, tolerance: float, on_step: Callable[[str], None]
) -> Result:
    """Read all candidates and allocate them at once.

    Parameters
    ----------
    disk : Disk
    limits : Limits
        Caps only: no guarantees and no penalties.
    fill, tolerance : as in `solver.allocate`
    on_step : callable
        Called with the name of each step as it ends.

    Raises
    ------
    solver.InputError
        With file and row group where data are at fault.
    """
    pairs = disk.all()
    on_step("read")
    problem = Problem(
        pairs, whales=limits.whales, whale_cap=limits.whale_cap, capacity=limits.capacity
    )
    with disk.bar(Message("progress_allocate"), None):
        allocation = allocate(problem, fill=fill, tolerance=tolerance, on_step=on_step)

    def ev(users: slice) -> NDArray[np.float64]:
        assignment = allocation.assignment[users]
        return problem.ev_at(np.arange(users.start, users.start + len(assignment)), assignment)

    return Result(
        mode="in memory",
        assignment=allocation.assignment,
        ev=ev,
        whale_objective=allocation.whale_objective,
        normal_objective=allocation.normal_objective,
        prices=allocation.shadow_prices,
        certificate=allocation.certificate,
    )
