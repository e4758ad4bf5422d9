"""Sheets: tables in files, before columns have roles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from app.text.names import first_names
from messages import Message
from messages.message import Parameter

from .origin import name_heading

HEAD = 1_000
"""Number of rows that rules look at."""

Place = Literal["line", "row"]
"""The name of a file's rows: a text has lines."""


class Block(Protocol):
    """Consecutive rows of a table."""

    @property
    def n_rows(self) -> int:
        """The number of rows."""
        ...

    def row(self, index: int) -> int:
        """Return the number of a row in the file."""
        ...

    @property
    def numbering(self) -> int | NDArray[np.int64]:
        """The number of the first row if the others follow without gaps; otherwise all numbers."""
        ...

    def filled(self, column: int) -> Block:
        """Return the block without empty rows; only rows that lack this column are examined."""
        ...

    def ids(self, column: int) -> pa.Array:
        """Return a column's ids: text, whole numbers, or a dictionary of either; null if empty."""
        ...

    def numbers(self, columns: Sequence[int]) -> NDArray[np.float64]:
        """Return columns of numbers, (n_rows, len(columns)); an empty cell is NaN.

        Raises
        ------
        NotANumberError
            With the first cell that is not a number.
        """
        ...

    def texts(self, index: int, columns: Sequence[int]) -> list[str]:
        """Return some cells of a row as text."""
        ...


class NotANumberError(ValueError):
    """A cell that is not a number.

    Parameters
    ----------
    row : int
        Of the block.
    column : int
        Of the table.
    value : str
    """

    def __init__(self, row: int, column: int, value: str) -> None:
        super().__init__(value)
        self.row, self.column, self.value = row, column, value


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table in a file.

    Parameters
    ----------
    format : str
        Its usual name.
    names : sequence of str
        Headings; "" for columns without one.
    head : Block
        The first rows, at most `HEAD`.
    blocks : callable
        Returns all rows, block by block, from the first on.
    place : "line" or "row"
    header : bool or None
        Whether the headings are the first line; None if the format stores them separately, or
        has none.
    encoding, delimiter, decimal : str or None
        Of a text.
    typed : bool
        Whether the format distinguishes text from numbers.
    n_rows : int or None
        If the file stores it.
    warnings : tuple of Message
    """

    format: str
    names: Sequence[str]
    head: Block
    blocks: Callable[[], Iterator[Block]]
    place: Place = "row"
    header: bool | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    typed: bool = True
    n_rows: int | None = None
    warnings: tuple[Message, ...] = ()

    def listed(self) -> Parameter:
        """Return the names of the first columns for messages."""
        return first_names(
            [
                name_heading(name) if name else str(index + 1)
                for index, name in enumerate(self.names)
            ]
        )

    def called(self, column: int) -> Message:
        """Return the name of a column for messages: its heading, else its number from 1."""
        name = self.names[column]
        if name:
            return Message("column_named", name=name_heading(name))
        return Message("column_numbered", number=column + 1)
