"""Reads the bytes of a file as a table, by the rules of the package."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from app.formats.base import ReadOptions
from app.formats.registry import read_sheet
from app.sheets.ids import factorize_ids, ids_of_headings
from app.sheets.memory import guard_reading
from app.sheets.origin import Origin, quote_value
from app.sheets.sheet import Block, Sheet
from messages import Message
from solver import InputError
from solver.kernels import LARGEST_EV

from .columns import Expected, expect_numbers, read_ids, read_numbers
from .options import DEFAULT, Options
from .roles import Layout, expect_complete, find_layout, guess_layout
from .table import ROWS_SHOWN, Column, Pairs, Preview, Table, Understanding, choose_columns


@dataclass(frozen=True)
class Bounds:
    """Limits of a table.

    Parameters
    ----------
    pairs : int
        Maximum number of rows of a table of pairs.
    expanded_bytes : int
        Maximum of additional memory.
    """

    pairs: int
    expanded_bytes: int


def read_table(
    data: memoryview,
    origin: Origin,
    bounds: Bounds,
    options: Options = DEFAULT,
) -> Table:
    """Return the table of a file in any supported format.

    Parameters
    ----------
    data : memoryview
        The file's bytes.
    origin : Origin
        Its name in messages.
    bounds : Bounds
    options : Options
        Choices that replace rules.

    Raises
    ------
    solver.InputError
        With file, line, column and value.
    """
    most = bounds.expanded_bytes
    with guard_reading(origin, most):
        sheet = read_sheet(data, origin, ReadOptions(options.header, most))
        layout = find_layout(sheet, options.columns, origin)
        if options.shape not in (None, layout.shape):
            raise origin.refuse(
                Message("pairs_columns_expected", file=origin.file, columns=sheet.listed())
            )
        return _Reader(sheet, layout, origin, bounds, options).table()


def preview_table(
    data: memoryview,
    origin: Origin,
    bounds: Bounds,
    options: Options = DEFAULT,
) -> Preview:
    """Return the detected layout of a file, even if its cells do not fit it.

    Parameters are those of `read_table`.

    Raises
    ------
    solver.InputError
        If the file cannot be read with any roles of its columns, or exceeds a limit.
    """
    most = bounds.expanded_bytes
    with guard_reading(origin, most):
        sheet = read_sheet(data, origin, ReadOptions(options.header, most))
        layout = guess_layout(sheet, options.columns, origin)
        try:
            expect_complete(sheet, layout, origin)
            table = _Reader(sheet, layout, origin, bounds, options).table()
        except InputError as fault:
            if fault.code != "invalid-value":
                raise
            understood = _Reader(sheet, layout, origin, bounds, options).understood()
            if not understood.n_rows:
                raise
            return Preview(understood, None, None, fault)
        return Preview(table.understood, table.n_users, table.n_streamers, None)


class _Reader:
    """Reads a sheet from its first row to its last."""

    def __init__(
        self, sheet: Sheet, layout: Layout, origin: Origin, bounds: Bounds, options: Options
    ) -> None:
        self._by_position = options.integers == "positions" and sheet.typed
        self._sheet, self._layout, self._origin, self._bounds = sheet, layout, origin, bounds
        self._users, self._streamers = layout.only("user"), layout.only("streamer")
        self._ev, self._wealth = layout.all("ev"), layout.only("wealth")
        self._n_rows = 0
        self._places: list[tuple[int, int | NDArray[np.int64]]] = []
        self._parts: dict[str, list[Any]] = {"user": [], "streamer": [], "ev": [], "wealth": []}

    def table(self) -> Table:
        """Read the table.

        Raises
        ------
        solver.InputError
        """
        self._expect_rows(self._sheet.n_rows or 0)
        for block in self._blocks():
            self._read(block)
        if not self._n_rows:
            raise self._origin.refuse(Message("rows_missing", file=self._origin.file))
        if self._layout.shape == "pairs":
            return self._of_pairs()
        return self._of_users()

    def understood(self) -> Understanding:
        """Return the detected layout and the number of rows, without reading the cells.

        Raises
        ------
        solver.InputError
            If the sheet cannot be read to its end.
        """
        self._n_rows = sum(block.n_rows for block in self._blocks())
        return self._understood([])

    def _blocks(self) -> Iterator[Block]:
        for block in self._sheet.blocks():
            yield block if self._users is None else block.filled(self._users)

    def _read(self, block: Block) -> None:
        if not block.n_rows:
            return
        self._places.append((self._n_rows, block.numbering))
        self._n_rows += block.n_rows
        pairs = self._layout.shape == "pairs"
        self._expect_rows(self._n_rows)
        parts = self._parts
        if self._users is not None:
            parts["user"].append(read_ids(self._sheet, block, self._users, self._origin))
        if self._streamers is not None:
            parts["streamer"].append(read_ids(self._sheet, block, self._streamers, self._origin))
        if self._ev:
            parts["ev"].append(self._numbers(block, self._ev, LARGEST_EV, may_be_empty=not pairs))
        if self._wealth is not None:
            wealth = self._numbers(block, [self._wealth], np.inf, may_be_empty=pairs)
            parts["wealth"].append(wealth[:, 0])

    def _expect_rows(self, rows: int) -> None:
        most = self._bounds.pairs
        if self._layout.shape == "pairs" and rows > most:
            raise self._origin.refuse(
                Message("candidates_limited", most=most, file=self._origin.file, received=rows),
                code="limit-exceeded",
            )

    def _of_users(self) -> Table:
        """Return a table with a row for each user."""
        ids = None
        if self._users is not None:
            positions, ids = factorize_ids(self._parts["user"], self._sheet.typed)
            self._expect_once(positions, ids)
        ev = None
        if self._ev:
            ev = _concatenate(self._parts["ev"])
            if ev.dtype.kind == "f" and (holes := np.isnan(ev)).any():
                ev[holes] = -np.inf
        has_headings = self._ev and self._sheet.names[self._ev[0]]
        streamers = (
            ids_of_headings([self._sheet.names[index] for index in self._ev])
            if has_headings
            else None
        )
        wealth = _concatenate(self._parts["wealth"]) if self._parts["wealth"] else None
        return Table(self._understood([]), ids, streamers, ev, wealth)

    def _of_pairs(self) -> Table:
        """Return a table with a row for each pair."""
        user, user_ids = self._side("user")
        streamer, streamer_ids = self._side("streamer")
        self._expect_different(user, streamer, user_ids, streamer_ids)
        ev = _concatenate(self._parts["ev"])[:, 0]
        wealth: NDArray[np.float64] | None = None
        warnings: list[Message] = []
        if self._parts["wealth"]:
            wealth, warnings = self._wealth_by_user(user, user_ids)
        pairs = Pairs(user, streamer, ev)
        return Table(self._understood(warnings), user_ids, streamer_ids, pairs, wealth)

    def _side(self, role: str) -> tuple[NDArray[np.int64], pa.Array | None]:
        """Return the positions of a column of ids and the ids; None if these are positions."""
        chunks = self._parts[role]
        if self._by_position and all(pa.types.is_integer(each.type.value_type) for each in chunks):
            rows = [np.array(each.dictionary.take(each.indices)) for each in chunks]
            return np.concatenate(rows), None
        return factorize_ids(chunks, self._sheet.typed)

    def _numbers(
        self, block: Block, columns: Sequence[int], largest: float, *, may_be_empty: bool
    ) -> NDArray[Any]:
        """Return columns of numbers; empty cells are NaN if they are allowed."""
        values = read_numbers(self._sheet, block, columns, self._origin)
        if values.dtype.kind == "f":
            valid = np.abs(values) <= min(largest, np.finfo(np.float64).max)
            if may_be_empty:
                valid |= np.isnan(values)
            if self._layout.shape == "matrix" and columns is self._ev:
                valid |= np.isneginf(values)
            expected = (
                Expected("number") if largest == np.inf else Expected("number_at_most", largest)
            )
            expect_numbers(self._sheet, block, columns, valid, expected, self._origin)
        return values

    def _wealth_by_user(
        self, user: NDArray[np.int64], ids: pa.Array | None
    ) -> tuple[NDArray[np.float64], list[Message]]:
        """Return each user's wealth, from its first row with any, and warn of different values."""
        values = np.concatenate(self._parts["wealth"])
        rows = np.flatnonzero(~np.isnan(values))[::-1]
        first = np.full(1 + int(user.max()) if ids is None else len(ids), -1)
        first[user[rows]] = rows
        missing = np.flatnonzero(first < 0)
        if len(missing):
            raise self._origin.refuse(
                Message(
                    "user_without_wealth",
                    file=self._origin.file,
                    user=_user_name(ids, int(missing[0])),
                ),
                (int(missing[0]),),
            )
        wealth = values[first]
        conflicts = np.flatnonzero(~np.isnan(values) & (values != wealth[user]))
        if not len(conflicts):
            return wealth, []
        row = int(conflicts[0])
        first_row = int(first[user[row]])
        n_more = len({*user[conflicts].tolist()}) - 1
        return wealth, [
            Message(
                "two_wealths",
                user=_user_name(ids, int(user[row])),
                first=values[first_row],
                first_place=self._line(first_row),
                second=values[row],
                second_place=self._line(row),
                more=n_more,
            )
        ]

    def _expect_once(self, positions: NDArray[np.int64], ids: pa.Array) -> None:
        """Refuse a user with two rows."""
        if len(ids) == len(positions):
            return
        first = np.full(len(ids), -1)
        rows = np.arange(len(positions))
        first[positions[::-1]] = rows[::-1]
        row = int(np.flatnonzero(first[positions] != rows)[0])
        user = quote_value(ids[int(positions[row])])
        raise self._origin.refuse(
            Message(
                "user_twice",
                file=self._origin.file,
                user=user,
                first=self._line(int(first[positions[row]])),
                second=self._line(row),
            ),
            (self._number(row),),
        )

    def _expect_different(
        self,
        user: NDArray[np.int64],
        streamer: NDArray[np.int64],
        users: pa.Array | None,
        streamers: pa.Array | None,
    ) -> None:
        """Refuse a pair with two rows."""
        if users is None or streamers is None:
            return  # positions are checked with the request, which has their number
        key = user * len(streamers) + streamer
        if (key[1:] > key[:-1]).all():
            return
        order = np.argsort(key, kind="stable")
        duplicates = np.flatnonzero(key[order[1:]] == key[order[:-1]])
        if len(duplicates):
            duplicate = duplicates[np.argmin(order[duplicates + 1])]
            row, first = int(order[duplicate + 1]), int(order[duplicate])
            raise self._origin.refuse(
                Message(
                    "table_pair_twice",
                    file=self._origin.file,
                    user=quote_value(users[int(user[row])]),
                    streamer=quote_value(streamers[int(streamer[row])]),
                    first=self._line(first),
                    second=self._line(row),
                ),
                (self._number(row),),
            )

    def _number(self, row: int) -> int:
        """Return the number of a row in the file."""
        index = bisect_right(self._places, row, key=itemgetter(0)) - 1
        first, numbering = self._places[index]
        if isinstance(numbering, int):
            return numbering + row - first
        return int(numbering[row - first])

    def _line(self, row: int) -> Message:
        return Message("place_numbered", place=self._sheet.place, number=self._number(row))

    def _understood(self, n_more: Sequence[Message]) -> Understanding:
        sheet, roles = self._sheet, self._layout.roles
        places = choose_columns(roles)
        head = sheet.head if self._users is None else sheet.head.filled(self._users)
        return Understanding(
            file=self._origin.file,
            format=sheet.format,
            encoding=sheet.encoding,
            delimiter=sheet.delimiter,
            decimal=sheet.decimal,
            header=sheet.header,
            shape=self._layout.shape,
            n_rows=self._n_rows,
            n_columns=len(roles),
            columns=tuple(Column(index + 1, sheet.names[index], roles[index]) for index in places),
            first_rows=tuple(
                tuple(head.texts(row, places)) for row in range(min(ROWS_SHOWN, head.n_rows))
            ),
            warnings=(*self._layout.warnings, *n_more),
        )


def _user_name(ids: pa.Array | None, position: int) -> str | Message:
    if ids is None:
        return Message("user_at", position=position)
    return quote_value(ids[position])


def _concatenate(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
