"""Word that something has changed, for those who would otherwise ask again and again."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class News:
    """What tells everybody who listens that there is something new, though not what."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def tell(self) -> None:
        """Wake everybody who listens."""
        self._next.set()
        self._next = asyncio.Event()

    def listen(self) -> Listening:
        """Return what hears of all news from now on: to be called before looking at what is."""
        return Listening(self._next)


class Listening:
    """Somebody who waits for news."""

    def __init__(self, event: asyncio.Event) -> None:
        self._event = event

    async def heard(self, seconds: float) -> None:
        """Wait for news, but not longer than `seconds`."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), seconds)
