"""Splits delimited text into cells by RFC 4180; any other use of quotes is refused.

Other CSV readers differ on quotes within unquoted cells and do not report the line of an error.
This one keeps the place of every cell; Arrow converts their text.
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
"""Number of bytes that are split into cells at once."""

LONGEST_LINE = 1 << 26
"""Maximum number of bytes of a line; a longer one most likely has an unclosed quote."""

_QUOTE, _LF, _CR = b'"\n\r'


@dataclass(frozen=True, eq=False)
class Records:
    """Non-empty lines, split into cells.

    Parameters
    ----------
    cells : pyarrow.LargeStringArray
        All cells, line by line; empty cells are null.
    counts : (R,) int64
        Number of cells of each line.
    lines : (R,) int64
        Number of the line in the file at which each begins, from 1.
    """

    cells: pa.LargeStringArray
    counts: NDArray[np.int64]
    lines: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.counts)

    def row(self, index: int) -> list[str]:
        """Return the cells of a line; empty cells are ""."""
        start = int(self.counts[:index].sum())
        cells: list[str] = (
            self.cells.slice(start, int(self.counts[index])).fill_null("").to_pylist()
        )
        return cells


def split_records(
    content: bytes, delimiter: str, origin: Origin, block: int | None = None
) -> Iterator[Records]:
    """Yield the lines of UTF-8 text, in blocks.

    Raises
    ------
    solver.InputError
        On a quote that neither encloses a cell nor is doubled within one, with line and column.
    """
    start, line = 0, 1
    while start < len(content):
        stop = _end(content, start, block or BLOCK, line, delimiter, origin)
        records, physical = _split_block(content[start:stop], ord(delimiter), line, origin)
        if len(records):
            yield records
        start, line = stop, line + physical


def _end(content: bytes, start: int, block: int, line: int, delimiter: str, origin: Origin) -> int:
    """Return the end of a block: after a line end outside of quotes, or at the end of the text."""
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
    """Return the position of the last line end outside of quotes, or -1."""
    bytes_ = np.frombuffer(chunk, np.uint8)
    ends = (bytes_ == _LF) | (bytes_ == _CR)
    if ends[-1] and bytes_[-1] == _CR and following == _LF:
        ends[-1] = False  # the line end continues with \n
    if _QUOTE in chunk:
        ends &= ~np.bitwise_xor.accumulate(bytes_ == _QUOTE)
    places = np.flatnonzero(ends)
    return int(places[-1]) if len(places) else -1


class _Marks:
    """Masks of quotes, delimiters and line ends in a block, (n,) bool each, and its bytes."""

    def __init__(self, block: bytes, delimiter: int) -> None:
        self.bytes, self.delimited_by = np.frombuffer(block, np.uint8), delimiter
        self.has_quotes = _QUOTE in block
        line_feed = self.bytes == _LF
        self.line_end, self.in_pair = line_feed, None
        if _CR in block:
            carriage_return = self.bytes == _CR
            before_feed = np.zeros_like(line_feed)
            before_feed[:-1] = carriage_return[:-1] & line_feed[1:]
            self.in_pair = before_feed  # the \r of \r\n; the line ends with \n
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


def _split_block(block: bytes, delimiter: int, line: int, origin: Origin) -> tuple[Records, int]:
    """Return the lines of a block, and its number of line ends."""
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
    """Return the number of line ends before each line, including those in quotes."""
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
    """Return the mask of quotes that enclose cells; misplaced quotes are refused.

    Parameters
    ----------
    whole : bool
        Whether the block ends with a line; otherwise its last quote may be open.
    """
    quotes = np.flatnonzero(marks.quote)
    opening, closing = quotes[::2], quotes[1::2]
    edge = marks.delimiter | marks.line_end
    if marks.in_pair is not None:
        edge |= marks.in_pair
    reopening = opening[1 : 1 + len(closing)]  # these may be second halves of doubled quotes
    second = reopening[reopening == closing[: len(reopening)] + 1]
    doubled = np.zeros_like(marks.quote)
    doubled[second] = True
    next_byte = np.minimum(closing + 1, len(edge) - 1)
    stray = opening[~((opening == 0) | edge[opening - 1] | doubled[opening])]
    unclosed_cells = closing[~((closing == next_byte) | edge[next_byte] | doubled[next_byte])]
    faults = [*stray[:1], *unclosed_cells[:1]]
    if faults:
        raise _misplaced_quote_error(marks, int(min(faults)), line, "around", origin)
    if whole and len(opening) > len(closing):
        unclosed = opening[~doubled[opening]]  # the last may be the second half of a doubled quote
        raise _misplaced_quote_error(marks, int(unclosed[-1]), line, "closed", origin)
    around: NDArray[np.bool_] = marks.quote & ~doubled
    return around


def _misplaced_quote_error(
    marks: _Marks, at: int, line: int, rule: str, origin: Origin
) -> InputError:
    """Return the error of a misplaced quote."""
    cells = np.flatnonzero((marks.delimiter | marks.line_end)[:at])
    lines = np.flatnonzero(marks.line_end[:at])
    start, begin = (int(ends[-1]) + 1 if len(ends) else 0 for ends in (cells, lines))
    column = 1 + int(np.count_nonzero(marks.delimiter[begin:at]))
    number = line + int(np.count_nonzero(marks.physical_end[:at]))
    following_bytes = marks.bytes[at : at + 4 * LONGEST]
    stops = np.flatnonzero(
        (following_bytes == _LF)
        | (following_bytes == _CR)
        | (following_bytes == marks.delimited_by)
    )
    stop = at + (int(stops[0]) if len(stops) else len(following_bytes))
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
