"""Least prices of a tier, computed from all of its data."""

from __future__ import annotations

import numpy as np

from ..kernels import (
    NONE,
    CandidateRows,
    MatrixRows,
    Variants,
    copy_into,
    get_ev,
    get_row,
    matrix_ev,
    njit,
)

PRICE_NOISE = 2.0**-53
"""Rounding noise of a price, as a share of the EV and the profit that it is the difference of."""


@njit(cache=True)
def group_by_streamer(assignment, n_streamers, start, order):
    """Sort users by streamer, unassigned ones last: writes start (S + 2,) and order (N,) int64."""
    start[:] = 0
    for u in range(len(assignment)):
        start[(assignment[u] if assignment[u] != NONE else n_streamers) + 1] += 1
    for s in range(n_streamers + 1):
        start[s + 1] += start[s]
    place = start[: n_streamers + 1].copy()
    for u in range(len(assignment)):
        s = assignment[u] if assignment[u] != NONE else n_streamers
        order[place[s]] = u
        place[s] += 1


@njit(inner=True)
def _raise_bids(row0, row1, row2, row3, bases, current, bid):
    """Raise the bids of four users' full rows at once, to hide memory latency.

    Returns at how many streamers a bid exceeds the `current` price. `bases` are the users' present
    profits. A user bids at most what leaves it that profit.
    """
    n_higher = 0
    base0, base1, base2, base3 = bases
    for s in range(len(current)):
        most = row0[s] - base0
        most1 = row1[s] - base1
        most2 = row2[s] - base2
        most3 = row3[s] - base3
        # Not max(): a comparison and a choice vectorise.
        most = most if most > most1 else most1
        most2 = most2 if most2 > most3 else most3
        most = most if most > most2 else most2
        n_higher += most > current[s]
        bid[s] = most if most > bid[s] else bid[s]
    return n_higher


@njit(inner=True)
def _raise_bids_of_rows(wide, narrow, u, v, w, x, bases, current, bid):
    """Raise bids as `_raise_bids`, for a matrix of either width."""
    if len(narrow) == 0:
        return _raise_bids(wide[u], wide[v], wide[w], wide[x], bases, current, bid)
    return _raise_bids(narrow[u], narrow[v], narrow[w], narrow[x], bases, current, bid)


@njit(inner=True)
def _matrix_profit(wide, narrow, price, u, s):
    """Return the profit as `_current_profit`, for a matrix."""
    n_streamers = wide.shape[1]
    if s == len(price):
        return 0.0
    return matrix_ev(wide, narrow, u, s if s < n_streamers else s - n_streamers) - price[s]


@njit(inner=True)
def _current_profit(rows, price, u, s):
    if s == len(price):
        return 0.0
    return get_ev(rows, u, s) - price[s]


@njit(inner=True)
def _nearest_streamer(price, bid, done):
    """Return the streamer, not done, whose price decreases least; NONE if all are done."""
    nearest, least = NONE, np.inf
    for s in range(len(price)):
        if not done[s]:
            fall = price[s] - max(bid[s], 0.0)
            if nearest == NONE or fall < least:
                nearest, least = s, fall
    return nearest


@njit(inner=True)
def _record_deficit(user, deficit, tolerance, wrong_user, n_wrong, doubtful):
    """Record a user with a deficit beyond rounding, or of rounding; return the number of the first.

    The first entry of `doubtful` is the number of users that follow.
    """
    if deficit > tolerance:
        wrong_user[n_wrong] = user
        return n_wrong + 1
    if deficit > 0.0:
        doubtful[0] += 1
        doubtful[doubtful[0]] = user
    return n_wrong


