"""Whether the service is ready for traffic."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

Check = Callable[[], Awaitable[bool]]


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
            Its result is awaited; what it raises counts as a no.
        """
        self._checks.append((what, check))

    async def missing(self) -> list[str]:
        """Return what does not hold."""
        if self.draining:
            return ["the service is shutting down"]
        return [
            what if isinstance(what, str) else what()
            for what, check in self._checks
            if not await _holds(check)
        ]


async def _holds(check: Check) -> bool:
    try:
        return await check()
    except Exception:  # whatever it is: a database that is away says so in many ways
        return False
