"""Whole numbers as JSON has them: 2.0 is one, for JSON knows numbers only."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from annotated_types import Ge
from numpy.typing import NDArray
from pydantic import BeforeValidator

LARGEST = 2**53
"""Beyond it, a float is whole because it has no digits left."""


def as_integer(value: Any) -> Any:
    """Return a float that is whole as an int; anything else as it is."""
    if type(value) is float and value.is_integer() and abs(value) <= LARGEST:
        return int(value)
    return value


def as_integers(value: Any) -> Any:
    """Return a JSON value with `as_integer` of every number in it."""
    if isinstance(value, dict):
        return {name: as_integers(each) for name, each in value.items()}
    if isinstance(value, list):
        return [as_integers(each) for each in value]
    return as_integer(value)


def as_integer_array(array: NDArray[Any]) -> NDArray[Any]:
    """Return floats that are all whole as int64; any other array as it is."""
    if array.dtype.kind != "f" or not array.size:
        return array
    if (np.abs(array) <= LARGEST).all() and (array == np.rint(array)).all():
        return array.astype(np.int64)
    return array


Whole = Annotated[int, BeforeValidator(as_integer)]
"""An int, which may be written as 2.0."""

PositiveWhole = Annotated[int, Ge(1), BeforeValidator(as_integer)]
"""The same, from 1 on. A bound after the validator would be missing in the schema."""
