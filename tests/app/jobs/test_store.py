"""Experiments in the database: SQLite and PostgreSQL keep the same promises."""

from __future__ import annotations

import sqlite3
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update

from app.jobs.database import FILE, connect
from app.jobs.database_tables import (
    EXPERIMENTS,
    SCHEMA,
    NewerDatabaseError,
    bytes_of_experiment,
)
from app.jobs.leases import LeaseLostError, Leases
from app.jobs.records import Claim, Submission, Viewer
from app.jobs.store import KeyReusedError, Store, StoreFullError
from messages import Message
from solver import InputError
from tests.app.postgres import postgres
from tests.profiles import examples

ASKED = Submission("whale-sweep", "{}", 3, "fingerprint", attended=False)
LONG = 1000.0
LAPSED = -1.0


@pytest.fixture
def leases(engine: Engine, store: Store) -> Leases:  # noqa: ARG001 - prepared and empty
    return Leases(engine)


def claimed(leases: Leases, owner: str = "one", lease: float = LONG, **more: Any) -> Claim:
    claim = leases.claim(owner, lease, **more)
    assert claim is not None
    return claim


def states(store: Store, number: int) -> list[str]:
    return [event.state for event in store.read_events(number, 0)]


def test_an_experiment_goes_from_queued_to_done_and_each_step_is_an_event(
    store: Store, leases: Leases
) -> None:
    queued, new = store.submit(ASKED, 1)
    claim = claimed(leases)
    leases.commit_seed(claim, 42, b"[1]", 2.5)
    leases.commit_seed(claim, 41, b"[0]", None)
    leases.finish(claim, b"{}", "application/json")

    assert new
    done = store.get(queued.id)
    assert done is not None
    assert (done.state, done.done, done.media_type) == ("done", 2, "application/json")
    assert done.created <= done.started <= done.finished  # type: ignore[operator]
    assert store.read_result(done.number) == b"{}"
    assert store.read_seeds(done.number) == {41: b"[0]", 42: b"[1]"}
    events = store.read_events(done.number, 0)
    assert [each.event for each in events] == [1, 2, 3, 4, 5]
    assert [each.state for each in events] == ["queued", "running", "running", "running", "done"]
    assert [(each.seed, each.rows, each.done) for each in events[2:4]] == [
        (42, b"[1]", 1),
        (41, b"[0]", 2),
    ]
    assert [each.seconds_left for each in events[2:4]] == [2.5, None]
    assert store.read_events(done.number, 4) == events[4:]


def test_seeds_that_a_result_does_not_need_are_deleted_and_not_counted(
    store: Store, leases: Leases, engine: Engine
) -> None:
    queued, _ = store.submit(ASKED, 1)
    claim = claimed(leases)
    for seed in (42, 43, 44, 45):
        leases.commit_seed(claim, seed, b"[1234]", None)
    leases.finish(claim, b"{}", "application/json", {44, 45})

    done = store.get(queued.id)
    assert done is not None
    assert (done.state, done.done) == ("done", 2)
    assert [*store.read_seeds(done.number)] == [42, 43]
    assert [each.done for each in store.read_events(done.number, 0)][-2:] == [4, 2]
    sizes = select(EXPERIMENTS.c.bytes, bytes_of_experiment())
    with engine.begin() as connection:
        stored, counted = connection.execute(sizes.where(EXPERIMENTS.c.number == done.number)).one()
    assert stored == counted


def test_a_claimed_experiment_is_nobody_elses_until_its_lease_lapses(
    store: Store, leases: Leases
) -> None:
    store.submit(ASKED, 1)
    first = claimed(leases, lease=LONG)
    assert leases.claim("two", LONG) is None

    leases.renew([first], LAPSED)
    second = claimed(leases, "two")

    assert (second.number, second.token) == (first.number, first.token + 1)
    for refused in (
        lambda: leases.commit_seed(first, 42, b"[]", None),
        lambda: leases.finish(first, b"", ""),
        lambda: leases.fail(first, ""),
        lambda: leases.release(first),
    ):
        with pytest.raises(LeaseLostError):
            refused()
    assert leases.renew([first, second], LONG) == {second.number}
    assert leases.renew([first]) == set()
    assert store.read_seeds(first.number) == {}
    assert states(store, first.number) == ["queued", "running", "running"]


