"""whale-matching serve."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from types import FrameType
from typing import Annotated, Any

import typer
import uvicorn
from uvicorn.supervisors import Multiprocess

from app.door.keys import hashed, is_loopback, new_key
from app.door.protocol import Protocol
from app.settings import Settings
from app.watching.logs import configuration


def serve(
    host: str = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="server processes")] = 1,
) -> None:
    """Start the service."""
    settings = Settings()
    if not settings.keys.digests and not is_loopback(host):
        _lock_with_a_new_key(host, port)
    config = uvicorn.Config(
        "app.main:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http=Protocol,
        log_config=configuration(settings.log_level),
        access_log=False,
        proxy_headers=False,  # whom a request comes from is who sends it
        server_header=False,
        timeout_graceful_shutdown=round(settings.drain_seconds),
    )
    # Uvicorn ends by the signal that ended it; a service that drained has done what it was asked.
    signal.signal(signal.SIGTERM, _end)
    server = _DrainingServer(config)
    if workers > 1:
        Multiprocess(config, sockets=[config.bind_socket()]).run()
    else:
        server.run()
    if not server.started and workers == 1:
        sys.exit(1)


def _lock_with_a_new_key(host: str, port: int) -> None:
    """Make a key for this start, and say it once."""
    key = new_key()
    # By the environment, so that all server processes know it; and they only its digest.
    os.environ["WHALE_API_KEYS"] = hashed(key)
    shown = f"[{host}]" if ":" in host else host
    print(
        f"Others can reach {host}, and WHALE_API_KEYS is not set; this start has its own key.\n"
        f"\n    http://{shown}:{port}/#key={key}\n\n    Authorization: Bearer {key}\n",
        flush=True,
    )


class _DrainingServer(uvicorn.Server):
    """A server that is unready for a while before it takes no more connections.

    Several server processes, which uvicorn makes itself, take none at once.
    """

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
