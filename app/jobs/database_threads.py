"""Threads for calls that block until the database answers."""

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
    """A pool of threads for calls that block until the database answers.

    Parameters
    ----------
    number : int
        Maximum number of concurrent calls. Further ones wait for a thread.
    seconds : float
        Time limit of a call, with its wait for a thread.
    """

    def __init__(self, number: int, seconds: float) -> None:
        self._threads = ThreadPoolExecutor(number, "database")
        self._seconds = seconds

    async def call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Call a function in a thread and return its result.

        Raises
        ------
        DatabaseSilentError
            If the call exceeds the time limit. If it has not started by then, it never does.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._seconds):
                return await loop.run_in_executor(self._threads, function, *arguments)
        except TimeoutError as error:
            raise DatabaseSilentError("The database does not answer.") from error

    def close(self) -> None:
        """Take no more calls, and drop those that have not started."""
        self._threads.shutdown(wait=False, cancel_futures=True)
