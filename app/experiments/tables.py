"""What the database holds of experiments, and which version of it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    func,
    insert,
    inspect,
    select,
)

VERSION = 1
"""Of the tables below; a change of them is a new version, and has a way from the one before."""

METADATA = MetaData()

_NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up this type alone

SCHEMA = Table("schema_version", METADATA, Column("version", Integer, primary_key=True))

EXPERIMENTS = Table(
    "experiments",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("config", Text, nullable=False),  # JSON: in text, floats survive digit for digit
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False, default=0),
    Column("state", String(10), nullable=False, default="queued"),
    Column("created", Double, nullable=False),
    Column("started", Double),
    Column("finished", Double),
    # Somebody waits for the answer, and nobody would fetch it later: it ends when they leave.
    Column("attended", Boolean, nullable=False),
    Column("abandoned", Boolean, nullable=False, default=False),
    Column("idempotency_key", String(255), unique=True),
    Column("fingerprint", String(64), nullable=False),
    Column("owner", String(100)),
    Column("token", Integer, nullable=False, default=0),  # one more with every claim
    Column("lease_expires", Double),
    Column("last_event", Integer, nullable=False, default=0),
    Column("error", Text),
    Column("result", LargeBinary),
    Column("media_type", String(100)),
)
Index("experiments_by_state", EXPERIMENTS.c.state, EXPERIMENTS.c.number)


def _of_experiment() -> Column[int]:
    parent = ForeignKey(EXPERIMENTS.c.number, ondelete="CASCADE")
    return Column("experiment", _NUMBER, parent, primary_key=True)


SEEDS = Table(
    "seeds",
    METADATA,
    _of_experiment(),
    Column("seed", BigInteger, primary_key=True, autoincrement=False),
    Column("rows", LargeBinary, nullable=False),
    Column("token", Integer, nullable=False),
)

EVENTS = Table(
    "events",
    METADATA,
    _of_experiment(),
    Column("event", Integer, primary_key=True, autoincrement=False),
    Column("at", Double, nullable=False),
    Column("state", String(10), nullable=False),
    Column("done", Integer, nullable=False),
    Column("seed", BigInteger),
    Column("seconds_left", Double),
    Column("owner", String(100)),
    Column("token", Integer, nullable=False),
)

INPUTS = Table(
    "inputs",
    METADATA,
    _of_experiment(),
    Column("body", LargeBinary, nullable=False),
)

_LOCK = 0x7768616C65
"""Names the lock that replicas on one PostgreSQL take turns with, among other programs' locks."""


class NewerDatabaseError(RuntimeError):
    """The database was written by a newer version of the service."""


def lock(connection: Connection) -> None:
    """Wait until no other replica holds this lock; it ends with the transaction.

    SQLite needs none: its writers take turns anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def prepare(connection: Connection) -> None:
    """Create the tables where there are none.

    Raises
    ------
    NewerDatabaseError
        Where they are of a version that is not known yet.
    """
    lock(connection)
    if not inspect(connection).has_table(SCHEMA.name):
        METADATA.create_all(connection)
        connection.execute(insert(SCHEMA).values(version=VERSION))
    version = connection.scalar(select(SCHEMA.c.version))
    if version is None or version > VERSION:
        raise NewerDatabaseError(
            f"Expected a database of version {VERSION} or older; got version {version}, which a "
            "newer whale-matching wrote."
        )
