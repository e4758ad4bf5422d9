"""A text with delimiters to its cells, as RFC 4180 has them; any other use of quotes is refused.

The libraries that read CSV take a quote within a bare cell as they please and do not tell the line
of a fault. Here a cell's place is kept; what its text is worth, Arrow works out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from messages import Message
from solver import InputError

from .origin import LONGEST, Origin, quote_value

BLOCK = 1 << 23
"""Bytes that are cut into cells at once."""

LONGEST_LINE = 1 << 26
"""Bytes of a line; one that is longer is refused: a quote is not closed, most likely."""

_QUOTE, _LF, _CR = b'"\n\r'


@dataclass(frozen=True, eq=False)
class Records:
    """Lines that hold something, cut into cells.

    Parameters
    ----------
    cells : pyarrow.LargeStringArray
        All cells, line by line; an empty one is null.
    counts : (R,) int64
        How many cells each line has.
    lines : (R,) int64
        Where each begins: the number of the line in the file, from 1.
    """

    cells: pa.LargeStringArray
    counts: NDArray[np.int64]
    lines: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.counts)

    def row(self, at: int) -> list[str]:
        """Return the cells of a line; those that are empty as ""."""
        start = int(self.counts[:at].sum())
        cells: list[str] = self.cells.slice(start, int(self.counts[at])).fill_null("").to_pylist()
        return cells


def split_records(
    content: bytes, delimiter: str, origin: Origin, block: int | None = None
) -> Iterator[Records]:
    """Yield the lines of a text in UTF-8, in blocks.

    Raises
    ------
    solver.InputError
        On a quote that is neither around a whole cell nor doubled within one, with line and column.
    """
    start, line = 0, 1
    while start < len(content):
        stop = _end(content, start, block or BLOCK, line, delimiter, origin)
        records, physical = _cut(content[start:stop], ord(delimiter), line, origin)
        if len(records):
            yield records
        start, line = stop, line + physical


def _end(content: bytes, start: int, block: int, line: int, delimiter: str, origin: Origin) -> int:
    """Return where a block ends: behind a line end that is in no quotes, or with the text."""
    size = block
    while start + size < len(content):
        chunk = content[start : start + size]
        at = _last_line_end(chunk, content[start + size])
        if at >= 0:
            return start + at + 1
        if _QUOTE in chunk:
            _expect_quotes(_Marks(chunk, ord(delimiter)), line, origin, whole=False)
        if size >= LONGEST_LINE:
            raise origin.unreadable(
                Message("line_too_long", most=LONGEST_LINE, file=origin.file, line=line)
            )
        size *= 2
    return len(content)


def _last_line_end(chunk: bytes, following: int) -> int:
    """Return where the last line end is that no quotes are around, or -1."""
    bytes_ = np.frombuffer(chunk, np.uint8)
    ends = (bytes_ == _LF) | (bytes_ == _CR)
    if ends[-1] and bytes_[-1] == _CR and following == _LF:
        ends[-1] = False  # its line end goes on
    if _QUOTE in chunk:
        ends &= ~np.bitwise_xor.accumulate(bytes_ == _QUOTE)
    places = np.flatnonzero(ends)
    return int(places[-1]) if len(places) else -1


class _Marks:
    """Where a block has quotes, delimiters and line ends; all are (n,) bool but for `bytes`."""

    def __init__(self, block: bytes, delimiter: int) -> None:
        self.bytes, self.delimited_by = np.frombuffer(block, np.uint8), delimiter
        self.has_quotes = _QUOTE in block
        line_feed = self.bytes == _LF
        self.line_end, self.in_pair = line_feed, None
        if _CR in block:
            carriage_return = self.bytes == _CR
            before_feed = np.zeros_like(line_feed)
            before_feed[:-1] = carriage_return[:-1] & line_feed[1:]
            self.in_pair = before_feed  # of \r\n, which ends with its second byte
            self.line_end = line_feed | (carriage_return & ~before_feed)
        self.physical_end = self.line_end
        self.delimiter = self.bytes == delimiter
        if self.has_quotes:
            self.quote = self.bytes == _QUOTE
            outside = ~np.bitwise_xor.accumulate(self.quote)
            self.delimiter = self.delimiter & outside
            self.line_end = self.line_end & outside
            if self.in_pair is not None:
                self.in_pair = self.in_pair & outside


def _cut(block: bytes, delimiter: int, line: int, origin: Origin) -> tuple[Records, int]:
    """Return the lines of a block, and how many line ends it has."""
    if block[-1] not in (_LF, _CR):
        block += b"\n"
    marks = _Marks(block, delimiter)
    edges = marks.delimiter | marks.line_end
    dropped, plain = edges, marks.in_pair is None and not marks.has_quotes
    if marks.in_pair is not None:
        dropped = dropped | marks.in_pair
    if marks.has_quotes:
        dropped = dropped | _expect_quotes(marks, line, origin, whole=True)
    ends = np.flatnonzero(edges)
    before = np.arange(len(ends)) if plain else np.cumsum(dropped, dtype=np.int32)[ends] - 1
    offsets = np.concatenate(([0], ends - before))
    last = np.flatnonzero(marks.line_end[ends])  # cells that end a line
    counts = np.diff(last, prepend=-1)
    lines = line + _line_numbers(marks, ends[last])
    blank = (counts == 1) & (offsets[last + 1] == offsets[last])
    if blank.any():
        offsets = np.delete(offsets, last[blank] + 1)
        counts, lines = counts[~blank], lines[~blank]
    records = Records(_strings(marks.bytes[~dropped], offsets), counts, lines)
    return records, int(np.count_nonzero(marks.physical_end))


def _line_numbers(marks: _Marks, ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many line ends come before each line, those in quotes included."""
    if not marks.has_quotes:
        return np.arange(len(ends))
    physical = np.flatnonzero(marks.physical_end)
    return np.concatenate(([0], 1 + np.searchsorted(physical, ends)))[:-1]


def _strings(content: NDArray[np.uint8], offsets: NDArray[np.int64]) -> pa.LargeStringArray:
    filled = np.diff(offsets) > 0
    bitmap = None if filled.all() else pa.py_buffer(np.packbits(filled, bitorder="little"))
    return pa.LargeStringArray.from_buffers(
        len(filled), pa.py_buffer(offsets.astype(np.int64)), pa.py_buffer(content), bitmap
    )


def _expect_quotes(marks: _Marks, line: int, origin: Origin, *, whole: bool) -> NDArray[np.bool_]:
    """Return which quotes are no part of a cell's text, once all are known to be used rightly.

    Parameters
    ----------
    whole : bool
        Whether the block ends with a line; else its last quote may be open.
    """
    quotes = np.flatnonzero(marks.quote)
    opening, closing = quotes[::2], quotes[1::2]
    edge = marks.delimiter | marks.line_end
    if marks.in_pair is not None:
        edge |= marks.in_pair
    again = opening[1 : 1 + len(closing)]  # those that might be the second of a doubled quote
    second = again[again == closing[: len(again)] + 1]
    doubled = np.zeros_like(marks.quote)
    doubled[second] = True
    ahead = np.minimum(closing + 1, len(edge) - 1)
    stray = opening[~((opening == 0) | edge[opening - 1] | doubled[opening])]
    unended = closing[~((closing == ahead) | edge[ahead] | doubled[ahead])]
    faults = [*stray[:1], *unended[:1]]
    if faults:
        raise _misplaced(marks, int(min(faults)), line, "around", origin)
    if whole and len(opening) > len(closing):
        unclosed = opening[~doubled[opening]]  # the last may be the second of a doubled quote
        raise _misplaced(marks, int(unclosed[-1]), line, "closed", origin)
    around: NDArray[np.bool_] = marks.quote & ~doubled
    return around


def _misplaced(marks: _Marks, at: int, line: int, rule: str, origin: Origin) -> InputError:
    """Return the refusal of the quote at a place."""
    cells = np.flatnonzero((marks.delimiter | marks.line_end)[:at])
    lines = np.flatnonzero(marks.line_end[:at])
    start, begin = (int(ends[-1]) + 1 if len(ends) else 0 for ends in (cells, lines))
    column = 1 + int(np.count_nonzero(marks.delimiter[begin:at]))
    number = line + int(np.count_nonzero(marks.physical_end[:at]))
    rest = marks.bytes[at : at + 4 * LONGEST]
    behind = np.flatnonzero((rest == _LF) | (rest == _CR) | (rest == marks.delimited_by))
    stop = at + (int(behind[0]) if len(behind) else len(rest))
    value = marks.bytes[start:stop].tobytes().decode("utf-8", "replace")
    return origin.unreadable(
        Message(
            "quote_misplaced",
            rule=rule,
            file=origin.file,
            line=number,
            column=column,
            received=quote_value(value),
        ),
        (number, column),
    )
