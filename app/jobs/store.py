"""Experiments in a database: what is committed here survives the process."""

from __future__ import annotations

import uuid
from dataclasses import fields

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    delete,
    false,
    func,
    insert,
    literal,
    select,
    true,
    update,
)

from app.errors.problem_details import MessageError
from app.workers.fair_queue import QueueFullError, expect_room
from messages import Message

from . import database_tables as experiment_tables
from .changes import COLUMNS, apply_change, end_experiment, experiment_of, has_number
from .database import READING, now
from .database_tables import EVENTS, EXPERIMENTS, SEEDS, bytes_of_experiment
from .inputs import keep_input, size_of
from .records import EVERYTHING, FINAL, Event, Experiment, Submission, Viewer


class StoreFullError(MessageError):
    """As many experiments are queued already as may."""


class OtherRequestError(ValueError):
    """An idempotency key came again with another request."""


class Store:
    """Experiments, their seeds and their events. Every method is one transaction, and blocks.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        As `connected` returns it.
    """

    def __init__(self, engine: Engine) -> None:
        self._writing = engine
        self._reading = engine.execution_options(**READING)

    def prepare(self) -> None:
        """Create what is missing.

        Raises
        ------
        experiment_tables.NewerDatabaseError
            Where a newer version of the service wrote the database.
        """
        with self._writing.begin() as connection:
            experiment_tables.prepare(connection)

    def ping(self) -> None:
        """Ask for nothing, to see whether the database answers."""
        with self._reading.begin() as connection:
            connection.execute(select(1))

    def close(self) -> None:
        """Close all connections."""
        self._writing.dispose()

    def submit(
        self,
        submission: Submission,
        max_queue: int,
        max_bytes: int | None = None,
        shared: bool = False,
    ) -> tuple[Experiment, bool]:
        """Queue an experiment; where its idempotency key is known, return the first one.

        One that was given up because its client left goes on from its committed seeds.

        Returns
        -------
        Experiment, bool
            And whether it is a new one.

        Raises
        ------
        StoreFullError
            Where `max_queue` experiments wait already, or all take more than `max_bytes`; if
            `shared`, where it is one too many of its key.
        OtherRequestError
            Where the key came with another request before.
        """
        with self._writing.begin() as connection:
            experiment_tables.lock(
                connection
            )  # two requests with one key, or for the last place in the queue
            first = _of_key(connection, submission.idempotency_key)
            if first is not None:
                return _again(connection, first, submission), False
            _expect_place(connection, submission.api_key, max_queue, shared=shared)
            if max_bytes is not None:
                _expect_room(connection, max_bytes)
            return _queued(connection, submission), True

    def get(self, id_: str, viewer: Viewer = EVERYTHING) -> Experiment | None:
        """Return an experiment, or None where the viewer sees none of this id."""
        query = select(*COLUMNS).where(EXPERIMENTS.c.id == id_, _seen_by(viewer))
        with self._reading.begin() as connection:
            row = connection.execute(query).first()
        return None if row is None else experiment_of(row)

    def newest(
        self, limit: int, before: int | None = None, viewer: Viewer = EVERYTHING
    ) -> list[Experiment]:
        """Return what a viewer sees, newest first; only what is older than the number `before`."""
        query = select(*COLUMNS).where(_seen_by(viewer))
        query = query.order_by(EXPERIMENTS.c.number.desc()).limit(limit)
        if before is not None:
            query = query.where(EXPERIMENTS.c.number < before)
        with self._reading.begin() as connection:
            return [experiment_of(row) for row in connection.execute(query)]

    def count_by_state(self) -> dict[str, int]:
        """Return how many experiments are in each state that any is in."""
        query = select(EXPERIMENTS.c.state, func.count().label("number")).group_by(
            EXPERIMENTS.c.state
        )
        with self._reading.begin() as connection:
            return {row.state: row.number for row in connection.execute(query)}

    def result(self, number: int) -> bytes | None:
        """Return the result of an experiment, None before it is done."""
        query = select(EXPERIMENTS.c.result).where(EXPERIMENTS.c.number == number)
        with self._reading.begin() as connection:
            result: bytes | None = connection.scalar(query)
        return result

    def seeds(self, number: int) -> dict[int, bytes]:
        """Return the rows of the committed seeds, JSON, in order of the seeds."""
        query = select(SEEDS.c.seed, SEEDS.c.rows).where(SEEDS.c.experiment == number)
        with self._reading.begin() as connection:
            return {row.seed: row.rows for row in connection.execute(query.order_by(SEEDS.c.seed))}

    def events(self, number: int, after: int, limit: int = 100) -> list[Event]:
        """Return what happened to an experiment after the event `after`, with rows of seeds."""
        same_seed = and_(SEEDS.c.experiment == EVENTS.c.experiment, SEEDS.c.seed == EVENTS.c.seed)
        query = (
            select(
                *(EVENTS.c[each.name] for each in fields(Event) if each.name != "rows"),
                SEEDS.c.rows,
            )
            .select_from(EVENTS.outerjoin(SEEDS, same_seed))
            .where(EVENTS.c.experiment == number, EVENTS.c.event > after)
            .order_by(EVENTS.c.event)
            .limit(limit)
        )
        with self._reading.begin() as connection:
            return [Event(**row._mapping) for row in connection.execute(query)]

    def cancel(self, number: int, *, only_attended: bool = False) -> bool:
        """End an experiment that has not ended by itself; return whether it was so.

        Parameters
        ----------
        number : int
        only_attended : bool
            Whoever waited for it has left; where others will fetch it, it goes on.
        """
        unfinished: ColumnElement[bool] = EXPERIMENTS.c.state.notin_(FINAL)
        if only_attended:
            unfinished = and_(unfinished, EXPERIMENTS.c.attended)
        change = end_experiment("cancelled").values(abandoned=only_attended)
        with self._writing.begin() as connection:
            return apply_change(connection, change.where(has_number(number), unfinished))

    def delete(self, number: int) -> bool:
        """Forget an experiment that has ended; return whether it was there and had."""
        is_final = EXPERIMENTS.c.state.in_(FINAL)
        with self._writing.begin() as connection:
            gone = connection.execute(delete(EXPERIMENTS).where(has_number(number), is_final))
        return gone.rowcount > 0


