"""Durations of the steps of a request."""

from __future__ import annotations

import time
from collections.abc import Mapping


class Timings:
    """A stopwatch with named laps. It starts when it is created.

    It uses the clock of the machine: a lap can begin in one process and end in another.
    """

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = {}
        self._start = self._lap_start = time.perf_counter()

    def record(self, step: str) -> None:
        """Record the duration of `step`, and start the next lap."""
        now = time.perf_counter()
        self.milliseconds[step] = _milliseconds(now - self._lap_start)
        self._lap_start = now

    def total(self) -> dict[str, float]:
        """Return the laps and the total time."""
        return self.milliseconds | {"total": milliseconds_since(self._start)}


def server_timing(milliseconds: Mapping[str, float]) -> str:
    """Return durations as a value of the header Server-Timing."""
    return ", ".join(f"{step};dur={duration}" for step, duration in milliseconds.items())


def milliseconds_since(start: float) -> float:
    """Return the time since `start`, a value of ``time.perf_counter``."""
    return _milliseconds(time.perf_counter() - start)


def _milliseconds(seconds: float) -> float:
    return round(1000 * seconds, 3)
