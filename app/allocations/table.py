"""An allocation as an Arrow table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from app.formats.arrow import with_metadata
from solver import Allocation, placements

from .identifiers import Id, are_all_integers
from .problems import NamedProblem

_TIERS = pa.array(["whale", "normal"])


def allocation_table(
    named: NamedProblem, allocation: Allocation, rest: Mapping[str, Any]
) -> pa.Table:
    """Return an allocation as a table.

    Parameters
    ----------
    named : NamedProblem
    allocation : Allocation
    rest : mapping
        What the answer says besides; it becomes the schema's metadata, each value JSON.

    Returns
    -------
    pyarrow.Table
        With the columns `user` and `streamer` (ids where the request has them, int64 where all
        are numbers; else positions),
        `tier` ("whale" or "normal") and `ev` (currency units). One row for each placement, by
        user and the best first; users without any have one row, whose streamer and ev are null.
    """
    problem = named.problem
    users, streamers = _rows(allocation.assignment)
    placed = streamers >= 0
    ev = np.zeros(len(users))
    ev[placed] = problem.ev_at(users[placed], streamers[placed])
    tier = np.where(problem.whales[users], np.int8(0), np.int8(1))
    table = pa.table(
        {
            "user": _named(users, None, named.user_ids if named.own_user_ids else None),
            "streamer": _named(
                streamers, ~placed, named.streamer_ids if named.own_streamer_ids else None
            ),
            "tier": pa.DictionaryArray.from_arrays(pa.array(tier), _TIERS),
            "ev": pa.array(ev, mask=~placed),
        }
    )
    return with_metadata(table, rest)


def _rows(streamer: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return users and their streamers, one for each placement; -1 for who has none."""
    if streamer.ndim == 1:
        return np.arange(len(streamer)), streamer
    users, streamers = placements(streamer)
    without = np.flatnonzero((streamer < 0).all(axis=1))
    users = np.concatenate((users, without))
    order = np.argsort(users, kind="stable")
    return users[order], np.concatenate((streamers, np.full(len(without), -1)))[order]


def _named(
    positions: NDArray[np.int64], missing: NDArray[np.bool_] | None, ids: Sequence[Id] | None
) -> pa.Array:
    """Return positions as they are, or the ids at them; null where missing.

    Ids that are all numbers are int64; else all are text.
    """
    array = pa.array(positions, mask=missing)
    if ids is None:
        return array
    if are_all_integers(ids):
        return pa.array(np.array(ids, np.int64)[positions], mask=missing)
    text = pa.array([*map(str, ids)], pa.string())
    return pa.DictionaryArray.from_arrays(array.cast(pa.int32()), text)
