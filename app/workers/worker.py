"""One process that runs one call at a time, and can be killed."""

from __future__ import annotations

import io
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import suppress
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from typing import Any, TypeVar

from .lifetime import end_with_the_parent

Result = TypeVar("Result")

_WARM = "app.warm"

_PRELOAD = "app.preload"
"""Loads that into the process that workers are copies of."""


class Worker:
    """A process for one call after the other.

    It is a pool of one of the standard library, which carries calls, results and exceptions and
    notices when the process dies. Processes that shared one pool would share its pipes, and none
    could be killed without all the others.

    Parameters
    ----------
    niceness : int
        How far it stands back where processes compete for cores, as of ``nice``.
    warm : bool
        Whether it has the service's code loaded and compiled before its first call.

    Attributes
    ----------
    ended : concurrent.futures.Future
        Done once the worker is closed and its process has ended.
    """

    def __init__(self, niceness: int = 0, *, warm: bool = True) -> None:
        context = _context() if warm else get_context("spawn")
        self._executor = ProcessPoolExecutor(
            1, mp_context=context, initializer=_begin, initargs=(niceness, warm)
        )
        self._pid: int | None = None
        self._handle: io.FileIO | None = None
        self._call: Future[Any] | None = None
        self._closed = threading.Event()
        self._started: Future[None] = Future()
        self._started.set_running_or_notify_cancel()
        self.ended: Future[None] = Future()
        self.ended.set_running_or_notify_cancel()

    def start(self) -> Future[None]:
        """Begin to start; return what ends once the process is there and warm.

        It ends with BrokenExecutor where the process dies before it is warm or the worker is
        closed, and with OSError where the system has no more processes.
        """
        # The standard library holds a lock until the process is there, and whoever closes the pool
        # waits for that lock. A thread does both; a service that ends does not wait for it. It
        # lasts as long as the process, for the system takes its end for that of the parent.
        threading.Thread(target=self._live, name="worker", daemon=True).start()
        return self._started

    def _live(self) -> None:
        """Start the process, and end it once the worker is closed."""
        try:
            self._start()
        except BaseException as error:
            self._started.set_exception(error)
        else:
            self._started.set_result(None)
        self._closed.wait()
        self._executor.shutdown(cancel_futures=True)
        if self._handle is not None:
            self._handle.close()
        self.ended.set_result(None)

    def _start(self) -> None:
        if self._closed.is_set():
            raise BrokenExecutor
        pid = self._executor.submit(os.getpid)
        if self._closed.is_set():  # while the process began
            self._kill()
        self._pid = pid.result()
        if sys.platform == "linux":
            self._handle = io.FileIO(os.pidfd_open(self._pid))

    def submit(self, function: Callable[..., Result], /, *arguments: Any) -> Future[Result]:
        """Begin a call.

        Raises
        ------
        concurrent.futures.BrokenExecutor
            Where the process has died since its last call.
        """
        self._call = self._executor.submit(function, *arguments)
        return self._call

    @property
    def alive(self) -> bool:
        """Whether the process is there; where the system cannot say, a call finds out."""
        if self._handle is None:
            return True
        ended = select.poll()
        ended.register(self._handle, select.POLLIN)
        return not ended.poll(0)

    @property
    def free(self) -> bool:
        """Whether the last call has ended, and not by the death of the process."""
        call = self._call
        if call is None or call.cancelled():
            return True
        return call.done() and not isinstance(call.exception(), BrokenExecutor)

    def close(self) -> None:
        """End the process; at once where a call is running, or it is only starting."""
        self._closed.set()
        if self._started.running() or (self._call is not None and not self._call.done()):
            self._kill()

    def _kill(self) -> None:
        """Kill the process, if there is one."""
        processes = self._executor._processes  # as kill_workers does, which Python 3.14 has
        for process in [*(processes or {}).values()]:
            with suppress(ProcessLookupError):
                process.kill()


def _context() -> BaseContext:
    """Return how processes start: as copies of one that is warm and has no other threads.

    A copy is there in milliseconds, where a fresh process compiles for seconds. Where the system
    cannot fork safely, they are fresh.
    """
    if sys.platform != "linux":
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload([_PRELOAD])
    return context


def _begin(niceness: int, warm: bool) -> None:
    end_with_the_parent()
    # The server, not its workers, answers to Ctrl-C and to a terminal that is closed.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if warm:
        import_module(_WARM)  # already there in a copy
    if niceness:
        os.nice(niceness)
