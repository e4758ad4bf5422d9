"""Whoever means no good, or has a broken program: refused in a sentence, and nothing is left."""

from __future__ import annotations

import json
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from httpx import Response

from tests.app.hostile import Hostile, bodies
from tests.app.server import Server, server, wait_until

LIMITS = {
    "max_users": 10_000,
    "max_streamers": 10_000,
    "max_candidates": 1_000_000,
    "max_expanded_bytes": 2**28,
    "max_simulations": 10,
    "max_body_bytes": 2**23,
}
"""So low that no body can keep the service busy."""

MOST_GROWTH = 2**26
"""Bytes by which 700 bodies may leave more memory than as many before: allocators keep some of what
the largest took, now more and now less, by 40 MiB as measured over 40 passes; a tenth of a megabyte
for each body would be beyond it."""


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("attacked")


@pytest.fixture(scope="module")
def attacked(directory: Path) -> Iterator[Server]:
    with server(directory, **LIMITS) as one:
        yield one


def test_no_hostile_body_fails_the_service_or_stays_in_its_memory(attacked: Server) -> None:
    whole = psutil.Process(attacked.pid)
    n_sent, memory = 0, []
    for seed in range(3):
        for hostile in bodies(seed):
            assert _refused_or_answered(_sent(attacked, hostile)), hostile.name
            n_sent += 1
        memory.append(sum(_own_memory(each) for each in (whole, *whole.children(recursive=True))))

    assert n_sent > 3 * 300
    assert memory[2] < memory[1] + MOST_GROWTH
    assert attacked.client.get("/readyz").status_code == 200


SWEEP = {"simulations": 6, "rounds": 2, "users_per_round": 20, "k_values": [1, 2, 3],
         "world": {"n_users": 100, "n_streamers": 10}}  # fmt: skip


def test_reports_that_nobody_waits_for_end_and_leave_processes_to_allocations(
    attacked: Server, directory: Path
) -> None:
    address = attacked.submit(SWEEP)
    wait_until(lambda: attacked.client.get(address).json()["state"] == "done")
    wires = []
    for _ in range(40):
        wires.append(socket.create_connection(("127.0.0.1", attacked.client.base_url.port)))
        wires[-1].sendall(_get(address.encode() + b"/report"))
    assert attacked.client.post("/allocate", content=BODY).status_code == 200
    for wire in wires:
        wire.close()

    def drawn() -> Counter[int]:
        lines = [json.loads(line) for line in (directory / "log").read_text().splitlines()]
        reports = [line for line in lines if line.get("route", "").endswith("/report")]
        return Counter(line["status"] for line in reports)

    wait_until(lambda: drawn().total() >= 40)
    assert drawn()[499] > 20
    assert drawn().keys() <= {200, 499}
    assert attacked.client.get(f"{address}/report").status_code == 200


def _sent(to: Server, hostile: Hostile) -> Response:
    headers = {"Content-Type": hostile.content_type, **hostile.headers}
    return to.client.post(hostile.route, content=hostile.content, headers=headers)


def _refused_or_answered(response: Response) -> bool:
    """Return whether it is an answer, or a refusal that says what was expected."""
    if response.status_code == 200:
        return "timings_ms" in response.json()
    return (
        400 <= response.status_code < 500
        and response.headers["content-type"] == "application/problem+json"
        and response.json()["reason"]["code"] != "internal_error"
    )


def _own_memory(process: psutil.Process) -> int:
    return int(process.memory_full_info().uss)


BODY = b'{"ev":[[9,1],[8,7]],"k":1,"whales":["0","1"]}'
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
END = b"0\r\n\r\n"
SMUGGLED = b"GET /experiments HTTP/1.1\r\nHost: localhost\r\n\r\n"


def _post(headers: bytes, body: bytes = BODY, host: bytes = b"Host: localhost\r\n") -> bytes:
    return b"POST /allocate HTTP/1.1\r\nConnection: close\r\n" + host + headers + b"\r\n" + body


def _get(path: bytes, headers: bytes = b"", version: bytes = b"1.1") -> bytes:
    head = b"GET " + path + b" HTTP/" + version + b"\r\nHost: localhost\r\nConnection: close\r\n"
    return head + headers + b"\r\n"


