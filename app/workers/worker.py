"""A process that runs one call at a time and can be killed."""

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
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from typing import Any, TypeVar

from app.errors.problem_details import MessageError
from solver import InputError

from .lifetime import end_with_parent

Result = TypeVar("Result")

_WARM_MODULE = "app.warm"

_PRELOAD_MODULE = "app.preload"
"""Loads `_WARM_MODULE` into the fork server."""


@dataclass(frozen=True)
class Refused:
    """A call that ended with an error of its caller, whose message says what is wrong.

    The process returns it as a value: to raise it, the executor would format the stack and the
    message, which takes longer than most calls that are refused.

    Parameters
    ----------
    error : MessageError or solver.InputError
    """

    error: Exception


class Worker:
    """A process that runs one call after the other.

    It is a `ProcessPoolExecutor` with one process, which transfers calls, results and exceptions
    and detects the death of the process. Processes of one executor share its pipes: none of them
    could be killed without breaking the others.

    Parameters
    ----------
    niceness : int
        Niceness of the process, as of ``nice``.
    warm : bool
        Whether the process loads and compiles the service's code before its first call.

    Attributes
    ----------
    end : concurrent.futures.Future
        Done once the worker is closed and its process has ended.
    """

    def __init__(self, niceness: int = 0, *, warm: bool = True) -> None:
        context = _warm_context() if warm else get_context("spawn")
        self._executor = ProcessPoolExecutor(
            1, mp_context=context, initializer=_initialize, initargs=(niceness, warm)
        )
        self._pid: int | None = None
        self._handle: io.FileIO | None = None
        self._call: Future[Any] | None = None
        self._closing = threading.Event()
        self._startup: Future[None] = Future()
        self._startup.set_running_or_notify_cancel()
        self.end: Future[None] = Future()
        self.end.set_running_or_notify_cancel()

    def start(self) -> Future[None]:
        """Start the process in a thread; return a future that is done once it is warm.

        The future raises BrokenExecutor if the process dies before or the worker is closed, and
        OSError if the system cannot create processes.
        """
        # The executor holds a lock until the process has started, and its shutdown waits for that
        # lock. The thread does both, so that a service that ends does not wait. The thread lives
        # as long as the process: PR_SET_PDEATHSIG acts at the end of the parent's thread.
        threading.Thread(target=self._live, name="worker", daemon=True).start()
        return self._startup

    def _live(self) -> None:
        """Start the process, and end it once the worker is closed."""
        try:
            self._start_process()
        except BaseException as error:
            self._startup.set_exception(error)
        else:
            self._startup.set_result(None)
        self._closing.wait()
        self._executor.shutdown(cancel_futures=True)
        if self._handle is not None:
            self._handle.close()
        self.end.set_result(None)

    def _start_process(self) -> None:
        if self._closing.is_set():
            raise BrokenExecutor
        pid = self._executor.submit(os.getpid)
        if self._closing.is_set():  # closed while the process was created
            self._kill()
        self._pid = pid.result()
        if sys.platform == "linux":
            self._handle = io.FileIO(os.pidfd_open(self._pid))

    def submit(
        self, function: Callable[..., Result], /, *arguments: Any
    ) -> Future[Result | Refused]:
        """Start a call.

        Raises
        ------
        concurrent.futures.BrokenExecutor
            If the process has died since its last call.
        """
        call = self._executor.submit(_call, function, *arguments)
        self._call = call
        return call

    @property
    def is_alive(self) -> bool:
        """Whether the process is alive. True if the system cannot tell: the next call will."""
        if self._handle is None:
            return True
        poll = select.poll()
        poll.register(self._handle, select.POLLIN)
        return not poll.poll(0)

    @property
    def is_free(self) -> bool:
        """Whether the last call has ended without the death of the process."""
        call = self._call
        if call is None or call.cancelled():
            return True
        return call.done() and not isinstance(call.exception(), BrokenExecutor)

    def close(self) -> None:
        """End the process. Kill it if it is starting or runs a call."""
        self._closing.set()
        if self._startup.running() or (self._call is not None and not self._call.done()):
            self._kill()

    def _kill(self) -> None:
        """Kill the process, if there is one."""
        kill_processes(self._executor)


def kill_processes(executor: ProcessPoolExecutor) -> None:
    """Kill the processes of an executor, as its kill_workers of Python 3.14 does."""
    for process in [*(executor._processes or {}).values()]:
        with suppress(ProcessLookupError):
            process.kill()


def _call(function: Callable[..., Result], *arguments: Any) -> Result | Refused:
    try:
        return function(*arguments)
    except (MessageError, InputError) as error:
        return Refused(error)


def _warm_context() -> BaseContext:
    """Return a start method that forks from a warm process without other threads.

    A fork starts in milliseconds; a new process compiles for seconds. If the system cannot fork
    safely, processes are spawned.
    """
    if sys.platform != "linux":
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload([_PRELOAD_MODULE])
    return context


def _initialize(niceness: int, warm: bool) -> None:
    end_with_parent()
    # Ctrl-C in a terminal is sent to workers too: the server handles it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if warm:
        import_module(_WARM_MODULE)  # a fork has it already
    if niceness:
        os.nice(niceness)
