"""Ids as they come, row by row, to positions and the different ids."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from .table import Ids

EXACT = 2**53
"""Largest whole number that every reader of JSON keeps: beyond it, ids are strings."""

_WHOLE = r"^(0|-?[1-9]\d{0,15})$"


class NotAnIdError(ValueError):
    """A cell that holds no id, or a column of another type.

    Parameters
    ----------
    row : int or None
        Of the block; None where it is the column's type.
    type_ : str
        Type of the column.
    """

    def __init__(self, row: int | None, type_: str) -> None:
        super().__init__(type_)
        self.row, self.type = row, type_


def expect_ids(array: pa.Array) -> pa.Array:
    """Return a column of ids as a dictionary: entries in the order of their first rows.

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
        which = int(np.flatnonzero(bad.to_numpy(zero_copy_only=False))[0])
        raise NotAnIdError(int(np.flatnonzero(used.indices.to_numpy() == which)[0]), "")
    return pa.DictionaryArray.from_arrays(used.indices, entries)


def _as_ids(entries: pa.Array) -> pa.Array:
    """Return different ids as large_string or int64."""
    kind = entries.type
    if pa.types.is_large_string(kind) or pa.types.is_null(kind):
        return entries.cast(pa.large_string())
    if pa.types.is_floating(kind):  # whole numbers become such where a column once had a hole
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


def factorize_ids(chunks: Sequence[pa.Array], typed: bool) -> tuple[NDArray[np.int64], Ids]:
    """Return each row's position, and the different ids in the order of their first rows.

    Parameters
    ----------
    chunks : sequence of pyarrow.DictionaryArray
        As `expect_ids` returns them.
    typed : bool
        Whether the file tells text from numbers; else what is written as a number is one.
    """
    kinds = {chunk.type.value_type for chunk in chunks}
    kind = pa.int64() if kinds == {pa.int64()} else pa.large_string()
    entries = pa.chunked_array([chunk.dictionary.cast(kind) for chunk in chunks])
    different = entries.combine_chunks().dictionary_encode()
    if isinstance(different, pa.ChunkedArray):
        different = different.combine_chunks()
    place = np.array(different.indices, np.int64)
    starts = np.cumsum([0, *(len(chunk.dictionary) for chunk in chunks)])
    positions = np.concatenate(
        [
            place[start + chunk.indices.to_numpy()]
            for start, chunk in zip(starts, chunks, strict=False)
        ]
    )
    return positions, Ids(_exact(different.dictionary, typed))


def ids_of_headings(names: Sequence[str]) -> Ids:
    """Return the ids that headings are."""
    return Ids(_exact(pa.array(names, pa.large_string()), typed=False))


def _exact(values: pa.Array, typed: bool) -> pa.Array:
    if pa.types.is_integer(values.type):
        if (pc.max(pc.abs(values)).as_py() or 0) > EXACT:
            return values.cast(pa.string()).cast(pa.large_string())
        return values
    if not typed and pc.all(pc.match_substring_regex(values, _WHOLE)).as_py():
        numbers = values.cast(pa.int64())
        if (pc.max(pc.abs(numbers)).as_py() or 0) <= EXACT:
            return numbers
    return values
