"""Parquet files."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from app.sheets.arrow_types import is_text
from app.sheets.origin import Origin
from app.sheets.sheet import Sheet

from .arrow import of_batches
from .base import Format, Output, ReadOptions

ROWS = 1 << 16
"""Number of rows that are read at once."""


def read(data: memoryview, origin: Origin, _options: ReadOptions) -> Sheet:
    """Return the table of a Parquet file.

    Raises
    ------
    pyarrow.ArrowException
        If it cannot be read.
    """
    source = pa.py_buffer(bytes(data))
    parquet = pq.ParquetFile(pa.BufferReader(source), pre_buffer=False)
    schema = parquet.schema_arrow
    # Ids stay dictionaries, because few bytes can stand for any number of long ids.
    texts = [field.name for field in schema if is_text(field.type)]

    def batches() -> Iterator[pa.RecordBatch]:
        file = pq.ParquetFile(pa.BufferReader(source), read_dictionary=texts, pre_buffer=False)
        yield from file.iter_batches(ROWS, use_threads=False)

    return of_batches(schema, "Parquet", batches, origin, parquet.metadata.num_rows)


def write(output: Output) -> bytes:
    """Return the first table as Parquet; the metadata of its schema has the rest as JSON."""
    sink = pa.BufferOutputStream()
    pq.write_table(output.main, sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content


FORMAT = Format(
    name="Parquet",
    label="Parquet",
    media_type="application/vnd.apache.parquet",
    suffixes=(".parquet",),
    begins=(b"PAR1",),
    read=read,
    write=write,
)
