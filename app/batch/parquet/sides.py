"""The two sides of the pairs: positions inside, positions or ids in files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from app.sheets.arrow_types import first_null, is_text
from messages import Message
from solver import InputError

from .ids import Ids


@dataclass(frozen=True, eq=False)
class Side:
    """Users or streamers, or a stretch of them: how many there are, and their ids if they have any.

    Parameters
    ----------
    name : str
        "user" or "streamer".
    count : int
    ids : Ids or None
        None where files have positions.
    first : int
        What files call position 0, without ids: above 0 in a stretch.
    whole : bool
        Whether it is no stretch.
    """

    name: str
    count: int
    ids: Ids | None = None
    first: int = 0
    whole: bool = True

    def positions(self, column: pa.ChunkedArray, where: Message) -> NDArray[np.int32]:
        """Return a column's positions, (n,) int32.

        Parameters
        ----------
        column : pyarrow.ChunkedArray
            Positions or ids.
        where : Message
            What it is a column of.

        Raises
        ------
        solver.InputError
            On nulls, positions and ids mixed up, or who is not on this side.
        """
        row = first_null(column)
        if row is not None:
            raise self._refused(Message("candidate_value_missing", row=row, where=where))
        if is_text(column.type) != (self.ids is not None and self.ids.are_text):
            raise self._refused(
                Message(
                    "candidate_ids_expected",
                    side=self.name,
                    where=where,
                    expected=self._kind(),
                    received="text" if is_text(column.type) else "whole_numbers",
                )
            )
        if self.ids is None:
            return self._own(column, where)
        return self._looked_up(column, self.ids, where)

    def ids_at(self, positions: NDArray[Any]) -> pa.Array:
        """Return who is at positions, (n,) int, as files have it; null below 0."""
        missing = positions < 0
        if self.ids is None:
            return pa.array(positions + self.first, pa.int32(), mask=missing)
        return self.ids.values.take(pa.array(positions, pa.int32(), mask=missing))

    def part(self, first: int, stop: int) -> Side:
        """Return a stretch of them."""
        ids = None if self.ids is None else Ids.of(self.ids.values.slice(first, stop - first))
        return Side(self.name, stop - first, ids, self.first + first, whole=False)

    def __sizeof__(self) -> int:
        """Return what it takes, ids included: schedulers ask."""
        return object.__sizeof__(self) + (0 if self.ids is None else self.ids.nbytes)

    def _own(self, column: pa.ChunkedArray, where: Message) -> NDArray[np.int32]:
        positions, first, stop = column.to_numpy(), self.first, self.first + self.count
        if len(positions) and not (positions.min() >= first and positions.max() < stop):
            row = int(np.flatnonzero((positions < first) | (positions >= stop))[0])
            raise self._refused(
                Message(
                    "candidate_position_expected",
                    side=self.name,
                    first=first,
                    last=stop - 1,
                    row=row,
                    where=where,
                    received=positions[row],
                )
            )
        if first:
            positions = positions - first
        # Arrow's buffers are read-only; compiled code is compiled once, for arrays that are not.
        return np.require(positions, np.int32, ["C", "W"])

    def _looked_up(self, column: pa.ChunkedArray, ids: Ids, where: Message) -> NDArray[np.int32]:
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        whole = column.unify_dictionaries().combine_chunks()
        try:
            wanted = whole.dictionary.cast(ids.values.type)
        except pa.ArrowInvalid as error:
            raise self._refused(
                Message("id_too_large", where=where, received=str(pc.max(whole.dictionary)))
            ) from error
        positions: NDArray[np.int32] = ids.positions(wanted)[whole.indices.to_numpy()]
        unknown = np.flatnonzero(positions < 0)
        if len(unknown):
            row = int(unknown[0])
            raise self._refused(
                Message(
                    "candidate_unknown",
                    side=self.name,
                    row=row,
                    where=where,
                    id=repr(whole[row].as_py()),
                    part="whole" if self.whole else "stretch",
                )
            )
        return positions

    def _kind(self) -> str:
        if self.ids is None:
            return "positions"
        return "text" if self.ids.are_text else "whole_numbers"

    def _refused(self, message: Message) -> InputError:
        return InputError(f"candidates.{self.name}", message)
