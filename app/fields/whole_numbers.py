"""Whole numbers in JSON, where 2.0 is one because JSON does not distinguish integers."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from annotated_types import Ge
from numpy.typing import NDArray
from pydantic import BeforeValidator

LARGEST = 2**53
"""Larger floats are whole only because they have no digits after the point."""


def as_integer(value: Any) -> Any:
    """Return a whole float as an int; other values unchanged."""
    if type(value) is float and value.is_integer() and abs(value) <= LARGEST:
        return int(value)
    return value


def as_integers(value: Any) -> Any:
    """Return a JSON value with `as_integer` applied to every number in it."""
    if isinstance(value, dict):
        return {name: as_integers(each) for name, each in value.items()}
    if isinstance(value, list):
        return [as_integers(each) for each in value]
    return as_integer(value)


def as_integer_array(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array of whole floats as int64; other arrays unchanged."""
    if array.dtype.kind != "f" or not array.size:
        return array
    if (np.abs(array) <= LARGEST).all() and (array == np.rint(array)).all():
        return array.astype(np.int64)
    return array


Whole = Annotated[int, BeforeValidator(as_integer)]
"""An int, which may be written as 2.0."""

PositiveWhole = Annotated[int, Ge(1), BeforeValidator(as_integer)]
"""An int of at least 1. A bound after the validator would be missing from the schema."""
