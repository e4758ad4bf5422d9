"""A memory limit while tables are read, and errors of tables that exceed it or are damaged."""

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
    """Limit this process to `extra` more bytes; beyond them, MemoryError is raised.

    The limit applies to the whole process, so nothing else may run in it. Systems without
    ``/proc/self/statm`` have no limit.
    """
    statm = Path("/proc/self/statm")
    if not statm.exists():
        yield
        return
    used = int(statm.read_text().split()[_DATA_PAGES]) * resource.getpagesize()
    soft_limit, hard_limit = resource.getrlimit(resource.RLIMIT_DATA)
    limit = used + extra
    resource.setrlimit(
        resource.RLIMIT_DATA,
        (limit if soft_limit == resource.RLIM_INFINITY else min(limit, soft_limit), hard_limit),
    )
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft_limit, hard_limit))


@contextmanager
def guard_reading(origin: Origin, most_bytes: int) -> Iterator[None]:
    """Convert errors of tables that are damaged, or expand to more than `most_bytes`.

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
        # KeyError: a part has an unknown column. UnicodeDecodeError: a name is not Unicode.
        raise origin.unreadable(Message("table_damaged", file=origin.file)) from error
