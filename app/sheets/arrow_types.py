"""Types of Arrow columns: text, numbers, and rows without a value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def is_text(kind: pa.DataType) -> bool:
    """Return whether a type is text of any layout, including dictionaries."""
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


def is_number(kind: pa.DataType) -> bool:
    """Return whether a type is numeric: integers, floats or decimals."""
    return bool(
        pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind)
    )


def as_numbers(column: pa.ChunkedArray) -> NDArray[Any]:
    """Return a column of numbers as an array; decimals become float64."""
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
    values: NDArray[Any] = column.to_numpy()
    return values
