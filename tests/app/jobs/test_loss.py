"""What is killed, and what is lost: nothing that was committed."""

from __future__ import annotations

import json
import os
import random
import socket
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.jobs.database import READING, connect
from app.jobs.database_tables import EVENTS, EXPERIMENTS
from messages import Message
from simulator import SweepConfig, run_sweep
from tests.app.postgres import postgres, postgres_server
from tests.app.server import Event, Nursery, Server, events, unready_reason, wait_until
from tests.profiles import draws_anew

SMALL: dict[str, Any] = {
    "k_values": [1, 3],
    "whale_shares": [0.1],
    "simulations": 30,
    "rounds": 40,
    "users_per_round": 100,
    "world": {"n_users": 200, "n_streamers": 20},
}
LEASE: dict[str, Any] = {"lease_seconds": 1.0, "max_attempts": 50}
"""A short lease lapses on a busy machine as well: that is no reason to give an experiment up."""
KILLS = 20 if draws_anew() else 8
"""Each costs a start of the service and a lease."""


def undisturbed(body: dict[str, Any]) -> dict[str, Any]:
    """Return the sweep as it is in one process, through JSON."""
    return json.loads(json.dumps(run_sweep(SweepConfig.from_mapping(body)).as_mapping()))  # type: ignore[no-any-return]


def result(client: httpx.Client, address: str) -> dict[str, Any]:
    answer = client.get(f"{address}/result?include=runs")
    assert answer.status_code == 200, answer.text
    return {
        name: value for name, value in answer.json().items() if name not in ("id", "timings_ms")
    }


@pytest.mark.slow
def test_killed_at_random_points_a_sweep_ends_as_if_undisturbed(
    servers: Nursery, tmp_path: Path
) -> None:
    seen: list[Event] = []
    chance = random.Random(5)  # noqa: S311
    address = ""
    for _ in range(KILLS):
        one = servers.start(tmp_path, **LEASE)
        address = address or one.submit(SMALL)
        for event in events(one.client, address, len(seen)):
            seen.append(event)
            if event.name == "seed" and chance.random() < 0.7:
                break
        time.sleep(chance.random() * 0.02)  # in the middle of something, whatever it is
        one.kill()
    assert seen[-1].data["state"] == "running", "the sweep was over before the last kill"
    last = servers.start(tmp_path, **LEASE)
    seen += events(last.client, address, len(seen))

    assert result(last.client, address) == undisturbed(SMALL)
    assert [event.id for event in seen] == [*range(1, len(seen) + 1)]
    assert sorted(event.data["seed"] for event in seen if event.name == "seed") == [*range(42, 72)]
    assert seen[-1].data["state"] == "done"


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with postgres() as url:
        yield url


def log_of_claims(url: str) -> dict[str, list[Any]]:
    """Return what happened to each experiment, by its address."""
    engine = connect(url, Path())
    query = (
        select(EXPERIMENTS.c.id, EVENTS.c.state, EVENTS.c.seed, EVENTS.c.owner, EVENTS.c.token)
        .join_from(EXPERIMENTS, EVENTS)
        .order_by(EVENTS.c.experiment, EVENTS.c.event)
    )
    log: dict[str, list[Any]] = {}
    with engine.execution_options(**READING).begin() as connection:
        for row in connection.execute(query):
            log.setdefault(f"/experiments/{row.id}", []).append(row)
    engine.dispose()
    return log


def seen_seeds(one: Server, address: str, number: int) -> None:
    """Return once an experiment has some seeds."""
    for event in events(one.client, address):
        if event.data["seeds_done"] >= number:
            return


def test_a_body_on_its_way_leaves_nothing_when_the_server_is_killed(
    servers: Nursery, tmp_path: Path
) -> None:
    one = servers.start(tmp_path)
    with socket.create_connection(("127.0.0.1", one.client.base_url.port)) as wire:
        wire.sendall(b"POST /allocate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n")
        wire.sendall(b"Content-Type: application/json\r\n\r\n" + b" " * 3_000_000)
        files = Path(f"/proc/{one.pid}/fd")
        wait_until(lambda: any(_is_body(each, tmp_path) for each in files.iterdir()))
        one.kill()

    assert not [each for each in tmp_path.iterdir() if not each.name.startswith("experiments.")]


def _is_body(descriptor: Path, directory: Path) -> bool:
    """Return whether a file without a name in a directory is open, and has something in it."""
    try:
        name, size = os.readlink(descriptor), descriptor.stat().st_size
    except OSError:
        return False
    return name.startswith(f"{directory}/#") and size > 2_000_000


