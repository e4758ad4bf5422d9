"""So many calls at a time, and so many that wait for one of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from .fair_queue import FairQueue, Held


class Places:
    """A limit on work of one kind, so that it never takes all processes.

    Parameters
    ----------
    number : int
        Calls at a time.
    max_queue : int
        Most calls that wait; more are refused.
    shared : bool
        Whether calls are of several keys, of which none shall take all places.
    """

    def __init__(self, number: int, max_queue: int, *, shared: bool = False) -> None:
        self._free = number
        self._waiting: FairQueue[None] = FairQueue(max_queue, shared=shared)
        self._held = Held()

    @asynccontextmanager
    async def place(self, key: str = "") -> AsyncIterator[None]:
        """Wait for a place and keep it meanwhile; keys take turns.

        Raises
        ------
        QueueFullError
            Where it would have to wait and there is no room for it.
        """
        if self._free:
            self._free -= 1
        else:
            await self._turn(key)
        self._held[key] += 1
        try:
            yield
        finally:
            self._held.give_back(key)
            self._give_back()

    async def _turn(self, key: str) -> None:
        self._waiting.expect_room(key)
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(place, key)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._give_back()
            raise
        finally:
            self._waiting.remove(place)

    def _give_back(self) -> None:
        if not self._waiting.give(None, self._held):
            self._free += 1
