"""Users shared among workers: as good as in one process, whatever happens to a worker."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from distributed import Client

from app.batch.distributed import decomposition as across
from app.batch.distributed.cluster import connect_client, local_cluster
from app.batch.distributed.run import allocate_on_workers
from app.batch.distributed.tasks import write_partition_of
from app.batch.inputs import Request
from app.batch.parquet.disk import no_bar
from app.batch.parquet.generate import Size, generate
from messages import Message
from solver import (
    Allocation,
    Candidates,
    InputError,
    Problem,
    ShadowPrices,
    allocate,
    certify,
    wealthiest,
)
from solver.heuristics.greedy import greedy_fill
from tests.app.batch.conftest import Command, manifest, table, write

pytestmark = pytest.mark.slow  # starts processes

N_STREAMERS, WORKERS, TOLERANCE = 40, 4, 1e-4


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    with local_cluster(WORKERS) as cluster:
        yield cluster.scheduler_address


def generated(tmp_path_factory: pytest.TempPathFactory, users: int) -> Path:
    """Return an input of eight partitions, 8 candidates a user."""
    directory = tmp_path_factory.mktemp("cluster") / str(users)
    generate(Size(users, N_STREAMERS, 8, 8), 7, str(directory), 2, lambda _done, _all: None)
    return directory


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory, 10_000)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generated(tmp_path_factory, 40_000)


def stated(drawn: Path, share: float, k: int) -> Problem:
    """Return an input as arrays."""
    pairs, wealth = table(drawn / "candidates"), table(drawn / "users.parquet")["wealth"]
    shape = len(wealth), N_STREAMERS
    return Problem(
        Candidates(pairs["user"], pairs["streamer"], pairs["ev"], shape),
        whales=wealthiest(wealth, share),
        whale_cap=k,
        capacity=table(drawn / "streamers.parquet")["capacity"],
    )


def requested(drawn: Path, share: float, k: int) -> Request:
    return Request(
        candidates=str(drawn / "candidates"), users=str(drawn / "users.parquet"),
        streamers=str(drawn / "streamers.parquet"), k=k, capacity=None, whale_share=share,
        whale_threshold=None, all_whales=False, fill="greedy", tolerance=TOLERANCE,
    )  # fmt: skip


def expect_as_good(out: Path, problem: Problem, alone: Allocation) -> None:
    """Hold a result against one process's, and its certificate against the data."""
    got, said, prices = table(out), manifest(out), table(out / "prices.parquet")
    at = np.nan_to_num(got["streamer"].astype(float), nan=-1).astype(np.int64)
    assert got["user"].tolist() == list(range(problem.n_users))
    np.testing.assert_array_equal(got["tier"] == "whale", problem.whales)

    proof = certify(problem, at, ShadowPrices(prices["whale_cap"], prices["capacity"]))
    assert proof.faults == ()  # every cap is kept, every pair allowed
    assert proof.gap <= TOLERANCE * proof.objective
    assert said["certificate"]["objective"] == pytest.approx(proof.objective, rel=1e-12)
    assert said["certificate"]["upper_bound"] == pytest.approx(proof.upper_bound, rel=1e-12)
    assert proof.objective >= (1 - TOLERANCE) * alone.whale_objective
    assert proof.upper_bound >= alone.whale_objective

    whales_alone = np.where(problem.whales, at, -1)
    np.testing.assert_array_equal(at, greedy_fill(problem, whales_alone, ~problem.whales))
    placed = at >= 0
    np.testing.assert_array_equal(
        got["ev"][placed], problem.ev_at(np.flatnonzero(placed), at[placed])
    )
    counts = said["counts"]
    assert counts["allocated_whales"] == (placed & problem.whales).sum()
    assert counts["allocated_normal"] == (placed & ~problem.whales).sum()
    normal = got["ev"][placed & ~problem.whales].sum()
    assert counts["normal_objective"] == pytest.approx(normal)


@pytest.mark.parametrize(("partitions", "share", "k"), [(4, 0.3, 60), (8, 1.0, 200)])
def test_workers_allocate_as_well_as_one_process(
    partitions: int, share: float, k: int,
    few: Path, scheduler: str, command: Command, tmp_path: Path,
) -> None:  # fmt: skip
    problem = stated(few, share, k)
    alone = allocate(problem)
    assert (alone.shadow_prices.whale_surcharge > 0).mean() > 0.5  # caps bind

    ended = command("allocate", "--candidates", few / "candidates",
                    "--users", few / "users.parquet", "--capacity", few / "streamers.parquet",
                    "--whale-share", share, "--k", k, "--scheduler", scheduler,
                    "--partitions", partitions, "--output", "out")  # fmt: skip

    assert ended.code == 0, ended.refused
    expect_as_good(tmp_path / "out", problem, alone)
    said = manifest(tmp_path / "out")
    assert (said["mode"], said["workers"]) == ("on workers", WORKERS)
    assert [each["file"] for each in said["partitions"]] == [
        f"part-{part:05}.parquet" for part in range(partitions)
    ]
    assert said["iterations"] == sum(each["step"] == "price" for each in said["steps"])


