"""whale-matching serve."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from types import FrameType
from typing import Annotated, Any

import typer
import uvicorn

from app.door.keys import hashed, is_loopback, new_key
from app.door.protocol import Protocol
from app.settings import Settings
from app.watching.logs import configuration
from solver import InputError


def serve(
    host: str = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free")] = 8000,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="processes that compute, instead of WHALE_PROCESSES"),
    ] = None,
) -> None:
    """Start the service."""
    if workers is not None:
        os.environ["WHALE_PROCESSES"] = str(workers)
    settings = Settings()
    config = uvicorn.Config(
        "app.main:create_app",
        factory=True,
        host=host,
        port=port,
        http=Protocol,
        ws="none",
        log_config=configuration(settings.log_level),
        access_log=False,
        proxy_headers=False,  # whom a request comes from is who sends it
        server_header=False,
        timeout_graceful_shutdown=round(settings.drain_seconds),
    )
    listening = _bound(host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/"
    if settings.keys.digests or is_loopback(host):
        logging.getLogger("app").info("Serving at %s; Ctrl-C ends it.", address)
    else:
        _lock_with_a_new_key(host, address)
    # Uvicorn ends by the signal that ended it; a service that drained has done what it was asked.
    signal.signal(signal.SIGTERM, _end)
    server = _DrainingServer(config)
    server.run(sockets=[listening])
    if not server.started:
        sys.exit(1)


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens, before anything else is begun or said.

    Raises
    ------
    solver.InputError
        Where the address cannot be had.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]
        raise InputError(
            "port", f"Expected an address to listen at; {host}, port {port}: {reason}."
        ) from error


def _lock_with_a_new_key(host: str, address: str) -> None:
    """Make a key for this start, and say it once."""
    key = new_key()
    os.environ["WHALE_API_KEYS"] = hashed(key)  # the service itself knows only its digest
    print(
        f"Others can reach {host}, and WHALE_API_KEYS is not set; this start has its own key.\n"
        f"\n    {address}#key={key}\n\n    Authorization: Bearer {key}\n",
        flush=True,
    )


class _DrainingServer(uvicorn.Server):
    """A server that is unready for a while before it takes no more connections."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drain on the first SIGTERM; end on any other signal."""
        app: Any = getattr(self.config, "loaded_app", None)
        if sig != signal.SIGTERM or app is None or app.state.readiness.draining:
            super().handle_exit(sig, frame)
            return
        app.state.readiness.draining = True
        seconds = app.state.settings.unready_seconds
        logging.getLogger("app").info("Draining: not ready for %g s, then no connections.", seconds)
        loop = asyncio.get_running_loop()
        loop.call_soon_threadsafe(
            loop.call_later, seconds, lambda: uvicorn.Server.handle_exit(self, sig, None)
        )


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
