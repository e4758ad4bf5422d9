"""Checks of the columns of batches: types, values in every row, and the range of ids.

Batches read columns by exact names and check them here instead of in `app.tables`, because they
must refuse what a table of a request may hold, such as missing values and whole numbers as floats,
and read row groups one by one.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from app.sheets.arrow_types import first_null, is_number, is_text
from messages import Message
from solver import InputError

COLUMNS = ("user", "streamer", "ev")
"""The columns of candidates."""

_FITS = {
    "positions_or_ids": lambda kind: pa.types.is_integer(kind) or is_text(kind),
    "numbers": is_number,
    "whole_numbers": pa.types.is_integer,
    "booleans": pa.types.is_boolean,
}
_TYPES = {
    "user": "positions_or_ids",
    "streamer": "positions_or_ids",
    "ev": "numbers",
    "wealth": "numbers",
    "whale": "booleans",
    "k": "whole_numbers",
    "capacity": "whole_numbers",
}
"""The type that each column must have."""


def expect_type(name: str, kind: pa.DataType, file: object, field: str, table: str) -> None:
    """Refuse a column of another type.

    Parameters
    ----------
    name : str
    kind : pyarrow.DataType
    file : object
        What messages call the file.
    field : str
        Field or option that gives it.
    table : {"candidates", "side"}

    Raises
    ------
    solver.InputError
    """
    expected = _TYPES[name]
    if not _FITS[expected](kind):
        message = Message(
            "column_type_expected",
            type=expected,
            column=name,
            file=str(file),
            found=table,
            received=str(kind)[:60],
        )
        raise InputError(field, message)


def expect_values(
    column: pa.ChunkedArray, field: str, code: str, /, **place: Message | str
) -> None:
    """Refuse a column with a null, with a message of this code, the place and the row.

    Raises
    ------
    solver.InputError
    """
    row = first_null(column)
    if row is not None:
        raise InputError(field, Message(code, row=row, **place))


def cast_ids(ids: pa.Array, kind: pa.DataType, where: Message | str, field: str) -> pa.Array:
    """Return ids, an array or a chunked one, as text or as int64.

    Raises
    ------
    solver.InputError
        If a whole number needs more than 63 bits.
    """
    try:
        return ids.cast(kind)
    except pa.ArrowInvalid as error:
        message = Message("id_too_large", where=where, received=str(pc.max(ids)))
        raise InputError(field, message) from error
