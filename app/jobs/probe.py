"""A check whether the database can be written to."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine, select, update
from sqlalchemy.exc import SQLAlchemyError

from app.errors.database import DatabaseFault, find_fault

from .database import now
from .database_tables import PROBE

_WAIT_SECONDS = 1.5
"""Longest wait for the database."""

_CACHE_SECONDS = 1.0
"""How long a success is cached: the probe writes at most once per second."""


class Probe:
    """Checks whether the database can be written to by writing to it.

    It has its own thread and connection and runs one check at a time. If the database hangs, later
    callers wait for the same check.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        With the time limits `OF_THE_PROBE`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, "probe")
        self._check: asyncio.Future[DatabaseFault | None] | None = None
        self._cached_until = 0.0

    async def find_fault(self) -> DatabaseFault | None:
        """Return why the database cannot be written to, or None if it can."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._cached_until:
            return None
        if self._check is None or self._check.done():
            self._check = loop.run_in_executor(self._thread, write, self._engine)
        await asyncio.wait((self._check,), timeout=_WAIT_SECONDS)
        if not self._check.done():
            return "silent"
        fault = self._check.result()
        if fault is None:
            self._cached_until = loop.time() + _CACHE_SECONDS
        return fault

    def close(self) -> None:
        """Stop the thread and close the connections."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._engine.dispose()


def write(engine: Engine) -> DatabaseFault | None:
    """Write to the database; return why that failed, or None if it succeeded."""
    # A row that another replica has locked for writing counts as writable: skip it.
    unlocked = select(PROBE.c.number).with_for_update(skip_locked=True).scalar_subquery()
    change = update(PROBE).where(PROBE.c.number == unlocked).values(written=now())
    try:
        with engine.begin() as connection:
            connection.execute(change)
    except SQLAlchemyError as error:
        return find_fault(error)
    return None