@njit(inner=True)
def _raise_bids_of_tier(
    rows, tier, current, start, order, s, bid, tolerance, wrong_user, n_wrong, doubtful
):
    """As `_raise_bids_of_matrix`, for one tier."""
    wide, narrow, whales = rows.wide, rows.narrow, rows.whales
    one_tier, n_streamers = len(whales) == 0, wide.shape[1]
    four, filled = np.empty(4, np.int64), 0
    for j in range(start[s], start[s + 1]):
        if one_tier or whales[order[j]] == tier:
            four[filled] = order[j]
            filled += 1
        if filled == 0 or (filled < 4 and j + 1 < start[s + 1]):
            continue
        four[filled:] = four[0]
        u, v, w, x = four
        bases = (
            _matrix_profit(wide, narrow, current, u, s),
            _matrix_profit(wide, narrow, current, v, s),
            _matrix_profit(wide, narrow, current, w, s),
            _matrix_profit(wide, narrow, current, x, s),
        )
        suspect = _raise_bids_of_rows(
            wide, narrow, u, v, w, x, bases, current[:n_streamers], bid[:n_streamers]
        )
        if not tier:
            suspect += _raise_bids_of_rows(
                wide, narrow, u, v, w, x, bases, current[n_streamers:], bid[n_streamers:]
            )
        for i in range(filled):
            base = bases[i]
            deficit = -base  # above 0: better unassigned
            if suspect > 0:
                user = four[i]
                deficit = max(
                    deficit, _largest_deficit(wide, narrow, user, base, current[:n_streamers])
                )
                if not tier:
                    deficit = max(
                        deficit, _largest_deficit(wide, narrow, user, base, current[n_streamers:])
                    )
            n_wrong = _record_deficit(four[i], deficit, tolerance, wrong_user, n_wrong, doubtful)
        filled = 0
    return n_wrong


@njit(inner=True)
def _raise_bids_of_matrix(
    rows, current, start, order, s, bid, tolerance, wrong_user, n_wrong, doubtful
):
    for tier in range(0 if len(rows.whales) else 1, 2):
        n_wrong = _raise_bids_of_tier(
            rows, tier == 1, current, start, order, s, bid, tolerance, wrong_user, n_wrong,
            doubtful,
        )  # fmt: skip
    return n_wrong


@njit(inner=True)
def _raise_bids_of_candidates(
    rows, current, start, order, s, bid, tolerance, wrong_user, n_wrong, doubtful
):
    for j in range(start[s], start[s + 1]):
        base = _current_profit(rows, current, order[j], s)
        deficit = -base
        which, values = get_row(rows, order[j])
        for i in range(len(which)):
            if values[i] >= 0.0:
                t = which[i]
                most = values[i] - base
                deficit = max(deficit, most - current[t])
                bid[t] = max(bid[t], most)
        n_wrong = _record_deficit(order[j], deficit, tolerance, wrong_user, n_wrong, doubtful)
    return n_wrong


_raise_bids_of_users = Variants(
    {MatrixRows: _raise_bids_of_matrix, CandidateRows: _raise_bids_of_candidates}
)
"""Bid for the users at s, whose price is final: how much must every other streamer cost at least?

Writes `bid` and the users who would be better off elsewhere; returns how many these are so far.
"""


@njit(inner=True)
def _largest_deficit(wide, narrow, user, base, current):
    """Return the difference of a user's greatest profit and its own."""
    most = -np.inf
    for s in range(len(current)):
        most = max(most, (matrix_ev(wide, narrow, user, s) - base) - current[s])
    return most


