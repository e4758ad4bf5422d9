"""Storage of request bodies for workers: small ones in memory, large ones on disk."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO, TypeVar

from app.errors.problem_details import RefusalError
from messages import Message

Result = TypeVar("Result")

INLINE_BYTES = 2**18
"""Maximum size of a body that stays in memory and is copied between processes."""

_THREADS = 4
"""Number of bodies that are decoded or written to disk at the same time."""

_RETRY_AFTER = "5"

_log = logging.getLogger(__name__)


class Spool:
    """The bodies of all requests of this process, within limits.

    Files have no names: they are deleted at the end of the request or of this process.

    Parameters
    ----------
    directory : Path
        Directory of the files. It is created with the first file.
    memory : int
        Maximum size of all bodies in memory. Beyond it, small ones are written to disk too.
    disk : int
        Maximum size of all bodies on disk. Beyond it, requests are refused.
    """

    def __init__(self, directory: Path, memory: int, disk: int) -> None:
        self._directory = directory
        self._max_memory, self._max_disk = memory, disk
        self.in_memory = self.on_disk = 0
        self._threads = ThreadPoolExecutor(_THREADS, "bodies")

    @property
    def is_memory_full(self) -> bool:
        """Whether the bodies in memory exceed their limit."""
        return self.in_memory > self._max_memory

    async def run(self, function: Callable[..., Result], *arguments: object) -> Result:
        """Call a function in a thread, which may wait for the disk or compute for a moment."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, function, *arguments)

    def reserve_disk(self, size: int) -> None:
        """Count more bytes on disk.

        Raises
        ------
        RefusalError
            503 if they would exceed the limit.
        """
        if self.on_disk + size > self._max_disk:
            raise RefusalError(
                "no-room-for-body",
                Message("bodies_too_large", most=self._max_disk),
                {"Retry-After": _RETRY_AFTER},
            )
        self.on_disk += size

    def open_file(self) -> IO[bytes]:
        """Return an empty file without a name, if the system supports such files."""
        return open_unnamed_file(self._directory)

    def close_file(self, file: IO[bytes]) -> None:
        """Close a file in a thread: freeing a large file takes time."""
        try:
            self._threads.submit(_close, file)
        except RuntimeError:  # the threads have ended
            _close(file)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False)


class SpooledBody:
    """The bytes of one body while it is received.

    Parameters
    ----------
    spool : Spool
    """

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._pending = bytearray()
        self._file: IO[bytes] | None = None
        self._size_on_disk = 0

    async def write(self, data: bytes) -> None:
        """Add bytes.

        Raises
        ------
        RefusalError
            503 if there is no space for them.
        """
        self._pending += data
        self._spool.in_memory += len(data)
        if len(self._pending) > INLINE_BYTES or self._spool.is_memory_full:
            await self._flush()

    async def finish(self) -> bytes | Path:
        """Return the bytes, or the path of a file that other processes can open."""
        if self._file is None:
            return bytes(self._pending)
        await self._flush()
        return path_of(self._file)

    @property
    def size(self) -> int:
        """Number of bytes received."""
        return self._size_on_disk + len(self._pending)

    def close(self) -> None:
        """Delete the bytes."""
        self._spool.in_memory -= len(self._pending)
        self._spool.on_disk -= self._size_on_disk
        self._pending.clear()
        self._size_on_disk = 0
        if self._file is not None:
            self._spool.close_file(self._file)

    async def _flush(self) -> None:
        content = bytes(self._pending)
        self._spool.reserve_disk(len(content))
        self._size_on_disk += len(content)
        self._pending.clear()
        self._spool.in_memory -= len(content)
        try:
            if self._file is None:
                self._file = await self._spool.run(self._spool.open_file)
            await self._spool.run(_write, self._file, content)
        except OSError as error:
            _log.exception("A request body could not be written to disk.")
            raise RefusalError(
                "no-room-for-body",
                Message("no_disk_for_body"),
                {"Retry-After": _RETRY_AFTER},
            ) from error


def open_unnamed_file(directory: Path) -> IO[bytes]:
    """Return an empty file that is deleted when it is closed or this process ends.

    If the system has no unnamed files, it has a name, and a power failure leaves it on disk.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if sys.platform == "linux":
        return tempfile.TemporaryFile(dir=directory)
    return tempfile.NamedTemporaryFile(dir=directory)


def path_of(file: IO[bytes]) -> Path:
    """Return a path under which other processes can open a file, also one without a name."""
    if isinstance(file.name, str):
        return Path(file.name)
    return Path(f"/proc/{os.getpid()}/fd/{file.fileno()}")


def _write(file: IO[bytes], content: bytes) -> None:
    file.write(content)
    file.flush()


def _close(file: IO[bytes]) -> None:
    with suppress(OSError):  # reported already when writing failed
        file.close()
