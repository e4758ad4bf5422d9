"""Logs that machines read: one JSON object a line, each with the request that it is about."""

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

from app.errors.problem_details import INTERNAL_ERROR, problem

from .metrics import Metrics
from .timings import milliseconds_since, server_timing

REQUEST_ID = "X-Request-ID"

_SANE = re.compile(r"[A-Za-z0-9._-]{1,128}")
"""An id of a caller that is kept: nothing in it can break a line, or a terminal."""

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

_log = logging.getLogger("app.requests")


def configuration(level: str) -> dict[str, Any]:
    """Return the logging configuration, uvicorn's loggers included, as `logging.config` takes it.

    Parameters
    ----------
    level : str
        The least severe that is written.
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
                # Uvicorn says what it says for terminals a second time.
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
            # Its own line of each request would be the second: ours knows how long it took.
            "uvicorn.access": {"level": "CRITICAL"},
            # It warns of bodies that are refused, in the words of the refusal.
            "python_multipart": {"level": "ERROR"},
        },
    }


class PrintableJson(JsonFormatter):
    """JSON in which every character shows: none that turns a line around, hides or breaks it.

    Those are control characters, C1 among them, what has no width or changes the direction of
    writing, and what is no character. They are written as JSON escapes them.
    """

    def jsonify_log_record(self, log_data: Any) -> str:
        """Return a record as a line."""
        line: str = super().jsonify_log_record(log_data)
        return line if line.isascii() and _DELETE not in line else "".join(map(_shown, line))


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _UNSEEN:
        return character
    return "\\u007f" if character == _DELETE else json.dumps(character)[1:-1]


_DELETE = "\x7f"
"""The one control character that JSON has as it is."""


_UNSEEN = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))
"""Categories of Unicode whose characters cannot be seen, or change how others are."""


class RequestFilter(logging.Filter):
    """Tells every record which request it is about, if any."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id; keep everything."""
        record.request_id = _request_id.get()
        return True


class RequestLog:
    """Middleware, the outermost: a line and the metrics of each request, and its id.

    A request that fails of a fault of ours is logged with its traceback and answered 500.

    Parameters
    ----------
    app : ASGI application
    metrics : Metrics
    routes : sequence of BaseRoute
        What requests are counted by.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        self._metrics = metrics
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Watch a request from its first byte to the last of its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = Headers(scope=scope).get(REQUEST_ID, "")
        id_ = request_id if _SANE.fullmatch(request_id) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = id_
        token = _request_id.set(id_)
        begun, answer = time.perf_counter(), _Answer()

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = id_
                answer.status = message["status"]
                answer.server_timing = headers.get("Server-Timing", "")
                headers.setdefault(
                    "Server-Timing", server_timing({"total": milliseconds_since(begun)})
                )
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            self._note(scope, answer, time.perf_counter() - begun)
            _request_id.reset(token)

    def _note(self, scope: Scope, answer: _Answer, seconds: float) -> None:
        # A path that is no route's is anybody's invention, and would make a metric of its own.
        route = getattr(scope.get("route") or self._meant(scope), "path_format", "other")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        status = answer.status or 499  # the client left first
        state = scope["state"]
        self._metrics.answered(route, method, status, seconds, answer.server_timing)
        if figures := state.get("figures"):
            self._metrics.allocated(**figures)
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

    def _meant(self, scope: Scope) -> BaseRoute | None:
        """Return the route of a request that was refused on its way there."""
        matches = ((each, each.matches(scope)[0]) for each in self._routes)
        return next((each for each, match in matches if match is not Match.NONE), None)


class Failures:
    """Middleware: what nobody foresaw is logged, and answered 500.

    Parameters
    ----------
    app : ASGI application
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in the place of what failed, unless the answer had begun."""
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception:
            if scope["type"] != "http" or begun:
                raise
            _log.exception("A request failed.")
            answer = problem("internal-error", INTERNAL_ERROR)
            await answer(scope, receive, send)


class _Answer:
    """What is known of an answer so far."""

    status: int | None = None
    server_timing: str = ""


_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
