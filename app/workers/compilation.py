"""Compilation of every kernel, once for a machine: on all cores, with progress."""

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
"""How far it stands back: a service answers meanwhile whether it is alive."""

_PAUSE = 0.5
"""Seconds between two looks at what is on disk."""

_log = logging.getLogger(__name__)


class Compilation:
    """Every kernel's way to the disk.

    Attributes
    ----------
    finished : asyncio.Event
        Set when nothing is left to compile.
    """

    def __init__(self) -> None:
        self.finished = asyncio.Event()
        self._names = {f"{each.py_func.__module__}.{each.__name__}" for each in kernels()}
        self._done, self._on_disk, self._whole = 0, 0, True
        self._edition = ""
        # The first sweep takes one process as long as all that follows takes another.
        steps = {wing: [(wing, place) for place in range(len(of()))] for wing, of in _STEPS.items()}
        first, *further = steps["simulator"]
        self._steps = [first, *steps["solver"], *further]

    @property
    def percent(self) -> int:
        """How much is done: of kernels that are on disk, and of tiny problems that are solved."""
        return 100 * (self._done + self._on_disk) // (len(self._steps) + len(self._names))

    @property
    def progress(self) -> Message:
        """What is done, and how far it is."""
        return Message("compiling_kernels", kernels=len(self._names), percent=self.percent)

    async def look_on_disk(self) -> None:
        """Set `finished` where all of this edition is there."""
        self._edition = await asyncio.to_thread(_edition)
        if await asyncio.to_thread(is_complete, self._edition):
            self.finished.set()

    async def run(self, processes: int, report: Callable[[], None] = lambda: None) -> None:
        """Compile what is not on disk.

        Parameters
        ----------
        processes : int
            How many compile at once.
        report : callable
            Called whenever there is progress.
        """
        if not self._edition:
            await self.look_on_disk()
        if not self.finished.is_set():
            report()
            await self._compile(processes, report)
            if self._whole:
                await asyncio.to_thread(mark_complete, self._edition)
            self.finished.set()

    async def _compile(self, processes: int, report: Callable[[], None]) -> None:
        pool = Pool(processes, len(self._steps), niceness=_NICENESS, warm=False)

        async def solved(wing: str, place: int) -> None:
            try:
                await pool.run(_solve, wing, place)
            except Exception:  # lost for memory, say: the first call compiles what is missing
                _log.exception("Some kernels could not be compiled ahead.")
                self._whole = False
            self._done += 1
            report()

        looking = asyncio.create_task(self._look(report))
        try:
            async with asyncio.TaskGroup() as tasks:
                for step in self._steps:
                    tasks.create_task(solved(*step))
        finally:
            looking.cancel()
            pool.close()
            await pool.ended()
        self._on_disk = len(self._names)
        report()

    async def _look(self, report: Callable[[], None]) -> None:
        """Count what is on disk: a first problem takes many kernels."""
        while True:
            self._on_disk = len(self._names & await asyncio.to_thread(kernels_on_disk))
            report()
            await asyncio.sleep(_PAUSE)


_STEPS = {"solver": solver.warm_up_steps, "simulator": simulator.warm_up_steps}


def _solve(wing: str, place: int) -> None:
    """Solve one of the tiny problems: in a process of its own."""
    _STEPS[wing]()[place]()


def _edition() -> str:
    """Return a digest of all code that kernels, and what is compiled of them, follow from."""
    digest = hashlib.sha256()
    for package in (solver, simulator):
        for path in sorted(Path(package.__path__[0]).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
