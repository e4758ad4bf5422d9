"""The body of a request on its way to a worker: small ones as they are, large ones as files."""

from __future__ import annotations

import mmap
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request

from app.errors.problem_details import RefusalError
from messages import Message

from .encodings import Decoder, ExpandedTooFarError, encodings_of
from .media_types import expect_media_type
from .spool import Spool, SpooledBytes


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
        Themselves, or the file that has them.
    content_type : str
        As the request says; empty if it does not.
    """

    content: bytes | Path
    content_type: str = ""

    @property
    def size(self) -> int:
        """Number of bytes."""
        if isinstance(self.content, bytes):
            return len(self.content)
        return self.content.stat().st_size

    def chunks(self, size: int = 2**20) -> Iterator[bytes]:
        """Yield the bytes, at most `size` at a time."""
        if isinstance(self.content, bytes):
            for start in range(0, len(self.content), size):
                yield self.content[start : start + size]
            return
        with self.content.open("rb") as file:
            while chunk := file.read(size):
                yield chunk

    @contextmanager
    def open(self) -> Iterator[bytes | MappedBytes]:
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
async def receive_body(request: Request, limit: int, *, parts: bool = True) -> AsyncIterator[Body]:
    """Yield the body of a request, decoded where it has a Content-Encoding.

    Raises
    ------
    RefusalError
        413 as soon as it turns out to be larger than `limit` bytes, as it comes or decoded; 415
        where it is neither JSON nor, with `parts`, multipart/form-data, or has an encoding that is
        none of the service's; 400 where it is not what its encoding says; 503 where there is no
        room for it.
    """
    announced = request.headers.get("content-length", "0")
    too_large = RefusalError("body-too-large", Message("body_too_large", most=limit))
    if announced.isdecimal() and int(announced) > limit:
        raise too_large
    kind = request.headers.get("content-type", "")
    expect_media_type(kind, parts=parts)
    encodings = encodings_of(request.headers.getlist("content-encoding"), parts=parts)
    spooled = SpooledBytes(request.app.state.spool)
    try:
        length = 0
        decoder = Decoder(encodings, limit) if encodings else None
        async for chunk in request.stream():
            length += len(chunk)
            if length > limit:
                raise too_large
            if decoder is None:
                await spooled.write(chunk)
            else:
                await _write_decoded(spooled, decoder.decoded(chunk), request.app.state.spool)
        if decoder is not None:
            decoder.finish()
        yield Body(await spooled.finish(), kind)
    except ExpandedTooFarError as error:
        raise too_large from error
    finally:
        spooled.close()


async def _write_decoded(spooled: SpooledBytes, pieces: Iterator[bytes], spool: Spool) -> None:
    """Write what is decoded, a piece at a time: the event loop goes on meanwhile."""
    while piece := await spool.run(next, pieces, b""):
        await spooled.write(piece)
