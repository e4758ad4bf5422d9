"""Times, memory, and what they must reach."""

from __future__ import annotations

import ctypes
import math
import statistics
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from solver import Allocation, warm_up

CLOSE = 1e-6
"""How far totals may be apart, relative: OR-Tools' costs are whole numbers."""

Call = Callable[[], object]


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    Parameters
    ----------
    what : str
    value : float
    unit : str
    at_least, at_most : float, optional
        What the value must reach, if anything.
    """

    what: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None

    def line(self, case: str) -> str:
        """Return the figure as a row of Markdown."""
        goal, reached = "", ""
        if self.at_least is not None:
            goal = f"≥ {self.at_least:g} {self.unit}"
            reached = "yes" if self.value >= self.at_least else "**no**"
        if self.at_most is not None:
            goal = f"≤ {self.at_most:g} {self.unit}"
            reached = "yes" if self.value <= self.at_most else "**no**"
        value = f"{_three_digits(self.value)} {self.unit}"
        return f"| {case} | {self.what} | {value} | {goal} | {reached} |"


def _three_digits(value: float) -> str:
    whole = math.floor(math.log10(value)) if value > 0 else 0
    return f"{value:,.{max(0, 2 - whole)}f}"


def race(calls: Mapping[str, Call], repeats: int = 5) -> dict[str, float]:
    """Time calls side by side.

    Parameters
    ----------
    calls : mapping of str to callable
        What returns a float returns a total EV; these are checked to be equal.
    repeats : int
        Every call is made once in each.

    Returns
    -------
    dict of str to float
        Median wall-clock times, seconds.
    """
    taken: dict[str, list[float]] = {name: [] for name in calls}
    totals: dict[str, float] = {}
    for _ in range(repeats):
        for name, call in calls.items():
            start = time.perf_counter()
            returned = call()
            taken[name].append(time.perf_counter() - start)
            if isinstance(returned, float):
                totals[name] = returned
    if totals and max(totals.values()) - min(totals.values()) > CLOSE * max(totals.values()):
        raise SystemExit(f"Expected one total EV; got {totals}.")
    return {name: statistics.median(each) for name, each in taken.items()}


def proven(result: Allocation, tolerance: float = 0.0) -> float:
    """Return the total EV of an allocation that is certified: optimal, or within a relative gap."""
    certificate = result.certificate
    if not certificate.proven_optimal and not certificate.gap <= tolerance * result.objective:
        raise SystemExit(f"An allocation was not proven: its gap is {certificate.gap}.")
    return result.objective


def extra_memory(make: Callable[[], Call]) -> float:
    """Return how far the process's peak rises while what `make` returns is called, bytes.

    Measured on Linux, in a process of its own; `make` must be known by name in its module.
    """
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_extra_memory, make).result()


def _extra_memory(make: Callable[[], Call]) -> float:
    warm_up()
    call = make()
    ctypes.CDLL(None).malloc_trim(0)  # what making it freed must not serve the call
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from here
    before = _resident("VmRSS")
    call()
    return _resident("VmHWM") - before


def _resident(field: str) -> float:
    """Return a figure of this process's memory, bytes."""
    status = Path("/proc/self/status").read_text()
    return 1024.0 * int(status.partition(f"{field}:")[2].split()[0])
