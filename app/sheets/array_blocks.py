"""Blocks of arrays, from Arrow, Parquet and .npy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from .arrow_types import is_number, is_text
from .sheet import NotANumberError
from .text_block import TextBlock


class _FullBlock:
    """Rows that are numbered without gaps and never empty."""

    first = 0

    def row(self, index: int) -> int:
        """Return the number of a row in the file."""
        return self.first + index

    @property
    def numbering(self) -> int:
        """The number of the first row; the others follow without gaps."""
        return self.first

    def filled(self, column: int) -> Self:  # noqa: ARG002
        """Return the block itself, which has no empty rows."""
        return self


@dataclass(frozen=True, eq=False)
class ArrowBlock(_FullBlock):
    """Rows of an Arrow table.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        Its columns are results of `plain`.
    first : int
        Number of its first row in the file, from 0.
    """

    batch: pa.RecordBatch
    first: int

    @property
    def n_rows(self) -> int:
        """The number of rows."""
        return int(self.batch.num_rows)

    def ids(self, column: int) -> pa.Array:
        """Return a column's ids; see `Block`."""
        return self.batch.column(column)

    def numbers(self, columns: Sequence[int]) -> NDArray[np.float64]:
        """Return columns of numbers; see `Block`."""
        values = np.empty((self.n_rows, len(columns)))
        for index, column in enumerate(columns):
            values[:, index] = self._numbers(column)
        return values

    def texts(self, index: int, columns: Sequence[int]) -> list[str]:
        """Return some cells of a row as text."""
        values = (self.batch.column(column)[index].as_py() for column in columns)
        return ["" if value is None else str(value) for value in values]

    def _numbers(self, column: int) -> NDArray[np.float64]:
        array = self.batch.column(column)
        kind = array.type
        if pa.types.is_dictionary(kind):
            array = array.dictionary.take(array.indices)
            kind = array.type
        if pa.types.is_large_string(kind):
            cells = pc.if_else(pc.equal(array, ""), pa.scalar(None, kind), array)
            try:
                return TextBlock(cells, 1, np.arange(len(cells))).numbers([0])[:, 0]
            except NotANumberError as error:
                raise NotANumberError(error.row, column, error.value) from None
        if pa.types.is_null(kind):
            return np.full(len(array), np.nan)
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
            if not is_number(kind):
                filled = np.flatnonzero(array.is_valid().to_numpy(zero_copy_only=False))
                if not len(filled):
                    return np.full(len(array), np.nan)
                index = int(filled[0])
                raise NotANumberError(index, column, str(array[index].as_py()))
            array = array.cast(pa.float64())
        values = array.to_numpy(zero_copy_only=False)
        return np.asarray(values, np.float64)


def plain(array: pa.Array) -> pa.Array:
    """Return an array in one of few layouts.

    Text and views become large_string. Run-end encoded arrays become dictionaries, because one run
    of a long id can stand for any number of rows.
    """
    kind = array.type
    if pa.types.is_run_end_encoded(kind):
        ends = array.run_ends.to_numpy()
        runs = np.searchsorted(ends, np.arange(array.offset, array.offset + len(array)), "right")
        array = pa.DictionaryArray.from_arrays(pa.array(runs, pa.int64()), plain(array.values))
        kind = array.type
    if pa.types.is_dictionary(kind):
        values, indices = plain(array.dictionary), array.indices
        if pa.types.is_dictionary(values.type):  # a dictionary within
            indices, values = values.indices.take(indices), values.dictionary
        return pa.DictionaryArray.from_arrays(indices.cast(pa.int64()), values)
    if is_text(kind):
        return array.cast(pa.large_string())
    return array


@dataclass(frozen=True, eq=False)
class ArrayBlock(_FullBlock):
    """Rows of one array of numbers, (n_rows, width)."""

    array: NDArray[np.generic]

    @property
    def n_rows(self) -> int:
        """The number of rows."""
        return len(self.array)

    def ids(self, column: int) -> pa.Array:
        """Return a column's ids; see `Block`."""
        return pa.array(self.array[:, column])

    def numbers(self, columns: Sequence[int]) -> NDArray[np.float64]:
        """Return columns of numbers; see `Block`. All columns are not copied."""
        if len(columns) == self.array.shape[1]:
            return self.array  # type: ignore[return-value]
        return self.array[:, list(columns)].astype(np.float64)

    def texts(self, index: int, columns: Sequence[int]) -> list[str]:
        """Return some cells of a row as text."""
        return [str(self.array[index, column]) for column in columns]
