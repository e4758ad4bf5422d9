"""How long each step of a request took."""

from __future__ import annotations

import time
from collections.abc import Mapping


class Timings:
    """A stopwatch with named laps: it runs from its making.

    Its clock is the machine's, so that laps can begin in one process and end in another.
    """

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = {}
        self._start = self._lap_start = time.perf_counter()

    def record(self, step: str) -> None:
        """Note that `step` has ended, and begin the next."""
        now = time.perf_counter()
        self.milliseconds[step] = _milliseconds(now - self._lap_start)
        self._lap_start = now

    def total(self) -> dict[str, float]:
        """Return the laps, and the time since the first began."""
        return self.milliseconds | {"total": milliseconds_since(self._start)}


def server_timing(milliseconds: Mapping[str, float]) -> str:
    """Return steps as the header Server-Timing has them."""
    return ", ".join(f"{step};dur={taken}" for step, taken in milliseconds.items())


def milliseconds_since(begun: float) -> float:
    """Return the time since a moment of ``time.perf_counter``."""
    return _milliseconds(time.perf_counter() - begun)


def _milliseconds(seconds: float) -> float:
    return round(1000 * seconds, 3)
