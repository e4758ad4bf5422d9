"""Problem details, RFC 9457, with the field and the position at fault."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import orjson
from fastapi import Response

MEDIA_TYPE = "application/problem+json"

CLIENT_GONE = 499
"""Status that only logs see, as proxies write it: nobody is left to be answered."""


def problem(
    status: int,
    detail: str,
    field: str | None = None,
    position: tuple[int, ...] = (),
    headers: Any = None,
    members: Mapping[str, Any] = MappingProxyType({}),
) -> Response:
    """Return a problem document.

    Parameters
    ----------
    status : int
        HTTP status.
    detail : str
        One sentence: what was expected and what came.
    field : str, optional
        Field of the request at fault.
    position : tuple of int
        Where in the field, outermost index first.
    headers : mapping of str to str, optional
    members : mapping, optional
        Extension members, RFC 9457 §3.2.
    """
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": "Client Closed Request" if status == CLIENT_GONE else HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if field is not None:
        body |= {"field": field, "position": list(position)}
    body |= members
    return Response(orjson.dumps(body), status, headers, MEDIA_TYPE)
