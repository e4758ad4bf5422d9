"""A lock between processes, which ends with the process that holds it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from threading import Event

try:
    import fcntl
except ImportError:  # no such locks on Windows: two processes may compile the same kernel there
    fcntl = None  # type: ignore[assignment]

_PAUSE = 0.02
"""Seconds between two tries."""

_TRIES = 6000
"""How often it is tried: for two minutes, many times what the longest kernel takes."""


class Lock:
    """The right to make a file, which one process has at a time.

    Where locks or the directory cannot be had, everyone has it: the work is then done twice, and
    comes to the same.

    Parameters
    ----------
    path : Path
        The file to be made; the lock is a file beside it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_suffix(".lock")
        self._file: int | None = None

    def acquire(self) -> None:
        """Wait until nobody else has the lock, or for two minutes."""
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
        """Let others have the lock, and look for what was made meanwhile."""
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
