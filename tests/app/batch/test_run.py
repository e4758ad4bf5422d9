"""From Parquet to Parquet: what comes out is what the solver says of the same arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pyarrow as pa
import pytest

from solver import Allocation, Candidates, Problem, allocate, certify, wealthiest
from solver.duality.shadow_prices import ShadowPrices

from .conftest import Command, manifest, table, write

N_USERS, N_STREAMERS = 5_000, 40


def problem(drawn: Path, whales: Any, k: int) -> Problem:
    """Return the drawn input as arrays."""
    pairs = table(drawn / "candidates")
    candidates = Candidates(pairs["user"], pairs["streamer"], pairs["ev"], (N_USERS, N_STREAMERS))
    capacity = table(drawn / "streamers.parquet")["capacity"]
    return Problem(candidates, whales=whales, whale_cap=k, capacity=capacity)


def expect(out: Path, problem: Problem, expected: Allocation) -> None:
    """Hold a result against the allocation that was expected."""
    got = table(out)
    placed = expected.assignment >= 0
    assert got["user"].tolist() == list(range(N_USERS))
    np.testing.assert_array_equal(np.isnan(got["ev"]), ~placed)
    np.testing.assert_array_equal(np.nan_to_num(got["streamer"].astype(float), nan=-1),
                                  expected.assignment)  # fmt: skip
    np.testing.assert_array_equal(got["tier"] == "whale", problem.whales)
    users = np.flatnonzero(placed)
    np.testing.assert_array_equal(
        got["ev"][placed], problem.ev_at(users, expected.assignment[placed])
    )
    prices = expected.shadow_prices
    price = np.where(problem.whales, (prices.whale_price)[expected.assignment],
                     prices.slot_price[expected.assignment])  # fmt: skip
    np.testing.assert_array_equal(got["price"][placed], price[placed])


@pytest.fixture
def inputs(drawn: Path) -> tuple[object, ...]:
    """Return the options that name the drawn input."""
    return (
        "--candidates", drawn / "candidates", "--users", drawn / "users.parquet",
        "--capacity", drawn / "streamers.parquet", "--output", "out",
    )  # fmt: skip


@pytest.mark.parametrize("rule", ["share", "threshold", "column", "all", "default"])
def test_whales_and_then_the_others_are_allocated_as_the_solver_does(
    rule: str, drawn: Path, inputs: tuple[object, ...], command: Command, tmp_path: Path
) -> None:
    wealth = table(drawn / "users.parquet")["wealth"]
    whales, options, k = {
        "share": (wealthiest(wealth, 0.2), ["--whale-share", "0.2"], 20),
        "threshold": (wealth >= 2.0, ["--whale-threshold", "2"], 20),
        "column": (np.arange(N_USERS) % 3 == 0, [], 30),
        "all": (np.ones(N_USERS, dtype=bool), ["--all-whales"], 100),
        "default": (wealthiest(wealth, 0.01), [], 1),
    }[rule]
    if rule == "column":
        users = write(tmp_path / "users.parquet", {"wealth": wealth, "whale": whales})
        options = ["--users", users]
    states = problem(drawn, whales, k)
    expected = allocate(states)

    ended = command("allocate", *inputs, *options, "--k", k, "--tolerance", "0")

    assert ended.code == 0, ended.refused
    expect(tmp_path / "out", states, expected)
    said = manifest(tmp_path / "out")
    assert said["certificate"]["proven_optimal"]
    assert said["certificate"]["objective"] == expected.certificate.objective
    counts = said["counts"]
    assert counts["users"] == N_USERS
    assert counts["whales"] == whales.sum()
    placed = expected.assignment >= 0
    assert counts["allocated_whales"] == (placed & whales).sum()
    assert counts["allocated_normal"] == (placed & ~whales).sum()
    assert counts["normal_objective"] == pytest.approx(expected.normal_objective)
    assert sum(each["rows"] for each in said["partitions"]) == N_USERS
    assert said["mode"] == "in memory"
    assert said["peak_memory_bytes"] > 2**20
    prices = table(tmp_path / "out" / "prices.parquet")
    np.testing.assert_array_equal(prices["whale_cap"], expected.shadow_prices.whale_cap)
    # What the files say proves itself, without the process that wrote them.
    at = np.nan_to_num(table(tmp_path / "out")["streamer"].astype(float), nan=-1).astype(np.int64)
    proof = certify(states, at, ShadowPrices(prices["whale_cap"], prices["capacity"]))
    assert proof.proven_optimal


def test_whales_without_a_streamer_are_the_last_word(
    inputs: tuple[object, ...], command: Command, tmp_path: Path
) -> None:
    few = command("allocate", *inputs, "--all-whales", "--k", 20)

    counts = manifest(tmp_path / "out")["counts"]
    assert counts["whales"] - counts["allocated_whales"] == N_USERS - 20 * N_STREAMERS
    sentence = "4,200 of 5,000 whales have no streamer: k · streamers = 800 slots"
    assert few.printed.splitlines()[-1] == f"Warning: {sentence}."
    assert manifest(tmp_path / "out")["warnings"] == [sentence]


def test_pairs_in_any_order_give_the_same(
    drawn: Path, inputs: tuple[object, ...], command: Command, tmp_path: Path
) -> None:
    pairs = table(drawn / "candidates")
    order = np.random.default_rng(0).permutation(len(pairs["ev"]))
    for part, rows in enumerate(np.array_split(order, 3)):
        columns = {name: values[rows] for name, values in pairs.items()}
        write(tmp_path / "shuffled" / f"{part}.parquet", columns, row_group_size=5_000)
    states = problem(drawn, wealthiest(table(drawn / "users.parquet")["wealth"], 0.3), 30)

    ended = command("allocate", *inputs, "--candidates", "shuffled", "--whale-share", "0.3",
                    "--k", 30, "--tolerance", 0)  # fmt: skip

    assert ended.code == 0, ended.refused
    expect(tmp_path / "out", states, allocate(states))


def test_ids_mean_the_same_as_positions(
    drawn: Path, inputs: tuple[object, ...], command: Command, tmp_path: Path
) -> None:
    pairs, wealth = table(drawn / "candidates"), table(drawn / "users.parquet")["wealth"]
    names = np.array([f"user-{at}" for at in range(N_USERS)])
    rooms = np.array([f"room {at}" for at in range(N_STREAMERS)])
    write(
        tmp_path / "named" / "a.parquet",
        {"user": names[pairs["user"]], "streamer": rooms[pairs["streamer"]], "ev": pairs["ev"]},
        row_group_size=7_777,
    )
    write(tmp_path / "users.parquet", {"user": names, "wealth": wealth})
    write(tmp_path / "rooms.parquet",
          {"streamer": rooms, "k": np.full(N_STREAMERS, 30),
           "capacity": table(drawn / "streamers.parquet")["capacity"]})  # fmt: skip
    expected = allocate(problem(drawn, wealthiest(wealth, 0.3), 30))

    ended = command("allocate", *inputs, "--candidates", "named", "--users", "users.parquet",
                    "--capacity", "rooms.parquet", "--whale-share", "0.3",
                    "--tolerance", 0)  # fmt: skip

    assert ended.code == 0, ended.refused
    got = table(tmp_path / "out")
    assert got["user"].tolist() == names.tolist()
    named = [None if at < 0 else rooms[at] for at in expected.assignment]
    assert got["streamer"].tolist() == named


@pytest.mark.parametrize("by", ["id", "table"])
def test_users_stand_in_the_order_in_which_candidates_come(
    by: str, drawn: Path, inputs: tuple[object, ...], command: Command, tmp_path: Path
) -> None:
    """By id, whatever the order of the table; or in the order of a table that is in no other."""
    pairs, wealth = table(drawn / "candidates"), table(drawn / "users.parquet")["wealth"]
    ids = 10**12 + np.cumsum(np.random.default_rng(2).integers(1, 9, N_USERS))
    order = np.random.default_rng(3).permutation(N_USERS)
    if by == "table":  # candidates as they come are then of users whose ids go up and down
        ids = ids[order]
        order = np.arange(N_USERS)
    write(tmp_path / "pairs.parquet", {**pairs, "user": ids[pairs["user"]]}, row_group_size=999)
    write(tmp_path / "users.parquet", {"user": ids[order], "wealth": wealth[order]})

    ended = command("allocate", *inputs, "--candidates", "pairs.parquet", "--whale-share", 0.3,
                    "--users", "users.parquet", "--k", 30, "--tolerance", 0)  # fmt: skip

    assert ended.code == 0, ended.refused
    got = table(tmp_path / "out")
    assert got["user"].tolist() == ids.tolist()
    expected = allocate(problem(drawn, wealthiest(wealth, 0.3), 30)).assignment
    np.testing.assert_array_equal(np.nan_to_num(got["streamer"], nan=-1), expected)


def test_decimals_are_numbers_and_files_may_differ_in_width(
    drawn: Path, inputs: tuple[object, ...], command: Command, tmp_path: Path
) -> None:
    pairs, wealth = table(drawn / "candidates"), table(drawn / "users.parquet")["wealth"]
    money = np.rint(wealth)
    ev = pa.array(np.rint(pairs["ev"].astype(np.float64) * 100) / 100).cast(pa.decimal128(12, 2))
    write(tmp_path / "decimal.parquet", {**pairs, "ev": ev}, row_group_size=9_999)
    write(tmp_path / "float.parquet", {**pairs, "ev": ev.cast(pa.float64())})
    half = N_USERS // 2
    write(tmp_path / "users" / "a.parquet",
          {"user": np.arange(half, dtype=np.int16), "wealth": money[:half]})  # fmt: skip
    later = pa.array(money[half:]).cast(pa.decimal128(20, 3))
    write(tmp_path / "users" / "b.parquet", {"user": np.arange(half, N_USERS), "wealth": later})

    for name, users in (("decimal", "users"), ("float", "users")):
        ended = command("allocate", *inputs, "--candidates", f"{name}.parquet", "--users", users,
                        "--whale-share", 0.3, "--k", 30, "--output", f"from-{name}")  # fmt: skip
        assert ended.code == 0, ended.refused

    by_decimal, by_float = (table(tmp_path / f"from-{name}") for name in ("decimal", "float"))
    for column in ("streamer", "ev", "price"):
        np.testing.assert_array_equal(by_decimal[column], by_float[column])
    assert (by_decimal["tier"] == "whale").sum() == np.ceil(0.3 * N_USERS)


def test_candidates_come_from_wherever_fsspec_finds_them(
    drawn: Path, inputs: tuple[object, ...], command: Command, tmp_path: Path
) -> None:
    remote = fsspec.filesystem("memory")
    for file in (drawn / "candidates").iterdir():
        remote.pipe(f"/bucket/day/{file.name}", file.read_bytes())

    ended = command("allocate", *inputs, "--candidates", "memory://bucket/day", "--k", 5)

    assert ended.code == 0, ended.refused
    assert manifest(tmp_path / "out")["pairs"] == N_USERS * 8


def test_positions_alone_need_no_tables_and_users_may_have_no_candidates(
    command: Command, tmp_path: Path
) -> None:
    write(tmp_path / "pairs.parquet", {"user": [0, 0, 3], "streamer": [0, 1, 0], "ev": [9, 1, 8]})

    ended = command("allocate", "--candidates", "pairs.parquet", "--all-whales", "--k", 1,
                    "--tolerance", 0, "--output", "out")  # fmt: skip

    assert ended.printed.startswith("2 of 4 users allocated, total EV 9; whale tier within 0 of")
    got = table(tmp_path / "out")
    assert got["streamer"][[0, 3]].tolist() == [1, 0]
    assert np.isnan(got["streamer"][[1, 2]]).all()


def test_an_output_that_exists_is_left_alone(
    inputs: tuple[object, ...], command: Command, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()

    ended = command("allocate", *inputs, "--k", 1)

    assert (ended.code, ended.refused) == (
        1,
        "Expected output as a new directory; out exists.\n",
    )
    assert [each.name for each in tmp_path.iterdir()] == ["out"]
