"""Worker processes behind a bounded queue: what is killed, what waits and what is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi import Request

from app.errors.input_errors import DetailedInputError
from app.errors.problem_details import RefusalError
from app.http.connection import ClientGoneError, while_connected
from app.workers.fair_queue import QueueFullError
from app.workers.pool import Pool, PoolClosedError, SolveTimeoutError, WorkerLostError
from messages import Message
from solver import InputError
from tests.app.conftest import ROOT

pytestmark = pytest.mark.slow  # starts processes

FOREVER = 600.0
"""Seconds: no test waits that long."""


def with_pool(test: Callable[[Pool], Awaitable[None]], processes: int = 1, queue: int = 8) -> None:
    """Run a test with a warm pool, which is closed behind it."""

    async def run() -> None:
        pool = Pool(processes, queue)
        try:
            await pool.wait_started()
            await test(pool)
        finally:
            pool.close()

    asyncio.run(run())


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not reached():
            await asyncio.sleep(0.002)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def write(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def refuse(error: Exception) -> None:
    raise error


def say_pid_and_go_on(path: Path) -> None:
    write(path, str(os.getpid()))
    time.sleep(FOREVER)


def test_a_call_returns_what_the_function_returns_in_another_process() -> None:
    async def test(pool: Pool) -> None:
        assert await pool.run(divmod, 7, 3) == (2, 1)
        assert await pool.run(os.getpid) != os.getpid()

    with_pool(test)


@pytest.mark.parametrize(
    "error",
    [
        InputError("ev", "Expected better.", (3, 4)),
        DetailedInputError(
            "min_users", "Expected less.", (1,), "guarantees-unmet", {"streamers": ["s0"]}
        ),
        RefusalError("queue-full", "Expected less.", {"Retry-After": "1"}),
        TimeoutError("of its own"),
    ],
)
def test_a_call_raises_what_the_function_raises(error: Exception) -> None:
    async def test(pool: Pool) -> None:
        with pytest.raises(type(error)) as raised:
            await pool.run(refuse, error, seconds=FOREVER)
        assert raised.value.args == error.args
        mine, given = vars(raised.value), vars(error)
        assert {name: mine[name] for name in given} == given
        assert await pool.run(abs, -1) == 1

    with_pool(test)


def test_a_call_beyond_the_queue_is_refused_and_those_that_wait_are_not() -> None:
    async def test(pool: Pool) -> None:
        calls = [asyncio.create_task(pool.run(time.sleep, FOREVER)) for _ in range(2)]
        last = asyncio.create_task(pool.run(abs, -1))
        await until(lambda: (pool.running, pool.waiting) == (1, 2))
        with pytest.raises(QueueFullError) as refusal:
            await pool.run(abs, -2)
        assert refusal.value.message == Message("queue_full", waiting="requests", most=2)
        for call in calls:
            call.cancel()
        assert await last == 1
        assert (pool.running, pool.waiting) == (0, 0)

    with_pool(test, queue=2)


def test_calls_that_wait_begin_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    async def test(pool: Pool) -> None:
        log = tmp_path / "log"
        await asyncio.gather(*(pool.run(write, log, str(turn)) for turn in range(9)))
        assert log.read_text() == "012345678"

    with_pool(test)


def test_a_call_that_takes_too_long_is_killed_and_its_process_replaced(tmp_path: Path) -> None:
    async def test(pool: Pool) -> None:
        file = tmp_path / "pid"
        await pool.run(write, file, "")  # the process has to import this module, which takes longer
        with pytest.raises(SolveTimeoutError) as timeout:
            await pool.run(say_pid_and_go_on, file, seconds=0.1)
        setting = "WHALE_MAX_SOLVE_SECONDS"
        assert timeout.value.message == Message("answer_too_slow", seconds=0.1, setting=setting)
        assert await pool.run(abs, -1) == 1
        pid = int(file.read_text())
        await until(lambda: not alive(pid))

    with_pool(test)


def test_waiting_does_not_count_as_running() -> None:
    async def test(pool: Pool) -> None:
        first = asyncio.create_task(pool.run(time.sleep, 0.3))
        await until(lambda: pool.running == 1)
        assert await pool.run(abs, -1, seconds=0.2) == 1
        await first

    with_pool(test)


def test_a_cancelled_call_dies_within_a_second_and_the_next_takes_its_place(
    tmp_path: Path,
) -> None:
    async def test(pool: Pool) -> None:
        file = tmp_path / "pid"
        call = asyncio.create_task(pool.run(say_pid_and_go_on, file))
        await until(lambda: file.exists() and file.read_text() != "")
        call.cancel()
        async with asyncio.timeout(1):
            with pytest.raises(asyncio.CancelledError):
                await call
            assert await pool.run(abs, -1) == 1
            await until(lambda: not alive(int(file.read_text())))

    with_pool(test)


def test_a_call_cancelled_while_it_waits_never_runs(tmp_path: Path) -> None:
    async def test(pool: Pool) -> None:
        file = tmp_path / "ran"
        first = asyncio.create_task(pool.run(time.sleep, 0.05))
        waits = asyncio.create_task(pool.run(write, file, "ran"))
        await until(lambda: pool.waiting == 1)
        waits.cancel()
        await asyncio.wait((first, waits))
        assert await pool.run(abs, -1) == 1
        assert not file.exists()

    with_pool(test)


def test_a_process_killed_while_it_has_nothing_to_do_is_no_loss() -> None:
    async def test(pool: Pool) -> None:
        pid = await pool.run(os.getpid)
        os.kill(pid, signal.SIGKILL)
        await until(lambda: not alive(pid))
        await asyncio.sleep(0.1)  # the news has to travel
        assert await pool.run(abs, -1) == 1

    with_pool(test)


def test_a_process_killed_during_a_call_loses_that_call_alone() -> None:
    async def test(pool: Pool) -> None:
        with pytest.raises(WorkerLostError):
            await pool.run(os._exit, 9)
        assert await pool.run(abs, -1) == 1

    with_pool(test)


def die_the_first_times(path: Path, times: int) -> str:
    write(path, "x")
    if len(path.read_text()) <= times:
        os._exit(9)
    return "lived"


def test_a_call_whose_process_is_killed_is_tried_again_once(tmp_path: Path) -> None:
    async def test(pool: Pool) -> None:
        assert await pool.run(die_the_first_times, tmp_path / "once", 1) == "lived"
        with pytest.raises(WorkerLostError):
            await pool.run(die_the_first_times, tmp_path / "twice", 2)
        with pytest.raises(WorkerLostError):
            await pool.run(die_the_first_times, tmp_path / "at once", 1, attempts=1)

    with_pool(test)


def test_the_next_calls_after_all_processes_were_killed_are_answered() -> None:
    async def test(pool: Pool) -> None:
        for _ in range(5):
            await pool.wait_started()
            pids = {await pool.run(os.getpid) for _ in range(20)}
            for pid in pids:
                os.kill(pid, signal.SIGKILL)  # and no time for any news to travel
            answers = await asyncio.gather(*(pool.run(abs, -1) for _ in range(6)))
            assert answers == [1] * 6

    with_pool(test, processes=2)


def test_whatever_befalls_its_calls_a_pool_keeps_all_its_processes() -> None:
    drawn = np.random.default_rng(5)

    async def one(pool: Pool) -> None:
        calls: list[tuple[Any, float]] = [
            (abs, -1),
            (time.sleep, 0.01),
            (time.sleep, 1),
            (os._exit, 9),
        ]
        function, argument = calls[drawn.integers(4)]
        call = asyncio.create_task(pool.run(function, argument, seconds=0.05))
        if drawn.random() < 0.5:
            await asyncio.sleep(drawn.random() / 50)
            call.cancel()
        await asyncio.wait((call,))
        if not call.cancelled():
            call.exception()

    async def test(pool: Pool) -> None:
        await asyncio.gather(*(one(pool) for _ in range(60)))
        await pool.wait_started()
        assert (pool.running, pool.waiting) == (0, 0)
        calls = [asyncio.create_task(pool.run(time.sleep, FOREVER)) for _ in range(3)]
        await until(lambda: (pool.running, pool.waiting) == (3, 0))
        for call in calls:
            call.cancel()

    with_pool(test, processes=3, queue=60)


def test_work_ends_when_its_client_leaves_and_not_when_its_body_has_come(tmp_path: Path) -> None:
    async def test(pool: Pool) -> None:
        leaving = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await leaving.wait()
            return {"type": "http.disconnect"}

        request, file = Request({"type": "http"}, receive), tmp_path / "pid"
        assert await while_connected(request, pool.run(abs, -1)) == 1
        work = asyncio.create_task(while_connected(request, pool.run(say_pid_and_go_on, file)))
        await until(lambda: file.exists() and file.read_text() != "")
        leaving.set()
        async with asyncio.timeout(1):
            with pytest.raises(ClientGoneError):
                await work
            assert await pool.run(abs, -1) == 1
            await until(lambda: not alive(int(file.read_text())))

    with_pool(test)


def test_a_closed_pool_ends_calls_that_run_and_calls_that_wait(tmp_path: Path) -> None:
    async def test(pool: Pool) -> None:
        file = tmp_path / "pid"
        calls = [asyncio.create_task(pool.run(say_pid_and_go_on, file)) for _ in range(2)]
        await until(lambda: file.exists() and file.read_text() != "")
        pool.close()
        ends = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(end) for end in ends] == [PoolClosedError] * 2
        await until(lambda: not alive(int(file.read_text())))
        with pytest.raises(PoolClosedError):
            await pool.run(abs, -1)

    with_pool(test)


class _BlockedProcess(ForkServerProcess):
    """A process that the system takes a long time to refuse."""

    begun, go_on = threading.Event(), threading.Event()

    def start(self) -> None:
        """Fail as soon as the test lets it."""
        self.begun.set()
        self.go_on.wait(60)
        raise OSError


class _Blocked(ForkServerContext):
    Process = _BlockedProcess


def test_a_pool_whose_processes_are_starting_closes_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.workers.worker._warm_context", _Blocked)

    async def close_while_starting() -> None:
        pool = Pool(2, 8)
        call = asyncio.create_task(pool.run(abs, -1))
        await until(_BlockedProcess.begun.is_set)
        pool.close()
        await pool.wait_closed()
        with pytest.raises(PoolClosedError):
            await call
        assert not _BlockedProcess.go_on.is_set()

    release = threading.Timer(30, _BlockedProcess.go_on.set)  # or the test would hang, not fail
    release.start()
    asyncio.run(close_while_starting())
    release.cancel()
    _BlockedProcess.go_on.set()


PARENT = """
import asyncio, os, pathlib, sys
from app.workers.pool import Pool
from tests.app.spinning import say_pid_and_spin

async def main():
    pool = Pool(2, 0)
    await pool.wait_started()
    calls = [asyncio.ensure_future(pool.run(say_pid_and_spin, pathlib.Path(sys.argv[1], name)))
             for name in "ab"]
    await asyncio.wait(calls)

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.mark.slow  # a fresh process compiles
def test_processes_end_with_their_parent_even_if_it_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], cwd=ROOT)
    try:
        files = [tmp_path / name for name in "ab"]
        asyncio.run(until(lambda: all(file.exists() and file.read_text() for file in files)))
    finally:
        parent.kill()
        parent.wait()
    pids = [int(file.read_text()) for file in files]
    asyncio.run(until(lambda: not any(map(alive, pids))))


INTERRUPTED = """
from app.workers.pool import fork_pool

def interrupt(_number):
    raise KeyboardInterrupt

with fork_pool(1) as pool:
    pool._work_ids.put = interrupt  # between two steps of submit: the pool waits for this call
    pool.submit(int)
"""


def test_a_pool_ends_when_an_interrupt_loses_a_call() -> None:
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], cwd=ROOT, timeout=120)
    assert done.returncode not in (0, 1)