def set_back(engine: Engine, seconds: float) -> None:
    """Change what is written as if the clock had been set back since."""
    with engine.begin() as connection:
        connection.execute(
            update(EXPERIMENTS).values(
                lease_expires=EXPERIMENTS.c.lease_expires + seconds,
                created=EXPERIMENTS.c.created + seconds,
                started=EXPERIMENTS.c.started + seconds,
            )
        )


@given(seconds=st.floats(2.0, 1e9), lease=st.floats(0.5, 1e5))
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_after_a_clock_was_set_back_no_lease_holds_for_longer_than_it_was_given_for(
    engine: Engine, store: Store, leases: Leases, seconds: float, lease: float
) -> None:
    experiment, _ = store.submit(ASKED, 1)
    first = claimed(leases, lease=lease)
    assert leases.claim("two", LONG) is None
    set_back(engine, seconds)

    second = claimed(leases, "two")

    assert second.token == first.token + 1
    with pytest.raises(LeaseLostError):
        leases.commit_seed(first, 42, b"[]", None)
    store.cancel(experiment.number)


def test_a_lease_holds_by_what_it_was_given_for_and_not_by_what_others_give(
    engine: Engine, store: Store, leases: Leases
) -> None:
    store.submit(ASKED, 1)
    claimed(leases, lease=LONG)

    assert leases.claim("two", 0.5) is None
    set_back(engine, 0.5)  # as clocks are corrected every day
    assert leases.claim("two", 0.5) is None


def test_nobody_claims_what_it_holds_already(store: Store, leases: Leases) -> None:
    store.submit(ASKED, 1)
    claim = claimed(leases, lease=LAPSED)  # so to say: the clock was set forward

    assert leases.claim("one", LONG, [claim.number]) is None
    assert leases.renew([claim], LONG) == {claim.number}


def test_attempts_are_counted_until_a_seed_is_committed_and_over_restarts(
    store: Store, leases: Leases
) -> None:
    store.submit(ASKED, 1)
    owners = ["one", "two", "two", "three"]
    counted = [claimed(leases, owner, LAPSED).attempts for owner in owners]
    # A process that lost its lease, say to a database that was away, has not died of the work.
    assert counted == [1, 2, 2, 3]

    fourth = claimed(leases, "four")
    leases.commit_seed(fourth, 42, b"[]", None)
    leases.renew([fourth], LAPSED)
    fifth = claimed(leases, "five")
    assert (fourth.attempts, fifth.attempts) == (4, 1)
    leases.release(fifth)  # by a service that ends as it was asked to
    assert claimed(leases, "six").attempts == 1


def test_how_long_an_experiment_ran_is_counted_over_restarts(store: Store, leases: Leases) -> None:
    store.submit(ASKED, 2)
    store.submit(ASKED, 2)
    first, second = claimed(leases), claimed(leases)
    leases.renew([first, second], LONG, {first.number: 2.0, second.number: 7.0})
    leases.renew([first, second], LONG, {first.number: 1.5})
    leases.renew([first, second], LAPSED)

    assert [claimed(leases, "two").seconds_run for _ in range(2)] == [3.5, 7.0]


def of_key(store: Store, key: str | None, kind: str = "whale-sweep") -> str:
    asked = replace(ASKED, api_key=key, kind=kind)  # type: ignore[arg-type]
    return store.submit(asked, 100)[0].id


def test_keys_take_turns_however_much_one_of_them_asks_for(store: Store, leases: Leases) -> None:
    ids = {key: [of_key(store, key) for _ in range(3)] for key in ("a", "b", None)}

    order = [claimed(leases).experiment.id for _ in range(9)]

    assert order == [ids[key][turn] for turn in range(3) for key in ("a", "b", None)]


def test_a_claim_can_be_for_some_kinds_and_against_a_key(store: Store, leases: Leases) -> None:
    ids = [of_key(store, "a"), of_key(store, "b", "allocation"), of_key(store, "b")]

    assert claimed(leases, kinds=["allocation"]).experiment.id == ids[1]
    assert claimed(leases, excluded_key="a").experiment.id == ids[2]
    assert leases.claim("one", LONG, excluded_key="a") is None
    assert claimed(leases, excluded_key="b").experiment.id == ids[0]


