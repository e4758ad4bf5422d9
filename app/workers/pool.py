"""Processes for computations, so that none of them holds up the event loop."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from typing import Any, TypeVar

from app.errors.problem_details import MessageError
from messages import Message

from .fair_queue import FairQueue, Held
from .lifetime import end_with_the_parent
from .worker import Worker

Result = TypeVar("Result")

_PAUSE = 1.0
"""Seconds before a process that could not start is tried again."""

_LAST = 0.5
"""Seconds that a closed pool waits for its processes to end; they do so without it as well."""

_log = logging.getLogger(__name__)


class SolveTimeoutError(MessageError):
    """A call ran for longer than it may."""


class WorkerLostError(MessageError):
    """The process died of a call, or was killed while it ran one."""


class PoolClosedError(MessageError):
    """The pool is closed, or was while the call ran or waited."""

    def __init__(self) -> None:
        super().__init__(Message("service_stopping"))
        self.args = ()  # or it could not be unpickled


class Pool:
    """Worker processes with a bounded queue before them. To be made while an event loop runs.

    Parameters
    ----------
    processes : int
        Calls that run at once.
    max_queue : int
        Most calls that wait for a process.
    niceness : int
        How far the processes stand back where others compete for the cores, as of ``nice``.
    warm : bool
        Whether the processes have the service's code loaded and compiled before their first call.
    after : asyncio.Event, optional
        What the processes wait for before they start.
    setting : str
        What an operator sets the time limit of calls by.
    shared : bool
        Whether calls are of several keys, of which none shall take all places.

    Attributes
    ----------
    started : asyncio.Event
        Set once any process is there.
    """

    def __init__(
        self,
        processes: int,
        max_queue: int,
        niceness: int = 0,
        *,
        warm: bool = True,
        after: asyncio.Event | None = None,
        setting: str = "WHALE_MAX_SOLVE_SECONDS",
        shared: bool = False,
    ) -> None:
        self.processes = processes
        self._setting = setting
        self._niceness = niceness
        self._has_warm = warm
        self._after = after
        self._busy: set[Worker] = set()
        self._free: list[Worker] = []
        self._waiting: FairQueue[Worker] = FairQueue(max_queue, shared=shared)
        self._held = Held()
        self._starting: dict[asyncio.Task[None], Worker] = {}
        self._ends: set[asyncio.Future[None]] = set()
        self._closed = False
        self.started = asyncio.Event()
        for _ in range(processes):
            self._start()

    async def run(
        self,
        function: Callable[..., Result],
        /,
        *arguments: Any,
        seconds: float | None = None,
        attempts: int = 2,
        key: str = "",
    ) -> Result:
        """Return what ``function(*arguments)`` returns in a worker, or raise what it raises.

        A call whose task is cancelled leaves the queue, or its process is killed and replaced.

        Parameters
        ----------
        function : callable
            Known by name in its module; arguments, result and exceptions can be pickled.
        seconds : float, optional
            Most that an attempt may run, the waiting not counted.
        attempts : int
            How often it is tried whose process dies: that may have been somebody else's doing.
        key : str
            Whose call it is: keys take turns.

        Raises
        ------
        QueueFullError
            Where it would have to wait and there is no place for it.
        SolveTimeoutError
            When it runs longer; its process is killed and replaced.
        WorkerLostError
            When its process dies, at every attempt.
        PoolClosedError
            When the pool is closed.
        """
        for _ in range(attempts - 1):
            with suppress(WorkerLostError):
                return await self._attempt(function, arguments, seconds, key)
        return await self._attempt(function, arguments, seconds, key)

    async def _attempt(
        self,
        function: Callable[..., Result],
        arguments: tuple[Any, ...],
        seconds: float | None,
        key: str,
    ) -> Result:
        worker, call = await self._begun(key, function, *arguments)
        self._held[key] += 1
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                return await asyncio.wrap_future(call)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise SolveTimeoutError(
                Message("answer_too_slow", seconds=seconds, setting=self._setting)
            ) from error
        except BrokenExecutor as error:
            if self._closed:
                raise PoolClosedError from error
            raise WorkerLostError(Message("worker_lost")) from error
        finally:
            self._busy.discard(worker)
            self._held.give_back(key)
            self._give_back(worker)

    @property
    def running(self) -> int:
        """Calls that are under way."""
        return len(self._busy)

    @property
    def waiting(self) -> int:
        """Calls that wait for a process."""
        return len(self._waiting)

    @property
    def warm(self) -> bool:
        """Whether any process is there to take calls."""
        return self.processes > len(self._starting)

    async def warmed(self) -> None:
        """Wait until no process has yet to start."""
        while self._starting:
            await asyncio.wait(self._starting)

    def close(self) -> None:
        """End all processes, and with them the calls that run or wait."""
        self._closed = True
        for start in self._starting:
            start.cancel()
        for worker in [*self._starting.values(), *self._free, *self._busy]:
            worker.close()
        self._free.clear()
        self._waiting.fail(PoolClosedError())

    async def ended(self) -> None:
        """Wait for the processes of a closed pool to end, a moment at most."""
        if self._ends:
            await asyncio.wait(self._ends, timeout=_LAST)

    async def _begun(
        self, key: str, function: Callable[..., Result], *arguments: Any
    ) -> tuple[Worker, Future[Result]]:
        """Return a worker that has just begun the call; it counts as running."""
        while True:
            worker = self._free.pop() if self._free else await self._turn(key)
            try:
                if not worker.alive:  # its end was not noticed yet
                    raise BrokenExecutor
                call = worker.submit(function, *arguments)
            except BrokenExecutor:  # killed while it had nothing to do: no loss to anybody
                worker.close()
                self._start()
                continue
            self._busy.add(worker)
            return worker, call

    async def _turn(self, key: str) -> Worker:
        """Wait for a worker."""
        if self._closed:
            raise PoolClosedError
        self._waiting.expect_room(key)
        place: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.add(place, key)
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.exception() is None:
                self._give_back(place.result())
            raise
        finally:
            self._waiting.remove(place)

    def _give_back(self, worker: Worker) -> None:
        """Hand a worker on; a process that is lost or still busy is replaced."""
        if self._closed or not worker.free:
            worker.close()
            if not self._closed:
                self._start()
            return
        if not self._waiting.give(worker, self._held):
            self._free.append(worker)

    def _start(self) -> None:
        worker = Worker(self._niceness, warm=self._has_warm)
        start = asyncio.create_task(self._started(worker))
        self._starting[start] = worker
        start.add_done_callback(self._starting.pop)

    async def _started(self, worker: Worker) -> None:
        if self._after is not None:
            await self._after.wait()
        started, end = worker.start(), asyncio.wrap_future(worker.ended)
        self._ends.add(end)
        end.add_done_callback(self._ends.discard)
        try:
            await asyncio.wrap_future(started)
        except (BrokenExecutor, OSError):
            if self._closed:
                return
            _log.exception("A worker process could not start; another is tried.")
            worker.close()
            await asyncio.sleep(_PAUSE)
            self._start()
        else:
            self.started.set()
            self._give_back(worker)


def forked_pool(processes: int) -> ProcessPoolExecutor:
    """Return a pool of copies of this process, which have all it imported; they start now.

    For a process that has no other threads yet. Where the system cannot fork safely, they are
    fresh processes.
    """
    context = get_context("fork" if sys.platform == "linux" else "spawn")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=end_with_the_parent)
    pool.submit(int)  # the first work starts all: before a progress bar has its thread
    return pool
