"""Ids of users and streamers: columns of them, and the positions at which they stand.

Requests look ids up as text, because 17 and "17" are one id in JSON. Batches search sorted arrays
(`SortedIds`) instead, which take little memory beyond the ids and can be sent to workers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

EXACT = 2**53
"""Largest whole number that every reader of JSON keeps exactly; larger ids are text."""

_WHOLE = r"^(0|-?[1-9]\d{0,15})$"


class NotAnIdError(ValueError):
    """A cell without an id, or a column of another type.

    Parameters
    ----------
    row : int or None
        Row of the block; None if the type of the column is at fault.
    type_ : str
        Type of the column.
    """

    def __init__(self, row: int | None, type_: str) -> None:
        super().__init__(type_)
        self.row, self.type = row, type_


def encode_ids(array: pa.Array) -> pa.Array:
    """Return a column of ids as a dictionary whose entries are in the order of their first rows.

    Raises
    ------
    NotAnIdError
    """
    if not pa.types.is_dictionary(array.type):
        if pa.types.is_nested(array.type):
            raise NotAnIdError(None, str(array.type)[:60])
        array = array.dictionary_encode()
    missing = np.flatnonzero(array.indices.is_null().to_numpy(zero_copy_only=False))
    if len(missing):
        raise NotAnIdError(int(missing[0]), "")
    used = array.indices.dictionary_encode()
    entries = _as_ids(array.dictionary.take(used.dictionary))
    bad = pc.is_null(entries)
    if pa.types.is_large_string(entries.type):
        bad = pc.or_(bad, pc.fill_null(pc.equal(entries, ""), True))
    if pc.any(bad).as_py():
        entry = int(np.flatnonzero(bad.to_numpy(zero_copy_only=False))[0])
        raise NotAnIdError(int(np.flatnonzero(used.indices.to_numpy() == entry)[0]), "")
    return pa.DictionaryArray.from_arrays(used.indices, entries)


def _as_ids(entries: pa.Array) -> pa.Array:
    """Return the entries of a dictionary as large_string or int64."""
    kind = entries.type
    if pa.types.is_large_string(kind) or pa.types.is_null(kind):
        return entries.cast(pa.large_string())
    if pa.types.is_floating(kind):  # pandas makes them of whole numbers with missing values
        values = entries.to_numpy(zero_copy_only=False)
        with np.errstate(invalid="ignore"):
            whole = (values == np.rint(values)) & (np.abs(values) <= EXACT)
        if (whole | np.isnan(values)).all():
            return pa.array(values, from_pandas=True).cast(pa.int64())  # NaN becomes null
    if pa.types.is_integer(kind):
        if kind == pa.uint64() and (pc.max(entries).as_py() or 0) >= 2**63:
            return entries.cast(pa.string()).cast(pa.large_string())
        return entries.cast(pa.int64())
    raise NotAnIdError(None, str(kind)[:60])


def factorize_ids(chunks: Sequence[pa.Array], typed: bool) -> tuple[NDArray[np.int64], pa.Array]:
    """Return the position of each row's id, and the ids in the order of their first rows.

    Parameters
    ----------
    chunks : sequence of pyarrow.DictionaryArray
        As `encode_ids` returns them.
    typed : bool
        Whether the format tells text from numbers; else text that reads as numbers becomes int64.
    """
    kinds = {chunk.type.value_type for chunk in chunks}
    kind = pa.int64() if kinds == {pa.int64()} else pa.large_string()
    entries = pa.chunked_array([chunk.dictionary.cast(kind) for chunk in chunks])
    different = entries.combine_chunks().dictionary_encode()
    if isinstance(different, pa.ChunkedArray):
        different = different.combine_chunks()
    position_of = np.array(different.indices, np.int64)
    starts = np.cumsum([0, *(len(chunk.dictionary) for chunk in chunks)])
    positions = np.concatenate(
        [
            position_of[start + chunk.indices.to_numpy()]
            for start, chunk in zip(starts, chunks, strict=False)
        ]
    )
    return positions, _as_exact(different.dictionary, typed)


def ids_of_headings(names: Sequence[str]) -> pa.Array:
    """Return headings as ids: whole numbers if all of them are, else text."""
    return _as_exact(pa.array(names, pa.large_string()), typed=False)


def _as_exact(values: pa.Array, typed: bool) -> pa.Array:
    """Return ids as int64 where every reader of JSON keeps them exactly, else as large_string."""
    if pa.types.is_integer(values.type):
        if (pc.max(pc.abs(values)).as_py() or 0) > EXACT:
            return values.cast(pa.string()).cast(pa.large_string())
        return values
    if not typed and pc.all(pc.match_substring_regex(values, _WHOLE)).as_py():
        numbers = values.cast(pa.int64())
        if (pc.max(pc.abs(numbers)).as_py() or 0) <= EXACT:
            return numbers
    return values


def positions_as_text(others: Iterable[str | int], ids: Iterable[str | int]) -> NDArray[np.int64]:
    """Return the positions of ids in `ids`, (m,) int64, compared as text; -1 for unknown ids."""
    position_of = {each: position for position, each in enumerate(map(str, ids))}
    return np.array([position_of.get(str(each), -1) for each in others], np.int64)


@dataclass(frozen=True, eq=False)
class SortedIds:
    """Ids by position, with a sorted copy in which others are found by binary search.

    Parameters
    ----------
    values : (n,) pyarrow array, large_string or int64
        By position.
    ascending : (n,) pyarrow array
        The same ids, sorted; `values` itself if that is sorted.
    order : (n,) uint64 or None
        Position of each sorted id; None if these are 0 … n-1.
    """

    values: pa.Array
    ascending: pa.Array
    order: NDArray[np.uint64] | None

    @staticmethod
    def of(values: pa.Array) -> SortedIds:
        """Return ids with their sorted copy."""
        n_ids = len(values)
        if pc.all(pc.less_equal(values.slice(0, max(n_ids - 1, 0)), values.slice(1))).as_py():
            return SortedIds(values, values, None)
        order = pc.sort_indices(values)
        return SortedIds(values, values.take(order), order.to_numpy())

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle these ids alone, without the sorted copy and the rest of their buffers."""
        return SortedIds.of, (pa.concat_arrays([self.values]),)

    @property
    def nbytes(self) -> int:
        """Their size in memory."""
        sorted_copy = 0 if self.order is None else self.ascending.nbytes + self.order.nbytes
        return int(self.values.nbytes + sorted_copy)

    @property
    def are_text(self) -> bool:
        """Whether they are text; otherwise they are whole numbers."""
        return bool(pa.types.is_large_string(self.values.type))

    def duplicate(self) -> Any | None:
        """Return an id that occurs twice, if there is one."""
        repeats = pc.equal(self.ascending.slice(0, max(len(self.values) - 1, 0)),
                         self.ascending.slice(1))  # fmt: skip
        index = pc.index(repeats, True).as_py()
        return None if index < 0 else self.ascending[index].as_py()

    def positions(self, others: pa.Array) -> NDArray[np.int32]:
        """Return the positions of ids of the same type, (m,) int32; -1 for unknown ids."""
        if not len(self.values):
            return np.full(len(others), -1, dtype=np.int32)
        index = pc.search_sorted(self.ascending, others).to_numpy()
        nearest = np.minimum(index, len(self.values) - 1)
        equal = pc.equal(self.ascending.take(pa.array(nearest)), others)
        position = nearest if self.order is None else self.order[nearest]
        known = equal.to_numpy(zero_copy_only=False)
        return np.where(known, position.astype(np.int32), np.int32(-1))
