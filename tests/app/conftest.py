"""The real app behind a test client, and the real command in a subprocess."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.cli import main
from app.main import create_app
from app.settings import Settings
from app.workers.compilation import Compilation

from .server import COMMAND, ROOT, Nursery

__all__ = ["COMMAND", "ROOT"]

ON_THE_WAY = {"receive", "queue", "encode", "total"}
"""Times that the answer of every computing route has besides its own."""

Run = Callable[..., subprocess.CompletedProcess[str]]


def answer(client: TestClient, body: dict[str, Any], route: str = "/allocate") -> dict[str, Any]:
    """Return the answer to a request that is expected to have one."""
    response = client.post(route, json=body)
    assert response.status_code == 200, response.text
    return response.json()  # type: ignore[no-any-return]


def until_ready(client: TestClient) -> TestClient:
    """Return the client once its service computes: until then it refuses with 503."""
    for _ in range(600):
        if client.get("/readyz").status_code == 200:
            return client
        time.sleep(0.1)
    raise AssertionError(client.get("/readyz").text)


@pytest.fixture(scope="session", autouse=True)
def data_directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep experiments apart from those of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        directory = tmp_path_factory.mktemp("whale-data")
        patch.setenv("WHALE_DATA_DIRECTORY", str(directory))
        patch.delenv("WHALE_DATABASE_URL", raising=False)
        yield directory


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    """Have all kernels on disk: services refuse requests while they compile."""
    with ThreadPoolExecutor(1) as apart:  # a browser's event loop may run in this thread
        apart.submit(asyncio.run, Compilation().run(2)).result()


@pytest.fixture(scope="session")
def client(data_directory: Path) -> Iterator[TestClient]:  # noqa: ARG001 - set before it
    limits = Settings(max_body_bytes=1_000_000, max_pairs=10_000_000, processes=2)
    with TestClient(create_app(limits), raise_server_exceptions=False) as client:
        yield until_ready(client)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command in an empty directory, as a user would."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=300
        )

    return run


@pytest.fixture
def run_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Run the command in this process, for what ends before it computes: seconds faster."""
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", ["whale-matching", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        code, printed = ended.value.code, capsys.readouterr()
        return subprocess.CompletedProcess(arguments, int(code or 0), printed.out, printed.err)

    yield run
    # A service says how to log, and to a stream that is closed when the test has ended.
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Start servers at once, for tests that kill them."""
    nursery = Nursery(tmp_path_factory.mktemp("nursery") / "log")
    yield nursery
    nursery.close()


@pytest.fixture
def servers(nursery: Nursery) -> Iterator[Nursery]:
    """Start servers that end with the test."""
    with nursery.generation():
        yield nursery
