"""Sparse expected values: the pairs that are allowed, row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import InputError

LARGEST_EV = 1e15
"""Largest magnitude of an EV, currency units: float64 still resolves less than one unit there."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """The allowed pairs of a sparse problem, in CSR order (by user, then by streamer).

    Pairs may be given in any order; they are kept sorted, so that sparse and dense problems
    break ties alike. A pair that is not listed is forbidden.

    Parameters
    ----------
    users : (E,) int
        Position of each pair's user, 0 … N-1.
    streamers : (E,) int
        Position of each pair's streamer, 0 … S-1.
    ev : (E,) float64
        Expected value of each pair, currency units; finite.
    shape : (int, int)
        (N, S): number of users and of streamers.

    Attributes
    ----------
    row_start : (N + 1,) int64
        User u's pairs are those at ``row_start[u]`` up to ``row_start[u + 1]``.

    Raises
    ------
    InputError
        On unequal lengths, positions out of range, values that are not finite, duplicates.
    """

    users: NDArray[np.int64]
    streamers: NDArray[np.int64]
    ev: NDArray[np.float64]
    shape: tuple[int, int]
    row_start: NDArray[np.int64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        n_users, n_streamers = self.shape
        users = _positions(self.users, "user", n_users)
        streamers = _positions(self.streamers, "streamer", n_streamers)
        ev = as_array(self.ev, "candidates.ev", np.float64)
        if not len(users) == len(streamers) == ev.size or ev.ndim != 1:
            raise InputError(
                "candidates",
                "Expected user, streamer and ev of one length; "
                f"got {len(users)}, {len(streamers)} and {ev.size}.",
            )
        _refuse_bad_values(ev)
        key = users * n_streamers + streamers
        if np.any(key[1:] <= key[:-1]):
            order = np.argsort(key, kind="stable")
            _refuse_duplicates(key, order, n_streamers)
            users, streamers, ev = users[order], streamers[order], ev[order]
        row_start = np.zeros(n_users + 1, dtype=np.int64)
        np.cumsum(np.bincount(users, minlength=n_users), out=row_start[1:])
        for name, value in (
            ("users", users),
            ("streamers", streamers),
            ("ev", ev),
            ("row_start", row_start),
        ):
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.ev)

    def keep(self, kept: NDArray[np.bool_]) -> Candidates:
        """Return the candidates for which the mask `kept`, (E,) bool, is true."""
        return Candidates(self.users[kept], self.streamers[kept], self.ev[kept], self.shape)

    def ev_at(self, users: NDArray[np.int64], streamers: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the EV of each pair asked about, -inf where the pair is forbidden."""
        values = np.full(len(users), -np.inf)
        if len(self) == 0:
            return values
        n_streamers = self.shape[1]
        keys = self.users * n_streamers + self.streamers
        wanted = users * n_streamers + streamers
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        found = keys[place] == wanted
        values[found] = self.ev[place[found]]
        return values


def as_array(values: ArrayLike, field: str, dtype: type | None = None) -> NDArray[Any]:
    """Return the values of a field as an array; refuse what NumPy can make none of."""
    try:
        return np.asarray(values, dtype=dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(field, f"Expected {field} in numbers, in rows of one length.") from error


def _positions(values: ArrayLike, side: str, count: int) -> NDArray[np.int64]:
    """Return positions as (E,) int64; refuse what is not a whole number below `count`."""
    array = as_array(values, f"candidates.{side}")
    if array.size == 0:
        array = array.astype(np.int64)
    if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer):
        raise InputError(
            f"candidates.{side}",
            f"Expected a list of whole numbers in candidates.{side}; "
            f"got {array.ndim} dimensions of {array.dtype}.",
        )
    outside = np.flatnonzero((array < 0) | (array >= count))
    if len(outside):
        at = int(outside[0])
        raise InputError(
            f"candidates.{side}",
            f"Expected {side} positions from 0 to {count - 1}; "
            f"candidate {at} has {side} {int(array[at])}.",
            (at,),
        )
    return array.astype(np.int64, copy=False)


def _refuse_bad_values(ev: NDArray[np.float64]) -> None:
    bad = np.flatnonzero(~(np.abs(ev) <= LARGEST_EV))
    if len(bad):
        at = int(bad[0])
        raise InputError(
            "candidates.ev",
            f"Expected every EV to be a number between -1e15 and 1e15; candidate {at} has {ev[at]}"
            + (" (leave a forbidden pair out)." if ev[at] == -np.inf else "."),
            (at,),
        )


def _refuse_duplicates(key: NDArray[np.int64], order: NDArray[np.int64], n_streamers: int) -> None:
    twins = np.flatnonzero(key[order[1:]] == key[order[:-1]])
    if len(twins):
        first, second = int(order[twins[0]]), int(order[twins[0] + 1])
        user, streamer = divmod(int(key[first]), n_streamers)
        raise InputError(
            "candidates",
            f"Expected each pair once; user {user} with streamer {streamer} "
            f"is both candidate {first} and candidate {second}.",
            (second,),
        )
