"""From what went wrong to the answer that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException  # noqa: TID251 - the framework raises it
from starlette.requests import ClientDisconnect

from app.errors.database import find_fault
from app.errors.input_errors import input_problem
from app.errors.problem_details import (
    INTERNAL_ERROR,
    MessageError,
    ProblemResponse,
    RefusalError,
    problem,
    problem_document,
)
from app.errors.schema_errors import errors_from_parameters, quote_json
from app.workers.fair_queue import QueueFullError
from app.workers.pool import PoolClosedError, SolveTimeoutError, WorkerLostError
from messages import Message
from solver import InputError

from .connection import ClientGoneError
from .methods import find_methods


def document(error: Exception) -> str:
    """Return the problem document of what ended work that nobody waits for, JSON."""
    match error:
        case InputError():
            made = input_problem(error)
        case RefusalError():
            made = problem_document(error.code, error.message)
        case SolveTimeoutError():
            made = problem_document("time-limit", error.message)
        case WorkerLostError():
            made = problem_document("worker-lost", error.message)
        case _:
            made = problem_document("internal-error", INTERNAL_ERROR)
    return orjson.dumps(made).decode()


def _wrong_method(request: Request) -> Response:
    methods = find_methods(request)
    method = request.scope.get("original_method", request.method)
    message = Message("wrong_method", allowed=methods, method=method[:20])
    return problem("wrong-method", message, headers={"Allow": ", ".join(methods)})


def _failed(request: Request, error: Exception) -> Response:
    """Refuse as the framework does: on a wrong path or method. Code of ours raises no other."""
    assert isinstance(error, HTTPException)  # noqa: S101 - it is installed for no other
    match error.status_code:
        case 405:
            return _wrong_method(request)
        case 404:
            path = quote_json(request.url.path)
            return problem("unknown-path", Message("unknown_path", path=path))
    raise error


def install(app: FastAPI) -> None:
    """Make every refusal of the app a problem document."""

    @app.exception_handler(InputError)
    def refused(_: Request, error: InputError) -> Response:
        return ProblemResponse(input_problem(error))

    @app.exception_handler(RefusalError)
    def refused_otherwise(_: Request, error: RefusalError) -> Response:
        return problem(error.code, error.message, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    def refused_parameters(_: Request, error: RequestValidationError) -> Response:
        return ProblemResponse(input_problem(errors_from_parameters(error.errors())))

    @app.exception_handler(SQLAlchemyError)
    def database_failed(_: Request, error: SQLAlchemyError) -> Response:
        message = Message("database_unavailable", fault=find_fault(error))
        return problem("database-unavailable", message, headers={"Retry-After": "5"})

    app.add_exception_handler(HTTPException, _failed)
    for kind, failure in FAILURES.items():
        app.add_exception_handler(kind, failure.response)


@dataclass(frozen=True)
class Failure:
    """How an exception that is no refusal is answered.

    Parameters
    ----------
    code : str
        A name in `CODES`.
    message : Message, optional
        By default the exception's own.
    retry_after : str, optional
        Seconds.
    """

    code: str
    message: Message | None = None
    retry_after: str | None = None

    def response(self, _: Request, error: Exception) -> Response:
        """Return the problem document of an exception."""
        headers = None if self.retry_after is None else {"Retry-After": self.retry_after}
        message = self.message
        if message is None:
            assert isinstance(error, MessageError)  # noqa: S101 - only these have no message here
            message = error.message
        return problem(self.code, message, headers=headers)


_GONE = Failure("client-gone", Message("client_gone"))

FAILURES: Mapping[type[Exception], Failure] = MappingProxyType(
    {
        PoolClosedError: Failure("not-ready", Message("service_stopping"), "1"),
        QueueFullError: Failure("queue-full", retry_after="1"),
        SolveTimeoutError: Failure("time-limit"),
        WorkerLostError: Failure("worker-lost"),
        ClientDisconnect: _GONE,
        ClientGoneError: _GONE,
        Exception: Failure("internal-error", INTERNAL_ERROR),
    }
)
"""What any route may raise beside refusals, and how it is answered."""
