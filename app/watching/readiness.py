"""Whether the service is ready for traffic."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

Check = Callable[[], Awaitable[bool | str]]

_SECONDS = 1.8
"""Longest that a check may take: whoever asks has an answer within two seconds."""


class Readiness:
    """What must hold before traffic comes, and whether the service is about to end."""

    def __init__(self) -> None:
        self.draining = False
        self._checks: list[tuple[str | Callable[[], str], Check]] = []

    def expect(self, what: str | Callable[[], str], check: Check) -> None:
        """Let the service be ready only while a check holds.

        Parameters
        ----------
        what : str or callable
            What it is, or returns that, for whoever asks why the service is not ready.
        check : callable
            Its result is awaited: True if it holds, False if not, or a text that says why not,
            instead of `what`. What it raises counts as a no, and so does no answer in time.
        """
        self._checks.append((what, check))

    async def missing(self) -> list[str]:
        """Return what does not hold."""
        if self.draining:
            return ["the service is shutting down"]
        found = await asyncio.gather(*(_missing(*each) for each in self._checks))
        return [each for each in found if each]


async def _missing(what: str | Callable[[], str], check: Check) -> str:
    """Return what does not hold, or nothing."""
    try:
        async with asyncio.timeout(_SECONDS):
            held = await check()
    except Exception:  # whatever it is: a database that is away says so in many ways
        held = False
    if isinstance(held, str):
        return held
    if held:
        return ""
    return what if isinstance(what, str) else what()
