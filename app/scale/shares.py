"""Shares of the input, one a partition: what a worker needs to read its own from Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solver import Candidates, InputError
from solver.market import Place
from solver.threads import cores

from .gather import gather
from .inputs import extremes
from .row_groups import RowGroup
from .sides import Side


@dataclass(frozen=True, eq=False)
class Share:
    """Where a partition's candidates are, and whose they are.

    Parameters
    ----------
    place : Place
        Which partition it is, of how many.
    groups : tuple of RowGroup
    users : Side
        The stretch of users whose candidates these are.
    streamers : Side
    whales : (⌈n / 8⌉,) uint8
        Who of them is a whale: a bit a user.
    """

    place: Place
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
    first : int
        Position of its first user among all.
    n_streamers : int
    place : Place
    """

    row_start: NDArray[np.int64]
    streamers: NDArray[np.int32]
    ev: NDArray[np.floating]
    whales: NDArray[np.bool_]
    first: int
    n_streamers: int
    place: Place

    @property
    def pairs(self) -> Candidates:
        """The candidates; none is copied."""
        shape = len(self.whales), self.n_streamers
        return Candidates.by_row(self.row_start, self.streamers, self.ev, shape)


def load(share: Share) -> Part:
    """Read a partition; always the same, so that it can be read again where it was lost.

    Raises
    ------
    solver.InputError
        With file and row group at fault.
    """
    with ThreadPoolExecutor(cores()) as pool:
        pairs = gather(share.groups, share.users, share.streamers, pool, lambda _done, _all: None)
    whales = np.unpackbits(share.whales, count=share.users.count).astype(np.bool_)
    return Part(*pairs.rows, whales, share.users.first, share.streamers.count, share.place)


def shared_out(
    groups: Sequence[RowGroup],
    users: Side,
    streamers: Side,
    whales: NDArray[np.bool_],
    count: int,
) -> list[Share]:
    """Divide row groups into stretches of about as many candidates each.

    Parameters
    ----------
    groups : sequence of RowGroup
        By user; a user's candidates are all in one.
    users, streamers : Side
        All; users without ids.
    whales : (N,) bool
    count : int
        Most shares, ≥ 1; fewer where there are fewer row groups.

    Raises
    ------
    solver.InputError
        Where row groups do not go on by user, or users have ids.
    """
    if users.ids is not None:
        raise InputError(
            "scheduler",
            "Expected users by position, not by id, where workers share them; "
            f"{groups[0]} has ids.",
        )
    edges, begins = _edges(groups, count), _begins(groups)
    firsts = [0, *(begins[edge] for edge in edges[1:-1]), users.count]
    return [
        Share(
            Place(index, len(edges) - 1),
            tuple(groups[edges[index] : edges[index + 1]]),
            Side("user", firsts[index + 1] - firsts[index], None, firsts[index]),
            streamers,
            np.packbits(whales[firsts[index] : firsts[index + 1]]),
        )
        for index in range(len(edges) - 1)
    ]


def _edges(groups: Sequence[RowGroup], count: int) -> list[int]:
    """Return where each share begins among the row groups, and where the last ends."""
    ends, count = np.cumsum([each.n_rows for each in groups]), min(count, len(groups))
    edges = [0]
    for share in range(1, count):
        nearest = int(np.searchsorted(ends, ends[-1] * share / count)) + 1
        edges.append(min(max(nearest, edges[-1] + 1), len(groups) - count + share))
    return [*edges, len(groups)]


def _begins(groups: Sequence[RowGroup]) -> list[int]:
    """Return the first user of each row group, each after the last one of that before."""
    begins, last = [], -1
    for group in groups:
        first, end = extremes(group, "user")
        if first <= last:
            raise InputError(
                "scheduler",
                "Expected candidates by user, each user's in one row group, where workers share "
                f"them; {group} has user {first} after user {last}.",
            )
        begins.append(first)
        last = end
    return begins
