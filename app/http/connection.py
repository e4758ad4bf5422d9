"""Work that is cancelled when its client disconnects."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request

Result = TypeVar("Result")


class ClientGoneError(ConnectionError):
    """The client disconnected before the response."""


async def while_connected(request: Request, work: Coroutine[Any, Any, Result]) -> Result:
    """Await a coroutine; cancel it if the client disconnects.

    Parameters
    ----------
    request : Request
        Its body has been read.
    work : coroutine

    Raises
    ------
    ClientGoneError
        If the client disconnects.
    """
    task = asyncio.ensure_future(work)
    disconnect = asyncio.ensure_future(_wait_for_disconnect(request))
    try:
        await asyncio.wait((task, disconnect), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise ClientGoneError
        return task.result()
    finally:
        disconnect.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait((task,))


async def _wait_for_disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
