"""The tables beside the candidates: who the users and the streamers are, and their limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from app.columns import are_numbers, first_null, is_text, numbers
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
        Those of the table that were asked for and are there.
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
        raise InputError(field, f"Expected at least one {name} in {root}; there is none.")
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
                f"Expected a table of {name}s, --{option}, where candidates name them by id, "
                f"as {group} does.",
            )
        most = max(most, extremes(group, name)[1])
    if most >= 2**31 - 1:
        raise InputError(
            f"candidates.{name}",
            f"Expected {name} positions below 2^31 - 1, or a table that has these ids; got {most}.",
        )
    return Side(name, most + 1)


def as_candidates_come(table: SideTable, group: RowGroup) -> SideTable:
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
    for at in range(columns.num_columns):
        column = columns.column(at)
        if column.path_in_schema == name and column.is_stats_set and column.statistics.has_min_max:
            return int(column.statistics.min), int(column.statistics.max)
    found = pc.min_max(group.read([name]).column(name)).as_py()
    return int(found["min"] or 0), int(-1 if found["max"] is None else found["max"])


def _table(file: Any, names: Sequence[str], field: str) -> pa.Table:
    try:
        with file.opened() as parquet:
            known = [each for each in names if parquet.schema_arrow.get_field_index(each) >= 0]
            if not known:
                came = ", ".join(parquet.schema_arrow.names[:8]) or "none"
                raise InputError(
                    field,
                    f"Expected one of the columns {', '.join(names)} in {file}; it has {came}.",
                )
            return parquet.read(columns=known)
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            field,
            f"Expected {file} as Parquet that can be read; it is damaged, or cannot be opened.",
            code="unreadable-data",
        ) from error


def _together(tables: Sequence[pa.Table], root: object, field: str) -> pa.Table:
    """Return the rows of all partitions; some may have wider numbers than others."""
    filled = [each for each in tables if each.num_rows] or tables[:1]
    names = filled[0].schema.names
    wish = f"Expected the same columns in all files of {root}"
    for name in names:
        if any(name not in each.schema.names for each in filled):
            raise InputError(field, f"{wish}; not all have {name}.")
    try:
        return pa.concat_tables(
            [each.select(names) for each in filled], promote_options="permissive"
        )
    except pa.ArrowException as error:
        raise InputError(field, f"{wish}; {_differing(filled)}.") from error


def _differing(tables: Sequence[pa.Table]) -> str:
    """Return which column has types that do not go together."""
    for name in tables[0].schema.names:
        kinds = {str(each.schema.field(name).type): None for each in tables}
        try:
            pa.unify_schemas(
                [each.select([name]).schema for each in tables], promote_options="permissive"
            )
        except pa.ArrowException:
            return f"{name} is {' in some and '.join([*kinds][:2])} in others"
    return "their types differ"


def _numbers(column: pa.ChunkedArray, name: str, where: object, field: str) -> NDArray[Any]:
    kind = column.type
    fits = pa.types.is_boolean(kind) if name == "whale" else (
        are_numbers(kind) if name == "wealth" else pa.types.is_integer(kind)
    )  # fmt: skip
    if not fits:
        wish = {"whale": "booleans", "wealth": "numbers"}.get(name, "whole numbers")
        raise InputError(field, f"Expected {wish} in the column {name} of {where}; got {kind}.")
    at = first_null(column)
    if at is not None:
        raise InputError(
            field,
            f"Expected a value in every row of the column {name} of {where}; row {at} is null.",
        )
    values = numbers(column)
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise InputError(
            field,
            f"Expected finite numbers in the column {name} of {where}; "
            f"row {bad[0]} has {values[bad[0]]}.",
        )
    return values


def _by_name(
    column: pa.ChunkedArray, side: Side, values: dict[str, NDArray[Any]], where: str, field: str
) -> SideTable:
    """Put values in the order of the positions, or keep them by the ids in the table.

    Whole numbers are positions where they are 0 … n-1 in any order, and ids else.
    """
    if not (is_text(column.type) or pa.types.is_integer(column.type)):
        raise InputError(
            field,
            f"Expected positions or ids in the column {side.name} of {where}; got {column.type}.",
        )
    at = first_null(column)
    if at is not None:
        raise InputError(field, f"Expected an id in every row of {where}; row {at} is null.")
    ids = Ids.of(_as_ids(column, where, field))
    twin = ids.twin()
    if twin is not None:
        raise InputError(
            field, f"Expected each {side.name} once in {where}; {twin!r} is there again."
        )
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
            field, f"Expected whole numbers below 2^63 in {where}; it has {pc.max(column)}."
        ) from error


def _are_positions(ids: Ids) -> bool:
    """Return whether whole numbers, each there once, are 0 … n-1."""
    first, last = ids.ascending[0].as_py(), ids.ascending[len(ids.values) - 1].as_py()
    return bool(first == 0 and last == len(ids.values) - 1)
