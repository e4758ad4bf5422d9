"""Allocations as Arrow tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from app.formats.arrow import tier_column, with_metadata
from solver import Allocation, placements

from .identifiers import Id, are_all_integers
from .problems import NamedProblem


def allocation_table(
    case: NamedProblem, allocation: Allocation, metadata: Mapping[str, Any]
) -> pa.Table:
    """Return an allocation as a table.

    Parameters
    ----------
    case : NamedProblem
    allocation : Allocation
    metadata : mapping
        The rest of the answer, which becomes the metadata of the schema, each value as JSON.

    Returns
    -------
    pyarrow.Table
        With the columns `user` and `streamer` (ids if the request has them, int64 if all are
        numbers; otherwise positions), `tier` ("whale" or "normal") and `ev` (currency units). One
        row per placement, by user, the best first; users without a streamer have one row with
        null for streamer and ev.
    """
    problem = case.problem
    users, streamers = _rows(allocation.assignment)
    allocated = streamers >= 0
    ev = np.zeros(len(users))
    ev[allocated] = problem.ev_at(users[allocated], streamers[allocated])
    table = pa.table(
        {
            "user": _ids_at(users, None, case.user_ids if case.own_user_ids else None),
            "streamer": _ids_at(
                streamers, ~allocated, case.streamer_ids if case.own_streamer_ids else None
            ),
            "tier": tier_column(problem.whales[users]),
            "ev": pa.array(ev, mask=~allocated),
        }
    )
    return with_metadata(table, metadata)


def _rows(streamer: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return users and their streamers, one per placement; -1 for users without a streamer."""
    if streamer.ndim == 1:
        return np.arange(len(streamer)), streamer
    users, streamers = placements(streamer)
    unallocated = np.flatnonzero((streamer < 0).all(axis=1))
    users = np.concatenate((users, unallocated))
    order = np.argsort(users, kind="stable")
    return users[order], np.concatenate((streamers, np.full(len(unallocated), -1)))[order]


def _ids_at(
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
