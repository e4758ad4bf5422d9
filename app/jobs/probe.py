"""Whether the database can be written to, found out by writing."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine, select, update
from sqlalchemy.exc import SQLAlchemyError

from app.errors.database import DatabaseFault, find_fault

from .database import now
from .database_tables import PROBE

_PATIENCE = 1.5
"""Seconds that whoever asks waits for the database."""

_FRESH = 1.0
"""Seconds that a good answer holds: however many ask, the disk is written to once a second."""


class Probe:
    """Writes to the database when it is asked whether that works.

    It has a thread and a connection of its own, and writes one thing at a time: where the database
    hangs, whoever asks later waits for the same answer.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        Connected with the time limits of the probe.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, "probe")
        self._asked: asyncio.Future[DatabaseFault | None] | None = None
        self._good_until = 0.0

    async def fault(self) -> DatabaseFault | None:
        """Return why the database cannot be written to, None if it can."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._good_until:
            return None
        if self._asked is None or self._asked.done():
            self._asked = loop.run_in_executor(self._thread, write, self._engine)
        await asyncio.wait((self._asked,), timeout=_PATIENCE)
        if not self._asked.done():
            return "silent"
        fault = self._asked.result()
        if fault is None:
            self._good_until = loop.time() + _FRESH
        return fault

    def close(self) -> None:
        """Ask no more."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._engine.dispose()


def write(engine: Engine) -> DatabaseFault | None:
    """Write something; return why that failed, None if it did not."""
    # A row that another replica is writing at the moment can be written to.
    free = select(PROBE.c.number).with_for_update(skip_locked=True).scalar_subquery()
    try:
        with engine.begin() as connection:
            connection.execute(update(PROBE).where(PROBE.c.number == free).values(written=now()))
    except SQLAlchemyError as error:
        return find_fault(error)
    return None