@pytest.mark.slow
def test_of_two_replicas_the_other_takes_over_when_one_dies(
    servers: Nursery, database: str, tmp_path: Path
) -> None:
    one, other = (servers.start(tmp_path, database_url=database, **LEASE) for _ in range(2))
    bodies = [
        {**SMALL, "simulations": 8, "rounds": 100, "seed": 1000 * number} for number in range(6)
    ]
    addresses = [(one, other)[number % 2].submit(body) for number, body in enumerate(bodies)]
    seen_seeds(other, addresses[0], 2)
    seen_seeds(other, addresses[1], 2)
    one.kill()
    for address in addresses:
        *_, last = events(other.client, address)
        assert last.data["state"] == "done"

    log = log_of_claims(database)
    taken_over = 0
    for address, body in zip(addresses, bodies, strict=True):
        happened = log[address]
        claims = [row for row in happened if row.state == "running" and row.seed is None]
        seeds = [row for row in happened if row.seed is not None]
        assert sorted(row.seed for row in seeds) == [*range(body["seed"], body["seed"] + 8)]
        assert [claim.token for claim in claims] == [*range(1, len(claims) + 1)]
        # Whoever wrote a seed held the experiment then: nobody writes after the next one's claim.
        holder = None
        for row in happened[1:-1]:
            holder = row if row.seed is None else holder
            assert holder is not None
            assert (row.owner, row.token) == (holder.owner, holder.token)
        taken_over += sum(first.owner != second.owner for first, second in pairwise(claims))
        assert result(other.client, address) == undisturbed(body)
    assert taken_over > 0, "nothing was under way when the replica died"
    assert len({row.owner for happened in log.values() for row in happened if row.owner}) == 2


@pytest.mark.slow
def test_a_replica_that_slept_through_its_lease_writes_nothing(
    servers: Nursery, database: str, tmp_path: Path
) -> None:
    body = {**SMALL, "simulations": 12, "rounds": 200, "seed": 7}
    sleeper = servers.start(tmp_path, database_url=database, **LEASE)
    address = sleeper.submit(body)
    seen_seeds(sleeper, address, 2)
    sleeper.pause()
    other = servers.start(tmp_path, database_url=database, **LEASE)
    first = len(log_of_claims(database)[address])
    for event in events(other.client, address, first):
        if event.name == "seed":  # taken over: from here on, two believe that it is theirs
            break
    sleeper.resume()
    *_, last = events(other.client, address)

    assert last.data["state"] == "done"
    tokens = [row.token for row in log_of_claims(database)[address]]
    assert tokens == sorted(tokens)
    assert tokens[-1] > 1
    assert result(other.client, address) == undisturbed(body)
    assert sleeper.client.get("/healthz").status_code == 200


def test_a_key_is_remembered_by_a_server_that_was_killed(servers: Nursery, tmp_path: Path) -> None:
    body = {**SMALL, "simulations": 4}
    headers = {"Prefer": "respond-async", "Idempotency-Key": "once"}
    one = servers.start(tmp_path, **LEASE)
    first = one.client.post("/experiments/whale-sweep", json=body, headers=headers)
    one.kill()
    again = servers.start(tmp_path, **LEASE)

    second = again.client.post("/experiments/whale-sweep", json=body, headers=headers)
    other = again.client.post("/experiments/whale-sweep", json=SMALL, headers=headers)
    waited = again.client.post(
        "/experiments/whale-sweep", json=body, headers={"Idempotency-Key": "once"}
    )

    assert second.headers["location"] == first.headers["location"]
    assert other.status_code == 422
    assert other.json()["field"] == "Idempotency-Key"
    assert waited.status_code == 200
    assert waited.headers["content-location"] == first.headers["location"]
    assert len(again.client.get("/experiments").json()["experiments"]) == 1


def test_a_server_that_is_asked_to_end_gives_its_work_back(
    servers: Nursery, tmp_path: Path
) -> None:
    one = servers.start(tmp_path, lease_seconds=1000)
    address = one.submit(SMALL)
    seen_seeds(one, address, 2)
    one.terminate()

    other = servers.start(tmp_path, lease_seconds=1000)
    *_, last = events(other.client, address)

    assert last.data["state"] == "done"


@pytest.mark.slow
def test_a_database_that_crashes_in_the_middle_costs_time_and_nothing_else(
    servers: Nursery, tmp_path: Path
) -> None:
    with postgres_server() as database:
        one = servers.start(tmp_path, database_url=database.url, **LEASE)
        address = one.submit(SMALL)
        seen_seeds(one, address, 3)
        database.crash()
        ready = one.client.get("/readyz")
        refused = one.client.get(address)
        database.start()

        assert (ready.status_code, refused.status_code) == (503, 503)
        assert unready_reason(ready) == Message("database_fault", fault="silent")
        while one.client.get(address).json()["state"] != "done":
            time.sleep(0.1)
        assert result(one.client, address) == undisturbed(SMALL)
