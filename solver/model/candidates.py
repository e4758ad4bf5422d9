"""Sparse expected values: the pairs that are allowed, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from messages import Message

from ..display import Displayed, Row, show_number, show_range, show_sizes
from ..errors import InputError
from ..kernels import LARGEST_EV, CandidateRows, copy_into, lookup_ev, njit
from .arguments import as_array, as_writable


@dataclass(frozen=True, eq=False, init=False, repr=False)
class Candidates(Displayed):
    """The allowed pairs of a sparse problem, in CSR order (by user, then by streamer).

    Pairs that are not listed are forbidden. Pairs may be given in any order; they are sorted, so
    that ties are broken as in a dense problem.

    Parameters
    ----------
    users : (E,) array_like of int
        User of each pair, 0 … N-1.
    streamers : (E,) array_like of int
        Streamer of each pair, 0 … S-1.
    ev : (E,) array_like of float
        Expected value of each pair, currency units, from -1e15 to 1e15. float32 stays float32.
    shape : (int, int)
        (N, S): number of users and of streamers.

    Attributes
    ----------
    row_start : (N + 1,) int64
        The pairs of user u are ``row_start[u]`` up to ``row_start[u + 1]``.
    streamers : (E,) int32
    ev : (E,) float64 or float32

    Raises
    ------
    InputError
        On different lengths, positions out of range, values out of range, or repeated pairs.

    Examples
    --------
    >>> from whale_matching import Candidates, Problem, allocate
    >>> pairs = Candidates([0, 0, 1], [0, 1, 0], [9.0, 1.0, 8.0], (2, 2))
    >>> pairs
    Candidates(3 pairs, 2 users × 2 streamers, float64)
    >>> allocate(Problem(pairs, whale_cap=1)).assignment
    array([1, 0])
    """

    row_start: NDArray[np.int64]
    streamers: NDArray[Any]
    ev: NDArray[Any]
    shape: tuple[int, int]

    def __init__(
        self, users: ArrayLike, streamers: ArrayLike, ev: ArrayLike, shape: tuple[int, int]
    ) -> None:
        n_users, n_streamers = shape
        users = _as_positions(users, "user", n_users, np.int64)
        streamers = _as_positions(streamers, "streamer", n_streamers, np.int32)
        dtype = np.float32 if getattr(ev, "dtype", None) == np.float32 else np.float64
        ev = as_array(ev, "candidates.ev", dtype, axes=("candidate",))
        if not len(users) == len(streamers) == ev.size or ev.ndim != 1:
            lengths = {"users": len(users), "streamers": len(streamers), "values": ev.size}
            raise InputError("candidates", Message("candidate_lengths_differ", **lengths))
        ev = np.ascontiguousarray(ev)
        _check_values(ev)
        if not _is_sorted(users, streamers):
            key = users.astype(np.int64) * n_streamers + streamers
            order = np.argsort(key, kind="stable")
            _check_duplicates(key, order, n_streamers)
            users, streamers, ev = users[order], streamers[order], ev[order]
        self._set(_count_row_start(users, n_users), streamers, ev, shape)

    def _set(
        self,
        row_start: NDArray[np.int64],
        streamers: NDArray[np.int32],
        ev: NDArray[Any],
        shape: tuple[int, int],
    ) -> None:
        for name, value in (
            ("row_start", row_start),
            ("streamers", streamers),
            ("ev", ev),
            ("shape", shape),
        ):
            object.__setattr__(self, name, value)

    def _parts(self) -> Iterator[str]:
        yield f"{len(self):,} pairs"
        yield show_sizes(*self.shape)
        yield str(self.ev.dtype)

    def _rows(self) -> Iterator[Row]:
        yield "users", show_number(self.shape[0])
        yield "streamers", show_number(self.shape[1])
        yield "pairs", show_number(len(self))
        yield "ev", show_range(self.ev)

    def __len__(self) -> int:
        return len(self.ev)

    @cached_property
    def users(self) -> NDArray[np.int64]:
        """User of each pair, (E,) int64. Computed at the first access: 8 bytes a pair."""
        return np.repeat(np.arange(self.shape[0]), np.diff(self.row_start))

    @property
    def rows(self) -> CandidateRows:
        """The candidates in the form that kernels take."""
        return CandidateRows(self.row_start, self.streamers, self.ev)

    def select_pairs(self, selected: NDArray[np.bool_]) -> Candidates:
        """Return the candidates in a mask, (E,) bool."""
        row_start = _filter_row_start(self.row_start, selected)
        return Candidates.from_csr(
            row_start, self.streamers[selected], self.ev[selected], self.shape
        )

    def select_streamers(self, is_open: NDArray[np.bool_]) -> Candidates:
        """Return the candidates at streamers in a mask, (S,) bool."""
        return self if is_open.all() else self.select_pairs(is_open[self.streamers])

    def select_users(self, users: NDArray[np.int64]) -> Candidates:
        """Return the candidates of some users, (n,) int64, who become users 0 … n-1."""
        if len(users) == self.shape[0]:
            return self
        row_start, streamers, ev = gather_rows(self.rows, users)
        return Candidates.from_csr(row_start, streamers, ev, (len(users), self.shape[1]))

    @classmethod
    def from_sorted(
        cls,
        users: NDArray[Any],
        streamers: NDArray[Any],
        ev: NDArray[Any],
        shape: tuple[int, int],
    ) -> Candidates:
        """Return candidates from valid, sorted pairs."""
        row_start = _count_row_start(as_writable(np.ascontiguousarray(users, np.int64)), shape[0])
        streamers = as_writable(np.ascontiguousarray(streamers, np.int32))
        return cls.from_csr(row_start, streamers, as_writable(np.ascontiguousarray(ev)), shape)

    @classmethod
    def from_csr(
        cls,
        row_start: NDArray[np.int64],
        streamers: NDArray[np.int32],
        ev: NDArray[Any],
        shape: tuple[int, int],
    ) -> Candidates:
        """Return candidates from valid CSR arrays, without copying."""
        pairs = object.__new__(cls)
        pairs._set(row_start, streamers, ev, shape)
        return pairs

    def best_ev(self) -> NDArray[Any]:
        """Return the greatest EV of each user that has a candidate; one 0 if there is none."""
        filled = self.row_start[:-1][np.diff(self.row_start) > 0]
        if not len(filled):
            return np.zeros(1, self.ev.dtype)
        return np.maximum.reduceat(self.ev, filled)

    def ev_at(self, users: NDArray[np.int64], streamers: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the EV of the pairs (users[i], streamers[i]), (n,) float64; -inf if forbidden."""
        pairs = np.ascontiguousarray(users), np.ascontiguousarray(streamers)
        return lookup_ev(self.rows, *pairs)  # type: ignore[no-any-return]


