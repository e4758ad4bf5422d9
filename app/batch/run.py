"""One allocation from Parquet to Parquet."""

from __future__ import annotations

import resource
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.observability.timings import Timings
from messages import Message
from solver import InputError, Problem, allocate
from solver.kernels import count_cores

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
        )


def _allocate(inputs: Inputs, pool: Executor, bar: Bar, timings: Timings) -> Result:
    """Allocate in memory, or out of core where candidates need more than is allowed."""
    request, limits = inputs.request, inputs.limits
    disk = Disk(inputs.groups, inputs.users, inputs.streamers, pool, bar)
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
    request, limits = inputs.request, inputs.limits
    pairs = disk.all()
    timings.record("read")
    problem = Problem(
        pairs, whales=limits.whales, whale_cap=limits.whale_cap, capacity=limits.capacity
    )
    with disk.bar(Message("progress_allocate"), None):
        allocation = allocate(
            problem, fill=request.fill, tolerance=request.tolerance, on_step=timings.record
        )

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
