"""Arrow streams and files; allocations are answered as streams."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from app.sheets.array_blocks import ArrowBlock, plain
from app.sheets.origin import Origin
from app.sheets.sheet import HEAD, Sheet
from messages import Message

from .base import Format, ReadOptions

MEDIA_TYPE = "application/vnd.apache.arrow.stream"

_FILE = b"ARROW1"
_STREAM = b"\xff\xff\xff\xff"

BLOCK_CELLS = 2**18
"""Small batches are joined up to this number of cells, because every block has a fixed cost."""


def read(data: memoryview, origin: Origin, _options: ReadOptions) -> Sheet:
    """Return the table of an Arrow file or stream.

    Raises
    ------
    pyarrow.ArrowException
        If it cannot be read.
    """
    source = pa.py_buffer(bytes(data))  # copied: parts of a body are not aligned as Arrow requires
    schema, _ = _open(source)
    return of_batches(schema, "Arrow", partial(_batches, source), origin)


def _open(source: pa.Buffer) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    if source[: len(_FILE)].to_pybytes() == _FILE:
        file = pa.ipc.open_file(source)
        return file.schema, (file.get_batch(index) for index in range(file.num_record_batches))
    stream = pa.ipc.open_stream(source)
    return stream.schema, iter(stream)


def _batches(source: pa.Buffer) -> Iterator[pa.RecordBatch]:
    return _open(source)[1]


def of_batches(
    schema: pa.Schema,
    format_: str,
    batches: Callable[[], Iterator[pa.RecordBatch]],
    origin: Origin,
    n_rows: int | None = None,
) -> Sheet:
    """Return the table of some record batches.

    Parameters
    ----------
    schema : pyarrow.Schema
    format_ : str
    batches : callable
        Returns the batches, from the first on.
    origin : Origin
    n_rows : int, optional
        If the file stores it.
    """

    def blocks_of(chunks: Iterator[pa.RecordBatch]) -> Iterator[ArrowBlock]:
        first = 0
        for batch in _join_small(chunks):
            yield ArrowBlock(_simplify(batch), first)
            first += batch.num_rows

    def blocks() -> Iterator[ArrowBlock]:
        return blocks_of(batches())

    non_empty = (batch for batch in batches() if batch.num_rows)
    head = next(blocks_of(islice(non_empty, 1)), None)
    if head is None:
        raise origin.unreadable(Message("table_empty", file=origin.file, part="rows"))
    head = ArrowBlock(head.batch.slice(0, HEAD), 0)
    return Sheet(format=format_, names=schema.names, head=head, blocks=blocks, n_rows=n_rows)


def _join_small(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield batches, with small ones joined."""
    small: list[pa.RecordBatch] = []
    cells = 0
    for batch in batches:
        if not batch.num_rows:
            continue
        batch.validate(full=True)
        small.append(batch)
        cells += batch.num_rows * batch.num_columns
        if cells >= BLOCK_CELLS:
            yield from _concatenate(small)
            small, cells = [], 0
    yield from _concatenate(small)


def _concatenate(batches: list[pa.RecordBatch]) -> Sequence[pa.RecordBatch]:
    if len(batches) < 2:
        return batches
    try:
        table = pa.Table.from_batches(batches)
        return tuple(table.combine_chunks().to_batches())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return batches  # their dictionaries do not fit into one, or cannot be joined


def _simplify(batch: pa.RecordBatch) -> pa.RecordBatch:
    columns = [plain(column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, [str(index) for index in range(len(columns))])


def tier_column(whales: NDArray[np.bool_]) -> pa.Array:
    """Return the tier of users as a column of "whale" and "normal", given who is a whale."""
    indices = pa.array(np.where(whales, np.int8(0), np.int8(1)))
    return pa.DictionaryArray.from_arrays(indices, pa.array(["whale", "normal"]))


def with_metadata(table: pa.Table, values: Mapping[str, Any]) -> pa.Table:
    """Return the table with values added to the metadata of its schema, as JSON."""
    added = {name.encode(): orjson.dumps(value) for name, value in values.items()}
    return table.replace_schema_metadata({**(table.schema.metadata or {}), **added})


def metadata(table: pa.Table) -> dict[str, Any]:
    """Return the values that `with_metadata` added."""
    added = table.schema.metadata or {}
    return {name.decode(): orjson.loads(value) for name, value in added.items()}


def from_stream(content: bytes) -> pa.Table:
    """Return the table of an Arrow IPC stream."""
    return pa.ipc.open_stream(content).read_all()


def to_stream(table: pa.Table) -> bytes:
    """Return a table as an Arrow IPC stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


FORMAT = Format(
    name="Arrow",
    label="Arrow",
    media_type=MEDIA_TYPE,
    suffixes=(".arrow", ".arrows", ".feather", ".ipc"),
    begins=(_FILE, _STREAM),
    read=read,
    answers=True,
)
