"""Users and streamers: ids or positions in files, positions in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from app.sheets.arrow_types import is_text
from app.sheets.ids import SortedIds
from messages import Message
from solver import InputError

from .columns import cast_ids, expect_values


@dataclass(frozen=True, eq=False)
class Side:
    """Users or streamers, all or a consecutive part of them, with their ids if they have any.

    Parameters
    ----------
    name : str
        "user" or "streamer".
    count : int
    ids : SortedIds or None
        None if files have positions.
    first : int
        The position in files of the first of them, without ids: above 0 in a part.
    whole : bool
        Whether these are all of them.
    """

    name: str
    count: int
    ids: SortedIds | None = None
    first: int = 0
    whole: bool = True

    def positions(self, column: pa.ChunkedArray, where: Message) -> NDArray[np.int32]:
        """Return a column's positions, (n,) int32.

        Parameters
        ----------
        column : pyarrow.ChunkedArray
            Positions or ids.
        where : Message
            What messages call its row group.

        Raises
        ------
        solver.InputError
            On nulls, on ids instead of positions or vice versa, and on unknown ids.
        """
        expect_values(column, self._field, "candidate_value_missing", where=where)
        if is_text(column.type) != (self.ids is not None and self.ids.are_text):
            raise InputError(
                self._field,
                Message(
                    "candidate_ids_expected",
                    side=self.name,
                    where=where,
                    expected=self._kind(),
                    received="text" if is_text(column.type) else "whole_numbers",
                ),
            )
        if self.ids is None:
            return self._from_positions(column, where)
        return self._look_up(column, self.ids, where)

    def ids_at(self, positions: NDArray[Any]) -> pa.Array:
        """Return the ids at positions, (n,) int, or the positions in files; null below 0."""
        missing = positions < 0
        if self.ids is None:
            return pa.array(positions + self.first, pa.int32(), mask=missing)
        return self.ids.values.take(pa.array(positions, pa.int32(), mask=missing))

    def part(self, first: int, stop: int) -> Side:
        """Return a consecutive part of them."""
        ids = None if self.ids is None else SortedIds.of(self.ids.values.slice(first, stop - first))
        return Side(self.name, stop - first, ids, self.first + first, whole=False)

    def __sizeof__(self) -> int:
        """Return the size in memory, ids included; Dask schedulers use it."""
        return object.__sizeof__(self) + (0 if self.ids is None else self.ids.nbytes)

    def _from_positions(self, column: pa.ChunkedArray, where: Message) -> NDArray[np.int32]:
        positions, first, stop = column.to_numpy(), self.first, self.first + self.count
        if len(positions) and not (positions.min() >= first and positions.max() < stop):
            row = int(np.flatnonzero((positions < first) | (positions >= stop))[0])
            raise InputError(
                self._field,
                Message(
                    "candidate_position_expected",
                    side=self.name,
                    first=first,
                    last=stop - 1,
                    row=row,
                    where=where,
                    received=positions[row],
                ),
            )
        if first:
            positions = positions - first
        # Arrow's buffers are read-only, but kernels are compiled for writable arrays only.
        return np.require(positions, np.int32, ["C", "W"])

    def _look_up(
        self, column: pa.ChunkedArray, ids: SortedIds, where: Message
    ) -> NDArray[np.int32]:
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        whole = column.unify_dictionaries().combine_chunks()
        entries = cast_ids(whole.dictionary, ids.values.type, where, self._field)
        positions: NDArray[np.int32] = ids.positions(entries)[whole.indices.to_numpy()]
        unknown = np.flatnonzero(positions < 0)
        if len(unknown):
            row = int(unknown[0])
            raise InputError(
                self._field,
                Message(
                    "candidate_unknown",
                    side=self.name,
                    row=row,
                    where=where,
                    id=repr(whole[row].as_py()),
                    part="whole" if self.whole else "stretch",
                ),
            )
        return positions

    def _kind(self) -> str:
        if self.ids is None:
            return "positions"
        return "text" if self.ids.are_text else "whole_numbers"

    @property
    def _field(self) -> str:
        return f"candidates.{self.name}"
