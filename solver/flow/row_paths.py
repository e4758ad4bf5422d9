"""Optimum by shortest paths over streamers, on whole rows: for any number of ties and near-ties.

Minimum-cost flow by successive shortest paths (R. K. Ahuja, T. L. Magnanti, J. B. Orlin, "Network
Flows", 1993, ch. 9), from any prices ≥ 0. Users at one of their best streamers stay; each other
user is sent to the nearest empty slot, along a chain of users who each move on. Dijkstra's method
runs over the S streamers, not over users: the cost of a move from s to t is the least of all users
at s, ``price[t] - price[s] - table[s, t]`` with ``table[s, t] = max over users u at s of
EV[u, t] - EV[u, s]``. A row of the table is computed when needed and is valid until the users at s
change. Staying out is a further streamer, position S, of EV 0 and without a cap.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..kernels import (
    NONE,
    first_equal,
    greatest_or_zero,
    link_member,
    njit,
    subtract,
    unlink_member,
)

WORK_PER_PAIR = 1_000
"""Entries examined per pair of the problem before giving up: about the time of the dense flow that
then follows."""

SWEEPS = 8
"""Largest number of sweeps over all users in which prices are raised."""

SWEEPS_OF_ROUNDING = 4
"""Largest number of further sweeps, which remove rounding errors."""

MANY_WAITING, MIN_ASSIGNED_SHARE = 16, 8
"""Paths of more unassigned users than the first number are searched for at once. That is repeated
while at least one user in the second number is assigned."""

MAX_DIRECT_USERS = 2
"""Up to this many users at a streamer, their rows are read directly and not through the table."""

FIRST_USER = -2
"""Start of a path: NONE at a slot whose price decreases to 0, FIRST_USER - u at user u."""

DONE = np.int64(np.iinfo(np.int64).max)
"""Mask of a final distance: larger than any distance."""

NO_ROOM = np.int64(1)
"""Mask of a full streamer: among equal distances, streamers with room come first."""

Matrix = NDArray[Any]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class _Members(NamedTuple):
    """Users by streamer, S for those who stay out, in linked lists.

    Parameters
    ----------
    assignment : (n,) int64
        Streamer of each user, NONE for a user still to be assigned.
    load, first : (S + 1,) int64
        Number of users at each streamer, and the first of them.
    after, before : (n,) int64
        Neighbours of each user in its list.
    """

    assignment: Ints
    load: Ints
    first: Ints
    after: Ints
    before: Ints


class _Table(NamedTuple):
    """Greatest gains from moves between streamers.

    Parameters
    ----------
    most : (w, S) float64, mover : (w, S) int32
        Greatest EV[u, t] - EV[u, s] over users u at s, and that user.
    place : (S + 2,) int64
        Row of each streamer, NONE for none. The last entry is the number of rows in use.
    fresh : (S + 1,) bool
        Whether the row is valid for the present users.
    least : (S + 1,) float64
        Least EV of a user at the streamer.
    """

    most: Floats
    mover: NDArray[np.int32]
    place: Ints
    fresh: NDArray[np.bool_]
    least: Floats


class _Search(NamedTuple):
    """State of Dijkstra's method; all arrays have S entries.

    Parameters
    ----------
    distance, via
        Distance of each streamer, currency units, and its predecessor.
    mask
        0 for a streamer with room, NO_ROOM for a full one, DONE if the distance is final.
    settled
        Streamers in the order of their final distances.
    keys
        Scratch.
    """

    distance: Floats
    via: Ints
    mask: Ints
    settled: Ints
    keys: Ints


def solve_by_shortest_paths(
    ev: Matrix, cap: Ints, price: Floats, assignment: Ints, noise: float
) -> bool:
    """Make an allocation and its prices exactly optimal.

    Parameters
    ----------
    ev : (n, S) float64
        Currency units. Only pairs of EV 0 or more are made.
    cap : (S,) int64
        At most n.
    price : (S,) float64, at : (n,) int64
        Where it begins: any prices ≥ 0, any allocation within the caps, NONE for no place.
        Written, also where it is given up.
    noise : float
        A user counts as placed this near to its best: rounding, currency units.

    Returns
    -------
    bool
        Whether it ended within the work that is allowed.
    """
    n_users, n_streamers = ev.shape
    wide = min(int(np.count_nonzero(cap > MAX_DIRECT_USERS)), n_users // (MAX_DIRECT_USERS + 1)) + 1
    table = np.empty((wide, n_streamers)), np.empty((wide, n_streamers), dtype=np.int32)
    limit = WORK_PER_PAIR * max(ev.size, n_streamers**2)
    return bool(_solve(ev, cap, price, assignment, noise, limit, *table))


def tighten_prices(ev: Matrix, cap: Ints, price: Floats, assignment: Ints, noise: float) -> None:
    """Raise prices until all users are at one of their best streamers, if a few sweeps suffice.

    After an auction, every user is within ε of its best choice. If the assignment is optimal,
    slightly higher prices support it, and sweeps in the order of prices find them faster than
    shortest paths. If it is not, prices rise without end, and are left unchanged. Prices of
    streamers with room do not change.
    """
    assigned = assignment != NONE
    if not assigned.any():
        return
    room = np.bincount(assignment[assigned], minlength=len(cap)) < cap
    raised, highest = price.copy(), np.where(room, price, np.inf)
    if _sweep(ev, raised, assignment, highest, noise, SWEEPS):
        _sweep(ev, raised, assignment, highest, 0.0, SWEEPS_OF_ROUNDING)
        price[:] = raised


def _sweep(
    ev: Matrix, price: Floats, assignment: Ints, highest: Floats, noise: float, sweeps: int
) -> bool:
    """Raise prices in sweeps over the users; return whether they converge."""
    order = np.argsort(np.where(assignment != NONE, price[assignment], 0.0), kind="stable")
    for sweep in range(sweeps):
        users = order if sweep % 2 == 0 else order[::-1].copy()
        if not _raise_prices(ev, users, assignment, price, highest, noise):
            return True
    return False


@njit(cache=True)
def _raise_prices(ev, order, assignment, price, highest, noise):
    """Raise prices until each user's own streamer is its best; return the number of raises."""
    raised = 0
    for user in order:
        s, row = assignment[user], ev[user]
        profit = 0.0 if s == NONE else max(0.0, row[s] - price[s])
        for t in range(len(price)):
            bid = min(row[t] - profit, highest[t])
            raised += bid > price[t] + noise
            price[t] = bid if bid > price[t] else price[t]
    return raised


