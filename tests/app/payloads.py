"""The same problems in every format that the service takes."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
from fastapi.testclient import TestClient
from httpx import Response

ARROW = "application/vnd.apache.arrow.stream"


def npy(array: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def stream(table: pa.Table, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as out:
        out.write_table(table, max_chunksize=7)
    return bytes(sink.getvalue())


def file(table: pa.Table, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as out:
        out.write_table(table, max_chunksize=7)
    return bytes(sink.getvalue())


def parquet(table: pa.Table, **options: Any) -> bytes:
    sink = pa.BufferOutputStream()
    pa.parquet.write_table(table, sink, **options)
    return bytes(sink.getvalue())


def post(
    client: TestClient,
    problem: Any,
    route: str = "/allocate",
    accept: str = "application/json",
    **parts: bytes,
) -> Response:
    """Post a problem and its parts; their file names lead out of any directory."""
    files: list[Any] = []
    if problem is not None:
        files.append(("problem", (None, json.dumps(problem), "application/json")))
    files += [(name, ("../../../etc/passwd", content)) for name, content in parts.items()]
    return client.post(route, files=files, headers={"accept": accept})
