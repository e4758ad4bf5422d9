"""Partitions in the memory of Dask workers: tasks on each, sums by a tree, counts of bytes."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import Any

from messages import Message
from solver import InputError

from .shares import Share, load
from .tasks import add_all, pass_through

FAN_IN = 4
"""Number of results that a node of the tree sums."""

_ANYWHERE = {
    "distributed.admin.large-graph-warning-threshold": "1TB",  # the ids of users are sent once
}
_LOCAL = {
    "distributed.scheduler.worker-ttl": None,  # a worker that computes for long is not dead
    "distributed.scheduler.work-stealing": False,  # tasks run where their partition is
}


@contextmanager
def connect_client(scheduler: str | None, workers: int | None) -> Iterator[Any]:
    """Yield a Dask client of a scheduler, or of a local cluster with `workers` processes.

    Parameters
    ----------
    scheduler : str, optional
        Address, such as tcp://host:8786.
    workers : int, optional
        Number of processes to start if there is no scheduler, ≥ 1.

    Raises
    ------
    solver.InputError
        If Dask is not installed, no scheduler answers, or a task kills its workers.
    """
    try:
        import dask
        from distributed import Client, KilledWorker
    except ImportError as error:
        raise InputError("scheduler", Message("dask_missing")) from error
    try:
        with dask.config.set(_ANYWHERE):
            if scheduler is None:
                with local_cluster(workers or 1) as cluster, Client(cluster) as client:
                    yield client
            else:
                with _connect(scheduler) as client:
                    yield client
    except KilledWorker as error:
        raise InputError(
            "scheduler",
            Message("workers_killed", workers=error.allowed_failures + 1),
        ) from error


def _connect(scheduler: str) -> Any:
    from distributed import Client

    try:
        return Client(scheduler, timeout="10s")
    except (OSError, ValueError) as error:
        raise InputError("scheduler", Message("scheduler_silent", address=scheduler)) from error


@contextmanager
def local_cluster(workers: int) -> Iterator[Any]:
    """Yield a local cluster of worker processes with one thread each."""
    import dask
    from distributed import LocalCluster

    with dask.config.set(_LOCAL):
        cluster = None
        try:
            with block_interrupts():
                cluster = LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    dashboard_address=":0",
                    silence_logs=logging.CRITICAL,
                    preload=["app.batch.distributed.preload"],
                )
            yield cluster
        finally:
            if cluster is not None:
                with block_interrupts():
                    cluster.close()


@contextmanager
def block_interrupts() -> Iterator[None]:
    """Delay an interrupt until the end; processes started inside never receive one.

    Ctrl-C reaches every process of a terminal. Workers are closed by the process that started
    them, and starting or closing them must not be interrupted. Use it in the main thread only.
    """
    resource_tracker.ensure_running()  # starting it later would unblock SIGINT
    interrupts: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: interrupts.append(number))
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # child processes inherit the mask
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        signal.signal(signal.SIGINT, before)
        if interrupts:
            raise KeyboardInterrupt


class Cluster:
    """Partitions that stay on their workers, and the tasks on them.

    If a worker is lost, Dask recomputes its results from Parquet, since every task is a pure
    function of its arguments.

    Parameters
    ----------
    client : distributed.Client
    shares : sequence of Share
        One per partition.
    """

    def __init__(self, client: Any, shares: Sequence[Share]) -> None:
        client.wait_for_workers(1)
        self._client, self._sent = client, 0
        self._workers: set[str] = set()
        self._holders: list[list[str]] = [[] for _ in shares]
        self.parts = [self.submit(load, self.submit(pass_through, share)) for share in shares]
        self._read()

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Return the future of a task on some worker."""
        return self._client.submit(work, *arguments, pure=False)

    def each(self, work: Callable[..., Any], *arguments: Any) -> list[Any]:
        """Return the futures of the same task on every partition, each on its worker."""
        return self.map_partitions(work, *([each] * len(self.parts) for each in arguments))

    def map_partitions(self, work: Callable[..., Any], *lists: Sequence[Any]) -> list[Any]:
        """Return the futures of a task on every partition and on its entry of each list."""
        return [
            self.submit_to(index, work, *each)
            for index, each in enumerate(zip(*lists, strict=True))
        ]

    def submit_to(self, index: int, work: Callable[..., Any], *arguments: Any) -> Any:
        """Return the future of a task on one partition, on its worker while that has it."""
        return self._client.submit(
            work,
            self.parts[index],
            *arguments,
            pure=False,
            workers=self._holders[index] or None,
            allow_other_workers=bool(self._holders[index]),
        )

    def sum(self, futures: Sequence[Any]) -> Any:
        """Return the future of a sum by a tree, in a fixed order."""
        level = list(futures)
        while len(level) > 1:
            level = [
                self.submit(add_all, level[start : start + FAN_IN])
                for start in range(0, len(level), FAN_IN)
            ]
        return level[0]

    def gather_results(self, futures: Sequence[Any]) -> list[Any]:
        """Return the results of futures; a failure is raised once all have ended."""
        from distributed import wait

        wait(futures)
        results: list[Any] = self._client.gather(list(futures))
        return results

    def sent(self) -> int:
        """Return the number of bytes that workers sent each other since the last call."""
        by_worker = self._client.run(_bytes_sent, on_error="ignore")
        if set(by_worker) != self._workers:
            self._locate()
        before, self._sent = self._sent, sum(by_worker.values())
        return max(0, self._sent - before)  # bytes of a lost worker no longer count

    def _read(self) -> None:
        """Wait until all partitions are read; raise the error of the first one at fault."""
        from distributed import wait

        wait(self.parts)
        for part in self.parts:
            if part.status == "error":
                part.result()
        self._locate()

    def _locate(self) -> None:
        """Find the workers of the partitions, again whenever workers have joined or left."""
        self._workers = set(self._client.nthreads())
        workers_of = self._client.who_has(self.parts)
        self._holders = [list(workers_of.get(part.key, ())) for part in self.parts]


def _bytes_sent(dask_worker: Any) -> int:
    sent: int = dask_worker.transfer_outgoing_bytes_total
    return sent
