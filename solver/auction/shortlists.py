"""Short lists: a few of a user's best streamers, with a bound on the profit of all others.

No streamer off a user's list has a profit, EV - price, above the list's bound, as long as no price
falls. While the bound is low enough, the best choice is found without reading the user's row of the
matrix.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..kernels import (
    NONE,
    first_equal,
    greatest_or_zero,
    insert_top_value,
    matrix_ev,
    njit,
    subtract_row,
)

LANES = 16
"""Interleaved classes of a row in `build_list`: entry i belongs to lane i mod LANES."""

LIST_LENGTH = 16
"""Maximum length of a short list: two cache lines of EVs."""

THRESHOLD_LANES = 6
"""The threshold of a short list is the maximum of this rank among those of the lanes, so that at
least as many entries pass it."""


class Lists(NamedTuple):
    """The users' short lists.

    Parameters
    ----------
    streamers : (N, LIST_LENGTH) int32
    ev : (N, LIST_LENGTH) float64
    length : (N,) int32
    bound : (N,) float64
        No streamer off the list has more profit, as long as no price falls.
    """

    streamers: NDArray[np.int32]
    ev: NDArray[np.float64]
    length: NDArray[np.int32]
    bound: NDArray[np.float64]

    @staticmethod
    def empty(n_users: int) -> Lists:
        """Return short lists without entries; their bounds are infinite."""
        return Lists(
            np.empty((n_users, LIST_LENGTH), dtype=np.int32),
            np.empty((n_users, LIST_LENGTH)),
            np.zeros(n_users, dtype=np.int32),
            np.full(n_users, np.inf),
        )

    def copy(self) -> Lists:
        """Return a copy of all arrays."""
        return Lists(self.streamers.copy(), self.ev.copy(), self.length.copy(), self.bound.copy())


class ListedRows(NamedTuple):
    """A matrix, as in `MatrixRows`, with its users' `Lists`."""

    wide: NDArray[np.float64]
    narrow: NDArray[np.float32]
    streamers: NDArray[np.int32]
    ev: NDArray[np.float64]
    length: NDArray[np.int32]
    bound: NDArray[np.float64]


@njit(inner=True)
def _lane_maxima(profit, lanes):
    """Write into `lanes` (LANES,) the greatest of profit[j], profit[j + LANES], …, vectorised."""
    n = len(profit)
    whole = n // LANES
    for j in range(LANES):
        lanes[j] = -np.inf
    for b in range(whole):
        piece = profit[b * LANES : b * LANES + LANES]
        for j in range(LANES):
            lanes[j] = piece[j] if piece[j] > lanes[j] else lanes[j]
    for j in range(n - whole * LANES):
        lanes[j] = max(lanes[j], profit[whole * LANES + j])


@njit(inner=True)
def _threshold(lanes, most):
    """Return the len(most)-th greatest of `lanes`; `most` is scratch."""
    n = len(most)
    for j in range(n):
        most[j] = -np.inf
    for j in range(len(lanes)):
        insert_top_value(lanes[j], most)
    return most[n - 1]


@njit(inner=True)
def _argmin_listed(listed, profit):
    least = 0
    for i in range(1, len(listed)):
        if profit[listed[i]] < profit[listed[least]]:
            least = i
    return least


@njit(inner=True)
def build_list(profit, listed, lanes, most):
    """Write one user's short list: the streamers whose profit is among the best.

    The threshold is a lane maximum, so at least len(most) entries pass it without sorting.

    Returns
    -------
    (int, float)
        Length of the list, and a bound: no streamer off the list has more profit.
    """
    n, room = len(profit), len(listed)
    _lane_maxima(profit, lanes)
    threshold = _threshold(lanes, most)
    bound = threshold
    count, least = 0, 0
    for j in range(LANES):
        if lanes[j] >= threshold and lanes[j] > -np.inf:
            for s in range(j, n, LANES):
                if profit[s] >= threshold and profit[s] > -np.inf:
                    at = count
                    if count == room:  # the least on the list or s is dropped
                        bound = max(bound, min(profit[s], profit[listed[least]]))
                        if profit[s] <= profit[listed[least]]:
                            continue
                        at = least
                    else:
                        count += 1
                    listed[at] = s
                    if count == room:
                        least = _argmin_listed(listed, profit)
    return count, bound


