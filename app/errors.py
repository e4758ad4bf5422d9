"""Refusals over HTTP: RFC 9457 problem details with the field and the position at fault."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from solver import InputError

from .connection import ClientGoneError
from .methods import methods_at
from .pool import PoolClosedError, QueueFullError, SolveTimeoutError, WorkerLostError

MEDIA_TYPE = "application/problem+json"

CLIENT_GONE = 499
"""Status that only logs see, as proxies write it: nobody is left to be answered."""


class DetailedInputError(InputError):
    """Input that is refused, with more to say than a sentence.

    Parameters
    ----------
    field, message, position
        As of any input error.
    members : dict
        Extension members of the problem document.
    """

    def __init__(
        self, field: str, message: str, position: tuple[int, ...], members: dict[str, Any]
    ) -> None:
        super().__init__(field, message, position)
        self.members = members

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return type(self), (self.field, self.message, self.position, self.members)


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


def document(error: Exception) -> str:
    """Return the problem document of what ended work that nobody waits for, JSON."""
    match error:
        case InputError():
            members = error.members if isinstance(error, DetailedInputError) else {}
            response = problem(422, error.message, error.field, error.position, members=members)
        case SolveTimeoutError():
            response = problem(504, str(error))
        case WorkerLostError():
            response = problem(500, "The process that worked on this died, perhaps for memory.")
        case _:
            response = problem(500, "The service failed on this; its log says why.")
    return bytes(response.body).decode()


def from_schema(error: ValidationError) -> InputError:
    """Return the first of a schema's complaints as one sentence."""
    first = error.errors(include_url=False)[0]
    field = ".".join(part for part in first["loc"] if isinstance(part, str)) or "body"
    position = tuple(part for part in first["loc"] if isinstance(part, int))
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, InputError):
        return InputError(cause.field or field, cause.message, cause.position or position)
    return InputError(field, _sentence(first, field, position), position)


def _sentence(error: ErrorDetails, field: str, position: tuple[int, ...]) -> str:
    place = field + "".join(f"[{index}]" for index in position)
    match error["type"]:
        case "missing":
            return f"Expected {place} in the request; got none."
        case "extra_forbidden":
            return f"Expected only known fields in the request; got {place}."
        case "model_type" | "model_attributes_type" | "dict_type":
            return f"Expected {place} as a JSON object; got {_short(error['input'])}."
        case _:
            wish = error["msg"].removeprefix("Input should be ")
            word = "" if wish.startswith(("greater", "less")) else "as "
            return f"Expected {place} {word}{wish}; got {_short(error['input'])}."


def _short(value: object) -> str:
    if value is None or isinstance(value, bool):
        return orjson.dumps(value).decode()  # null, true: as the request has it
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _wrong_method(request: Request) -> Response:
    methods = methods_at(request)
    sentence = f"Expected {' or '.join(methods)} here; got {request.method[:20]}."
    return problem(405, sentence, headers={"Allow": ", ".join(methods)})


def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is installed for no other
    match error.status_code, error.detail:
        case 405, _:
            return _wrong_method(request)
        case 404, "Not Found":  # no route of ours says so
            path = _short(request.url.path)
            return problem(404, f"Expected a path of this service; there is no {path}.")
    return problem(error.status_code, error.detail, headers=error.headers)


def install(app: FastAPI) -> None:
    """Make every refusal of the app a problem document."""

    @app.exception_handler(InputError)
    def refused(_: Request, error: InputError) -> Response:
        members = error.members if isinstance(error, DetailedInputError) else {}
        return problem(422, error.message, error.field, error.position, members=members)

    @app.exception_handler(RequestValidationError)
    def refused_parameter(_: Request, error: RequestValidationError) -> Response:
        first: ErrorDetails = error.errors()[0]
        field = str(first["loc"][-1])
        return problem(422, _sentence(first, field, ()), field)

    @app.exception_handler(PoolClosedError)
    @app.exception_handler(QueueFullError)
    def busy(_: Request, error: PoolClosedError | QueueFullError) -> Response:
        return problem(503, str(error), headers={"Retry-After": "1"})

    @app.exception_handler(SolveTimeoutError)
    def too_long(_: Request, error: SolveTimeoutError) -> Response:
        return problem(504, str(error))

    @app.exception_handler(ClientGoneError)
    def gone(_: Request, error: ClientGoneError) -> Response:
        return problem(CLIENT_GONE, str(error))

    @app.exception_handler(SQLAlchemyError)
    def away(_: Request, __: SQLAlchemyError) -> Response:
        return problem(503, "The database does not answer.", headers={"Retry-After": "5"})

    app.add_exception_handler(HTTPException, _failed)

    @app.exception_handler(Exception)
    def broken(_: Request, __: Exception) -> Response:
        return problem(500, "The service failed on this request; its log says why.")