@njit(inner=True)
def _correct_rounding(rows, cap, price, start, order, doubtful):
    """Raise prices that rounding made too low, user by user.

    Ends when neither the users in `doubtful` nor those at raised streamers would gain elsewhere, or
    after checks of about half the users.
    """
    n_users = len(order)
    assignment = np.full(n_users, NONE)
    for s in range(len(price)):
        for j in range(start[s], start[s + 1]):
            assignment[order[j]] = s
    waiting = np.zeros(n_users, np.bool_)
    stack, size = np.empty(n_users, np.int64), np.int64(0)
    for user in doubtful[1 : doubtful[0] + 1]:
        size = _push_user(user, waiting, stack, size)
    looks = n_users // 2 + 1000
    while size > 0 and looks > 0:
        size, looks = size - 1, looks - 1
        user = stack[size]
        waiting[user] = False
        s = assignment[user]
        profit = 0.0 if s == NONE else get_ev(rows, user, s) - price[s]
        which, values = get_row(rows, user)
        for i in range(len(which)):
            t, bid = which[i], values[i] - profit
            is_full = start[t + 1] - start[t] >= cap[t]
            if t != s and is_full and bid - price[t] > PRICE_NOISE * (abs(values[i]) + abs(profit)):
                price[t] = bid
                for j in range(start[t], start[t + 1]):
                    size = _push_user(order[j], waiting, stack, size)


@njit(inner=True)
def _push_user(user, waiting, stack, size):
    """Push a user on the stack unless it is on it; return the stack's size."""
    if waiting[user]:
        return size
    stack[size], waiting[user] = user, True
    return size + 1


@njit(cache=True)
def minimal_duals(rows, cap, price, start, order, tolerance, wrong_user):
    """Lower optimal prices to the least optimal ones, reading every row exactly once.

    A streamer with room has a price of 0. Each user at a streamer whose price is final bids for
    every other streamer its EV less its present profit: at a lower price it would move. Unassigned
    users, whose profit is 0, bid as well. The streamer whose price decreases least is final next:
    this is Dijkstra's method on lengths ≥ 0. All entries of the matrix are used, so these are the
    least prices of the whole problem, and a bid above a price reveals a choice that the short lists
    missed. Each price is the difference of two numbers of one user, so rounding errors do not add
    up along paths.

    Parameters
    ----------
    rows : Rows
    price : (S,) float64
        Optimal on the contested arcs. Written, unless a bid exceeds it. Infinite where closed.
    start, order
        From `group_by_streamer`.
    tolerance : float
        Gains up to this count as rounding, currency units.
    wrong_user : (N,) int64
        Written: users who would gain elsewhere.

    Returns
    -------
    int
        Number of such users.
    """
    n_streamers = len(price)
    current, bid = price.copy(), np.full(n_streamers, -np.inf)
    open_end = np.empty(n_streamers, np.bool_)
    for s in range(n_streamers):
        open_end[s] = start[s + 1] - start[s] < cap[s]
        if open_end[s]:
            current[s] = 0.0
    done = open_end | (cap == 0)
    doubtful = np.zeros(2 * len(order) + 1, np.int64)
    n_wrong, s, ground = np.int64(0), n_streamers, 0  # no literal: see `solver.kernels`
    while s != NONE:
        n_wrong = _raise_bids_of_users(
            rows, current, start, order, s, bid, tolerance, wrong_user, n_wrong, doubtful
        )
        while ground < n_streamers and not open_end[ground]:
            ground += 1
        if ground < n_streamers:
            s = ground
            ground += 1
            continue
        s = _nearest_streamer(price, bid, done)
        if s != NONE:
            current[s] = max(bid[s], 0.0)
            done[s] = True
    if n_wrong == 0:
        copy_into(price, current)
        if doubtful[0] > 0:
            _correct_rounding(rows, cap, price, start, order, doubtful)
    return n_wrong


@njit(cache=True)
def price_closed_streamers(rows, closed, price, assignment):
    """Write the prices of closed streamers: the greatest gain of any user there."""
    gain = np.zeros(len(price))
    for u in range(len(assignment)):
        base = (
            0.0 if assignment[u] == NONE else get_ev(rows, u, assignment[u]) - price[assignment[u]]
        )
        which, values = get_row(rows, u)
        for i in range(len(which)):
            more = values[i] - base
            gain[which[i]] = more if more > gain[which[i]] else gain[which[i]]
    for s in range(len(price)):
        if closed[s]:
            price[s] = gain[s]
