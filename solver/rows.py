"""Kernels that read rows of EVs at the speed of memory.

`ev` is (N, S) float64 or float32, C-contiguous, currency units, -inf for a forbidden pair. What
is computed is computed in float64; a float32 matrix is never copied. Where `rows` is asked for,
it is a matrix with the positions of its columns, or candidates by user: see `Rows`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

LARGEST_EV = 1e15
"""Largest magnitude of an EV, currency units: float64 still resolves less than one unit there."""

BLOCK = 128
"""Entries of a row reduced at a time in `scan_rows`: a block's maximum stays in registers."""

NONE = -1
"""Position of no streamer."""

Rows = tuple[NDArray[Any], ...]
"""EVs by user: matrix (N, S), positions (S,); or row_start (N + 1,), streamers (E,), ev (E,)."""


NOISE = 2.0**-46
"""Rounding noise of a profit, as a share of the largest EV."""


def rounding_noise(ev: NDArray[Any]) -> float:
    """Return how far from 0 a sum of profits that cancel may end, currency units."""
    return NOISE * float(ev.max(initial=0.0))


@dataclass(frozen=True, eq=False)
class Favourites:
    """What one reading of a matrix tells of every user's row.

    Parameters
    ----------
    streamer : (N,) int64
        Position of the greatest EV, the first among equals.
    ev, second_ev : (N,) float64 or float32, as the matrix
        That EV, and the greatest of all others.
    """

    streamer: NDArray[np.int64]
    ev: NDArray[Any]
    second_ev: NDArray[Any]

    def of(self, users: NDArray[np.int64]) -> Favourites:
        """Return the favourites of some users, (n,) int64, in their order."""
        return Favourites(self.streamer[users], self.ev[users], self.second_ev[users])


def read_rows(ev: NDArray[Any]) -> tuple[Favourites, int]:
    """Find every user's favourite and whether every entry is an EV, in one reading.

    Parameters
    ----------
    ev : (N, S) float64 or float32, S ≥ 1

    Returns
    -------
    (Favourites, int)
        And the first user whose row holds what is no EV: NaN, +inf or beyond `LARGEST_EV`; N if
        there is none.
    """
    whole, *layout = _bit_layout(ev.dtype)
    n_users = len(ev)
    best = np.empty(n_users, dtype=np.int64)
    best_bits, second_bits = np.empty((2, n_users), dtype=whole)
    bad = scan_rows(  # type: ignore[call-arg]
        ev.view(whole), *layout, best, best_bits, second_bits
    )
    return Favourites(best, best_bits.view(ev.dtype), second_bits.view(ev.dtype)), bad


@cache
def _bit_layout(dtype: np.dtype[Any]) -> tuple[Any, ...]:
    """Return what `scan_rows` needs to know of a float type."""
    whole: Any = {8: np.int64, 4: np.int32}[dtype.itemsize]
    mask, shift = whole(np.iinfo(whole).max), whole(8 * dtype.itemsize - 1)

    def key(value: float) -> Any:
        bits = np.array([value], dtype).view(whole)[0]
        return bits ^ ((bits >> shift) & mask)

    return whole, shift, mask, key(-np.inf), key(-LARGEST_EV), key(LARGEST_EV)


@njit(cache=True)
def order_key(bits, shift, mask):  # type: ignore[no-untyped-def]
    """Return the integer that orders as the float whose bits these are (an involution)."""
    return bits ^ ((bits >> shift) & mask)


@njit(cache=True)
def _key_range(row, shift, mask, forbidden):  # type: ignore[no-untyped-def]
    """Return greatest and least order key of a piece of a row, least not counting -inf.

    Integer extrema vectorise where floating ones, for NaN, do not.
    """
    zero = row[0] ^ row[0]
    most = row[0] ^ ((row[0] >> shift) & mask)
    least = zero
    for i in range(len(row)):
        key = row[i] ^ ((row[i] >> shift) & mask)
        most = max(most, key)
        least = min(least, zero if key == forbidden else key)
    return most, least


@njit(cache=True)
def _greatest_key(row, shift, mask):  # type: ignore[no-untyped-def]
    """Return the greatest order key of a piece of a row."""
    most = row[0] ^ ((row[0] >> shift) & mask)
    for i in range(1, len(row)):
        most = max(most, row[i] ^ ((row[i] >> shift) & mask))
    return most


