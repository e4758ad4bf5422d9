"""The runner, which runs experiments of the database in a pool of processes."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from app.http.error_handlers import problem_json
from app.settings import Settings
from app.workers.pool import Pool, SolveTimeoutError, WorkerLostError
from messages import Message
from simulator import next_look

from .change_signal import ChangeSignal
from .kinds import KINDS, media_type
from .leases import LeaseLostError, Leases
from .records import Claim, KindName
from .retention import Retention
from .store import Store

Result = TypeVar("Result")

MOST_RUNNING = 4
"""Maximum number of experiments that one replica runs at a time."""

_POLL_SECONDS = 0.4
"""Interval at which the runner looks for new and for cancelled experiments."""

_ATTEMPTS = 3
"""How often a seed is tried if its process dies, which another program may have caused."""

_CLEAN_UP_SECONDS = 600.0
"""Interval at which old experiments are deleted."""

_log = logging.getLogger(__name__)


class TooManyAttemptsError(WorkerLostError):
    """The processes that ran an experiment were killed too often."""

    def __init__(self, attempts: int) -> None:
        super().__init__(Message("killed_too_often", attempts=attempts))


@dataclass(frozen=True)
class Database:
    """The database as the runner uses it.

    Parameters
    ----------
    store : Store
    leases : Leases
    retention : Retention
    """

    store: Store
    leases: Leases
    retention: Retention


@dataclass
class _Execution:
    """A claimed experiment that is being run.

    Parameters
    ----------
    claim : Claim
    task : asyncio.Task
    expiry : float
        When the lease expires, by the clock of the event loop.
    counted_until : float
        Up to when its run time has been stored.
    """

    claim: Claim
    task: asyncio.Task[None]
    expiry: float
    counted_until: float


@dataclass(frozen=True)
class _ClaimFilter:
    """Which experiments to claim; see `Leases.claim`."""

    kinds: Collection[KindName] | None = None
    excluded_key: str | None = None
    match_any: bool = False


class Runner:
    """Claims and runs experiments, on one replica.

    Parameters
    ----------
    database : Database
    pool : Pool
        Its queue holds at least `MOST_RUNNING` × processes calls.
    settings : Settings
    changes : ChangeSignal
        Notified whenever this replica commits a change.
    """

    def __init__(
        self, database: Database, pool: Pool, settings: Settings, changes: ChangeSignal
    ) -> None:
        self.owner = f"{socket.gethostname()[:60]}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self._store, self._leases = database.store, database.leases
        self._retention = database.retention
        self._pool = pool
        self._settings = settings
        self._changes = changes
        self._executions: dict[int, _Execution] = {}
        self._wake_up, self._clean_up_request = asyncio.Event(), asyncio.Event()
        self._preparation = asyncio.Event()
        # Experiments of one long step leave a process to sweeps, whose seeds end soon.
        self._long_steps = asyncio.Semaphore(max(1, pool.processes - 1))
        # Own threads: leases must be renewed even if all other threads wait for the database.
        self._threads = ThreadPoolExecutor(2 + MOST_RUNNING, "experiments")
        self._clean_up_thread = ThreadPoolExecutor(1, "clean-up")
        self._loops = [
            asyncio.create_task(self._repeat(step))
            for step in (self._claim, self._renew_leases, self._clean_up)
        ]

    def wake(self) -> None:
        """Look for experiments now."""
        self._wake_up.set()

    def request_clean_up(self) -> None:
        """Free the space of deleted experiments soon."""
        self._clean_up_request.set()

    async def drop(self, number: int) -> None:
        """Stop the execution of an experiment, if it is run here, and wait for its end."""
        execution = self._executions.get(number)
        if execution is not None:
            execution.task.cancel()
            await asyncio.wait((execution.task,))

    async def close(self) -> None:
        """Stop, and return all claimed experiments to the queue."""
        tasks = [*self._loops, *(each.task for each in self._executions.values())]
        claims = [each.claim for each in self._executions.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for claim in claims:
            with suppress(LeaseLostError, SQLAlchemyError):
                await self._call(self._leases.release, claim)
        self._threads.shutdown(wait=False)
        self._clean_up_thread.shutdown(wait=False, cancel_futures=True)

    async def _call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Call a function that uses the database in a thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, function, *arguments)

    async def _repeat(self, step: Callable[[], Any]) -> None:
        while True:
            try:
                await step()
            except Exception:  # of any type: the loop must go on
                _log.exception("The runner of experiments failed; it tries again.")
                await asyncio.sleep(1)

    async def _claim(self) -> None:
        """Claim experiments until enough are running, then wait for a change."""
        if not self._preparation.is_set():  # the database may not have answered at the start
            await self._call(self._store.prepare)
            self._preparation.set()
        self._wake_up.clear()
        while len(self._executions) < MOST_RUNNING:
            lease, start = self._settings.lease_seconds, asyncio.get_running_loop().time()
            claim_first = partial(self._leases.claim, **vars(self._choose_filter()))
            claim = await self._call(claim_first, self.owner, lease, [*self._executions])
            if claim is None:
                break
            _log.info(
                "Claimed %s with token %d; %d of %d seeds are done.",
                claim.experiment.id, claim.token, claim.experiment.done, claim.experiment.total,
            )  # fmt: skip
            task = asyncio.create_task(self._run(claim))
            self._executions[claim.number] = _Execution(claim, task, start + lease, start)
            task.add_done_callback(partial(self._remove, claim.number))
            self._changes.notify()
        with suppress(TimeoutError):
            async with asyncio.timeout(_POLL_SECONDS):
                await self._wake_up.wait()

    def _choose_filter(self) -> _ClaimFilter:
        """Return which experiments the next place is for.

        While all running experiments are sweeps, or none is, one place is reserved for the other
        sort. While all are of one key and the service has several, one place is reserved for
        another key. So no experiment waits for hours behind others of another sort or key.
        """
        claims = [each.claim for each in self._executions.values()]
        free = MOST_RUNNING - len(claims)
        sorts = {KINDS[claim.experiment.kind].has_seeds for claim in claims}
        keys = {claim.api_key for claim in claims}
        kinds: Collection[KindName] | None = None
        excluded_key: str | None = None
        if len(sorts) == 1:
            kinds = [name for name, kind in KINDS.items() if kind.has_seeds not in sorts]
        if self._settings.has_several_keys and len(keys) == 1:
            excluded_key = keys.pop()
        reserved = (kinds is not None) + (excluded_key is not None)
        if free > reserved:
            return _ClaimFilter()
        return _ClaimFilter(kinds, excluded_key, match_any=free >= reserved)

    async def _clean_up(self) -> None:
        """Delete old experiments and free their space, then wait for the next time."""
        await self._preparation.wait()
        self._clean_up_request.clear()
        loop, settings = asyncio.get_running_loop(), self._settings
        await loop.run_in_executor(self._clean_up_thread, self._retention.rebuild)
        await loop.run_in_executor(
            self._clean_up_thread,
            self._retention.clean_up,
            settings.retention_days,
            settings.max_database_bytes,
        )
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLEAN_UP_SECONDS):
                await self._clean_up_request.wait()

    def _remove(self, number: int, _task: asyncio.Task[None]) -> None:
        del self._executions[number]
        self._changes.notify()
        self.wake()

    async def _renew_leases(self) -> None:
        """Renew leases; stop experiments that were cancelled or claimed by another replica."""
        await asyncio.sleep(min(_POLL_SECONDS, self._settings.lease_seconds / 4))
        if not self._executions:
            return
        loop, lease = asyncio.get_running_loop(), self._settings.lease_seconds
        start, executions = loop.time(), [*self._executions.values()]
        is_due = any(each.expiry < start + lease * 2 / 3 for each in executions)
        claims = [each.claim for each in executions]
        seconds = {each.claim.number: start - each.counted_until for each in executions}
        try:
            valid = await self._call(self._leases.renew, claims, lease if is_due else None, seconds)
        finally:
            # Even if the database does not answer: another replica may have claimed it by now.
            for each in self._executions.values():
                if each.expiry < loop.time():
                    each.task.cancel()
        for each in executions:
            if each.claim.number not in valid:
                each.task.cancel()
            elif is_due:
                each.expiry, each.counted_until = start + lease, start

    async def _run(self, claim: Claim) -> None:
        """Run an experiment to its end, and record why it failed if it does."""
        max_seconds = self._settings.max_job_seconds
        limit = asyncio.timeout(max(0.0, max_seconds - claim.seconds_run))
        try:
            if claim.attempts > self._settings.max_attempts:
                raise TooManyAttemptsError(claim.attempts - 1)
            async with limit:
                await self._complete(claim)
        except LeaseLostError as error:
            _log.info("%s", error)
        except SQLAlchemyError:
            # It is claimed again when its lease has expired, and continues from its seeds.
            _log.exception("The database failed under experiment %s.", claim.experiment.id)
        except Exception as error:  # of any type: the task has no other handler
            reason = error
            if limit.expired():
                reason = SolveTimeoutError(
                    Message("answer_too_slow", seconds=max_seconds, setting="WHALE_MAX_JOB_SECONDS")
                )
            _log.error("Experiment %s failed.", claim.experiment.id, exc_info=reason)
            with suppress(LeaseLostError, SQLAlchemyError):
                await self._call(self._leases.fail, claim, problem_json(reason))

    async def _complete(self, claim: Claim) -> None:
        """Replay the missing seeds, and store the result of all seeds that it needs."""
        kind, config = KINDS[claim.experiment.kind], claim.experiment.config
        start = asyncio.get_running_loop().time()
        seeds = await self._replay_missing(claim)
        rows = await self._call(self._store.read_seeds, claim.number)
        milliseconds = 1000 * (asyncio.get_running_loop().time() - start)
        result = await self._run_in_pool(
            kind.conclude, claim.experiment.id, config, [rows[seed] for seed in seeds], milliseconds
        )
        surplus = rows.keys() - {*seeds}
        await self._call(self._leases.finish, claim, result, media_type(config), surplus)

    async def _replay_missing(self, claim: Claim) -> Sequence[int]:
        """Replay the seeds that are not committed yet, as many at a time as the pool has processes.

        So the seeds of other experiments are replayed in between. Returns the seeds of the result:
        all of them, unless the first ones decide the experiment.
        """
        kind = KINDS[claim.experiment.kind]
        seeds = await asyncio.to_thread(kind.list_seeds, claim.experiment.config)
        looks = await asyncio.to_thread(kind.list_looks, claim.experiment.config)
        committed = await self._call(self._store.read_seeds, claim.number)
        missing = [seed for seed in seeds if seed not in committed]
        progress = _Progress(len(missing))
        replays = _Replays(seeds, looks, {*committed}, iter(missing))
        await self._look(claim, replays)
        input_ = await self._call(self._leases.open_input, claim, self._settings.data_directory)
        tasks = [
            asyncio.create_task(self._replay(claim, input_.content, replays, progress))
            for _ in range(min(self._pool.processes, len(missing)))
        ]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            input_.close()
        return seeds[: replays.decided_after]

    async def _replay(
        self,
        claim: Claim,
        body: bytes | Path | None,
        replays: _Replays,
        progress: _Progress,
    ) -> None:
        """Replay one seed after the other, and commit each, until the experiment is decided."""
        kind, config = KINDS[claim.experiment.kind], claim.experiment.config
        while replays.decided_after is None:
            seed = next(replays.remaining, None)
            if seed is None:
                return
            async with nullcontext() if kind.has_seeds else self._long_steps:
                rows = await self._run_in_pool(kind.replay, config, body, seed, self._settings)
            seconds_left = progress.count_one()
            await self._call(self._leases.commit_seed, claim, seed, rows, seconds_left)
            self._changes.notify()
            replays.done.add(seed)
            await self._look(claim, replays)

    async def _look(self, claim: Claim, replays: _Replays) -> None:
        """Find out whether the experiment is decided, if it is time for that."""
        due = next_look(replays.looks, replays.seeds, replays.done, replays.last_look)
        if due is None:
            return
        replays.last_look = due
        kind, config = KINDS[claim.experiment.kind], claim.experiment.config
        rows = await self._call(self._store.read_seeds, claim.number)
        first = [rows[seed] for seed in replays.seeds[:due]]
        decided_after = await self._run_in_pool(kind.decided_after, config, first)
        if decided_after is not None:
            replays.decided_after = decided_after

    async def _run_in_pool(self, function: Callable[..., Result], *arguments: Any) -> Result:
        seconds = self._settings.max_step_seconds
        return await self._pool.run(function, *arguments, seconds=seconds, attempts=_ATTEMPTS)


@dataclass
class _Replays:
    """The seeds of an experiment that is being run.

    Parameters
    ----------
    seeds : sequence of int
        In order.
    looks : sequence of int
        The numbers of seeds after which the experiment may be decided.
    done : set of int
        Seeds that are committed.
    remaining : iterator of int
        Seeds that no task has begun.
    last_look : int
    decided_after : int or None
        The number of seeds that decide the experiment: the others are not needed.
    """

    seeds: Sequence[int]
    looks: Sequence[int]
    done: set[int]
    remaining: Iterator[int]
    last_look: int = 0
    decided_after: int | None = None


class _Progress:
    """Estimates the remaining time of an experiment from the seeds that have ended."""

    def __init__(self, total: int) -> None:
        self._start = asyncio.get_running_loop().time()
        self._total = total
        self._done = 0

    def count_one(self) -> float:
        """Count one more seed as done and return the remaining seconds."""
        self._done += 1
        seconds = asyncio.get_running_loop().time() - self._start
        return seconds / self._done * (self._total - self._done)
