"""The columns of candidates, wherever a table has them, and what they may hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

COLUMNS = ("user", "streamer", "ev")


def is_text(kind: pa.DataType) -> bool:
    """Return whether a column of this type holds ids."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def first_null(column: pa.ChunkedArray) -> int | None:
    """Return the first row without a value, if there is one."""
    if not column.null_count:
        return None
    return int(np.flatnonzero(column.is_null().to_numpy())[0])


def are_numbers(kind: pa.DataType) -> bool:
    """Return whether a column of this type holds numbers, whole or not; decimals are."""
    return bool(
        pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind)
    )


def numbers(column: pa.ChunkedArray) -> NDArray[Any]:
    """Return numbers as arrays have them; decimals become float64."""
    given = column.cast(pa.float64()) if pa.types.is_decimal(column.type) else column
    values: NDArray[Any] = given.to_numpy()
    return values


def expected_type(name: str, kind: pa.DataType) -> str | None:
    """Return what a column of candidates should hold, if one of this type does not."""
    if name == "ev":
        return None if are_numbers(kind) else "numbers"
    return None if pa.types.is_integer(kind) or is_text(kind) else "positions_or_ids"
