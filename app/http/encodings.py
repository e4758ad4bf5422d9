"""Content-Encoding of request bodies: gzip and zstd, decoded piece by piece."""

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

PIECE = 2**18
"""Bytes that are decoded at a time: compressed ones can expand to any number."""

MAX_ENCODINGS = 2
"""Encodings of one body, one on top of the other."""

MAX_FRAMES = 2**14
"""Frames or members of a body in one encoding. Empty ones would take time and count for nothing."""

WINDOW_LOG = 23
"""Of zstd: 8 MiB, the most that a Content-Encoding may ask of a decoder, RFC 9659."""


class ExpandedTooFarError(ValueError):
    """A body expands to more than it may."""


class _Frame(Protocol):
    """What decodes one frame or member, as those of the standard library do."""

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _GzipMember:
    """`zlib`'s decoder with the names that others have."""

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(wbits=31)
        self._rest = b""

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    @property
    def needs_input(self) -> bool:
        return not (self.eof or self._rest)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        piece = self._zlib.decompress(self._rest + data, max_length)
        self._rest = self._zlib.unconsumed_tail
        return piece


def _zstd_frame() -> _Frame:
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: WINDOW_LOG})


FRAMES: Mapping[str, Callable[[], _Frame]] = MappingProxyType(
    {"gzip": _GzipMember, "x-gzip": _GzipMember, "zstd": _zstd_frame}
)


class Decoder:
    """Decodes a body that comes in pieces.

    Parameters
    ----------
    encodings : sequence of str
        In the order in which they were applied.
    limit : int
        Most bytes that the body may expand to, in each encoding.
    """

    def __init__(self, encodings: Sequence[str], limit: int) -> None:
        self._stages = [_Stage(name, limit) for name in reversed(encodings)]

    def decoded(self, data: bytes) -> Iterator[bytes]:
        """Yield what comes of more of the body, in pieces of at most `PIECE` bytes.

        Raises
        ------
        ExpandedTooFarError
        RefusalError
            400 where the data are not in the encoding.
        """
        return self._through(data, self._stages)

    def finish(self) -> None:
        """Expect that the body has ended.

        Raises
        ------
        RefusalError
            400 where it is cut off.
        """
        for stage in self._stages:
            stage.finish()

    def _through(self, data: bytes, stages: Sequence[_Stage]) -> Iterator[bytes]:
        if not stages:
            yield data
            return
        for piece in stages[0].decoded(data):
            yield from self._through(piece, stages[1:])


class _Stage:
    """One encoding of a body, of one or several frames."""

    def __init__(self, name: str, limit: int) -> None:
        self._name = name
        self._limit = limit
        self._frame: _Frame | None = None
        self._frames = 0
        self._expanded = 0

    def decoded(self, data: bytes) -> Iterator[bytes]:
        frame = self._frame
        while data or not (frame is None or frame.eof or frame.needs_input):
            if frame is None or frame.eof:
                self._frame = frame = self._next_frame()
            try:
                piece = frame.decompress(data, PIECE)
            except (zlib.error, zstd.ZstdError) as error:
                raise RefusalError(
                    "malformed-encoding", Message("encoding_malformed", encoding=self._name)
                ) from error
            data = frame.unused_data if frame.eof else b""
            self._expanded += len(piece)
            if self._expanded > self._limit:
                raise ExpandedTooFarError
            if piece:
                yield piece

    def finish(self) -> None:
        if self._frame is not None and not self._frame.eof:
            raise RefusalError(
                "malformed-encoding", Message("encoding_cut_off", encoding=self._name)
            )

    def _next_frame(self) -> _Frame:
        self._frames += 1
        if self._frames > MAX_FRAMES:
            raise RefusalError(
                "malformed-encoding",
                Message("too_many_frames", most=MAX_FRAMES, encoding=self._name),
            )
        return FRAMES[self._name]()


def encodings_of(headers: Sequence[str], *, parts: bool) -> list[str]:
    """Return the encodings that the headers Content-Encoding name.

    Parameters
    ----------
    headers : sequence of str
    parts : bool
        Whether multipart/form-data is taken, for a refusal to say.

    Raises
    ------
    RefusalError
        415 where one is none of `FRAMES`, or there are too many; RFC 9110 §15.5.16.
    """
    named = [name.strip().lower() for each in headers for name in each.split(",")]
    encodings = [name for name in named if name not in ("", "identity")]
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