@njit(cache=True)
def _is_sorted(users, streamers):
    """Return whether pairs are sorted by user, then by streamer, without duplicates."""
    for i in range(1, len(users)):
        if users[i] < users[i - 1] or (
            users[i] == users[i - 1] and streamers[i] <= streamers[i - 1]
        ):
            return False
    return True


@njit(cache=True)
def _count_row_start(users, n_users):
    """Return the row starts, (N + 1,) int64, of pairs sorted by user."""
    start = np.zeros(n_users + 1, np.int64)
    for u in users:
        start[u + 1] += 1
    for u in range(n_users):
        start[u + 1] += start[u]
    return start


@njit(cache=True)
def _filter_row_start(row_start, selected):
    """Return the row starts of the pairs in a mask, (E,) bool."""
    start = np.zeros(len(row_start), np.int64)
    for u in range(len(row_start) - 1):
        count = 0
        for pair in range(row_start[u], row_start[u + 1]):
            count += selected[pair]
        start[u + 1] = start[u] + count
    return start


@njit(cache=True)
def gather_rows(rows, users):
    """Return row starts, streamers and EVs of the candidates of some users, (n,) int64."""
    start = np.zeros(len(users) + 1, np.int64)
    for i in range(len(users)):
        start[i + 1] = start[i] + rows.row_start[users[i] + 1] - rows.row_start[users[i]]
    streamers, ev = np.empty(start[-1], rows.streamers.dtype), np.empty(start[-1], rows.ev.dtype)
    for i in range(len(users)):
        low, high = rows.row_start[users[i]], rows.row_start[users[i] + 1]
        copy_into(streamers[start[i] :], rows.streamers[low:high])
        copy_into(ev[start[i] :], rows.ev[low:high])
    return start, streamers, ev


@njit(cache=True)
def _first_bad(ev, largest):
    """Return the first position of an invalid EV, -1 if there is none."""
    for i in range(len(ev)):
        if not abs(ev[i]) <= largest:
            return i
    return -1


def _as_positions(values: ArrayLike, side: str, count: int, dtype: type) -> NDArray[Any]:
    """Return positions as (E,) of a type; refuse what is not a whole number below `count`."""
    array = as_array(values, f"candidates.{side}", axes=("candidate",))
    if array.size == 0:
        array = array.astype(np.int64)
    if array.ndim != 1 or not np.issubdtype(array.dtype, np.integer):
        message = Message(
            "candidate_positions_expected",
            side=side,
            dimensions=array.ndim,
            type=str(array.dtype),
        )
        raise InputError(f"candidates.{side}", message)
    if array.size and (array.min() < 0 or array.max() >= count):
        at = int(np.flatnonzero((array < 0) | (array >= count))[0])
        message = Message(
            "candidate_position_out_of_range",
            side=side,
            last=count - 1,
            candidate=at,
            received=int(array[at]),
        )
        raise InputError(f"candidates.{side}", message, (at,))
    return np.ascontiguousarray(array, dtype)


def _check_values(ev: NDArray[Any]) -> None:
    at = int(_first_bad(ev, LARGEST_EV))
    if at >= 0:
        message = Message(
            "candidate_ev_out_of_range",
            candidate=at,
            received=str(ev[at]),
            is_forbidden=bool(ev[at] == -np.inf),
        )
        raise InputError("candidates.ev", message, (at,))


def _check_duplicates(key: NDArray[np.int64], order: NDArray[np.int64], n_streamers: int) -> None:
    twins = np.flatnonzero(key[order[1:]] == key[order[:-1]])
    if len(twins):
        first, second = int(order[twins[0]]), int(order[twins[0] + 1])
        user, streamer = divmod(int(key[first]), n_streamers)
        message = Message(
            "candidate_twice", user=user, streamer=streamer, first=first, second=second
        )
        raise InputError("candidates", message, (second,))
