"""Conversion of callers' arrays, with errors that name the entry at fault.

Every array that the solver is given is read by `as_array`. It guesses nothing: text is not parsed
as numbers, imaginary parts are not dropped, and masked entries are not replaced by their data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from messages import Message

from ..errors import InputError, quote

NUMBERS = Message("in_numbers")
WHOLE_NUMBERS = Message("in_whole_numbers")
BOOLEANS = Message("in_booleans")
MATRIX = Message("as_matrix")

_NUMBERS = bool | int | float | np.bool_ | np.integer | np.floating | Decimal | Fraction


def as_array(
    values: ArrayLike,
    field: str,
    dtype: type | None = None,
    *,
    expected: Message = NUMBERS,
    axes: Sequence[str] = ("position",),
    mask_value: float | None = None,
    first: int = 0,
) -> NDArray[Any]:
    """Return the values of a field as an array of numbers or of booleans.

    Parameters
    ----------
    values : array_like
    field : str
    dtype : type, optional
        Type of the result; by default that of the values. Without it, text stays text, so that
        the caller can refuse it with a message of its own.
    expected : Message
        What the field should hold: `NUMBERS`, `WHOLE_NUMBERS`, `BOOLEANS` or `MATRIX`, or another
        message that completes "Expected {field} …".
    axes : sequence of str
        What each axis counts, for messages: "user", "streamer", "whale", "candidate" or "gift".
    mask_value : float, optional
        Replaces entries that `numpy.ma` masks; by default they are refused.
    first : int
        Number of the first entry of an axis, for messages.

    Raises
    ------
    InputError
        With the position of the first entry that is not a number, if there is one.
    """
    if type(values) is np.ndarray and values.dtype.kind in "biuf":  # the usual case
        return as_writable(np.asarray(values, dtype))
    source = ArrayField(field, expected, tuple(axes), first)
    given = _remove_mask(_read_array(values, source), mask_value, dtype, source)
    if given.dtype.kind in "cMmV":
        raise source.wrong_type(given.dtype)
    text = given.dtype.kind in "USOT"
    if given.dtype.kind == "O" or (text and dtype is not None):
        given = _check_numbers(given if given.dtype.kind == "O" else _as_objects(values), source)
    try:
        return as_writable(np.asarray(given, dtype))
    except (TypeError, ValueError, OverflowError) as error:
        raise source.ragged() from error


def as_writable(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array, or a writable view of its memory if it is read-only.

    Kernels never write to a caller's array. But Numba has another type for read-only arrays, which
    pandas, Arrow and memory maps return, and would compile every kernel again for them.
    """
    return array if array.flags.writeable else np.asarray(_Writable(array))


class _Writable:
    """The array interface of a read-only array, declared writable."""

    def __init__(self, array: NDArray[Any]) -> None:
        self._array = array  # keeps the memory alive
        description = array.__array_interface__
        self.__array_interface__ = description | {"data": (description["data"][0], False)}


@dataclass(frozen=True, eq=False)
class ArrayField:
    """A field that holds an array; it builds the errors about its values.

    Parameters
    ----------
    name : str
    expected : Message
        What the field should hold; see `as_array`.
    axes : tuple of str
        What each axis counts.
    first : int
        Number of the first entry of an axis, for messages.
    """

    name: str
    expected: Message
    axes: tuple[str, ...] = ("position",)
    first: int = 0

    def ragged(self) -> InputError:
        """Return the error on values that make no array."""
        return self._error("array_ragged")

    def sparse(self) -> InputError:
        """Return the error on a sparse matrix."""
        return self._error("array_sparse")

    def wrong_type(self, received: object) -> InputError:
        """Return the error on an array of another type, or on a single value."""
        return self._error("array_type", received=str(received))

    def masked(self, position: tuple[int, ...]) -> InputError:
        """Return the error on the entry at a position, which is masked."""
        if not position:
            return self._error("array_masked")
        return self._error("array_entry_masked", position, place=self._place(position))

    def wrong_entry(self, position: tuple[int, ...], received: str) -> InputError:
        """Return the error on the entry at a position."""
        place = self._place(position)
        return self._error("array_entry", position, place=place, received=received)

    def _place(self, position: tuple[int, ...]) -> tuple[Message, ...]:
        known = len(position) == len(self.axes)
        axes = self.axes if known else ("position",) * len(position)
        return tuple(
            Message("array_place", axis=axis, at=at + self.first)
            for axis, at in zip(axes, position, strict=True)
        )

    def _error(self, code: str, position: tuple[int, ...] = (), **parameters: object) -> InputError:
        message = Message(code, field=self.name, expected=self.expected, **parameters)
        return InputError(self.name, message, position)


def _read_array(values: ArrayLike, source: ArrayField) -> NDArray[Any]:
    """Return the values as NumPy reads them; masked rows stay masked."""
    if callable(getattr(values, "tocoo", None)):
        raise source.sparse()
    try:
        if isinstance(values, list | tuple) and any(map(np.ma.isMaskedArray, values)):
            return np.ma.stack(values)
        return np.asanyarray(values)
    except (TypeError, ValueError, OverflowError) as error:
        raise source.ragged() from error


def _remove_mask(
    given: NDArray[Any], mask_value: float | None, dtype: type | None, source: ArrayField
) -> NDArray[Any]:
    """Return the array without a mask; masked entries become `mask_value`."""
    if not isinstance(given, np.ma.MaskedArray):
        return np.asarray(given)
    if not np.ma.is_masked(given):
        return np.asarray(given.data)
    if mask_value is None:
        position = np.argwhere(np.ma.getmaskarray(given))[0].tolist()
        raise source.masked((*position,))
    if given.dtype.kind not in "biuf":
        raise source.wrong_type(given.dtype)
    return np.where(np.ma.getmaskarray(given), mask_value, given.data).astype(dtype or np.float64)


def _as_objects(values: ArrayLike) -> NDArray[Any]:
    """Return the values as objects: NumPy would turn numbers beside text into text."""
    try:
        return np.array(values, dtype=object)
    except ValueError:
        return np.asarray(values).astype(object)


def _check_numbers(given: NDArray[Any], source: ArrayField) -> NDArray[Any]:
    """Return an array of objects after checking that all are numbers; booleans stay booleans."""
    kinds = {type(each) for each in given.flat}
    others = tuple(kind for kind in kinds if not issubclass(kind, _NUMBERS))
    if others:
        at = next(at for at, each in np.ndenumerate(given) if isinstance(each, others))
        if given.ndim == 0:
            raise source.wrong_type(quote(given[()]))
        if isinstance(given[at], list | tuple | dict | set | np.ndarray):
            raise source.ragged()
        raise source.wrong_entry(tuple(map(int, at)), quote(given[at]))
    if kinds and all(issubclass(kind, bool | np.bool_) for kind in kinds):
        return given.astype(np.bool_)
    return given


def as_share(share: object, field: str) -> float:
    """Return a share of users after checking that it is above 0 and at most 1.

    Raises
    ------
    InputError
    """
    number = isinstance(share, int | float | np.integer | np.floating) and share is not True
    if not number or not 0 < share <= 1:  # type: ignore[operator]
        is_percent = number and 1 < share <= 100  # type: ignore[operator]
        message = Message(
            "share_out_of_range", field=field, is_percent=bool(is_percent), received=quote(share)
        )
        raise InputError(field, message)
    return float(share)  # type: ignore[arg-type]
