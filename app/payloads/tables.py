"""Candidates as a table, in Arrow's IPC formats or in Parquet: read within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from app.columns import COLUMNS, first_null, is_text, numbers, wish
from app.settings import Settings
from app.words import reason
from solver import InputError

from .memory import bounded_memory

_FILE, _PARQUET = b"ARROW1", b"PAR1"


@dataclass(frozen=True, eq=False)
class Side:
    """One side of the pairs of a table.

    Parameters
    ----------
    positions : (E,) int
        Each pair's user or streamer.
    ids : list of str or None
        Where the table has ids: what the positions refer to, in the order of their first pairs.
    """

    positions: NDArray[Any]
    ids: list[str] | None


@dataclass(frozen=True, eq=False)
class Table:
    """The pairs of a table; `ev` is (E,), currency units."""

    user: Side
    streamer: Side
    ev: NDArray[Any]


def read_table(data: memoryview, limits: Settings) -> Table:
    """Return the candidates of a table with the columns user, streamer and ev.

    Parameters
    ----------
    data : memoryview
        An Arrow IPC stream, an Arrow IPC file, or a Parquet file.
    limits : Settings

    Raises
    ------
    solver.InputError
        Where it is none of these, has other columns, or exceeds a limit.
    """
    most = limits.max_expanded_bytes
    try:
        with bounded_memory(most):
            table = _read(data, limits.max_candidates)
            table.validate(full=True)
            return Table(
                _side(table, "user"), _side(table, "streamer"), _numbers(table, "ev", floating=True)
            )
    except (MemoryError, pa.ArrowMemoryError) as error:
        raise InputError(
            "candidates",
            f"Expected candidates that expand to at most {most:,} bytes; got more "
            "(WHALE_MAX_EXPANDED_BYTES).",
            code="limit-exceeded",
        ) from error
    except (pa.ArrowException, OSError, KeyError, UnicodeDecodeError) as error:
        # The last two where its parts name columns that the whole has not, or in no Unicode.
        raise InputError(
            "candidates",
            f"Expected candidates as Arrow IPC or Parquet; {reason(error)}.",
            code="unreadable-data",
        ) from error


def _read(data: memoryview, most: int) -> pa.Table:
    source = pa.py_buffer(bytes(data))  # a part begins anywhere; Arrow wants its own alignment
    if data[:4] == _PARQUET:
        return _read_parquet(source, most)
    if data[:6] == _FILE:
        with pa.ipc.open_file(source) as file:
            _expect_columns(file.schema)
            batches = (file.get_batch(at) for at in range(file.num_record_batches))
            return pa.Table.from_batches(_bounded(batches, most), file.schema)
    with pa.ipc.open_stream(source) as stream:
        _expect_columns(stream.schema)
        return pa.Table.from_batches(_bounded(stream, most), stream.schema)


def _read_parquet(source: pa.Buffer, most: int) -> pa.Table:
    # Ids stay a dictionary: few bytes of one can stand for any number of long ones.
    file = pq.ParquetFile(
        pa.BufferReader(source), read_dictionary=["user", "streamer"], pre_buffer=False
    )
    _expect_columns(file.schema_arrow)
    _expect_rows(file.metadata.num_rows, most)
    return file.read(use_threads=False)


def _bounded(batches: Iterator[pa.RecordBatch], most: int) -> list[pa.RecordBatch]:
    """Return the batches, once it is known that they have not too many rows."""
    kept, rows = [], 0
    for batch in batches:
        rows += batch.num_rows
        _expect_rows(rows, most)
        kept.append(batch)
    return kept


def _expect_rows(rows: int, most: int) -> None:
    if rows > most:
        raise InputError(
            "candidates",
            f"Expected at most {most:,} candidates; got {rows:,} (WHALE_MAX_CANDIDATES).",
            code="limit-exceeded",
        )


def _expect_columns(schema: pa.Schema) -> None:
    if sorted(schema.names) != sorted(COLUMNS):
        came = ", ".join(schema.names[:8]) or "none"
        raise InputError(
            "candidates", f"Expected the columns user, streamer and ev in candidates; got {came}."
        )
    for name in COLUMNS:
        kind = schema.field(name).type
        if wanted := wish(name, kind):
            raise InputError(
                f"candidates.{name}",
                f"Expected {wanted} in candidates.{name}; got a column of type {str(kind)[:60]}.",
            )


def _side(table: pa.Table, name: str) -> Side:
    column = table.column(name)
    if not is_text(column.type):
        return Side(_numbers(table, name, floating=False), None)
    _refuse_nulls(column, name)
    if not pa.types.is_dictionary(column.type):
        whole = column.dictionary_encode().combine_chunks()
        return Side(_own(whole.indices), whole.dictionary.to_pylist())
    # A dictionary can be in any order, have entries that no row uses, or one twice.
    whole = column.unify_dictionaries().combine_chunks()
    used = whole.indices.dictionary_encode()
    entries = whole.dictionary.take(used.dictionary)
    if entries.null_count:
        raise InputError(f"candidates.{name}", f"Expected ids in candidates.{name}; got a null.")
    different = entries.dictionary_encode()
    return Side(
        _own(different.indices)[_own(used.indices)],
        different.dictionary.to_pylist(),
    )


def _own(array: pa.Array) -> NDArray[np.int64]:
    """Return an array as compiled code has it: aligned, and writable."""
    return np.array(array, np.int64)


def _numbers(table: pa.Table, name: str, floating: bool) -> NDArray[Any]:
    """Return a column's numbers, (E,) float64 or int64, as `_own` does."""
    column = table.column(name)
    _refuse_nulls(column, name)
    given = numbers(column)
    if floating:
        return np.array(given, np.float64)
    if given.dtype == np.uint64 and len(given) and given.max() > np.iinfo(np.int64).max:
        at = int(given.argmax())
        raise InputError(
            f"candidates.{name}",
            f"Expected positions in candidates.{name}; candidate {at} has {given[at]}.",
            (at,),
        )
    return np.array(given, np.int64)


def _refuse_nulls(column: pa.ChunkedArray, name: str) -> None:
    at = first_null(column)
    if at is not None:
        raise InputError(
            f"candidates.{name}",
            f"Expected a value in every row of candidates.{name}; row {at} is null.",
            (at,),
        )
