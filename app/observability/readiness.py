"""Whether the service is ready for traffic."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from messages import Message

Check = Callable[[], Awaitable[bool | Message]]

_CHECK_SECONDS = 1.8
"""Time limit of a check: /readyz answers within two seconds."""


class Readiness:
    """The checks that the service must pass before it receives traffic.

    Attributes
    ----------
    draining : bool
        Whether the service is shutting down.
    """

    def __init__(self) -> None:
        self.draining = False
        self._checks: list[tuple[Callable[[], Message], Check]] = []

    def add_check(self, reason: Callable[[], Message], check: Check) -> None:
        """Add a check that the service must pass to be ready.

        Parameters
        ----------
        reason : callable
            Returns why the service is not ready if the check fails.
        check : coroutine function
            Returns True if the check passes, False if it fails, or a message that replaces
            `reason`. An exception or a timeout counts as a failure.
        """
        self._checks.append((reason, check))

    async def find_reasons(self) -> list[Message]:
        """Return the reasons why the service is not ready. The list is empty if it is."""
        if self.draining:
            return [Message("shutting_down")]
        reasons = await asyncio.gather(*(_run_check(*each) for each in self._checks))
        return [each for each in reasons if each is not None]


async def _run_check(reason: Callable[[], Message], check: Check) -> Message | None:
    """Return why a check fails, or None if it passes."""
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            result = await check()
    except Exception:  # database drivers raise many types
        result = False
    if isinstance(result, Message):
        return result
    return None if result else reason()
