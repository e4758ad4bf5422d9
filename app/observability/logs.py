"""Structured logs: one JSON object per line, with the id of the request."""

from __future__ import annotations

import json
import logging
import logging.config
import re
import time
import unicodedata
import uuid
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter
from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.asgi import HttpMiddleware, on_response_start
from app.errors.problem_details import INTERNAL_ERROR, problem

from .metrics import Metrics
from .timings import milliseconds_since, server_timing

REQUEST_ID = "X-Request-ID"

_VALID_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
"""Request ids that are accepted from callers. Other ids could break a line or a terminal."""

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

_log = logging.getLogger("app.requests")


def configuration(level: str) -> dict[str, Any]:
    """Return the configuration for `logging.config.dictConfig`, uvicorn's loggers included.

    Parameters
    ----------
    level : str
        Lowest level that is logged.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request": {"()": f"{__name__}.RequestFilter"}},
        "formatters": {
            "json": {
                "()": f"{__name__}.PrintableJson",
                "format": "%(levelname)s %(name)s %(message)s %(request_id)s",
                "rename_fields": {"levelname": "level", "name": "logger"},
                "timestamp": "time",
                # Uvicorn adds a coloured copy of each message for terminals.
                "reserved_attrs": [*RESERVED_ATTRS, "color_message"],
                "json_ensure_ascii": False,
            }
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "json",
                "filters": ["request"],
                "stream": "ext://sys.stderr",
            }
        },
        "root": {"level": level, "handlers": ["stderr"]},
        "loggers": {
            # `RequestLog` logs each request with its duration.
            "uvicorn.access": {"level": "CRITICAL"},
            # Its warnings repeat the refusals of malformed bodies.
            "python_multipart": {"level": "ERROR"},
        },
    }


class PrintableJson(JsonFormatter):
    """JSON in which every character is visible.

    Control characters, including C1, characters without width or that change the direction of
    writing, and unassigned code points are written as JSON escapes.
    """

    def jsonify_log_record(self, log_data: Any) -> str:
        """Return a record as a line."""
        line: str = super().jsonify_log_record(log_data)
        return line if line.isascii() and _DELETE not in line else "".join(map(_escape, line))


def _escape(character: str) -> str:
    """Return a character, or its JSON escape if it is invisible."""
    if unicodedata.category(character) not in _INVISIBLE:
        return character
    return "\\u007f" if character == _DELETE else json.dumps(character)[1:-1]


_DELETE = "\x7f"
"""The only control character that JSON does not escape."""


_INVISIBLE = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))
"""Unicode categories of characters that are invisible or change how others are displayed."""


class RequestFilter(logging.Filter):
    """Add the id of the current request to every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id. No record is dropped."""
        record.request_id = _request_id.get()
        return True


class RequestLog(HttpMiddleware):
    """Log each request, count it in the metrics, and give it an id.

    Parameters
    ----------
    app : ASGI application
    metrics : Metrics
    routes : sequence of BaseRoute
        Requests are counted by route.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, routes: Sequence[BaseRoute]) -> None:
        super().__init__(app)
        self._metrics = metrics
        self._routes = routes

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Measure a request from its first byte to the last byte of its response."""
        request_id = Headers(scope=scope).get(REQUEST_ID, "")
        if not _VALID_ID.fullmatch(request_id):
            request_id = uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        token = _request_id.set(request_id)
        start, response = time.perf_counter(), _ResponseStart()

        def read_and_add_headers(message: Message) -> None:
            headers = MutableHeaders(scope=message)
            headers[REQUEST_ID] = request_id
            response.status = message["status"]
            response.server_timing = headers.get("Server-Timing", "")
            total = server_timing({"total": milliseconds_since(start)})
            headers.setdefault("Server-Timing", total)

        try:
            await self._app(scope, receive, on_response_start(send, read_and_add_headers))
        finally:
            self._record(scope, response, time.perf_counter() - start)
            _request_id.reset(token)

    def _record(self, scope: Scope, response: _ResponseStart, seconds: float) -> None:
        """Count and log a request."""
        # Paths without a route share one label: callers could create any number of metrics.
        route = getattr(scope.get("route") or self._find_route(scope), "path_format", "other")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        status = response.status or 499  # the client disconnected first
        state = scope["state"]
        self._metrics.count_request(route, method, status, seconds, response.server_timing)
        if figures := state.get("figures"):
            self._metrics.count_allocation(**figures)
        _log.log(
            logging.ERROR if status >= 500 and status != 503 else logging.INFO,
            "%s %s %d",
            method,
            route,
            status,
            extra={
                "method": method,
                "route": route,
                "path": scope["path"][:200],
                "status": status,
                "milliseconds": round(1000 * seconds, 3),
                "key": state.get("key"),
                "client": (scope.get("client") or (None,))[0],
            },
        )

    def _find_route(self, scope: Scope) -> BaseRoute | None:
        """Return the route of a request that middleware refused."""
        matches = ((each, each.matches(scope)[0]) for each in self._routes)
        return next((each for each, match in matches if match is not Match.NONE), None)


class Failures(HttpMiddleware):
    """Log exceptions that no handler catches, and answer 500."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 500 if the app raises, unless its response has started."""
        response = _ResponseStart()

        def read_status(message: Message) -> None:
            response.status = message["status"]

        try:
            await self._app(scope, receive, on_response_start(send, read_status))
        except Exception:
            if response.status is not None:
                raise
            _log.exception("A request failed.")
            await problem("internal-error", INTERNAL_ERROR)(scope, receive, send)


class _ResponseStart:
    """The status and the Server-Timing of a response, once it has started."""

    status: int | None = None
    server_timing: str = ""


_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