def _seen_by(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.sees_all:
        return true()
    if viewer.api_key is None:  # or what belongs to nobody would be theirs
        return false()
    return EXPERIMENTS.c.api_key == viewer.api_key


def _expect_place(connection: Connection, key: str | None, max_queue: int, *, shared: bool) -> None:
    """Refuse where as many are queued as may, in all or of a key.

    Raises
    ------
    StoreFullError
    """
    same = EXPERIMENTS.c.api_key.is_not_distinct_from(key)
    query = select(func.count(), func.count().filter(same)).where(EXPERIMENTS.c.state == "queued")
    queued, own = connection.execute(query).one()
    try:
        expect_room(max_queue, queued, own, shared=shared, kind="experiments")
    except QueueFullError as error:
        raise StoreFullError(error.message) from error


def _expect_room(connection: Connection, max_bytes: int) -> None:
    """Refuse where experiments take all the room that they may.

    Raises
    ------
    StoreFullError
    """
    taken = connection.scalar(select(func.coalesce(func.sum(EXPERIMENTS.c.bytes), 0)))
    if taken is not None and taken >= max_bytes:
        raise StoreFullError(Message("experiments_too_large", most=max_bytes))


def _of_key(connection: Connection, key: str | None) -> Experiment | None:
    if key is None:
        return None
    known = EXPERIMENTS.c.idempotency_key == key
    row = connection.execute(select(*COLUMNS).where(known).with_for_update()).first()
    return None if row is None else experiment_of(row)


def _again(connection: Connection, first: Experiment, submission: Submission) -> Experiment:
    """Return the first experiment of a key, going on if it was given up."""
    if first.fingerprint != submission.fingerprint:
        raise OtherRequestError
    attended = and_(EXPERIMENTS.c.attended, literal(submission.attended))
    change = update(EXPERIMENTS).where(has_number(first.number))
    if first.state == "cancelled" and first.abandoned:
        apply_change(
            connection,
            change.values(
                state="queued", finished=None, abandoned=False, attended=attended, attempts=0
            ),
        )
        if submission.body is not None:
            keep_input(connection, first.number, submission.body)
        connection.execute(change.values(bytes=bytes_of_experiment()))
    else:
        connection.execute(change.values(attended=attended))
    row = connection.execute(select(*COLUMNS).where(has_number(first.number))).one()
    return experiment_of(row)


def _queued(connection: Connection, submission: Submission) -> Experiment:
    """Write a new experiment, and what it needs."""
    values = {
        name: getattr(submission, name)
        for name in (
            "kind", "config", "total", "fingerprint", "attended", "idempotency_key", "api_key",
        )
    }  # fmt: skip
    size = len(submission.config) + size_of(submission.body)
    new = insert(EXPERIMENTS).values(id=str(uuid.uuid4()), created=now(), bytes=size, **values)
    number = connection.scalar(new.returning(EXPERIMENTS.c.number))
    assert number is not None  # noqa: S101 - an insert returns its row
    if submission.body is not None:
        keep_input(connection, number, submission.body)
    apply_change(connection, update(EXPERIMENTS).where(has_number(number)))
    return experiment_of(connection.execute(select(*COLUMNS).where(has_number(number))).one())
