"""Tables of users, streamers and values: their layout and arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from app.sheets.synonyms import Role
from messages import Message
from solver import InputError

from .roles import Shape

MOST_SHOWN = 50
"""Maximum number of columns in a preview: those with a special role, then the first."""

ROWS_SHOWN = 8
"""Maximum number of rows in a preview."""


@dataclass(frozen=True)
class Column:
    """A column in a preview: its number from 1, its heading and its role."""

    number: int
    name: str
    role: Role


@dataclass(frozen=True, eq=False)
class Understanding:
    """The detected layout of a file.

    Parameters
    ----------
    file : str
        Its name.
    format : str
        "CSV", "Excel", "Parquet", "Arrow" or "NumPy".
    encoding, delimiter, decimal : str or None
        Of a text.
    header : bool or None
        Whether the first line has headings; None if the format stores them separately.
    shape : "matrix", "pairs" or "wealth"
    n_rows, n_columns : int
    columns : tuple of Column
        At most `MOST_SHOWN`.
    first_rows : tuple of tuples of str
        Of these columns.
    warnings : tuple of Message
    """

    file: str
    format: str
    encoding: str | None
    delimiter: str | None
    decimal: str | None
    header: bool | None
    shape: Shape
    n_rows: int
    n_columns: int
    columns: tuple[Column, ...]
    first_rows: tuple[tuple[str, ...], ...]
    warnings: tuple[Message, ...]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of users and streamers, by position; `ev` is (E,), currency units."""

    user: NDArray[np.int64]
    streamer: NDArray[np.int64]
    ev: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Table:
    """A table of users, streamers and values.

    Parameters
    ----------
    understood : Understanding
    user_ids, streamer_ids : pyarrow array of large_string or int64, or None
        Each id once, in the order of first rows; None if users or streamers have positions only.
    ev : (N, S) array, Pairs or None
        -inf for forbidden pairs; None in a table of wealth.
    wealth : (N,) float64 or None
    """

    understood: Understanding
    user_ids: pa.Array | None
    streamer_ids: pa.Array | None
    ev: NDArray[Any] | Pairs | None
    wealth: NDArray[np.float64] | None

    @property
    def n_users(self) -> int:
        """The number of users."""
        if self.user_ids is not None:
            return len(self.user_ids)
        return self.understood.n_rows

    @property
    def n_streamers(self) -> int:
        """The number of streamers; 0 in a table of wealth."""
        if self.streamer_ids is not None:
            return len(self.streamer_ids)
        return self.ev.shape[1] if isinstance(self.ev, np.ndarray) else 0


@dataclass(frozen=True, eq=False)
class Preview:
    """The detected layout of a file, with the fault that keeps it from being a table.

    Parameters
    ----------
    understood : Understanding
    n_users, n_streamers : int or None
        None if there is a fault.
    fault : solver.InputError or None
        The first cell that does not fit the detected roles of columns.
    """

    understood: Understanding
    n_users: int | None
    n_streamers: int | None
    fault: InputError | None


def choose_columns(roles: Sequence[Role]) -> list[int]:
    """Return the columns of a preview, in the order of the file."""
    special = [index for index, role in enumerate(roles) if role in ("user", "streamer", "wealth")]
    others = [index for index in range(min(len(roles), MOST_SHOWN)) if index not in special]
    return sorted((special + others)[:MOST_SHOWN])
