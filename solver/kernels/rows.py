"""Kernels that read rows of EVs at memory bandwidth.

`ev` is (N, S) float64 or float32, C-contiguous, currency units, -inf for a forbidden pair. All
computations are in float64. A float32 matrix is converted row by row and never copied as a whole.
`rows` are those of a matrix or candidates by user: see `Rows`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .compilation import Variants, njit
from .parallel import MIN_BLOCK_PAIRS, map_blocks
from .top_k import insert_top_k

LARGEST_EV = 1e15
"""Largest magnitude of an EV, currency units: float64 still resolves less than one unit there."""

CHUNK = 64
"""Number of entries compared at once in `first_equal`."""

INTEGER_TYPE: dict[int, Any] = {8: np.int64, 4: np.int32}
"""Integer types by number of bytes, as wide as a float."""

NONE = -1
"""Position of no streamer."""

NOISE = 2.0**-46
"""Rounding noise of a profit, as a share of the largest EV."""


def rounding_noise(largest: float) -> float:
    """Return the rounding error of a sum of profits that cancel, given the largest EV."""
    return NOISE * max(largest, 0.0)


class CandidateRows(NamedTuple):
    """EVs by user: candidates.

    Parameters
    ----------
    row_start : (N + 1,) int64
    streamers : (E,) int32
    ev : (E,) float64 or float32
    """

    row_start: NDArray[np.int64]
    streamers: NDArray[Any]
    ev: NDArray[Any]

    @property
    def n_pairs(self) -> int:
        """Number of pairs that a user and a streamer can form."""
        return self.ev.size

    def slice_users(self, first: int, stop: int) -> CandidateRows:
        """Return the rows of users `first` to `stop`."""
        return self._replace(row_start=self.row_start[first : stop + 1])


class MatrixRows(NamedTuple):
    """EVs by user: a matrix, once or twice side by side.

    Parameters
    ----------
    wide, narrow : (N, S) float64 and float32
        One of them holds the matrix and the other has no rows, so that kernels are compiled once
        for both.
    columns : (2 S,) int32
        Positions of the columns.
    whales : (N,) bool
        With whales, the matrix counts twice side by side, and its right half is closed to whales.
        Without, the length is 0.
    """

    wide: NDArray[np.float64]
    narrow: NDArray[np.float32]
    columns: NDArray[np.int32]
    whales: NDArray[np.bool_]

    @staticmethod
    def of(ev: NDArray[Any], whales: NDArray[np.bool_] | None = None) -> MatrixRows:
        """Return the rows of a matrix, (N, S); twice side by side where whales are given."""
        is_narrow = ev.dtype == np.float32
        return MatrixRows(
            np.empty((0, ev.shape[1])) if is_narrow else ev,
            ev if is_narrow else np.empty((0, ev.shape[1]), dtype=np.float32),
            np.arange(2 * ev.shape[1], dtype=np.int32),
            np.empty(0, dtype=np.bool_) if whales is None else whales,
        )

    @property
    def matrix(self) -> NDArray[Any]:
        """The matrix, float64 or float32, once."""
        return self.narrow if len(self.narrow) else self.wide

    @property
    def n_pairs(self) -> int:
        """Number of pairs that a user and a column can form."""
        return self.matrix.size * (2 if len(self.whales) else 1)

    def slice_users(self, first: int, stop: int) -> MatrixRows:
        """Return the rows of users `first` to `stop`."""
        users = slice(first, stop)
        return MatrixRows(self.wide[users], self.narrow[users], self.columns, self.whales[users])


Rows = MatrixRows | CandidateRows
"""EVs by user, as kernels read them."""


@dataclass(frozen=True, eq=False)
class Favourites:
    """Every user's best streamer.

    Parameters
    ----------
    streamer : (N,) int64
        Position of the greatest EV, the first among equals.
    ev : (N,) float64
        That EV.
    """

    streamer: NDArray[np.int64]
    ev: NDArray[np.float64]

    def choices(self, users: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return the favourites of users in a mask, NONE if the EV is negative."""
        return _first_choices(users, self.streamer, self.ev)  # type: ignore[no-any-return]

    def select(self, users: NDArray[np.int64]) -> Favourites:
        """Return the favourites of some users, (n,) int64, in their order."""
        return Favourites(self.streamer[users], self.ev[users])


