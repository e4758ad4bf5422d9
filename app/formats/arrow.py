"""Arrow, as a stream or a file, of any writer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice

import pyarrow as pa

from app.sheets.array_blocks import ArrowBlock, plain
from app.sheets.origin import Origin
from app.sheets.sheet import HEAD, Sheet
from messages import Message

FILE = b"ARROW1"
STREAM = b"\xff\xff\xff\xff"

BLOCK_CELLS = 2**18
"""Batches are joined until they have so many, for each block has a cost of its own."""


def read(data: memoryview, origin: Origin) -> Sheet:
    """Return the table of an Arrow file or stream.

    Raises
    ------
    pyarrow.ArrowException
        Where it cannot be read.
    """
    source = pa.py_buffer(bytes(data))  # a part begins anywhere; Arrow wants its own alignment
    schema, _ = _opened(source)
    return of_batches(schema, "Arrow", partial(_batches, source), origin)


def _opened(source: pa.Buffer) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    if source[: len(FILE)].to_pybytes() == FILE:
        file = pa.ipc.open_file(source)
        return file.schema, (file.get_batch(at) for at in range(file.num_record_batches))
    stream = pa.ipc.open_stream(source)
    return stream.schema, iter(stream)


def _batches(source: pa.Buffer) -> Iterator[pa.RecordBatch]:
    return _opened(source)[1]


def of_batches(
    schema: pa.Schema,
    format_: str,
    batches: Callable[[], Iterator[pa.RecordBatch]],
    origin: Origin,
    n_rows: int | None = None,
) -> Sheet:
    """Return the table that batches of rows make.

    Parameters
    ----------
    schema : pyarrow.Schema
    format_ : str
    batches : callable
        Returns them, from the first on.
    origin : Origin
    n_rows : int, optional
        Where the file says how many there are.
    """

    def blocks_of(chunks: Iterator[pa.RecordBatch]) -> Iterator[ArrowBlock]:
        first = 0
        for batch in _joined(chunks):
            yield ArrowBlock(_plain(batch), first)
            first += batch.num_rows

    def blocks() -> Iterator[ArrowBlock]:
        return blocks_of(batches())

    filled = (batch for batch in batches() if batch.num_rows)
    head = next(blocks_of(islice(filled, 1)), None)
    if head is None:
        raise origin.unreadable(Message("table_empty", file=origin.file, part="rows"))
    head = ArrowBlock(head.batch.slice(0, HEAD), 0)
    return Sheet(format=format_, names=schema.names, head=head, blocks=blocks, n_rows=n_rows)


def _joined(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of batches, small ones together."""
    small: list[pa.RecordBatch] = []
    cells = 0
    for batch in batches:
        if not batch.num_rows:
            continue
        batch.validate(full=True)
        small.append(batch)
        cells += batch.num_rows * batch.num_columns
        if cells >= BLOCK_CELLS:
            yield from _as_one(small)
            small, cells = [], 0
    yield from _as_one(small)


def _as_one(batches: list[pa.RecordBatch]) -> Sequence[pa.RecordBatch]:
    if len(batches) < 2:
        return batches
    try:
        table = pa.Table.from_batches(batches)
        return tuple(table.combine_chunks().to_batches())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return batches  # together they have too many ids for their type of index, or lists of ids


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    columns = [plain(column) for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, [str(at) for at in range(len(columns))])
