"""HEAD for every path that has GET."""

from __future__ import annotations

from starlette.types import Message, Receive, Scope, Send

from app.asgi import HttpMiddleware


class HeadAsGet(HttpMiddleware):
    """Answer HEAD requests like GET requests, without the body."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the app with GET instead of HEAD and send only the header of the response."""
        if scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_header(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                # End the response here: a stream of events would not end by itself.
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        await self._app({**scope, "method": "GET", "original_method": "HEAD"}, receive, send_header)