@njit(cache=True)
def _first_choices(users, streamer, ev):
    chosen = np.empty(len(users), np.int64)
    for u in range(len(users)):
        chosen[u] = streamer[u] if users[u] and ev[u] >= 0.0 else NONE
    return chosen


def read_rows(ev: NDArray[Any]) -> tuple[Favourites, int]:
    """Find every user's favourite and validate every entry, in one pass.

    Parameters
    ----------
    ev : (N, S) float64 or float32, S ≥ 1

    Returns
    -------
    (Favourites, int)
        The favourites, and the first user whose row has an invalid entry (NaN, +inf or beyond
        `LARGEST_EV`), N if there is none.
    """
    n_users = len(ev)
    best = np.empty(n_users, dtype=np.int64)
    best_ev = np.empty(n_users)
    bits = ev.view(INTEGER_TYPE[ev.dtype.itemsize])
    if ev.size < MIN_BLOCK_PAIRS:  # threads do not pay for small problems
        return Favourites(best, best_ev), scan_rows(ev, bits, best, best_ev)

    def read(first: int, stop: int) -> int:
        block = slice(first, stop)
        bad = first + scan_rows(ev[block], bits[block], best[block], best_ev[block])
        return int(bad) if bad < stop else n_users

    return Favourites(best, best_ev), min(map_blocks(read, n_users, ev.size))


def find_second_best(ev: NDArray[Any], favourites: Favourites) -> NDArray[np.float64]:
    """Return (N,) float64: the greatest EV of each row but its favourite's, below 0 if all are."""
    second = np.empty(len(ev))
    bits = ev.view(INTEGER_TYPE[ev.dtype.itemsize])

    def read(first: int, stop: int) -> None:
        block = slice(first, stop)
        scan_second_best(ev[block], bits[block], favourites.streamer[block], second[block])

    map_blocks(read, len(ev), ev.size)
    return second


@njit(cache=True)
def greatest(bits):
    """Return the greatest of floats viewed as integers, which order floats ≥ 0 correctly.

    A maximum of integers is vectorised; one of floats is not, because of NaN and the two zeros. If
    all floats are below 0, the result is any of them.
    """
    most = bits[0]
    for i in range(1, len(bits)):
        most = max(most, bits[i])
    return most


@njit(inner=True, fastmath={"reassoc"})
def _sum(values):
    total = values[0]
    for i in range(1, len(values)):
        total += values[i]
    return total


@njit(inner=True)
def _is_valid(row):
    """Return whether all values are EVs; -inf, a forbidden pair, counts as one."""
    for value in row:  # noqa: SIM110 - compiled
        if not (value <= LARGEST_EV and (value >= -LARGEST_EV or value == -np.inf)):
            return False
    return True


@njit(cache=True, nogil=True)
def scan_rows(ev, bits, best, best_ev):
    """Find each row's greatest entry and whether every entry is a valid EV, in one pass.

    Parameters
    ----------
    ev : (N, S) float64 or float32
    bits : (N, S) int64 or int32
        The same, viewed as whole numbers.
    best : (N,) int64, best_ev : (N,) float64
        Written: first position of the greatest entry, and the entry. If all entries are below 0,
        any of them.

    Returns
    -------
    int
        First row with an invalid entry, or N.
    """
    n_users, n_streamers = ev.shape
    bad = n_users
    for u in range(n_users):
        total, most = np.float64(_sum(ev[u])), greatest(bits[u])
        where = _first_equal_bits(bits[u], most)
        if most <= 0:  # nothing above 0: the two zeros are equal, but not their bits
            where = _first_zero(ev[u], where)
        # An invalid value changes the sum; only then is each value checked.
        limit = n_streamers * max(np.float64(ev[u, where]), 0.0) - 0.5 * LARGEST_EV
        if not (total > limit and ev[u, where] <= LARGEST_EV) and not _is_valid(ev[u]):
            bad = min(bad, u)
        best[u], best_ev[u] = where, ev[u, where]
    return bad