@pytest.mark.parametrize("named", ["text", "numbers"])
def test_ids_and_users_in_two_row_groups_change_nothing(
    named: str, few: Path, scheduler: str, command: Command, tmp_path: Path
) -> None:
    problem = stated(few, 0.3, 60)
    at = np.random.default_rng(1).permutation(problem.n_users)
    ids = pa.array([f"user {each}" for each in at]) if named == "text" else pa.array(at + 10**15)
    wealth = table(few / "users.parquet")["wealth"]
    write(tmp_path / "users.parquet", {"user": ids, "wealth": wealth})
    pairs = table(few / "candidates")
    own = {**pairs, "user": ids.take(pa.array(pairs["user"]))}
    write(tmp_path / "pairs.parquet", own, row_group_size=1_001)  # 8 pairs a user

    for out, options in (("alone", ()), ("shared", ("--scheduler", scheduler))):
        ended = command("allocate", "--candidates", "pairs.parquet", "--users", "users.parquet",
                        "--capacity", few / "streamers.parquet", "--whale-share", 0.3, "--k", 60,
                        "--output", out, *options)  # fmt: skip
        assert (ended.code, ended.refused) == (0, "")

    alone, shared = (table(tmp_path / out) for out in ("alone", "shared"))
    for result in (alone, shared):
        assert result["user"].tolist() == ids.to_pylist()
    assert np.nansum(shared["ev"][problem.whales]) >= (1 - TOLERANCE) * np.nansum(
        alone["ev"][problem.whales]
    )


def test_what_travels_in_an_iteration_grows_with_streamers_and_not_with_users(
    few: Path, many: Path, scheduler: str, tmp_path: Path
) -> None:
    for name, drawn, k in (("few", few, 60), ("many", many, 240)):
        allocate_on_workers(
            requested(drawn, 0.3, k), scheduler, None, WORKERS, str(tmp_path / name), no_bar
        )
    # Prices, reaches, three counts: to and from each partition, and up the tree.
    messages = 2 * WORKERS + 4
    most = messages * (3 * 8 * N_STREAMERS + 1_000)
    for name in ("few", "many"):
        steps = manifest(tmp_path / name)["steps"]
        sent = [each["bytes"] for each in steps if each["step"] == "price"]
        assert len(sent) >= 3
        assert 8 * N_STREAMERS < max(sent) <= most
        divided = [each["bytes"] for each in steps if each["step"] == "divide"]
        assert max(divided) <= 5 * most
    smallest_partition = 8 * 8 * 10_000 / WORKERS
    assert most < smallest_partition  # so that one that moved would be noticed


def test_a_worker_killed_in_the_middle_costs_nothing_but_time(
    few: Path, scheduler: str, tmp_path: Path
) -> None:
    problem = stated(few, 0.3, 60)
    killed: list[str] = []

    with Client(scheduler) as client:

        def kill(done: int) -> None:
            if done < 3 or killed:
                return
            holds = {
                address: keys
                for address, keys in client.has_what().items()
                if any(str(key).startswith("load-") for key in keys)
            }
            address = sorted(holds)[0]
            os.kill(client.run(os.getpid, workers=[address])[address], signal.SIGKILL)
            killed.append(address)

        @contextmanager
        def bar(_title: Message, _total: int) -> Iterator[Callable[[int, int], None]]:
            yield lambda done, _all: kill(done)

        said = allocate_on_workers(
            requested(few, 0.3, 60), scheduler, None, WORKERS, str(tmp_path / "out"), bar
        )
        assert killed
        assert killed[0] not in client.nthreads()

    assert said["iterations"] > 3
    expect_as_good(tmp_path / "out", problem, allocate(problem))


