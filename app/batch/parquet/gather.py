"""All candidates in memory: row groups read at once, put together by user."""

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

    Where row groups go on by user, each is put where it belongs as it comes. Where they do not,
    they are read twice: counted, then put.

    Parameters
    ----------
    groups : sequence of RowGroup
    users, streamers : Side
    pool : Executor
        Of threads; each reads one row group at a time.
    progress : callable
        Called with how many row groups are read, and of how many.

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
    twin = sort_rows(pairs)
    if twin is not None:
        user = int(np.searchsorted(pairs.row_start, twin, side="right")) - 1
        raise twin_error(groups, users, streamers, user, int(pairs.streamers[twin]))
    return pairs


def twin_error(
    groups: Sequence[RowGroup], users: Side, streamers: Side, user: int, streamer: int
) -> InputError:
    """Return the refusal of a pair that comes twice, with the places of both."""
    places = []
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
    return InputError(
        "candidates",
        Message(
            "candidate_pair_twice",
            user=str(names[0]),
            streamer=str(names[1]),
            first=places[0],
            second=places[1],
        ),
    )


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
    """Read every piece; the first that fails, in their order, is what is refused."""
    for done, _ in enumerate(in_order(pool, read, range(count)), start=1):
        progress(done, count)
