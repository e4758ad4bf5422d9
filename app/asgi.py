"""What the ASGI middleware of the service has in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HttpMiddleware:
    """Base class of ASGI middleware for HTTP requests. Other scopes pass through unchanged.

    Parameters
    ----------
    app : ASGI application
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Handle an HTTP request; pass on everything else."""
        # Not a coroutine of its own: each one more takes time whenever a request is resumed.
        call = self.handle if scope["type"] == "http" else self._app
        return call(scope, receive, send)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle an HTTP request."""
        raise NotImplementedError


def on_response_start(send: Send, edit: Callable[[Message], None]) -> Send:
    """Return a `send` that calls `edit` with the message that starts the response.

    Parameters
    ----------
    send : ASGI send
    edit : callable
        Can change the message, with its status and headers, in place.
    """

    async def edit_and_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            edit(message)
        await send(message)

    return edit_and_send