@njit(cache=True, nogil=True)
def scan_second_best(ev, bits, best, second):
    """Write the greatest entry of each row except the one at `best`; any if all are below 0."""
    for u in range(len(best)):
        where = best[u]
        second[u] = -np.inf
        for piece, values in ((bits[u, :where], ev[u, :where]),
                              (bits[u, where + 1 :], ev[u, where + 1 :])):  # fmt: skip
            if len(piece) > 0:
                most = greatest(piece)
                if most > 0:
                    second[u] = max(second[u], values[_first_equal_bits(piece, most)])
                elif second[u] < 0.0:
                    second[u] = 0.0  # or less


@njit(inner=True)
def _first_zero(row, otherwise):
    for s in range(len(row)):
        if row[s] == 0.0:
            return s
    return otherwise


@njit(inner=True)
def _first_equal_bits(bits, value):
    """Return the first position of a value that occurs, by vectorised comparison of chunks."""
    start = 0
    while greatest(bits[start : start + CHUNK]) != value:
        start += CHUNK
    while bits[start] != value:
        start += 1
    return start


@njit(inner=True)
def first_equal(values, value):
    """Return the first position of a value that occurs, by vectorised comparison of chunks."""
    start = 0
    while _count_equal(values[start : start + CHUNK], value) == 0:
        start += CHUNK
    while values[start] != value:
        start += 1
    return start


@njit(inner=True)
def _count_equal(values, value):
    count = 0
    for i in range(len(values)):
        count += values[i] == value
    return count


@njit(inner=True)
def read_row(rows, user, scratch):
    """Return a user's row of a matrix, (S,) float64; `scratch` holds one of float32."""
    if len(rows.narrow) == 0:
        return rows.wide[user]
    narrow = rows.narrow[user]
    for s in range(len(narrow)):
        scratch[s] = narrow[s]
    return scratch


@njit(inner=True)
def _get_candidate_row(rows, user):
    low, high = rows.row_start[user], rows.row_start[user + 1]
    return rows.streamers[low:high], rows.ev[low:high]


@njit(inner=True)
def _get_matrix_row(rows, user):
    n_streamers = rows.wide.shape[1]
    once = len(rows.whales) == 0 or rows.whales[user]
    if once and len(rows.narrow) == 0:
        return rows.columns[:n_streamers], rows.wide[user]
    row = np.empty(n_streamers if once else 2 * n_streamers)
    values = read_row(rows, user, row[:n_streamers])
    for first in range(0, len(row), n_streamers):
        for s in range(n_streamers):
            row[first + s] = values[s]
    return rows.columns[: len(row)], row


get_row = Variants({MatrixRows: _get_matrix_row, CandidateRows: _get_candidate_row})
"""Return a user's streamers and their EVs, given the rows and the user."""


@njit(inner=True)
def matrix_ev(wide, narrow, user, s):
    """Return the EV of a pair of a matrix; see `subtract_row`."""
    if len(narrow) == 0:
        return wide[user, s]
    return np.float64(narrow[user, s])


@njit(inner=True)
def _get_candidate_ev(rows, user, streamer):
    """Find a pair by bisection of the user's row."""
    low, high = rows.row_start[user], rows.row_start[user + 1]
    stop = high
    while low < high:
        middle = (low + high) // 2
        if rows.streamers[middle] < streamer:
            low = middle + 1
        else:
            high = middle
    if low < stop and rows.streamers[low] == streamer:
        return np.float64(rows.ev[low])
    return -np.inf


