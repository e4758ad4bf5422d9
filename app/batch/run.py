"""One allocation from Parquet to Parquet."""

from __future__ import annotations

import resource
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.observability.timings import Timings
from messages import Message
from solver import InputError, Problem, allocate
from solver.fairness import Frontier
from solver.kernels import count_cores

from .fair import allocate_fairly, expect_memory, trace_frontier
from .inputs import Inputs, Request, read_inputs
from .out_of_core import allocate_out_of_core
from .parquet.destination import Destination, create_directory
from .parquet.disk import Bar, Disk
from .parquet.footprint import Footprint
from .parquet.results import PARTITION, Counts, Outcome, write_partition
from .parquet.threads import in_order
from .result import Result, write_result


def allocate_files(request: Request, output: str, bar: Bar) -> dict[str, Any]:
    """Allocate candidates in Parquet, and write the result.

    Parameters
    ----------
    request : Request
    output : str
        Path or URL of the directory to create; see `create_directory`.
    bar : callable
        Returns the progress bar of a step, given its title and total.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    solver.InputError
        With file and row group where data are at fault.
    OSError
        Where the result cannot be written.
    """
    timings = Timings()
    with create_directory(output) as destination, ThreadPoolExecutor(count_cores()) as pool:
        inputs = read_inputs(request)
        result = _allocate(inputs, pool, bar, timings)
        written = _write_partitions(destination, inputs, result, pool, bar)
        whales = inputs.limits.whales
        assigned = result.assignment >= 0
        counts = Counts(
            allocated_whales=int(np.count_nonzero(assigned & whales)),
            allocated_normal=int(np.count_nonzero(assigned & ~whales)),
            whale_objective=result.whale_objective,
            normal_objective=result.normal_objective,
        )
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        details = {"mode": result.mode, "peak_memory_bytes": 1024 * peak}
        return write_result(
            destination,
            inputs,
            written,
            result.prices,
            result.certificate,
            counts,
            details,
            timings,
            result.fair,
        )


def trace_files(request: Request, points: int, bar: Bar, timings: Timings) -> Frontier:
    """Return the trade-off between the total and equality of candidates in Parquet.

    Raises
    ------
    solver.InputError
        With file and row group where data are at fault.
    """
    with ThreadPoolExecutor(count_cores()) as pool:
        inputs = read_inputs(request)
        disk = Disk(inputs.groups, inputs.users, inputs.streamers, pool, bar)
        problem = read_problem(disk, inputs, timings)
        return trace_frontier(problem, inputs, points, disk, timings)


def _allocate(inputs: Inputs, pool: Executor, bar: Bar, timings: Timings) -> Result:
    """Allocate in memory, or out of core where candidates need more than is allowed."""
    request, limits = inputs.request, inputs.limits
    disk = Disk(inputs.groups, inputs.users, inputs.streamers, pool, bar)
    if request.fairness is not None:
        expect_memory(disk, request.memory)
        return _allocate_fairly(disk, inputs, request.fairness, timings)
    footprint = Footprint.of(disk)
    if request.memory is None or footprint.users + footprint.pairs <= request.memory:
        return _allocate_in_memory(disk, inputs, timings)
    if request.fill == "joint":
        raise InputError("fill", Message("fill_joint_unavailable", where="memory"))
    result = allocate_out_of_core(
        disk, limits, request.memory, request.tolerance, request.fill == "greedy"
    )
    timings.record("solve")
    return result


def _allocate_in_memory(disk: Disk, inputs: Inputs, timings: Timings) -> Result:
    """Read all candidates and allocate them at once."""
    request = inputs.request
    problem = read_problem(disk, inputs, timings)
    with disk.bar(Message("progress_allocate"), None):
        allocation = allocate(
            problem, fill=request.fill, tolerance=request.tolerance, on_step=timings.record
        )

    return Result(
        mode="in memory",
        assignment=allocation.assignment,
        ev=_ev_of(problem, allocation.assignment),
        whale_objective=allocation.whale_objective,
        normal_objective=allocation.normal_objective,
        prices=allocation.shadow_prices,
        certificate=allocation.certificate,
    )


def _allocate_fairly(
    disk: Disk, inputs: Inputs, fairness: Mapping[str, Any], timings: Timings
) -> Result:
    """Read all candidates and allocate them fairly."""
    problem = read_problem(disk, inputs, timings)
    fair = allocate_fairly(problem, inputs, fairness, disk, timings)
    found = fair.allocation
    tally = problem.tally(found.assignment)
    return Result(
        mode="in memory",
        assignment=found.assignment,
        ev=_ev_of(problem, found.assignment),
        whale_objective=tally.whale_ev,
        normal_objective=tally.normal_ev,
        prices=fair.optimum.shadow_prices,
        certificate=fair.certificate,
        fair=fair,
    )


def read_problem(disk: Disk, inputs: Inputs, timings: Timings) -> Problem:
    """Return the problem of all candidates, in memory."""
    limits, pairs = inputs.limits, disk.all()
    timings.record("read")
    return Problem(
        pairs, whales=limits.whales, whale_cap=limits.whale_cap, capacity=limits.capacity
    )


def _ev_of(
    problem: Problem, assignment: NDArray[np.int64]
) -> Callable[[slice], NDArray[np.float64]]:
    """Return a function that returns the EVs of a slice of users."""

    def ev(users: slice) -> NDArray[np.float64]:
        streamers = assignment[users]
        return problem.ev_at(np.arange(users.start, users.start + len(streamers)), streamers)

    return ev


def _write_partitions(
    destination: Destination, inputs: Inputs, result: Result, pool: Executor, bar: Bar
) -> list[dict[str, Any]]:
    """Write the allocation; return the manifest entries of its partitions."""
    whales, starts = inputs.limits.whales, range(0, inputs.users.count, PARTITION)

    def write(first: int) -> dict[str, Any]:
        piece = slice(first, first + PARTITION)
        outcome = Outcome(first, result.assignment[piece], result.ev(piece), whales[piece])
        number = first // PARTITION
        return write_partition(
            destination, number, outcome, inputs.users, inputs.streamers, result.prices
        )

    written = []
    with bar(Message("progress_write"), len(starts)) as progress:
        for entry in in_order(pool, write, starts):
            written.append(entry)
            progress(len(written), len(starts))
    return written
