"""Bytes to plain values and back."""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import Request
from starlette.exceptions import HTTPException


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body of a request.

    Raises
    ------
    HTTPException
        413 as soon as it turns out to be larger than `limit` bytes.
    """
    announced = request.headers.get("content-length", "0")
    too_large = HTTPException(413, f"Expected a body of at most {limit} bytes; got more.")
    if announced.isdecimal() and int(announced) > limit:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise too_large
    return bytes(body)


def from_json(body: bytes) -> Any:
    """Return what a JSON body says.

    Raises
    ------
    HTTPException
        400 where it is not JSON, with line and column.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        at_fault = error.doc[error.pos : error.pos + 2].lstrip("-")[:1]
        hint = ""
        if at_fault in ("N", "I") or "infinity" in error.msg:
            hint = " JSON has neither NaN nor Infinity; null marks a forbidden pair."
        raise HTTPException(400, f"Expected a JSON body; {error}.{hint}") from error


def to_json(answer: Any) -> bytes:
    """Return an answer as JSON; arrays and NumPy numbers included."""
    return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)
