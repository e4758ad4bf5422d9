"""The experiments as routes use them: submit, wait, cancel, delete."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from app.errors.problem_details import RefusalError
from app.settings import Settings
from app.workers.pool import Pool, PoolClosedError
from messages import Message
from solver import InputError

from .change_signal import ChangeSignal
from .database import OF_REQUESTS, OF_THE_PROBE, OF_THE_RUNNER, connect
from .database_threads import DatabaseThreads, Result
from .leases import Leases
from .probe import Probe
from .records import EVERYTHING, Experiment, Submission, Viewer
from .retention import Retention
from .runner import MOST_RUNNING, Database, Runner
from .store import KeyReusedError, Store, StoreFullError

POLL_SECONDS = 0.5
"""Interval at which experiments are read that another replica may be running."""

_RETRY_AFTER = "5"

_THREADS = 8
"""Number of threads for requests that read the database, and for those that write."""

_DATABASE_SECONDS = 30.0
"""Time limit of a request's call of the database."""


@dataclass(frozen=True)
class ExperimentQueue:
    """The experiments of the database and their runner.

    Parameters
    ----------
    store : Store
    runner : Runner
    changes : ChangeSignal
        Notified whenever this replica commits a change.
    probe : Probe
    settings : Settings
    stopping : asyncio.Event
        Set when requests must stop waiting for experiments.
    readers, writers : DatabaseThreads
        Threads of requests. Reading calls do not wait for a lock behind writing ones.
    large_inputs : asyncio.Lock
        Held while a large input is written: one at a time.
    """

    store: Store
    runner: Runner
    changes: ChangeSignal
    probe: Probe
    settings: Settings
    stopping: asyncio.Event
    readers: DatabaseThreads
    writers: DatabaseThreads
    large_inputs: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Call a reading method of the store in a thread and return its result.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError
            If the database fails or does not answer in time.
        """
        return await self.readers.call(function, *arguments)

    async def submit(self, submission: Submission) -> Experiment:
        """Queue an experiment, or return the first one with its idempotency key.

        Raises
        ------
        RefusalError
            503 if the queue is full.
        solver.InputError
            If the idempotency key was used for another request.
        """
        # Several large inputs at once would block other writers until these time out.
        turn = self.large_inputs if isinstance(submission.body, Path) else nullcontext()
        try:
            async with turn:
                experiment, _ = await self.writers.call(
                    self.store.submit,
                    submission,
                    self.settings.max_queue,
                    self.settings.max_database_bytes,
                    self.settings.has_several_keys,
                )
        except StoreFullError as error:
            headers = {"Retry-After": _RETRY_AFTER}
            raise RefusalError("queue-full", error.message, headers) from error
        except KeyReusedError as error:
            raise InputError(
                "Idempotency-Key",
                Message("idempotency_key_reused"),
                code="idempotency-key-reused",
            ) from error
        self.runner.wake()
        self.changes.notify()
        return experiment

    async def get(self, id_: str, viewer: Viewer = EVERYTHING) -> Experiment:
        """Return an experiment.

        Raises
        ------
        RefusalError
            404 if it does not exist or the viewer may not see it.
        """
        experiment = await self.call(self.store.get, id_, viewer)
        if experiment is None:
            raise RefusalError("unknown-experiment", Message("unknown_experiment", id=id_[:60]))
        return experiment

    async def wait_for_end(self, submission: Submission, experiment: Experiment) -> Experiment:
        """Wait until an experiment has ended.

        If another client with the same idempotency key disconnected, which cancelled the
        experiment, it is queued again.

        Raises
        ------
        PoolClosedError
            If the service ends before.
        """
        while not self.stopping.is_set():
            subscription = self.changes.subscribe()
            present = await self.get(experiment.id)
            if present.state == "cancelled" and present.abandoned:
                await self.submit(submission)
            elif present.is_final:
                return present
            await subscription.wait(POLL_SECONDS)
        raise PoolClosedError

    def stop_waiting(self) -> None:
        """Make all calls of `wait_for_end` raise: the service is about to end."""
        self.stopping.set()
        self.changes.notify()

    async def cancel(self, experiment: Experiment, *, only_attended: bool = False) -> bool:
        """Cancel an experiment and its work here; return whether it had not ended before."""
        cancel = partial(self.store.cancel, only_attended=only_attended)
        is_cancelled = await self.writers.call(cancel, experiment.number)
        if is_cancelled:
            await self.runner.drop(experiment.number)
            self.changes.notify()
        return is_cancelled

    async def label(self, experiment: Experiment, labels: Mapping[str, str | None]) -> Experiment:
        """Give an experiment a name or a note, or remove them; return it as it is then."""
        await self.writers.call(self.store.label, experiment.number, labels)
        return await self.get(experiment.id)

    async def delete(self, experiment: Experiment) -> None:
        """Delete an experiment that has ended."""
        await self.writers.call(self.store.delete, experiment.number)
        self.runner.request_clean_up()


@asynccontextmanager
async def experiment_queue(
    settings: Settings, ready: asyncio.Event
) -> AsyncIterator[ExperimentQueue]:
    """Yield the experiments of the database and run them in processes of low priority.

    The processes start once `ready` is set.

    Raises
    ------
    database_tables.NewerDatabaseError
        If a later version of the service created the tables.
    solver.InputError
        If the URL of the database is invalid.
    """
    of_requests, of_the_runner, of_the_probe = (
        connect(_url(settings), settings.data_directory, limits)
        for limits in (OF_REQUESTS, OF_THE_RUNNER, OF_THE_PROBE)
    )
    store, runner_store, changes = Store(of_requests), Store(of_the_runner), ChangeSignal()
    with suppress(SQLAlchemyError):  # not available yet: the runner tries again
        await asyncio.to_thread(store.prepare)
    pool = Pool(
        settings.processes,
        MOST_RUNNING * settings.processes,
        niceness=10,
        after=ready,
        setting="WHALE_MAX_STEP_SECONDS",
    )
    database = Database(runner_store, Leases(of_the_runner), Retention(of_the_runner))
    runner = Runner(database, pool, settings, changes)
    probe = Probe(of_the_probe)
    readers, writers = (DatabaseThreads(_THREADS, _DATABASE_SECONDS) for _ in range(2))
    try:
        yield ExperimentQueue(
            store, runner, changes, probe, settings, asyncio.Event(), readers, writers
        )
    finally:
        await runner.close()
        pool.close()
        await pool.wait_closed()
        readers.close()
        writers.close()
        probe.close()
        runner_store.close()
        store.close()


def _url(settings: Settings) -> str | None:
    return None if settings.database_url is None else settings.database_url.get_secret_value()
