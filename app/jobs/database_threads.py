"""Threads that wait for the database, so that nothing else does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

Result = TypeVar("Result")


class DatabaseSilentError(SQLAlchemyError):
    """The database did not answer in time."""


class DatabaseThreads:
    """Threads of their own for calls that block until the database answers.

    Parameters
    ----------
    number : int
        Calls that run at once; others wait for a thread.
    seconds : float
        Longest that a call may take, with the waiting.
    """

    def __init__(self, number: int, seconds: float) -> None:
        self._threads = ThreadPoolExecutor(number, "database")
        self._seconds = seconds

    async def call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Return what a function returns that waits for the database.

        Raises
        ------
        DatabaseSilentError
            When it takes longer; a call that has not begun by then never does.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._seconds):
                return await loop.run_in_executor(self._threads, function, *arguments)
        except TimeoutError as error:
            raise DatabaseSilentError("The database does not answer.") from error

    def close(self) -> None:
        """Take no more calls; those that have not begun never do."""
        self._threads.shutdown(wait=False, cancel_futures=True)
