"""A signal that something has changed, for tasks that would otherwise poll."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class ChangeSignal:
    """Wakes every subscriber when something has changed."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def notify(self) -> None:
        """Wake all subscribers."""
        self._next.set()
        self._next = asyncio.Event()

    def subscribe(self) -> Subscription:
        """Return a subscription to all changes from now on; subscribe before reading the state."""
        return Subscription(self._next)


class Subscription:
    """One subscriber's wait for the next change."""

    def __init__(self, event: asyncio.Event) -> None:
        self._event = event

    async def wait(self, seconds: float) -> None:
        """Wait for a change, but no longer than `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
