"""Validators that convert JSON lists to arrays. `Problem` checks ranges and lengths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import PlainValidator, ValidationInfo, WithJsonSchema

from messages import Message
from solver import InputError
from solver.kernels import LARGEST_EV

from .whole_numbers import as_integer, as_integer_array


def _matrix(rows: Any, info: ValidationInfo) -> NDArray[np.float64]:
    """Return rows of numbers as (N, S) float64; None, a forbidden pair, becomes -inf."""
    if isinstance(rows, np.ndarray):
        return _of_dimensions(rows, 2, info)
    field = str(info.field_name)
    if not isinstance(rows, list):
        raise InputError("", Message("rows_expected", field=field, received=_describe(rows)))
    forbidden = False
    for user, row in enumerate(rows):
        if not isinstance(row, list):
            message = Message("row_not_list", field=field, row=user, received=_describe(row))
            raise InputError("", message, (user,))
        if len(row) != len(rows[0]):
            raise InputError(
                "",
                Message(
                    "rows_of_different_lengths",
                    field=field,
                    expected=len(rows[0]),
                    row=user,
                    received=len(row),
                ),
                (user,),
            )
        kinds = {*map(type, row)}
        forbidden |= type(None) in kinds
        if not kinds <= {float, int, type(None)}:
            streamer = _index_of_other_type(row, (float, int, type(None)))
            raise InputError(
                "",
                Message(
                    "matrix_number_expected",
                    field=field,
                    row=user,
                    column=streamer,
                    received=_describe(row[streamer]),
                ),
                (user, streamer),
            )
    if not rows:
        return np.empty((0, 0))
    matrix = np.array(rows, dtype=np.float64)
    if forbidden:  # np.array made NaN of None, and JSON has no other NaN
        matrix[np.isnan(matrix)] = -np.inf
    return matrix


def numbers_of(values: Any, info: ValidationInfo) -> NDArray[np.float64]:
    """Return numbers as (n,) float64."""
    return _vector(values, info, (float, int), "numbers").astype(np.float64, copy=False)


def _whole_numbers(values: Any, info: ValidationInfo) -> NDArray[np.int64]:
    """Return whole numbers as (n,) of an integer type."""
    if isinstance(values, np.ndarray):
        return _of_dimensions(as_integer_array(values), 1, info)
    if isinstance(values, list) and float in {*map(type, values)}:
        values = [*map(as_integer, values)]
    return _vector(values, info, (int,), "whole_numbers")


def _caps(values: Any, info: ValidationInfo) -> Any:
    """Return one whole number unchanged, or one per streamer as an array."""
    values = as_integer(values)
    if type(values) is int:
        return values
    if isinstance(values, list | np.ndarray):
        return _whole_numbers(values, info)
    field = str(info.field_name)
    raise InputError("", Message("cap_expected", field=field, received=_describe(values)))


def _ids(values: Any, info: ValidationInfo) -> list[Any]:
    """Return ids unchanged: text, and whole numbers of 64 bits, but not True or 2.0."""
    field = _field_of_list(values, info, "ids")
    kinds = {*map(type, values)}
    if not kinds <= {str, int}:
        index = _index_of_other_type(values, (str, int))
        raise _item_error(field, "ids", index, values[index])
    if int in kinds:
        numbers = values if len(kinds) == 1 else [each for each in values if type(each) is int]
        if min(numbers) < -(2**63) or max(numbers) >= 2**63:
            index = next(
                index
                for index, each in enumerate(values)
                if type(each) is int and not -(2**63) <= each < 2**63
            )
            message = Message(
                "id_beyond_64_bits", field=field, position=index, received=str(values[index])
            )
            raise InputError("", message, (index,))
    return list(values)


def _vector(values: Any, info: ValidationInfo, kinds: tuple[type, ...], items: str) -> NDArray[Any]:
    if isinstance(values, np.ndarray):
        return _of_dimensions(values, 1, info)
    field = _field_of_list(values, info, items)
    if not {*map(type, values)} <= {*kinds}:
        index = _index_of_other_type(values, kinds)
        raise _item_error(field, items, index, values[index])
    return np.array(values) if values else np.zeros(0, dtype=np.int64)


def _of_dimensions(array: NDArray[Any], dimensions: int, info: ValidationInfo) -> NDArray[Any]:
    """Return an array of numbers after checking its dimensions."""
    if array.ndim != dimensions or array.dtype.kind not in "iuf":
        message = Message(
            "dimensions_expected",
            field=str(info.field_name),
            dimensions=dimensions,
            type=str(array.dtype),
            shape=str(array.shape),
        )
        raise InputError("", message)
    return array


def _field_of_list(values: Any, info: ValidationInfo, items: str) -> str:
    """Return the name of a field after checking that it has a list."""
    field = str(info.field_name)
    if not isinstance(values, list):
        message = Message("list_expected", field=field, items=items, received=_describe(values))
        raise InputError("", message)
    return field


def _item_error(field: str, items: str, position: int, value: Any) -> InputError:
    """Return the error of an item of a list."""
    message = Message(
        "item_expected", field=field, items=items, position=position, received=_describe(value)
    )
    return InputError("", message, (position,))


def _index_of_other_type(values: Sequence[Any], kinds: tuple[type, ...]) -> int:
    """Return the index of the first value of another type; True is not a number here."""
    return next(index for index, value in enumerate(values) if type(value) not in kinds)


def _describe(value: Any) -> str | Message:
    """Return a value as a parameter of a message: in JSON notation and shortened."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case list():
            return Message("list_of", count=len(value))
        case dict():
            return Message("json_object")
        case np.ndarray():
            return Message("array_of", type=str(value.dtype))
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


_NUMBER = {"type": "number"}
_EV = {"type": ["number", "null"], "minimum": -LARGEST_EV, "maximum": LARGEST_EV}
_PRICE = {"type": "number", "minimum": 0, "maximum": LARGEST_EV}
_POSITION = {"type": "integer", "minimum": 0, "maximum": 2**53}
_CAP = {"type": "integer", "minimum": 0, "maximum": 2**53}

Matrix = Annotated[
    NDArray[np.float64],
    PlainValidator(_matrix),
    WithJsonSchema(
        {
            "type": "array",
            "minItems": 1,
            "items": {"type": "array", "minItems": 1, "items": _EV},
        }
    ),
]
"""Rows of numbers; null for a forbidden pair."""

Numbers = Annotated[
    NDArray[np.float64],
    PlainValidator(numbers_of),
    WithJsonSchema({"type": "array", "items": _NUMBER}),
]

Values = Annotated[Numbers, WithJsonSchema({"type": "array", "items": {**_EV, "type": "number"}})]
"""Expected values of pairs."""

Penalties = Annotated[Numbers, WithJsonSchema({"type": "array", "minItems": 1, "items": _PRICE})]
"""Prices that do not decrease."""

_ID = {"anyOf": [{"type": "string"}, {"type": "integer", "format": "int64"}]}

Ids = Annotated[
    list[Any],
    PlainValidator(_ids),
    WithJsonSchema({"type": "array", "items": _ID}),
]
"""Ids, each text or a whole number of 64 bits."""

Positions = Annotated[
    NDArray[np.int64],
    PlainValidator(_whole_numbers),
    WithJsonSchema({"type": "array", "items": _POSITION}),
]

Caps = Annotated[
    Any,
    PlainValidator(_caps),
    WithJsonSchema({"anyOf": [_CAP, {"type": "array", "items": _CAP}]}),
]
"""One whole number, or one per streamer."""
