"""How long each step of a request took."""

from __future__ import annotations

import time


class Timings:
    """A stopwatch with named laps: it runs from its making."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = {}
        self._lap_start = time.perf_counter()

    def ended(self, step: str) -> None:
        """Note that `step` has ended, and begin the next."""
        now = time.perf_counter()
        self.milliseconds[step] = round(1000 * (now - self._lap_start), 3)
        self._lap_start = now
