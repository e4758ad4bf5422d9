"""From what went wrong to the answer that says so."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from app.payloads.connection import ClientGoneError
from app.processes.pool import PoolClosedError, QueueFullError, SolveTimeoutError, WorkerLostError
from app.refusals.details import CLIENT_GONE, problem
from app.refusals.methods import methods_at
from app.refusals.sentences import DetailedInputError, sentence, shortened
from solver import InputError


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


def _wrong_method(request: Request) -> Response:
    methods = methods_at(request)
    wish = f"Expected {' or '.join(methods)} here; got {request.method[:20]}."
    return problem(405, wish, headers={"Allow": ", ".join(methods)})


def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is installed for no other
    match error.status_code, error.detail:
        case 405, _:
            return _wrong_method(request)
        case 404, "Not Found":  # no route of ours says so
            path = shortened(request.url.path)
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
        return problem(422, sentence(first, field, ()), field)

    @app.exception_handler(PoolClosedError)
    @app.exception_handler(QueueFullError)
    def busy(_: Request, error: PoolClosedError | QueueFullError) -> Response:
        return problem(503, str(error), headers={"Retry-After": "1"})

    @app.exception_handler(SolveTimeoutError)
    def too_long(_: Request, error: SolveTimeoutError) -> Response:
        return problem(504, str(error))

    @app.exception_handler(ClientDisconnect)
    @app.exception_handler(ClientGoneError)
    def gone(_: Request, __: Exception) -> Response:
        return problem(CLIENT_GONE, "The client left before it had its answer.")

    @app.exception_handler(SQLAlchemyError)
    def away(_: Request, __: SQLAlchemyError) -> Response:
        return problem(503, "The database does not answer.", headers={"Retry-After": "5"})

    app.add_exception_handler(HTTPException, _failed)

    @app.exception_handler(Exception)
    def broken(_: Request, __: Exception) -> Response:
        return problem(500, "The service failed on this request; its log says why.")