def test_a_claim_can_be_for_some_kinds_or_against_a_key(store: Store, leases: Leases) -> None:
    ids = [of_key(store, *each) for each in (("a",), ("a", "allocation"), ("b",), ("b",))]
    wanted: dict[str, Any] = {"kinds": ["allocation"], "excluded_key": "a", "match_any": True}

    taken = [claimed(leases, **wanted).experiment.id for _ in range(3)]
    assert taken == [ids[1], *ids[2:]]
    assert leases.claim("one", LONG, **wanted) is None


def test_whoever_sees_not_all_sees_what_is_of_their_key(store: Store) -> None:
    ids = {key: of_key(store, key) for key in ("a", "b", None)}

    for key in ("a", "b"):
        viewer = Viewer(key)
        assert [each.id for each in store.list_newest(9, viewer=viewer)] == [ids[key]]
        seen = {other for other in ids if store.get(ids[other], viewer) is not None}
        assert seen == {key}
    assert store.list_newest(9, viewer=Viewer()) == []
    assert {each.id for each in store.list_newest(9)} == {*ids.values()}


@pytest.mark.slow
def test_a_replica_that_is_frozen_in_a_transaction_holds_nobody_up() -> None:
    with postgres() as url:
        frozen, engine = connect(url, Path()), connect(url, Path())
        store, leases = Store(engine), Leases(engine)
        store.prepare()
        store.submit(ASKED, 1)
        with frozen.connect() as connection:
            connection.execute(select(EXPERIMENTS.c.number).with_for_update())
            assert leases.claim("one", LONG) is None

            while leases.claim("one", LONG) is None:
                time.sleep(0.05)
            connection.invalidate()
        engine.dispose()


def test_no_seed_is_written_twice(store: Store, leases: Leases) -> None:
    store.submit(ASKED, 1)
    claim = claimed(leases)
    leases.commit_seed(claim, 42, b"[1]", None)

    with pytest.raises(Exception, match=r"(?i)unique"):
        leases.commit_seed(claim, 42, b"[2]", None)

    assert store.read_seeds(claim.number) == {42: b"[1]"}
    assert store.list_newest(1)[0].done == 1


def test_a_released_experiment_keeps_its_seeds_and_is_there_at_once(
    store: Store, leases: Leases
) -> None:
    store.submit(ASKED, 1)
    claim = claimed(leases)
    leases.commit_seed(claim, 42, b"[1]", None)
    leases.release(claim)

    again = claimed(leases, "two")

    assert again.experiment.done == 1
    assert store.read_seeds(again.number) == {42: b"[1]"}


def test_older_experiments_are_claimed_first_and_newer_ones_listed_first(
    store: Store, leases: Leases
) -> None:
    ids = [store.submit(ASKED, 9)[0].id for _ in range(4)]

    assert claimed(leases).experiment.id == ids[0]
    newest = store.list_newest(2)
    assert [each.id for each in newest] == ids[:1:-1]
    assert [each.id for each in store.list_newest(9, before=newest[-1].number)] == ids[1::-1]
    assert store.count_by_state() == {"queued": 3, "running": 1}