def test_bad_partitions_are_refused_by_name_and_leave_nothing(
    few: Path, scheduler: str, command: Command, tmp_path: Path
) -> None:
    twice = {"user": [0, 1, 1], "streamer": [0, 1, 1], "ev": [1.0, 2.0, 3.0]}
    write(tmp_path / "twins" / "a.parquet", twice)
    back = {"user": [0, 1, 2], "streamer": [0, 1, 1], "ev": [1.0, 2.0, 3.0]}
    for name in ("a", "b"):
        write(tmp_path / "back" / f"{name}.parquet", back)
    named = {"user": ["x"], "streamer": [0], "ev": [1.0]}
    write(tmp_path / "named.parquet", named)
    write(tmp_path / "users.parquet", {"user": ["y"]})

    def refused(*options: object) -> str:
        ended = command("allocate", *options, "--all-whales", "--k", 1, "--output", "out",
                        "--scheduler", scheduler)  # fmt: skip
        assert ended.code == 1
        assert not [each for each in tmp_path.iterdir() if "out" in each.name]
        return ended.refused

    assert "is both row 1 of" in refused("--candidates", "twins")
    assert "b.parquet, row group 0 goes back to an earlier one." in refused("--candidates", "back")
    assert "row 0 of" in (
        said := refused("--candidates", "named.parquet", "--users", "users.parquet")
    )
    assert "named.parquet, row group 0 has 'x', who is not." in said
    assert "Expected fill greedy or none" in refused(
        "--candidates", few / "candidates", "--fill", "joint"
    )
    assert "--workers cannot be combined with --scheduler" in refused(
        "--candidates", few / "candidates", "--workers", 2
    )


