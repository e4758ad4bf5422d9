"""A bound on memory, while something is expanded that can become of any size."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_DATA_PAGES = 5
"""Column of /proc/self/statm."""


@contextmanager
def bounded_memory(extra: int) -> Iterator[None]:
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