@njit(inner=True)
def _get_matrix_ev(rows, user, streamer):
    n_streamers = rows.wide.shape[1]
    s = streamer if streamer < n_streamers else streamer - n_streamers
    if s != streamer and rows.whales[user]:
        return -np.inf
    return matrix_ev(rows.wide, rows.narrow, user, s)


get_ev = Variants({MatrixRows: _get_matrix_ev, CandidateRows: _get_candidate_ev})
"""Return the EV of a pair, -inf where there is none, given the rows, the user and the streamer."""


@njit(cache=True)
def lookup_ev(rows, users, streamers):
    """Return (n,) float64: the EV of each pair (users[i], streamers[i]), -inf where forbidden."""
    values = np.empty(len(users))
    for i in range(len(users)):
        values[i] = get_ev(rows, users[i], streamers[i])
    return values


@njit(cache=True, nogil=True)
def find_best_choices(
    rows, users, whales, whale_price, normal_price, negative, least, grain, choice
):
    """Find the best streamers of each user in a mask at given prices.

    Parameters
    ----------
    rows : Rows
    users, whales : (N,) bool
    whale_price, normal_price : (S,) float64
        Infinite where a streamer is closed.
    negative : (S,) bool
        Where pairs of negative EV are choices.
    least : (N,) float64
        Least profit, EV - price, of a choice.
    grain : float
        If above 0, profits are rounded to multiples of this, and ties are broken starting from a
        different position for each user. If 0, the first position wins.
    choice : (N, w) int64
        Written: the choices of greatest profit, best first. NONE where there are fewer choices, and
        outside the mask.
    """
    most = np.empty(choice.shape[1])
    for u in range(len(users)):
        choice[u] = NONE
        if not users[u]:
            continue
        most[:] = -np.inf
        price = whale_price if whales[u] else normal_price
        streamers, values = get_row(rows, u)
        n = len(streamers)
        first = (u * 7919) % n if grain > 0.0 and n > 0 else 0
        for i in range(first, first + n):
            j = i if i < n else i - n
            if values[j] >= 0.0 or negative[streamers[j]]:
                profit = values[j] - price[streamers[j]]
                if profit >= least[u] and profit > -np.inf:
                    if grain > 0.0:
                        profit = np.floor(profit / grain)
                    insert_top_k(profit, streamers[j], most, choice[u])


@njit(cache=True)
def fill_in_order(rows, order, room, assignment):
    """Place users in order, each at its best streamers with room, of EV 0 or more.

    Parameters
    ----------
    rows : Rows
    order : (n,) int64, room : (S,) int64
        Users to place; empty slots, streamers are decremented.
    assignment : (N, b) int64
        Written where it is NONE. A user's present streamers are not chosen again.
    """
    for user in order:
        streamers, values = get_row(rows, user)
        own = assignment[user]
        for column in range(len(own)):
            if own[column] != NONE:
                continue
            best, best_ev = NONE, -1.0
            for i in range(len(streamers)):
                s = streamers[i]
                if room[s] > 0 and values[i] >= 0.0 and values[i] > best_ev and s not in own:
                    best, best_ev = s, values[i]
            own[column] = best
            if best == NONE:
                break
            room[best] -= 1


@njit(inner=True)
def greatest_or_zero(values):
    """Return the greatest of the values, (n,) float64 without NaN, or 0."""
    most = np.empty(1)
    most.view(np.int64)[0] = max(np.int64(0), greatest(values.view(np.int64)))
    return most[0]


@njit(inner=True)
def subtract(row, price, profit):
    """Write row - price into `profit`."""
    for s in range(len(price)):
        profit[s] = row[s] - price[s]


@njit(inner=True)
def subtract_row(wide, narrow, user, price, profit):
    """Write a user's row less price, (S,) float64, into `profit`.

    `wide` and `narrow` are those of `MatrixRows`. To take them out of that, or to hand a row on,
    counts references: not in a loop over users.
    """
    if len(narrow) == 0:
        subtract(wide[user], price, profit)
    else:
        subtract(narrow[user], price, profit)