@njit(inner=True)
def _enter(user, s, members):
    """Add a user to s without changing the load."""
    members.assignment[user] = s
    link_member(user, s, members.first, members.after, members.before)


@njit(inner=True)
def _leave(user, s, members):
    """Remove a user from s without changing the load."""
    unlink_member(user, s, members.first, members.after, members.before)


@njit(inner=True)
def _ev_at(ev, user, s):
    """Return the EV of a pair, 0 for staying out."""
    return 0.0 if s == ev.shape[1] else np.float64(ev[user, s])


@njit(inner=True)
def _keep_best_assigned(ev, price, noise, members, profit):
    """Keep users at one of their best streamers; unassign and return the others, (m,) int64."""
    assignment = members.assignment
    waiting = np.empty(len(assignment), np.int64)
    n = 0
    for u in range(len(assignment)):
        s = assignment[u]
        if s != NONE and ev[u, s] >= 0.0:
            subtract(ev[u], price, profit)
            if profit[s] >= greatest_or_zero(profit) - noise:
                _enter(u, s, members)
                members.load[s] += 1
                continue
        assignment[u] = NONE
        waiting[n] = u
        n += 1
    return waiting[:n]


@njit(inner=True)
def _assign_best_open(ev, cap, price, noise, members, table, waiting, profit):
    """Assign users to one of their best streamers, if that has room; return the other users.

    A user without a profit stays out. `waiting` is written.
    """
    n_streamers = len(cap)
    n_waiting = 0
    for u in waiting:
        subtract(ev[u], price, profit)
        most = greatest_or_zero(profit)
        home = NONE
        t = (u * 7919) % n_streamers  # users with equal rows try different streamers
        for _ in range(n_streamers):
            if profit[t] >= most - noise and members.load[t] < cap[t] and ev[u, t] >= 0.0:
                home = t
                break
            t = t + 1 if t + 1 < n_streamers else 0
        if home == NONE and most <= 0.0:
            home = n_streamers
        if home == NONE:
            waiting[n_waiting] = u
            n_waiting += 1
        else:
            _enter(u, home, members)
            members.load[home] += 1
            table.fresh[home] = False
    return waiting[:n_waiting]


