"""The database behind the experiments: a SQLite file, or PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Double,
    Engine,
    NullPool,
    QueuePool,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from messages import Message
from solver import InputError

READING = {"reading": True}
"""Execution options of a transaction that writes nothing."""

FILE = "experiments.sqlite"
"""Name of the SQLite file in the directory of the service's data."""

_FROZEN = 3
"""Seconds after which PostgreSQL ends a transaction whose replica says nothing more; ours take
milliseconds."""

_SILENT = 10
"""Seconds after which a connection to PostgreSQL is given up that acknowledges nothing."""

_WAL_BYTES = 64 * 2**20
"""Largest write-ahead log that SQLite keeps between transactions."""


@dataclass(frozen=True)
class TimeLimits:
    """How long whoever uses a database waits for it, seconds.

    Parameters
    ----------
    lock : float
        For others who write.
    statement : float
        For one statement, of PostgreSQL.
    connect : int
        For a connection.
    """

    lock: float
    statement: float
    connect: int


OF_REQUESTS = TimeLimits(lock=5, statement=30, connect=5)
OF_THE_RUNNER = TimeLimits(lock=30, statement=120, connect=5)
OF_THE_PROBE = TimeLimits(lock=1, statement=1, connect=2)


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


def connect(url: str | None, directory: Path, limits: TimeLimits = OF_THE_RUNNER) -> Engine:
    """Return the database at `url`, or else the file in `directory`; nothing is opened yet.

    Parameters
    ----------
    url : str, optional
    directory : Path
    limits : TimeLimits
        Of the connections. Those of the probe are opened anew each time, and make no file.

    Raises
    ------
    solver.InputError
        On what is no URL of PostgreSQL or SQLite.
    OSError
        Where the directory cannot be made.
    """
    if url is None:
        directory.mkdir(parents=True, exist_ok=True)
        return _sqlite(make_url(f"sqlite:///{directory / FILE}"), limits)
    try:
        known = make_url(url)
    except ArgumentError as error:
        raise InputError("database_url", Message("database_url_invalid")) from error
    if known.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return _postgresql(known.set(drivername="postgresql+psycopg"), limits)
    if known.get_backend_name() == "sqlite" and known.database not in (None, "", ":memory:"):
        return _sqlite(known, limits)
    raise InputError(
        "database_url",
        Message("database_url_unsupported", received=known.drivername),
    )


def file_of(url: URL) -> Path | None:
    """Return the file of a SQLite database; None of one that is named by a URI."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database.startswith("file:"):
        return None
    return Path(url.database)


def _postgresql(url: URL, limits: TimeLimits) -> Engine:
    engine = create_engine(
        url,
        pool_pre_ping=True,  # a connection that the server dropped is noticed before it is used
        pool_size=10 if limits is not OF_THE_PROBE else 1,
        pool_timeout=limits.lock,
        connect_args={
            "connect_timeout": limits.connect,
            "keepalives_idle": _SILENT,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 1000 * _SILENT,
        },
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        # A replica that is frozen in the middle of a transaction must not hold its locks: others
        # would wait for it, or pass over its experiments, for as long as it is.
        connection.autocommit = True
        connection.execute(
            f"SET idle_in_transaction_session_timeout = '{_FROZEN}s';"
            f"SET lock_timeout = '{1000 * limits.lock:.0f}ms';"
            f"SET statement_timeout = '{1000 * limits.statement:.0f}ms'"
        )
        connection.autocommit = False

    return engine


def _sqlite(url: URL, limits: TimeLimits) -> Engine:
    probe, file = limits is OF_THE_PROBE, file_of(url)
    if probe and file is not None:  # one that was moved away or removed is not made again
        query = {"mode": "rw", "uri": "true"}
        url = URL.create("sqlite", database=file.absolute().as_uri(), query=query)
    engine = create_engine(
        url,
        connect_args={"timeout": limits.lock},
        poolclass=NullPool if probe else QueuePool,
        **({} if probe else {"pool_timeout": limits.lock}),
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin below, not by the driver
        if probe:
            return
        if connection.execute("PRAGMA page_count").fetchone() == (0,):
            # A file that is there would be locked for it, and stay as it is.
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later may find that another wrote meanwhile.
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine
