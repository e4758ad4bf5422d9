"""Requests as clients write them, ready to be sent."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx
import numpy as np
import orjson
import pyarrow as pa


class Payload(NamedTuple):
    """The bytes of a request to /allocate, and its headers."""

    body: bytes
    headers: Mapping[str, str]


def as_json(fields: Mapping[str, Any]) -> Payload:
    return Payload(orjson.dumps(fields, option=orjson.OPT_SERIALIZE_NUMPY), {})


def as_parts(problem: Mapping[str, Any], accept: str = "*/*", **parts: bytes) -> Payload:
    files: list[tuple[str, Any]] = [("problem", (None, json.dumps(problem), "application/json"))]
    files += [(name, (name, content)) for name, content in parts.items()]
    request = httpx.Request("POST", "http://127.0.0.1/", files=files)
    content_type = request.headers["content-type"]
    return Payload(request.read(), {"content-type": content_type, "accept": accept})


def npy(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def arrow_stream(columns: Mapping[str, Any]) -> bytes:
    table, sink = pa.table(dict(columns)), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as out:
        out.write_table(table)
    return bytes(sink.getvalue())
