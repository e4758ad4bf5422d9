"""The terms of a certificate's gap: what users would gain elsewhere at given prices.

By complementary slackness, an allocation is optimal if and only if, at the prices, no user would
gain elsewhere and no slot with a price is empty. Each of these terms is ≥ 0 and computed without
cancellation: a choice that is clearly worse than a user's own adds nothing, and for a close one the
difference of the two profits is computed without rounding (error-free transformations, D. E. Knuth,
TAOCP 2, 4.2.2, and T. J. Dekker, Numerische Mathematik 18, 1971).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..kernels import (
    NONE,
    MatrixRows,
    Rows,
    copy_into,
    get_row,
    greatest,
    map_blocks,
    matrix_ev,
    njit,
    read_row,
    subtract_row,
    two_sum,
)

ROUNDING = 2.0**-52
"""Bound on the error of two roundings of a number, as a share of it."""

DIFFERENCE_ERROR, RESIDUE_ERROR = 2.0**-49, 2.0**-98
"""Error of a difference computed without rounding: as a share of it, and of its operands."""

LARGEST_FACTOR = 1e290
"""Products of larger numbers are rounded, because splitting them would overflow."""


class GapTerms(NamedTuple):
    """Value of an allocation and its gap at given prices. The terms of parts can be added.

    Parameters
    ----------
    worth, residue : float
        Their sum is the total EV less penalties, currency units. `worth` is that sum rounded.
    blur : float
        Bound on the error of `residue` and of `lost`, currency units. 0 if nothing was rounded.
    lost : float
        Sum of the terms of the gap, currency units.
    excess : float
        Sum of the parts of the terms that rounding of the prices does not explain. 0 at an optimum.
    """

    worth: float = 0.0
    residue: float = 0.0
    blur: float = 0.0
    lost: float = 0.0
    excess: float = 0.0

    def __add__(self, other: object) -> GapTerms:
        if not isinstance(other, GapTerms):
            return NotImplemented
        return GapTerms(*add_terms(tuple(self), tuple(other)))


class Charges(NamedTuple):
    """What users pay at each streamer.

    Parameters
    ----------
    price : (S,) float64
        The sum of the prices, rounded. Infinite at a closed streamer.
    residue : (S,) float64
        Rounding error of `price`.
    size : (S,) float64
        The sum of the magnitudes of the prices.
    """

    price: NDArray[np.float64]
    residue: NDArray[np.float64]
    size: NDArray[np.float64]

    @staticmethod
    def total(is_open: NDArray[np.bool_], *parts: NDArray[np.float64] | None) -> Charges:
        """Return the charges for a sum of prices, (S,) each; None means 0."""
        price, residue, size = (np.zeros(len(is_open)) for _ in range(3))
        for part in parts:
            if part is not None:
                total = price + part
                rest = total - price
                residue += (price - (total - rest)) + (part - rest)
                size += np.abs(part)
                price = total
        return Charges(np.where(is_open, price, np.inf), residue, size)

    @staticmethod
    def single(price: NDArray[np.float64]) -> Charges:
        """Return the charges for one price per streamer, infinite where that is closed."""
        return Charges(price, np.zeros(len(price)), np.where(price < np.inf, np.abs(price), 0.0))


def compute_gap_terms(
    rows: Rows,
    users: NDArray[np.int64],
    assignment: NDArray[np.int64],
    charges: Charges,
    negative: NDArray[np.bool_] | None = None,
) -> GapTerms:
    """Return the value of users' assignments and their gains elsewhere, in one pass over the rows.

    Parameters
    ----------
    rows : Rows
        A matrix or candidates.
    users : (n,) int64
        Users to include.
    assignment : (N,) or (N, b) int64
        Streamers of all users, NONE for none. No pair is forbidden.
    charges : Charges
    negative : (S,) bool, optional
        Where pairs of negative EV are choices. None if no price is below 0: such pairs then have
        no profit and need no distinction.

    Returns
    -------
    GapTerms
    """
    n_pairs = rows.n_pairs * len(users) // len(assignment)
    dense = assignment.ndim == 1 and isinstance(rows, MatrixRows) and negative is None
    several = assignment.reshape(len(assignment), -1)
    below = np.zeros(len(charges.price), np.bool_) if negative is None else negative

    def read(first: int, stop: int) -> GapTerms:
        some = users[first:stop]
        if dense:
            return GapTerms(*matrix_terms(rows, some, assignment, tuple(charges)))
        return GapTerms(*row_terms(rows, some, several, tuple(charges), below))

    return sum(map_blocks(read, len(users), n_pairs), GapTerms())


@njit(inner=True)
def two_product(a, b):
    """Return a · b rounded, and its rounding error or a bound on that."""
    product = a * b
    if not (abs(a) < LARGEST_FACTOR and abs(product) < LARGEST_FACTOR):
        return product, ROUNDING * product
    split = 134217729.0 * a
    a_high = split - (split - a)
    split = 134217729.0 * b
    b_high = split - (split - b)
    a_low, b_low = a - a_high, b - b_high
    rest = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    return product, rest


@njit(inner=True)
def add_worth(worth, residue, blur, value):
    """Add a value to a sum in two parts; return the sum and its error."""
    worth, rest = two_sum(worth, value)
    residue, rest = two_sum(residue, rest)
    return worth, residue, blur + abs(rest)


@njit(inner=True)
def add_gap(lost, blur, value, error):
    """Add a term to the gap; return the gap and its error."""
    lost, rest = two_sum(lost, value)
    return lost, blur + (abs(rest) + error)


@njit(cache=True)
def add_terms(one, other):
    """Return the sum of two `GapTerms`."""
    worth, residue, blur = add_worth(one[0], one[1], one[2] + other[2], other[0])
    residue, rest = two_sum(residue, other[1])
    lost, blur = add_gap(one[3], blur, other[3], abs(rest))
    return worth, residue, blur, lost, one[4] + other[4]


@njit(inner=True)
def _is_among(assigned, s):
    for other in assigned:  # noqa: SIM110 - compiled
        if other == s:
            return True
    return False


@njit(inner=True)
def _insert(entries, stop, profit, rest, size):
    """Insert a profit into entries[:stop], in decreasing order; the last entry is dropped."""
    i = stop - 1
    while i > 0 and (
        entries[i - 1, 0] < profit or (entries[i - 1, 0] == profit and entries[i - 1, 1] < rest)
    ):
        copy_into(entries[i], entries[i - 1])
        i -= 1
    entry = entries[i]
    entry[0], entry[1], entry[2] = profit, rest, size


@njit(inner=True)
def compute_exact_gain(which, values, charges, lowest, negative, assigned, floor):
    """Return a user's gain elsewhere, the part of it beyond rounding, and its error.

    Its best other choices are compared one by one with the worst of its own streamers. A streamer
    that it does not have counts as 0, and so does staying out.

    Parameters
    ----------
    which, values : (n,)
        Streamers and EVs of the user.
    charges : Charges
    lowest : (S,) float64
        Lower bound on the charges.
    negative : (S,) bool
        Where a pair of negative EV is a choice.
    assigned : (b,) int64
        Streamers of the user, NONE for none.
    floor : float
        Choices of less profit are clearly worse than the user's own.
    """
    price, residue, size = charges
    several = len(assigned)
    inside, outside = np.zeros((several, 3)), np.zeros((several, 3))
    n_inside, largest, rounded = 0, 0.0, False
    for i in range(len(which)):
        s = which[i]
        is_assigned = _is_among(assigned, s)
        is_choice = values[i] >= 0.0 or negative[s]
        if not is_assigned and not (is_choice and values[i] - lowest[s] >= floor):
            continue
        value = np.float64(values[i])
        profit, rest = two_sum(value, -price[s])
        profit, rest = two_sum(profit, rest - residue[s])
        magnitude = abs(value) + size[s] if size[s] > 0.0 else 0.0
        rounded |= rest != 0.0
        largest = max(largest, magnitude)
        if is_assigned:
            n_inside += 1
            _insert(inside, n_inside, profit, rest, magnitude)
        elif profit > outside[-1, 0] or (profit == outside[-1, 0] and rest > outside[-1, 1]):
            _insert(outside, several, profit, rest, magnitude)
    # Streamers that it does not have count as 0.
    for i in range(n_inside, several):
        _insert(inside, i + 1, 0.0, 0.0, 0.0)
    gain, excess, error = 0.0, 0.0, 0.0
    for i in range(several):
        own, other = inside[several - 1 - i], outside[i]
        more, rest = two_sum(other[0], -own[0])
        more += rest + (other[1] - own[1])
        if more <= 0.0:
            break
        if rest != 0.0 or rounded:
            error += DIFFERENCE_ERROR * more
        gain += more
        excess += max(0.0, more - ROUNDING * (other[2] + own[2]))
    return gain, excess, error + RESIDUE_ERROR * largest if rounded else error


@njit(inner=True)
def lower_charges(charges):
    """Return a lower bound on the charges in exact arithmetic, (S,) float64."""
    lowest = np.empty(len(charges[0]))
    for s in range(len(lowest)):
        lowest[s] = charges[0][s] - 2.0 * ROUNDING * charges[2][s]
    return lowest


@njit(inner=True)
def _least_sure(profit, size):
    """Return a lower bound on a profit, given its rounded value and the size of its price."""
    return profit - 2.0 * ROUNDING * (abs(profit) + size) if size > 0.0 else profit


@njit(cache=True, nogil=True)
def matrix_terms(rows, users, assignment, charges):
    """Return the `GapTerms` of users of a matrix, one streamer each, at prices ≥ 0."""
    wide, narrow = rows.wide, rows.narrow
    price, _, size = charges
    lowest = lower_charges(charges)
    worth, residue, blur, lost, excess = 0.0, 0.0, 0.0, 0.0, 0.0
    never, columns = np.zeros(len(price), np.bool_), rows.columns[: len(price)]
    free = not np.any(size > 0.0)  # profits are EVs, and not rounded
    profit, most, scratch = np.empty(len(price)), np.zeros(1), np.empty(len(price))
    profit_bits, most_bits = profit.view(np.int64), most.view(np.int64)
    for user in users:
        s = assignment[user]
        subtract_row(wide, narrow, user, lowest, profit)
        own = 0.0
        if s != NONE:
            value = matrix_ev(wide, narrow, user, s)
            worth, residue, blur = add_worth(worth, residue, blur, value)
            own = _least_sure(value - price[s], size[s])
            profit[s] = -1.0
        most_bits[0] = max(np.int64(0), greatest(profit_bits))
        if most[0] < own or (most[0] == own and (free or own == 0.0)):
            continue
        row, assigned = read_row(rows, user, scratch), assignment[user : user + 1]
        gain, beyond, error = compute_exact_gain(
            columns, row, charges, lowest, never, assigned, own
        )
        lost, blur = add_gap(lost, blur, gain, error)
        excess += beyond
    return worth, residue, blur, lost, excess


@njit(cache=True, nogil=True)
def row_terms(rows, users, assignment, charges, negative):
    """Return the `GapTerms` of users of up to b streamers each.

    Choices are pairs of EV ≥ 0, and of negative EV at streamers in the mask `negative`, (S,) bool.
    """
    price, _, size = charges
    lowest = lower_charges(charges)
    worth, residue, blur, lost, excess = 0.0, 0.0, 0.0, 0.0, 0.0
    for user in users:
        which, values = get_row(rows, user)
        assigned = assignment[user]
        most, own, units = 0.0, np.inf, len(assigned)
        for i in range(len(which)):
            s = which[i]
            if _is_among(assigned, s):
                value = np.float64(values[i])
                worth, residue, blur = add_worth(worth, residue, blur, value)
                own = min(own, _least_sure(value - price[s], size[s]))
                units -= 1
            elif values[i] >= 0.0 or negative[s]:
                profit = values[i] - lowest[s]
                most = profit if profit > most else most
        if units > 0:
            own = min(own, 0.0)
        if most < own or (most == 0.0 and own == 0.0):
            continue
        gain, beyond, error = compute_exact_gain(
            which, values, charges, lowest, negative, assigned, own
        )
        lost, blur = add_gap(lost, blur, gain, error)
        excess += beyond
    return worth, residue, blur, lost, excess


@njit(inner=True)
def _penalty_terms(penalty, room, whales, paid, rest):
    """Return the terms of one streamer's penalties.

    The gap includes whales whose penalty is more than they pay, and further whales whose penalty
    would be less. `paid` and `rest` are what a whale pays and its rounding error.
    """
    worth, residue, blur, lost, excess = 0.0, 0.0, 0.0, 0.0, 0.0
    last = len(penalty) - 1
    for number in range(whales):
        worth, residue, blur = add_worth(worth, residue, blur, -penalty[min(number, last)])
    for number in range(whales - 1, -1, -1):
        cost = penalty[min(number, last)]
        term, error = two_sum(cost, -paid)
        term += error - rest
        if term <= 0.0:
            break
        lost, blur = add_gap(lost, blur, term, DIFFERENCE_ERROR * term)
        excess += max(0.0, term - ROUNDING * (cost + paid))
    number = whales
    while number < room:
        cost = penalty[min(number, last)]
        term, error = two_sum(paid, -cost)
        term += error + rest
        if term <= 0.0:
            break
        units = 1 if number < last else room - number
        lost, blur = add_gap(lost, blur, units * term, 2.0 * DIFFERENCE_ERROR * units * term)
        excess += max(0.0, term - ROUNDING * (cost + paid))
        number += units
    return worth, residue, blur, lost, excess


@njit(cache=True)
def slot_terms(limits, whale_load, load, cap_price, penalty_price, capacity_price, guarantee_price):
    """Return the `GapTerms` of the limits: empty slots with a price, and penalties.

    Parameters
    ----------
    limits
        whale_cap, capacity, min_users, (S,) int64, and whale_penalty, (J,) float64.
    whale_load, load : (S,) int64
        Users in the claim's scope.
    cap_price, penalty_price, capacity_price, guarantee_price : (S,) float64
        `ShadowPrices` of the whale cap, the penalty, the capacity and the guarantee.
    """
    whale_cap, capacity, min_users, penalty = limits
    found = 0.0, 0.0, 0.0, 0.0, 0.0
    for s in range(len(load)):
        paid, rest = two_sum(cap_price[s], penalty_price[s])
        unpenalized = paid if len(penalty) == 0 else 0.0
        for units, price in (
            (capacity[s] - load[s], capacity_price[s]),
            (load[s] - min_users[s], guarantee_price[s]),
            (whale_cap[s] - whale_load[s], unpenalized),
        ):
            if units > 0 and price > 0.0:
                term, error = two_product(np.float64(units), price)
                found = add_terms(found, (0.0, 0.0, abs(error), term, term))
        if len(penalty) > 0:
            at = whale_load[s]
            found = add_terms(found, _penalty_terms(penalty, whale_cap[s], at, paid, rest))
    return found
