"""More candidates than memory holds."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from app.batch.out_of_core import allocate_out_of_core
from app.batch.parquet.disk import Disk
from app.batch.parquet.footprint import Footprint
from app.batch.parquet.row_groups import row_groups
from app.batch.parquet.side_tables import side_of_pairs
from app.batch.parquet.sides import Side
from app.batch.parquet.storage import partitions
from messages import Message
from solver import InputError, Problem, allocate, certify, wealthiest
from solver.scale.working_set import MIN_WIDTH

from .conftest import Command, manifest, table, write
from .test_run import N_STREAMERS, N_USERS, problem


@pytest.fixture
def disk(drawn: Path) -> Iterator[Disk]:
    """Return the drawn candidates."""
    with ThreadPoolExecutor(2) as pool:
        groups = row_groups(partitions(str(drawn / "candidates"), "candidates"), pool)
        yield Disk(
            groups,
            Side("user", N_USERS),
            Side("streamer", N_STREAMERS),
            pool,
        )


def least_memory(disk: Disk, n_whales: int) -> int:
    """Return the memory with which each whale keeps the fewest candidates that do."""
    footprint = Footprint.of(disk)
    return footprint.users + 2 * MIN_WIDTH * footprint.pair * n_whales


@pytest.mark.parametrize("share", [1.0, 0.2])
def test_a_working_set_is_as_good_as_all_candidates(disk: Disk, drawn: Path, share: float) -> None:
    whales = wealthiest(table(drawn / "users.parquet")["wealth"], share)
    whole = problem(drawn, whales, 100 if share == 1 else 22)
    expected = allocate(whole)

    result = allocate_out_of_core(
        disk, whole.limits, least_memory(disk, int(whales.sum())), tolerance=1e-6, fill=True
    )

    proof = certify(whole, result.assignment, result.prices)
    assert proof.faults == ()
    assert result.certificate.objective == pytest.approx(proof.objective, rel=1e-12)
    assert result.certificate.upper_bound == pytest.approx(proof.upper_bound, rel=1e-12)
    assert proof.gap <= 1e-6 * proof.objective
    assert proof.objective == pytest.approx(expected.whale_objective, rel=1e-6)
    placed = np.flatnonzero(result.assignment >= 0)
    np.testing.assert_array_equal(
        result.ev(slice(None))[placed], whole.ev_at(placed, result.assignment[placed])
    )


def test_normal_users_take_what_is_left_as_in_memory(disk: Disk, drawn: Path) -> None:
    whales = wealthiest(table(drawn / "users.parquet")["wealth"], 0.2)
    whole = problem(drawn, whales, 22)

    result = allocate_out_of_core(
        disk, whole.limits, least_memory(disk, 1_000), tolerance=0.0, fill=True
    )

    expected = allocate(whole)
    assert result.certificate.proven_optimal
    np.testing.assert_array_equal(result.assignment, expected.assignment)
    assert result.normal_objective == pytest.approx(expected.normal_objective)


def test_a_user_whose_pairs_lie_in_several_row_groups_is_read_whole(
    drawn: Path, disk: Disk, tmp_path: Path
) -> None:
    pairs = table(drawn / "candidates")
    write(tmp_path / "cut.parquet", pairs, row_group_size=3)  # each user's 8 are in 3 or 4
    few = row_groups(partitions(str(tmp_path / "cut.parquet"), "candidates"), disk.pool)[:200]
    n_users = side_of_pairs(few, "user").count
    cut = Disk(few, Side("user", n_users), disk.streamers, disk.pool, disk.bar)

    whole = cut.all()
    blocks = []
    cut.each(Message("progress_read"), blocks.append)

    assert sum(each.pairs.shape[0] for each in blocks) == n_users
    assert [each.first for each in blocks] == sorted({each.first for each in blocks})
    np.testing.assert_array_equal(np.concatenate([each.pairs.ev for each in blocks]), whole.ev)
    assert np.diff(whole.row_start).tolist() == [8] * (n_users - 1) + [600 - 8 * (n_users - 1)]


def test_candidates_out_of_order_are_refused_where_they_cannot_be_sorted(
    disk: Disk, tmp_path: Path
) -> None:
    file = write(tmp_path / "a.parquet", {"user": [1, 0], "streamer": [0, 0], "ev": [1.0, 2.0]})
    groups = row_groups(partitions(str(file), "candidates"), disk.pool)
    back = Disk(groups, Side("user", 2), disk.streamers, disk.pool, disk.bar)
    limits = Problem(np.ones((2, N_STREAMERS)), whale_cap=1).limits

    with pytest.raises(InputError) as refused:
        allocate_out_of_core(back, limits, 2**40, 1e-6, fill=False)
    assert refused.value.message == Message(
        "candidates_not_by_user", why="memory", where=groups[0].name
    )


def test_the_command_reads_again_where_memory_is_short(
    drawn: Path, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.batch.parquet.footprint.LIBRARIES", 0)
    monkeypatch.setattr("app.batch.parquet.footprint.PER_READ_PAIR", 0)

    ended = command("allocate", "--candidates", drawn / "candidates", "--all-whales", "--k", 110,
                    "--memory", "700kB", "--output", "out")  # fmt: skip

    assert ended.code == 0, ended.refused
    said = manifest(tmp_path / "out")
    assert said["mode"] == "out of core"
    assert said["certificate"]["relative_gap"] <= 1e-6
