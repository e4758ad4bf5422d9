"""Processes for long computations, so that none of them holds up the event loop."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process


def process_pool(processes: int) -> ProcessPoolExecutor:
    """Return a pool of fresh processes; they start when the first work arrives."""
    # Spawned, not forked: a fork would copy the locks of the server's threads as they stand.
    return _pool(processes, "spawn")


def forked_pool(processes: int) -> ProcessPoolExecutor:
    """Return a pool of copies of this process, which have all it imported; they start now.

    For a process that has no other threads yet. Where the system cannot fork safely, they are
    fresh processes.
    """
    pool = _pool(processes, "fork" if sys.platform == "linux" else "spawn")
    pool.submit(int)  # the first work starts all: before a progress bar has its thread
    return pool


def _pool(processes: int, method: str) -> ProcessPoolExecutor:
    context = get_context(method)
    return ProcessPoolExecutor(processes, mp_context=context, initializer=_end_with_the_parent)


def _end_with_the_parent() -> None:
    """Keep no process alive whose parent was killed: nobody would ever end it."""
    parent = parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
