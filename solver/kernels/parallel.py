"""Readings of large data, shared out among threads."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

MIN_BLOCK_PAIRS = 1 << 20
"""Least pairs of a block: about a millisecond's reading, many times what handing it over costs."""

Result = TypeVar("Result")


def map_blocks(
    read: Callable[[int, int], Result],
    n_users: int,
    n_pairs: int,
    block_pairs: int = MIN_BLOCK_PAIRS,
) -> list[Result]:
    """Read users block by block, on every core, and return what each block gave, in order.

    The blocks follow from the sizes alone, so that sums over them come out the same however many
    cores there are.

    Parameters
    ----------
    read : callable
        Reads users from a first to a last position, the last excluded. Gains by threads only what
        it does without the interpreter's lock, as in a kernel with ``nogil``.
    n_users, n_pairs : int
        How many users there are, and how many pairs they have between them.
    block_pairs : int
        Least pairs of a block, fewer where more is done with each.

    Returns
    -------
    list
    """
    n_blocks = min(n_users, n_pairs // block_pairs)
    if n_blocks < 2:
        return [read(0, n_users)]
    edges = [n_users * block // n_blocks for block in range(n_blocks + 1)]
    return list(_threads(os.getpid()).map(read, edges[:-1], edges[1:]))


@cache
def _threads(process: int) -> ThreadPoolExecutor:  # noqa: ARG001 - a fork has none of its parent's
    """Return this process's threads: to start them costs as much as a reading."""
    return ThreadPoolExecutor(count_cores())


def count_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on every system
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
