"""The real service and the system's Chromium; without one, these tests are skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from app.web.assets import load_bundle
from tests.app.conftest import compiled
from tests.app.server import Nursery, Server

__all__ = ["compiled"]

KEY = "a key for the tests of the page"

Visits = Callable[..., Any]


@pytest.fixture(scope="package")  # its event loop runs until it ends: other tests have their own
def browser() -> Iterator[Any]:
    """One browser for all tests of pages."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    from .browsing import ARGUMENTS, CHROMIUM

    if not Path(CHROMIUM).exists():
        pytest.skip(f"no browser at {CHROMIUM}: install the system's package chromium")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def page_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    nursery = Nursery(tmp_path_factory.mktemp("page-nursery") / "log")
    yield nursery
    nursery.close()


@pytest.fixture(scope="session")
def with_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with the bundle that draws charts, which takes seconds to make."""
    directory = tmp_path_factory.mktemp("bundle")
    load_bundle(directory)
    return directory


@pytest.fixture(scope="session")
def service(
    page_servers: Nursery, with_bundle: Path, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    """One open service for all tests."""
    directory = copytree(with_bundle, tmp_path_factory.mktemp("page") / "it")
    return ready(page_servers.start(directory))


@pytest.fixture(scope="session")
def locked(
    page_servers: Nursery, with_bundle: Path, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    """A service that asks for a key."""
    directory = copytree(with_bundle, tmp_path_factory.mktemp("locked-page") / "it")
    server = page_servers.start(directory, api_keys=KEY)
    server.client.headers["Authorization"] = f"Bearer {KEY}"
    return ready(server)


def ready(server: Server) -> Server:
    """Wait until a service computes: until then its pages say so, and a browser complains."""
    server.wait_until_ready()
    return server


@pytest.fixture
def visits(browser: Any) -> Iterator[Visits]:
    """Let readers visit a service; whatever goes wrong on their pages fails the test."""
    from .browsing import Visit

    begun: list[Visit] = []

    def visit(server: Server, expected: tuple[str, ...] = (), **context: Any) -> Visit:
        settings = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB"} | context
        base = str(server.client.base_url).rstrip("/")
        begun.append(Visit(browser.new_context(**settings), base, expected=expected))
        return begun[-1]

    yield visit
    for each in begun:
        each.end()


@pytest.fixture
def visit(visits: Visits, service: Server) -> Any:
    """A reader of the open service."""
    return visits(service)


@pytest.fixture(scope="session")
def done(service: Server) -> list[str]:
    """Return the ids of two small sweeps that are done, the newer one last."""
    body = {
        "simulations": 6, "rounds": 5, "k_values": [1, 2], "users_per_round": 60,
        "world": {"n_users": 300, "n_streamers": 20},
    }  # fmt: skip
    ids = []
    for more in ({}, {"capacity_scales": [1.0, 0.5]}):
        answer = service.client.post("/experiments/whale-sweep", json=body | more)
        assert answer.status_code == 200, answer.text
        ids.append(answer.json()["id"])
    return ids