@njit(inner=True)
def _relax(values, floor, offset, here, price, search, x):
    """Shorten distances that are longer than through x, in a vectorised loop."""
    distance, via = search.distance, search.via
    for t in range(len(values)):
        reached = (offset + price[t]) - values[t]
        reached = reached if reached > here else here
        nearer = (reached < distance[t]) & (values[t] >= floor)
        distance[t] = reached if nearer else distance[t]
        via[t] = x if nearer else via[t]


@njit(inner=True)
def _update_maxima(values, home_ev, user, most, mover):
    for t in range(len(values)):
        more = values[t] - home_ev
        greater = (more > most[t]) & (values[t] >= 0.0)
        most[t] = more if greater else most[t]
        mover[t] = user if greater else mover[t]


@njit(inner=True)
def _fill_row(ev, x, row, members, table):
    """Compute the table's row of x from its users."""
    table.most[row] = -np.inf
    table.fresh[x], table.least[x] = True, np.inf
    user = members.first[x]
    while user != NONE:
        home_ev = _ev_at(ev, user, x)
        table.least[x] = min(table.least[x], home_ev)
        _update_maxima(ev[user], home_ev, np.int32(user), table.most[row], table.mover[row])
        user = members.after[user]


@njit(inner=True)
def _relax_streamer(ev, x, here, price, members, table, search):
    """Shorten distances by moves from x.

    Returns the distance of staying out through x, and the number of entries examined.
    """
    n_streamers, load = len(price), members.load[x]
    if load == 0:
        return np.inf, 0
    own_price = 0.0 if x == n_streamers else price[x]
    if load > MAX_DIRECT_USERS and table.place[x] == NONE and table.place[-1] < len(table.most):
        table.place[x] = table.place[-1]
        table.place[-1] += 1
    row = table.place[x]
    if row == NONE or load <= MAX_DIRECT_USERS:
        out, user = np.inf, members.first[x]
        while user != NONE:
            profit = _ev_at(ev, user, x) - own_price
            out = min(out, here + max(0.0, profit))
            _relax(ev[user], 0.0, here + profit, here, price, search, x)
            user = members.after[user]
        return out, load * n_streamers
    work = n_streamers
    if not table.fresh[x]:
        _fill_row(ev, x, row, members, table)
        work += load * n_streamers
    _relax(table.most[row], -np.inf, here - own_price, here, price, search, x)
    return here + max(0.0, table.least[x] - own_price), work


@njit(inner=True)
def _nearest_streamer(search):
    """Return the nearest streamer whose distance is not final, NONE if all are.

    The bits of floats ≥ 0 are ordered as integers, whose minimum is vectorised.
    """
    bits, mask, keys = search.distance.view(np.int64), search.mask, search.keys
    least = DONE
    for t in range(len(bits)):
        keys[t] = bits[t] | mask[t]
    for t in range(len(bits)):
        least = min(least, keys[t])
    return NONE if least == DONE else first_equal(keys, least)


@njit(inner=True)
def _find_mover(ev, x, t, members, table):
    """Return the user at x who moves to t, or out if t is S."""
    row = table.place[x]
    if t < ev.shape[1] and row != NONE and members.load[x] > MAX_DIRECT_USERS:
        return np.int64(table.mover[row, t])
    chosen, most, user = NONE, -np.inf, members.first[x]
    while user != NONE:
        value = _ev_at(ev, user, t)
        more = value - _ev_at(ev, user, x)
        if more > most and value >= 0.0:
            chosen, most = user, more
        user = members.after[user]
    return chosen


@njit(inner=True)
def _apply_path(ev, goal, x, members, table, via):
    """Move users one step along the path that ends in a move from x to `goal`."""
    t = goal
    members.load[t] += 1
    while x >= 0:
        user = _find_mover(ev, x, t, members, table)
        _leave(user, x, members)
        _enter(user, t, members)
        table.fresh[t] = False
        t = x
        x = via[x] if x < len(via) else NONE
    table.fresh[t] = False
    if x == NONE:
        members.load[t] -= 1
    else:
        _enter(FIRST_USER - x, t, members)


