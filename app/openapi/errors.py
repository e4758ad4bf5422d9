"""Descriptions of refusals: the schema of RFC 9457, and an example of each code."""

from __future__ import annotations

from typing import Any

from app.errors.codes import ErrorCode, codes_of, title_of
from app.errors.input_errors import input_problem
from app.errors.problem_details import MEDIA_TYPE, problem_document
from solver import InputError

from .headers import header

SCHEMA = {"$ref": "#/components/schemas/ProblemDetails"}

_HEADERS = {
    401: ("WWW-Authenticate",),
    415: ("Accept", "Accept-Encoding"),
    429: ("Retry-After",),
    503: ("Retry-After",),
}
"""Headers of every refusal with a status."""


def describe_errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the descriptions of refusals for a route's `responses`."""
    return {status: _describe_error(status) for status in statuses}


def _describe_error(status: int) -> dict[str, Any]:
    codes = codes_of(status)
    response: dict[str, Any] = {
        "description": "\n".join(f"- `{name}`: {title_of(name)}" for name, each in codes.items()),
        "content": {
            MEDIA_TYPE: {
                "schema": SCHEMA,
                "examples": {
                    name: {"summary": str(title_of(name)), "value": example(name, each)}
                    for name, each in codes.items()
                },
            }
        },
    }
    if status in _HEADERS:
        response["headers"] = header(*_HEADERS[status])
    return response


def example(name: str, code: ErrorCode) -> dict[str, Any]:
    """Return a problem document of a code."""
    if code.field is None:
        return problem_document(name, code.example)
    return input_problem(InputError(code.field, code.example, (), name))
