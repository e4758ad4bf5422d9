"""Processes for long computations, so that none of them holds up the event loop."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process


def process_pool(processes: int) -> ProcessPoolExecutor:
    """Return a pool of fresh processes; they start when the first work arrives."""
    # Spawned, not forked: a fork would copy the locks of the server's threads as they stand.
    context = get_context("spawn")
    return ProcessPoolExecutor(processes, mp_context=context, initializer=_end_with_the_parent)


def _end_with_the_parent() -> None:
    """Keep no process alive whose parent was killed: nobody would ever end it."""
    parent = parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