@njit(inner=True)
def _reset_search(cap, members, search):
    """Reset a search; return the number of empty slots."""
    empty = 0
    for s in range(len(cap)):
        room = cap[s] - members.load[s]
        empty += room
        search.mask[s] = 0 if room > 0 else NO_ROOM
        search.distance[s], search.via[s] = np.inf, NONE
    return empty


@njit(inner=True)
def _augment(ev, cap, price, members, table, search, source, profit, empty):
    """Send one user to the nearest empty slot, or let the user who costs least stay out.

    Except for the distances, `search` is reset before and after. Returns whether a slot was filled,
    and the number of entries examined.
    """
    n_streamers = len(cap)
    distance, mask, settled = search.distance, search.mask, search.settled
    subtract(ev[source], price, profit)
    to_out, last = greatest_or_zero(profit), FIRST_USER - source
    distance[:] = np.inf
    _relax(ev[source], 0.0, to_out, 0.0, price, search, last)
    n, goal, here, work = 0, NONE, 0.0, 2 * n_streamers
    while goal == NONE:
        x = _nearest_streamer(search)
        work += n_streamers
        if x == NONE or to_out < distance[x] or (empty == 0 and to_out <= distance[x]):
            goal, here = n_streamers, to_out
            break
        here = distance[x]
        if members.load[x] < cap[x]:
            goal, last = x, search.via[x]
            break
        mask[x] = DONE
        settled[n] = x
        n += 1
        way_out, looked_at = _relax_streamer(ev, x, here, price, members, table, search)
        work += looked_at
        if way_out < to_out:
            to_out, last = way_out, x
    for s in settled[:n]:
        price[s] += here - distance[s]
        mask[s] = NO_ROOM
    _apply_path(ev, goal, last, members, table, search.via)
    if goal < n_streamers and members.load[goal] == cap[goal]:
        mask[goal] = NO_ROOM
    return goal < n_streamers, work


@njit(inner=True)
def _claim_path(goal, members, table, via, used):
    """Mark the streamers on the path to a goal as used; return False if one of them already is.

    Staying out may be on several paths, with a different user each time.
    """
    out = len(via)
    x, t = via[goal], goal
    clear = not used[goal]
    while clear and x >= 0:
        if x == out and table.place[out] != NONE and members.load[out] > MAX_DIRECT_USERS:
            clear = members.assignment[table.mover[table.place[out], t]] == out
        else:
            clear = not used[x]
        t = x
        x = via[x] if x < out else NONE
    x = goal
    while clear and x >= 0:
        used[x] = True
        x = via[x] if x < out else NONE
    return clear


@njit(inner=True)
def _augment_together(ev, cap, price, members, table, search, waiting, profit):
    """Search paths of all waiting users at once, and send users along disjoint ones.

    Every reachable streamer gets the price at which its shortest path has length 0. All empty slots
    must have a price before, since one without must not get any. Returns the number of entries
    examined.
    """
    n_streamers = len(cap)
    _reset_search(cap, members, search)
    distance, settled = search.distance, search.settled
    to_out = np.inf
    for u in waiting:
        subtract(ev[u], price, profit)
        most = greatest_or_zero(profit)
        to_out = min(to_out, most)
        _relax(ev[u], 0.0, most, 0.0, price, search, FIRST_USER - u)
    n, here, work = 0, 0.0, 2 * n_streamers * len(waiting)
    while True:
        x = _nearest_streamer(search)
        work += n_streamers
        if x == NONE or distance[x] > to_out:
            break
        here = distance[x]
        search.mask[x] = DONE
        settled[n] = x
        n += 1
        way_out, looked_at = _relax_streamer(ev, x, here, price, members, table, search)
        to_out = min(to_out, way_out)
        work += looked_at
    used = np.zeros(n_streamers + 1, np.bool_)
    for s in settled[:n]:
        price[s] += here - distance[s]
    for s in settled[:n]:
        root = s
        while root >= 0:
            root = search.via[root]
        is_waiting = members.assignment[FIRST_USER - root] == NONE
        if (
            members.load[s] < cap[s]
            and is_waiting
            and _claim_path(s, members, table, search.via, used)
        ):
            _apply_path(ev, s, search.via[s], members, table, search.via)
    return work


