"""Shares of the input, one per partition, from which a worker reads its candidates."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from app.batch.parquet.disk import Disk
from app.batch.parquet.row_groups import RowGroup, read_users
from app.batch.parquet.sides import Side
from messages import Message
from solver import Candidates, InputError
from solver.kernels import count_cores
from solver.scale import PartitionIndex


@dataclass(frozen=True, eq=False)
class Share:
    """The row groups and the users of a partition.

    Parameters
    ----------
    partition : PartitionIndex
    groups : tuple of RowGroup
    users : Side
        The consecutive users that the partition has.
    streamers : Side
    whales : (⌈n / 8⌉,) uint8
        Whether each is a whale, one bit per user.
    """

    partition: PartitionIndex
    groups: tuple[RowGroup, ...]
    users: Side
    streamers: Side
    whales: NDArray[np.uint8]


class Part(NamedTuple):
    """A partition in a worker's memory.

    It is a tuple of arrays so that the scheduler can measure it, and sends tasks to its worker.

    Parameters
    ----------
    row_start : (n + 1,) int64
    streamers : (E,) int32
    ev : (E,) float
        Candidates by user, see `solver.Candidates`.
    whales : (n,) bool
    users : Side
        The consecutive users that it has.
    n_streamers : int
    partition : PartitionIndex
    """

    row_start: NDArray[np.int64]
    streamers: NDArray[np.int32]
    ev: NDArray[np.floating]
    whales: NDArray[np.bool_]
    users: Side
    n_streamers: int
    partition: PartitionIndex

    @property
    def pairs(self) -> Candidates:
        """The candidates; none is copied."""
        shape = len(self.whales), self.n_streamers
        return Candidates.from_csr(self.row_start, self.streamers, self.ev, shape)


def load(share: Share) -> Part:
    """Read a partition. The result is always the same, so a lost partition can be read again.

    Raises
    ------
    solver.InputError
        With file and row group at fault.
    """
    with ThreadPoolExecutor(count_cores()) as pool:
        pairs = Disk(share.groups, share.users, share.streamers, pool).all()
    whales = np.unpackbits(share.whales, count=share.users.count).astype(np.bool_)
    return Part(*pairs.rows, whales, share.users, share.streamers.count, share.partition)


def divide_shares(
    groups: Sequence[RowGroup],
    ends: Sequence[Ends],
    users: Side,
    streamers: Side,
    whales: NDArray[np.bool_],
    count: int,
) -> list[Share]:
    """Divide candidates into shares of consecutive users with about as many candidates each.

    Parameters
    ----------
    groups : sequence of RowGroup
        By user, in the order of the users' positions.
    ends : sequence of Ends
        Of each row group.
    users, streamers : Side
        All.
    whales : (N,) bool
    count : int
        Maximum number of shares, ≥ 1; there are fewer if fewer row groups start a new user.

    Raises
    ------
    solver.InputError
        Where row groups are not sorted by user.
    """
    _expect_order(groups, ends)
    cuts = [_cut(groups, ends, users, edge) for edge in _edges(groups, ends, count)]
    stops = [*(cut.user for cut in cuts[1:]), users.count]
    firsts = [0, *stops[:-1]]
    groups_of = _assign_groups(groups, cuts)
    return [
        Share(
            PartitionIndex(index, len(cuts)),
            tuple(groups_of[index]),
            users.part(first, stop),
            streamers,
            np.packbits(whales[first:stop]),
        )
        for index, (first, stop) in enumerate(zip(firsts, stops, strict=True))
    ]


def ends_of(group: RowGroup) -> tuple[Any, Any]:
    """Return the first and the last user of a row group, as ids or positions in the file."""
    users = group.read(["user"]).column("user")
    return users[0].as_py(), users[-1].as_py()


def ends_at(
    groups: Sequence[RowGroup], pairs: Sequence[tuple[Any, Any]], users: Side
) -> list[Ends]:
    """Return the positions of the users that `ends_of` returned.

    Raises
    ------
    solver.InputError
        With file, row group and row of an unknown user.
    """
    ends = []
    for group, pair in zip(groups, pairs, strict=True):
        column = pa.chunked_array([pa.array(pair)])
        try:
            ends.append(Ends(*users.positions(column, group.name).tolist()))
        except InputError:
            users.positions(
                group.read(["user"]).column("user"), group.name
            )  # its error names the row
            raise
    return ends


class Ends(NamedTuple):
    """Positions of the first and the last user of a row group."""

    first: int
    last: int


class _Cut(NamedTuple):
    """The start of a share: a row of a row group, and the position of its first user."""

    group: int
    row: int
    user: int


def _expect_order(groups: Sequence[RowGroup], ends: Sequence[Ends]) -> None:
    last = -1
    for group, users in zip(groups, ends, strict=True):
        if users.first < last:
            raise InputError(
                "scheduler",
                Message("candidates_not_by_user", why="workers", where=group.name),
            )
        last = users.last


def _edges(groups: Sequence[RowGroup], ends: Sequence[Ends], count: int) -> list[int]:
    """Return the row groups in which shares start; each of them starts a new user."""
    starts = [
        index for index, users in enumerate(ends) if index == 0 or users.last > ends[index - 1].last
    ]
    rows = np.concatenate([[0], np.cumsum([each.n_rows for each in groups])])[starts]
    total, count = sum(each.n_rows for each in groups), min(count, len(starts))
    edges = [0]
    for share in range(1, count):
        nearest = int(np.searchsorted(rows, total * share / count))
        edges.append(min(max(nearest, edges[-1] + 1), len(starts) - count + share))
    return [starts[edge] for edge in edges]


def _cut(groups: Sequence[RowGroup], ends: Sequence[Ends], users: Side, edge: int) -> _Cut:
    """Return the start of the first new user of a row group."""
    if edge == 0 or ends[edge].first > ends[edge - 1].last:
        return _Cut(edge, 0, ends[edge].first)
    positions = read_users(groups[edge], users)
    row = int(np.argmax(positions > ends[edge].first))
    return _Cut(edge, row, int(positions[row]))


def _assign_groups(groups: Sequence[RowGroup], cuts: Sequence[_Cut]) -> list[list[RowGroup]]:
    """Return the row groups of each share; one that spans two shares is split."""
    shares: list[list[RowGroup]] = []
    start_of = {cut.group: cut.row for cut in cuts}
    for index, group in enumerate(groups):
        if index not in start_of:
            shares[-1].append(group)
            continue
        before, after = group.split(start_of[index])
        if before.n_rows:
            shares[-1].append(before)
        shares.append([after])
    return shares
