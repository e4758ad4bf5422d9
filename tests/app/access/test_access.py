"""Who may come in, how many at a time, and what a browser may make of an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.access.keys import Keys, hash_key, is_loopback, new_key
from app.access.middleware import ConcurrencyLimit, KeyCheck
from app.http.security_headers import HEADERS
from app.main import create_app
from app.settings import Settings
from solver import InputError

KEY, OTHER = "a key of seventeen", "another, which is hashed"
LOCKED = Settings(api_keys=f"{KEY}, {hash_key(OTHER)}")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def locked() -> TestClient:
    """Without the processes that a started service has: nothing here computes."""
    return TestClient(create_app(LOCKED), raise_server_exceptions=False)


@pytest.mark.parametrize("key", [KEY, OTHER])
def test_a_key_opens_the_door_however_it_is_stored(locked: TestClient, key: str) -> None:
    answer = locked.get("/openapi.json", headers={"Authorization": f"Bearer {key}"})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Authorization", "Bearer")],
        [("Authorization", "Bearer ")],
        [("Authorization", f"Basic {KEY}")],
        [("Authorization", f"Bearer {KEY}x")],
        [("Authorization", f"Bearer {KEY[:-1]}")],
        [("Authorization", f"Bearer {hash_key(KEY)}")],  # the digest is no key
        [("Authorization", f"Bearer {sha256(KEY.encode()).hexdigest()}")],
        [("Authorization", f"Bearer {KEY}"), ("Authorization", "Bearer another")],
        [("X-Forwarded-For", "127.0.0.1"), ("Host", "localhost")],
        [("Cookie", f"key={KEY}")],
    ],
)
@pytest.mark.parametrize(
    "path", ["/allocate", "/metrics", "/openapi.json", "/no-such-thing", "/healthz/"]
)
def test_without_a_known_key_there_is_no_way_in(
    locked: TestClient, headers: list[tuple[str, str]], path: str
) -> None:
    answer = locked.post(path, headers=headers, json={})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer ")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["reason"]["code"] in ("key_missing", "key_unknown")
    assert KEY not in answer.text


def test_whoever_watches_the_service_needs_no_key(locked: TestClient) -> None:
    assert locked.get("/healthz").status_code == 200
    assert locked.get("/readyz").status_code != 401
    assert locked.get("/static/docs/swagger-ui.css").status_code == 200


@pytest.mark.parametrize("path", ["/static/../allocate", "/static/%2e%2e/allocate", "//healthz"])
def test_no_spelling_of_a_path_goes_round_the_lock(locked: TestClient, path: str) -> None:
    assert locked.post(path, json={}).status_code in (401, 404, 405)


@given(st.text(max_size=40))
def test_only_the_keys_themselves_are_known(tried: str) -> None:
    keys = Keys.parse(f"{KEY},{hash_key(OTHER)}")

    assert (keys.digest(tried) is not None) == (tried in (KEY, OTHER))


@pytest.mark.parametrize("listed", ["short", f"{KEY},pass", "sha256:12", f"sha256:{'G' * 64}"])
def test_a_setting_that_is_no_key_is_refused_without_repeating_it(listed: str) -> None:
    with pytest.raises(InputError) as refused:
        Keys.parse(listed)
    assert refused.value.message.code in ("key_too_short", "key_not_hashed")

    assert listed not in str(refused.value)
    with pytest.raises(ValidationError):
        Settings(api_keys=listed)  # type: ignore[arg-type]


def test_settings_never_print_a_key() -> None:
    assert KEY not in repr(LOCKED)
    assert KEY not in str(LOCKED.model_dump())


def test_a_new_key_is_never_the_same() -> None:
    assert len({new_key() for _ in range(100)}) == 100
    assert all(Keys.parse(new_key()).digests for _ in range(10))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_is_known(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.1", "::", "10.1.1.1", "a.example", "", "127.1.evil"])
def test_what_is_not_loopback_is_known(host: str) -> None:
    assert not is_loopback(host)


async def nothing(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def status_of(
    app: ASGIApp,
    server: tuple[str, int] | None,
    path: str = "/allocate",
    headers: Mapping[str, str] | None = None,
    method: str = "POST",
) -> int:
    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    scope: dict[str, Any] = {
        "type": "http", "method": method, "path": path, "server": server,
        "headers": [(k.encode(), v.encode("latin-1")) for k, v in (headers or {}).items()],
    }  # fmt: skip
    await app(scope, receive, send)
    return int(told[0]["status"])


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("127.0.0.1", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("/run/whale.sock", 200),
        ("10.0.0.7", 401), ("172.17.0.2", 401), ("fe80::1%eth0", 401), ("::ffff:10.0.0.7", 401),
    ],
)  # fmt: skip
def test_without_keys_only_sockets_of_this_machine_are_answered(address: str, status: int) -> None:
    check = KeyCheck(nothing, Keys(()), ())

    here = {"host": "localhost"}
    assert asyncio.run(status_of(check, (address, 8000), headers=here)) == status


BROWSER = {"host": "localhost:8000", "content-type": "application/json"}
OWN = BROWSER | {"origin": "http://localhost:8000"}
FORM = {"content-type": "multipart/form-data; boundary=x"}
CROSS = {"sec-fetch-site": "cross-site"}
NAVIGATE = CROSS | {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        # Programs, which say nothing of where they are: curl -d, curl -F.
        ({}, 403),
        ({"host": "localhost:8000"}, 200),
        ({"host": "[::1]:8000"}, 200),
        ({"host": "localhost", "content-type": "application/x-www-form-urlencoded"}, 200),
        ({"host": "localhost", **FORM}, 200),
        # Names that were made to mean this machine.
        ({"host": "rebound.example:8000"}, 403),
        ({"host": "rebound.example:8000", "origin": "http://rebound.example:8000"}, 403),
        ({"host": "[::1"}, 403),
        ({"host": "user@localhost", "origin": "http://localhost.evil"}, 403),
        # The service's own pages.
        (OWN, 200),
        (OWN | {"sec-fetch-site": "same-origin"}, 200),
        (BROWSER | {"host": "127.0.0.1:8000", "origin": "http://127.0.0.1:8000"}, 200),
        (BROWSER | {"sec-fetch-site": "none"}, 200),
        (OWN | FORM | {"x-requested-with": "whale-matching"}, 200),
        (OWN | FORM, 403),
        (OWN | {"content-type": "text/plain"}, 403),
        (OWN | {"content-type": "application/x-www-form-urlencoded"}, 403),
        ({"host": "localhost:8000", "origin": "http://localhost:8000"}, 403),
        # Pages of other origins, on this machine or not.
        (BROWSER | {"origin": "http://localhost:3000"}, 403),
        (BROWSER | {"origin": "http://127.0.0.1:8000"}, 403),
        (BROWSER | {"origin": "https://anybody.example"}, 403),
        (BROWSER | {"origin": "null"}, 403),
        (BROWSER | {"origin": ""}, 403),
        (BROWSER | FORM | {"origin": "null"}, 403),
        (BROWSER | CROSS, 403),
        (BROWSER | {"sec-fetch-site": "same-site"}, 403),
        (BROWSER | NAVIGATE, 403),
        # Pages whose origin is named.
        (BROWSER | {"origin": "https://named.example"}, 200),
        (BROWSER | {"origin": "https://named.example"} | CROSS, 200),
        (BROWSER | {"origin": "https://named.example"} | CROSS | FORM, 403),
    ],
)
def test_without_keys_no_page_of_elsewhere_makes_a_browser_ask(
    headers: dict[str, str], status: int
) -> None:
    check = KeyCheck(nothing, Keys(()), (), ("https://named.example",))

    assert asyncio.run(status_of(check, ("127.0.0.1", 8000), headers=headers)) == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (CROSS, 403), (NAVIGATE, 200), (NAVIGATE | {"sec-fetch-dest": "iframe"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200), ({}, 200),
    ],
)  # fmt: skip
def test_without_keys_a_link_from_elsewhere_is_followed_and_nothing_is_embedded(
    headers: dict[str, str], status: int
) -> None:
    check = KeyCheck(nothing, Keys(()), ())
    headers = {"host": "localhost:8000"} | headers

    got = asyncio.run(status_of(check, ("127.0.0.1", 8000), headers=headers, method="GET"))
    assert got == status


@given(
    origin=st.sampled_from(["http://localhost:8000", "http://localhost:9", "null", "x", "http://"])
    | st.text(st.characters(codec="latin-1"), max_size=300),
    site=st.sampled_from([None, "same-origin", "same-site", "cross-site", "none", "?"]),
)
def test_an_origin_is_taken_only_if_it_is_the_services_own(origin: str, site: str | None) -> None:
    check = KeyCheck(nothing, Keys(()), ())
    headers = BROWSER | {"origin": origin} | ({} if site is None else {"sec-fetch-site": site})
    fine = origin == "http://localhost:8000" and site in (None, "same-origin", "none")

    got = asyncio.run(status_of(check, ("127.0.0.1", 8000), headers=headers))
    assert got == (200 if fine else 403)


def test_a_key_has_so_many_requests_at_a_time_and_its_place_back_when_one_ends() -> None:
    async def journey() -> None:
        go_on = asyncio.Event()

        async def slow(scope: Scope, receive: Receive, send: Send) -> None:
            await go_on.wait()
            await nothing(scope, receive, send)

        limited = ConcurrencyLimit(slow, 2, frozenset(("/healthz",)))
        waiting = [asyncio.create_task(status_of(limited, None)) for _ in range(2)]
        await asyncio.sleep(0)
        assert await status_of(limited, None) == 429
        watching = asyncio.create_task(status_of(limited, None, "/healthz"))
        waiting[0].cancel()
        await asyncio.sleep(0)
        again = asyncio.create_task(status_of(limited, None))
        await asyncio.sleep(0)
        go_on.set()
        assert [await waiting[1], await again, await watching] == [200, 200, 200]

    asyncio.run(journey())


@pytest.mark.parametrize("path", ["/healthz", "/allocate", "/no-such-thing", "/docs", "/broken"])
def test_every_answer_says_what_a_browser_may_make_of_it(path: str) -> None:
    app = create_app(Settings())

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("a fault of ours")

    answer = TestClient(app, raise_server_exceptions=False).get(path)

    assert answer.status_code == {"/broken": 500, "/no-such-thing": 404, "/allocate": 405}.get(
        path, 200
    )
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-request-id"]
    assert "access-control-allow-origin" not in answer.headers


def test_pages_of_named_origins_alone_may_call() -> None:
    app = create_app(Settings(cors_origins="https://a.example, https://b.example"))
    client = TestClient(app)

    for origin, allowed in (("https://a.example", True), ("https://c.example", False)):
        answer = client.get("/healthz", headers={"Origin": origin})
        assert (answer.headers.get("access-control-allow-origin") == origin) == allowed
    asked = client.options(
        "/allocate",
        headers={
            "Origin": "https://b.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization",
        },
    )
    assert asked.status_code == 200


def test_the_documentation_takes_nothing_from_elsewhere() -> None:
    client = TestClient(create_app(Settings()))
    page = client.get("/docs").text

    assert "//" not in page.replace("<!doctype html>", "")
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js"):
        assert f"static/docs/{name}" in page
        assert len(client.get(f"/static/docs/{name}").content) > 100


def test_callers_share_no_idempotency_keys(tmp_path: Path) -> None:
    body = {"simulations": 1, "rounds": 1, "users_per_round": 5, "k_values": [1],
            "world": {"n_users": 50, "n_streamers": 5}}  # fmt: skip
    settings = LOCKED.model_copy(update={"data_directory": tmp_path, "processes": 1})
    with TestClient(create_app(settings)) as client:

        def submitted(key: str) -> str:
            headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "tuesday"}
            answer = client.post("/experiments/whale-sweep", json=body, headers=headers)
            return str(answer.headers["content-location"])

        assert submitted(KEY) == submitted(KEY)
        assert submitted(KEY) != submitted(OTHER)


def test_experiments_are_their_keys_and_an_admins(tmp_path: Path) -> None:
    body = {"simulations": 1, "rounds": 1, "users_per_round": 5, "k_values": [1],
            "world": {"n_users": 50, "n_streamers": 5}}  # fmt: skip
    admin = "a key that opens all"
    settings = Settings(
        api_keys=f"{KEY},{hash_key(OTHER)}",
        admin_keys=hash_key(admin),
        data_directory=tmp_path,
        processes=1,
    )  # type: ignore[arg-type]
    app = create_app(settings)
    with TestClient(app, raise_server_exceptions=False) as client:

        def call(key: str, path: str, method: str = "GET", **more: Any) -> Any:
            headers = {"Authorization": f"Bearer {key}"} | more.pop("headers", {})
            return client.request(method, path, headers=headers, **more)

        def listed(key: str) -> list[str]:
            return [
                each["links"]["self"] for each in call(key, "/experiments").json()["experiments"]
            ]

        mine, others = (
            call(key, "/experiments/whale-sweep", "POST", json=body).headers["content-location"]
            for key in (KEY, OTHER)
        )
        assert (listed(KEY), listed(OTHER), listed(admin)) == ([mine], [others], [others, mine])
        absent = call(OTHER, f"/experiments/{UNKNOWN}")
        paths = 0
        for path, methods in app.openapi()["paths"].items():
            if "{experiment_id}" not in path:
                continue
            there = mine + path.partition("{experiment_id}")[2].format(
                name="overload-by-k", extension="svg"
            )
            for method in methods:
                refused = call(OTHER, there, method.upper())
                assert refused.status_code == 404, (method, path)
                # Neither status nor words say that there is one.
                said = refused.json()["detail"].replace(mine.rpartition("/")[2], UNKNOWN)
                assert said == absent.json()["detail"]
                paths += 1
            assert call(KEY, there).status_code == call(admin, there).status_code == 200, path
        assert paths >= 7
        assert call(OTHER, f"/experiments?before={mine.rpartition('/')[2]}").status_code == 404
        assert call(admin, mine, "DELETE").status_code == 204
        assert listed(KEY) == []


def test_what_has_no_owner_is_seen_without_keys_and_by_an_admin(tmp_path: Path) -> None:
    body = {"simulations": 1, "rounds": 1, "users_per_round": 5, "k_values": [1],
            "world": {"n_users": 50, "n_streamers": 5}}  # fmt: skip
    admin = "a key that opens all"
    open_, locked = (
        Settings(data_directory=tmp_path, processes=1, api_keys=keys, admin_keys=admins)
        for keys, admins in (("", ""), (KEY, admin))
    )  # type: ignore[arg-type]
    with TestClient(create_app(open_)) as client:
        there = client.post("/experiments/whale-sweep", json=body).headers["content-location"]
        assert client.get(there).status_code == 200
    with TestClient(create_app(locked)) as client:
        statuses = [
            client.get(there, headers={"Authorization": f"Bearer {key}"}).status_code
            for key in (KEY, admin)
        ]
    assert statuses == [404, 200]


UNKNOWN = "82482845-26f8-45f8-a0f6-85f7228391db"
