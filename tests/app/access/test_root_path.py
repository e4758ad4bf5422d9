"""The service behind a proxy that serves it under a prefix, whether or not it leaves the prefix."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr, ValidationError
from starlette.types import Receive, Scope, Send

import app.web
from app.main import create_app
from app.settings import Settings
from messages import Message

STATIC = Path(app.web.__path__[0]) / "static"

SMALL = {"simulations": 1, "rounds": 1, "users_per_round": 5, "k_values": [1],
         "world": {"n_users": 50, "n_streamers": 5}}  # fmt: skip


class Proxy:
    """A reverse proxy: answers below a prefix, and hands on with or without it."""

    def __init__(self, app: object, prefix: str, *, strips: bool) -> None:
        self._app, self._prefix, self._strips = app, prefix, strips

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            assert scope["path"].startswith(self._prefix), f"{scope['path']} leads past the proxy"
            if self._strips:
                path = scope["path"].removeprefix(self._prefix)
                scope = {**scope, "path": path, "raw_path": path.encode()}
        await self._app(scope, receive, send)  # type: ignore[operator]


@pytest.fixture(scope="module", params=[True, False], ids=["stripped", "left"])
def proxied(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestClient]:
    directory = tmp_path_factory.mktemp("proxied")
    app = create_app(Settings(root_path="/of/whales/", processes=1, data_directory=directory))
    with TestClient(Proxy(app, "/of/whales", strips=request.param)) as client:
        yield client


def test_every_page_leads_to_what_is_below_the_prefix(proxied: TestClient) -> None:
    pages = ("", "sweeps", "allocation", "history", "compare", "docs", "docs/errors")
    for page in pages:
        answer = proxied.get(f"/of/whales/{page}")
        assert answer.status_code == 200
        for address in re.findall('(?:href|src)="([^"#]+)"', answer.text):
            target = answer.url.join(address)
            assert target.path.startswith("/of/whales/")
            assert proxied.get(str(target)).status_code == 200, address
    assert 'data-root="/of/whales"' in proxied.get("/of/whales/").text


def test_no_script_leads_past_the_prefix() -> None:
    scripts = [*STATIC.glob("*.js")]
    found = {
        script.name: address
        for script in scripts
        for address in re.findall(r"""["'`](/[a-z][^\s"'`()]*)["'`]""", script.read_text())
    }
    assert scripts
    assert found == {}


def test_addresses_in_answers_have_the_prefix(proxied: TestClient) -> None:
    headers = {"Prefer": "respond-async"}
    begun = proxied.post("/of/whales/experiments/whale-sweep", json=SMALL, headers=headers)
    assert begun.status_code == 202, begun.text
    address = begun.headers["location"]
    assert address.startswith("/of/whales/experiments/")
    assert proxied.get(address).json()["links"]["self"] == address
    assert begun.json()["links"]["events"] == f"{address}/events"
    *_, _ = proxied.get(f"{address}/events").iter_lines()
    result = proxied.get(f"{address}/result")
    assert result.headers["content-location"] == address
    proxied.post("/of/whales/experiments/whale-sweep", json=SMALL, headers=headers)
    following = proxied.get("/of/whales/experiments?limit=1").json()["next"]
    assert proxied.get(following).status_code == 200
    chosen = proxied.get("/of/whales/history?language=zh", follow_redirects=False)
    assert chosen.headers["location"] == "/of/whales/history"
    assert "Path=/of/whales;" in chosen.headers["set-cookie"]


def test_documents_name_the_prefix(proxied: TestClient) -> None:
    document = proxied.get("/of/whales/openapi.json").json()
    refused = proxied.post("/of/whales/allocate", json={}).json()

    assert document["servers"] == [{"url": "/of/whales"}]
    assert refused["type"].startswith("/of/whales/docs/errors#")
    assert proxied.get("/of/whales/nothing").status_code == 404


def test_the_door_sees_through_the_prefix() -> None:
    locked = Settings(root_path="/w", api_keys=SecretStr("a-key-of-sixteen"))
    client = TestClient(create_app(locked))

    for path, status in (
        ("/w/healthz", 200), ("/healthz", 200), ("/w/", 200), ("/w", 200), ("/w/history", 200),
        ("/w/allocate", 401), ("/allocate", 401), ("/w/w/history", 401), ("/wide", 401),
    ):  # fmt: skip
        assert client.get(path).status_code == status, path


@pytest.mark.parametrize("prefix", ["whale", "/whale?x", "//elsewhere", "/a b", 'a"'])
def test_what_is_no_prefix_is_refused(prefix: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        Settings(root_path=prefix)
    (error,) = refusal.value.errors()
    expected = Message("root_path_invalid", received=prefix)
    assert error["ctx"]["error"].message == expected


def test_head_is_answered_wherever_get_is(proxied: TestClient) -> None:
    for path in ("healthz", "readyz", "metrics", "", "docs", "openapi.json", "experiments"):
        head, get = (proxied.request(method, f"/of/whales/{path}") for method in ("HEAD", "GET"))
        assert head.status_code == get.status_code
        assert head.content == b""
        assert head.headers["content-type"] == get.headers["content-type"]
    refused = proxied.head("/of/whales/allocate")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


def test_head_of_a_stream_ends(proxied: TestClient) -> None:
    begun = proxied.post(
        "/of/whales/experiments/whale-sweep", json=SMALL | {"simulations": 30},
        headers={"Prefer": "respond-async"},
    )  # fmt: skip
    head = proxied.head(f"{begun.headers['location']}/events")

    assert (head.status_code, head.content) == (200, b"")
