"""The runner: experiments of the database, a few at a time, in a pool of processes."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import uuid
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from app.http.error_handlers import document
from app.settings import Settings
from app.workers.pool import Pool, SolveTimeoutError, WorkerLostError
from messages import Message

from .change_signal import ChangeSignal
from .kinds import KINDS, media_type
from .leases import LeaseLostError, Leases
from .records import Claim, KindName
from .retention import Retention
from .store import Store

Result = TypeVar("Result")

MOST_RUNNING = 4
"""Experiments that one replica runs at a time: a short one need not wait for a long one."""

_BEAT = 0.4
"""Seconds between looks at the database: whether there is work, whether work was cancelled."""

_ATTEMPTS = 3
"""How often a seed is tried whose process dies: it may have been a neighbour's fault."""

_TIDY = 600.0
"""Seconds after which it is looked again for what is too old."""

_log = logging.getLogger(__name__)


class TooManyAttemptsError(WorkerLostError):
    """Whatever began an experiment was killed, again and again."""

    def __init__(self, attempts: int) -> None:
        super().__init__(Message("killed_too_often", attempts=attempts))


@dataclass(frozen=True)
class Database:
    """What a runner does with the database.

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
class _Held:
    """An experiment under way, until when it is ours by our own clock, and since when it ran."""

    claim: Claim
    task: asyncio.Task[None]
    until: float
    counted: float


@dataclass(frozen=True)
class _Opening:
    """What a free place is for: some kinds, and other keys than one; or for either of these."""

    kinds: Collection[KindName] | None = None
    other_than: str | None = None
    either: bool = False


class Runner:
    """One replica's share of the work.

    Parameters
    ----------
    database : Database
    pool : Pool
        Takes at least `MOST_RUNNING` × its processes calls.
    settings : Settings
    changes : ChangeSignal
        Notified of everything that this replica commits.
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
        self._held: dict[int, _Held] = {}
        self._wanted, self._untidy = asyncio.Event(), asyncio.Event()
        self._prepared = asyncio.Event()
        # Work that is one long step leaves a process to sweeps, whose seeds end soon.
        self._long_steps = asyncio.Semaphore(max(1, pool.processes - 1))
        # Apart from other threads: whatever else waits for the database, leases are renewed.
        self._threads = ThreadPoolExecutor(2 + MOST_RUNNING, "experiments")
        self._tidying = ThreadPoolExecutor(1, "tidying")
        self._loops = [
            asyncio.create_task(self._forever(each))
            for each in (self._claim, self._keep, self._tidy)
        ]

    def wake(self) -> None:
        """Look for work now: there is some."""
        self._wanted.set()

    def tidy_soon(self) -> None:
        """Give back the room of what was deleted."""
        self._untidy.set()

    async def drop(self, number: int) -> None:
        """Stop working on an experiment, if it is this replica's, and wait until that is so."""
        held = self._held.get(number)
        if held is not None:
            held.task.cancel()
            await asyncio.wait((held.task,))

    async def close(self) -> None:
        """Stop, and give everything back to the queue."""
        tasks = [*self._loops, *(held.task for held in self._held.values())]
        claims = [held.claim for held in self._held.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for claim in claims:
            with suppress(LeaseLostError, SQLAlchemyError):
                await self._call(self._leases.release, claim)
        self._threads.shutdown(wait=False)
        self._tidying.shutdown(wait=False, cancel_futures=True)

    async def _call(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Return what a function returns that waits for the database."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, function, *arguments)

    async def _forever(self, step: Callable[[], Any]) -> None:
        while True:
            try:
                await step()
            except Exception:  # whatever it is: without this loop, nothing goes on
                _log.exception("Looking after experiments failed; it is tried again.")
                await asyncio.sleep(1)

    async def _claim(self) -> None:
        """Take what there is to do and room for, then wait until there may be more."""
        if not self._prepared.is_set():  # the database may have been away at the start
            await self._call(self._store.prepare)
            self._prepared.set()
        self._wanted.clear()
        while len(self._held) < MOST_RUNNING:
            lease, begun = self._settings.lease_seconds, asyncio.get_running_loop().time()
            opening = self._open_to()
            take = partial(self._leases.claim, **vars(opening))
            claim = await self._call(take, self.owner, lease, [*self._held])
            if claim is None:
                break
            _log.info(
                "Claimed %s with token %d; %d of %d seeds are there.",
                claim.experiment.id, claim.token, claim.experiment.done, claim.experiment.total,
            )  # fmt: skip
            task = asyncio.create_task(self._run(claim))
            self._held[claim.number] = _Held(claim, task, begun + lease, begun)
            task.add_done_callback(partial(self._ended, claim.number))
            self._changes.notify()
        with suppress(TimeoutError):
            async with asyncio.timeout(_BEAT):
                await self._wanted.wait()

    def _open_to(self) -> _Opening:
        """Return what the next place is for.

        Nobody waits for hours behind others: while all that runs is of one sort, short steps or
        long ones, a place is kept for the other sort, and while all is of one key and several are
        known, another place for another key. Whatever would take one of these is passed over.
        """
        claims = [held.claim for held in self._held.values()]
        free = MOST_RUNNING - len(claims)
        live = {KINDS[claim.experiment.kind].live for claim in claims}
        keys = {claim.api_key for claim in claims}
        kinds: Collection[KindName] | None = None
        other_than: str | None = None
        if len(live) == 1:
            kinds = [name for name, kind in KINDS.items() if kind.live not in live]
        if self._settings.has_several_keys and len(keys) == 1:
            other_than = keys.pop()
        kept = (kinds is not None) + (other_than is not None)
        if free > kept:
            return _Opening()
        return _Opening(kinds, other_than, either=free >= kept)

    async def _tidy(self) -> None:
        """Delete what is old, and give the room back; at the start, from time to time, if asked."""
        await self._prepared.wait()
        self._untidy.clear()
        loop, settings = asyncio.get_running_loop(), self._settings
        await loop.run_in_executor(self._tidying, self._retention.rebuild)
        await loop.run_in_executor(
            self._tidying,
            self._retention.tidy,
            settings.retention_days,
            settings.max_database_bytes,
        )
        with suppress(TimeoutError):
            async with asyncio.timeout(_TIDY):
                await self._untidy.wait()

    def _ended(self, number: int, _task: asyncio.Task[None]) -> None:
        del self._held[number]
        self._changes.notify()
        self.wake()

    async def _keep(self) -> None:
        """Renew leases; stop what was cancelled or is no longer ours."""
        await asyncio.sleep(min(_BEAT, self._settings.lease_seconds / 4))
        if not self._held:
            return
        loop, lease = asyncio.get_running_loop(), self._settings.lease_seconds
        begun = loop.time()
        due = any(held.until < begun + lease * 2 / 3 for held in self._held.values())
        claims = [held.claim for held in self._held.values()]
        seconds = {held.claim.number: begun - held.counted for held in self._held.values()}
        try:
            ours = await self._call(self._leases.renew, claims, lease if due else None, seconds)
        finally:
            # Whether or not the database answers: a lapsed lease may be another's by now.
            for held in self._held.values():
                if held.until < loop.time():
                    held.task.cancel()
        for held in [held for held in self._held.values() if held.claim in claims]:
            if held.claim.number not in ours:
                held.task.cancel()
            elif due:
                held.until, held.counted = begun + lease, begun

    async def _run(self, claim: Claim) -> None:
        """Replay what is missing of an experiment, and conclude it."""
        most = self._settings.max_job_seconds
        limit = asyncio.timeout(max(0.0, most - claim.seconds_run))
        try:
            if claim.attempts > self._settings.max_attempts:
                raise TooManyAttemptsError(claim.attempts - 1)
            async with limit:
                await self._complete(claim)
        except LeaseLostError as error:
            _log.info("%s", error)
        except SQLAlchemyError:
            # It is claimed again when its lease has lapsed, and goes on from what is committed.
            _log.exception("The database failed under experiment %s.", claim.experiment.id)
        except Exception as error:  # whatever it is, nobody else would hear of it
            reason = error
            if limit.expired():
                reason = SolveTimeoutError(
                    Message("answer_too_slow", seconds=most, setting="WHALE_MAX_JOB_SECONDS")
                )
            _log.error("Experiment %s failed.", claim.experiment.id, exc_info=reason)
            with suppress(LeaseLostError, SQLAlchemyError):
                await self._call(self._leases.fail, claim, document(reason))

    async def _complete(self, claim: Claim) -> None:
        """Replay what is missing, and keep what all of it amounts to."""
        kind, config = KINDS[claim.experiment.kind], claim.experiment.config
        begun = asyncio.get_running_loop().time()
        await self._replay_missing(claim)
        rows = await self._call(self._store.seeds, claim.number)
        took = 1000 * (asyncio.get_running_loop().time() - begun)
        result = await self._in_pool(
            kind.conclude, claim.experiment.id, config, [*rows.values()], took
        )
        await self._call(self._leases.finish, claim, result, media_type(config))

    async def _replay_missing(self, claim: Claim) -> None:
        seeds = await asyncio.to_thread(KINDS[claim.experiment.kind].seeds, claim.experiment.config)
        there = await self._call(self._store.seeds, claim.number)
        missing = [seed for seed in seeds if seed not in there]
        progress = _Progress(len(missing))
        ahead = iter(missing)
        # As many at a time as there are processes: other experiments' seeds come in between.
        needed = await self._call(self._leases.input, claim, self._settings.data_directory)
        lanes = [
            asyncio.create_task(self._replay(claim, needed.content, ahead, progress))
            for _ in range(min(self._pool.processes, len(missing)))
        ]
        try:
            await asyncio.gather(*lanes)
        finally:
            for lane in lanes:
                lane.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)
            needed.close()

    async def _replay(
        self,
        claim: Claim,
        body: bytes | Path | None,
        ahead: Iterator[int],
        progress: _Progress,
    ) -> None:
        """Replay one seed after the other, and commit each as it ends."""
        kind, config = KINDS[claim.experiment.kind], claim.experiment.config
        for seed in ahead:
            async with nullcontext() if kind.live else self._long_steps:
                rows = await self._in_pool(kind.replay, config, body, seed, self._settings)
            left = progress.one_more()
            await self._call(self._leases.commit_seed, claim, seed, rows, left)
            self._changes.notify()

    async def _in_pool(self, function: Callable[..., Result], *arguments: Any) -> Result:
        seconds = self._settings.max_step_seconds
        return await self._pool.run(function, *arguments, seconds=seconds, attempts=_ATTEMPTS)


class _Progress:
    """How long the rest takes if it goes on like this."""

    def __init__(self, total: int) -> None:
        self._begun = asyncio.get_running_loop().time()
        self._total = total
        self._done = 0

    def one_more(self) -> float:
        """Count one more as done and return the seconds left."""
        self._done += 1
        took = asyncio.get_running_loop().time() - self._begun
        return took / self._done * (self._total - self._done)