@njit(inner=True)
def build_row_list(wide, narrow, user, price, listed, listed_ev, profit, lanes, most):
    """Write one user's short list at prices; see `build_list` and `subtract_row`."""
    subtract_row(wide, narrow, user, price, profit)
    count, bound = build_list(profit, listed, lanes, most)
    for i in range(count):
        listed_ev[i] = matrix_ev(wide, narrow, user, listed[i])
    return count, bound


@njit(cache=True)
def init_lists(best, best_ev, second_ev, listed, listed_ev, count, bound):
    """Initialize every user's short list with only its favourite; most users never need more.

    Parameters
    ----------
    best : (N,) int64, best_ev, second_ev : (N,) float64
        From `scan_rows`.
    listed : (N, LIST_LENGTH) int32, listed_ev : (N, LIST_LENGTH) float64, count : (N,) int32
        Written: streamers, their EV, how many.
    bound : (N,) float64
        Written: no streamer off the list has more profit, as long as no price falls.
    """
    for u in range(len(best)):
        listed[u, 0], listed_ev[u, 0] = best[u], best_ev[u]
        count[u], bound[u] = 1, second_ev[u]


@njit(cache=True, nogil=True)
def init_lists_at_prices(rows, price, listed, listed_ev, count, bound):
    """Initialize every user's short list with only its best streamer at given prices.

    The list of a user without a profit is empty.
    """
    profit, wide, narrow = np.empty(len(price)), rows.wide, rows.narrow
    for u in range(len(count)):
        subtract_row(wide, narrow, u, price, profit)
        most = greatest_or_zero(profit)
        count[u], bound[u] = 0, 0.0
        if most > 0.0:
            s = first_equal(profit, most)
            profit[s] = -1.0
            listed[u, 0], listed_ev[u, 0] = s, matrix_ev(wide, narrow, u, s)
            count[u], bound[u] = 1, greatest_or_zero(profit)


@njit(inner=True)
def best_listed_profit(listed, listed_ev, count, price):
    """Return the greatest profit on a list, or 0."""
    best = 0.0
    for i in range(count):
        best = max(best, listed_ev[i] - price[listed[i]])
    return best


@njit(cache=True)
def min_margin(price, listed, listed_ev, count, bound):
    """Return the least margin, over all users, of the best listed choice over all unlisted ones.

    Staying out, at a profit of 0, counts as listed.
    """
    margin = np.inf
    for u in range(len(count)):
        margin = min(
            margin, best_listed_profit(listed[u], listed_ev[u], count[u], price) - bound[u]
        )
    return margin


@njit(inner=True)
def rebuild_list(rows, price, at, u, listed, listed_ev, count, bound, profit, lanes, most):
    """Rebuild user u's short list at the present prices, with its own streamer, `at`, on it."""
    wide, narrow = rows.wide, rows.narrow
    n_streamers = n = wide.shape[1]
    subtract_row(wide, narrow, u, price[:n], profit[:n])
    if len(price) > n and not rows.whales[u]:  # the right half is a normal user's as well
        subtract_row(wide, narrow, u, price[n:], profit[n:])
        n = len(price)
    count[u], bound[u] = build_list(profit[:n], listed[u], lanes, most)
    for i in range(count[u]):
        s = listed[u, i]
        listed_ev[u, i] = matrix_ev(wide, narrow, u, s if s < n_streamers else s - n_streamers)
    if at == NONE:
        return
    for i in range(count[u]):
        if listed[u, i] == at:
            return
    if count[u] == LIST_LENGTH:
        count[u] -= 1
        bound[u] = max(bound[u], listed_ev[u, LIST_LENGTH - 1] - price[listed[u, LIST_LENGTH - 1]])
    listed[u, count[u]], listed_ev[u, count[u]] = (
        at,
        matrix_ev(wide, narrow, u, at if at < n_streamers else at - n_streamers),
    )
    count[u] += 1


@njit(cache=True)
def rebuild_lists(rows, price, at, users, listed, listed_ev, count, bound):
    """Rebuild the short lists of users, (n,) int64, at the present prices; see `MatrixRows`."""
    profit = np.empty(len(price))
    lanes, most = np.empty(LANES), np.empty(THRESHOLD_LANES)
    for u in users:
        rebuild_list(rows, price, at[u], u, listed, listed_ev, count, bound, profit, lanes, most)
