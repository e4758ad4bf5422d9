"""What requests do with experiments: queue them, wait for them, end them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
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
from .store import OtherRequestError, Store, StoreFullError

POLL = 0.5
"""Seconds between looks at an experiment that another replica may be running."""

_SECONDS_TO_RETRY = "5"

_THREADS = 8
"""Requests that read the database at once, and as many that write; others wait for one of them."""

_PATIENCE = 30.0
"""Seconds that a request waits for the database in all."""


@dataclass(frozen=True)
class ExperimentQueue:
    """Experiments as routes see them.

    Parameters
    ----------
    store : Store
    runner : Runner
    changes : ChangeSignal
        Heard whenever this replica commits something.
    probe : Probe
    settings : Settings
    stopping : asyncio.Event
        Set when nobody shall wait any longer.
    readers, writers : DatabaseThreads
        Of requests: those that only read do not wait for a lock behind those that write.
    """

    store: Store
    runner: Runner
    changes: ChangeSignal
    probe: Probe
    settings: Settings
    stopping: asyncio.Event
    readers: DatabaseThreads
    writers: DatabaseThreads
    large: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Return what a method of the store returns that reads the database.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError
            Where the database fails, or does not answer in time.
        """
        return await self.readers.call(function, *arguments)

    async def submit(self, submission: Submission) -> Experiment:
        """Queue an experiment, or return the first one of its idempotency key.

        Raises
        ------
        RefusalError
            503 where the queue is full.
        solver.InputError
            Where the key came with another request before.
        """
        # Large ones take turns here: in the database, they would hold others up until they give up.
        turn = self.large if isinstance(submission.body, Path) else nullcontext()
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
            headers = {"Retry-After": _SECONDS_TO_RETRY}
            raise RefusalError("queue-full", error.message, headers) from error
        except OtherRequestError as error:
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
            404 where there is none, or the viewer may not see it.
        """
        experiment = await self.call(self.store.get, id_, viewer)
        if experiment is None:
            raise RefusalError("unknown-experiment", Message("unknown_experiment", id=id_[:60]))
        return experiment

    async def ended(self, submission: Submission, experiment: Experiment) -> Experiment:
        """Wait until an experiment has ended.

        Where another client of the same key left and took it along, it goes on.

        Raises
        ------
        PoolClosedError
            When the service ends before.
        """
        while not self.stopping.is_set():
            subscription = self.changes.subscribe()
            now = await self.get(experiment.id)
            if now.state == "cancelled" and now.abandoned:
                await self.submit(submission)
            elif now.final:
                return now
            await subscription.wait(POLL)
        raise PoolClosedError

    def stop_waiting(self) -> None:
        """Let nobody wait for the end of an experiment any longer: the service ends first."""
        self.stopping.set()
        self.changes.notify()

    async def cancel(self, experiment: Experiment, *, only_attended: bool = False) -> bool:
        """End an experiment and what works on it here; return whether it had not ended before."""

        def cancel() -> bool:
            return self.store.cancel(experiment.number, only_attended=only_attended)

        cancelled = await self.writers.call(cancel)
        if cancelled:
            await self.runner.drop(experiment.number)
            self.changes.notify()
        return cancelled

    async def delete(self, experiment: Experiment) -> None:
        """Forget an experiment that has ended."""
        await self.writers.call(self.store.delete, experiment.number)
        self.runner.tidy_soon()


@asynccontextmanager
async def experiment_queue(
    settings: Settings, ready: asyncio.Event
) -> AsyncIterator[ExperimentQueue]:
    """Yield the experiments of the database and run them, in processes that stand back.

    The processes start once `ready` is set.

    Raises
    ------
    experiment_tables.NewerDatabaseError
        Where a newer version wrote the database.
    solver.InputError
        Where its address is none.
    """
    of_requests, of_the_runner, of_the_probe = (
        connect(_url(settings), settings.data_directory, limits)
        for limits in (OF_REQUESTS, OF_THE_RUNNER, OF_THE_PROBE)
    )
    store, runners_store, changes = Store(of_requests), Store(of_the_runner), ChangeSignal()
    with suppress(SQLAlchemyError):  # away for now: the runner tries again
        await asyncio.to_thread(store.prepare)
    pool = Pool(
        settings.processes,
        MOST_RUNNING * settings.processes,
        niceness=10,
        after=ready,
        setting="WHALE_MAX_STEP_SECONDS",
    )
    database = Database(runners_store, Leases(of_the_runner), Retention(of_the_runner))
    runner = Runner(database, pool, settings, changes)
    probe = Probe(of_the_probe)
    readers, writers = (DatabaseThreads(_THREADS, _PATIENCE) for _ in range(2))
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
        runners_store.close()
        store.close()


def _url(settings: Settings) -> str | None:
    return None if settings.database_url is None else settings.database_url.get_secret_value()
