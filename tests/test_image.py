"""The Dockerfile: its health check asks where the service listens."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

DOCKERFILE = (Path(__file__).parent.parent / "Dockerfile").read_text()


class Alive(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Alive) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def health_check(port: int) -> int:
    """Return the exit code of the image's health check where the service has this port."""
    found = re.search(r"^HEALTHCHECK.*?CMD (\[.*?\])$", DOCKERFILE, re.DOTALL | re.MULTILINE)
    assert found is not None
    python, *arguments = json.loads(found[1])
    assert python == "python"
    environment = os.environ | {"WHALE_PORT": str(port)}
    run = [sys.executable, *arguments]
    return subprocess.run(run, env=environment, stderr=subprocess.DEVNULL, timeout=30).returncode


def test_the_health_check_asks_at_the_port_that_is_set(port: int) -> None:
    assert health_check(port) == 0


def test_the_health_check_fails_where_nobody_answers() -> None:
    assert health_check(1) == 1


def test_every_stage_is_of_the_image_that_can_be_named_by_digest() -> None:
    assert re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE) == ["${PYTHON_IMAGE}"] * 2
