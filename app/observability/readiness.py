"""Whether the service is ready for traffic."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from messages import Message

Check = Callable[[], Awaitable[bool | Message]]

_SECONDS = 1.8
"""Longest that a check may take: whoever asks has an answer within two seconds."""


class Readiness:
    """What must hold before traffic comes, and whether the service is about to end."""

    def __init__(self) -> None:
        self.draining = False
        self._checks: list[tuple[Callable[[], Message], Check]] = []

    def expect(self, what: Callable[[], Message], check: Check) -> None:
        """Let the service be ready only while a check holds.

        Parameters
        ----------
        what : callable
            Returns what the service waits for.
        check : callable
            Its result is awaited: True if it holds, False if not, or a message that says why
            not, instead of `what`. What it raises counts as a no, and so does no answer in time.
        """
        self._checks.append((what, check))

    async def missing(self) -> list[Message]:
        """Return what does not hold."""
        if self.draining:
            return [Message("shutting_down")]
        checks = await asyncio.gather(*(_missing(*each) for each in self._checks))
        return [each for each in checks if each is not None]


async def _missing(what: Callable[[], Message], check: Check) -> Message | None:
    """Return what does not hold, if it does not."""
    try:
        async with asyncio.timeout(_SECONDS):
            held = await check()
    except Exception:  # whatever it is: a database that is away says so in many ways
        held = False
    if isinstance(held, Message):
        return held
    return None if held else what()
