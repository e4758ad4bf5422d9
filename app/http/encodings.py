"""Content-Encoding of request bodies: gzip and zstd, decoded incrementally."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from app.errors.problem_details import RefusalError
from messages import Message

from .media_types import accept_headers

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECE_BYTES = 2**18
"""Maximum size of a decoded piece: compressed data can expand to any size."""

MAX_ENCODINGS = 2
"""Maximum number of encodings of one body, applied one after the other."""

MAX_FRAMES = 2**14
"""Maximum number of frames or members of a body. Empty ones take time without adding bytes."""

WINDOW_LOG = 23
"""Window of zstd: 8 MiB, the maximum for a Content-Encoding (RFC 9659)."""


class ExpandedTooFarError(ValueError):
    """A decoded body exceeds its size limit."""


class _Frame(Protocol):
    """Interface of the standard library's decoders of one frame or member."""

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _GzipMember:
    """`zlib`'s decoder with the interface of the other decoders."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=31)
        self._tail = b""

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    @property
    def needs_input(self) -> bool:
        return not (self.eof or self._tail)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        piece = self._zlib.decompress(self._tail + data, max_length)
        self._tail = self._zlib.unconsumed_tail
        return piece


def _zstd_frame() -> _Frame:
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: WINDOW_LOG})


FRAMES: Mapping[str, Callable[[], _Frame]] = MappingProxyType(
    {"gzip": _GzipMember, "x-gzip": _GzipMember, "zstd": _zstd_frame}
)


class Decoder:
    """Decodes a body incrementally.

    Parameters
    ----------
    encodings : sequence of str
        In the order in which they were applied.
    limit : int
        Maximum number of decoded bytes, of each encoding.
    """

    def __init__(self, encodings: Sequence[str], limit: int) -> None:
        self._stages = [_Stage(name, limit) for name in reversed(encodings)]

    def decode(self, data: bytes) -> Iterator[bytes]:
        """Decode the next bytes of the body; yield pieces of at most `PIECE_BYTES` bytes.

        Raises
        ------
        ExpandedTooFarError
        RefusalError
            400 if the data are not valid in the encoding.
        """
        return self._decode(data, self._stages)

    def finish(self) -> None:
        """Check that the body is complete.

        Raises
        ------
        RefusalError
            400 if it is cut off.
        """
        for stage in self._stages:
            stage.finish()

    def _decode(self, data: bytes, stages: Sequence[_Stage]) -> Iterator[bytes]:
        if not stages:
            yield data
            return
        for piece in stages[0].decode(data):
            yield from self._decode(piece, stages[1:])


class _Stage:
    """One encoding of a body, with one or several frames."""

    def __init__(self, name: str, limit: int) -> None:
        self._name = name
        self._limit = limit
        self._frame: _Frame | None = None
        self._frame_count = 0
        self._size = 0

    def decode(self, data: bytes) -> Iterator[bytes]:
        frame = self._frame
        while data or not (frame is None or frame.eof or frame.needs_input):
            if frame is None or frame.eof:
                self._frame = frame = self._next_frame()
            try:
                piece = frame.decompress(data, PIECE_BYTES)
            except (zlib.error, zstd.ZstdError) as error:
                raise RefusalError(
                    "malformed-encoding", Message("encoding_malformed", encoding=self._name)
                ) from error
            data = frame.unused_data if frame.eof else b""
            self._size += len(piece)
            if self._size > self._limit:
                raise ExpandedTooFarError
            if piece:
                yield piece

    def finish(self) -> None:
        if self._frame is not None and not self._frame.eof:
            raise RefusalError(
                "malformed-encoding", Message("encoding_cut_off", encoding=self._name)
            )

    def _next_frame(self) -> _Frame:
        self._frame_count += 1
        if self._frame_count > MAX_FRAMES:
            raise RefusalError(
                "malformed-encoding",
                Message("too_many_frames", most=MAX_FRAMES, encoding=self._name),
            )
        return FRAMES[self._name]()


def parse_encodings(headers: Sequence[str], *, parts: bool) -> list[str]:
    """Return the encodings in the headers Content-Encoding.

    Parameters
    ----------
    headers : sequence of str
    parts : bool
        Whether the route accepts multipart/form-data, for the headers of a refusal.

    Raises
    ------
    RefusalError
        415 if an encoding is not one of `FRAMES`, or if there are too many (RFC 9110 §15.5.16).
    """
    names = [name.strip().lower() for each in headers for name in each.split(",")]
    encodings = [name for name in names if name not in ("", "identity")]
    for name in encodings:
        if name not in FRAMES:
            raise RefusalError(
                "unsupported-encoding",
                Message("encoding_expected", encodings=("gzip", "zstd"), received=name[:40]),
                accept_headers(parts=parts),
            )
    if len(encodings) > MAX_ENCODINGS:
        raise RefusalError(
            "unsupported-encoding",
            Message("too_many_encodings", most=MAX_ENCODINGS, count=len(encodings)),
            accept_headers(parts=parts),
        )
    return encodings