@pytest.mark.parametrize("protocol", ["file", "simplecache::file"])
def test_a_partition_whose_worker_is_lost_as_it_writes_is_written_again(
    protocol: str, few: Path, scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = tmp_path / "lost"

    def written_twice(*arguments: Any) -> Any:
        entry = write_partition_of(*arguments)
        if entry["file"] == "part-00001.parquet" and not lost.exists():
            lost.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return entry

    monkeypatch.setattr("app.batch.distributed.run.write_partition_of", written_twice)

    allocate_on_workers(
        requested(few, 0.3, 60), scheduler, None, WORKERS, f"{protocol}://{tmp_path}/out", no_bar
    )

    assert lost.exists()
    problem = stated(few, 0.3, 60)
    expect_as_good(tmp_path / "out", problem, allocate(problem))
    assert len(list((tmp_path / "out").iterdir())) == WORKERS + 2


def test_workers_write_wherever_they_all_can(
    few: Path, scheduler: str, command: Command, tmp_path: Path
) -> None:
    """A cache in front of a disk stands for a store: nothing takes its name by renaming there."""
    for output in ("here", f"file://{tmp_path}/there", f"simplecache::file://{tmp_path}/store"):
        ended = command("allocate", "--candidates", few / "candidates", "--all-whales", "--k", 200,
                        "--scheduler", scheduler, "--partitions", WORKERS,
                        "--output", output)  # fmt: skip
        assert ended.code == 0, ended.refused

    assert {path.name for path in tmp_path.iterdir()} == {"here", "there", "store"}
    names = {path.name for path in (tmp_path / "here").iterdir()}
    assert len(names) > 3
    for place in ("there", "store"):
        assert {path.name for path in (tmp_path / place).iterdir()} == names
        for name in names - {"manifest.json"}:
            here = pq.read_table(tmp_path / "here" / name)
            assert pq.read_table(tmp_path / place / name).equals(here)


def test_a_place_that_each_worker_has_for_itself_is_refused(
    few: Path, scheduler: str, command: Command
) -> None:
    ended = command("allocate", "--candidates", few / "candidates", "--all-whales", "--k", 200,
                    "--scheduler", scheduler, "--output", "memory://bucket/out")  # fmt: skip

    assert (ended.code, ended.refused) == (
        1,
        "Expected output at a path that is the same place for every worker; "
        "part-00000.parquet is not there.\n",
    )
    assert not fsspec.filesystem("memory").exists("/bucket/out")


def of_units(rng: np.random.Generator, user: Any, _streamer: Any) -> Any:
    return rng.poisson(2, user.size)


HOSTILE: dict[str, tuple[dict[str, int], Any]] = {
    # users, in partitions, of streamers, k, most pairs in one place; EVs by user and streamer
    "whole units": ({}, of_units),
    "EVs all alike": ({}, lambda _rng, user, _streamer: np.ones(user.size)),
    "EVs alike by user": ({}, lambda rng, user, _streamer: rng.lognormal(size=2_000)[user]),
    "EVs alike by user, not all in one place": (
        {"most": 12_000},
        lambda rng, user, _streamer: rng.lognormal(size=2_000)[user],
    ),
    "EVs alike by streamer": ({}, lambda rng, _user, streamer: rng.lognormal(size=40)[streamer]),
    "EVs of zero": ({}, lambda _rng, user, _streamer: np.zeros(user.size)),
    "EVs below zero": ({}, lambda rng, user, _streamer: -rng.random(user.size)),
    "k of 1": ({"k": 1}, of_units),
    "k beyond every user": ({"k": 10**9}, of_units),
    "k of 0": ({"k": 0}, of_units),
    "one user": ({"users": 1, "streamers": 8, "partitions": 1}, of_units),
    "a user a partition": ({"users": 2, "streamers": 8, "partitions": 2, "k": 1}, of_units),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_data_end_within_the_tolerance(
    case: str, scheduler: str, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tenth of the streamers takes nobody, a sixth of the users is in the table alone."""
    given, evs = HOSTILE[case]
    size = {"users": 2_000, "streamers": 40, "partitions": 4, "k": 25} | given
    monkeypatch.setattr(across, "SAMPLE", size.get("most", across.SAMPLE))
    rng, n_users, n_streamers = np.random.default_rng(7), size["users"], size["streamers"]
    everywhere = np.tile(np.arange(n_streamers), (n_users, 1))
    streamer = rng.permuted(everywhere, axis=1)[:, :8].ravel()
    user = np.arange(n_users).repeat(8)
    ev = evs(rng, user, streamer).astype(float)
    for part, rows in enumerate(np.array_split(np.arange(user.size), size["partitions"])):
        columns = {"user": user[rows], "streamer": streamer[rows], "ev": ev[rows]}
        write(tmp_path / "pairs" / f"{part}.parquet", columns)
    n_known = n_users + n_users // 5
    write(tmp_path / "users.parquet", {"user": np.arange(n_known)})
    capacity = np.where(np.arange(n_streamers) % 10 == 3, 0, n_users)
    write(tmp_path / "streamers.parquet", {"capacity": capacity})

    ended = command("allocate", "--candidates", "pairs", "--users", "users.parquet", "--capacity",
                    "streamers.parquet", "--all-whales", "--k", size["k"], "--scheduler", scheduler,
                    "--output", "out")  # fmt: skip

    assert (ended.code, ended.refused) == (0, "")
    problem = Problem(
        Candidates(user, streamer, ev, (n_known, n_streamers)), whale_cap=size["k"],
        capacity=capacity,
    )  # fmt: skip
    expect_as_good(tmp_path / "out", problem, allocate(problem))
    assert manifest(tmp_path / "out")["iterations"] <= 100


def test_a_gap_above_the_tolerance_is_said(
    few: Path, scheduler: str, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(across, "ITERATIONS", 2)
    ended = command("allocate", "--candidates", few / "candidates", "--all-whales", "--k", 200,
                    "--tolerance", 1e-12, "--scheduler", scheduler, "--output", "out")  # fmt: skip
    said = manifest(tmp_path / "out")

    assert ended.code == 0
    assert (said["tolerance"], said["tolerance_reached"]) == (1e-12, False)
    gap = said["certificate"]["relative_gap"]
    assert ended.refused == (
        f"The gap {gap:.2g} is above the tolerance of 1e-12: the result is complete, and certified "
        "to be within this gap of the optimum; fewer --partitions, or one process, may reduce the "
        "gap.\n"
    )


def test_work_that_kills_every_worker_ends_in_a_sentence(scheduler: str) -> None:
    with pytest.raises(InputError) as refused, connect_client(scheduler, None) as client:
        client.submit(os._exit, 1).result()

    assert refused.value.message == Message("workers_killed", workers=4)


def test_a_scheduler_that_is_none_is_refused(few: Path, command: Command) -> None:
    ended = command("allocate", "--candidates", few / "candidates", "--all-whales", "--k", 1,
                    "--output", "out", "--scheduler", "nonsense://here")  # fmt: skip

    assert (ended.code, ended.refused) == (
        1, "Expected a Dask scheduler at nonsense://here; none responds.\n",
    )  # fmt: skip


def test_a_sweep_on_workers_is_the_same_as_on_one_machine(
    scheduler: str, command: Command, tmp_path: Path
) -> None:
    config = Path(__file__).parents[4] / "configs" / "smoke.yaml"
    for name, options in (("alone", ()), ("shared", ("--scheduler", scheduler))):
        ended = command("sweep", "--config", config, "--output", f"{name}.json", *options)
        assert ended.code == 0, ended.refused

    alone, shared = (json.loads((tmp_path / f"{name}.json").read_text()) for name in
                     ("alone", "shared"))  # fmt: skip
    for result in (alone, shared):
        del result["id"], result["timings_ms"]
    assert shared["runs"]
    assert shared == alone
