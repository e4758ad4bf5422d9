"""One allocation from Parquet to Parquet."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.observability.timings import Timings
from app.text.shortage import slots_reason, whales_left_out
from messages import Message
from solver import Certificate, Fill, InputError, wealthiest
from solver.kernels import count_cores
from solver.model import Limits, as_caps

from .in_memory import allocate_in_memory
from .out_of_core import allocate_out_of_core
from .parquet.destination import create_directory
from .parquet.disk import Disk
from .parquet.footprint import Footprint
from .parquet.results import (
    PARTITION,
    Counts,
    Outcome,
    write_manifest,
    write_partitions,
    write_prices,
)
from .parquet.row_groups import RowGroup, ev_dtype, row_groups
from .parquet.side_tables import SideTable, as_candidates_come, read_side, side_of_pairs
from .parquet.sides import Side
from .parquet.storage import partitions
from .result import Bar, Result


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


def allocate_files(request: Request, output: str, bar: Bar) -> dict[str, Any]:
    """Allocate candidates in Parquet, and write the result.

    Parameters
    ----------
    request : Request
    output : str
        Path or URL of the directory to make; see `create_directory`.
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
    with create_directory(output) as destination, ThreadPoolExecutor(count_cores()) as pool:
        groups = row_groups(partitions(request.candidates, "candidates"), pool)
        known = read_sides(request, groups)
        result = _solve(request, known, groups, pool, bar, timings)
        with bar("write", -(-known.users.count // PARTITION)) as progress:
            written = write_partitions(
                destination,
                _outcomes(result, known.limits.whales),
                known.users,
                known.streamers,
                result.prices,
                pool,
                progress,
            )
        write_prices(destination, known.streamers, result.prices)
        timings.record("write")
        tallied = _tallied(result, known.limits.whales)
        rest = {
            "mode": result.mode,
            **request_json(request, known, groups, result.certificate),
            "warnings": warn_of_shortage(known, tallied),
            "timings_ms": timings.total(),
            "peak_memory_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
        }
        return write_manifest(destination, result.certificate, tallied, written, rest)


@dataclass(frozen=True, eq=False)
class KnownSides:
    """What is known before candidates are read."""

    users: Side
    streamers: Side
    limits: Limits
    capped: bool


def request_json(
    request: Request, known: KnownSides, groups: list[RowGroup], certificate: Certificate
) -> dict[str, Any]:
    """Return what a manifest says of the input and of the request."""
    return {
        "streamers": known.streamers.count,
        "pairs": sum(each.n_rows for each in groups),
        "row_groups": len(groups),
        "fill": request.fill,
        "tolerance": request.tolerance,
        "tolerance_reached": certificate.is_within(request.tolerance),
    }


def warn_of_shortage(known: KnownSides, tallied: Counts) -> list[Message]:
    """Return a message on the whales that have no streamer, if there are any."""
    left_out = tallied.whales - tallied.allocated_whales
    if not left_out:
        return []
    limits = known.limits
    slots = int(np.minimum(limits.whale_cap, limits.capacity).sum())
    reasons = []
    if slots < tallied.whales:
        reason = slots_reason(limits.whale_cap if known.capped else None, limits.capacity)
        reasons.append((reason, min(left_out, tallied.whales - slots)))
    if slots >= tallied.whales or left_out > tallied.whales - slots:
        others = left_out - sum(each for _, each in reasons)
        reasons.append((Message("no_streamer_with_room"), others))
    return [whales_left_out(left_out, tallied.whales, reasons)]


def read_sides(request: Request, groups: list[RowGroup]) -> KnownSides:
    """Return sides and limits: what is known before candidates are read."""
    users, streamers = _tables(request, groups)
    whales = _whales(request, users)
    n_users, n_streamers = users.side.count, streamers.side.count
    limits = Limits(
        whales,
        as_caps(_cap(request.k, streamers, "k", n_users), "k", n_streamers),
        as_caps(_cap(request.capacity, streamers, "capacity", n_users), "capacity", n_streamers),
        np.zeros(n_streamers, dtype=np.int64),
        np.empty(0),
        1,
    )
    capped = request.k is not None or "k" in streamers.columns
    return KnownSides(users.side, streamers.side, limits, capped)


def _solve(
    request: Request,
    known: KnownSides,
    groups: list[RowGroup],
    pool: Executor,
    bar: Bar,
    timings: Timings,
) -> Result:
    """Allocate in memory, or out of core where candidates need more than is allowed."""
    footprint = Footprint.of(groups, known.users, ev_dtype(groups))
    if request.memory is None or footprint.users + footprint.pairs <= request.memory:
        return allocate_in_memory(
            Disk(groups, known.users, known.streamers, pool, bar),
            known.limits,
            request.fill,
            request.tolerance,
            timings.record,
        )
    if request.fill == "joint":
        raise InputError("fill", Message("fill_joint_unavailable", where="memory"))
    disk = Disk(groups, known.users, known.streamers, pool, bar)
    result = allocate_out_of_core(
        disk, known.limits, request.memory, request.tolerance, request.fill == "greedy"
    )
    timings.record("solve")
    return result


def _tables(request: Request, groups: list[RowGroup]) -> tuple[SideTable, SideTable]:
    users, streamers = request.users, request.streamers
    return (
        SideTable(side_of_pairs(groups, "user"), {})
        if users is None
        else as_candidates_come(read_side(users, "user", ("wealth", "whale"), "users"), groups[0]),
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
            Message("whale_columns_missing"),
        )
    if share is None:
        return np.asarray(columns["wealth"] >= np.float64(request.whale_threshold or 0.0))
    if not 0 < share <= 1:
        raise InputError("whale_share", Message("whale_share_expected", received=str(share)))
    return wealthiest(columns["wealth"], share)


def _cap(cap: int | None, streamers: SideTable, name: str, unbounded: int) -> Any:
    """Return a cap for all, or one for each; without any, a streamer takes any number."""
    return streamers.columns.get(name, unbounded) if cap is None else cap


def _outcomes(result: Result, whales: NDArray[np.bool_]) -> Iterator[Outcome]:
    """Yield the allocation piece by piece, one a partition."""
    for first in range(0, len(whales), PARTITION):
        piece = slice(first, first + PARTITION)
        yield Outcome(first, result.streamer[piece], result.ev(piece), whales[piece])


def _tallied(result: Result, whales: NDArray[np.bool_]) -> Counts:
    placed = result.streamer >= 0
    return Counts(
        users=len(whales),
        whales=int(np.count_nonzero(whales)),
        allocated_whales=int(np.count_nonzero(placed & whales)),
        allocated_normal=int(np.count_nonzero(placed & ~whales)),
        whale_objective=result.whale_objective,
        normal_objective=result.normal_objective,
    )