def test_concurrent_claims_never_share_an_experiment(store: Store, engine: Engine) -> None:
    for _ in range(12):
        store.submit(ASKED, 12)
    taken: list[int] = []

    def take(owner: str) -> None:
        leases = Leases(engine)
        while (claim := leases.claim(owner, LONG)) is not None:
            taken.append(claim.number)

    threads = [threading.Thread(target=take, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 12


def test_the_queue_is_bounded_and_running_experiments_do_not_count(
    store: Store, leases: Leases
) -> None:
    store.submit(ASKED, 1)
    with pytest.raises(StoreFullError) as refusal:
        store.submit(ASKED, 1)
    assert refusal.value.message == Message("queue_full", waiting="experiments", most=1)

    claimed(leases)

    store.submit(ASKED, 1)


def test_concurrent_submissions_do_not_pass_the_bound(store: Store) -> None:
    outcomes: list[bool] = []

    def submit() -> None:
        try:
            outcomes.append(store.submit(ASKED, 2)[1])
        except StoreFullError:
            outcomes.append(False)

    threads = [threading.Thread(target=submit) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 4 + [True] * 2


def test_a_key_returns_its_first_experiment_and_refuses_another_request(store: Store) -> None:
    keyed = Submission("whale-sweep", "{}", 3, "a", attended=False, idempotency_key="key")
    first, new = store.submit(keyed, 1)

    assert (store.submit(keyed, 1), new) == ((first, False), True)  # also where the queue is full
    other = Submission("whale-sweep", "{}", 3, "b", attended=False, idempotency_key="key")
    with pytest.raises(KeyReusedError):
        store.submit(other, 1)


def test_what_was_given_up_because_its_client_left_goes_on_when_it_asks_again(
    store: Store, leases: Leases
) -> None:
    keyed = Submission("whale-sweep", "{}", 3, "a", attended=True, idempotency_key="key")
    first, _ = store.submit(keyed, 1)
    leases.commit_seed(claimed(leases), 42, b"[1]", None)
    assert store.cancel(first.number, only_attended=True)

    again, new = store.submit(keyed, 1)

    assert not new
    assert (again.id, again.state, again.done, again.finished) == (first.id, "queued", 1, None)


def test_what_was_cancelled_on_purpose_stays_so(store: Store) -> None:
    keyed = Submission("whale-sweep", "{}", 3, "a", attended=True, idempotency_key="key")
    first, _ = store.submit(keyed, 1)
    store.cancel(first.number)

    assert store.submit(keyed, 1)[0].state == "cancelled"


def test_what_others_will_fetch_does_not_end_when_a_client_leaves(store: Store) -> None:
    waited = Submission("whale-sweep", "{}", 3, "a", attended=True, idempotency_key="key")
    fetched = Submission("whale-sweep", "{}", 3, "a", attended=False, idempotency_key="key")
    first, _ = store.submit(waited, 1)
    store.submit(fetched, 1)

    assert not store.cancel(first.number, only_attended=True)
    assert store.cancel(first.number)
    assert not store.cancel(first.number)


def test_a_cancelled_experiment_takes_no_more_seeds_and_only_an_ended_one_is_deleted(
    store: Store, leases: Leases
) -> None:
    body = Submission("own-sweep", "{}", 1, "a", attended=False, body=b"matrix")
    experiment, _ = store.submit(body, 1)
    claim = claimed(leases)
    assert leases.open_input(claim, Path()).content == b"matrix"
    assert not store.delete(experiment.number)

    store.cancel(experiment.number)

    with pytest.raises(LeaseLostError):
        leases.commit_seed(claim, 0, b"", None)
    assert states(store, experiment.number) == ["queued", "running", "cancelled"]
    assert store.delete(experiment.number)
    assert store.get(experiment.id) is None
    assert store.read_events(experiment.number, 0) == []


@settings(examples(50), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_floats_survive_digit_for_digit(store: Store, leases: Leases, values: list[float]) -> None:
    experiment, _ = store.submit(ASKED, 1)
    leases.commit_seed(claimed(leases), 42, orjson.dumps(values), None)

    kept = orjson.loads(store.read_seeds(experiment.number)[42])

    assert [value.hex() for value in kept] == [value.hex() for value in values]
    store.cancel(experiment.number)


def test_two_replicas_may_prepare_one_database_at_once(engine: Engine) -> None:
    threads = [threading.Thread(target=Store(engine).prepare) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Store(engine).list_newest(1)


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    engine = connect(None, tmp_path)
    Store(engine).prepare()
    with engine.begin() as connection:
        connection.execute(update(SCHEMA).values(version=99))

    with pytest.raises(NewerDatabaseError, match=r"version 3 or older; got version 99"):
        Store(engine).prepare()


def test_the_file_makes_itself_and_writes_ahead(tmp_path: Path) -> None:
    Store(connect(None, tmp_path / "new" / "data")).prepare()

    with sqlite3.connect(tmp_path / "new" / "data" / FILE) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA auto_vacuum").fetchone() == (2,)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("no url", Message("database_url_invalid")),
        ("mysql://somewhere/whales", Message("database_url_unsupported", received="mysql")),
        ("sqlite://", Message("database_url_unsupported", received="sqlite")),  # in memory
    ],
    ids=["no URL", "mysql", "memory"],
)
def test_an_address_of_no_known_database_is_refused(url: str, message: Message) -> None:
    with pytest.raises(InputError) as refusal:
        connect(url, Path())
    assert refusal.value.message == message
