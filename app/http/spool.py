"""Where request bodies wait for their worker: small ones in memory, large ones on disk."""

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

INLINE = 2**18
"""Bytes up to which a body stays in memory, and is copied from process to process."""

_THREADS = 4
"""Bodies that are decoded or written to disk at once; others wait for one of them."""

_SECONDS_TO_RETRY = "5"

_log = logging.getLogger(__name__)


class Spool:
    """The bodies of all requests of this process, within limits.

    Files have no names: they end with the request, and with this process however it ends.

    Parameters
    ----------
    directory : Path
        Of the files. It is created when the first is.
    memory : int
        Most bytes that bodies take in memory, together. Beyond it, small ones go to disk too.
    disk : int
        Most bytes that bodies take on disk, together. Beyond it, requests are refused.
    """

    def __init__(self, directory: Path, memory: int, disk: int) -> None:
        self._directory = directory
        self._most_memory, self._most_disk = memory, disk
        self.in_memory = self.on_disk = 0
        self._threads = ThreadPoolExecutor(_THREADS, "bodies")

    @property
    def is_tight(self) -> bool:
        """Whether memory is used up."""
        return self.in_memory > self._most_memory

    async def run(self, function: Callable[..., Result], *arguments: object) -> Result:
        """Return what a function returns that waits for the disk, or computes for a moment."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, function, *arguments)

    def take_disk(self, count: int) -> None:
        """Count more bytes on disk.

        Raises
        ------
        RefusalError
            503 where there would be too many.
        """
        if self.on_disk + count > self._most_disk:
            raise RefusalError(
                "no-room-for-body",
                Message("bodies_too_large", most=self._most_disk),
                {"Retry-After": _SECONDS_TO_RETRY},
            )
        self.on_disk += count

    def open_file(self) -> IO[bytes]:
        """Return an empty file without a name, where the system has such files."""
        return open_unnamed(self._directory)

    def close_file(self, file: IO[bytes]) -> None:
        """Close a file in a thread: to free a large one takes a while."""
        try:
            self._threads.submit(_close, file)
        except RuntimeError:  # the service ends
            _close(file)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False)


class SpooledBytes:
    """Bytes of one body, as they come.

    Parameters
    ----------
    spool : Spool
    """

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._pending = bytearray()
        self._file: IO[bytes] | None = None
        self._written = 0

    async def write(self, data: bytes) -> None:
        """Add bytes.

        Raises
        ------
        RefusalError
            503 where there is no room for them.
        """
        self._pending += data
        self._spool.in_memory += len(data)
        if len(self._pending) > INLINE or self._spool.is_tight:
            await self._flush()

    async def finish(self) -> bytes | Path:
        """Return the bytes, or where other processes of this machine find them."""
        if self._file is None:
            return bytes(self._pending)
        await self._flush()
        return path_of(self._file)

    @property
    def size(self) -> int:
        """Number of bytes so far."""
        return self._written + len(self._pending)

    def close(self) -> None:
        """Forget the bytes."""
        self._spool.in_memory -= len(self._pending)
        self._spool.on_disk -= self._written
        self._pending.clear()
        self._written = 0
        if self._file is not None:
            self._spool.close_file(self._file)

    async def _flush(self) -> None:
        count = len(self._pending)
        self._spool.take_disk(count)
        self._written += count
        content = bytes(self._pending)
        self._pending.clear()
        self._spool.in_memory -= count
        try:
            if self._file is None:
                self._file = await self._spool.run(self._spool.open_file)
            await self._spool.run(_write, self._file, content)
        except OSError as error:
            _log.exception("A request body could not be written to disk.")
            raise RefusalError(
                "no-room-for-body",
                Message("no_disk_for_body"),
                {"Retry-After": _SECONDS_TO_RETRY},
            ) from error


def open_unnamed(directory: Path) -> IO[bytes]:
    """Return an empty file that ends when it is closed, or this process ends, however it does.

    Where the system has no files without a name, it has one, and a power cut leaves it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if sys.platform == "linux":
        return tempfile.TemporaryFile(dir=directory)
    return tempfile.NamedTemporaryFile(dir=directory)


def path_of(file: IO[bytes]) -> Path:
    """Return where other processes find a file: one that has no name by its number here."""
    if isinstance(file.name, str):
        return Path(file.name)
    return Path(f"/proc/{os.getpid()}/fd/{file.fileno()}")


def _write(file: IO[bytes], content: bytes) -> None:
    file.write(content)
    file.flush()


def _close(file: IO[bytes]) -> None:
    with suppress(OSError):  # it was reported when it could not be written
        file.close()
