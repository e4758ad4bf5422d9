"""A bound on memory while a table is expanded, and refusals of what exceeds it or is damaged."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from messages import Message

from .origin import Origin

_DATA_PAGES = 5
"""Column of /proc/self/statm."""


@contextmanager
def limit_memory(extra: int) -> Iterator[None]:
    """Let this process take at most `extra` bytes more than it has; beyond, MemoryError is raised.

    The bound is the process's, so nothing else may run in it meanwhile. Where the system does not
    keep count of it, there is none.
    """
    statm = Path("/proc/self/statm")
    if not statm.exists():
        yield
        return
    own = int(statm.read_text().split()[_DATA_PAGES]) * resource.getpagesize()
    before, most = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = own + extra
    resource.setrlimit(
        resource.RLIMIT_DATA,
        (wanted if before == resource.RLIM_INFINITY else min(wanted, before), most),
    )
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (before, most))


@contextmanager
def guard_reading(origin: Origin, most_bytes: int) -> Iterator[None]:
    """Refuse a table that is damaged, or expands to more than `most_bytes`, in a sentence.

    Raises
    ------
    solver.InputError
    """
    try:
        with limit_memory(most_bytes):
            yield
    except (MemoryError, pa.ArrowMemoryError) as error:
        raise origin.too_large(most_bytes) from error
    except (pa.ArrowException, OSError, KeyError, UnicodeDecodeError) as error:
        # The last two where its parts name columns that the whole has not, or in no Unicode.
        raise origin.unreadable(Message("table_damaged", file=origin.file)) from error
