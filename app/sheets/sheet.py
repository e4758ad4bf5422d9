"""A table as its file has it, before its columns mean anything."""

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
"""Rows that rules look at."""

Place = Literal["line", "row"]
"""What a file's rows are called: a text has lines."""


class Block(Protocol):
    """Some rows of a table, one after the other."""

    @property
    def n_rows(self) -> int:
        """How many rows it has."""
        ...

    def row(self, index: int) -> int:
        """Return what the file calls a row: the number of its line or row."""
        ...

    @property
    def numbering(self) -> int | NDArray[np.int64]:
        """The number of the first row where each row's is one more; else all of them."""
        ...

    def filled(self, column: int) -> Block:
        """Return the block without rows that are empty, this column included."""
        ...

    def ids(self, column: int) -> pa.Array:
        """Return a column's ids: text, whole numbers, or a dictionary of either; null if empty."""
        ...

    def numbers(self, columns: Sequence[int]) -> NDArray[np.float64]:
        """Return columns of numbers, (n_rows, len(columns)); an empty cell is NaN.

        Raises
        ------
        NotANumberError
            With the first cell that is none.
        """
        ...

    def texts(self, index: int, columns: Sequence[int]) -> list[str]:
        """Return what people see in some cells of a row."""
        ...


class NotANumberError(ValueError):
    """A cell that holds something else, where a number is expected.

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
    """A table as its file has it.

    Parameters
    ----------
    format : str
        As people call it.
    names : sequence of str
        Headings; "" for a column that has none.
    head : Block
        The first rows, at most `HEAD`.
    blocks : callable
        Returns all rows, block by block, from the first on.
    place : "line" or "row"
    header : bool or None
        Whether the headings are the file's first line; None where the format has them apart, or
        none at all.
    encoding, delimiter, decimal : str or None
        Of a text.
    typed : bool
        Whether the format tells text from numbers.
    n_rows : int or None
        Where the file says how many there are.
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
        """Return how messages name the columns: the first of them."""
        return first_names(
            [
                name_heading(name) if name else str(index + 1)
                for index, name in enumerate(self.names)
            ]
        )

    def called(self, column: int) -> Message:
        """Return how messages name a column: by its heading, else by its number from 1."""
        name = self.names[column]
        if name:
            return Message("column_named", name=name_heading(name))
        return Message("column_numbered", number=column + 1)
