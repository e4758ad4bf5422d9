"""One allocation from Parquet to Parquet across workers; each reads and writes its own part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.batch.inputs import Request, read_inputs
from app.batch.parquet.destination import create_directory
from app.batch.parquet.disk import Bar
from app.batch.parquet.results import Counts
from app.batch.parquet.row_groups import RowGroup
from app.batch.parquet.side_tables import extremes
from app.batch.parquet.sides import Side
from app.batch.result import write_result
from app.observability.timings import Timings
from messages import Message
from solver import InputError

from .cluster import Cluster, connect_client
from .decomposition import ITERATIONS, Market
from .shares import Ends, divide_shares, ends_at, ends_of
from .tasks import pass_through, write_partition_of


def allocate_on_workers(
    request: Request, scheduler: str | None, workers: int | None, parts: int | None,
    output: str, bar: Bar,
) -> dict[str, Any]:  # fmt: skip
    """Allocate candidates in Parquet across workers, which also write the result.

    Parameters
    ----------
    request : Request
        Without a memory budget and fill "joint"; its paths must be valid on every worker.
    scheduler, workers : as in `connect_client`
    parts : int, optional
        Partitions; by default one for each thread of the workers.
    output : str
        Path or URL of the directory to create, which all workers can write to; see
        `create_directory`.
    bar : callable
        Returns the progress bar of a step, given its name and total.

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
    if request.fairness is not None:
        raise InputError("fair", Message("fairness_on_workers"))
    if request.fill == "joint":
        raise InputError("fill", Message("fill_joint_unavailable", where="workers"))
    timings = Timings()
    with create_directory(output) as destination, connect_client(scheduler, workers) as client:
        inputs = read_inputs(request)
        limits = inputs.limits
        count = parts or max(1, sum(client.nthreads().values()))
        ends = _ends(client, inputs.groups, inputs.users)
        shares = divide_shares(
            inputs.groups, ends, inputs.users, inputs.streamers, limits.whales, count
        )
        cluster = Cluster(client, shares)
        timings.record("connect")
        with bar(Message("progress_prices"), ITERATIONS) as progress:
            market = Market(cluster, limits, request.tolerance, progress)
            solved = market.solve(inputs.n_pairs)
            if request.fill == "greedy" and not limits.whales.all():
                solved = market.fill(solved)
        timings.record("solve")
        shared = [
            cluster.submit(pass_through, each)
            for each in (inputs.streamers, solved.prices, destination)
        ]
        written = cluster.gather_results(
            [
                cluster.submit_to(index, write_partition_of, assignment, *shared)
                for index, assignment in enumerate(solved.assignment)
            ]
        )
        verdict = solved.verdict
        counts = Counts(
            allocated_whales=verdict.whales,
            allocated_normal=verdict.normal,
            whale_objective=verdict.whale_objective,
            normal_objective=verdict.normal_objective,
        )
        details = {
            "mode": "on workers",
            "workers": len(client.nthreads()),
            "iterations": len(market.prices),
            "steps": market.trace,
        }
        return write_result(
            destination,
            inputs,
            written,
            solved.prices,
            solved.certificate,
            counts,
            details,
            timings,
        )


def _ends(client: Any, groups: Sequence[RowGroup], users: Side) -> list[Ends]:
    """Return the first and the last user of each row group: from statistics, or read by workers."""
    if users.ids is None:
        return [Ends(*extremes(each, "user")) for each in groups]
    pairs = client.gather([client.submit(ends_of, group, pure=False) for group in groups])
    return ends_at(groups, pairs, users)
