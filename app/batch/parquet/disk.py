"""Candidates on disk, read into memory at once or block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from messages import Message
from solver import Candidates, InputError
from solver.scale import OrderedAssembly, ScatteredAssembly, sort_rows

from .row_groups import Pairs, RowGroup, ev_dtype, read_pairs, read_users
from .sides import Side
from .threads import in_order

Progress = Callable[[int, int], None]
Bar = Callable[[Message, int | None], AbstractContextManager[Progress]]
"""Returns the progress bar of a step, given its title and its total, None if that is unknown."""


def no_bar(_title: Message, _total: int | None) -> AbstractContextManager[Progress]:
    """Return a progress bar that shows nothing."""
    return nullcontext(lambda _done, _total: None)


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


@dataclass(frozen=True, eq=False)
class Disk:
    """Candidates on disk; every reading starts again from the first row group.

    Parameters
    ----------
    groups : sequence of RowGroup
    users, streamers : Side
    pool : Executor
        Of threads; each reads one row group at a time.
    bar : callable
        Returns the progress bar of a reading.
    """

    groups: Sequence[RowGroup]
    users: Side
    streamers: Side
    pool: Executor
    bar: Bar = no_bar

    @cached_property
    def dtype(self) -> type:
        """The type of all EVs."""
        return ev_dtype(self.groups)

    def all(self) -> Candidates:
        """Return all candidates.

        Row groups that are sorted by user are read once, each into its place. Others are read
        twice: first to count each user's pairs, then to store them.

        Raises
        ------
        solver.InputError
            With file and row group at fault.
        """
        starts = np.cumsum([0, *(group.n_rows for group in self.groups)])
        shape, dtype = (self.users.count, self.streamers.count), self.dtype
        ordered = OrderedAssembly(starts, shape, dtype)
        with self.bar(Message("progress_read"), len(self.groups)) as progress:
            self._read_all(lambda index: ordered.put(index, *self._read(index)), progress)
            if ordered.misplaced() is None:
                pairs = ordered.finish()
            else:
                del ordered
                scattered = ScatteredAssembly(shape, dtype)
                self._read_all(
                    lambda index: scattered.count(read_users(self.groups[index], self.users)),
                    progress,
                )
                scattered.counted()
                self._read_all(lambda index: scattered.put(*self._read(index)), progress)
                pairs = scattered.finish()
        self._sort(pairs, 0)
        return pairs

    def each(self, title: Message, work: Callable[[Block], None]) -> None:
        """Call `work` with every block, in order."""
        with self.bar(title, self.users.count) as progress:
            for block in self._blocks():
                work(block)
                progress(block.first + block.pairs.shape[0], self.users.count)

    def _read(self, index: int) -> Pairs:
        return read_pairs(self.groups[index], self.users, self.streamers, self.dtype)

    def _read_all(self, read: Callable[[int], None], progress: Progress) -> None:
        """Read every row group; raise the error of the first, in their order, that fails."""
        count = len(self.groups)
        for done, _ in enumerate(in_order(self.pool, read, range(count)), start=1):
            progress(done, count)

    def _blocks(self) -> Iterator[Block]:
        """Yield the candidates of all users, a row group at a time, a few of them read ahead.

        Raises
        ------
        solver.InputError
            If a row group cannot be read, is not sorted by user, or has a pair twice.
        """
        first = 0
        rest: Pairs = np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, self.dtype)
        readings = in_order(self.pool, self._read, range(len(self.groups)))
        for group, pairs in zip(self.groups, readings, strict=True):
            _expect_order(pairs[0], rest[0], group)
            joined = [np.concatenate(both) for both in zip(rest, pairs, strict=True)]
            if not len(joined[0]):
                continue
            last = int(joined[0][-1])  # the next row group may have more pairs of this user
            cut = int(np.searchsorted(joined[0], last))
            rest = joined[0][cut:], joined[1][cut:], joined[2][cut:]
            if last > first:
                yield self._block((joined[0][:cut], joined[1][:cut], joined[2][:cut]), first, last)
                first = last
        yield self._block(rest, first, self.users.count)

    def _block(self, pairs: Pairs, first: int, stop: int) -> Block:
        """Return the pairs of users `first` up to `stop`, sorted."""
        shape = stop - first, self.streamers.count
        block = Candidates.from_sorted(pairs[0] - np.int32(first), pairs[1], pairs[2], shape)
        self._sort(block, first)
        return Block(first, block)

    def _sort(self, pairs: Candidates, first: int) -> None:
        """Sort the streamers of each user in place, from user `first` on; refuse duplicates."""
        index = sort_rows(pairs)
        if index is None:
            return
        user = first + int(np.searchsorted(pairs.row_start, index, side="right")) - 1
        streamer = int(pairs.streamers[index])
        places: list[Message] = []
        for group in self.groups:
            users, streamers, _ = read_pairs(group, self.users, self.streamers, np.float64)
            rows = np.flatnonzero((users == user) & (streamers == streamer))
            places += [Message("row_of_group", row=row, group=group.name) for row in rows.tolist()]
            if len(places) > 1:
                break
        message = Message(
            "candidate_pair_twice",
            user=str(self.users.ids_at(np.array([user]))[0]),
            streamer=str(self.streamers.ids_at(np.array([streamer]))[0]),
            first=places[0],
            second=places[1],
        )
        raise InputError("candidates", message)


def _expect_order(users: NDArray[np.int32], before: NDArray[np.int32], group: RowGroup) -> None:
    decreases = len(users) and (
        (users[1:] < users[:-1]).any() or (len(before) and users[0] < before[-1])
    )
    if decreases:
        message = Message("candidates_not_by_user", why="memory", where=group.name)
        raise InputError("memory", message)
