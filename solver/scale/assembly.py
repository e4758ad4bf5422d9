"""Assembly of candidates from pieces that arrive in any order, on several threads."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..kernels import map_blocks, njit
from ..model import Candidates

Positions = NDArray[np.int32]
Values = NDArray[Any]


class OrderedAssembly:
    """Assembly of pieces that are sorted by user, each one continuing the one before.

    Only the candidates are stored: 4 bytes and an EV per pair.

    Parameters
    ----------
    starts : (P + 1,) int
        Piece p has pairs ``starts[p]`` up to ``starts[p + 1]``.
    shape : (int, int)
        (N, S).
    dtype : dtype
        Of EVs.
    """

    def __init__(self, starts: NDArray[np.int64], shape: tuple[int, int], dtype: Any) -> None:
        n_pieces = len(starts) - 1
        self._starts, self._shape = starts, shape
        self._row_start = np.zeros(shape[0] + 1, dtype=np.int64)
        self._streamers = np.empty(starts[-1], dtype=np.int32)
        self._ev = np.empty(starts[-1], dtype=dtype)
        self._ends = np.full((n_pieces, 2), -1)  # first and last user of each piece
        self._shared = np.zeros((n_pieces, 2), dtype=np.int64)  # and how many pairs these have
        self._in_order = np.ones(n_pieces, dtype=np.bool_)

    def put(self, piece: int, users: Positions, streamers: Positions, ev: Values) -> None:
        """Add a piece; different ones may be added at the same time."""
        pairs = slice(self._starts[piece], self._starts[piece + 1])
        self._streamers[pairs], self._ev[pairs] = streamers, ev
        if len(users):
            self._ends[piece] = users[0], users[-1]
            self._in_order[piece] = _count_in_order(users, self._row_start, self._shared[piece])

    def misplaced(self) -> int | None:
        """Return the first piece that is not sorted by user, if there is one."""
        last = -1
        for piece, (first, end) in enumerate(self._ends.tolist()):
            if first < 0:
                continue
            if not self._in_order[piece] or first < last:
                return piece
            last = end
        return None

    def finish(self) -> Candidates:
        """Return the candidates, once every piece is in and none is misplaced."""
        for (first, last), (head, tail) in zip(self._ends, self._shared, strict=True):
            if first >= 0:
                self._row_start[first + 1] += head
                self._row_start[last + 1] += tail
        np.cumsum(self._row_start, out=self._row_start)
        return Candidates.from_csr(self._row_start, self._streamers, self._ev, self._shape)


class ScatteredAssembly:
    """Candidates whose users come in any order: counted in a first reading, put in a second."""

    def __init__(self, shape: tuple[int, int], dtype: Any) -> None:
        self._shape, self._dtype = shape, dtype
        self._row_start = np.zeros(shape[0] + 1, dtype=np.int64)
        self._next = np.empty(0, dtype=np.int64)
        self._streamers, self._ev = np.empty(0, np.int32), np.empty(0, dtype)
        self._turn = threading.Lock()

    def count(self, users: Positions) -> None:
        """Take in who has pairs in a piece."""
        with self._turn:
            _count(users, self._row_start)

    def counted(self) -> None:
        """Make room, once every piece is counted."""
        np.cumsum(self._row_start, out=self._row_start)
        self._next = self._row_start[:-1].copy()
        self._streamers = np.empty(self._row_start[-1], dtype=np.int32)
        self._ev = np.empty(self._row_start[-1], dtype=self._dtype)

    def put(self, users: Positions, streamers: Positions, ev: Values) -> None:
        """Add a piece."""
        with self._turn:
            _scatter(users, streamers, ev, self._next, self._streamers, self._ev)

    def finish(self) -> Candidates:
        """Return the candidates of all pieces; a user's streamers are in any order."""
        return Candidates.from_csr(self._row_start, self._streamers, self._ev, self._shape)


def sort_rows(pairs: Candidates) -> int | None:
    """Sort each user's candidates by streamer, in place.

    Returns
    -------
    int or None
        Position of the second copy of the first duplicate pair, if there is one.
    """

    def sort(first: int, stop: int) -> int:
        return int(_sort_rows(*pairs.rows, first, stop))

    twins = [at for at in map_blocks(sort, pairs.shape[0], len(pairs)) if at >= 0]
    return twins[0] if twins else None


@njit(cache=True, nogil=True)
def _count_in_order(users, row_start, shared):
    """Count the pairs of non-decreasing users; return False if they decrease.

    The first and the last user may have pairs in other pieces: theirs are written to `shared`.
    """
    first, last = users[0], users[-1]
    before = first
    shared[:] = 0
    for u in users:
        if u < before:
            return False
        before = u
        if u == first:
            shared[0] += 1
        elif u == last:
            shared[1] += 1
        else:
            row_start[u + 1] += 1
    return True


@njit(cache=True, nogil=True)
def _count(users, row_start):
    for u in users:
        row_start[u + 1] += 1


@njit(cache=True, nogil=True)
def _scatter(users, streamers, ev, place, to_streamers, to_ev):
    for i in range(len(users)):
        at = place[users[i]]
        to_streamers[at], to_ev[at] = streamers[i], ev[i]
        place[users[i]] = at + 1


@njit(cache=True, nogil=True)
def _sort_rows(row_start, streamers, ev, first, stop):
    """Sort users `first` up to `stop`; return the first pair that equals the one before, or -1."""
    for u in range(first, stop):
        low, high = row_start[u], row_start[u + 1]
        ascending = True
        for at in range(low + 1, high):
            ascending &= streamers[at - 1] < streamers[at]
        if ascending:
            continue
        order = np.argsort(streamers[low:high])
        streamers[low:high] = streamers[low:high][order]
        ev[low:high] = ev[low:high][order]
        for at in range(low + 1, high):
            if streamers[at - 1] == streamers[at]:
                return at
    return -1
