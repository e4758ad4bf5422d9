"""Columns of a block: ids and numbers, or errors with the place of an invalid cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from app.sheets.ids import NotAnIdError, encode_ids
from app.sheets.origin import Origin, quote_value
from app.sheets.sheet import Block, NotANumberError, Sheet
from messages import Message
from solver import InputError


class Expected(NamedTuple):
    """The expected content of a cell: parameters of the message `cell_refused`."""

    kind: Literal["id", "number", "number_at_most", "price"]
    most: float = 0.0


def read_ids(sheet: Sheet, block: Block, column: int, origin: Origin) -> pa.Array:
    """Return a column's ids as a dictionary, entries in the order of their first rows.

    Raises
    ------
    solver.InputError
        On a cell without an id, and on a column of another type.
    """
    try:
        return encode_ids(block.ids(column))
    except NotAnIdError as error:
        if error.row is None:
            raise origin.refuse(
                Message(
                    "ids_of_other_type",
                    column=sheet.called(column),
                    file=origin.file,
                    type=error.type,
                )
            ) from None
        raise cell_error(sheet, block, error.row, column, Expected("id"), origin) from None


def read_numbers(
    sheet: Sheet, block: Block, columns: Sequence[int], origin: Origin
) -> NDArray[Any]:
    """Return columns of numbers; empty cells are NaN.

    Raises
    ------
    solver.InputError
        On a cell with other content.
    """
    try:
        return block.numbers(columns)
    except NotANumberError as error:
        raise cell_error(
            sheet, block, error.row, error.column, Expected("number"), origin
        ) from None


def expect_numbers(
    sheet: Sheet,
    block: Block,
    columns: Sequence[int],
    valid: NDArray[np.bool_],
    expected: Expected,
    origin: Origin,
) -> None:
    """Refuse the first cell that is not valid.

    Parameters
    ----------
    valid : (n_rows, len(columns)) bool
    expected : Expected
        The expected content of non-empty cells.

    Raises
    ------
    solver.InputError
    """
    if valid.all():
        return
    row, index = divmod(int(np.flatnonzero(~valid)[0]), len(columns))
    raise cell_error(sheet, block, row, columns[index], expected, origin)


def cell_error(
    sheet: Sheet, block: Block, row: int, column: int, expected: Expected, origin: Origin
) -> InputError:
    """Return the error of a cell, with its place and value."""
    (value,) = block.texts(row, [column])
    number = block.row(row)
    kind = expected.kind
    if kind in ("number_at_most", "price") and not value.strip():
        kind = "number"
    return origin.refuse(
        Message(
            "cell_refused",
            expected=kind,
            most=expected.most,
            file=origin.file,
            place=sheet.place,
            number=number,
            column=sheet.called(column),
            received=quote_value(value.strip()),
        ),
        (number, column),
    )
