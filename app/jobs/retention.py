"""Deletion of old experiments, and of the space that they leave in the file."""

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
    Select,
    and_,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.exc import OperationalError

from .database import Repository, find_file, now
from .database_tables import EXPERIMENTS, INPUTS, bytes_of_experiment
from .records import FINAL

DAY = 86_400.0

_BATCH = 20
"""Experiments that one transaction deletes, so that others can write in between."""

_PAGES = 2_000
"""Pages that one statement frees in a SQLite file, for the same reason."""

_MIN_RETENTION_SECONDS = 3600.0
"""How long results are kept even if the database is too large, so that clients can fetch them."""

_INCREMENTAL = 2
"""Value of SQLite's auto_vacuum with which a file can shrink step by step."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Deletions:
    """Numbers of deleted records.

    Parameters
    ----------
    experiments : int
    inputs : int
        Inputs of experiments that were kept.
    """

    experiments: int
    inputs: int


class Retention(Repository):
    """Deletes old experiments and frees their space. Every method blocks."""

    def clean_up(self, days: float, max_bytes: int) -> Deletions:
        """Delete old experiments, then the oldest ones while all are too large; free the space.

        Parameters
        ----------
        days : float
            How long experiments are kept after their end; 0 keeps them for ever.
        max_bytes : int
        """
        experiments = self.delete_older_than(days) if days > 0 else 0
        inputs = self._delete_inputs()
        while self.count_bytes() > max_bytes and self._delete(
            EXPERIMENTS.c.finished < now() - _MIN_RETENTION_SECONDS, 1
        ):
            experiments += 1
        if experiments or inputs:
            _log.info("Deleted %d experiments and %d inputs.", experiments, inputs)
        self.free_space()
        return Deletions(experiments, inputs)

    def delete_older_than(self, days: float) -> int:
        """Delete the experiments that ended more than `days` ago; return their number."""
        deleted = 0
        while batch := self._delete(_ended_before(days)):
            deleted += batch
        return deleted

    def count_older_than(self, days: float) -> int:
        """Return how many experiments `delete_older_than` would delete."""
        query = select(func.count()).select_from(EXPERIMENTS).where(_ended_before(days))
        with self._reader.begin() as connection:
            return connection.scalar(query) or 0

    def count_bytes(self) -> int:
        """Return the size of all experiments, without the overhead of the database."""
        with self._reader.begin() as connection:
            return connection.scalar(select(func.coalesce(func.sum(EXPERIMENTS.c.bytes), 0))) or 0

    def free_space(self) -> None:
        """Shrink the SQLite file by its empty pages, and empty its write-ahead log.

        PostgreSQL reuses space by itself.
        """
        if self._writer.dialect.name != "sqlite":
            return
        with self._raw_connection() as connection:
            previous, empty = None, _pragma(connection, "freelist_count")
            while _is_incremental(connection) and empty > 0 and empty != previous:
                connection.execute(f"PRAGMA incremental_vacuum({_PAGES})").fetchall()
                previous, empty = empty, _pragma(connection, "freelist_count")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def rebuild(self) -> None:
        """Rebuild a SQLite file of an earlier version, so that it can shrink.

        This needs as much free disk space as the file and locks it meanwhile. If there is too
        little space, the file is left unchanged. It stays intact if the process is killed.
        """
        if self._writer.dialect.name != "sqlite":
            return
        with self._raw_connection() as connection:
            if _is_incremental(connection):
                return
            size = _pragma(connection, "page_count") * _pragma(connection, "page_size")
            file = find_file(self._writer.url)
            if file is not None and shutil.disk_usage(file.absolute().parent).free < 2.5 * size:
                _log.warning(
                    "Cannot rebuild %s, so that it can shrink: %d MB of disk space are needed.",
                    file, 2.5 * size / 1e6,
                )  # fmt: skip
                return
            _log.info("Rebuilding the database (%d MB) once, so that it can shrink.", size / 1e6)
            connection.execute(f"PRAGMA auto_vacuum = {_INCREMENTAL}")
            connection.execute("VACUUM")

    def _delete_inputs(self) -> int:
        """Delete the inputs of experiments that ended a day ago; return their number."""
        deleted = 0
        old = (
            select(INPUTS.c.experiment)
            .join(EXPERIMENTS)
            .where(_ended_before(1), INPUTS.c.part == 0)
            .limit(_BATCH)
        )
        while True:
            with self._writer.begin() as connection:
                numbers = [*connection.scalars(old)]
                if not numbers:
                    return deleted
                connection.execute(delete(INPUTS).where(INPUTS.c.experiment.in_(numbers)))
                update_bytes(connection, numbers)
            deleted += len(numbers)

    def _delete(self, condition: ColumnElement[bool], limit: int = _BATCH) -> int:
        """Delete the oldest ended experiments that meet a condition; return their number."""
        oldest: Select[Any] = (
            select(EXPERIMENTS.c.number)
            .where(EXPERIMENTS.c.state.in_(FINAL), condition)
            .order_by(EXPERIMENTS.c.number)
            .limit(limit)
        )
        with self._writer.begin() as connection:
            deletion = delete(EXPERIMENTS).where(EXPERIMENTS.c.number.in_(oldest))
            return connection.execute(deletion).rowcount

    @contextmanager
    def _raw_connection(self) -> Iterator[Any]:
        """Yield a connection of the driver, outside of any transaction."""
        connection = self._writer.raw_connection()
        try:
            yield connection.driver_connection
        except sqlite3.Error as error:
            raise OperationalError(None, None, error) from error
        finally:
            connection.close()


def update_bytes(connection: Connection, numbers: list[int]) -> None:
    """Recompute the sizes of experiments."""
    change = update(EXPERIMENTS).where(EXPERIMENTS.c.number.in_(numbers))
    connection.execute(change.values(bytes=bytes_of_experiment()))


def _ended_before(days: float) -> ColumnElement[bool]:
    return and_(EXPERIMENTS.c.state.in_(FINAL), EXPERIMENTS.c.finished < now() - days * DAY)


def _is_incremental(connection: Any) -> bool:
    return _pragma(connection, "auto_vacuum") == _INCREMENTAL


def _pragma(connection: Any, name: str) -> int:
    (value,) = connection.execute(f"PRAGMA {name}").fetchone()
    return int(value)
