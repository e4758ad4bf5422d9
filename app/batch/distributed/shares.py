"""Shares of the input, one a partition: what a worker needs to read its own from Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from app.batch.parquet.gather import gather
from app.batch.parquet.row_groups import RowGroup, read_users
from app.batch.parquet.sides import Side
from messages import Message
from solver import Candidates, InputError
from solver.kernels import count_cores
from solver.scale import PartitionIndex


@dataclass(frozen=True, eq=False)
class Share:
    """Where a partition's candidates are, and whose they are.

    Parameters
    ----------
    partition : Place
        Which partition it is, of how many.
    groups : tuple of RowGroup
    users : Side
        The stretch of users whose candidates these are.
    streamers : Side
    whales : (⌈n / 8⌉,) uint8
        Who of them is a whale: a bit a user.
    """

    partition: PartitionIndex
    groups: tuple[RowGroup, ...]
    users: Side
    streamers: Side
    whales: NDArray[np.uint8]


class Part(NamedTuple):
    """A partition in a worker's memory.

    A tuple of arrays, so that the scheduler knows how large it is and takes work to it.

    Parameters
    ----------
    row_start : (n + 1,) int64
    streamers : (E,) int32
    ev : (E,) float
        Candidates by user, see `solver.Candidates`.
    whales : (n,) bool
    users : Side
        The stretch of users that it has.
    n_streamers : int
    partition : Place
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
    """Read a partition; always the same, so that it can be read again where it was lost.

    Raises
    ------
    solver.InputError
        With file and row group at fault.
    """
    with ThreadPoolExecutor(count_cores()) as pool:
        pairs = gather(share.groups, share.users, share.streamers, pool, lambda _done, _all: None)
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
    """Divide candidates into stretches of users with about as many each.

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
        Most shares, ≥ 1; fewer where there are fewer row groups in which a user begins.

    Raises
    ------
    solver.InputError
        Where row groups do not go on by user.
    """
    _expect_order(groups, ends)
    cuts = [_cut(groups, ends, users, edge) for edge in _edges(groups, ends, count)]
    stops = [*(cut.user for cut in cuts[1:]), users.count]
    firsts = [0, *stops[:-1]]
    own = _dealt(groups, cuts)
    return [
        Share(
            PartitionIndex(index, len(cuts)),
            tuple(own[index]),
            users.part(first, stop),
            streamers,
            np.packbits(whales[first:stop]),
        )
        for index, (first, stop) in enumerate(zip(firsts, stops, strict=True))
    ]


def ends_of(group: RowGroup) -> tuple[Any, Any]:
    """Return the first and the last user of a row group as it names them."""
    users = group.read(["user"]).column("user")
    return users[0].as_py(), users[-1].as_py()


def ends_at(
    groups: Sequence[RowGroup], pairs: Sequence[tuple[Any, Any]], users: Side
) -> list[Ends]:
    """Return the positions of what `ends_of` found.

    Raises
    ------
    solver.InputError
        With file, row group and row where a user is none.
    """
    ends = []
    for group, pair in zip(groups, pairs, strict=True):
        column = pa.chunked_array([pa.array(pair)])
        try:
            ends.append(Ends(*users.positions(column, group.name).tolist()))
        except InputError:
            users.positions(group.read(["user"]).column("user"), group.name)  # says in which row
            raise
    return ends


class Ends(NamedTuple):
    """Positions of the first and the last user of a row group."""

    first: int
    last: int


class _Cut(NamedTuple):
    """Where a share begins: a row of a row group, and the position of its first user."""

    group: int
    row: int
    user: int


def _expect_order(groups: Sequence[RowGroup], ends: Sequence[Ends]) -> None:
    last = -1
    for group, own in zip(groups, ends, strict=True):
        if own.first < last:
            raise InputError(
                "scheduler",
                Message("candidates_not_by_user", why="workers", where=group.name),
            )
        last = own.last


def _edges(groups: Sequence[RowGroup], ends: Sequence[Ends], count: int) -> list[int]:
    """Return the row groups in which shares begin: in each, a user does."""
    begins = [
        index for index, own in enumerate(ends) if index == 0 or own.last > ends[index - 1].last
    ]
    rows = np.concatenate([[0], np.cumsum([each.n_rows for each in groups])])[begins]
    total, count = sum(each.n_rows for each in groups), min(count, len(begins))
    edges = [0]
    for share in range(1, count):
        nearest = int(np.searchsorted(rows, total * share / count))
        edges.append(min(max(nearest, edges[-1] + 1), len(begins) - count + share))
    return [begins[edge] for edge in edges]


def _cut(groups: Sequence[RowGroup], ends: Sequence[Ends], users: Side, edge: int) -> _Cut:
    """Return where the first user who begins in a row group does."""
    if edge == 0 or ends[edge].first > ends[edge - 1].last:
        return _Cut(edge, 0, ends[edge].first)
    positions = read_users(groups[edge], users)
    row = int(np.argmax(positions > ends[edge].first))
    return _Cut(edge, row, int(positions[row]))


def _dealt(groups: Sequence[RowGroup], cuts: Sequence[_Cut]) -> list[list[RowGroup]]:
    """Return each share's row groups; one that two share is split between them."""
    shares: list[list[RowGroup]] = []
    begins = {cut.group: cut.row for cut in cuts}
    for index, group in enumerate(groups):
        if index not in begins:
            shares[-1].append(group)
            continue
        before, after = group.split(begins[index])
        if before.n_rows:
            shares[-1].append(before)
        shares.append([after])
    return shares
