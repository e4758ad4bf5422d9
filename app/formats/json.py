"""JSON, for bodies of requests and answers, and for files of results."""

from __future__ import annotations

import re
from mmap import mmap
from typing import Any

import orjson

from app.errors.problem_details import RefusalError
from messages import Message

from .base import Format, Output
from .json_duplicate_keys import expect_unique_keys
from .json_large import LARGE, parse_large_json

MEDIA_TYPE = "application/json"

_NOT_FINITE = re.compile(r"-?(N|I|\d[\d.]*[eE]\+?\d{3})")
"""The start of NaN, of Infinity, and of numbers that are too large for a float."""


def parse_json(body: bytes | memoryview | mmap) -> Any:
    """Return the value of a JSON body; in large bodies, long lists of numbers become arrays.

    Raises
    ------
    RefusalError
        400 if it is not JSON, with line and column.
    solver.InputError
        If an object has a key twice.
    """
    content = body if isinstance(body, bytes) else bytes(body)
    if len(content) >= LARGE:
        fields = parse_large_json(content)
        if fields is not None:
            expect_unique_keys(content, fields)
            return fields
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        message = _not_utf8(content) or Message("json_malformed", problem=str(error))
        if message.code == "json_malformed" and _NOT_FINITE.match(error.doc, error.pos):
            message = Message("json_without_nan", problem=str(error))
        raise RefusalError("malformed-json", message) from error
    expect_unique_keys(content, value)
    return value


def _not_utf8(content: bytes) -> Message | None:
    """Return a message on the first byte that is not UTF-8, None if there is none."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        byte = f"{content[error.start]:#04x}"
        return Message("json_not_utf8", place=error.start + 1, byte=byte)
    return None


def to_json(answer: Any) -> bytes:
    """Return an answer as JSON; NumPy arrays and numbers are supported."""
    return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)


def to_json_file(answer: Any) -> bytes:
    """Return an answer as indented JSON with a final newline, for files."""
    options = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(answer, option=options)


def write(output: Output) -> bytes:
    """Return all of an output."""
    return to_json_file(output.answer)


FORMAT = Format(name="JSON", label="JSON", media_type=MEDIA_TYPE, suffixes=(".json",), write=write)
