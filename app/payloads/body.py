"""The body of a request on its way to a worker: small ones as they are, large ones by reference."""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from fastapi import Request

from app.refusals.details import RefusalError

from .media_types import expect_media_type

INLINE = 1 << 18
"""Bytes up to which a body is copied from process to process; beyond, memory is shared."""


class MappedBytes(mmap.mmap):
    """Bytes of a file, which are read and searched as `bytes` are."""

    def startswith(self, prefix: bytes, start: int, end: int) -> bool:
        """Return whether the bytes from `start` on, and before `end`, begin with `prefix`."""
        return self[start : min(end, start + len(prefix))] == prefix


@dataclass(frozen=True)
class Body:
    """The bytes of a request and what they are.

    Parameters
    ----------
    content : bytes or Path
        Themselves, or the file in memory that has them.
    content_type : str
        As the request says; empty if it does not.
    """

    content: bytes | Path
    content_type: str = ""

    @contextmanager
    def opened(self) -> Iterator[bytes | MappedBytes]:
        """Yield the bytes; large ones are mapped, not copied, and change for nobody else."""
        if isinstance(self.content, bytes):
            yield self.content
            return
        with self.content.open("rb") as file:
            mapped = MappedBytes(file.fileno(), 0, access=mmap.ACCESS_COPY)
        try:
            yield mapped
        finally:
            with suppress(BufferError):  # an array still reads them, and ends them with itself
                mapped.close()


@asynccontextmanager
async def received(request: Request, limit: int, *, parts: bool = True) -> AsyncIterator[Body]:
    """Yield the body of a request.

    Raises
    ------
    RefusalError
        413 as soon as it turns out to be larger than `limit` bytes; 415 where it is neither JSON
        nor, with `parts`, multipart/form-data.
    """
    announced = request.headers.get("content-length", "0")
    too_large = RefusalError(
        "body-too-large",
        f"Expected a body of at most {limit:,} bytes; got more (WHALE_MAX_BODY_BYTES).",
    )
    if announced.isdecimal() and int(announced) > limit:
        raise too_large
    kind = request.headers.get("content-type", "")
    expect_media_type(kind, parts=parts)
    content, length, file = bytearray(), 0, None
    try:
        async for chunk in request.stream():
            length += len(chunk)
            if length > limit:
                raise too_large
            content += chunk
            if length > INLINE:
                file = file or _file_in_memory()
                file.write(content)
                content.clear()
        yield Body(bytes(content) if file is None else _path(file), kind)
    finally:
        if file is not None:
            file.close()


def _file_in_memory() -> IO[bytes]:
    """Return an empty file that ends when it is closed, or this process ends."""
    if hasattr(os, "memfd_create"):  # not on every system
        return os.fdopen(os.memfd_create("body"), "wb", buffering=0)
    return tempfile.NamedTemporaryFile(buffering=0)


def _path(file: IO[bytes]) -> Path:
    """Return where other processes find the file: a file in memory has no name of its own."""
    if isinstance(file.name, str):
        return Path(file.name)
    return Path(f"/proc/{os.getpid()}/fd/{file.fileno()}")
