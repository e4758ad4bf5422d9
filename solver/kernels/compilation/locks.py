"""A lock between processes, released when its process ends."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from threading import Event

try:
    import fcntl
except ImportError:  # Windows: two processes may compile the same kernel
    fcntl = None  # type: ignore[assignment]

_PAUSE = 0.02
"""Seconds between two attempts."""

_TRIES = 6000
"""Number of attempts: two minutes, many times the compile time of the longest kernel."""


class Lock:
    """An exclusive lock for writing a file.

    Without support for locks or a writable directory, every process acquires it. The work is then
    done twice, with the same result.

    Parameters
    ----------
    path : Path
        The file to write; the lock is a file beside it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_suffix(".lock")
        self._file: int | None = None

    def acquire(self) -> None:
        """Wait until the lock is free, for up to two minutes."""
        if fcntl is None or self._file is not None:
            return
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
            for _ in range(_TRIES):
                try:
                    fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return
                except BlockingIOError:
                    Event().wait(_PAUSE)
        except OSError:  # a full or read-only disk, or a file system without locks
            self._close()

    def release(self) -> None:
        """Release the lock."""
        if self._file is not None:
            with suppress(OSError):
                self._path.unlink()
            self._close()

    def _close(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                fcntl.flock(self._file, fcntl.LOCK_UN)  # for copies of this process too
            os.close(self._file)
            self._file = None
