"""whale-matching serve."""

from __future__ import annotations

import asyncio
import logging
import math
import os
import signal
import socket
import sys
from types import FrameType
from typing import Annotated, Any

import typer
import uvicorn

from app.access.health import HEALTH
from app.access.keys import hash_key, is_loopback, new_key
from app.files import system_error
from app.http.protocol import RESERVE, WireLimits, limited_protocol
from app.observability.logs import configuration
from app.settings import Settings
from app.text.language import render_for_command
from messages import Message
from solver import InputError

_OTHER_FILES = 256
"""Open files beside those of connections and bodies: pipes to workers, the database."""


def serve(
    host: Annotated[str, typer.Option(envvar="WHALE_HOST")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, envvar="WHALE_PORT")] = 8000,
    workers: Annotated[
        int | None,
        typer.Option(min=1),
    ] = None,
    root_path: str | None = None,
) -> None:
    """Start the service."""
    if root_path is not None:
        os.environ["WHALE_ROOT_PATH"] = root_path
    if workers is not None:
        os.environ["WHALE_PROCESSES"] = str(workers)
    settings = Settings()
    config = server_config(settings, host, port)
    listening = _bound(host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}/"
    if settings.keys.digests or is_loopback(host):
        logging.getLogger("app").info("Starting at %s; Ctrl-C ends it.", address)
    else:
        _lock_with_a_new_key(host, address)
    # Uvicorn ends by the signal that ended it; a service that drained has ended well.
    signal.signal(signal.SIGTERM, _end)
    server = _DrainingServer(config, address)
    server.run(sockets=[listening])
    if not server.started:
        sys.exit(1)


def server_config(settings: Settings, host: str, port: int) -> uvicorn.Config:
    """Return the configuration of the server."""
    return uvicorn.Config(
        "app.main:create_app",
        factory=True,
        host=host,
        port=port,
        http=limited_protocol(wire_limits(settings)),
        ws="none",
        log_config=configuration(settings.log_level),
        access_log=False,
        proxy_headers=False,  # the peer of the connection is the client
        server_header=False,
        timeout_graceful_shutdown=math.ceil(settings.drain_seconds) + 1,  # after our own answers
    )


def wire_limits(settings: Settings) -> WireLimits:
    """Return the limits of connections, with no more of them than this process can open."""
    connections = settings.max_connections
    possible = _allow_open_files(2 * connections + RESERVE + _OTHER_FILES)
    if possible is not None:
        fitting = max(1, (possible - RESERVE - _OTHER_FILES) // 2)
        if fitting < connections:
            logging.getLogger("app").warning(
                "This process may open %d files: at most %d connections, not %d.",
                possible, fitting, connections,
            )  # fmt: skip
            connections = fitting
    return WireLimits(
        header_bytes=settings.max_header_bytes,
        header_seconds=settings.header_seconds,
        body_seconds=settings.body_seconds,
        bytes_per_second=settings.min_bytes_per_second,
        connections=connections,
        exempt_paths=HEALTH | {settings.root_path + path for path in HEALTH},
    )


def _allow_open_files(wanted: int) -> int | None:
    """Raise this process's limit on open files if possible; return it, or None without a limit.

    A connection needs one file, and a large body another.
    """
    try:
        import resource
    except ImportError:  # a system without such limits
        return None
    limit, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return None
    if limit < wanted:
        limit = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, most))
    return limit


def _bound(host: str, port: int) -> socket.socket:
    """Return a listening socket, before anything else is started or printed.

    Raises
    ------
    solver.InputError
        If the address is not available.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        message = Message("address_unavailable", host=host, port=port, problem=system_error(error))
        raise InputError("port", message) from error


def _lock_with_a_new_key(host: str, address: str) -> None:
    """Create a key for this start, and print it once."""
    key = new_key()
    # The service keeps only the key's digest. As an admin key, it can see older experiments.
    os.environ["WHALE_ADMIN_KEYS"] = hash_key(key)
    print(
        f"{render_for_command(Message('new_key', host=host))}\n"
        f"\n    {address}#key={key}\n\n    Authorization: Bearer {key}\n",
        flush=True,
    )


class _DrainingServer(uvicorn.Server):
    """A server that logs when it is ready, and reports unready before it stops listening.

    Parameters
    ----------
    config : uvicorn.Config
    address : str
        Its URL.
    """

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address
        self._announcement: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen; kernels are compiled and workers started in the background."""
        await super().startup(sockets)
        if self.started:
            self._announcement = asyncio.create_task(self._announced())

    async def _announced(self) -> None:
        app: Any = self.config.loaded_app
        await app.state.pool.started.wait()
        logging.getLogger("app").info("Serving at %s; Ctrl-C ends it.", self._address)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Drain on the first SIGTERM; stop on any other signal, and at once while starting."""
        app: Any = getattr(self.config, "loaded_app", None)
        if app is None:  # modules are being imported, and might catch an exception
            os._exit(0 if sig == signal.SIGTERM else 128 + sig)
        if sig != signal.SIGTERM or app.state.readiness.draining:
            super().handle_exit(sig, frame)
            return
        app.state.readiness.draining = True
        seconds = app.state.settings.unready_seconds
        logging.getLogger("app").info("Draining: not ready for %g s, then no connections.", seconds)
        loop = asyncio.get_running_loop()

        def stop_listening() -> None:
            uvicorn.Server.handle_exit(self, sig, None)
            loop.call_later(app.state.settings.drain_seconds, app.state.stop_working)

        loop.call_soon_threadsafe(loop.call_later, seconds, stop_listening)


def _end(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
