"""Descriptions of headers."""

from __future__ import annotations

from typing import Any


def _header(description: str, example: str, **schema: Any) -> dict[str, Any]:
    return {
        "description": description,
        "required": True,
        "schema": {"type": "string", **schema},
        "example": example,
    }


_ID_PATTERN = "^[A-Za-z0-9._-]{1,128}$"

REQUEST_ID = {
    "name": "X-Request-ID",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},  # without a pattern: invalid ids are replaced, not refused
    "description": "your own id for this request, which is repeated in the answer and the log",
    "example": "a478465b4ada41f782836e04ff028361",
}
"""Parameter of every operation."""

_PATH_PATTERN = {"pattern": "^(/.*)?/experiments/[0-9a-f-]{36}$"}
_EXPERIMENT = "/experiments/82482845-26f8-45f8-a0f6-85f7228391db"

HEADERS = {
    "Accept": _header("accepted types of a body", "application/json, multipart/form-data"),
    "Accept-Encoding": _header("accepted encodings of a body", "gzip, zstd"),
    "Content-Location": _header("address of the experiment", _EXPERIMENT, **_PATH_PATTERN),
    "Location": _header("address of the experiment", _EXPERIMENT, **_PATH_PATTERN),
    "Preference-Applied": _header("the applied preferences, RFC 7240", "respond-async"),
    "Retry-After": _header("seconds after which to try again", "1", pattern="^[0-9]+$"),
    "Server-Timing": _header("durations of steps, ms", "receive;dur=0.1, solve;dur=0.4"),
    "WWW-Authenticate": _header("how to send a key", 'Bearer realm="whale-matching"'),
    "X-Request-ID": _header(
        "id of the request in the log: that of the request, if it sent one",
        "a478465b4ada41f782836e04ff028361",
        pattern=_ID_PATTERN,
    ),
}
"""Headers of answers. An answer that is documented with a header always has it."""


def header(*names: str) -> dict[str, Any]:
    """Return references to headers for a response's `headers`."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
