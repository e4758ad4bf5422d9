"""All candidates in memory: row groups are read in parallel and sorted by user."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor

import numpy as np

from messages import Message
from solver import Candidates, InputError
from solver.scale import OrderedAssembly, ScatteredAssembly, sort_rows

from .row_groups import RowGroup, ev_dtype, read_pairs, read_users
from .sides import Side
from .threads import in_order

Progress = Callable[[int, int], None]


def gather(
    groups: Sequence[RowGroup], users: Side, streamers: Side, pool: Executor, progress: Progress
) -> Candidates:
    """Read all candidates.

    Row groups that are sorted by user are read once, each into its place. Others are read twice:
    first to count each user's pairs, then to store them.

    Parameters
    ----------
    groups : sequence of RowGroup
    users, streamers : Side
    pool : Executor
        Of threads; each reads one row group at a time.
    progress : callable
        Called with the number of row groups read so far, and the total.

    Raises
    ------
    solver.InputError
        With file and row group at fault.
    """
    dtype = ev_dtype(groups)
    shape = users.count, streamers.count
    starts = np.concatenate([[0], np.cumsum([each.n_rows for each in groups])]).astype(np.int64)
    ordered = OrderedAssembly(starts, shape, dtype)

    def put(piece: int) -> None:
        ordered.put(piece, *read_pairs(groups[piece], users, streamers, dtype))

    _each(pool, put, len(groups), progress)
    if ordered.misplaced() is None:
        pairs = ordered.finish()
    else:
        del ordered
        pairs = _scattered(groups, users, streamers, pool, progress)
    sort_pairs(pairs, groups, users, streamers)
    return pairs


def sort_pairs(
    pairs: Candidates, groups: Sequence[RowGroup], users: Side, streamers: Side, first: int = 0
) -> None:
    """Sort the streamers of each user in place, from user `first` on; refuse duplicate pairs.

    Raises
    ------
    solver.InputError
        With both rows of a pair.
    """
    index = sort_rows(pairs)
    if index is None:
        return
    user = first + int(np.searchsorted(pairs.row_start, index, side="right")) - 1
    streamer = int(pairs.streamers[index])
    places: list[Message] = []
    for group in groups:
        at_user, at_streamer, _ = read_pairs(group, users, streamers, np.float64)
        rows = np.flatnonzero((at_user == user) & (at_streamer == streamer))
        places += [Message("row_of_group", row=row, group=group.name) for row in rows.tolist()]
        if len(places) > 1:
            break
    names = [
        side.ids_at(np.array([position]))[0].as_py()
        for side, position in ((users, user), (streamers, streamer))
    ]
    message = Message(
        "candidate_pair_twice",
        user=str(names[0]),
        streamer=str(names[1]),
        first=places[0],
        second=places[1],
    )
    raise InputError("candidates", message)


def _scattered(
    groups: Sequence[RowGroup], users: Side, streamers: Side, pool: Executor, progress: Progress
) -> Candidates:
    dtype = ev_dtype(groups)
    scattered = ScatteredAssembly((users.count, streamers.count), dtype)

    def count(piece: int) -> None:
        scattered.count(read_users(groups[piece], users))

    def put(piece: int) -> None:
        scattered.put(*read_pairs(groups[piece], users, streamers, dtype))

    _each(pool, count, len(groups), progress)
    scattered.counted()
    _each(pool, put, len(groups), progress)
    return scattered.finish()


def _each(pool: Executor, read: Callable[[int], None], count: int, progress: Progress) -> None:
    """Read every piece; raise the error of the first, in their order, that fails."""
    for done, _ in enumerate(in_order(pool, read, range(count)), start=1):
        progress(done, count)
