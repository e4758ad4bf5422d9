"""Experiments in the database."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import fields

from sqlalchemy import (
    ColumnElement,
    Connection,
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

from . import database_tables
from .changes import COLUMNS, apply_change, end_experiment, experiment_from_row, has_number
from .database import Repository, now
from .database_tables import EVENTS, EXPERIMENTS, SEEDS, bytes_of_experiment
from .inputs import size_of, write_input
from .records import EVERYTHING, FINAL, Event, Experiment, Submission, Viewer


class StoreFullError(MessageError):
    """The queue or the database has no room for another experiment."""


class KeyReusedError(ValueError):
    """An idempotency key was used for another request before."""


class Store(Repository):
    """Experiments, their seeds and their events. Every method is one transaction and blocks."""

    def prepare(self) -> None:
        """Create or migrate the tables.

        Raises
        ------
        database_tables.NewerDatabaseError
            If a later version of the service created them.
        """
        with self._writer.begin() as connection:
            database_tables.prepare(connection)

    def close(self) -> None:
        """Close all connections."""
        self._writer.dispose()

    def submit(
        self,
        submission: Submission,
        max_queue: int,
        max_bytes: int | None = None,
        shared: bool = False,
    ) -> tuple[Experiment, bool]:
        """Queue an experiment, or return the first one with its idempotency key.

        If the first one was cancelled because its client disconnected, it continues from its
        committed seeds.

        Returns
        -------
        Experiment, bool
            The experiment, and whether it is new.

        Raises
        ------
        StoreFullError
            If `max_queue` experiments are queued, if all together exceed `max_bytes`, or, with
            `shared`, if the key has used its share of the queue.
        KeyReusedError
            If the idempotency key was used for another request.
        """
        with self._writer.begin() as connection:
            # Two requests can have one idempotency key, or compete for the last place.
            database_tables.lock(connection)
            first = _find_by_idempotency_key(connection, submission.idempotency_key)
            if first is not None:
                return _resume(connection, first, submission), False
            _expect_place(connection, submission.api_key, max_queue, shared=shared)
            if max_bytes is not None:
                _expect_space(connection, max_bytes)
            return _insert(connection, submission), True

    def get(self, id_: str, viewer: Viewer = EVERYTHING) -> Experiment | None:
        """Return an experiment, or None if the viewer cannot see one with this id."""
        query = select(*COLUMNS).where(EXPERIMENTS.c.id == id_, _is_visible_to(viewer))
        with self._reader.begin() as connection:
            row = connection.execute(query).first()
        return None if row is None else experiment_from_row(row)

    def list_newest(
        self, limit: int, before: int | None = None, viewer: Viewer = EVERYTHING
    ) -> list[Experiment]:
        """Return the experiments of a viewer, newest first, up to the number `before`."""
        query = select(*COLUMNS).where(_is_visible_to(viewer))
        query = query.order_by(EXPERIMENTS.c.number.desc()).limit(limit)
        if before is not None:
            query = query.where(EXPERIMENTS.c.number < before)
        with self._reader.begin() as connection:
            return [experiment_from_row(row) for row in connection.execute(query)]

    def count_by_state(self) -> dict[str, int]:
        """Return the number of experiments in each state."""
        query = select(EXPERIMENTS.c.state, func.count().label("number")).group_by(
            EXPERIMENTS.c.state
        )
        with self._reader.begin() as connection:
            return {row.state: row.number for row in connection.execute(query)}

    def read_result(self, number: int) -> bytes | None:
        """Return the result of an experiment, or None before it is done."""
        query = select(EXPERIMENTS.c.result).where(EXPERIMENTS.c.number == number)
        with self._reader.begin() as connection:
            result: bytes | None = connection.scalar(query)
        return result

    def read_seeds(self, number: int) -> dict[int, bytes]:
        """Return the rows of the committed seeds (JSON), ordered by seed."""
        query = select(SEEDS.c.seed, SEEDS.c.rows).where(SEEDS.c.experiment == number)
        with self._reader.begin() as connection:
            return {row.seed: row.rows for row in connection.execute(query.order_by(SEEDS.c.seed))}

    def read_events(self, number: int, after: int, limit: int = 100) -> list[Event]:
        """Return the events of an experiment after the event `after`, with the rows of seeds."""
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
        with self._reader.begin() as connection:
            return [Event(**row._mapping) for row in connection.execute(query)]

    def cancel(self, number: int, *, only_attended: bool = False) -> bool:
        """Cancel an experiment that has not ended; return whether it was cancelled.

        Parameters
        ----------
        number : int
        only_attended : bool
            Cancel it only if its client waited for it: the client has disconnected.
        """
        condition: ColumnElement[bool] = EXPERIMENTS.c.state.notin_(FINAL)
        if only_attended:
            condition = and_(condition, EXPERIMENTS.c.attended)
        change = end_experiment("cancelled").values(abandoned=only_attended)
        with self._writer.begin() as connection:
            return apply_change(connection, change.where(has_number(number), condition))

    def label(self, number: int, labels: Mapping[str, str | None]) -> None:
        """Give an experiment a name or a note, or remove them."""
        if labels:
            change = update(EXPERIMENTS).where(has_number(number)).values(dict(labels))
            with self._writer.begin() as connection:
                connection.execute(change)

    def delete(self, number: int) -> bool:
        """Delete an experiment that has ended; return whether it was deleted."""
        is_final = EXPERIMENTS.c.state.in_(FINAL)
        with self._writer.begin() as connection:
            deletion = delete(EXPERIMENTS).where(has_number(number), is_final)
            return connection.execute(deletion).rowcount > 0


def _is_visible_to(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.sees_all:
        return true()
    if viewer.api_key is None:  # experiments without a key are not theirs
        return false()
    return EXPERIMENTS.c.api_key == viewer.api_key


def _expect_place(connection: Connection, key: str | None, max_queue: int, *, shared: bool) -> None:
    """Refuse an experiment if the queue has no room for it.

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