@njit(cache=True)
def _solve(ev, cap, price, assignment, noise, limit, most, mover):
    n_users, n_streamers = ev.shape
    size = n_streamers + 1
    members = _Members(
        assignment,
        np.zeros(size, np.int64),
        np.full(size, NONE, np.int64),
        np.empty(n_users, np.int64),
        np.empty(n_users, np.int64),
    )
    place = np.full(size + 1, NONE, np.int64)
    place[-1] = 0
    table = _Table(most, mover, place, np.zeros(size, np.bool_), np.empty(size))
    search = _Search(
        np.empty(n_streamers),
        np.empty(n_streamers, np.int64),
        np.empty(n_streamers, np.int64),
        np.empty(n_streamers, np.int64),
        np.empty(n_streamers, np.int64),
    )
    profit = np.empty(n_streamers)
    waiting = _keep_best_assigned(ev, price, noise, members, profit)
    waiting = _assign_best_open(ev, cap, price, noise, members, table, waiting, profit)
    work, together = 0, True
    while together and len(waiting) > MANY_WAITING and work <= limit:
        for s in range(n_streamers):
            together &= members.load[s] == cap[s] or price[s] > 0.0
        if together:
            before = len(waiting)
            work += _augment_together(ev, cap, price, members, table, search, waiting, profit)
            waiting = waiting[assignment[waiting] == NONE]
            waiting = _assign_best_open(ev, cap, price, noise, members, table, waiting, profit)
            together = MIN_ASSIGNED_SHARE * (before - len(waiting)) >= before
    empty = _reset_search(cap, members, search)
    for user in waiting:
        if work > limit:
            break
        filled, looked_at = _augment(ev, cap, price, members, table, search, user, profit, empty)
        empty -= filled
        work += looked_at
    ended = work <= limit and _fill_priced(
        ev, cap, price, noise, limit - work, members, table, search
    )
    for u in range(n_users):
        if assignment[u] == n_streamers:
            assignment[u] = NONE
    return ended


@njit(inner=True)
def _reset_price_search(cap, price, noise, members, search):
    """Set distances to the prices; return the number of streamers with an empty, priced slot."""
    _reset_search(cap, members, search)
    n_priced = 0
    for s in range(len(cap)):
        if members.load[s] < cap[s]:
            if price[s] <= noise:
                price[s] = 0.0
            n_priced += price[s] > 0.0
        search.distance[s] = price[s]
    return n_priced


@njit(inner=True)
def _fill_priced(ev, cap, price, noise, limit, members, table, search):
    """Fill empty slots that have a price, or lower their prices to 0.

    Each round computes by how much every price can decrease, as `solver.flow.minimal_duals` does,
    starting from slots whose price decreases to 0 and from users who stay out. If the price of an
    empty slot does not decrease to 0, a chain of moves fills it at no loss; a round applies chains
    without a common streamer. Returns whether that ended within the work limit.
    """
    n_streamers, work = len(cap), 0
    distance, settled = search.distance, search.settled
    n_priced = _reset_price_search(cap, price, noise, members, search)
    while n_priced > 0 and work <= limit:
        work += _relax_streamer(ev, n_streamers, 0.0, price, members, table, search)[1]
        n, here = 0, 0.0
        while n_priced > 0:
            x = _nearest_streamer(search)
            here = distance[x]
            search.mask[x] = DONE
            settled[n] = x
            n += 1
            n_priced -= members.load[x] < cap[x] and price[x] > 0.0
            work += _relax_streamer(ev, x, here, price, members, table, search)[1] + n_streamers
        for s in range(n_streamers):
            price[s] = max(0.0, price[s] - min(here, distance[s]))
        used = np.zeros(n_streamers + 1, np.bool_)
        for goal in settled[:n]:
            is_priced = members.load[goal] < cap[goal] and price[goal] > noise
            if is_priced and _claim_path(goal, members, table, search.via, used):
                _apply_path(ev, goal, search.via[goal], members, table, search.via)
        n_priced = _reset_price_search(cap, price, noise, members, search)
    return n_priced == 0
