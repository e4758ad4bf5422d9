"""Blocks of text cells, and the numbers in them."""

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
"""Text that programs write into empty cells."""


@dataclass(frozen=True, eq=False)
class TextBlock:
    """Rows of text.

    Parameters
    ----------
    cells : pyarrow.LargeStringArray
        Row by row, `width` cells per row; empty cells are null.
    width : int
    rows : (n_rows,) int64
        Number of each row in the file.
    decimal : str
        Decimal mark, "." or ",".
    """

    cells: pa.LargeStringArray
    width: int
    rows: NDArray[np.int64]
    decimal: str = "."

    @property
    def n_rows(self) -> int:
        """The number of rows."""
        return len(self.rows)

    def row(self, index: int) -> int:
        """Return the number of a row in the file."""
        return int(self.rows[index])

    @property
    def numbering(self) -> int | NDArray[np.int64]:
        """The number of the first row if the others follow without gaps; otherwise all numbers."""
        first, last = int(self.rows[0]), int(self.rows[-1])
        return first if last - first == len(self.rows) - 1 else self.rows

    def filled(self, column: int) -> TextBlock:
        """Return the block without empty rows; only rows that lack this column are examined."""
        null_rows = np.flatnonzero(self.ids(column).is_null().to_numpy(zero_copy_only=False))
        empty = [
            index
            for index in null_rows.tolist()
            if not any(map(str.strip, self.texts(index, self._columns)))
        ]
        if not empty:
            return self
        non_empty = np.ones(self.n_rows, np.bool_)
        non_empty[empty] = False
        cells = self.cells.filter(pa.array(np.repeat(non_empty, self.width)))
        return replace(self, cells=cells, rows=self.rows[non_empty])

    @property
    def _columns(self) -> range:
        return range(self.width)

    def ids(self, column: int) -> pa.Array:
        """Return a column without the spaces around its cells."""
        return _trimmed(self._cells_of([column]))

    def numbers(self, columns: Sequence[int]) -> NDArray[np.float64]:
        """Return columns of numbers; see `Block`."""
        cells = self._cells_of(columns)
        if self.decimal == ",":
            cells = pc.replace_substring(cells, ",", ".")
        try:
            values = cells.cast(pa.float64())
        except pa.ArrowInvalid:  # spaces, a word for an empty cell, or not a number
            values = self._parse(cells, columns)
        flat: NDArray[np.float64] = values.to_numpy(zero_copy_only=False)
        return flat.reshape(self.n_rows, len(columns))

    def texts(self, index: int, columns: Sequence[int]) -> list[str]:
        """Return some cells of a row as text."""
        row = self.cells.slice(index * self.width, self.width)
        cells: list[str] = row.take(pa.array(columns, pa.int64())).fill_null("").to_pylist()
        return cells

    def _cells_of(self, columns: Sequence[int]) -> pa.LargeStringArray:
        """Return the cells of some columns, row by row."""
        if len(columns) == self.width:
            return self.cells
        places = np.arange(self.n_rows)[:, None] * self.width + np.asarray(columns)
        return self.cells.take(pa.array(places.ravel()))

    def _parse(self, cells: pa.LargeStringArray, columns: Sequence[int]) -> pa.Array:
        cells = _trimmed(cells)
        is_empty_word = pc.match_substring_regex(cells, _EMPTY)
        cells = pc.if_else(is_empty_word, pa.scalar(None, pa.large_string()), cells)
        valid = pc.fill_null(pc.match_substring_regex(cells, _NUMBER), True)
        index = pc.index(valid, False).as_py()
        if index >= 0:
            row, column = divmod(index, len(columns))
            value = self._cells_of(columns)[index].as_py().strip()
            raise NotANumberError(row, columns[column], value)
        return cells.cast(pa.float64())


def _trimmed(cells: pa.LargeStringArray) -> pa.LargeStringArray:
    """Return cells without surrounding spaces; cells of spaces alone are null."""
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
    """Return lines as rows with one cell per heading.

    Empty cells after the last heading are dropped.

    Raises
    ------
    solver.InputError
        If a line has fewer cells, or non-empty cells after the last heading.
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
        surplus = within >= width
        extra = cells.filter(pa.array(surplus))
        filled = np.flatnonzero(~_trimmed(extra).is_null().to_numpy(zero_copy_only=False))
        if len(filled):
            cell = int(np.flatnonzero(surplus)[filled[0]])
            index = int(np.searchsorted(starts, cell, side="right")) - 1
            raise origin.refuse(
                Message(
                    "cell_beyond_headings",
                    expected=width,
                    place=place,
                    file=origin.file,
                    number=records.lines[index],
                    column=within[cell] + 1,
                    received=quote_value(cells[cell].as_py()),
                ),
                (int(records.lines[index]), int(within[cell]) + 1),
            )
        cells = cells.filter(pa.array(~surplus))
    return TextBlock(cells, width, records.lines)
