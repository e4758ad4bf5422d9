"""Sparse expected values: the pairs that are allowed, row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from .errors import InputError
from .rows import LARGEST_EV, look_up


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

    users: NDArray[Any]
    streamers: NDArray[Any]
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
        ev = np.ascontiguousarray(ev)
        _refuse_bad_values(ev)
        if not _is_sorted(users, streamers):
            key = users.astype(np.int64) * n_streamers + streamers
            order = np.argsort(key, kind="stable")
            _refuse_duplicates(key, order, n_streamers)
            users, streamers, ev = users[order], streamers[order], ev[order]
        self._set(users, streamers, ev)

    def _set(self, users: NDArray[Any], streamers: NDArray[Any], ev: NDArray[np.float64]) -> None:
        for name, value in (
            ("users", users.astype(np.int64, copy=False)),
            ("streamers", streamers.astype(np.int32, copy=False)),
            ("ev", ev),
            ("row_start", _row_starts(users, self.shape[0])),
        ):
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.ev)

    @property
    def rows(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
        """The candidates by user, as kernels take them: row starts, streamers, EVs."""
        return self.row_start, self.streamers, self.ev

    def keep(self, kept: NDArray[np.bool_]) -> Candidates:
        """Return the candidates for which the mask `kept`, (E,) bool, is true."""
        return Candidates.sorted(self.users[kept], self.streamers[kept], self.ev[kept], self.shape)

    def of(self, users: NDArray[np.int64]) -> Candidates:
        """Return the candidates of some users, (n,) int64, who become users 0 … n-1."""
        if len(users) == self.shape[0]:
            return self
        kept = np.zeros(self.shape[0], dtype=np.bool_)
        kept[users] = True
        chosen = self.keep(kept[self.users])
        place = np.cumsum(kept) - 1
        return Candidates.sorted(
            place[chosen.users], chosen.streamers, chosen.ev, (len(users), self.shape[1])
        )

    @classmethod
    def sorted(
        cls,
        users: NDArray[Any],
        streamers: NDArray[Any],
        ev: NDArray[np.float64],
        shape: tuple[int, int],
    ) -> Candidates:
        """Return candidates that are known to be valid and in order, without checking again."""
        pairs = object.__new__(cls)
        object.__setattr__(pairs, "shape", shape)
        pairs._set(users, streamers, ev)
        return pairs

    def best_ev(self) -> NDArray[np.float64]:
        """Return the greatest EV of each user that has a candidate; a single 0 if nobody has."""
        filled = np.flatnonzero(np.diff(self.row_start))
        if not len(filled):
            return np.zeros(1)
        return np.maximum.reduceat(self.ev, self.row_start[filled])

    def ev_at(self, users: NDArray[np.int64], streamers: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the EV of each pair asked about, -inf where the pair is forbidden."""
        return look_up(self.rows, users, streamers)  # type: ignore[no-any-return]


@njit(cache=True)
def _is_sorted(users, streamers):  # type: ignore[no-untyped-def]
    """Return whether pairs stand by user, then by streamer, each once."""
    for i in range(1, len(users)):
        if users[i] < users[i - 1] or (
            users[i] == users[i - 1] and streamers[i] <= streamers[i - 1]
        ):
            return False
    return True


@njit(cache=True)
def _row_starts(users, n_users):  # type: ignore[no-untyped-def]
    """Return (N + 1,) int64: where each user's pairs begin; `users` never falls."""
    start = np.zeros(n_users + 1, np.int64)
    for u in users:
        start[u + 1] += 1
    for u in range(n_users):
        start[u + 1] += start[u]
    return start


@njit(cache=True)
def _first_bad(ev, largest):  # type: ignore[no-untyped-def]
    """Return the first position of what is no EV, -1 if there is none."""
    for i in range(len(ev)):
        if not abs(ev[i]) <= largest:
            return i
    return -1


def as_array(values: ArrayLike, field: str, dtype: type | None = None) -> NDArray[Any]:
    """Return the values of a field as an array; refuse what NumPy can make none of."""
    try:
        return np.asarray(values, dtype=dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(field, f"Expected {field} in numbers, in rows of one length.") from error


def _positions(values: ArrayLike, side: str, count: int) -> NDArray[Any]:
    """Return positions as (E,) integers; refuse what is not a whole number below `count`."""
    array = as_array(values, f"candidates.{side}")
    if array.size == 0:
        array = array.astype(np.int64)
    if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer):
        raise InputError(
            f"candidates.{side}",
            f"Expected a list of whole numbers in candidates.{side}; "
            f"got {array.ndim} dimensions of {array.dtype}.",
        )
    if array.size and (array.min() < 0 or array.max() >= count):
        at = int(np.flatnonzero((array < 0) | (array >= count))[0])
        raise InputError(
            f"candidates.{side}",
            f"Expected {side} positions from 0 to {count - 1}; "
            f"candidate {at} has {side} {int(array[at])}.",
            (at,),
        )
    return array


def _refuse_bad_values(ev: NDArray[np.float64]) -> None:
    at = int(_first_bad(ev, LARGEST_EV))
    if at >= 0:
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
