"""The database of the experiments: a SQLite file or PostgreSQL."""

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
"""Execution options of a read-only transaction."""

FILE = "experiments.sqlite"
"""Name of the SQLite file in WHALE_DATA_DIRECTORY."""

_IDLE_SECONDS = 3
"""PostgreSQL ends transactions that are idle for longer. Ours take milliseconds."""

_UNACKNOWLEDGED_SECONDS = 10
"""Connections to PostgreSQL are closed if data stay unacknowledged for longer."""

_WAL_BYTES = 64 * 2**20
"""Maximum size of SQLite's write-ahead log between transactions."""


@dataclass(frozen=True)
class TimeLimits:
    """Time limits of a database connection, in seconds.

    Parameters
    ----------
    lock : float
        Longest wait for a lock.
    statement : float
        Longest duration of a statement (PostgreSQL).
    connect : int
        Longest wait for a connection.
    """

    lock: float
    statement: float
    connect: int


OF_REQUESTS = TimeLimits(lock=5, statement=30, connect=5)
OF_THE_RUNNER = TimeLimits(lock=30, statement=120, connect=5)
OF_THE_PROBE = TimeLimits(lock=1, statement=1, connect=2)


class now(FunctionElement[float]):  # noqa: N801 - SQL functions are written small
    """Unix time by the clock of the database, which all replicas share."""

    type = Double()
    inherit_cache = True


@compiles(now, "sqlite")
def _now_in_sqlite(_element: now, _compiler: SQLCompiler, **_: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(now, "postgresql")
def _now_in_postgresql(_element: now, _compiler: SQLCompiler, **_: Any) -> str:
    # now() is the start of the transaction, which may have waited for a lock since.
    return "extract(epoch from clock_timestamp())::double precision"


def connect(url: str | None, directory: Path, limits: TimeLimits = OF_THE_RUNNER) -> Engine:
    """Return an engine for `url`, or for the SQLite file in `directory`. Nothing is opened yet.

    Parameters
    ----------
    url : str, optional
    directory : Path
    limits : TimeLimits
        With `OF_THE_PROBE`, each connection is new and does not create a file.

    Raises
    ------
    solver.InputError
        If `url` is not a URL of PostgreSQL or SQLite.
    OSError
        If the directory cannot be created.
    """
    if url is None:
        directory.mkdir(parents=True, exist_ok=True)
        return _sqlite(make_url(f"sqlite:///{directory / FILE}"), limits)
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise InputError("database_url", Message("database_url_invalid")) from error
    if parsed.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return _postgresql(parsed.set(drivername="postgresql+psycopg"), limits)
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return _sqlite(parsed, limits)
    raise InputError(
        "database_url", Message("database_url_unsupported", received=parsed.drivername)
    )


class Repository:
    """Base class of the objects that read and write the database.

    Parameters
    ----------
    engine : sqlalchemy.Engine
        As `connect` returns it.
    """

    def __init__(self, engine: Engine) -> None:
        self._writer = engine
        self._reader = engine.execution_options(**READING)


def find_file(url: URL) -> Path | None:
    """Return the file of a SQLite database, or None if the URL is not a plain path."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database.startswith("file:"):
        return None
    return Path(url.database)


def _postgresql(url: URL, limits: TimeLimits) -> Engine:
    engine = create_engine(
        url,
        pool_pre_ping=True,  # detects connections that the server has closed
        pool_size=10 if limits is not OF_THE_PROBE else 1,
        pool_timeout=limits.lock,
        connect_args={
            "connect_timeout": limits.connect,
            "keepalives_idle": _UNACKNOWLEDGED_SECONDS,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 1000 * _UNACKNOWLEDGED_SECONDS,
        },
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        # A replica that freezes within a transaction must release its locks, or other replicas
        # would wait for them and skip its experiments.
        connection.autocommit = True
        connection.execute(
            f"SET idle_in_transaction_session_timeout = '{_IDLE_SECONDS}s';"
            f"SET lock_timeout = '{1000 * limits.lock:.0f}ms';"
            f"SET statement_timeout = '{1000 * limits.statement:.0f}ms'"
        )
        connection.autocommit = False

    return engine


def _sqlite(url: URL, limits: TimeLimits) -> Engine:
    probe, file = limits is OF_THE_PROBE, find_file(url)
    if probe and file is not None:  # do not create a file that was moved or removed
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
        connection.isolation_level = None  # `begin` starts transactions, not the driver
        if probe:
            return
        if connection.execute("PRAGMA page_count").fetchone() == (0,):
            # Only for new files: on others it would take a lock and have no effect.
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads before it writes would fail if another one wrote meanwhile.
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine
