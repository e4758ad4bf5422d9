"""Paths behind a proxy that serves the service under a prefix."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.asgi import HttpMiddleware, on_response_start

ADDRESS_HEADERS = ("location", "content-location")
"""Response headers whose values are paths of the service."""


class RootPath(HttpMiddleware):
    """The outermost middleware. Adds the prefix to paths if the proxy has removed it.

    Parameters
    ----------
    app : ASGI application
    prefix : str
        Such as ``/whale``. Empty if the service has no prefix.
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        super().__init__(app)
        self._prefix = prefix

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the prefix to the path of the request and to the addresses of the response."""
        if not self._prefix:
            await self._app(scope, receive, send)
            return
        scope["root_path"] = self._prefix
        if not f"{scope['path']}/".startswith(f"{self._prefix}/"):
            scope["path"] = self._prefix + scope["path"]
        elif scope["path"] == self._prefix:
            scope["path"] += "/"

        await self._app(scope, receive, on_response_start(send, self._add_prefix))

    def _add_prefix(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name in ADDRESS_HEADERS:
            address = headers.get(name, "")
            if address.startswith("/") and not f"{address}/".startswith(f"{self._prefix}/"):
                headers[name] = self._prefix + address


def root_of(request: HTTPConnection) -> str:
    """Return the prefix of the service's paths for the answer to a request."""
    root: str = request.scope.get("root_path", "")
    return root


def route_path(scope: Scope) -> str:
    """Return the path of a request without the prefix."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
