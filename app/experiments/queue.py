"""What requests do with experiments: queue them, wait for them, end them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from app.processes.pool import Pool
from app.refusals.details import RefusalError
from app.settings import Settings
from solver import InputError

from .database import connected
from .jobs import MOST_RUNNING, Runner
from .leases import Leases
from .news import News
from .records import Experiment, Submission
from .store import OtherRequestError, Store, StoreFullError

POLL = 0.5
"""Seconds between looks at an experiment that another replica may be running."""

_SECONDS_TO_RETRY = "5"


@dataclass(frozen=True)
class ExperimentQueue:
    """Experiments as routes see them.

    Parameters
    ----------
    store : Store
    runner : Runner
    news : News
        Heard whenever this replica commits something.
    max_queue : int
    """

    store: Store
    runner: Runner
    news: News
    max_queue: int

    async def submit(self, submission: Submission) -> Experiment:
        """Queue an experiment, or return the first one of its idempotency key.

        Raises
        ------
        RefusalError
            503 where the queue is full.
        solver.InputError
            Where the key came with another request before.
        """
        try:
            experiment, _ = await asyncio.to_thread(self.store.submit, submission, self.max_queue)
        except StoreFullError as error:
            headers = {"Retry-After": _SECONDS_TO_RETRY}
            sentence = f"{error} Try again in a moment."
            raise RefusalError("queue-full", sentence, headers) from error
        except OtherRequestError as error:
            raise InputError(
                "Idempotency-Key", str(error), code="idempotency-key-reused"
            ) from error
        self.runner.wake()
        self.news.tell()
        return experiment

    async def get(self, id_: str) -> Experiment:
        """Return an experiment.

        Raises
        ------
        RefusalError
            404 where there is none.
        """
        experiment = await asyncio.to_thread(self.store.get, id_)
        if experiment is None:
            raise RefusalError(
                "unknown-experiment", f"Expected the id of an experiment; there is no {id_[:60]}."
            )
        return experiment

    async def ended(self, submission: Submission, experiment: Experiment) -> Experiment:
        """Wait until an experiment has ended.

        Where another client of the same key left and took it along, it goes on.
        """
        while True:
            listening = self.news.listen()
            now = await self.get(experiment.id)
            if now.state == "cancelled" and now.abandoned:
                await self.submit(submission)
            elif now.final:
                return now
            await listening.heard(POLL)

    async def cancel(self, experiment: Experiment, *, only_attended: bool = False) -> bool:
        """End an experiment and what works on it here; return whether it had not ended before."""

        def cancel() -> bool:
            return self.store.cancel(experiment.number, only_attended=only_attended)

        cancelled = await asyncio.to_thread(cancel)
        if cancelled:
            await self.runner.drop(experiment.number)
            self.news.tell()
        return cancelled

    async def delete(self, experiment: Experiment) -> None:
        """Forget an experiment that has ended."""
        await asyncio.to_thread(self.store.delete, experiment.number)


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
    engine = connected(_url(settings), settings.data_directory)
    store, news = Store(engine), News()
    with suppress(SQLAlchemyError):  # away for now: the runner tries again
        await asyncio.to_thread(store.prepare)
    pool = Pool(settings.processes, MOST_RUNNING * settings.processes, niceness=10, after=ready)
    runner = Runner(store, Leases(engine), pool, settings, news)
    try:
        yield ExperimentQueue(store, runner, news, settings.max_queue)
    finally:
        await runner.close()
        pool.close()
        store.close()


def _url(settings: Settings) -> str | None:
    return None if settings.database_url is None else settings.database_url.get_secret_value()