def _expect_space(connection: Connection, max_bytes: int) -> None:
    """Refuse an experiment if all experiments together are too large.

    Raises
    ------
    StoreFullError
    """
    size = connection.scalar(select(func.coalesce(func.sum(EXPERIMENTS.c.bytes), 0)))
    if size is not None and size >= max_bytes:
        raise StoreFullError(Message("experiments_too_large", most=max_bytes))


def _find_by_idempotency_key(connection: Connection, key: str | None) -> Experiment | None:
    if key is None:
        return None
    same_key = EXPERIMENTS.c.idempotency_key == key
    row = connection.execute(select(*COLUMNS).where(same_key).with_for_update()).first()
    return None if row is None else experiment_from_row(row)


def _resume(connection: Connection, first: Experiment, submission: Submission) -> Experiment:
    """Return the first experiment of an idempotency key; queue it again if it was abandoned."""
    if first.fingerprint != submission.fingerprint:
        raise KeyReusedError
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
            write_input(connection, first.number, submission.body)
        connection.execute(change.values(bytes=bytes_of_experiment()))
    else:
        connection.execute(change.values(attended=attended))
    return _read(connection, first.number)


def _read(connection: Connection, number: int) -> Experiment:
    row = connection.execute(select(*COLUMNS).where(has_number(number))).one()
    return experiment_from_row(row)


def _insert(connection: Connection, submission: Submission) -> Experiment:
    """Insert a new experiment with its input."""
    values = {
        name: getattr(submission, name)
        for name in (
            "kind", "config", "total", "fingerprint", "attended", "idempotency_key", "api_key",
        )
    }  # fmt: skip
    size = len(submission.config) + size_of(submission.body)
    row = insert(EXPERIMENTS).values(id=str(uuid.uuid4()), created=now(), bytes=size, **values)
    number = connection.scalar(row.returning(EXPERIMENTS.c.number))
    assert number is not None  # noqa: S101 - an insert returns its row
    if submission.body is not None:
        write_input(connection, number, submission.body)
    apply_change(connection, update(EXPERIMENTS).where(has_number(number)))
    return _read(connection, number)
