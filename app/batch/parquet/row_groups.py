"""Row groups of candidates: the units that are read, and the places that errors name."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from app.sheets.arrow_types import as_numbers, is_text
from messages import Message
from solver import InputError
from solver.kernels import LARGEST_EV

from .columns import COLUMNS, expect_type, expect_values
from .sides import Side
from .storage import File

Pairs = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[Any]]


@dataclass(frozen=True, eq=False)
class RowGroup:
    """A row group of a Parquet file, or some of its rows.

    Parameters
    ----------
    file : File
    metadata : pyarrow.parquet.FileMetaData
        Of the file.
    index : int
        Number of the row group within the file.
    start, stop : int or None
        The rows that belong to it, by default all.
    """

    file: File
    metadata: pq.FileMetaData
    index: int
    start: int = 0
    stop: int | None = None

    @property
    def name(self) -> Message:
        """Its name in messages."""
        return Message("row_group", file=str(self.file), index=self.index, start=self.start)

    @property
    def n_rows(self) -> int:
        """The number of its pairs."""
        stop = self.metadata.row_group(self.index).num_rows if self.stop is None else self.stop
        return int(stop) - self.start

    def split(self, row: int) -> tuple[RowGroup, RowGroup]:
        """Return the rows before `row`, and the others."""
        cut = self.start + row
        return replace(self, stop=cut), replace(self, start=cut)

    def bytes_of(self, name: str) -> int:
        """Return the uncompressed size of a column, bytes."""
        group = self.metadata.row_group(self.index)
        columns = (group.column(index) for index in range(group.num_columns))
        return sum(each.total_uncompressed_size for each in columns if each.path_in_schema == name)

    def read(self, columns: Sequence[str]) -> pa.Table:
        """Read some columns; errors name file and row group."""
        texts = [name for name in columns if is_text(self._kind(name))]
        try:
            with (
                self.file.source() as source,
                pq.ParquetFile(
                    source,
                    metadata=self.metadata,
                    read_dictionary=texts,
                    pre_buffer=False,
                    page_checksum_verification=True,
                ) as parquet,
            ):
                table = parquet.read_row_group(self.index, columns=columns, use_threads=False)
                table.validate()
                return table.slice(self.start, self.n_rows)
        except (pa.ArrowException, OSError, EOFError) as error:
            raise InputError(
                "candidates",
                Message("parquet_unreadable", where=self.name),
                code="unreadable-data",
            ) from error

    def _kind(self, name: str) -> pa.DataType:
        return self.metadata.schema.to_arrow_schema().field(name).type


def row_groups(files: Sequence[File], pool: Executor) -> list[RowGroup]:
    """Return the row groups of files, in the order of the files' names, without empty ones.

    Raises
    ------
    solver.InputError
        If a file is not Parquet, lacks a column or has one of a wrong type, or all are empty.
    """
    metadata = list(pool.map(_metadata, files))
    groups = [
        RowGroup(file, each, index)
        for file, each in zip(files, metadata, strict=True)
        for index in range(each.num_row_groups)
    ]
    filled = [group for group in groups if group.n_rows]
    if not filled:
        message = Message("all_candidates_empty")
        if len(files) == 1:
            message = Message("candidates_empty", file=str(files[0]))
        raise InputError("candidates", message)
    return filled


def ev_dtype(groups: Sequence[RowGroup]) -> type:
    """Return the type of all EVs: float32 if no file has more, else float64."""
    kinds = {str(each.metadata.schema.to_arrow_schema().field("ev").type) for each in groups}
    return np.float32 if kinds <= {"float", "halffloat"} else np.float64


def read_pairs(group: RowGroup, users: Side, streamers: Side, dtype: type) -> Pairs:
    """Return the pairs of a row group.

    Parameters
    ----------
    group : RowGroup
    users, streamers : Side
    dtype : type
        Of EVs.

    Returns
    -------
    (n,) int32, (n,) int32, (n,) float
        Positions of users and of streamers, EVs in currency units.

    Raises
    ------
    solver.InputError
    """
    table = group.read(COLUMNS)
    return (
        users.positions(table.column("user"), group.name),
        streamers.positions(table.column("streamer"), group.name),
        _values(table.column("ev"), group, dtype),
    )


def read_users(group: RowGroup, users: Side) -> NDArray[np.int32]:
    """Return the positions of a row group's users, without reading its other columns."""
    return users.positions(group.read(["user"]).column("user"), group.name)


def _values(column: pa.ChunkedArray, group: RowGroup, dtype: type) -> NDArray[Any]:
    expect_values(column, "candidates.ev", "candidate_ev_missing", where=group.name)
    values: NDArray[Any] = as_numbers(column).astype(dtype, copy=False)
    low, high = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    if not (low >= -LARGEST_EV and high <= LARGEST_EV):
        row = int(np.flatnonzero(~(np.abs(values) <= LARGEST_EV))[0])
        raise InputError(
            "candidates.ev",
            Message(
                "candidate_ev_too_large",
                row=row,
                where=group.name,
                received=str(values[row]),
            ),
        )
    return values


def _metadata(file: File) -> pq.FileMetaData:
    with file.open() as parquet:
        if parquet.metadata.num_rows:  # columns of empty files may be of any type
            _expect_columns(parquet.schema_arrow, file)
        return parquet.metadata


def _expect_columns(schema: pa.Schema, file: File) -> None:
    for name in COLUMNS:
        if schema.get_field_index(name) < 0:
            columns = schema.names[:8] or Message("no_value")
            raise InputError(
                "candidates",
                Message("candidate_columns_missing", file=str(file), columns=columns),
            )
        expect_type(name, schema.field(name).type, file, f"candidates.{name}", "candidates")
