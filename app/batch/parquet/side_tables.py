"""The tables beside the candidates: who the users and the streamers are, and their limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from app.sheets.arrow_types import as_numbers, first_null, is_number, is_text
from messages import Message
from solver import InputError

from .ids import Ids
from .row_groups import RowGroup, read_users
from .sides import Side
from .storage import locate, partitions


@dataclass(frozen=True, eq=False)
class SideTable:
    """One side and what is known of each on it, by position.

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
        "user" or "streamer": the column that names them, by id or by position. Without it, they
        stand in the order of their positions.
    columns : sequence of str
        What else to read, where it is there: numbers or booleans.
    field : str
        The option that names the table.

    Raises
    ------
    solver.InputError
        On wrong types, nulls, twins, or positions that leave some out.
    """
    root = locate(url, field)
    tables = [_table(file, (name, *columns), field) for file in partitions(url, field)]
    table = _together(tables, root, field)
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
    """Return the side that candidates alone tell: positions up to the greatest that comes.

    Raises
    ------
    solver.InputError
        Where candidates have ids: nothing says, then, who has none.
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
    """Return users in the order of their ids where candidates come in that, and not in the table's.

    Parameters
    ----------
    table : SideTable
        Users in the order of their table.
    group : RowGroup
        Of candidates, the first.

    Raises
    ------
    solver.InputError
        With file, row group and row where a user is none.
    """
    ids = table.side.ids
    if ids is None or ids.order is None:
        return table
    positions = read_users(group, table.side)
    rank = np.empty(table.side.count, dtype=np.int64)
    rank[ids.order] = np.arange(table.side.count)
    if _rises(positions) or not _rises(rank[positions]):
        return table
    side = Side(table.side.name, table.side.count, Ids.of(ids.ascending))
    return SideTable(side, {each: array[ids.order] for each, array in table.columns.items()})


def _rises(values: NDArray[Any]) -> bool:
    return bool((values[1:] >= values[:-1]).all())


def extremes(group: RowGroup, name: str) -> tuple[int, int]:
    """Return the least and the greatest position of a row group: from its statistics, or read."""
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
            known = [each for each in names if parquet.schema_arrow.get_field_index(each) >= 0]
            if not known:
                columns = parquet.schema_arrow.names[:8] or Message("no_value")
                raise InputError(
                    field,
                    Message(
                        "side_columns_missing", expected=names, file=str(file), columns=columns
                    ),
                )
            return parquet.read(columns=known)
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            field,
            Message("parquet_unreadable", where=str(file)),
            code="unreadable-data",
        ) from error


def _together(tables: Sequence[pa.Table], root: object, field: str) -> pa.Table:
    """Return the rows of all partitions; some may have wider numbers than others."""
    filled = [each for each in tables if each.num_rows] or tables[:1]
    names = filled[0].schema.names
    directory = str(root)
    for name in names:
        if any(name not in each.schema.names for each in filled):
            raise InputError(field, Message("columns_differ", directory=directory, column=name))
    try:
        return pa.concat_tables(
            [each.select(names) for each in filled], promote_options="permissive"
        )
    except pa.ArrowException as error:
        raise InputError(field, _differing(filled, directory)) from error


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
    kind = column.type
    fits = pa.types.is_boolean(kind) if name == "whale" else (
        is_number(kind) if name == "wealth" else pa.types.is_integer(kind)
    )  # fmt: skip
    if not fits:
        expected = {"whale": "booleans", "wealth": "numbers"}.get(name, "whole_numbers")
        raise _wrong_type(expected, name, where, kind, field)
    row = first_null(column)
    if row is not None:
        raise InputError(
            field,
            Message("column_value_missing", column=name, file=str(where), row=row),
        )
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


def _wrong_type(
    expected: str, column: str, where: object, kind: pa.DataType, field: str
) -> InputError:
    message = Message(
        "column_type_expected",
        type=expected,
        column=column,
        file=str(where),
        found="side",
        received=str(kind),
    )
    return InputError(field, message)


def _by_name(
    column: pa.ChunkedArray, side: Side, values: dict[str, NDArray[Any]], where: str, field: str
) -> SideTable:
    """Put values in the order of the positions, or keep them by the ids in the table.

    Whole numbers are positions where they are 0 … n-1 in any order, and ids else.
    """
    if not (is_text(column.type) or pa.types.is_integer(column.type)):
        raise _wrong_type("positions_or_ids", side.name, where, column.type, field)
    row = first_null(column)
    if row is not None:
        raise InputError(field, Message("id_missing", file=where, row=row))
    ids = Ids.of(_as_ids(column, where, field))
    twin = ids.twin()
    if twin is not None:
        raise InputError(field, Message("side_id_twice", side=side.name, file=where, id=repr(twin)))
    if ids.are_text or not _are_positions(ids):
        return SideTable(Side(side.name, side.count, ids), values)
    if ids.order is None:
        return SideTable(side, values)
    return SideTable(side, {each: array[ids.order] for each, array in values.items()})


def _as_ids(column: pa.ChunkedArray, where: str, field: str) -> pa.Array:
    kind = pa.large_string() if is_text(column.type) else pa.int64()
    try:
        return column.cast(kind).combine_chunks()
    except pa.ArrowInvalid as error:
        raise InputError(
            field, Message("id_too_large", where=where, received=str(pc.max(column)))
        ) from error


def _are_positions(ids: Ids) -> bool:
    """Return whether whole numbers, each there once, are 0 … n-1."""
    first, last = ids.ascending[0].as_py(), ids.ascending[len(ids.values) - 1].as_py()
    return bool(first == 0 and last == len(ids.values) - 1)
