"""The database behind the experiments: a SQLite file, or PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Double, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from solver import InputError

READING = {"reading": True}
"""Execution options of a transaction that writes nothing."""

FILE = "experiments.sqlite"
"""Name of the SQLite file in the directory of the service's data."""

_FROZEN = 3
"""Seconds after which PostgreSQL ends a transaction whose replica says nothing more; ours take
milliseconds."""

_WAIT = 30.0
"""Seconds that a writer waits for the one before it."""


class now(FunctionElement[float]):  # noqa: N801 - SQL functions are written small
    """Seconds since 1970 by the clock of the database, which all replicas share."""

    type = Double()
    inherit_cache = True


@compiles(now, "sqlite")
def _now_in_sqlite(_element: now, _compiler: SQLCompiler, **_: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(now, "postgresql")
def _now_in_postgresql(_element: now, _compiler: SQLCompiler, **_: Any) -> str:
    # now() stands still within a transaction, which may have waited for a lock.
    return "extract(epoch from clock_timestamp())::double precision"


def connected(url: str | None, directory: Path) -> Engine:
    """Return the database at `url`, or else the file in `directory`; nothing is opened yet.

    Raises
    ------
    solver.InputError
        On what is no URL of PostgreSQL or SQLite.
    OSError
        Where the directory cannot be made.
    """
    if url is None:
        directory.mkdir(parents=True, exist_ok=True)
        return _sqlite(f"sqlite:///{directory / FILE}")
    try:
        known = make_url(url)
    except ArgumentError as error:
        raise InputError("database_url", "Expected database_url as a URL.") from error
    if known.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        known = known.set(drivername="postgresql+psycopg")
        return _postgresql(known)
    if known.get_backend_name() == "sqlite" and known.database not in (None, "", ":memory:"):
        return _sqlite(url)
    raise InputError(
        "database_url",
        f"Expected database_url of PostgreSQL or a SQLite file; got {known.drivername}.",
    )


def _postgresql(url: URL) -> Engine:
    # A connection that the server dropped is noticed before it is used.
    engine = create_engine(url, pool_pre_ping=True, pool_size=10)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        # A replica that is frozen in the middle of a transaction must not hold its locks: others
        # would wait for it, or pass over its experiments, for as long as it is.
        connection.autocommit = True
        connection.execute(f"SET idle_in_transaction_session_timeout = '{_FROZEN}s'")
        connection.autocommit = False

    return engine


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _WAIT})

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin below, not by the driver
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later may find that another wrote meanwhile.
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine
