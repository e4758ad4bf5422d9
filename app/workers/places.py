"""A semaphore with a bounded queue that keys share fairly."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.access.keys import KeyCounts

from .fair_queue import FairQueue


class Places:
    """A limit on concurrent calls of one kind, so that they never use all processes.

    Parameters
    ----------
    number : int
        Maximum number of concurrent calls.
    max_queue : int
        Maximum number of waiting calls. Further ones are refused.
    shared : bool
        Whether several keys share the queue.
    """

    def __init__(self, number: int, max_queue: int, *, shared: bool = False) -> None:
        self._free = number
        self._queue: FairQueue[None] = FairQueue(max_queue, shared=shared)
        self._active = KeyCounts()

    @asynccontextmanager
    async def acquire(self, key: str = "") -> AsyncIterator[None]:
        """Wait for a place and hold it while the context is open.

        Raises
        ------
        QueueFullError
            If the call has to wait and the queue has no room for it.
        """
        if self._free:
            self._free -= 1
        else:
            await self._queue.wait(key, self._give_back)
        try:
            with self._active.count(key):
                yield
        finally:
            self._give_back()

    def _give_back(self, _: None = None) -> None:
        if not self._queue.give(None, self._active):
            self._free += 1
