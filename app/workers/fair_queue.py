"""Who waits for a process: few, and of no key so many that another finds no place."""

from __future__ import annotations

from asyncio import Future
from collections import Counter
from collections.abc import Mapping
from typing import Generic, TypeVar

from app.errors.problem_details import MessageError
from messages import Message

Given = TypeVar("Given")


class QueueFullError(MessageError):
    """As many calls wait already as may."""


def expect_room(most: int, waiting: int, of_the_key: int, *, several: bool, waits: str) -> None:
    """Refuse one more that would wait, where it is one too many.

    Where several keys are known, each may take at most half of the places that others leave: all
    together never fill the queue for who comes next.

    Parameters
    ----------
    most : int
        That may wait.
    waiting, of_the_key : int
        How many do, and how many of them are of the same key.
    several : bool
        Whether several keys are known.
    waits : {"requests", "experiments"}
        What waits.

    Raises
    ------
    QueueFullError
    """
    if waiting >= most:
        raise QueueFullError(Message("queue_full", waiting=waits, most=most))
    if several and of_the_key >= most - waiting:
        raise QueueFullError(Message("queue_share_used", waiting=waits, own=of_the_key, most=most))


class FairQueue(Generic[Given]):
    """Calls that wait for what is given to one of them at a time.

    Parameters
    ----------
    most : int
        Calls that may wait.
    shared : bool
        Whether several keys share it.
    """

    def __init__(self, most: int, *, shared: bool = False) -> None:
        self._most = most
        self._shared = shared
        self._places: dict[Future[Given], str] = {}

    def __len__(self) -> int:
        return len(self._places)

    def expect_room(self, key: str) -> None:
        """Refuse a call of a key that would be one too many.

        Raises
        ------
        QueueFullError
        """
        own = sum(each == key for each in self._places.values())
        expect_room(self._most, len(self), own, several=self._shared, waits="requests")

    def add(self, place: Future[Given], key: str) -> None:
        """Let a call of a key wait."""
        self._places[place] = key

    def remove(self, place: Future[Given]) -> None:
        """Let a call wait no longer."""
        self._places.pop(place, None)

    def give(self, what: Given, has: Mapping[str, int]) -> bool:
        """Give something to whose turn it is; return whether anybody waited.

        First comes a key that has least, then whoever came first.

        Parameters
        ----------
        what : Given
        has : mapping of str to int
            How much each key has already.
        """
        waits = [place for place in self._places if not place.done()]  # others are about to leave
        if not waits:
            return False
        first = min(waits, key=lambda place: has[self._places[place]])
        self.remove(first)
        first.set_result(what)
        return True

    def fail(self, error: Exception) -> None:
        """Let nobody wait any longer."""
        for place in self._places:
            if not place.done():
                place.set_exception(error)


class Held(Counter[str]):
    """How much each key has."""

    def give_back(self, key: str) -> None:
        """Count one less."""
        self[key] -= 1
        if not self[key]:
            del self[key]
