"""A real server in a process of its own, and what it and its workers hold in memory."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).parents[1]


@contextmanager
def serving(processes: int, **settings: object) -> Iterator[tuple[str, psutil.Process]]:
    """Yield host and port of a warm server and its process, which end afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {f"WHALE_{name.upper()}": str(value) for name, value in settings.items()}
    server = subprocess.Popen(
        [sys.executable, "-c", "from app.cli import main; main()", "serve", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, "WHALE_PROCESSES": str(processes), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        host = f"127.0.0.1:{port}"
        _wait_until_ready(f"http://{host}", server)
        yield host, psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait()


def _wait_until_ready(address: str, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            if httpx.get(f"{address}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise SystemExit("The server ended before it was ready.")


class PeakMemory:
    """The most that a server and its workers hold while a block runs, shared memory counted once.

    Attributes
    ----------
    bytes : int
    """

    def __init__(self, server: psutil.Process) -> None:
        self._server = server
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.bytes = 0

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.02):
            self.bytes = max(self.bytes, self._held())

    def _held(self) -> int:
        held = 0
        for process in [self._server, *self._server.children(recursive=True)]:
            try:
                held += process.memory_full_info().pss
            except psutil.Error:  # ended meanwhile
                continue
        return held
