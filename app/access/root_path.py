"""Paths behind a proxy that serves the service under a prefix."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ADDRESSES = ("location", "content-location")
"""Headers of answers that have paths of the service."""


class RootPath:
    """Middleware, the outermost: paths have the prefix, whether or not the proxy left it.

    Parameters
    ----------
    app : ASGI application
    prefix : str
        As ``/whale``; empty where there is none.
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Complete the path on the way in, and addresses on the way out."""
        if scope["type"] != "http" or not self._prefix:
            await self._app(scope, receive, send)
            return
        scope["root_path"] = self._prefix
        if not f"{scope['path']}/".startswith(f"{self._prefix}/"):
            scope["path"] = self._prefix + scope["path"]
        elif scope["path"] == self._prefix:
            scope["path"] += "/"

        async def with_addresses(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name in ADDRESSES:
                    address = headers.get(name, "")
                    if address.startswith("/") and not f"{address}/".startswith(f"{self._prefix}/"):
                        headers[name] = self._prefix + address
            await send(message)

        await self._app(scope, receive, with_addresses)


def root_of(request: HTTPConnection) -> str:
    """Return the prefix of the service's paths, as a request is answered under it."""
    root: str = request.scope.get("root_path", "")
    return root


def route_path(scope: Scope) -> str:
    """Return the path of a request without the prefix."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
