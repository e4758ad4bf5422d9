"""The tables of users and of streamers beside the candidates: ids, wealth and caps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from app.sheets.arrow_types import as_numbers, is_text
from app.sheets.ids import SortedIds
from messages import Message
from solver import InputError

from .columns import cast_ids, expect_type, expect_values
from .row_groups import RowGroup, read_users
from .sides import Side
from .storage import locate, partitions


@dataclass(frozen=True, eq=False)
class SideTable:
    """One side with the columns of its table, by position.

    Parameters
    ----------
    side : Side
    columns : dict of str to (count,) array
        The requested columns that the table has.
    """

    side: Side
    columns: dict[str, NDArray[Any]]


def read_side(url: str, name: str, columns: Sequence[str], field: str) -> SideTable:
    """Read a table of users or of streamers.

    Parameters
    ----------
    url : str
        A Parquet file, or a directory of them.
    name : str
        "user" or "streamer": the column of ids or positions. Without it, rows are in the order
        of positions.
    columns : sequence of str
        Other columns to read, if the table has them.
    field : str
        The option that names the table.

    Raises
    ------
    solver.InputError
        On wrong types, nulls, and ids that occur twice.
    """
    root = locate(url, field)
    tables = [_table(file, (name, *columns), field) for file in partitions(url, field)]
    table = _concatenate(tables, root, field)
    if table.num_rows == 0:
        raise InputError(field, Message("side_empty", side=name, file=str(root)))
    values = {
        each: _numbers(table.column(each), each, root, field)
        for each in columns
        if each in table.schema.names
    }
    if name not in table.schema.names:
        return SideTable(Side(name, table.num_rows), values)
    return _by_name(table.column(name), Side(name, table.num_rows), values, str(root), field)


def side_of_pairs(groups: Sequence[RowGroup], name: str) -> Side:
    """Return the side of candidates without a table: positions up to the largest.

    Raises
    ------
    solver.InputError
        If candidates have ids: users without candidates would be unknown.
    """
    most = -1
    for group in groups:
        kind = group.metadata.schema.to_arrow_schema().field(name).type
        if is_text(kind):
            option = "users" if name == "user" else "capacity"
            raise InputError(
                option,
                Message("side_table_missing", side=name, option=option, where=group.name),
            )
        most = max(most, extremes(group, name)[1])
    if most >= 2**31 - 1:
        raise InputError(
            f"candidates.{name}",
            Message("position_too_large", side=name, received=most),
        )
    return Side(name, most + 1)


def match_candidate_order(table: SideTable, group: RowGroup) -> SideTable:
    """Return users sorted by id if candidates are sorted so, and not in the order of the table.

    Parameters
    ----------
    table : SideTable
        Users in the order of their table.
    group : RowGroup
        The first row group of the candidates.

    Raises
    ------
    solver.InputError
        With file, row group and row of an unknown user.
    """
    ids = table.side.ids
    if ids is None or ids.order is None:
        return table
    positions = read_users(group, table.side)
    rank = np.empty(table.side.count, dtype=np.int64)
    rank[ids.order] = np.arange(table.side.count)
    if _is_ascending(positions) or not _is_ascending(rank[positions]):
        return table
    side = Side(table.side.name, table.side.count, SortedIds.of(ids.ascending))
    return SideTable(side, {each: array[ids.order] for each, array in table.columns.items()})


def _is_ascending(values: NDArray[Any]) -> bool:
    return bool((values[1:] >= values[:-1]).all())


def extremes(group: RowGroup, name: str) -> tuple[int, int]:
    """Return the smallest and the largest position of a row group, from statistics if possible."""
    columns = group.metadata.row_group(group.index)
    for index in range(columns.num_columns):
        column = columns.column(index)
        if column.path_in_schema == name and column.is_stats_set and column.statistics.has_min_max:
            return int(column.statistics.min), int(column.statistics.max)
    bounds = pc.min_max(group.read([name]).column(name)).as_py()
    return int(bounds["min"] or 0), int(-1 if bounds["max"] is None else bounds["max"])


def _table(file: Any, names: Sequence[str], field: str) -> pa.Table:
    try:
        with file.open() as parquet:
            found = [each for each in names if parquet.schema_arrow.get_field_index(each) >= 0]
            if not found:
                columns = parquet.schema_arrow.names[:8] or Message("no_value")
                raise InputError(
                    field,
                    Message(
                        "side_columns_missing", expected=names, file=str(file), columns=columns
                    ),
                )
            return parquet.read(columns=found)
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            field,
            Message("parquet_unreadable", where=str(file)),
            code="unreadable-data",
        ) from error


def _concatenate(tables: Sequence[pa.Table], root: object, field: str) -> pa.Table:
    """Return the rows of all files; widths of their numbers may differ."""
    non_empty = [each for each in tables if each.num_rows] or tables[:1]
    names = non_empty[0].schema.names
    directory = str(root)
    for name in names:
        if any(name not in each.schema.names for each in non_empty):
            raise InputError(field, Message("columns_differ", directory=directory, column=name))
    try:
        return pa.concat_tables(
            [each.select(names) for each in non_empty], promote_options="permissive"
        )
    except pa.ArrowException as error:
        raise InputError(field, _differing(non_empty, directory)) from error


def _differing(tables: Sequence[pa.Table], directory: str) -> Message:
    """Return which column has types that do not go together."""
    for name in tables[0].schema.names:
        kinds = {str(each.schema.field(name).type): None for each in tables}
        try:
            pa.unify_schemas(
                [each.select([name]).schema for each in tables], promote_options="permissive"
            )
        except pa.ArrowException:
            first, second = [*kinds, *kinds][:2]
            return Message(
                "column_types_differ",
                directory=directory,
                column=name,
                first=first,
                second=second,
            )
    return Message("table_types_differ", directory=directory)


def _numbers(column: pa.ChunkedArray, name: str, where: object, field: str) -> NDArray[Any]:
    expect_type(name, column.type, where, field, "side")
    expect_values(column, field, "column_value_missing", column=name, file=str(where))
    values = as_numbers(column)
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise InputError(
            field,
            Message(
                "column_not_finite",
                column=name,
                file=str(where),
                row=bad[0],
                received=str(values[bad[0]]),
            ),
        )
    return values


def _by_name(
    column: pa.ChunkedArray, side: Side, values: dict[str, NDArray[Any]], where: str, field: str
) -> SideTable:
    """Return a side with its ids, or with values sorted by position.

    Whole numbers are positions if they are 0 … n-1 in any order; otherwise they are ids.
    """
    expect_type(side.name, column.type, where, field, "side")
    expect_values(column, field, "id_missing", file=where)
    kind = pa.large_string() if is_text(column.type) else pa.int64()
    ids = SortedIds.of(cast_ids(column, kind, where, field).combine_chunks())
    duplicate = ids.duplicate()
    if duplicate is not None:
        message = Message("side_id_twice", side=side.name, file=where, id=repr(duplicate))
        raise InputError(field, message)
    if ids.are_text or not _are_positions(ids):
        return SideTable(Side(side.name, side.count, ids), values)
    if ids.order is None:
        return SideTable(side, values)
    return SideTable(side, {each: array[ids.order] for each, array in values.items()})


def _are_positions(ids: SortedIds) -> bool:
    """Return whether different whole numbers are 0 … n-1."""
    first, last = ids.ascending[0].as_py(), ids.ascending[len(ids.values) - 1].as_py()
    return bool(first == 0 and last == len(ids.values) - 1)
