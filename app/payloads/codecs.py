"""Bytes to plain values and back."""

from __future__ import annotations

from typing import Any

import orjson

from app.refusals.details import RefusalError

from .body import MappedBytes
from .duplicate_keys import expect_unique_keys
from .large_json import LARGE, arrays_from_json


def from_json(body: bytes | memoryview | MappedBytes) -> Any:
    """Return what a JSON body says; in large ones, long lists of numbers as arrays.

    Raises
    ------
    RefusalError
        400 where it is not JSON, with line and column.
    solver.InputError
        Where an object has a name twice.
    """
    content = body if isinstance(body, bytes) else bytes(body)
    if len(content) >= LARGE:
        fields = arrays_from_json(content)
        if fields is not None:
            expect_unique_keys(content, fields)
            return fields
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        at_fault = error.doc[error.pos : error.pos + 2].lstrip("-")[:1]
        hint = ""
        if at_fault in ("N", "I") or "infinity" in error.msg:
            hint = " JSON has neither NaN nor Infinity; null marks a forbidden pair."
        reason = _not_utf8(content) or f"{error}.{hint}"
        raise RefusalError("malformed-json", f"Expected a JSON body; {reason}") from error
    expect_unique_keys(content, value)
    return value


def _not_utf8(content: bytes) -> str:
    """Return where content stops being UTF-8, as a sentence ends; nothing where it is."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return f"byte {error.start + 1:,} of it, {content[error.start]:#04x}, is not UTF-8."
    return ""


def to_json(answer: Any) -> bytes:
    """Return an answer as JSON; arrays and NumPy numbers included."""
    return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)
