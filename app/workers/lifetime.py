"""Processes that end when their parent ends, even in compiled code."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import sys
import threading
from multiprocessing import connection, parent_process

_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Make this process end when its parent ends, even if the parent is killed.

    It ends in compiled code too, which may hold the interpreter for minutes.
    """
    parent = parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        end_by_signal(parent.sentinel)
    else:
        end_by_reading(parent.sentinel)


def end_by_signal(sentinel: int) -> None:
    """Let the system kill this process when its parent ends.

    The process ends with the process that requested it (the sentinel) and with the process that
    forked it, which can be a fork server. Both are needed: a fork server lives as long as its
    forks.

    Parameters
    ----------
    sentinel : int
        Pipe that reaches its end when the parent ends.
    """
    parent_pid = os.getppid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    fcntl.fcntl(sentinel, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(sentinel, fcntl.F_SETSIG, signal.SIGKILL)
    flags = fcntl.fcntl(sentinel, fcntl.F_GETFL)
    fcntl.fcntl(sentinel, fcntl.F_SETFL, flags | os.O_ASYNC)
    if os.getppid() != parent_pid or connection.wait([sentinel], timeout=0):
        os._exit(1)  # the parent ended before the signals were set up


def end_by_reading(sentinel: int) -> None:
    """Wait for the end of the parent in a thread that does not need the interpreter lock.

    Parameters
    ----------
    sentinel : int
        Pipe that reaches its end when the parent ends.
    """
    import numpy as np
    from numba import njit

    libc = ctypes.CDLL(None)
    read, leave = libc.read, libc._exit
    read.argtypes, read.restype = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t), ctypes.c_ssize_t
    leave.argtypes, leave.restype = (ctypes.c_int,), None

    @njit(nogil=True)
    def wait(descriptor, buffer):  # type: ignore[no-untyped-def]
        while read(descriptor, buffer.ctypes.data, 1) > 0:
            pass
        leave(1)

    buffer = np.empty(1, np.uint8)
    wait.compile("void(int32, uint8[::1])")

    def watch() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        wait(np.int32(sentinel), buffer)

    threading.Thread(target=watch, name="parent", daemon=True).start()
