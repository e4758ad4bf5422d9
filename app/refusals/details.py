"""Problem details, RFC 9457: a type with a stable code, the field and the position at fault."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .codes import CODES, PAGE

MEDIA_TYPE = "application/problem+json"

INTERNAL_ERROR = "The service failed on this request; its log says why."


class RefusalError(Exception):
    """A request that is refused. Its text is the sentence.

    Parameters
    ----------
    code : str
        A name in `CODES`, which also has the status.
    detail : str
        One sentence: what was expected and what came.
    headers : mapping of str to str, optional
    """

    def __init__(self, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code, detail, headers)  # all three, or it could not be unpickled
        self.code = code
        self.detail = detail
        self.headers = headers
        self.status = CODES[code].status

    def __str__(self) -> str:
        return self.detail


class ProblemResponse(Response):
    """A problem document on its way to a client.

    `type` is a path of this service. Where a proxy serves it under a prefix (`root_path`), the
    path begins with it: only the request says so.

    Parameters
    ----------
    document : mapping
        As `problem_document` returns it.
    headers : mapping of str to str, optional
    """

    media_type = MEDIA_TYPE

    def __init__(self, document: Mapping[str, Any], headers: Any = None) -> None:
        self._document = document
        self._headers = headers
        super().__init__(orjson.dumps(document), document["status"], headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the document, its type under the prefix of the request."""
        if prefix := scope.get("root_path"):
            body = orjson.dumps(under(prefix, self._document))
            response = Response(body, self.status_code, self._headers, MEDIA_TYPE)
            await response(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def problem(
    code: str,
    detail: str,
    field: str | None = None,
    position: tuple[int, ...] = (),
    headers: Any = None,
    members: Mapping[str, Any] = MappingProxyType({}),
) -> ProblemResponse:
    """Return a problem document as a response; see `problem_document`."""
    return ProblemResponse(problem_document(code, detail, field, position, members), headers)


def problem_document(
    code: str,
    detail: str,
    field: str | None = None,
    position: tuple[int, ...] = (),
    members: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return a problem document.

    Parameters
    ----------
    code : str
        A name in `CODES`, which also has status and title.
    detail : str
        One sentence: what was expected and what came.
    field : str, optional
        Field of the request at fault.
    position : tuple of int
        Where in the field, outermost index first.
    members : mapping, optional
        Extension members, RFC 9457 §3.2.
    """
    document: dict[str, Any] = {
        "type": f"{PAGE}#{code}",
        "title": CODES[code].title,
        "status": CODES[code].status,
        "detail": detail,
        "code": code,
    }
    if field is not None:
        document |= {"field": field, "position": list(position)}
    return {name: _cut(value) for name, value in (document | dict(members)).items()}


LONGEST_TEXT = 1000
"""Characters of any text of a problem document; sentences repeat less of what came than that."""

MOST_LISTED = 1000
"""Entries of any list of a problem document."""


def _cut(value: Any) -> Any:
    """Return a value of a document as far as one may go: a refusal is no copy of the request."""
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"{value[:LONGEST_TEXT]}…"
    if isinstance(value, list):
        return [_cut(each) for each in value[:MOST_LISTED]]
    if isinstance(value, dict):
        return {name: _cut(each) for name, each in value.items()}
    return value


def under(prefix: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a problem document whose type lies under a prefix of the service's paths."""
    return {**document, "type": prefix.rstrip("/") + document["type"]}
