"""Request bodies: small ones in memory, large ones in files that workers can open."""

from __future__ import annotations

import mmap
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request

from app.errors.problem_details import RefusalError
from messages import Message

from .encodings import Decoder, ExpandedTooFarError, parse_encodings
from .media_types import expect_media_type
from .spool import Spool, SpooledBody


class MappedBytes(mmap.mmap):
    """Memory-mapped bytes of a file, with the methods of `bytes` that readers use."""

    def startswith(self, prefix: bytes, start: int, end: int) -> bool:
        """Return whether the bytes from `start` to `end` begin with `prefix`."""
        return self[start : min(end, start + len(prefix))] == prefix


@dataclass(frozen=True)
class Body:
    """The body of a request.

    Parameters
    ----------
    content : bytes or Path
        The bytes, or the file that contains them.
    content_type : str
        Content-Type of the request, or empty.
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
        """Yield the bytes. Those of a file are memory-mapped, copy on write."""
        if isinstance(self.content, bytes):
            yield self.content
            return
        with self.content.open("rb") as file:
            mapping = MappedBytes(file.fileno(), 0, access=mmap.ACCESS_COPY)
        try:
            yield mapping
        finally:
            with suppress(BufferError):  # an array still refers to the mapping and will close it
                mapping.close()


@asynccontextmanager
async def receive_body(request: Request, limit: int, *, parts: bool = True) -> AsyncIterator[Body]:
    """Yield the body of a request, decoded if it has a Content-Encoding.

    Raises
    ------
    RefusalError
        413 if the body exceeds `limit` bytes, as received or decoded; 415 if it is neither JSON
        nor, with `parts`, multipart/form-data, or if its encoding is not supported; 400 if it is
        not valid in its encoding; 503 if there is no space for it.
    """
    content_length = request.headers.get("content-length", "0")
    too_large = RefusalError("body-too-large", Message("body_too_large", most=limit))
    if content_length.isdecimal() and int(content_length) > limit:
        raise too_large
    content_type = request.headers.get("content-type", "")
    expect_media_type(content_type, parts=parts)
    encodings = parse_encodings(request.headers.getlist("content-encoding"), parts=parts)
    spooled_body = SpooledBody(request.app.state.spool)
    try:
        length = 0
        decoder = Decoder(encodings, limit) if encodings else None
        async for chunk in request.stream():
            length += len(chunk)
            if length > limit:
                raise too_large
            if decoder is None:
                await spooled_body.write(chunk)
            else:
                await _write_pieces(spooled_body, decoder.decode(chunk), request.app.state.spool)
        if decoder is not None:
            decoder.finish()
        yield Body(await spooled_body.finish(), content_type)
    except ExpandedTooFarError as error:
        raise too_large from error
    finally:
        spooled_body.close()


async def _write_pieces(body: SpooledBody, pieces: Iterator[bytes], spool: Spool) -> None:
    """Decode and write one piece after the other in threads, off the event loop."""
    while piece := await spool.run(next, pieces, b""):
        await body.write(piece)
