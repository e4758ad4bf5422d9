"""Candidates divided among workers: every pair is in one share, its user's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.batch.distributed.shares import Ends, divide_shares, ends_at, ends_of, load
from app.batch.parquet.disk import Disk
from app.batch.parquet.row_groups import RowGroup, row_groups
from app.batch.parquet.side_tables import extremes
from app.batch.parquet.sides import Side
from app.batch.parquet.storage import partitions
from app.sheets.ids import SortedIds
from messages import Message
from solver import InputError
from tests.app.batch.conftest import write

STREAMERS = Side("streamer", 3)


def groups_of(directory: Path) -> list[RowGroup]:
    with ThreadPoolExecutor(1) as pool:
        return row_groups(partitions(str(directory), "candidates"), pool)


@given(
    sizes=st.lists(st.integers(0, 3), min_size=1, max_size=12).filter(any),
    cuts=st.lists(st.integers(1, 5), min_size=1, max_size=3),
    count=st.integers(1, 6),
    named=st.sampled_from(["position", "text", "number"]),
)
def test_every_pair_is_in_the_share_of_its_user(
    sizes: list[int], cuts: list[int], count: int, named: str
) -> None:
    user = np.repeat(np.arange(len(sizes)), sizes)
    streamer = np.concatenate([np.arange(size) for size in sizes])
    names = {
        "position": None,
        "text": pa.array([f"u{97 * at % 89}" for at in range(len(sizes))], pa.large_string()),
        "number": pa.array([10**12 - at for at in range(len(sizes))], pa.int64()),
    }[named]
    users = Side("user", len(sizes), None if names is None else SortedIds.of(names))
    column = user if names is None else names.take(pa.array(user))
    pairs = pa.table({"user": column, "streamer": streamer, "ev": user + streamer / 4})
    whales = np.arange(len(sizes)) % 2 == 0
    with TemporaryDirectory() as directory:
        for at, rows in enumerate(np.array_split(np.arange(len(user)), len(cuts))):
            if len(rows):
                part = pairs.slice(rows[0], len(rows))
                columns = dict(zip(part.column_names, part.columns, strict=True))
                write(Path(directory, f"{at}.parquet"), columns, row_group_size=cuts[at])
        groups = groups_of(Path(directory))
        ends = (
            [Ends(*extremes(each, "user")) for each in groups]
            if names is None
            else ends_at(groups, [ends_of(each) for each in groups], users)
        )

        shares = divide_shares(groups, ends, users, STREAMERS, whales, count)
        parts = [load(share) for share in shares]

        with ThreadPoolExecutor(1) as pool:
            whole = Disk(groups, users, STREAMERS, pool).all()
    assert 1 <= len(parts) <= min(count, len(groups))
    assert [part.users.first for part in parts] == [
        0, *np.cumsum([len(part.whales) for part in parts])[:-1]
    ]  # fmt: skip
    np.testing.assert_array_equal(np.concatenate([part.whales for part in parts]), whales)
    lengths = np.concatenate([np.diff(part.row_start) for part in parts])
    np.testing.assert_array_equal(lengths, np.diff(whole.row_start))
    for field in ("streamers", "ev"):
        np.testing.assert_array_equal(
            np.concatenate([getattr(part, field) for part in parts]), getattr(whole, field)
        )
    everybody = np.concatenate([part.users.ids_at(np.arange(len(part.whales))) for part in parts])
    expected = range(len(sizes)) if names is None else names.to_pylist()
    assert everybody.tolist() == list(expected)


def test_who_is_no_user_is_named_with_row_group_and_row(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", {"user": ["a", "b", "x"], "streamer": [0, 0, 0], "ev": [1, 1, 1]})
    users = Side("user", 2, SortedIds.of(pa.array(["a", "b"], pa.large_string())))
    groups = groups_of(tmp_path)

    with pytest.raises(InputError) as refused:
        ends_at(groups, [ends_of(each) for each in groups], users)

    assert refused.value.message == Message(
        "candidate_unknown", side="user", row=2, where=groups[0].name, id="'x'", part="whole"
    )


def test_users_who_go_back_are_refused(tmp_path: Path) -> None:
    for name, user in (("a", ["b", "c"]), ("b", ["a"])):
        columns = {"user": user, "streamer": [0] * len(user), "ev": [1.0] * len(user)}
        write(tmp_path / f"{name}.parquet", columns)
    users = Side("user", 3, SortedIds.of(pa.array(["a", "b", "c"], pa.large_string())))
    groups = groups_of(tmp_path)
    ends = ends_at(groups, [ends_of(each) for each in groups], users)

    with pytest.raises(InputError) as refused:
        divide_shares(groups, ends, users, STREAMERS, np.ones(3, dtype=np.bool_), 2)

    assert refused.value.message == Message(
        "candidates_not_by_user", why="workers", where=groups[1].name
    )
