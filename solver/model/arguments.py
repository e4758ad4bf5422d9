"""Arrays of whoever calls: numbers as NumPy has them, or a sentence with the place of what is none.

Every array that the solver is given comes through `as_array`. Nothing is guessed: text is not read
as numbers, an imaginary part is not dropped, and a masked entry is not taken for its data.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InputError, quote

_NUMBERS = bool | int | float | np.bool_ | np.integer | np.floating | Decimal | Fraction


def as_array(
    values: ArrayLike,
    field: str,
    dtype: type | None = None,
    *,
    expected: str = "numbers",
    axes: Sequence[str] = ("position",),
    mask_value: float | None = None,
    first: int = 0,
) -> NDArray[Any]:
    """Return the values of a field as an array of numbers, or of booleans.

    Parameters
    ----------
    values : array_like
    field : str
    dtype : type, optional
        Of the array; by default as the values are. Text stays text without it, so that the caller
        can say what it expects in its place.
    expected : str
        What is expected, in a sentence after "Expected {field} in" or "as".
    axes : sequence of str
        What each axis counts, as a sentence names a place: "user 3, streamer 1".
    mask_value : float, optional
        What stands for entries that `numpy.ma` masks; by default they are refused.
    first : int
        The number of the first entry of an axis, in sentences.

    Raises
    ------
    InputError
        With the place of the first entry that is no number, where there is one.
    """
    if type(values) is np.ndarray and values.dtype.kind in "biuf":  # as nearly all come
        return as_writable(np.asarray(values, dtype))
    context = _ErrorContext(field, expected, tuple(axes), first)
    given = _remove_mask(_read_array(values, context), mask_value, dtype, context)
    if given.dtype.kind in "cMmV":
        raise context.of(f"got {given.dtype}")
    text = given.dtype.kind in "USOT"
    if given.dtype.kind == "O" or (text and dtype is not None):
        given = _check_numbers(given if given.dtype.kind == "O" else _as_objects(values), context)
    try:
        return as_writable(np.asarray(given, dtype))
    except (TypeError, ValueError, OverflowError) as error:
        raise context.of() from error


def as_writable(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array, or the same memory as an array that may be written.

    No kernel writes to what a caller gave. But one that may not be written is another type to
    Numba, for which it would compile everything again: what pandas, Arrow and memory maps give.
    """
    return array if array.flags.writeable else np.asarray(_Writable(array))


class _Writable:
    """Memory of an array that says of itself that it may be written."""

    def __init__(self, array: NDArray[Any]) -> None:
        self._array = array  # lives as long as what looks at it
        description = array.__array_interface__
        self.__array_interface__ = description | {"data": (description["data"][0], False)}


class _ErrorContext:
    """What a sentence on a field says of it."""

    def __init__(self, field: str, expected: str, axes: tuple[str, ...], first: int) -> None:
        self.field, self.expected, self.axes, self.first = field, expected, axes, first

    def of(self, found: str = "", position: tuple[int, ...] = ()) -> InputError:
        linked = "as" if self.expected.startswith("a ") else "in"
        rest = f"; {found}" if found else ", in rows of one length"
        sentence = f"Expected {self.field} {linked} {self.expected}{rest}."
        return InputError(self.field, sentence, position)

    def at(self, position: tuple[int, ...], verb: str) -> InputError:
        if len(position) == len(self.axes):
            named = zip(self.axes, position, strict=True)
            place = ", ".join(f"{side} {at + self.first}" for side, at in named)
        else:
            place = f"position {', '.join(map(str, position))}"
        return self.of(f"{place} {verb}" if position else f"it {verb}", position)


def _read_array(values: ArrayLike, context: _ErrorContext) -> NDArray[Any]:
    """Return the values as NumPy sees them; rows that are masked stay so."""
    if callable(getattr(values, "tocoo", None)):
        raise context.of("got a sparse matrix, whose pairs are listed in Candidates")
    try:
        if isinstance(values, list | tuple) and any(map(np.ma.isMaskedArray, values)):
            return np.ma.stack(values)
        return np.asanyarray(values)
    except (TypeError, ValueError, OverflowError) as error:
        raise context.of() from error


def _remove_mask(
    given: NDArray[Any], mask_value: float | None, dtype: type | None, context: _ErrorContext
) -> NDArray[Any]:
    """Return the array without a mask; masked entries have the value that stands for them."""
    if not isinstance(given, np.ma.MaskedArray):
        return np.asarray(given)
    if not np.ma.is_masked(given):
        return np.asarray(given.data)
    if mask_value is None:
        position = np.argwhere(np.ma.getmaskarray(given))[0].tolist()
        raise context.at((*position,), "is masked")
    if given.dtype.kind not in "biuf":
        raise context.of(f"got {given.dtype}")
    return np.where(np.ma.getmaskarray(given), mask_value, given.data).astype(dtype or np.float64)


def _as_objects(values: ArrayLike) -> NDArray[Any]:
    """Return the values one by one as they were given: beside text, NumPy makes text of numbers."""
    try:
        return np.array(values, dtype=object)
    except ValueError:
        return np.asarray(values).astype(object)


def _check_numbers(given: NDArray[Any], context: _ErrorContext) -> NDArray[Any]:
    """Return an array of objects, once each is known to be a number; booleans stay booleans."""
    kinds = {type(each) for each in given.flat}
    others = tuple(kind for kind in kinds if not issubclass(kind, _NUMBERS))
    if others:
        at = next(at for at, each in np.ndenumerate(given) if isinstance(each, others))
        if given.ndim == 0:
            raise context.of(f"got {quote(given[()])}")
        if isinstance(given[at], list | tuple | dict | set | np.ndarray):
            raise context.of()
        raise context.at(tuple(map(int, at)), f"has {quote(given[at])}")
    if kinds and all(issubclass(kind, bool | np.bool_) for kind in kinds):
        return given.astype(np.bool_)
    return given


def as_share(share: object, field: str) -> float:
    """Return a share of users, once it is known to be a number above 0 and at most 1.

    Raises
    ------
    InputError
    """
    number = isinstance(share, int | float | np.integer | np.floating) and share is not True
    if not number or not 0 < share <= 1:  # type: ignore[operator]
        percent = " (50 % is 0.5)" if number and 1 < share <= 100 else ""  # type: ignore[operator]
        raise InputError(
            field, f"Expected {field} above 0 and at most 1{percent}; got {quote(share)}."
        )
    return float(share)  # type: ignore[arg-type]
