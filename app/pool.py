"""Processes for long computations, so that none of them holds up the event loop."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context


def process_pool(processes: int) -> ProcessPoolExecutor:
    """Return a pool of fresh processes; they start when the first work arrives."""
    # Spawned, not forked: a fork would copy the locks of the server's threads as they stand.
    return ProcessPoolExecutor(processes, mp_context=get_context("spawn"))
