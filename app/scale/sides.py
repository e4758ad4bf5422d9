"""The two sides of the pairs: positions inside, positions or ids in files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from app.columns import is_text
from solver import InputError

NEAR = 8
"""How many times as many ids as are wanted may lie between the first and the last of them."""


@dataclass(frozen=True, eq=False)
class Side:
    """Users or streamers, or a stretch of them: how many there are, and their ids if they have any.

    Parameters
    ----------
    name : str
        "user" or "streamer".
    count : int
    ids : pyarrow.StringArray or None
        By position; None where files have positions.
    first : int
        What files call position 0, without ids: above 0 in a stretch.
    """

    name: str
    count: int
    ids: pa.Array | None = None
    first: int = 0

    def positions(self, column: pa.ChunkedArray, where: object) -> NDArray[np.int32]:
        """Return a column's positions, (n,) int32.

        Parameters
        ----------
        column : pyarrow.ChunkedArray
            Positions or ids.
        where : object
            What it is a column of, as people name it.

        Raises
        ------
        solver.InputError
            On nulls, positions and ids mixed up, or who is not on this side.
        """
        if column.null_count:
            at = int(np.flatnonzero(column.is_null().to_numpy())[0])
            raise self._refused(f"a value in every row; row {at} of {where} is null")
        if is_text(column.type) != (self.ids is not None):
            wish, came = ("positions", "ids") if self.ids is None else ("ids", "positions")
            raise self._refused(
                f"{self.name} {wish} in {where}, as the table of {self.name}s has; got {came}"
            )
        if self.ids is None:
            return self._own(column, where)
        return self._looked_up(column, self.ids, where)

    def named(self, positions: NDArray[Any]) -> pa.Array:
        """Return who is at positions, (n,) int, as files have it; null below 0."""
        missing = positions < 0
        if self.ids is None:
            return pa.array(positions + self.first, pa.int32(), mask=missing)
        return self.ids.take(pa.array(positions, pa.int32(), mask=missing))

    def _own(self, column: pa.ChunkedArray, where: object) -> NDArray[np.int32]:
        given, first, stop = column.to_numpy(), self.first, self.first + self.count
        if len(given) and not (given.min() >= first and given.max() < stop):
            at = int(np.flatnonzero((given < first) | (given >= stop))[0])
            raise self._refused(
                f"{self.name} positions from {first} to {stop - 1}; "
                f"row {at} of {where} has {given[at]}"
            )
        if first:
            given = given - first
        # Arrow's buffers are read-only; compiled code is compiled once, for arrays that are not.
        return np.require(given, np.int32, ["C", "W"])

    def _looked_up(
        self, column: pa.ChunkedArray, ids: pa.Array, where: object
    ) -> NDArray[np.int32]:
        if not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        whole = column.unify_dictionaries().combine_chunks()
        found = _found(whole.dictionary.cast(ids.type), ids)
        positions: NDArray[Any] = found[whole.indices.to_numpy()]
        unknown = np.flatnonzero(positions < 0)
        if len(unknown):
            at = int(unknown[0])
            raise self._refused(
                f"every {self.name} of the candidates among the {self.name}s; "
                f"row {at} of {where} has {whole[at].as_py()!r}, who is not"
            )
        return positions.astype(np.int32, copy=False)

    def _refused(self, rest: str) -> InputError:
        return InputError(f"candidates.{self.name}", f"Expected {rest}.")


def _found(wanted: pa.Array, ids: pa.Array) -> NDArray[Any]:
    """Return the positions of ids, -1 for those that are none.

    Looked for between the first and the last of them: a table of all ids by their hash is made
    only where they lie far apart, for it takes a second for every few million.
    """
    if len(wanted):
        first, last = (pc.index(ids, wanted[at]).as_py() for at in (0, -1))
        if 0 <= first <= last < first + NEAR * len(wanted):
            among = ids.slice(first, last + 1 - first)
            near = pc.index_in(wanted, value_set=among)
            if near.null_count == 0:
                return np.asarray(near.to_numpy() + np.int32(first))
    return np.asarray(pc.index_in(wanted, value_set=ids).fill_null(-1).to_numpy())
