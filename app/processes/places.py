"""So many calls at a time, and so many that wait for one of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from .pool import QueueFullError


class Places:
    """A limit on work of one kind, so that it never takes all processes.

    Parameters
    ----------
    number : int
        Calls at a time.
    max_queue : int
        Most calls that wait; more are refused.
    """

    def __init__(self, number: int, max_queue: int) -> None:
        self._places = asyncio.Semaphore(number)
        self._max_queue = max_queue
        self.waiting = 0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a place, first come, first served, and keep it meanwhile.

        Raises
        ------
        QueueFullError
            Where as many wait already as may.
        """
        if self._places.locked() and self.waiting >= self._max_queue:
            raise QueueFullError(
                f"Expected at most {self._max_queue:,} requests waiting (WHALE_MAX_QUEUE); "
                "try again in a moment."
            )
        self.waiting += 1
        try:
            await self._places.acquire()
        finally:
            self.waiting -= 1
        try:
            yield
        finally:
            self._places.release()
