"""Compilation of all kernels, once per machine, in parallel and with progress."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from pathlib import Path

import simulator
import solver
from messages import Message
from solver.kernels import is_complete, kernels, kernels_on_disk, mark_complete

from .pool import Pool

_NICENESS = 5
"""Niceness of the compiling processes: the service answers /healthz meanwhile."""

_POLL_SECONDS = 0.5
"""Interval at which the kernels in the cache are counted."""

_log = logging.getLogger(__name__)


class Compilation:
    """Compilation of all kernels into the cache on disk.

    Attributes
    ----------
    finished : asyncio.Event
        Set when all kernels are compiled.
    """

    def __init__(self) -> None:
        self.finished = asyncio.Event()
        self._names = {f"{each.py_func.__module__}.{each.__name__}" for each in kernels()}
        self._steps_done, self._cached_kernels, self._has_failed = 0, 0, False
        self._digest = ""
        # The first sweep takes as long as all other steps together: start it first.
        first, *others = [("simulator", index) for index in range(len(simulator.warm_up_steps()))]
        of_solver = [("solver", index) for index in range(len(solver.warm_up_steps()))]
        self._steps = [first, *of_solver, *others]

    @property
    def percent(self) -> int:
        """Share of the warm-up steps that are done and of the kernels that are in the cache."""
        done = self._steps_done + self._cached_kernels
        return 100 * done // (len(self._steps) + len(self._names))

    @property
    def progress(self) -> Message:
        """The progress as a message."""
        return Message("compiling_kernels", kernels=len(self._names), percent=self.percent)

    async def check_cache(self) -> None:
        """Set `finished` if the cache has all kernels of this version of the code."""
        self._digest = await asyncio.to_thread(_digest_code)
        if await asyncio.to_thread(is_complete, self._digest):
            self.finished.set()

    async def run(self, processes: int, report: Callable[[], None] = lambda: None) -> None:
        """Compile all kernels that are not in the cache.

        Parameters
        ----------
        processes : int
            Number of processes that compile.
        report : callable
            Called after each progress.
        """
        if not self._digest:
            await self.check_cache()
        if not self.finished.is_set():
            report()
            await self._compile(processes, report)
            if not self._has_failed:
                await asyncio.to_thread(mark_complete, self._digest)
            self.finished.set()

    async def _compile(self, processes: int, report: Callable[[], None]) -> None:
        pool = Pool(processes, len(self._steps), niceness=_NICENESS, warm=False)

        async def run_step(wing: str, index: int) -> None:
            try:
                await pool.run(_run_step, wing, index)
            except Exception:  # out of memory, for example: the first call compiles the rest
                _log.exception("Some kernels could not be compiled ahead of time.")
                self._has_failed = True
            self._steps_done += 1
            report()

        counting = asyncio.create_task(self._count_kernels(report))
        try:
            async with asyncio.TaskGroup() as tasks:
                for step in self._steps:
                    tasks.create_task(run_step(*step))
        finally:
            counting.cancel()
            pool.close()
            await pool.wait_closed()
        self._cached_kernels = len(self._names)
        report()

    async def _count_kernels(self, report: Callable[[], None]) -> None:
        """Count the kernels in the cache repeatedly: a single step compiles many."""
        while True:
            self._cached_kernels = len(self._names & await asyncio.to_thread(kernels_on_disk))
            report()
            await asyncio.sleep(_POLL_SECONDS)


_STEPS = {"solver": solver.warm_up_steps, "simulator": simulator.warm_up_steps}


def _run_step(wing: str, index: int) -> None:
    """Run a warm-up step, which solves a tiny problem."""
    _STEPS[wing]()[index]()


def _digest_code() -> str:
    """Return a digest of all code of the solver and the simulator."""
    digest = hashlib.sha256()
    for package in (solver, simulator):
        for path in sorted(Path(package.__path__[0]).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
