"""A real service under attack: it refuses, ends or fails what hurts, and goes on with the rest."""

from __future__ import annotations

import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.jobs.database import FILE
from messages import Message
from tests.app.reasons import has_reason
from tests.app.server import Nursery, Server

LEASE = 0.5

SHORT = {
    "max_header_bytes": 2048, "header_seconds": 0.5, "body_seconds": 0.5, "lease_seconds": LEASE,
    "max_step_seconds": 5,
}  # fmt: skip

ENDLESS: dict[str, Any] = {
    "ev": [
        [float((13 * user + 7 * streamer) % 50) for streamer in range(20)] for user in range(1000)
    ],
    "wealth": [1.0] * 1000,
    "whale_shares": [1.0],
    "k_values": [*range(1, 200)],
    "simulations": 5_000,
}
"""A sweep on an own matrix, which is one long step."""

SMALL: dict[str, Any] = {
    "simulations": 2, "rounds": 1, "users_per_round": 5, "k_values": [1],
    "world": {"n_users": 50, "n_streamers": 5},
}  # fmt: skip

POST = b"POST /allocate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"

STALLED = {
    "an endless header": (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 9000, 431),
    "a header that stops": (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", 408),
    "an upload that stops": (POST + b"Content-Length: 200000000\r\n\r\n" + b"1" * 400_000, 408),
}


@pytest.fixture(scope="module")
def attacked(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with nursery.generation():
        yield nursery.start(tmp_path_factory.mktemp("attacked"), **SHORT)


@pytest.mark.parametrize(("raw", "status"), STALLED.values(), ids=[*STALLED])
def test_what_stalls_is_refused_while_health_is_answered(
    attacked: Server, raw: bytes, status: int
) -> None:
    wires = [socket.create_connection(_address(attacked), timeout=30) for _ in range(8)]
    for wire in wires:
        wire.sendall(raw)
    assert attacked.client.get("/healthz").status_code == 200
    for wire in wires:
        answer = b"".join(iter(lambda wire=wire: wire.recv(65_536), b""))
        assert int(answer.split()[1]) == status
        assert orjson.loads(answer.partition(b"\r\n\r\n")[2])["status"] == status
        wire.close()


def test_endless_work_ends_with_a_reason_and_starves_nobody(attacked: Server) -> None:
    endless = [attacked.submit(ENDLESS, "/experiments/own-sweep") for _ in range(2)]
    sweep = attacked.submit(SMALL)

    assert _end(attacked, sweep)["state"] == "done"
    for each in endless:
        end = _end(attacked, each)
        assert (end["state"], end["error"]["code"]) == ("failed", "time-limit")
        assert has_reason(
            end["error"], Message("answer_too_slow", setting="WHALE_MAX_STEP_SECONDS")
        )


def test_a_clock_that_was_set_back_does_not_hold_up_an_interrupted_experiment(
    servers: Nursery, tmp_path: Path
) -> None:
    one = servers.start(tmp_path, lease_seconds=LEASE)
    address = one.submit({**SMALL, "simulations": 60})
    while not one.client.get(address).json()["progress"]["seeds_done"]:
        time.sleep(0.02)
    one.kill()
    with closing(sqlite3.connect(tmp_path / FILE)) as database, database:
        # By a clock that is two hours behind, what was written before is two hours ahead.
        changed = database.execute("UPDATE experiments SET lease_expires = lease_expires + 7200")
        assert changed.rowcount == 1

    again = servers.start(tmp_path, lease_seconds=LEASE)

    assert _end(again, address)["state"] == "done"


@pytest.mark.slow
def test_work_that_is_under_way_whenever_the_service_is_killed_fails_at_last(
    servers: Nursery, tmp_path: Path
) -> None:
    one = servers.start(tmp_path, lease_seconds=LEASE, max_attempts=2)
    address = one.submit(ENDLESS, "/experiments/own-sweep")
    for _ in range(2):
        one.find_busy_workers(1)
        one.kill()
        one = servers.start(tmp_path, lease_seconds=LEASE, max_attempts=2)

    end = _end(one, address)
    assert (end["state"], end["error"]["code"]) == ("failed", "worker-lost")
    assert has_reason(end["error"], Message("killed_too_often", attempts=2))
    assert _end(one, one.submit(SMALL))["state"] == "done"


def _address(of: Server) -> tuple[str, int]:
    return "127.0.0.1", int(of.client.base_url.port or 0)


def _end(of: Server, address: str) -> dict[str, Any]:
    """Return an experiment that has ended."""
    while (now := of.client.get(address).json())["state"] not in ("done", "failed"):
        time.sleep(0.05)
    return dict(now)
