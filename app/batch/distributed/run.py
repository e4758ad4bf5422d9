"""One allocation from Parquet to Parquet, by workers that each read and write their own part."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from app.batch.parquet.destination import create_directory
from app.batch.parquet.results import Counts, write_manifest, write_prices
from app.batch.parquet.row_groups import RowGroup, row_groups
from app.batch.parquet.side_tables import extremes
from app.batch.parquet.sides import Side
from app.batch.parquet.storage import partitions
from app.batch.result import Bar
from app.batch.run import KnownSides, Request, read_sides, request_json, warn_of_shortage
from app.observability.timings import Timings
from messages import Message
from solver import InputError
from solver.kernels import count_cores

from .cluster import Cluster, connect_client
from .decomposition import ITERATIONS, Market, Solved
from .shares import Ends, divide_shares, ends_at, ends_of
from .tasks import pass_through, write_partition_of


def allocate_on_workers(
    request: Request, scheduler: str | None, workers: int | None, parts: int | None,
    output: str, bar: Bar,
) -> dict[str, Any]:  # fmt: skip
    """Allocate candidates in Parquet across workers, and have them write the result.

    Parameters
    ----------
    request : Request
        Without a memory budget or fill "joint"; paths that all workers see alike.
    scheduler, workers : as in `connect_client`
    parts : int, optional
        Partitions; by default one for each thread of the workers.
    output : str
        Path or URL of the directory to make, where all workers write; see `create_directory`.
    bar : callable
        Makes the progress bar of a step.

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
    if request.fill == "joint":
        raise InputError("fill", Message("fill_joint_unavailable", where="workers"))
    timings = Timings()
    with create_directory(output) as destination, connect_client(scheduler, workers) as client:
        with ThreadPoolExecutor(count_cores()) as pool:
            groups = row_groups(partitions(request.candidates, "candidates"), pool)
        known = read_sides(request, groups)
        limits, n_pairs = known.limits, sum(each.n_rows for each in groups)
        count = parts or max(1, sum(client.nthreads().values()))
        ends = _ends(client, groups, known.users)
        shares = divide_shares(groups, ends, known.users, known.streamers, limits.whales, count)
        cluster = Cluster(client, shares)
        timings.record("connect")
        with bar("prices", ITERATIONS) as progress:
            market = Market(cluster, limits, request.tolerance, progress)
            solved = market.solve(n_pairs)
            if request.fill == "greedy" and not limits.whales.all():
                solved = market.fill(solved)
        timings.record("solve")
        streamers, prices, place = (
            cluster.submit(pass_through, each)
            for each in (known.streamers, solved.prices, destination)
        )
        entries = cluster.gather_results(
            [
                cluster.submit_to(index, write_partition_of, streamer, streamers, prices, place)
                for index, streamer in enumerate(solved.streamer)
            ]
        )
        write_prices(destination, known.streamers, solved.prices)
        timings.record("write")
        tallied = _tallied(solved, known)
        rest = {
            "mode": "on workers",
            "workers": len(client.nthreads()),
            **request_json(request, known, groups, solved.certificate),
            "warnings": warn_of_shortage(known, tallied),
            "iterations": len(market.prices),
            "steps": market.trace,
            "timings_ms": timings.total(),
        }
        return write_manifest(destination, solved.certificate, tallied, entries, rest)


def _ends(client: Any, groups: Sequence[RowGroup], users: Side) -> list[Ends]:
    """Return the first and the last user of each row group: from statistics, or read by workers."""
    if users.ids is None:
        return [Ends(*extremes(each, "user")) for each in groups]
    pairs = client.gather([client.submit(ends_of, group, pure=False) for group in groups])
    return ends_at(groups, pairs, users)


def _tallied(solved: Solved, known: KnownSides) -> Counts:
    verdict = solved.verdict
    return Counts(
        users=known.users.count,
        whales=int(np.count_nonzero(known.limits.whales)),
        allocated_whales=verdict.whales,
        allocated_normal=verdict.normal,
        whale_objective=verdict.whale_objective,
        normal_objective=verdict.normal_objective,
    )
