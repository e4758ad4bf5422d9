"""Connections that last: endless headers, slow bodies, readers that do not read, and too many."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import orjson
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from app.http.protocol import MAX_FIELDS, MAX_PIPELINED, MAX_TARGET, RESERVE, WireLimits
from app.http.protocol import limited_protocol as protocol
from tests.app.server import wait_until

SHORT = WireLimits(
    header_bytes=4096,
    header_seconds=0.6,
    body_seconds=0.6,
    bytes_per_second=2000.0,
    connections=20,
    exempt_paths=("/healthz",),
)
HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\n"
PATIENCE = 20
"""Seconds after which a test fails that waits for the end of a connection."""


class App:
    """Reads a body and answers with its length; `/early` answers first, `/large` at length."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        length, headers = 0, [*scope["headers"]]
        more = scope["path"] != "/early"
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.ended.append("left")
                return
            length += len(message["body"])
            more = message["more_body"]
        if scope["path"] == "/wait":
            while (await receive())["type"] != "http.disconnect":
                pass
            self.ended.append("left")
            return
        size = 2**26 if scope["path"] == "/large" else 0
        body = orjson.dumps({"length": length, "headers": len(headers)}) + b" " * size
        start = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": start})
        await send({"type": "http.response.body", "body": body})
        self.ended.append("answered")


@contextmanager
def serving(limits: WireLimits) -> Iterator[tuple[App, int]]:
    app = App()
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, http=protocol(limits), ws="none", lifespan="off", log_config=None,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        yield app, listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def short() -> Iterator[tuple[App, int]]:
    with serving(SHORT) as served:
        yield served


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def rest_of(wire: socket.socket) -> bytes:
    """Return all that comes until the connection ends."""
    answers = b""
    with suppress(ConnectionError):
        while received := wire.recv(65_536):
            answers += received
    return answers


def status_of(answer: bytes) -> int:
    return int(answer.split()[1]) if answer else 0


def code_of(answer: bytes) -> str:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert b"connection: close" in head
    return str(orjson.loads(body)["code"])


def told(port: int, *pieces: bytes, pause: float = 0.0) -> bytes:
    """Send pieces for as long as the service takes them; return its answer."""
    with connected(port) as wire:
        with suppress(ConnectionError):
            for piece in pieces:
                wire.sendall(piece)
                time.sleep(pause)
        return rest_of(wire)


