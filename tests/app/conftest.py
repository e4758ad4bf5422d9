"""The real app behind a test client, and the real command in a subprocess."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("whale-matching")

ON_THE_WAY = {"receive", "queue", "encode", "total"}
"""Times that the answer of every computing route has besides its own."""

Run = Callable[..., subprocess.CompletedProcess[str]]


def answer(client: TestClient, body: dict[str, Any], route: str = "/allocate") -> dict[str, Any]:
    """Return the answer to a request that is expected to have one."""
    response = client.post(route, json=body)
    assert response.status_code == 200, response.text
    return response.json()  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    limits = Settings(max_body_bytes=1_000_000, max_pairs=10_000_000, processes=2)
    with TestClient(create_app(limits), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command in an empty directory, as a user would."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [COMMAND, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=300
        )

    return run