@njit(inner=True)
def copy_into(target, values):
    """Copy values to the start of an array.

    Assigning to a slice does the same, but its error message on different lengths takes longer to
    compile than most kernels.
    """
    for i in range(len(values)):
        target[i] = values[i]


@njit(inner=True)
def two_sum(a, b):
    """Return a + b rounded, and its rounding error (D. E. Knuth, TAOCP 2, 4.2.2)."""
    total = a + b
    rest = total - a
    return total, (a - (total - rest)) + (b - rest)


@njit(inner=True)
def _read_matrix_assignment(rows, assignment):
    wide, narrow, values = rows.wide, rows.narrow, np.zeros(assignment.shape)
    for user in range(len(assignment)):
        for column in range(assignment.shape[1]):
            s = assignment[user, column]
            if 0 <= s < wide.shape[1]:
                values[user, column] = matrix_ev(wide, narrow, user, s)
    return values


@njit(inner=True)
def _read_candidate_assignment(rows, assignment):
    values = np.zeros(assignment.shape)
    for user in range(len(assignment)):
        for column in range(assignment.shape[1]):
            if assignment[user, column] != NONE:
                values[user, column] = get_ev(rows, user, assignment[user, column])
    return values


_read_assignment = Variants(
    {MatrixRows: _read_matrix_assignment, CandidateRows: _read_candidate_assignment}
)
"""Return the EVs of an assignment, (N, b), 0 where there is none. A matrix counts once."""


@njit(cache=True)
def sum_ev(rows, assignment):
    """Return the total EV of an assignment, (N, b) int64, rounded once."""
    total, residue = 0.0, 0.0
    for values in _read_assignment(rows, assignment):
        for value in values:
            total, rest = two_sum(total, value)
            residue += rest
    return total + residue


@njit(cache=True)
def count_loads(rows, assignment, whales, whale_load, load):
    """Count the users at each streamer and sum their EVs.

    Parameters
    ----------
    rows : Rows
    assignment : (N, b) int
        Streamers of each user, NONE for none.
    whales : (N,) bool
    whale_load, load : (S,) int64
        Written: numbers of whales and of all users at each streamer.

    Returns
    -------
    (float, float)
        Total EV of whales and of normal users, each rounded once. -inf if a pair is forbidden, NaN
        if a streamer does not exist.
    """
    whale_load[:], load[:] = 0, 0
    values = _read_assignment(rows, assignment)
    of_whales, of_others, rest_of_whales, rest_of_others = 0.0, 0.0, 0.0, 0.0
    for user in range(len(assignment)):
        for column in range(assignment.shape[1]):
            s, value = assignment[user, column], values[user, column]
            if s == NONE:
                continue
            if not 0 <= s < len(load):
                return np.nan, np.nan
            load[s] += 1
            if whales[user]:
                whale_load[s] += 1
                of_whales, rest = two_sum(of_whales, value)
                rest_of_whales += rest
            else:
                of_others, rest = two_sum(of_others, value)
                rest_of_others += rest
    if of_whales > -np.inf:
        of_whales += rest_of_whales
    if of_others > -np.inf:
        of_others += rest_of_others
    return of_whales, of_others


@njit(cache=True)
def fits(whale_load, load, whale_cap, capacity, min_users):
    """Return whether loads, (S,) int64, are within the limits of every streamer."""
    for s in range(len(load)):
        if whale_load[s] > whale_cap[s] or not min_users[s] <= load[s] <= capacity[s]:
            return False
    return True


@njit(cache=True)
def are_prices(values):
    """Return whether all values are finite and ≥ 0."""
    for value in values:  # noqa: SIM110 - compiled
        if not 0.0 <= value < np.inf:
            return False
    return True
