"""All candidates, block by block, for when they do not fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from messages import Message
from solver import Candidates, InputError

from .gather import sort_pairs
from .row_groups import Pairs, RowGroup, ev_dtype, read_pairs
from .sides import Side
from .threads import in_order


class Block(NamedTuple):
    """The candidates of consecutive users.

    Parameters
    ----------
    first : int
        Position of the first of them.
    pairs : Candidates
        User 0 is the first.
    """

    first: int
    pairs: Candidates

    def of(self, per_user: NDArray[Any]) -> NDArray[Any]:
        """Return the entries of this block in an array with one entry per user."""
        return per_user[self.first : self.first + self.pairs.shape[0]]


def read_blocks(
    groups: Sequence[RowGroup], users: Side, streamers: Side, pool: Executor
) -> Iterator[Block]:
    """Yield the candidates of all users, a row group at a time, a few of them read ahead.

    Raises
    ------
    solver.InputError
        If a row group cannot be read, is not sorted by user, or has a pair twice.
    """
    dtype = ev_dtype(groups)

    def read(group: RowGroup) -> tuple[RowGroup, Pairs]:
        return group, read_pairs(group, users, streamers, dtype)

    first = 0
    rest: Pairs = np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, dtype)
    for group, pairs in in_order(pool, read, groups):
        _expect_order(pairs[0], rest[0], group)
        joined = [np.concatenate(both) for both in zip(rest, pairs, strict=True)]
        if not len(joined[0]):
            continue
        last = int(joined[0][-1])  # the next row group may have more pairs of this user
        cut = int(np.searchsorted(joined[0], last))
        rest = joined[0][cut:], joined[1][cut:], joined[2][cut:]
        if last > first:
            complete = joined[0][:cut], joined[1][:cut], joined[2][:cut]
            yield _block(complete, first, last, groups, users, streamers)
            first = last
    yield _block(rest, first, users.count, groups, users, streamers)


def _expect_order(users: NDArray[np.int32], before: NDArray[np.int32], group: RowGroup) -> None:
    decreases = len(users) and (
        (users[1:] < users[:-1]).any() or (len(before) and users[0] < before[-1])
    )
    if decreases:
        raise InputError(
            "memory",
            Message("candidates_not_by_user", why="memory", where=group.name),
        )


def _block(
    pairs: Pairs,
    first: int,
    stop: int,
    groups: Sequence[RowGroup],
    users: Side,
    streamers: Side,
) -> Block:
    """Return the pairs of users `first` up to `stop`, sorted."""
    shape = stop - first, streamers.count
    block = Candidates.from_sorted(pairs[0] - np.int32(first), pairs[1], pairs[2], shape)
    sort_pairs(block, groups, users, streamers, first)
    return Block(first, block)
