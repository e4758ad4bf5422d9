"""Refusals in the document: one schema for all, RFC 9457, and an example of each status."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from app.refusals.details import MEDIA_TYPE

from .headers import header

SCHEMA = {"$ref": "#/components/schemas/ProblemDetails"}


@dataclass(frozen=True)
class Refusal:
    """A status, in words.

    Parameters
    ----------
    description : str
    detail : str
        What a problem document of it says, for example.
    field : str, optional
        The field that it says it of.
    header : str, optional
        A header that comes with it.
    """

    description: str
    detail: str
    field: str | None = None
    header: str | None = None


REFUSALS = {
    400: Refusal(
        "The body is not what its Content-Type says",
        "Expected a JSON body; unexpected end of data: line 1 column 7 (char 6).",
    ),
    401: Refusal(
        "No key, or none that the service knows",
        "Expected a key, as in Authorization: Bearer KEY; got none.",
        header="WWW-Authenticate",
    ),
    403: Refusal(
        "A page or a host name from elsewhere, at a service without keys",
        "Expected localhost or an address of this machine as Host, for the service has no keys.",
    ),
    404: Refusal(
        "There is no such thing",
        "Expected the id of an experiment; there is no 82482845-26f8-45f8-a0f6-85f7228391db.",
    ),
    409: Refusal(
        "It has not ended, or was cancelled",
        "Expected an experiment that is done; this one was cancelled.",
    ),
    413: Refusal(
        "The body is larger than WHALE_MAX_BODY_BYTES",
        "Expected a body of at most 268435456 bytes; got more.",
    ),
    415: Refusal(
        "The body is of a type that is not taken",
        "Expected a body of application/json; got text/xml.",
        header="Accept",
    ),
    422: Refusal(
        "A value that cannot be: of the wrong type or range, at odds with another field, or "
        "beyond what this service allows; `field` and `position` say where",
        "Expected rows of one length in ev; row 0 has 2 values, row 1 has 3.",
        field="ev",
    ),
    429: Refusal(
        "Too many requests of one key at a time",
        "Expected at most 64 requests of one key at a time (WHALE_MAX_REQUESTS_PER_KEY); try "
        "again in a moment.",
        header="Retry-After",
    ),
    500: Refusal(
        "The service failed",
        "The process that worked on this died, perhaps for memory.",
    ),
    503: Refusal(
        "Too much waits already, the service is not ready, or its database does not answer",
        "Expected at most 64 queued experiments. Try again in a moment.",
        header="Retry-After",
    ),
    504: Refusal(
        "Computing took longer than WHALE_MAX_SOLVE_SECONDS",
        "Expected an answer within 60 seconds; it took longer.",
    ),
}


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what a route's `responses` say of statuses that it refuses with."""
    return {status: _response(status, REFUSALS[status]) for status in statuses}


def _response(status: int, refusal: Refusal) -> dict[str, Any]:
    example: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": refusal.detail,
    }
    if refusal.field is not None:
        example |= {"field": refusal.field, "position": [1]}
    response: dict[str, Any] = {
        "description": refusal.description,
        "content": {MEDIA_TYPE: {"schema": SCHEMA, "example": example}},
    }
    if refusal.header is not None:
        response["headers"] = header(refusal.header)
    return response