def endless(piece: bytes, pause: float = 0.0) -> Iterator[bytes]:
    """Yield the same until the test has waited too long."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        yield piece
        time.sleep(pause)


ENDLESS = {
    "value": (HEAD + b"X: ", b"a" * 5000, 431, "header-too-large"),
    "name": (HEAD, b"a" * 5000, 431, "header-too-large"),
    "fields": (HEAD, b"X: a\r\n" * 100, 431, "header-too-large"),
    "target": (b"GET /", b"a" * 5000, 431, "header-too-large"),
    "trailers": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n", b"X: a\r\n" * 100, 431,
        "header-too-large",
    ),
    "extension of a piece": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;a=", b"a" * 5000, 431, "header-too-large",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("begin", "piece", "status", "code"), ENDLESS.values(), ids=[*ENDLESS])
def test_what_never_ends_is_refused(
    short: tuple[App, int], begin: bytes, piece: bytes, status: int, code: str
) -> None:
    answer = told(short[1], begin, *[piece] * 40)

    assert (status_of(answer), code_of(answer)) == (status, code)


def test_a_header_has_exactly_so_many_bytes(short: tuple[App, int]) -> None:
    room = SHORT.header_bytes - len(HEAD) - len(b"Connection: close\r\nX: \r\n\r\n")
    for over, status in ((0, 200), (1, 431)):
        value = b"a" * (room + over)
        head = HEAD + b"Connection: close\r\nX: " + value + b"\r\n\r\n"
        assert len(head) == SHORT.header_bytes + over
        assert status_of(told(short[1], head)) == status
        assert status_of(told(short[1], head[:1000], head[1000:])) == status


def test_a_header_has_so_many_fields_and_a_target_so_many_bytes() -> None:
    with serving(replace(SHORT, header_bytes=2**15)) as (_, port):
        fields = HEAD + b"Connection: close\r\n" + b"X:a\r\n" * (MAX_FIELDS - 2)
        assert status_of(told(port, fields + b"\r\n")) == 200
        assert status_of(told(port, fields + b"X:a\r\n\r\n")) == 431
        for length, status in ((MAX_TARGET, 200), (MAX_TARGET + 1, 414)):
            target = b"/" + b"a" * (length - 1)
            head = b"GET " + target + b" HTTP/1.1\r\nConnection: close\r\n\r\n"
            assert status_of(told(port, head)) == status


def test_fields_after_a_body_are_not_fields_of_the_header(short: tuple[App, int]) -> None:
    body = b"2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\n\r\n"
    answer = told(
        short[1], HEAD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + body
    )

    assert orjson.loads(answer.partition(b"\r\n\r\n")[2]) == {"length": 2, "headers": 3}


SLOW = {
    "nothing at all": (b"", b"", 0),
    "a line of request": (b"GE", b"", 408),
    "a line of request, byte by byte": (b"GET /", b"a", 408),
    "a header, byte by byte": (HEAD + b"X: ", b"a", 408),
    "a body that does not begin": (HEAD + b"Content-Length: 9\r\n\r\n", b"", 408),
    "a body that stops": (HEAD + b"Content-Length: 9\r\n\r\n123", b"", 408),
    "a body, byte by byte": (HEAD + b"Content-Length: 9999\r\n\r\n", b"1", 408),
    "pieces, byte by byte": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n1\r\n", 408),
    "a size, byte by byte": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0", 408),
    "trailers, byte by byte": (
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\nX: ", b"a", 408,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("begin", "piece", "status"), SLOW.values(), ids=[*SLOW])
def test_what_is_too_slow_is_refused(
    short: tuple[App, int], begin: bytes, piece: bytes, status: int
) -> None:
    with connected(short[1]) as wire:
        wire.sendall(begin)
        wire.settimeout(0.05)
        answer = b""
        for each in endless(piece):
            try:
                wire.sendall(each)
                received = wire.recv(65_536)
            except TimeoutError:
                continue
            except ConnectionError:
                break
            answer += received
            if not received:
                break

    assert status_of(answer) == status
    if status:
        assert code_of(answer) in ("header-too-slow", "body-too-slow")


def test_the_app_hears_that_a_slow_client_was_ended(short: tuple[App, int]) -> None:
    app, port = short
    app.ended.clear()
    told(port, HEAD + b"Content-Length: 9\r\n\r\n123")

    wait_until(lambda: bool(app.ended), seconds=10)  # the client may see the end first
    assert app.ended == ["left"]


def test_a_body_that_goes_on_may_last(short: tuple[App, int]) -> None:
    pieces = [b"1" * 1000] * 20
    head = HEAD + b"Connection: close\r\nContent-Length: 20000\r\n\r\n"

    assert b'"length":20000' in told(short[1], head, *pieces, pause=0.1)


def test_an_idle_connection_may_ask_again_in_its_own_time(short: tuple[App, int]) -> None:
    with connected(short[1]) as wire:
        for _ in range(3):
            wire.sendall(b"GET /healthz HTTP/1.1\r\n\r\n")
            answer = b""
            while not answer.endswith(b"}"):
                answer += wire.recv(65_536)
            assert status_of(answer) == 200
            time.sleep(SHORT.header_seconds + 0.3)


def test_an_answer_that_nobody_reads_ends(short: tuple[App, int]) -> None:
    with connected(short[1]) as wire:
        wire.sendall(b"GET /large HTTP/1.1\r\n\r\n")
        assert any(_closed(wire) for _ in endless(b"", 0.1))


def _closed(wire: socket.socket) -> bool:
    """Return whether the other side has ended the connection, without reading."""
    info = wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)
    return info[0] != 1  # no longer established


def test_an_answer_that_is_read_slowly_arrives(short: tuple[App, int]) -> None:
    with connected(short[1]) as wire:
        wire.sendall(b"GET /large HTTP/1.1\r\nConnection: close\r\n\r\n")
        received, until = 0, time.monotonic() + 3 * SHORT.body_seconds
        while piece := wire.recv(1_000_000):
            received += len(piece)
            time.sleep(0.01 if time.monotonic() < until else 0)

    assert received > 2**26


def test_the_rest_of_a_body_that_was_answered_early_is_not_waited_for(
    short: tuple[App, int],
) -> None:
    with connected(short[1]) as wire:
        wire.sendall(b"POST /early HTTP/1.1\r\nContent-Length: 99999\r\n\r\n")
        assert status_of(wire.recv(65_536)) == 200
        wire.settimeout(0.05)
        ended = False
        for piece in endless(b"1" * 500):
            try:
                wire.sendall(piece)
                ended = wire.recv(65_536) == b""
            except TimeoutError:
                continue
            except ConnectionError:
                ended = True
            if ended:
                break

    assert ended


def test_requests_sent_ahead_are_answered_in_order_and_few(short: tuple[App, int]) -> None:
    one = b"GET / HTTP/1.1\r\n\r\n"
    last = b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"

    assert told(short[1], one * 9 + last).count(b"HTTP/1.1 200") == 10
    assert told(short[1], one * (MAX_PIPELINED + 5)).count(b"HTTP/1.1 200") <= MAX_PIPELINED


def test_a_client_that_leaves_after_requests_sent_ahead_takes_the_first_along(
    short: tuple[App, int],
) -> None:
    app, port = short
    app.ended.clear()
    with connected(port) as wire:
        wire.sendall(b"GET /wait HTTP/1.1\r\n\r\n")
        time.sleep(0.1)
    for _ in endless(b"", 0.05):
        if app.ended:
            break

    assert app.ended == ["left"]


def asked(port: int, path: bytes = b"/") -> bytes:
    return told(port, b"GET " + path + b" HTTP/1.1\r\nConnection: close\r\n\r\n")


@contextmanager
def held(port: int, number: int, begin: bytes) -> Iterator[list[socket.socket]]:
    """Hold connections that have sent something."""
    wires = [connected(port) for _ in range(number)]
    try:
        for wire in wires:
            wire.sendall(begin)
        yield wires
    finally:
        for wire in wires:
            wire.close()


LASTING = replace(SHORT, header_seconds=60.0, body_seconds=60.0)


def test_beyond_the_limit_only_health_is_answered_and_all_again_when_there_is_room() -> None:
    with serving(LASTING) as (_, port):
        with held(port, LASTING.connections, HEAD + b"Content-Length: 9\r\n\r\n1"):
            time.sleep(0.1)
            for _ in range(5):
                refused = asked(port)
                assert (status_of(refused), code_of(refused)) == (503, "too-many-connections")
                assert b"retry-after: 1" in refused
                assert status_of(asked(port, b"/healthz")) == 200
            # Nor does it help to hold as many more, which never ask.
            with held(port, 3 * RESERVE, b"GET /"):
                for _ in range(5):
                    assert status_of(asked(port, b"/healthz")) == 200
        for _ in endless(b"", 0.05):
            if status_of(asked(port)) == 200:
                break
        assert status_of(asked(port)) == 200


@pytest.mark.parametrize("begin", [b"", b"GET / HTTP/1.1\r\nX: a", b"GET / HTTP/1.1\r\n\r\n"])
def test_whoever_waits_longest_gives_its_place_to_whoever_asks(begin: bytes) -> None:
    with serving(LASTING) as (_, port), held(port, LASTING.connections, begin):
        time.sleep(1.3)
        for _ in range(LASTING.connections // 2):
            assert status_of(asked(port)) == 200


def test_limits_of_a_service_are_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.commands.serve import wire_limits
    from app.settings import Settings

    monkeypatch.setenv("WHALE_MAX_HEADER_BYTES", "5000")
    monkeypatch.setenv("WHALE_HEADER_SECONDS", "3")
    monkeypatch.setenv("WHALE_BODY_SECONDS", "4")
    monkeypatch.setenv("WHALE_MIN_BYTES_PER_SECOND", "5")
    monkeypatch.setenv("WHALE_MAX_CONNECTIONS", "6")
    limits: Any = wire_limits(Settings())

    assert limits == WireLimits(5000, 3, 4, 5, 6, frozenset(("/healthz", "/readyz")))
