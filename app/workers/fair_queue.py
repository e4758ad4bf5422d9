"""A bounded queue of calls that keys share fairly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from app.errors.problem_details import MessageError
from messages import Message

Resource = TypeVar("Resource")


class QueueFullError(MessageError):
    """The queue is full, or the key has used its share of it."""


def expect_room(max_queue: int, waiting: int, own: int, *, shared: bool, kind: str) -> None:
    """Refuse another entry if the queue is full, or if its key has used its share.

    In a shared queue, each key may take at most half of the places that other keys leave. So all
    keys together never fill the queue for a new key.

    Parameters
    ----------
    max_queue : int
        Maximum number of entries.
    waiting, own : int
        Number of entries, and of entries of the same key.
    shared : bool
        Whether several keys share the queue.
    kind : {"requests", "experiments"}
        What the entries are.

    Raises
    ------
    QueueFullError
    """
    if waiting >= max_queue:
        raise QueueFullError(Message("queue_full", waiting=kind, most=max_queue))
    if shared and own >= max_queue - waiting:
        raise QueueFullError(Message("queue_share_used", waiting=kind, own=own, most=max_queue))


class FairQueue(Generic[Resource]):
    """Calls that wait for a resource.

    Parameters
    ----------
    max_queue : int
        Maximum number of waiting calls.
    shared : bool
        Whether several keys share the queue.
    """

    def __init__(self, max_queue: int, *, shared: bool = False) -> None:
        self._max_queue = max_queue
        self._shared = shared
        self._waiting: dict[asyncio.Future[Resource], str] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    async def wait(self, key: str, give_back: Callable[[Resource], None]) -> Resource:
        """Wait for a resource.

        Parameters
        ----------
        key : str
        give_back : callable
            Called with the resource if it arrives while the call is being cancelled.

        Raises
        ------
        QueueFullError
            If there is no room for the call.
        """
        own = sum(each == key for each in self._waiting.values())
        expect_room(self._max_queue, len(self), own, shared=self._shared, kind="requests")
        place: asyncio.Future[Resource] = asyncio.get_running_loop().create_future()
        self._waiting[place] = key
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.exception() is None:
                give_back(place.result())
            raise
        finally:
            self._waiting.pop(place, None)

    def give(self, resource: Resource, active: Mapping[str, int]) -> bool:
        """Give a resource to the next call; return whether any call waited.

        The key with the fewest active calls is served first, and its oldest call.

        Parameters
        ----------
        resource : Resource
        active : mapping of str to int
            Number of active calls of each key.
        """
        places = [place for place in self._waiting if not place.done()]  # others are cancelled
        if not places:
            return False
        first = min(places, key=lambda place: active[self._waiting[place]])
        del self._waiting[first]
        first.set_result(resource)
        return True

    def fail(self, error: Exception) -> None:
        """Raise an error in all waiting calls."""
        for place in self._waiting:
            if not place.done():
                place.set_exception(error)
