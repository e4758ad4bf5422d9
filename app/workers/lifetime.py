"""Processes that end with the one that started them, whatever they are doing."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import sys
import threading
from multiprocessing import connection, parent_process

_PR_SET_PDEATHSIG = 1


def end_with_the_parent() -> None:
    """Keep no process alive whose parent was killed: nobody would ever end it.

    It ends in the middle of compiled code too, which may hold the interpreter for minutes.
    """
    parent = parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        end_by_signal(parent.sentinel)
    else:
        end_by_reading(parent.sentinel)


def end_by_signal(sentinel: int) -> None:
    """Have the system kill this process when its parent ends.

    That is the one that wanted it; and the one that made it, where that is a fork server. Each of
    the two alone is not enough: a fork server lives on as long as what it made.

    Parameters
    ----------
    sentinel : int
        Pipe that is at its end once the parent has ended.
    """
    before = os.getppid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    fcntl.fcntl(sentinel, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(sentinel, fcntl.F_SETSIG, signal.SIGKILL)
    flags = fcntl.fcntl(sentinel, fcntl.F_GETFL)
    fcntl.fcntl(sentinel, fcntl.F_SETFL, flags | os.O_ASYNC)
    if os.getppid() != before or connection.wait([sentinel], timeout=0):
        os._exit(1)  # it ended before the system knew what to do then


def end_by_reading(sentinel: int) -> None:
    """Wait for the end of the parent in a thread that needs no interpreter.

    Parameters
    ----------
    sentinel : int
        Pipe that is at its end once the parent has ended.
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
