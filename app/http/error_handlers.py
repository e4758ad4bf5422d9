"""Exception handlers that answer with problem documents."""

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


def problem_json(error: Exception) -> str:
    """Return the problem document (JSON) of the error that ended an experiment."""
    match error:
        case InputError():
            document = input_problem(error)
        case RefusalError():
            document = problem_document(error.code, error.message)
        case SolveTimeoutError():
            document = problem_document("time-limit", error.message)
        case WorkerLostError():
            document = problem_document("worker-lost", error.message)
        case _:
            document = problem_document("internal-error", INTERNAL_ERROR)
    return orjson.dumps(document).decode()


def _refuse_method(request: Request) -> Response:
    methods = find_methods(request)
    method = request.scope.get("original_method", request.method)
    message = Message("wrong_method", allowed=methods, method=method[:20])
    return problem("wrong-method", message, headers={"Allow": ", ".join(methods)})


def _handle_http_exception(request: Request, error: Exception) -> Response:
    """Answer the framework's exceptions: unknown paths and wrong methods."""
    assert isinstance(error, HTTPException)  # noqa: S101 - the type it is registered for
    match error.status_code:
        case 405:
            return _refuse_method(request)
        case 404:
            path = quote_json(request.url.path)
            return problem("unknown-path", Message("unknown_path", path=path))
    raise error


def install(app: FastAPI) -> None:
    """Register the exception handlers of the service."""

    @app.exception_handler(InputError)
    def handle_input_error(_: Request, error: InputError) -> Response:
        return ProblemResponse(input_problem(error))

    @app.exception_handler(RefusalError)
    def handle_refusal(_: Request, error: RefusalError) -> Response:
        return problem(error.code, error.message, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    def handle_parameters(_: Request, error: RequestValidationError) -> Response:
        return ProblemResponse(input_problem(errors_from_parameters(error.errors())))

    @app.exception_handler(SQLAlchemyError)
    def handle_database_error(_: Request, error: SQLAlchemyError) -> Response:
        message = Message("database_unavailable", fault=find_fault(error))
        return problem("database-unavailable", message, headers={"Retry-After": "5"})

    app.add_exception_handler(HTTPException, _handle_http_exception)
    for kind, failure in FAILURES.items():
        app.add_exception_handler(kind, failure.respond)


@dataclass(frozen=True)
class Failure:
    """The answer to an exception that is not a refusal.

    Parameters
    ----------
    code : str
        A name in `CODES`.
    message : Message, optional
        By default the message of the exception.
    retry_after : str, optional
        Seconds.
    """

    code: str
    message: Message | None = None
    retry_after: str | None = None

    def respond(self, _: Request, error: Exception) -> Response:
        """Return the problem document of an exception."""
        headers = None if self.retry_after is None else {"Retry-After": self.retry_after}
        message = self.message
        if message is None:
            assert isinstance(error, MessageError)  # noqa: S101 - only these have no message here
            message = error.message
        return problem(self.code, message, headers=headers)


_CLIENT_GONE = Failure("client-gone", Message("client_gone"))

FAILURES: Mapping[type[Exception], Failure] = MappingProxyType(
    {
        PoolClosedError: Failure("not-ready", Message("service_stopping"), "1"),
        QueueFullError: Failure("queue-full", retry_after="1"),
        SolveTimeoutError: Failure("time-limit"),
        WorkerLostError: Failure("worker-lost"),
        ClientDisconnect: _CLIENT_GONE,
        ClientGoneError: _CLIENT_GONE,
        Exception: Failure("internal-error", INTERNAL_ERROR),
    }
)
"""Exceptions that routes may raise besides refusals, with their answers."""
