"""The tables of the database and their migrations."""

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
    and_,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)

from .outcome import summarize

VERSION = 3
"""Version of the tables below. A change of them needs a new version and a migration."""

METADATA = MetaData()

_NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite autoincrements only integers

SCHEMA = Table("schema_version", METADATA, Column("version", Integer, primary_key=True))

EXPERIMENTS = Table(
    "experiments",
    METADATA,
    Column("number", _NUMBER, primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("kind", String(20), nullable=False),
    Column("config", Text, nullable=False),  # JSON as text: floats keep all their digits
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False, default=0),
    Column("state", String(10), nullable=False, default="queued"),
    Column("created", Double, nullable=False),
    Column("started", Double),
    Column("finished", Double),
    # A client waits for the answer: the experiment is cancelled if the client disconnects.
    Column("attended", Boolean, nullable=False),
    Column("abandoned", Boolean, nullable=False, default=False),
    Column("idempotency_key", String(255), unique=True),
    Column("fingerprint", String(64), nullable=False),
    # Digest of the key that submitted it; null if the service had no keys.
    Column("api_key", String(64)),
    # The process that runs it or ran it last, and how often it was started since its last seed.
    Column("owner", String(100)),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("token", Integer, nullable=False, default=0),  # incremented with every claim
    Column("lease_expires", Double),
    Column("lease_seconds", Double),
    Column("seconds_run", Double, nullable=False, server_default="0"),
    Column("bytes", BigInteger, nullable=False, server_default="0"),  # with its seeds and input
    Column("last_event", Integer, nullable=False, default=0),
    Column("error", Text),
    Column("result", LargeBinary),
    Column("media_type", String(100)),
    # Labels that a reader has given it, and what lists show of its result, JSON.
    Column("name", String(100)),
    Column("note", Text),
    Column("outcome", Text),
)
Index("experiments_by_state", EXPERIMENTS.c.state, EXPERIMENTS.c.number)
Index("experiments_by_key", EXPERIMENTS.c.api_key, EXPERIMENTS.c.number)
Index("experiments_by_size", EXPERIMENTS.c.bytes)


def _experiment_column() -> Column[int]:
    parent = ForeignKey(EXPERIMENTS.c.number, ondelete="CASCADE")
    return Column("experiment", _NUMBER, parent, primary_key=True)


SEEDS = Table(
    "seeds",
    METADATA,
    _experiment_column(),
    Column("seed", BigInteger, primary_key=True, autoincrement=False),
    Column("rows", LargeBinary, nullable=False),
    Column("token", Integer, nullable=False),
)

EVENTS = Table(
    "events",
    METADATA,
    _experiment_column(),
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
    _experiment_column(),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

PROBE = Table(
    "probe",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("written", Double, nullable=False),
)
"""A single row, which the probe writes."""

_LOCK = 0x7768616C65
"""Key of the advisory lock of all replicas on one PostgreSQL."""


class NewerDatabaseError(RuntimeError):
    """The database was written by a newer version of the service."""


def lock(connection: Connection) -> None:
    """Take the advisory lock of all replicas until the transaction ends.

    SQLite does not need it: it has one writer at a time.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def prepare(connection: Connection) -> None:
    """Create the tables, or migrate those of an earlier version.

    Raises
    ------
    NewerDatabaseError
        If a later version of the service created them.
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
        _migrate_from_version_1(connection)
    if version <= 2:
        _migrate_from_version_2(connection)


def _migrate_from_version_1(connection: Connection) -> None:
    """Add the columns of version 2, and move each input into its first part."""
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
    inputs = "SELECT experiment, 0, body FROM inputs"
    connection.execute(text(f"INSERT INTO input_parts (experiment, part, body) {inputs}"))
    connection.execute(text("DROP TABLE inputs"))
    connection.execute(update(EXPERIMENTS).values(bytes=bytes_of_experiment()))
    connection.execute(update(SCHEMA).values(version=2))


def _migrate_from_version_2(connection: Connection) -> None:
    """Add the columns of version 3, and take the outcomes from the results, one at a time."""
    for column in ("name VARCHAR(100)", "note TEXT", "outcome TEXT"):
        connection.execute(text(f"ALTER TABLE experiments ADD COLUMN {column}"))
    columns = EXPERIMENTS.c
    is_sweep = and_(columns.result.is_not(None), columns.kind != "allocation")
    for number in [*connection.scalars(select(columns.number).where(is_sweep))]:
        of_experiment = columns.number == number
        kind, result = connection.execute(
            select(columns.kind, columns.result).where(of_experiment)
        ).one()
        connection.execute(
            update(EXPERIMENTS).where(of_experiment).values(outcome=summarize(kind, result))
        )
    connection.execute(update(SCHEMA).values(version=3))


def bytes_of_experiment() -> ColumnElement[int]:
    """Return an expression for the size of an experiment, with its seeds and its input."""
    lengths: list[ColumnElement[int]] = [
        func.length(EXPERIMENTS.c.config),
        func.length(EXPERIMENTS.c.result),
    ]
    for column in (SEEDS.c.rows, INPUTS.c.body):
        total = select(func.sum(func.length(column)))
        of_experiment = total.where(column.table.c.experiment == EXPERIMENTS.c.number)
        lengths.append(of_experiment.scalar_subquery())
    first, *others = (func.coalesce(length, 0) for length in lengths)
    return sum(others, first)
