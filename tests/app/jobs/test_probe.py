"""Whether a database can be written to, and how long anybody waits to hear that it cannot."""

from __future__ import annotations

import asyncio
import os
import resource
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text

from app.jobs.database import FILE, OF_THE_PROBE, connect
from app.jobs.probe import Probe, write
from app.jobs.store import Store
from app.observability.readiness import Readiness
from messages import Message
from tests.app.postgres import Postgres, postgres_server
from tests.app.server import Nursery, Server, unready_reason

SMALL = {
    "simulations": 1, "rounds": 1, "users_per_round": 5, "k_values": [1],
    "world": {"n_users": 50, "n_streamers": 5},
}  # fmt: skip


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database that is there."""
    store = Store(connect(None, tmp_path))
    store.prepare()
    store.close()
    return tmp_path / FILE


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with postgres_server() as running:
        store = Store(connect(running.url, Path()))
        store.prepare()
        store.close()
        yield running


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Write to a database, and come to no end."""
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


def test_a_database_that_is_well_has_no_fault(file: Path, postgres: Postgres) -> None:
    for url in (None, postgres.url):
        engine = connect(url, file.parent, OF_THE_PROBE)
        assert [write(engine), write(engine)] == [None, None]
        engine.dispose()


def test_a_locked_file_is_said_to_be_locked(file: Path) -> None:
    with locked(file):
        assert write(connect(None, file.parent, OF_THE_PROBE)) == "locked"
    assert write(connect(None, file.parent, OF_THE_PROBE)) is None


def test_a_full_disk_is_said_to_be_full(file: Path) -> None:
    engine = connect(None, file.parent, OF_THE_PROBE)

    @event.listens_for(engine, "connect")
    def fill(connection: sqlite3.Connection, _record: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with connect(None, file.parent).begin() as connection:  # more than there is room for
        connection.execute(text("CREATE TABLE large AS SELECT zeroblob(100) AS blob"))
        connection.execute(
            text("CREATE TRIGGER grow AFTER UPDATE ON probe BEGIN "
                 "INSERT INTO large VALUES (zeroblob(1000000)); END")
        )  # fmt: skip
    assert write(engine) == "full"


def test_a_file_that_was_removed_is_noticed_and_not_made_again(file: Path) -> None:
    file.unlink()
    engine = connect(None, file.parent, OF_THE_PROBE)

    assert write(engine) == "unopened"
    assert not file.exists()


def test_a_file_that_something_wrote_over_is_said_to_be_broken(file: Path) -> None:
    file.write_bytes(os.urandom(file.stat().st_size))
    for beside in file.parent.glob(f"{FILE}-*"):
        beside.unlink()

    assert write(connect(None, file.parent, OF_THE_PROBE)) == "broken"


def test_replicas_that_write_at_once_do_not_wait_for_each_other(postgres: Postgres) -> None:
    frozen = connect(postgres.url, Path())
    with frozen.connect() as connection:
        connection.execute(text("UPDATE probe SET written = 1"))

        assert write(connect(postgres.url, Path(), OF_THE_PROBE)) is None

        connection.rollback()
    frozen.dispose()


def test_a_locked_table_is_said_to_be_locked(postgres: Postgres) -> None:
    other = connect(postgres.url, Path())
    with other.connect() as connection:
        connection.execute(text("LOCK TABLE probe"))

        assert write(connect(postgres.url, Path(), OF_THE_PROBE)) == "locked"

        connection.rollback()
    other.dispose()


def test_whoever_asks_a_database_that_hangs_waits_for_one_answer(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Engine] = []
    going_on = threading.Event()

    def hang(engine: Engine) -> None:
        calls.append(engine)
        going_on.wait(60)

    monkeypatch.setattr("app.jobs.probe.write", hang)

    async def ask() -> None:
        probe = Probe(connect(None, file.parent, OF_THE_PROBE))
        answers = await asyncio.gather(*(probe.find_fault() for _ in range(50)))
        assert set(answers) == {"silent"}
        going_on.set()
        assert [await probe.find_fault(), await probe.find_fault()] == [None, None]
        probe.close()

    asyncio.run(ask())
    assert len(calls) == 1


def test_no_check_makes_those_wait_who_ask_whether_the_service_is_ready() -> None:
    async def hangs() -> bool:
        await asyncio.Event().wait()
        return True

    async def fails() -> bool:
        raise OSError

    async def says_why() -> Message:
        return Message("shutting_down")

    async def holds() -> bool:
        return True

    async def ask() -> list[Message]:
        readiness = Readiness()
        for check in (hangs, fails, says_why, holds):
            readiness.add_check(partial(Message, "unknown_path", path=check.__name__), check)
        async with asyncio.timeout(30):
            return await readiness.find_reasons()

    assert asyncio.run(ask()) == [
        Message("unknown_path", path="hangs"),
        Message("unknown_path", path="fails"),
        Message("shutting_down"),
    ]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("probed")


@pytest.fixture(scope="module")
def one(nursery: Nursery, directory: Path) -> Iterator[Server]:
    """A server that is ready when a test begins, whatever the one before did to its database."""
    with nursery.generation():
        yield nursery.start(directory)


def fault(one: Server) -> str:
    answer = one.client.get("/readyz")
    if answer.status_code == 200:
        return ""
    reason = unready_reason(answer)
    return str(reason.parameters.get("fault", reason.code))


def wait_until_ready(one: Server) -> None:
    while fault(one):
        time.sleep(0.1)


def next_fault(one: Server) -> str:
    while not (found := fault(one)):
        time.sleep(0.1)  # what it found out just before holds for a second
    return found


def test_while_the_database_is_locked_a_service_says_so_and_goes_on_afterwards(
    one: Server, directory: Path
) -> None:
    wait_until_ready(one)
    answers: list[int] = []

    def submit() -> None:
        answers.append(one.client.post("/experiments/whale-sweep", json=SMALL).status_code)

    senders = [threading.Thread(target=submit) for _ in range(10)]
    with locked(directory / FILE):
        for each in senders:
            each.start()
        assert next_fault(one) == "locked"
        assert one.client.get("/healthz").status_code == 200
        assert one.client.get("/experiments").status_code == 200
        for each in senders:
            each.join()
    assert answers == [503] * 10
    wait_until_ready(one)
    assert one.client.post("/experiments/whale-sweep", json=SMALL).status_code == 200


def test_a_full_disk_costs_what_is_refused_and_nothing_that_is_there(one: Server) -> None:
    wait_until_ready(one)
    there = one.client.post("/experiments/whale-sweep", json=SMALL).headers["content-location"]
    result = one.client.get(f"{there}/result").content

    resource.prlimit(one.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    assert next_fault(one) == "disk"
    refused = one.client.post("/experiments/whale-sweep", json=SMALL)
    assert refused.status_code == 503
    assert refused.json()["reason"]["parameters"] == {"fault": "disk"}
    assert one.client.get(f"{there}/result").content == result

    resource.prlimit(one.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    wait_until_ready(one)
    assert one.client.post("/experiments/whale-sweep", json=SMALL).status_code == 200


def test_a_database_that_is_taken_away_is_noticed(one: Server, directory: Path) -> None:
    wait_until_ready(one)
    for file in directory.glob(f"{FILE}*"):
        with suppress(FileNotFoundError):
            file.rename(file.with_name(f"away-{file.name}"))
    assert next_fault(one) == "unopened"
