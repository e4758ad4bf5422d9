"""The real server in a subprocess, which a test may kill."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson

from .conftest import COMMAND, ROOT


@dataclass
class Server:
    """A server process with its client."""

    pid: int
    client: httpx.Client

    def kill(self) -> None:
        """End it as a power cut would: nothing of it is told, nothing finishes."""
        os.kill(self.pid, signal.SIGKILL)

    def pause(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def begun(self, body: dict[str, Any], route: str = "/experiments/whale-sweep") -> str:
        """Submit long work and return its address."""
        response = self.client.post(route, json=body, headers={"Prefer": "respond-async"})
        assert response.status_code == 202, response.text
        return str(response.headers["location"])


@contextmanager
def server(directory: Path, **settings: Any) -> Iterator[Server]:
    """Yield the real command on a free port, as soon as it answers; kill it in the end."""
    port = _free_port()
    with (directory / "log").open("ab") as log:
        process = subprocess.Popen(
            [COMMAND, "serve", "--port", str(port)],
            cwd=directory, env=_environment(directory, settings), stdout=log, stderr=log,
        )  # fmt: skip
    try:
        with _answering(process.pid, port) as one:
            yield one
    finally:
        process.kill()
        process.wait()


@contextmanager
def nursery(directory: Path, **settings: Any) -> Iterator[Callable[[], Server]]:
    """Yield what starts one server after the other, without their having to load anything."""
    with (directory / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.app.nursery"],
            cwd=ROOT, env=_environment(directory, settings),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", (directory / "log").read_text()
    with ExitStack() as servers:
        servers.callback(process.wait)
        servers.callback(process.kill)

        def start() -> Server:
            port = _free_port()
            process.stdin.write(f"{port}\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
            pid = int(process.stdout.readline())  # type: ignore[union-attr]
            servers.callback(os.kill, pid, signal.SIGKILL)
            return servers.enter_context(_answering(pid, port))

        yield start


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _environment(directory: Path, settings: dict[str, Any]) -> dict[str, str]:
    given = {f"WHALE_{name.upper()}": str(value) for name, value in settings.items()}
    return {**os.environ, "WHALE_DATA_DIRECTORY": str(directory), **given}


@contextmanager
def _answering(pid: int, port: int) -> Iterator[Server]:
    """Yield a server as soon as it answers."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        while not _answers(client):
            os.kill(pid, 0)
        yield Server(pid, client)


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


@dataclass(frozen=True)
class Event:
    """A server-sent event."""

    id: int
    name: str
    data: dict[str, Any]


def events(client: httpx.Client, address: str, after: int | None = None) -> Iterator[Event]:
    """Yield the events of an experiment; a broken connection ends them."""
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    fields: dict[str, str] = {}
    try:
        with client.stream("GET", f"{address}/events", headers=headers) as response:
            if response.status_code == 204:
                return
            assert response.status_code == 200, response.read()
            assert response.headers["content-type"].startswith("text/event-stream")
            for line in response.iter_lines():
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif "data" in fields:
                    yield Event(int(fields["id"]), fields["event"], orjson.loads(fields["data"]))
                    fields = {}
    except httpx.TransportError:
        return
