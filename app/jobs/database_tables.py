"""What the database holds of experiments, and which version of it."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
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
    text,
    update,
)

VERSION = 2
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
    # The digest of the key that asked for it; null where the service had no keys.
    Column("api_key", String(64)),
    # The process that has it or had it last, and how often one began it since the last seed.
    Column("owner", String(100)),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("token", Integer, nullable=False, default=0),  # one more with every claim
    Column("lease_expires", Double),
    Column("lease_seconds", Double),
    Column("seconds_run", Double, nullable=False, server_default="0"),  # while somebody had it
    Column("bytes", BigInteger, nullable=False, server_default="0"),  # of all that belongs to it
    Column("last_event", Integer, nullable=False, default=0),
    Column("error", Text),
    Column("result", LargeBinary),
    Column("media_type", String(100)),
)
Index("experiments_by_state", EXPERIMENTS.c.state, EXPERIMENTS.c.number)
Index("experiments_by_key", EXPERIMENTS.c.api_key, EXPERIMENTS.c.number)
Index("experiments_by_size", EXPERIMENTS.c.bytes)


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
    "input_parts",
    METADATA,
    _of_experiment(),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

PROBE = Table(
    "probe",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("written", Double, nullable=False),
)
"""One row, which is written to see whether anything can be."""

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
        connection.execute(insert(PROBE).values(number=1, written=0.0))
    version = connection.scalar(select(SCHEMA.c.version))
    if version is None or version > VERSION:
        raise NewerDatabaseError(
            f"Expected a database of version {VERSION} or older; got version {version}, which a "
            "newer whale-matching wrote."
        )
    if version == 1:
        _from_version_1(connection)


def _from_version_1(connection: Connection) -> None:
    """Add who owns an experiment, how often it was begun, how long it ran and what it takes.

    Inputs, which were whole, become their only parts.
    """
    for column in (
        "api_key VARCHAR(64)",
        "attempts INTEGER NOT NULL DEFAULT 0",
        "lease_seconds DOUBLE PRECISION",
        "seconds_run DOUBLE PRECISION NOT NULL DEFAULT 0",
        "bytes BIGINT NOT NULL DEFAULT 0",
    ):
        connection.execute(text(f"ALTER TABLE experiments ADD COLUMN {column}"))
    METADATA.create_all(connection)
    for index in EXPERIMENTS.indexes:
        index.create(connection, checkfirst=True)
    connection.execute(insert(PROBE).values(number=1, written=0.0))
    whole = "SELECT experiment, 0, body FROM inputs"
    connection.execute(text(f"INSERT INTO input_parts (experiment, part, body) {whole}"))
    connection.execute(text("DROP TABLE inputs"))
    connection.execute(update(EXPERIMENTS).values(bytes=bytes_of_experiment()))
    connection.execute(update(SCHEMA).values(version=2))


def bytes_of_experiment() -> ColumnElement[int]:
    """Return how many bytes belong to an experiment, counted row by row."""
    of_seeds = select(func.sum(func.length(SEEDS.c.rows))).where(
        SEEDS.c.experiment == EXPERIMENTS.c.number
    )
    of_inputs = select(func.sum(func.length(INPUTS.c.body))).where(
        INPUTS.c.experiment == EXPERIMENTS.c.number
    )
    parts = (
        func.length(EXPERIMENTS.c.config),
        func.length(EXPERIMENTS.c.result),
        of_seeds.scalar_subquery(),
        of_inputs.scalar_subquery(),
    )
    first, *others = (func.coalesce(part, 0) for part in parts)
    return sum(others, first)
