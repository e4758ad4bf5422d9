"""The real server in a subprocess, which a test may kill."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson

from messages import Message

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("whale-matching")


@dataclass
class Server:
    """A server process with its client."""

    pid: int
    client: httpx.Client

    def kill(self) -> None:
        """End it as a power cut would: nothing of it is told, nothing finishes."""
        os.kill(self.pid, signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end, and wait until it has."""
        os.kill(self.pid, signal.SIGTERM)
        wait_until(lambda: _state(self.pid) == "Z")

    def pause(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def wait_until_ready(self) -> None:
        """Return once its processes compute."""
        wait_until(lambda: self.client.get("/readyz").status_code == 200)

    def find_busy_workers(self, number: int) -> set[int]:
        """Return its workers that compute for longer than a start takes, once so many do."""
        begun: dict[int, float] = {}
        while True:
            now = {pid: _seconds(pid) for pid in _processes() if _serves(pid, self.pid)}
            begun = now | begun
            busy = {pid for pid in now if now[pid] > begun[pid] + 0.6}
            if len(busy) >= number:
                return busy
            time.sleep(0.05)

    def submit(self, body: dict[str, Any], route: str = "/experiments/whale-sweep") -> str:
        """Submit long work and return its address."""
        response = self.client.post(route, json=body, headers={"Prefer": "respond-async"})
        assert response.status_code == 202, response.text
        return str(response.headers["location"])


@contextmanager
def server(directory: Path, **settings: Any) -> Iterator[Server]:
    """Yield the real command on a free port, as soon as it answers; kill it in the end."""
    port = free_port()
    with (directory / "log").open("ab") as log:
        process = subprocess.Popen(
            [COMMAND, "serve", "--port", str(port)],
            cwd=directory, env=os.environ | _variables(directory, settings), stdout=log, stderr=log,
        )  # fmt: skip
    try:
        with _answering(process.pid, port) as one:
            yield one
    finally:
        process.kill()
        process.wait()


class Nursery:
    """Starts one server after the other, without their having to load anything.

    Parameters
    ----------
    log : Path
        Where servers write to.
    """

    def __init__(self, log: Path) -> None:
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.app.nursery"],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=file, text=True,
            )  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._asked, self._answers = self._process.stdin, self._process.stdout
        self._servers: list[ExitStack] = []
        assert self._answers.readline() == "ready\n", log.read_text()

    def start(self, directory: Path, port: int | None = None, **settings: Any) -> Server:
        """Return a server as soon as it answers; on a free port unless one is named."""
        port = port or free_port()
        environment = _variables(directory, settings)
        print(json.dumps({"port": port, "environment": environment}), file=self._asked, flush=True)
        pid = int(self._answers.readline())
        self._servers.append(ExitStack())
        self._servers[-1].callback(os.kill, pid, signal.SIGKILL)
        return self._servers[-1].enter_context(_answering(pid, port))

    @contextmanager
    def generation(self) -> Iterator[Nursery]:
        """Start servers that end together; others go on."""
        before = len(self._servers)
        try:
            yield self
        finally:
            while len(self._servers) > before:
                self._servers.pop().close()

    def close(self) -> None:
        """End it with all its servers."""
        while self._servers:
            self._servers.pop().close()
        self._process.kill()
        self._process.wait()
        self._asked.close()
        self._answers.close()


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]


def _pipes(pid: int) -> set[str]:
    """Return the pipes that a process has open; none of one that is not there any more."""
    pipes = set()
    try:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            name = os.readlink(descriptor)
            if name.startswith("pipe:"):
                pipes.add(name)
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        pass
    return pipes


def _serves(pid: int, server: int) -> bool:
    """Return whether a process is another one's worker: they hold ends of one pipe."""
    if pid in (server, os.getpid()):  # the test may share its own output
        return False
    return bool(_pipes(pid) & _pipes(server))


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _seconds(pid: int) -> float:
    """Return how long a process has computed."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_for_the_end(pids: set[int]) -> None:
    """Return once none of these processes runs any more."""
    wait_until(lambda: not any(_pipes(pid) for pid in pids))


def unready_reason(response: httpx.Response) -> Message:
    """Return the first reason of a refusal of /readyz."""
    return Message.from_mapping(response.json()["reason"]["parameters"]["reasons"][0])


def wait_until(condition: Callable[[], bool], seconds: float = 120) -> None:
    """Return once a condition holds. A poll leaves the processor to what it waits for.

    Raises
    ------
    AssertionError
        Where it does not come to hold in time.
    """
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not come to hold"
        time.sleep(0.03)


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _variables(directory: Path, settings: dict[str, Any]) -> dict[str, str]:
    given = {f"WHALE_{name.upper()}": str(value) for name, value in settings.items()}
    return {"WHALE_DATA_DIRECTORY": str(directory), "WHALE_PROCESSES": "2", **given}


@contextmanager
def _answering(pid: int, port: int) -> Iterator[Server]:
    """Yield a server as soon as it answers."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        wait_until(lambda: _answers(client, pid))
        yield Server(pid, client)


def _answers(client: httpx.Client, pid: int) -> bool:
    os.kill(pid, 0)  # raises where the server has ended
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
