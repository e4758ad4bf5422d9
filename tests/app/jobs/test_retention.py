"""What the database forgets by itself, and that its file becomes smaller then."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text, update

from app.jobs.database import FILE, connect
from app.jobs.database_tables import (
    EXPERIMENTS,
    INPUTS,
    METADATA,
    SCHEMA,
    VERSION,
    bytes_of_experiment,
)
from app.jobs.leases import Leases
from app.jobs.records import KindName, Submission
from app.jobs.retention import DAY, Retention
from app.jobs.store import Store, StoreFullError
from messages import Message
from tests.app.conftest import Run

MANY = 10**12
LARGE = b"x" * 2_000_000


def submission(body: bytes | None = b"matrix") -> Submission:
    return Submission("allocation", "{}", 1, "same", attended=False, body=body)


def ended(store: Store, engine: Engine, days_ago: float, body: bytes = b"matrix") -> str:
    """Return the id of an experiment that ended some time ago, with a result of 100 bytes."""
    experiment, _ = store.submit(submission(body), MANY)
    claim = Leases(engine).claim("one", 1000)
    assert claim is not None
    assert claim.number == experiment.number
    Leases(engine).finish(claim, b"r" * 100, "application/json")
    with engine.begin() as connection:
        connection.execute(
            update(EXPERIMENTS)
            .where(EXPERIMENTS.c.number == claim.number)
            .values(finished=EXPERIMENTS.c.finished - days_ago * DAY)
        )
    return experiment.id


def ids(store: Store) -> set[str]:
    return {each.id for each in store.list_newest(1000)}


def counted_anew(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.sum(bytes_of_experiment()))) or 0


@given(ages=st.lists(st.floats(0, 200), max_size=6), days=st.sampled_from([0.0, 0.5, 30.0, 90.0]))
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_ended_too_long_ago_is_forgotten_and_nothing_else(
    engine: Engine, store: Store, ages: list[float], days: float
) -> None:
    by_age = {ended(store, engine, age): age for age in ages}
    running, _ = store.submit(submission(), MANY)
    retention = Retention(engine)

    forgotten = retention.clean_up(days, MANY)

    kept = {each for each, age in by_age.items() if days == 0 or age < days}
    assert ids(store) == {*kept, running.id}
    assert forgotten.experiments == len(by_age) - len(kept)
    assert forgotten.inputs == sum(by_age[each] >= 1 for each in kept)
    assert retention.count_bytes() == counted_anew(engine)
    for each in store.list_newest(1000):
        store.cancel(each.number)
        store.delete(each.number)


def test_beyond_the_largest_size_the_oldest_go_first_and_what_is_fresh_stays(
    engine: Engine, store: Store
) -> None:
    old = [ended(store, engine, age, b"i" * 10_000) for age in (0.9, 0.5, 0.1)]
    fresh = ended(store, engine, 0, b"i" * 30_000)
    queued, _ = store.submit(submission(b"i" * 30_000), MANY)

    Retention(engine).clean_up(90, 75_000)
    assert ids(store) == {old[2], fresh, queued.id}  # one after the other until it fits

    Retention(engine).clean_up(90, 100)
    assert ids(store) == {fresh, queued.id}
    with pytest.raises(StoreFullError) as refusal:
        store.submit(submission(), MANY, 100)
    assert refusal.value.message == Message("experiments_too_large", most=100)


def test_what_was_given_up_goes_on_after_its_input_was_forgotten(
    engine: Engine, store: Store
) -> None:
    asked = replace(submission(), attended=True, idempotency_key="k")
    experiment, _ = store.submit(asked, MANY)
    store.cancel(experiment.number, only_attended=True)
    with engine.begin() as connection:
        connection.execute(update(EXPERIMENTS).values(finished=EXPERIMENTS.c.finished - 2 * DAY))
    assert Retention(engine).clean_up(90, MANY).inputs == 1

    store.submit(asked, MANY)

    claim = Leases(engine).claim("one", 1000)
    assert claim is not None
    assert Leases(engine).open_input(claim, Path()).content == asked.body
    assert Retention(engine).count_bytes() == counted_anew(engine)


def test_a_deleted_experiment_gives_its_room_back_to_the_disk(tmp_path: Path) -> None:
    engine = connect(None, tmp_path)
    store, retention = Store(engine), Retention(engine)
    store.prepare()
    ends = [ended(store, engine, 0, LARGE) for _ in range(5)]
    retention.free_space()
    full = (tmp_path / FILE).stat().st_size
    assert full > 5 * len(LARGE)

    for each in ends[:4]:
        found = store.get(each)
        assert found is not None
        store.delete(found.number)
    retention.free_space()

    assert (tmp_path / FILE).stat().st_size < 1.5 * len(LARGE)
    assert (tmp_path / f"{FILE}-wal").stat().st_size == 0
    assert store.get(ends[4]) is not None


def as_version_1_wrote_it(path: Path) -> None:
    """Make a database as it was before experiments had owners, with one that is done."""
    connection = sqlite3.connect(path)
    connection.executescript(VERSION_1)
    connection.execute("INSERT INTO inputs VALUES (1, ?)", (LARGE,))
    connection.commit()
    connection.close()


VERSION_1 = """
PRAGMA journal_mode = WAL;
CREATE TABLE schema_version (version INTEGER NOT NULL PRIMARY KEY);
INSERT INTO schema_version VALUES (1);
CREATE TABLE experiments (
  number INTEGER NOT NULL PRIMARY KEY, id VARCHAR(36) NOT NULL UNIQUE, kind VARCHAR(20) NOT NULL,
  config TEXT NOT NULL, total INTEGER NOT NULL, done INTEGER NOT NULL, state VARCHAR(10) NOT NULL,
  created DOUBLE NOT NULL, started DOUBLE, finished DOUBLE, attended BOOLEAN NOT NULL,
  abandoned BOOLEAN NOT NULL, idempotency_key VARCHAR(255) UNIQUE,
  fingerprint VARCHAR(64) NOT NULL, owner VARCHAR(100), token INTEGER NOT NULL,
  lease_expires DOUBLE, last_event INTEGER NOT NULL, error TEXT, result BLOB,
  media_type VARCHAR(100));
CREATE INDEX experiments_by_state ON experiments (state, number);
CREATE TABLE seeds (experiment INTEGER NOT NULL REFERENCES experiments (number) ON DELETE CASCADE,
  seed BIGINT NOT NULL, rows BLOB NOT NULL, token INTEGER NOT NULL, PRIMARY KEY (experiment, seed));
CREATE TABLE events (experiment INTEGER NOT NULL REFERENCES experiments (number) ON DELETE CASCADE,
  event INTEGER NOT NULL, at DOUBLE NOT NULL, state VARCHAR(10) NOT NULL, done INTEGER NOT NULL,
  seed BIGINT, seconds_left DOUBLE, owner VARCHAR(100), token INTEGER NOT NULL,
  PRIMARY KEY (experiment, event));
CREATE TABLE inputs (experiment INTEGER NOT NULL PRIMARY KEY
  REFERENCES experiments (number) ON DELETE CASCADE, body BLOB NOT NULL);
INSERT INTO experiments VALUES (1, '82482845-26f8-45f8-a0f6-85f7228391db', 'own-sweep',
  '{"accept": "application/json"}', 1, 1, 'done', 1e9, 1e9, 1e9, 0, 0, 'key', 'same', NULL, 1,
  NULL, 1, NULL, x'7b7d', 'application/json');
