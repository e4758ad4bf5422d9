"""One allocation from Parquet to Parquet."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.timings import Timings
from solver import Allocation, Fill, InputError, Problem, allocate, wealthiest

from .gather import gather
from .inputs import SideTable, read_side, side_of_pairs
from .output import whole_directory
from .results import (
    PARTITION,
    Outcome,
    Tallied,
    write_manifest,
    write_partitions,
    write_prices,
)
from .row_groups import RowGroup, row_groups
from .storage import partitions
from .threads import cores

Bar = Callable[[str, int], AbstractContextManager[Callable[[int, int], None]]]


@dataclass(frozen=True)
class Request:
    """What is to be allocated, and how.

    Parameters
    ----------
    candidates : str
        Path or URL of the pairs.
    users, streamers : str, optional
        Of the tables beside them.
    k, capacity : int, optional
        Caps alike for all streamers; else the columns k and capacity of `streamers`.
    whale_share, whale_threshold : float, optional
    all_whales : bool
    fill : {"greedy", "joint", "none"}
    tolerance : float
        Gap, a share of the objective, at which the solver may stop.
    memory : int, optional
        Most bytes to take: where candidates need more, they are read again and again instead.
    """

    candidates: str
    users: str | None
    streamers: str | None
    k: int | None
    capacity: int | None
    whale_share: float | None
    whale_threshold: float | None
    all_whales: bool
    fill: Fill
    tolerance: float
    memory: int | None = None


@dataclass(frozen=True, eq=False)
class _Sides:
    users: SideTable
    streamers: SideTable


def allocate_files(request: Request, output: str, bar: Bar) -> dict[str, Any]:
    """Allocate candidates in Parquet, and write the result.

    Parameters
    ----------
    request : Request
    output : str
        Directory to make; it is there once it is whole.
    bar : callable
        Makes the progress bar of a step, of a name and a total.

    Returns
    -------
    dict
        What the manifest says.

    Raises
    ------
    solver.InputError
        With file and row group where data are at fault.
    OSError
        Where the result cannot be written.
    """
    timings = Timings()
    with ThreadPoolExecutor(cores()) as pool, whole_directory(output) as directory:
        groups = row_groups(partitions(request.candidates, "candidates"), pool)
        sides = _sides(request, groups)
        whales = _whales(request, sides.users)
        with bar("read", len(groups)) as progress:
            pairs = gather(groups, sides.users.side, sides.streamers.side, pool, progress)
        timings.ended("read")
        problem = Problem(
            pairs,
            whales=whales,
            whale_cap=_cap(request.k, sides.streamers, "k"),
            capacity=_cap(request.capacity, sides.streamers, "capacity"),
        )
        allocation = allocate(
            problem, fill=request.fill, tolerance=request.tolerance, on_step=timings.ended
        )
        with bar("write", -(-problem.n_users // PARTITION)) as progress:
            written = write_partitions(
                directory,
                _outcomes(problem, allocation),
                sides.users.side,
                sides.streamers.side,
                allocation.shadow_prices,
                pool,
                progress,
            )
        write_prices(directory, sides.streamers.side, allocation.shadow_prices)
        timings.ended("write")
        rest = {
            "mode": "in memory",
            "streamers": problem.n_streamers,
            "pairs": problem.n_pairs,
            "row_groups": len(groups),
            "fill": request.fill,
            "tolerance": request.tolerance,
            "timings_ms": timings.total(),
            "peak_memory_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        }
        tallied = _tallied(problem, allocation)
        return write_manifest(directory, allocation.certificate, tallied, written, rest)


def _sides(request: Request, groups: list[RowGroup]) -> _Sides:
    users, streamers = request.users, request.streamers
    return _Sides(
        SideTable(side_of_pairs(groups, "user"), {})
        if users is None
        else read_side(users, "user", ("wealth", "whale"), "users"),
        SideTable(side_of_pairs(groups, "streamer"), {})
        if streamers is None
        else read_side(streamers, "streamer", ("capacity", "k"), "capacity"),
    )


def _whales(request: Request, users: SideTable) -> NDArray[np.bool_]:
    """Return who is a whale: all, by share or threshold of wealth, as the table says, or 1 %."""
    columns, share = users.columns, request.whale_share
    if request.all_whales:
        return np.ones(users.side.count, dtype=np.bool_)
    if share is None and request.whale_threshold is None:
        if "whale" in columns:
            return columns["whale"]
        share = 0.01
    if "wealth" not in columns:
        raise InputError(
            "users",
            "Expected the column wealth, or whale, in the table of users, or --all-whales; "
            "got none of them.",
        )
    if share is None:
        return np.asarray(columns["wealth"] >= np.float64(request.whale_threshold or 0.0))
    if not 0 < share <= 1:
        raise InputError("whale_share", f"Expected whale_share above 0, at most 1; got {share}.")
    return wealthiest(columns["wealth"], share)


def _cap(given: int | None, streamers: SideTable, name: str) -> Any:
    """Return a cap for all, or one for each; without any, a streamer takes any number."""
    if given is not None:
        return given
    unbounded = None if name == "capacity" else np.iinfo(np.int32).max
    return streamers.columns.get(name, unbounded)


def _outcomes(problem: Problem, allocation: Allocation) -> Iterator[Outcome]:
    """Yield the allocation piece by piece, one a partition."""
    for first in range(0, problem.n_users, PARTITION):
        streamer = allocation.streamer[first : first + PARTITION]
        users = np.arange(first, first + len(streamer))
        ev = problem.ev_at(users, streamer)
        yield Outcome(first, streamer, ev, problem.whales[first : first + PARTITION])


def _tallied(problem: Problem, allocation: Allocation) -> Tallied:
    placed = allocation.streamer >= 0
    return Tallied(
        users=problem.n_users,
        whales=int(np.count_nonzero(problem.whales)),
        allocated_whales=int(np.count_nonzero(placed & problem.whales)),
        allocated_normal=int(np.count_nonzero(placed & ~problem.whales)),
        whale_objective=allocation.whale_objective,
        normal_objective=allocation.normal_objective,
    )
