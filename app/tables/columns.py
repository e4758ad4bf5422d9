"""Columns of a block: ids and numbers, or the place of what is neither."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from solver import InputError

from .faults import Origin, quoted
from .ids import NotAnIdError, expect_ids
from .sheet import Block, NotANumberError, Sheet


def ids_of(sheet: Sheet, block: Block, column: int, origin: Origin) -> pa.Array:
    """Return a column's ids as a dictionary, entries in the order of their first rows.

    Raises
    ------
    solver.InputError
        On a cell that has none, and on a column of another type.
    """
    try:
        return expect_ids(block.ids(column))
    except NotAnIdError as error:
        if error.row is None:
            raise origin.refuse(
                f"Expected text or whole numbers in {sheet.called(column)} of {origin.file}; "
                f"it is of type {error.said}."
            ) from None
        raise refused_cell(sheet, block, error.row, column, "an id", origin) from None


def numbers_of(sheet: Sheet, block: Block, columns: Sequence[int], origin: Origin) -> NDArray[Any]:
    """Return columns of numbers; what is empty is NaN.

    Raises
    ------
    solver.InputError
        On a cell that has something else.
    """
    try:
        return block.numbers(columns)
    except NotANumberError as error:
        raise refused_cell(sheet, block, error.row, error.column, "a number", origin) from None


def expect_numbers(
    sheet: Sheet,
    block: Block,
    columns: Sequence[int],
    good: NDArray[np.bool_],
    wish: str,
    origin: Origin,
) -> None:
    """Refuse the first cell that is not good.

    Parameters
    ----------
    good : (n_rows, len(columns)) bool
    wish : str
        What it should be, where it is not empty: "a number of at most 5".

    Raises
    ------
    solver.InputError
    """
    if good.all():
        return
    row, at = divmod(int(np.flatnonzero(~good)[0]), len(columns))
    raise refused_cell(sheet, block, row, columns[at], wish, origin)


def refused_cell(
    sheet: Sheet, block: Block, row: int, column: int, wish: str, origin: Origin
) -> InputError:
    """Return the refusal of a cell, with its place and what it says."""
    (value,) = block.texts(row, [column])
    number = block.row(row)
    wish = "a number" if not value.strip() and wish.startswith("a number") else wish
    return origin.refuse(
        f"Expected {wish} in {origin.file}, {sheet.place} {number:,}, {sheet.called(column)}; "
        f"got {quoted(value.strip())}.",
        (number, column),
    )
