"""Tables as Arrow IPC streams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import pyarrow as pa

MEDIA_TYPE = "application/vnd.apache.arrow.stream"


def with_metadata(table: pa.Table, values: Mapping[str, Any]) -> pa.Table:
    """Return the table with more, or other, values in its schema's metadata, as JSON."""
    added = {name.encode(): orjson.dumps(value) for name, value in values.items()}
    return table.replace_schema_metadata({**(table.schema.metadata or {}), **added})


def metadata(table: pa.Table) -> dict[str, Any]:
    """Return what `with_metadata` added."""
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
