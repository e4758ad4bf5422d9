"""What the database forgets by itself, and how its file becomes smaller then."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    and_,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.exc import OperationalError

from .database import READING, file_of, now
from .database_tables import EXPERIMENTS, INPUTS, bytes_of_experiment
from .records import FINAL

DAY = 86_400.0

_BATCH = 20
"""Experiments that one transaction forgets: others write in between."""

_PAGES = 2_000
"""Pages that SQLite gives back to the disk at a time, likewise."""

_NOT_YET_FETCHED = 3600.0
"""Seconds for which a result is kept however little room there is."""

_INCREMENTAL = 2
"""SQLite's number of the mode in which a file can become smaller bit by bit."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Forgotten:
    """How much was deleted.

    Parameters
    ----------
    experiments : int
    inputs : int
        Of experiments that were kept.
    """

    experiments: int
    inputs: int


class Retention:
    """Deletes what is old, and gives its room back. Every method blocks.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        As `connected` returns it.
    """

    def __init__(self, engine: Engine) -> None:
        self._writing = engine
        self._reading = engine.execution_options(**READING)

    def tidy(self, days: float, max_bytes: int) -> Forgotten:
        """Delete what is too old, then the oldest while all take too much, and free the room.

        Parameters
        ----------
        days : float
            How long experiments are kept that have ended; 0 for ever.
        max_bytes : int
        """
        forgotten = self.older_than(days) if days > 0 else 0
        inputs = self._inputs()
        while self.bytes() > max_bytes:
            some = self._forget(EXPERIMENTS.c.finished < now() - _NOT_YET_FETCHED, 1)
            if some == 0:
                break
            forgotten += some
        if forgotten or inputs:
            _log.info("Deleted %d experiments and %d inputs.", forgotten, inputs)
        self.free()
        return Forgotten(forgotten, inputs)

    def older_than(self, days: float) -> int:
        """Delete what ended more than so many days ago; return how many experiments that were."""
        forgotten = 0
        while some := self._forget(_ended_before(days)):
            forgotten += some
        return forgotten

    def count_older_than(self, days: float) -> int:
        """Return how many experiments `older_than` would delete."""
        query = select(func.count()).select_from(EXPERIMENTS).where(_ended_before(days))
        with self._reading.begin() as connection:
            return connection.scalar(query) or 0

    def bytes(self) -> int:
        """Return how much all experiments take, without what a database needs around them."""
        with self._reading.begin() as connection:
            return connection.scalar(select(func.coalesce(func.sum(EXPERIMENTS.c.bytes), 0))) or 0

    def free(self) -> None:
        """Give pages of SQLite that are empty back to the disk, and empty its write-ahead log.

        PostgreSQL uses room again by itself.
        """
        if self._writing.dialect.name != "sqlite":
            return
        with self._alone() as connection:
            empty, left = None, _pragma(connection, "freelist_count")
            while _is_incremental(connection) and left > 0 and left != empty:
                connection.execute(f"PRAGMA incremental_vacuum({_PAGES})").fetchall()
                empty, left = left, _pragma(connection, "freelist_count")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def rebuild(self) -> None:
        """Rebuild a SQLite file of an earlier version once, so that it can become smaller.

        It takes as much room again while it lasts, and a lock. Where there is less room, the file
        is left as it is. It is whole whenever the process is killed.
        """
        if self._writing.dialect.name != "sqlite":
            return
        with self._alone() as connection:
            if _is_incremental(connection):
                return
            size = _pragma(connection, "page_count") * _pragma(connection, "page_size")
            file = file_of(self._writing.url)
            if file is not None and shutil.disk_usage(file.absolute().parent).free < 2.5 * size:
                _log.warning(
                    "%s cannot be rebuilt so that it becomes smaller: that takes %d MB.",
                    file, 2.5 * size / 1e6,
                )  # fmt: skip
                return
            _log.info("Rebuilding the database once, %d MB, so that it can shrink.", size / 1e6)
            connection.execute(f"PRAGMA auto_vacuum = {_INCREMENTAL}")
            connection.execute("VACUUM")

    def _inputs(self) -> int:
        """Delete what experiments needed that ended a day ago; return of how many."""
        deleted = 0
        old = (
            select(INPUTS.c.experiment)
            .join(EXPERIMENTS)
            .where(_ended_before(1), INPUTS.c.part == 0)
            .limit(_BATCH)
        )
        while True:
            with self._writing.begin() as connection:
                numbers = [*connection.scalars(old)]
                if not numbers:
                    return deleted
                connection.execute(delete(INPUTS).where(INPUTS.c.experiment.in_(numbers)))
                count_bytes(connection, numbers)
            deleted += len(numbers)

    def _forget(self, condition: ColumnElement[bool], most: int = _BATCH) -> int:
        """Delete some of the oldest that have ended, under a condition; return how many."""
        ended: Select[Any] = (
            select(EXPERIMENTS.c.number)
            .where(EXPERIMENTS.c.state.in_(FINAL), condition)
            .order_by(EXPERIMENTS.c.number)
            .limit(most)
        )
        with self._writing.begin() as connection:
            gone = delete(EXPERIMENTS).where(EXPERIMENTS.c.number.in_(ended))
            return connection.execute(gone).rowcount

    @contextmanager
    def _alone(self) -> Iterator[Any]:
        """Yield a connection of the driver, outside of any transaction."""
        connection = self._writing.raw_connection()
        try:
            yield connection.driver_connection
        except sqlite3.Error as error:
            raise OperationalError(None, None, error) from error
        finally:
            connection.close()


def count_bytes(connection: Connection, numbers: list[int]) -> None:
    """Count anew what belongs to some experiments."""
    change = update(EXPERIMENTS).where(EXPERIMENTS.c.number.in_(numbers))
    connection.execute(change.values(bytes=bytes_of_experiment()))


def _ended_before(days: float) -> ColumnElement[bool]:
    return and_(EXPERIMENTS.c.state.in_(FINAL), EXPERIMENTS.c.finished < now() - days * DAY)


def _is_incremental(connection: Any) -> bool:
    return _pragma(connection, "auto_vacuum") == _INCREMENTAL


def _pragma(connection: Any, name: str) -> int:
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return int(value)