@njit(cache=True)
def _first_zero(row, where, most, second, shift, mask):  # type: ignore[no-untyped-def]
    """Return the position of the first zero of either sign and the key of the second best."""
    for s in range(where):
        if order_key(row[s], shift, mask) == most - 1:
            return s, most
    return where, second


@njit(cache=True)
def scan_rows(bits, shift, mask, forbidden, lowest, highest, best, best_bits, second_bits):  # type: ignore[no-untyped-def]
    """Find each row's two greatest entries and whether every entry is a valid EV, in one pass.

    Parameters
    ----------
    bits : (N, S) int64 or int32
        The matrix, its floats viewed as integers of their size.
    shift, mask, forbidden, lowest, highest : scalars of that type
        Sign shift, mask of all other bits, and the order keys of -inf, -1e15 and 1e15.
    best : (N,) int64
        Written: first position of the greatest entry.
    best_bits, second_bits : (N,) of that type
        Written: the greatest entry and the greatest of all others (-inf if there is none).

    Returns
    -------
    int
        First row that holds an entry which is no EV, or N.
    """
    n_users, n_streamers = bits.shape
    bad = n_users
    for u in range(n_users):
        row = bits[u]
        most, least = _key_range(row[:BLOCK], shift, mask, forbidden)
        second, block = forbidden, 0
        for start in range(BLOCK, n_streamers, BLOCK):
            block_most, block_least = _key_range(row[start : start + BLOCK], shift, mask, forbidden)
            least = min(least, block_least)
            if block_most > most:
                second, most, block = most, block_most, start
            else:
                second = max(second, block_most)
        if (most > highest or least < lowest) and u < bad:
            bad = u
        value = order_key(most, shift, mask)
        where = block
        while row[where] != value:
            where += 1
        stop = min(block + BLOCK, n_streamers)
        if where > block:
            second = max(second, _greatest_key(row[block:where], shift, mask))
        if where + 1 < stop:
            second = max(second, _greatest_key(row[where + 1 : stop], shift, mask))
        if (
            most == most ^ most
        ):  # 0.0: a -0.0 before it is its equal, and the first among equals wins
            where, second = _first_zero(row, where, most, second, shift, mask)
        best[u] = where
        best_bits[u] = value
        second_bits[u] = order_key(second, shift, mask)
    return bad


@njit(cache=True)
def row_of(rows, user):  # type: ignore[no-untyped-def]
    """Return a user's streamers and their EVs."""
    if len(rows) == 3:  # known as this is compiled: each kind of rows has kernels of its own
        low, high = rows[0][user], rows[0][user + 1]
        return rows[1][low:high], rows[2][low:high]
    return rows[1], rows[0][user]


@njit(cache=True)
def ev_of(rows, user, streamer):  # type: ignore[no-untyped-def]
    """Return the EV of a pair, -inf where there is none; candidates by bisection of the row."""
    if len(rows) == 2:
        return np.float64(rows[0][user, streamer])
    low, high = rows[0][user], rows[0][user + 1]
    stop = high
    while low < high:
        middle = (low + high) // 2
        if rows[1][middle] < streamer:
            low = middle + 1
        else:
            high = middle
    return rows[2][low] if low < stop and rows[1][low] == streamer else -np.inf


@njit(cache=True)
def look_up(rows, users, streamers):  # type: ignore[no-untyped-def]
    """Return (n,) float64: the EV of each pair (users[i], streamers[i]), -inf where forbidden."""
    values = np.empty(len(users))
    for i in range(len(users)):
        values[i] = ev_of(rows, users[i], streamers[i])
    return values


@njit(cache=True)
def take_in(profit, s, most, best):  # type: ignore[no-untyped-def]
    """Take streamer `s` into a list of best ones if its profit is among theirs.

    `most` (w,) falls, `best` (w,) says where; equals keep their order of arrival.
    """
    i = len(most) - 1
    if profit <= most[i]:
        return
    while i > 0 and most[i - 1] < profit:
        most[i], best[i] = most[i - 1], best[i - 1]
        i -= 1
    most[i], best[i] = profit, s


