"""A pool of processes for computations, which would block the event loop."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from typing import Any, TypeVar

from app.access.keys import KeyCounts
from app.errors.problem_details import MessageError
from messages import Message

from .fair_queue import FairQueue
from .lifetime import end_with_parent
from .worker import Refused, Worker, kill_processes

Result = TypeVar("Result")

_RETRY_SECONDS = 1.0
"""Pause before a process that could not start is started again."""

_CLOSE_SECONDS = 0.5
"""Longest wait for the processes of a closed pool. They also end without the wait."""

_log = logging.getLogger(__name__)


class SolveTimeoutError(MessageError):
    """A call exceeded its time limit."""


class WorkerLostError(MessageError):
    """The process died or was killed while it ran a call."""


class PoolClosedError(MessageError):
    """The pool is closed, or was closed while the call ran or waited."""

    def __init__(self) -> None:
        super().__init__(Message("service_stopping"))
        self.args = ()  # or it could not be unpickled


class Pool:
    """Worker processes with a bounded queue. Create it while an event loop runs.

    Parameters
    ----------
    processes : int
        Number of processes, each of which runs one call at a time.
    max_queue : int
        Maximum number of calls that wait for a process.
    niceness : int
        Niceness of the processes, as of ``nice``.
    warm : bool
        Whether the processes load and compile the service's code before their first call.
    after : asyncio.Event, optional
        The processes start once this is set.
    setting : str
        Name of the setting with the time limit of calls, for error messages.
    shared : bool
        Whether several keys share the queue.

    Attributes
    ----------
    started : asyncio.Event
        Set once the first process has started.
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
        self._warm = warm
        self._after = after
        self._busy: set[Worker] = set()
        self._free: list[Worker] = []
        self._queue: FairQueue[Worker] = FairQueue(max_queue, shared=shared)
        self._active = KeyCounts()
        self._starting: dict[asyncio.Task[None], Worker] = {}
        self._ends: set[asyncio.Future[None]] = set()
        self._is_closed = False
        self.started = asyncio.Event()
        for _ in range(processes):
            self._add_worker()

    async def run(
        self,
        function: Callable[..., Result],
        /,
        *arguments: Any,
        seconds: float | None = None,
        attempts: int = 2,
        key: str = "",
    ) -> Result:
        """Call ``function(*arguments)`` in a worker and return its result.

        If the task is cancelled, the call leaves the queue, or its process is killed and replaced.

        Parameters
        ----------
        function : callable
            A function of a module. Arguments, result and exceptions must be picklable.
        seconds : float, optional
            Time limit of an attempt, without the time in the queue.
        attempts : int
            How often the call is tried if its process dies, which another program may have caused.
        key : str
            API key of the call: keys take turns.

        Raises
        ------
        QueueFullError
            If the call has to wait and the queue has no room for it.
        SolveTimeoutError
            If the call exceeds the time limit. Its process is killed and replaced.
        WorkerLostError
            If its process dies at every attempt.
        PoolClosedError
            If the pool is closed.
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
        worker, call = await self._submit(key, function, *arguments)
        limit = asyncio.timeout(seconds)
        try:
            with self._active.count(key):
                async with limit:
                    result = await asyncio.wrap_future(call)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise SolveTimeoutError(
                Message("answer_too_slow", seconds=seconds, setting=self._setting)
            ) from error
        except BrokenExecutor as error:
            if self._is_closed:
                raise PoolClosedError from error
            raise WorkerLostError(Message("worker_lost")) from error
        finally:
            self._busy.discard(worker)
            self._give_back(worker)
        if isinstance(result, Refused):
            raise result.error
        return result

    @property
    def running(self) -> int:
        """Number of running calls."""
        return len(self._busy)

    @property
    def waiting(self) -> int:
        """Number of calls that wait for a process."""
        return len(self._queue)

    @property
    def has_started(self) -> bool:
        """Whether any process has started."""
        return self.processes > len(self._starting)

    async def wait_started(self) -> None:
        """Wait until all processes have started."""
        while self._starting:
            await asyncio.wait(self._starting)

    def close(self) -> None:
        """End all processes, and the calls that run or wait."""
        self._is_closed = True
        for start in self._starting:
            start.cancel()
        for worker in [*self._starting.values(), *self._free, *self._busy]:
            worker.close()
        self._free.clear()
        self._queue.fail(PoolClosedError())

    async def wait_closed(self) -> None:
        """Wait a moment for the processes of a closed pool to end."""
        if self._ends:
            await asyncio.wait(self._ends, timeout=_CLOSE_SECONDS)

    async def _submit(
        self, key: str, function: Callable[..., Result], *arguments: Any
    ) -> tuple[Worker, Future[Result | Refused]]:
        """Wait for a worker and submit the call to it; mark the worker as busy."""
        while True:
            worker = self._free.pop() if self._free else await self._wait_for_worker(key)
            try:
                if not worker.is_alive:
                    raise BrokenExecutor
                call = worker.submit(function, *arguments)
            except BrokenExecutor:  # killed while it was idle: the call can run elsewhere
                worker.close()
                self._add_worker()
                continue
            self._busy.add(worker)
            return worker, call

    async def _wait_for_worker(self, key: str) -> Worker:
        if self._is_closed:
            raise PoolClosedError
        return await self._queue.wait(key, self._give_back)

    def _give_back(self, worker: Worker) -> None:
        """Give a worker to the next call. A worker that is dead or still busy is replaced."""
        if self._is_closed or not worker.is_free:
            worker.close()
            if not self._is_closed:
                self._add_worker()
            return
        if not self._queue.give(worker, self._active):
            self._free.append(worker)

    def _add_worker(self) -> None:
        worker = Worker(self._niceness, warm=self._warm)
        start = asyncio.create_task(self._start(worker))
        self._starting[start] = worker
        start.add_done_callback(self._starting.pop)

    async def _start(self, worker: Worker) -> None:
        if self._after is not None:
            await self._after.wait()
        start, end = worker.start(), asyncio.wrap_future(worker.end)
        self._ends.add(end)
        end.add_done_callback(self._ends.discard)
        try:
            await asyncio.wrap_future(start)
        except (BrokenExecutor, OSError):
            if self._is_closed:
                return
            _log.exception("A worker process could not start; another one is started.")
            worker.close()
            await asyncio.sleep(_RETRY_SECONDS)
            self._add_worker()
        else:
            self.started.set()
            self._give_back(worker)


@contextmanager
def fork_pool(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool of forks of this process, which start now with all its imports.

    The process must not have other threads yet. If the system cannot fork safely, new processes
    are spawned.

    If the block raises, the processes are killed. An exception such as KeyboardInterrupt may have
    come in the middle of a submit, and a pool that lost a call so would never shut down.
    """
    context = get_context("fork" if sys.platform == "linux" else "spawn")
    with ProcessPoolExecutor(processes, context, end_with_parent) as pool:
        try:
            pool.submit(int)  # starts all processes: before a progress bar has its thread
            yield pool
        except BaseException:
            kill_processes(pool)
            raise
