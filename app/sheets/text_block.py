"""Rows of text cells, and what numbers they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from messages import Message

from .cells import Records
from .origin import Origin, quote_value
from .sheet import NotANumberError

_NUMBER = r"^[+-]?((\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|inf|Inf|INF|infinity|Infinity)$"
_EMPTY = r"^(?i:na|n/a|#n/a|nan|null|none|\\n)$"
"""What programs write into a cell that has no value."""


@dataclass(frozen=True, eq=False)
class TextBlock:
    """Rows of text.

    Parameters
    ----------
    cells : pyarrow.LargeStringArray
        Row by row, `width` to a row; an empty one is null.
    width : int
    rows : (n_rows,) int64
        What the file calls each.
    decimal : str
        Decimal mark, "." or ",".
    """

    cells: pa.LargeStringArray
    width: int
    rows: NDArray[np.int64]
    decimal: str = "."

    @property
    def n_rows(self) -> int:
        """How many rows it has."""
        return len(self.rows)

    def row(self, index: int) -> int:
        """Return the number of a row in the file."""
        return int(self.rows[index])

    @property
    def numbering(self) -> int | NDArray[np.int64]:
        """The number of the first row where each row's is one more; else all of them."""
        first, last = int(self.rows[0]), int(self.rows[-1])
        return first if last - first == len(self.rows) - 1 else self.rows

    def filled(self, column: int) -> TextBlock:
        """Return the block without rows that are empty, this column included."""
        lacking = np.flatnonzero(self.ids(column).is_null().to_numpy(zero_copy_only=False))
        empty = [
            index
            for index in lacking.tolist()
            if not any(map(str.strip, self.texts(index, self._all)))
        ]
        if not empty:
            return self
        kept = np.ones(self.n_rows, np.bool_)
        kept[empty] = False
        cells = self.cells.filter(pa.array(np.repeat(kept, self.width)))
        return replace(self, cells=cells, rows=self.rows[kept])

    @property
    def _all(self) -> range:
        return range(self.width)

    def ids(self, column: int) -> pa.Array:
        """Return a column without the spaces around its cells."""
        return _trimmed(self._of([column]))

    def numbers(self, columns: Sequence[int]) -> NDArray[np.float64]:
        """Return columns of numbers; see `Block`."""
        cells = self._of(columns)
        if self.decimal == ",":
            cells = pc.replace_substring(cells, ",", ".")
        try:
            values = cells.cast(pa.float64())
        except pa.ArrowInvalid:  # spaces, a word for nothing, or no number
            values = self._careful(cells, columns)
        flat: NDArray[np.float64] = values.to_numpy(zero_copy_only=False)
        return flat.reshape(self.n_rows, len(columns))

    def texts(self, index: int, columns: Sequence[int]) -> list[str]:
        """Return what people see in some cells of a row."""
        row = self.cells.slice(index * self.width, self.width)
        cells: list[str] = row.take(pa.array(columns, pa.int64())).fill_null("").to_pylist()
        return cells

    def _of(self, columns: Sequence[int]) -> pa.LargeStringArray:
        """Return the cells of some columns, row by row."""
        if len(columns) == self.width:
            return self.cells
        places = np.arange(self.n_rows)[:, None] * self.width + np.asarray(columns)
        return self.cells.take(pa.array(places.ravel()))

    def _careful(self, cells: pa.LargeStringArray, columns: Sequence[int]) -> pa.Array:
        cells = _trimmed(cells)
        nothing = pc.match_substring_regex(cells, _EMPTY)
        cells = pc.if_else(nothing, pa.scalar(None, pa.large_string()), cells)
        good = pc.fill_null(pc.match_substring_regex(cells, _NUMBER), True)
        index = pc.index(good, False).as_py()
        if index >= 0:
            row, column = divmod(index, len(columns))
            value = self._of(columns)[index].as_py().strip()
            raise NotANumberError(row, columns[column], value)
        return cells.cast(pa.float64())


def _trimmed(cells: pa.LargeStringArray) -> pa.LargeStringArray:
    """Return cells without spaces around them; those that are nothing else are null."""
    trimmed = pc.utf8_trim_whitespace(cells)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.large_string()), trimmed)


def find_decimal_mark(head: TextBlock) -> str:
    """Return the decimal mark of numbers, by the rules of the package."""
    with_comma = pc.match_substring_regex(head.cells, r"^\s*[+-]?\d*,\d+\s*$")
    if not pc.any(with_comma).as_py():
        return "."
    with_point = pc.match_substring_regex(head.cells, r"^\s*[+-]?\d*\.\d+\s*$")
    return "." if pc.any(with_point).as_py() else ","


def as_rectangle(records: Records, names: Sequence[str], place: str, origin: Origin) -> TextBlock:
    """Return lines as rows of as many cells as there are headings.

    Cells beyond the last heading are left out where they are empty.

    Raises
    ------
    solver.InputError
        Where a line has fewer cells, or more with something in them.
    """
    width = len(names)
    cells = records.cells
    if (records.counts != width).any():
        short = np.flatnonzero(records.counts < width)
        if len(short):
            index = int(short[0])
            raise origin.refuse(
                Message(
                    "cells_expected",
                    expected=width,
                    place=place,
                    file=origin.file,
                    number=records.lines[index],
                    received=records.counts[index],
                ),
                (int(records.lines[index]),),
            )
        starts = np.cumsum(records.counts) - records.counts
        within = np.arange(len(cells)) - np.repeat(starts, records.counts)
        beyond = within >= width
        extra = cells.filter(pa.array(beyond))
        filled = np.flatnonzero(~_trimmed(extra).is_null().to_numpy(zero_copy_only=False))
        if len(filled):
            which = int(np.flatnonzero(beyond)[filled[0]])
            index = int(np.searchsorted(starts, which, side="right")) - 1
            raise origin.refuse(
                Message(
                    "cell_beyond_headings",
                    expected=width,
                    place=place,
                    file=origin.file,
                    number=records.lines[index],
                    column=within[which] + 1,
                    received=quote_value(cells[which].as_py()),
                ),
                (int(records.lines[index]), int(within[which]) + 1),
            )
        cells = cells.filter(pa.array(~beyond))
    return TextBlock(cells, width, records.lines)