@njit(cache=True)
def best_choices(rows, users, whales, whale_price, normal_price, least, spread, choice):  # type: ignore[no-untyped-def]
    """Find the best streamers of every user in a mask at given prices.

    Parameters
    ----------
    rows : Rows
    users, whales : (N,) bool
    whale_price, normal_price : (S,) float64
        Infinite where a streamer is no choice.
    least : (N,) float64
        A choice counts from this profit, EV - price, on.
    spread : bool
        Whether equals are taken from a different position on for each user, not from the first.
    choice : (N, w) int64
        Written: the streamers of greatest profit, best first, among those of EV ≥ 0; NONE where
        there are no more, and outside the mask.
    """
    most = np.empty(choice.shape[1])
    for u in range(len(users)):
        choice[u] = NONE
        if not users[u]:
            continue
        most[:] = -np.inf
        price = whale_price if whales[u] else normal_price
        which, values = row_of(rows, u)
        n = len(which)
        first = (u * 7919) % n if spread and n > 0 else 0
        for i in range(first, first + n):
            j = i if i < n else i - n
            if values[j] >= 0.0:
                profit = values[j] - price[which[j]]
                if profit >= least[u] and profit > -np.inf:
                    take_in(profit, which[j], most, choice[u])


@njit(cache=True)
def fill_by_rows(rows, order, room, streamer):  # type: ignore[no-untyped-def]
    """Place users in order, each at its best streamers with room, of EV 0 or more.

    Parameters
    ----------
    rows : Rows
    order : (n,) int64, room : (S,) int64
        Whom to place; slots left (taken).
    streamer : (N, b) int64
        Written where it is NONE; what is there already is not chosen again.
    """
    for user in order:
        which, values = row_of(rows, user)
        held = streamer[user]
        for column in range(len(held)):
            if held[column] != NONE:
                continue
            best, best_ev = NONE, -1.0
            for i in range(len(which)):
                s = which[i]
                if room[s] > 0 and values[i] >= 0.0 and values[i] > best_ev and s not in held:
                    best, best_ev = s, values[i]
            held[column] = best
            if best == NONE:
                break
            room[best] -= 1


@njit(cache=True)
def greatest_or_zero(bits):  # type: ignore[no-untyped-def]
    """Return the bits of the greatest float or of 0: positive floats order as integers do."""
    most = bits[0] ^ bits[0]
    for i in range(len(bits)):
        most = max(most, bits[i])
    return most


@njit(cache=True)
def subtract(row, price, profit):  # type: ignore[no-untyped-def]
    """Write row - price into `profit`."""
    for s in range(len(price)):
        profit[s] = row[s] - price[s]


@njit(cache=True)
def total_ev(rows, at):  # type: ignore[no-untyped-def]
    """Return Σ ev of the placed users."""
    total = 0.0
    for u in range(len(at)):
        if at[u] != NONE:
            total += ev_of(rows, u, at[u])
    return total


@njit(cache=True)
def best_profits(ev, users, price):  # type: ignore[no-untyped-def]
    """Return Σ max(0, max_s ev - price) over `users`, (n,) int64; reads their rows once."""
    total = 0.0
    profit, most = np.empty(len(price)), np.empty(1)
    profit_bits, most_bits = profit.view(np.int64), most.view(np.int64)
    for user in users:
        subtract(ev[user], price, profit)
        most_bits[0] = greatest_or_zero(profit_bits)
        total += most[0]
    return total


@njit(cache=True)
def best_several_profits(rows, users, price, several):  # type: ignore[no-untyped-def]
    """Return the sum of each user's `several` greatest profits above 0, over `users`, (n,) int64.

    Only pairs of EV ≥ 0 count: no other is ever made.
    """
    total = 0.0
    most, best = np.empty(several), np.empty(several, np.int64)
    for user in users:
        most[:] = 0.0
        which, values = row_of(rows, user)
        for i in range(len(which)):
            if values[i] >= 0.0:
                take_in(values[i] - price[which[i]], which[i], most, best)
        total += most.sum()
    return total


@njit(cache=True)
def count_loads(streamer, whales, n_streamers):  # type: ignore[no-untyped-def]
    """Return (S,) int64 twice: how many whales, and how many users in all, each streamer has."""
    whale_load, load = np.zeros(n_streamers, np.int64), np.zeros(n_streamers, np.int64)
    for user in range(len(streamer)):
        s = streamer[user]
        if s >= 0:
            load[s] += 1
            whale_load[s] += whales[user]
    return whale_load, load
