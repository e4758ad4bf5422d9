"""Partitions in the memory of Dask's workers: work on each, sums by a tree, bytes counted."""

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
"""Results that a node of the tree sums."""

_ANYWHERE = {
    "distributed.admin.large-graph-warning-threshold": "1TB",  # ids of users go out once
}
_LOCAL = {
    "distributed.scheduler.worker-ttl": None,  # who computes for long is not lost
    "distributed.scheduler.work-stealing": False,  # work goes to partitions, not they to it
}


@contextmanager
def connect_client(scheduler: str | None, workers: int | None) -> Iterator[Any]:
    """Yield a Dask client: of a scheduler, or of as many workers on this machine.

    Parameters
    ----------
    scheduler : str, optional
        As tcp://host:8786.
    workers : int, optional
        Processes to start where there is no scheduler, ≥ 1.

    Raises
    ------
    solver.InputError
        Where Dask is not installed, no scheduler answers, or work kills whoever does it.
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
                with _client_of(scheduler) as client:
                    yield client
    except KilledWorker as error:
        raise InputError(
            "scheduler",
            Message("workers_killed", workers=error.allowed_failures + 1),
        ) from error


def _client_of(scheduler: str) -> Any:
    from distributed import Client

    try:
        return Client(scheduler, timeout="10s")
    except (OSError, ValueError) as error:
        raise InputError("scheduler", Message("scheduler_silent", address=scheduler)) from error


@contextmanager
def local_cluster(workers: int) -> Iterator[Any]:
    """Yield a scheduler with worker processes on this machine, a thread each."""
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
    """Hold an interrupt back until the end; processes that are started within never get one.

    Ctrl-C goes to every process of a terminal. Workers are closed by the process that started
    them, which must not be left halfway in starting or closing them. For the main thread.
    """
    resource_tracker.ensure_running()  # it would unblock what is blocked when it starts
    held: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: held.append(number))
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # processes inherit what is blocked
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        signal.signal(signal.SIGINT, before)
        if held:
            raise KeyboardInterrupt


class Cluster:
    """Partitions that stay where they are, and the tasks on them.

    A worker that is lost takes its results with it; Dask makes them again from Parquet, for every
    task is a pure function of its arguments.

    Parameters
    ----------
    client : distributed.Client
    shares : sequence of Share
        One a partition.
    """

    def __init__(self, client: Any, shares: Sequence[Share]) -> None:
        client.wait_for_workers(1)
        self._client, self._sent = client, 0
        self._workers: set[str] = set()
        self._homes: list[list[str]] = [[] for _ in shares]
        self.parts = [self.submit(load, self.submit(pass_through, share)) for share in shares]
        self._read()

    def submit(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Return the future of a task on some worker."""
        return self._client.submit(work, *arguments, pure=False)

    def each(self, work: Callable[..., Any], *arguments: Any) -> list[Any]:
        """Return the futures of the same work on every partition, each where that is."""
        return self.map_partitions(work, *([each] * len(self.parts) for each in arguments))

    def map_partitions(self, work: Callable[..., Any], *lists: Sequence[Any]) -> list[Any]:
        """Return the futures of work on every partition and on what each list has for it."""
        return [
            self.submit_to(index, work, *each)
            for index, each in enumerate(zip(*lists, strict=True))
        ]

    def submit_to(self, index: int, work: Callable[..., Any], *arguments: Any) -> Any:
        """Return the future of work on one partition, where that is as long as it is there."""
        return self._client.submit(
            work,
            self.parts[index],
            *arguments,
            pure=False,
            workers=self._homes[index] or None,
            allow_other_workers=bool(self._homes[index]),
        )

    def sum(self, futures: Sequence[Any]) -> Any:
        """Return the future of a sum, by a tree, in an order that is always the same."""
        level = list(futures)
        while len(level) > 1:
            level = [
                self.submit(add_all, level[start : start + FAN_IN])
                for start in range(0, len(level), FAN_IN)
            ]
        return level[0]

    def gather_results(self, futures: Sequence[Any]) -> list[Any]:
        """Return what futures hold, here; a failure is raised once none is under way."""
        from distributed import wait

        wait(futures)
        results: list[Any] = self._client.gather(list(futures))
        return results

    def sent(self) -> int:
        """Return how many bytes workers sent each other since the last call."""
        by_worker = self._client.run(_bytes_sent, on_error="ignore")
        if set(by_worker) != self._workers:
            self._find()
        before, self._sent = self._sent, sum(by_worker.values())
        return max(0, self._sent - before)  # a worker that was lost no longer counts

    def _read(self) -> None:
        """Wait until all partitions are read; the first that is refused, in order, is raised."""
        from distributed import wait

        wait(self.parts)
        for part in self.parts:
            if part.status == "error":
                part.result()
        self._find()

    def _find(self) -> None:
        """Look where partitions are: again where workers came or went."""
        self._workers = set(self._client.nthreads())
        holders = self._client.who_has(self.parts)
        self._homes = [list(holders.get(part.key, ())) for part in self.parts]


def _bytes_sent(dask_worker: Any) -> int:
    sent: int = dask_worker.transfer_outgoing_bytes_total
    return sent
