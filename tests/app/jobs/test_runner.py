"""Experiments that would never end, or end whatever runs them, and those that wait behind them."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.jobs import runner as job_runner
from app.jobs.change_signal import ChangeSignal
from app.jobs.database import connect
from app.jobs.descriptions import experiment_json
from app.jobs.kinds import Kind, single_seed
from app.jobs.leases import Leases
from app.jobs.records import KindName, Submission
from app.jobs.retention import Retention
from app.jobs.runner import MOST_RUNNING, Database, Runner
from app.jobs.store import Store
from app.settings import Settings
from app.workers.pool import Pool
from messages import Message

pytestmark = pytest.mark.slow  # starts processes

FOREVER = 600.0
LONG_LEASE = 60.0
"""A short lease lapses on a busy machine, and the experiment is then run once more."""
SHORT_LEASE = 1.0


def seeds(config: str) -> Sequence[int]:
    return range(int(orjson.loads(config).get("seeds", 1)))


def replay(config: str, _body: bytes | None, seed: int, _limits: Settings) -> bytes:
    """Do what the configuration says, in a worker."""
    asked = orjson.loads(config)
    log = Path(asked["log"])
    with log.open("a") as file:
        print(asked["name"], seed, file=file)
    match asked["what"]:
        case "sleep":
            time.sleep(asked.get("seconds", FOREVER))
        case "end the worker":
            os._exit(9)
    return b"[]"


def conclude(_id: str, _config: str, rows: Sequence[bytes], _took: float) -> bytes:
    return orjson.dumps(len(rows))


def looks(config: str) -> Sequence[int]:
    return [int(look) for look in orjson.loads(config).get("looks", ())]


def decided_after(config: str, rows: Sequence[bytes]) -> int | None:
    """Decide after the first look that is not too early, whatever the rows."""
    asked = orjson.loads(config)
    first = [look for look in asked["looks"] if asked["enough"] <= look <= len(rows)]
    return first[0] if first else None


KINDS: dict[KindName, Kind] = {
    "whale-sweep": Kind(seeds, replay, conclude, None, looks, decided_after, has_seeds=True),
    "allocation": Kind(single_seed, replay, conclude),
}


@dataclass
class Service:
    """A runner and what it does."""

    runner: Runner
    store: Store
    log: Path

    def submit(self, what: str, kind: KindName = "allocation", name: str = "", **more: Any) -> str:
        config = {"what": what, "log": str(self.log), "name": name, **more}
        asked = Submission(
            kind, orjson.dumps(config).decode(), more.get("seeds", 1), "same", attended=False,
            api_key=more.get("api_key"),
        )  # fmt: skip
        id_ = self.store.submit(asked, 100)[0].id
        self.runner.wake()
        return id_

    def state(self, id_: str) -> str:
        found = self.store.get(id_)
        assert found is not None
        return found.state

    def error(self, id_: str) -> tuple[str, Message]:
        found = self.store.get(id_)
        assert found is not None
        assert found.error is not None
        document = orjson.loads(found.error)
        return document["code"], Message.from_mapping(document["reason"])

    async def wait_for_end(self, *ids: str) -> None:
        async with asyncio.timeout(120):
            while not all(self.state(each) in ("done", "failed") for each in ids):
                await asyncio.sleep(0.02)

    async def wait_for_start(self, name: str) -> None:
        async with asyncio.timeout(120):
            while name not in self.names():
                await asyncio.sleep(0.02)

    def names(self) -> list[str]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line.split()[0] for line in lines]


@asynccontextmanager
async def service(
    directory: Path, lease_seconds: float = LONG_LEASE, **limits: Any
) -> AsyncIterator[Service]:
    """Yield a runner with two workers on the database of a directory."""
    settings = Settings(
        data_directory=directory, processes=2, lease_seconds=lease_seconds, **limits
    )
    engine = connect(None, directory)
    store = Store(engine)
    store.prepare()
    pool = Pool(2, 2 * MOST_RUNNING, setting="WHALE_MAX_STEP_SECONDS")
    await pool.wait_started()
    await asyncio.gather(*(pool.run(seeds, "{}") for _ in range(8)))  # this module is imported
    database = Database(store, Leases(engine), Retention(engine))
    runner = Runner(database, pool, settings, ChangeSignal())
    try:
        yield Service(runner, store, directory / "log")
    finally:
        await runner.close()
        pool.close()
        store.close()


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_runner, "KINDS", KINDS)


def too_slow(seconds: float, setting: str) -> Message:
    return Message("answer_too_slow", seconds=seconds, setting=setting)


def with_service(
    directory: Path, test: Callable[[Service], Awaitable[None]], **limits: Any
) -> None:
    async def run() -> None:
        async with service(directory, **limits) as one:
            await test(one)

    asyncio.run(run())


def test_a_step_that_takes_too_long_ends_with_the_reason(tmp_path: Path) -> None:
    async def test(one: Service) -> None:
        ids = [one.submit("sleep"), one.submit("sleep", "whale-sweep", seeds=3)]
        await one.wait_for_end(*ids)
        for each in ids:
            assert one.state(each) == "failed"
            assert one.error(each) == (
                "time-limit", too_slow(0.5, "WHALE_MAX_STEP_SECONDS"),
            )  # fmt: skip

    with_service(tmp_path, test, max_step_seconds=0.5)


@pytest.mark.parametrize("steps", range(6))
def test_a_runner_that_is_woken_as_it_closes_closes(tmp_path: Path, steps: int) -> None:
    async def test(one: Service) -> None:
        await asyncio.sleep(0.05)  # it waits for work
        one.runner.wake()
        one.runner.request_clean_up()
        for _ in range(steps):
            await asyncio.sleep(0)
        async with asyncio.timeout(30):
            await one.runner.close()

    with_service(tmp_path, test)


def test_seeds_that_end_in_time_are_not_cut_however_many_they_are(tmp_path: Path) -> None:
    async def test(one: Service) -> None:
        sweep = one.submit("sleep", "whale-sweep", seeds=30, seconds=0.1)  # 1.5 s in all
        await one.wait_for_end(sweep)
        assert one.state(sweep) == "done"

    with_service(tmp_path, test, max_step_seconds=1.0)


def test_an_experiment_that_runs_too_long_in_all_ends_over_restarts_too(tmp_path: Path) -> None:
    async def first(one: Service) -> None:
        id_ = one.submit("sleep", name="long")
        await one.wait_for_start("long")
        async with asyncio.timeout(60):  # until the lease is renewed, and the time with it
            while not ran(one, id_):
                await asyncio.sleep(0.05)

    def ran(one: Service, id_: str) -> float:
        with one.store._reader.begin() as connection:
            row = connection.exec_driver_sql(
                "SELECT seconds_run FROM experiments WHERE id = ?", (id_,)
            ).one()
        return float(row[0])

    async def second(one: Service) -> None:
        (only,) = one.store.list_newest(9)
        assert ran(one, only.id) > 0
        await one.wait_for_end(only.id)
        assert one.error(only.id) == (
            "time-limit", too_slow(0.2, "WHALE_MAX_JOB_SECONDS"),
        )  # fmt: skip

    with_service(tmp_path, first, lease_seconds=SHORT_LEASE, max_job_seconds=100)
    with_service(tmp_path, second, max_job_seconds=0.2)


@pytest.mark.parametrize(("seeds", "enough", "used"), [(5000, 1, 4), (5000, 5, 8), (12, 9, 12)])
def test_a_sweep_ends_after_the_seeds_that_decide_it(
    tmp_path: Path, seeds: int, enough: int, used: int
) -> None:
    more = {"seeds": seeds, "looks": [4, 8], "enough": enough, "seconds": 0.02}

    async def test(one: Service) -> None:
        await one.wait_for_end(one.submit("sleep", "whale-sweep", "a", **more))
        check_decided(one, used)
        assert len(one.names()) < 5000

    with_service(tmp_path, test)


@pytest.mark.parametrize("committed", [2, 3, 7, 11])
def test_a_sweep_that_is_continued_ends_after_the_same_seeds(
    tmp_path: Path, committed: int
) -> None:
    engine = connect(None, tmp_path)
    store, leases = Store(engine), Leases(engine)
    store.prepare()
    config = {"what": "", "log": str(tmp_path / "log"), "seeds": 20, "looks": [4, 8], "enough": 1}
    text = orjson.dumps({**config, "name": "a"}).decode()
    store.submit(Submission("whale-sweep", text, 20, "same", attended=False), 100)
    claim = leases.claim("another", 60, ())
    assert claim is not None
    for seed in (0, 2, 1, *range(5, 14))[:committed]:
        leases.commit_seed(claim, seed, b"[]", None)
    leases.release(claim)
    store.close()

    async def test(one: Service) -> None:
        await one.wait_for_end(claim.experiment.id)
        check_decided(one, 4)

    with_service(tmp_path, test)


def check_decided(one: Service, used: int) -> None:
    """Check that the only experiment was decided by its first seeds, and holds no others."""
    (only,) = one.store.list_newest(9)
    assert only.state == "done"
    assert one.store.read_result(only.number) == str(used).encode()
    assert [*one.store.read_seeds(only.number)] == [*range(used)]
    assert only.done == used
    assert experiment_json(only, root="")["progress"]["fraction"] == 1


def test_what_ends_its_worker_each_time_fails_and_everything_else_goes_on(tmp_path: Path) -> None:
    async def test(one: Service) -> None:
        poison = one.submit("end the worker", name="poison")
        others = [one.submit("", "whale-sweep", seeds=5), one.submit("")]
        await one.wait_for_end(poison, *others)
        assert [one.state(each) for each in (poison, *others)] == ["failed", "done", "done"]
        assert one.error(poison)[0] == "worker-lost"
        assert one.names().count("poison") == 3

    with_service(tmp_path, test)


def test_what_ends_the_service_each_time_fails_at_last(tmp_path: Path) -> None:
    async def begin(one: Service) -> str:
        id_ = (
            one.store.list_newest(9)[0].id
            if one.store.list_newest(9)
            else one.submit("sleep", name="p")
        )
        before = len(one.names())
        async with asyncio.timeout(120):
            while len(one.names()) == before:
                await asyncio.sleep(0.02)
        return id_

    async def killed() -> None:
        async with service(tmp_path, SHORT_LEASE) as one:
            await begin(one)
            # As if it were killed: nothing is given back, and its lease lapses.
            one.runner._leases = NoRelease(one.store._writer)

    async def last(one: Service) -> None:
        (only,) = one.store.list_newest(9)
        await one.wait_for_end(only.id)
        assert one.error(only.id) == (
            "worker-lost",
            Message("killed_too_often", attempts=3),
        )
        assert one.names().count("p") == 3

    for _ in range(3):
        asyncio.run(killed())
    with_service(tmp_path, last)


class NoRelease(Leases):
    """Leases of a process that is killed."""

    def release(self, _claim: Any) -> None:
        """Do nothing."""


def test_long_allocations_leave_a_process_and_a_place_to_sweeps(tmp_path: Path) -> None:
    async def test(one: Service) -> None:
        for _ in range(2 * MOST_RUNNING):
            one.submit("sleep", name="long")
        await one.wait_for_start("long")
        sweeps = [one.submit("", "whale-sweep", seeds=4) for _ in range(3)]
        await one.wait_for_end(*sweeps)
        assert [one.state(each) for each in sweeps] == ["done"] * 3
        assert one.names().count("long") == 1

    with_service(tmp_path, test)


def test_long_sweeps_leave_a_place_to_allocations(tmp_path: Path) -> None:
    async def test(one: Service) -> None:
        sweeps = [
            one.submit("sleep", "whale-sweep", seeds=1000, seconds=0.05, name="long")
            for _ in range(2 * MOST_RUNNING)
        ]
        await one.wait_for_start("long")
        allocation = one.submit("")
        await one.wait_for_end(allocation)
        assert one.state(allocation) == "done"
        assert "done" not in {one.state(each) for each in sweeps}

    with_service(tmp_path, test)


def test_one_key_leaves_a_place_to_another(tmp_path: Path) -> None:
    async def test(one: Service) -> None:
        mine = [
            one.submit("sleep", "whale-sweep", seeds=10_000, seconds=0.05, name="m", api_key="a")
            for _ in range(2 * MOST_RUNNING)
        ]
        await one.wait_for_start("m")
        sweep = one.submit("", "whale-sweep", api_key="b", seeds=2)
        await one.wait_for_end(sweep)
        long = one.submit("sleep", "whale-sweep", seeds=10_000, seconds=0.05, api_key="b")
        allocations = [one.submit("", api_key=key) for key in ("a", "b")]
        await one.wait_for_end(*allocations)
        assert [one.state(each) for each in (sweep, *allocations)] == ["done"] * 3
        assert "done" not in {one.state(each) for each in (*mine, long)}

    with_service(tmp_path, test, api_keys="a key of seventeen,another key as long")