INSERT INTO seeds VALUES (1, 0, x'5b5d', 1);
INSERT INTO events VALUES (1, 1, 1e9, 'done', 1, NULL, NULL, NULL, 1);
"""


def test_a_file_of_version_1_is_taken_over_and_can_become_smaller(tmp_path: Path) -> None:
    as_version_1_wrote_it(tmp_path / FILE)
    engine = connect(None, tmp_path)
    store, retention = Store(engine), Retention(engine)
    store.prepare()
    store.prepare()

    (kept,) = store.list_newest(9)
    assert (kept.state, store.read_result(kept.number)) == ("done", b"{}")
    assert retention.count_bytes() == counted_anew(engine) == len(LARGE) + 30 + 2 + 2
    retention.rebuild()
    forgotten = retention.clean_up(0, MANY)
    assert (forgotten.experiments, forgotten.inputs) == (0, 1)
    assert (tmp_path / FILE).stat().st_size < len(LARGE) / 2
    columns = {row[1] for row in _pragma(tmp_path, "table_info(experiments)")}
    assert columns == {column.name for column in EXPERIMENTS.columns}
    indexes = {row[1] for row in _pragma(tmp_path, "index_list(experiments)")}
    assert {index.name for index in EXPERIMENTS.indexes} <= indexes


def test_outcomes_of_version_2_are_taken_from_its_results(store: Store, engine: Engine) -> None:
    kinds: tuple[tuple[KindName, bytes], ...] = (
        ("whale-sweep", b'{"gate_5c": "PASS", "gate": {"verdict": "no-effect"}, "config": {}}'),
        ("own-sweep", b'{"gate_5c": "FAIL", "config": {"seed": 42, "n_users": 3}}'),
        ("allocation", b"ARROW1"),
    )
    for kind, result in kinds:
        store.submit(replace(submission(None), kind=kind), MANY)
        claim = Leases(engine).claim("one", 1000)
        assert claim is not None
        Leases(engine).finish(claim, result, "application/json")
    written = [each.outcome for each in store.list_newest(9)]
    store.submit(submission(None), MANY)  # has no result yet
    with engine.begin() as connection:
        connection.execute(text("UPDATE schema_version SET version = 2"))
        for column in ("name", "note", "outcome"):
            connection.execute(text(f"ALTER TABLE experiments DROP COLUMN {column}"))
    store.prepare()

    queued, *migrated = store.list_newest(9)
    assert queued.outcome is None
    assert [each.outcome for each in migrated] == written
    assert [json.loads(each or "null") for each in written] == [
        None,
        {"verdict": "fail", "answer": None, "settings": {"n_users": 3}},
        {"verdict": "no-effect", "answer": None},
    ]


def test_postgresql_of_version_1_is_taken_over(engine: Engine) -> None:
    with engine.begin() as connection:
        METADATA.drop_all(connection)
        METADATA.create_all(connection)
        connection.execute(text("INSERT INTO schema_version VALUES (1)"))
        connection.execute(text("DROP TABLE probe"))
        connection.execute(text("DROP TABLE input_parts"))
        connection.execute(text("CREATE TABLE inputs (experiment BIGINT PRIMARY KEY, body BYTEA)"))
        for name in ("key", "size"):
            connection.execute(text(f"DROP INDEX experiments_by_{name}"))
        for column in ("api_key", "attempts", "lease_seconds", "seconds_run", "bytes", "name",
                       "note", "outcome"):  # fmt: skip
            connection.execute(text(f"ALTER TABLE experiments DROP COLUMN {column}"))
    Store(engine).prepare()

    with engine.begin() as connection:
        assert connection.scalar(select(SCHEMA.c.version)) == VERSION
    ended(Store(engine), engine, 2)
    assert Retention(engine).clean_up(1, MANY).experiments == 1
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(INPUTS)) == 0


def test_a_file_is_left_as_it_is_where_the_disk_has_no_room_to_rebuild_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_version_1_wrote_it(tmp_path / FILE)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": len(LARGE)}))
    retention = Retention(connect(None, tmp_path))

    retention.rebuild()
    retention.free_space()

    assert _pragma(tmp_path, "auto_vacuum") == [(0,)]


def _pragma(directory: Path, name: str) -> list[tuple[int | str, ...]]:
    with sqlite3.connect(directory / FILE) as connection:
        return connection.execute(f"PRAGMA {name}").fetchall()


def test_the_command_lists_experiments_and_deletes_old_ones(
    run_here: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHALE_DATA_DIRECTORY", "data")
    none = run_here("experiments", "list")
    engine = connect(None, tmp_path / "data")
    store = Store(engine)
    store.prepare()
    old, new = ended(store, engine, 100), ended(store, engine, 5)

    listed = run_here("experiments", "list").stdout
    would = run_here("experiments", "prune", "--days", "3", "--dry-run")
    pruned = run_here("experiments", "prune")
    again = run_here("experiments", "prune", "--days", "3")

    assert (none.returncode, none.stderr) == (
        1, "Expected experiments at data/experiments.sqlite; there is no such file.\n",
    )  # fmt: skip
    assert old in listed
    assert new in listed
    assert would.stdout == "2 experiments ended more than 3 days ago.\n"
    assert pruned.stdout == "Deleted 1 experiment and 1 input: 0.0 MB.\n"
    assert again.stdout == "Deleted 1 experiment and 0 inputs: 0.0 MB.\n"
    assert ids(store) == set()
