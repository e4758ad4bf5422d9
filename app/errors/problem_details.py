"""Problem details, RFC 9457: a stable code, and a reason as data and as text."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.text.language import VARY, language_of
from messages import DEFAULT_LANGUAGE, Message, render

from .codes import CODES, PAGE, title_of

MEDIA_TYPE = "application/problem+json"

INTERNAL_ERROR = Message("internal_error")


class MessageError(Exception):
    """An error with a message. Its text is English.

    Parameters
    ----------
    message : Message
    """

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class RefusalError(MessageError):
    """An error that is answered with a problem document.

    Parameters
    ----------
    code : str
        A name in `CODES`, which also has the status.
    message : Message
        What was expected and what was received.
    headers : mapping of str to str, optional
    """

    def __init__(
        self, code: str, message: Message, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.args = code, message, headers  # all three, or it could not be unpickled
        self.code = code
        self.headers = headers
        self.status = CODES[code].status


class ProblemResponse(Response):
    """A problem document as a response.

    Its texts are written in the language of the request, and its `type` begins with the prefix
    under which a proxy serves the service (`root_path`): only the request says so.

    Parameters
    ----------
    document : mapping
        As `problem_document` returns it.
    headers : mapping of str to str, optional
    """

    media_type = MEDIA_TYPE

    def __init__(self, document: Mapping[str, Any], headers: Any = None) -> None:
        self._document = document
        super().__init__(orjson.dumps(document), document["status"], headers)
        self.headers.add_vary_header(VARY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the document in the language and under the prefix of the request."""
        self.write_for(scope)
        await super().__call__(scope, receive, send)

    def write_for(self, scope: Scope) -> None:
        """Write the document in the language and under the prefix of a request."""
        document = translate_document(self._document, language_of(scope))
        document["type"] = scope.get("root_path", "").rstrip("/") + document["type"]
        self.body = orjson.dumps(document)
        self.headers["content-length"] = str(len(self.body))


def problem(
    code: str, message: Message, headers: Any = None, members: Mapping[str, Any] | None = None
) -> ProblemResponse:
    """Return a problem document as a response; see `problem_document`."""
    return ProblemResponse(problem_document(code, message, members=members or {}), headers)


def problem_document(
    code: str,
    message: Message,
    field: str | None = None,
    position: tuple[int, ...] = (),
    members: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """Return a problem document in English.

    Parameters
    ----------
    code : str
        A name in `CODES`, which also has the status.
    message : Message
        What was expected and what was received.
    field : str, optional
        Field of the request at fault.
    position : tuple of int
        Where in the field, outermost index first.
    members : mapping, optional
        Extension members, RFC 9457 §3.2.
    """
    document: dict[str, Any] = {
        "type": f"{PAGE}#{code}",
        "title": render(title_of(code)),
        "status": CODES[code].status,
        "detail": render(message),
        "code": code,
        "reason": message.as_mapping(),
    }
    if field is not None:
        document |= {"field": field, "position": list(position)}
    return {name: _cut(value) for name, value in (document | dict(members)).items()}


def translate_document(document: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return a problem document with its texts in a language.

    Documents that were stored by version 0.1.0 have no `reason`; their text stays English.
    """
    translated = dict(document)
    if language == DEFAULT_LANGUAGE or "reason" not in document:
        return translated
    translated["title"] = render(title_of(document["code"]), language)
    translated["detail"] = _text(document["reason"], language)
    if "errors" in document:
        translated["errors"] = [
            {**each, "message": _text(each["reason"], language)} for each in document["errors"]
        ]
    return translated


def _text(reason: Mapping[str, Any], language: str) -> Any:
    return _cut(render(Message.from_mapping(reason), language))


LONGEST_TEXT = 1000
"""Most characters of a text in a problem document; messages quote less of a request."""

MOST_LISTED = 1000
"""Most entries of a list in a problem document."""


def _cut(value: Any) -> Any:
    """Return a value of a document with long texts and lists cut off."""
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return f"{value[:LONGEST_TEXT]}…"
    if isinstance(value, list):
        return [_cut(each) for each in value[:MOST_LISTED]]
    if isinstance(value, dict):
        return {name: _cut(each) for name, each in value.items()}
    return value