ON_THE_WIRE: dict[str, tuple[bytes, int]] = {
    "a good request": (_post(LENGTH), 200),
    "a good request in pieces": (_post(CHUNKED, b"%x\r\n%s\r\n" % (len(BODY), BODY) + END), 200),
    "two lengths": (_post(LENGTH + b"Content-Length: 5\r\n"), 400),
    "one length twice": (_post(LENGTH + LENGTH), 400),
    "a list of lengths": (_post(b"Content-Length: 5, 6\r\n"), 400),
    "a length before pieces": (_post(b"Content-Length: 6\r\n" + CHUNKED, END + SMUGGLED), 400),
    "pieces before a length": (_post(CHUNKED + b"Content-Length: 4\r\n", b"5c\r\nGET" + END), 400),
    "pieces and something": (_post(CHUNKED + b"Transfer-Encoding: x\r\n", END + SMUGGLED), 400),
    "almost in pieces": (_post(b"Transfer-Encoding: xchunked\r\n", END + SMUGGLED), 400),
    "a space before the colon": (_post(b"Transfer-Encoding : chunked\r\n", END + SMUGGLED), 400),
    "as it is": (_post(b"Transfer-Encoding: identity\r\n"), 400),
    "a negative length": (_post(b"Content-Length: -1\r\n"), 400),
    "a length with a sign": (_post(b"Content-Length: +5\r\n"), 400),
    "a length in another base": (_post(b"Content-Length: 0x10\r\n"), 400),
    "a length without end": (_post(b"Content-Length: " + b"9" * 30 + b"\r\n"), 400),
    "a length of nothing": (_post(b"Content-Length: \r\n"), 400),
    "a length beyond the limit": (_post(b"Content-Length: 999999999999\r\n"), 413),
    "a negative piece": (_post(CHUNKED, b"-1\r\nabc\r\n" + END), 400),
    "a piece without end": (_post(CHUNKED, b"f" * 17 + b"\r\nabc\r\n" + END), 400),
    "a piece of no size": (_post(CHUNKED, b"zz\r\nabc\r\n" + END), 400),
    "a piece that is longer": (_post(CHUNKED, b"3\r\nabcdef\r\n" + END), 400),
    "pieces by line feeds": (_post(CHUNKED, b"3\nabc\n0\n\n"), 400),
    "a key after the pieces": (
        _post(CHUNKED, b"2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\n\r\n"), 422
    ),
    "no host": (_post(LENGTH, host=b""), 403),
    "two hosts": (_post(LENGTH + b"Host: elsewhere.example\r\n"), 403),
    "a line folded": (_post(b"X-A: b\r\n c\r\n" + LENGTH), 400),
    "a name of two words": (_post(b"X A: b\r\n" + LENGTH), 400),
    "a null in a header": (_post(b"X-A: b\x00c\r\n" + LENGTH), 400),
    "no colon": (_post(b"X-A b\r\n" + LENGTH), 400),
    "lines by line feeds": (b"GET /healthz HTTP/1.1\nHost: localhost\n\n", 400),
    "lines by returns": (b"GET /healthz HTTP/1.1\rHost: localhost\r\r", 400),
    "HTTP/2 at once": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "HTTP of the future": (_get(b"/healthz", version=b"9.9"), 400),
    "an upgrade to HTTP/2": (
        _get(b"/healthz", b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"), 200
    ),
    "a WebSocket": (
        _get(b"/experiments", b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
             b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), 200
    ),
    "a small method": (b"get /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "a method of ours": (b"WHALE /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "a tunnel": (b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "a path without a slash": (_get(b"healthz"), 400),
    "a path of no letters": (_get(b"/\xff\xfe"), 400),
    "a path that leads out": (_get(b"/static/../../etc/passwd"), 404),
    "a path that leads out, written otherwise": (_get(b"/static/%2e%2e/%2e%2e/etc/passwd"), 404),
    "a path with a null": (_get(b"/experiments/%00"), 404),
    "a path without end": (_get(b"/" + b"a" * 100_000), 414),
    "another's address": (_get(b"http://elsewhere.example/made-up"), 404),
    "two keys": (_post(LENGTH + b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), 200),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 500, 400),
    "all bytes": (bytes(range(256)) * 4, 400),
    "nulls": (b"\x00" * 1_000, 400),
}  # fmt: skip
"""By what is odd: bytes, and the status of the one answer to them."""


@pytest.mark.parametrize(("raw", "status"), ON_THE_WIRE.values(), ids=[*ON_THE_WIRE])
def test_bytes_on_the_wire_have_one_answer_and_smuggle_no_second_request(
    attacked: Server, raw: bytes, status: int
) -> None:
    answers = _answers_to(attacked, raw)

    assert answers.count(b"HTTP/1.1 ") == 1
    head, _, body = answers.partition(b"\r\n\r\n")
    assert int(head.split()[1]) == status
    if status >= 400:
        assert b"content-type: application/problem+json" in head.lower()
        assert json.loads(body)["status"] == status


def _answers_to(to: Server, raw: bytes) -> bytes:
    """Return all that comes back until the service ends the connection."""
    with socket.create_connection(("127.0.0.1", to.client.base_url.port), timeout=30) as wire:
        wire.sendall(raw)
        answers = b""
        while received := wire.recv(65_536):
            answers += received
    return answers


def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_failure(
    attacked: Server, directory: Path
) -> None:
    with socket.create_connection(("127.0.0.1", attacked.client.base_url.port)) as wire:
        wire.sendall(_post(b"Content-Length: 5000\r\n"))
    attacked.client.get("/healthz")

    lines = [json.loads(line) for line in (directory / "log").read_text().splitlines()]
    assert lines
    assert not [line for line in lines if line["level"] == "ERROR"]
