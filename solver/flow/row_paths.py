"""The optimum by shortest paths over streamers, on whole rows: for ties and near-ties of any width.

Minimum-cost flow by successive shortest paths (R. K. Ahuja, T. L. Magnanti, J. B. Orlin, "Network
Flows", 1993, ch. 9), from any prices ≥ 0. Users who are at one of their best streamers stay; each
of the others is sent to the nearest empty slot, over a chain of users who each move on. Dijkstra's
method runs over the S streamers, not over users: what a move from s to t costs is the least that
any user at s asks, ``price[t] - price[s] - table[s, t]`` with ``table[s, t] = max over users u at s
of EV[u, t] - EV[u, s]``. A row of the table is computed when it is needed and kept until a user
comes to s or leaves it. Staying out is one streamer more, position S, of EV 0 and without a cap.
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
"""Entries looked at for each pair of the problem before giving up: about the time of a dense flow,
which follows then."""

SWEEPS = 8
"""Most sweeps over all users in which prices are raised."""

SWEEPS_OF_ROUNDING = 4
"""The same, where only rounding is left to be raised."""

MANY_WAITING, MIN_ASSIGNED_SHARE = 16, 8
"""Users without a place from which on paths are searched for all at once, and the share of them,
one in so many, that must find one for the search to be repeated."""

MAX_DIRECT_USERS = 2
"""Most users at a streamer whose rows are read themselves, not by way of the table."""

FIRST_USER = -2
"""Where a path begins: NONE at a slot whose price falls to 0, FIRST_USER - u at user u."""

DONE = np.int64(np.iinfo(np.int64).max)
"""Mask of a distance that is final: no distance comes after it."""

NO_ROOM = np.int64(1)
"""Mask of a streamer without room: of two at one distance, the other comes first."""

Matrix = NDArray[Any]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class _Members(NamedTuple):
    """Who is where: users by streamer, S for those who stay out, in linked lists.

    Parameters
    ----------
    assignment : (n,) int64
        Each user's streamer, NONE for one who waits.
    load, first : (S + 1,) int64
        How many users each has, and the first of them.
    after, before : (n,) int64
        The neighbours of each user among these.
    """

    assignment: Ints
    load: Ints
    first: Ints
    after: Ints
    before: Ints


class _Table(NamedTuple):
    """What users ask at least for a move, by streamers.

    Parameters
    ----------
    most : (w, S) float64, mover : (w, S) int32
        Greatest EV[u, t] - EV[u, s] over users u at s, and that user.
    place : (S + 2,) int64
        Row of each streamer, NONE for none; the last is how many rows are taken.
    fresh : (S + 1,) bool
        Whether the row is of the users who are there.
    least : (S + 1,) float64
        Least EV of a user who is there.
    """

    most: Floats
    mover: NDArray[np.int32]
    place: Ints
    fresh: NDArray[np.bool_]
    least: Floats


class _Search(NamedTuple):
    """Dijkstra's method on its way; all are of S entries.

    Parameters
    ----------
    distance, via
        Of each streamer, currency units, and from where it is reached.
    mask
        0 for a streamer with room, NO_ROOM for one without, DONE where the distance is final.
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
    """Raise prices until users are at one of their best streamers, where a few sweeps do that.

    An auction leaves everybody within a rise of its best. Where its allocation is optimal, prices
    that are higher by little leave nobody a better choice; sweeps by rising and by falling price
    find them sooner than paths do. Where it is not, prices rise on and on, and are left as they
    were. Streamers with room keep their prices.
    """
    placed = assignment != NONE
    if not placed.any():
        return
    room = np.bincount(assignment[placed], minlength=len(cap)) < cap
    raised, highest = price.copy(), np.where(room, price, np.inf)
    if _sweep(ev, raised, assignment, highest, noise, SWEEPS):
        _sweep(ev, raised, assignment, highest, 0.0, SWEEPS_OF_ROUNDING)
        price[:] = raised


def _sweep(
    ev: Matrix, price: Floats, assignment: Ints, highest: Floats, noise: float, sweeps: int
) -> bool:
    """Raise prices in sweeps over the users; return whether they come to rest."""
    order = np.argsort(np.where(assignment != NONE, price[assignment], 0.0), kind="stable")
    for sweep in range(sweeps):
        in_turn = order if sweep % 2 == 0 else order[::-1].copy()
        if not _raise_prices(ev, in_turn, assignment, price, highest, noise):
            return True
    return False


@njit(cache=True)
def _raise_prices(ev, order, assignment, price, highest, noise):
    """Raise prices, user by user, to where nobody else's choice is better; return how often."""
    raised = 0
    for user in order:
        s, row = assignment[user], ev[user]
        profit = 0.0 if s == NONE else max(0.0, row[s] - price[s])
        for t in range(len(price)):
            asked = min(row[t] - profit, highest[t])
            raised += asked > price[t] + noise
            price[t] = asked if asked > price[t] else price[t]
    return raised


@njit(inner=True)
def _enter(user, s, members):
    """Put a user at s; the load is counted elsewhere."""
    members.assignment[user] = s
    link_member(user, s, members.first, members.after, members.before)


@njit(inner=True)
def _leave(user, s, members):
    """Take a user away from s; the load is counted elsewhere."""
    unlink_member(user, s, members.first, members.after, members.before)


@njit(inner=True)
def _ev_at(ev, user, s):
    """Return the EV of a pair, 0 for staying out."""
    return 0.0 if s == ev.shape[1] else np.float64(ev[user, s])


@njit(inner=True)
def _keep_best_assigned(ev, price, noise, members, profit):
    """Keep users who are at one of their best streamers; return the others, (m,) int64."""
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
    """Seat users at one of their best streamers with room; return those left over.

    A user without a profit anywhere stays out. `waiting` is written.
    """
    n_streamers = len(cap)
    left = 0
    for u in waiting:
        subtract(ev[u], price, profit)
        most = greatest_or_zero(profit)
        home = NONE
        t = (u * 7919) % n_streamers  # users alike try different streamers
        for _ in range(n_streamers):
            if profit[t] >= most - noise and members.load[t] < cap[t] and ev[u, t] >= 0.0:
                home = t
                break
            t = t + 1 if t + 1 < n_streamers else 0
        if home == NONE and most <= 0.0:
            home = n_streamers
        if home == NONE:
            waiting[left] = u
            left += 1
        else:
            _enter(u, home, members)
            members.load[home] += 1
            table.fresh[home] = False
    return waiting[:left]


@njit(inner=True)
def _relax(values, floor, offset, here, price, search, x):
    """Shorten the distances that are longer than by way of x; a loop that vectorises."""
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
    """Write the row of the table of those who are at x."""
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
    """Shorten distances by a move away from x.

    Returns how far staying out is by way of x, and how many entries were looked at.
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
    """Return the nearest streamer whose distance is not final, NONE where all are.

    The bits of floats ≥ 0 order as whole numbers do, and a minimum of these vectorises.
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
    """Return the user at x who moves to t, or out where t is S."""
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
    """Move everybody one step along the path that ends in a move from x to `goal`."""
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
    """Forget what was searched; return how many slots are empty."""
    empty = 0
    for s in range(len(cap)):
        room = cap[s] - members.load[s]
        empty += room
        search.mask[s] = 0 if room > 0 else NO_ROOM
        search.distance[s], search.via[s] = np.inf, NONE
    return empty


@njit(inner=True)
def _augment(ev, cap, price, members, table, search, source, profit, empty):
    """Send one user to the nearest empty slot, or let whoever costs least stay out.

    `search` is as `_reset_search` leaves it, but for the distances, and is so again. Returns
    whether a slot was filled, and how many entries were looked at.
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
    """Return whether no streamer on the path to a goal is in use; if so, all of them are now.

    Several users may come in from outside, one of them each time.
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
    """Search for all who wait at once, and send as many as there are paths apart.

    Every streamer that anybody can reach gets the price at which the shortest path there costs
    nothing. Only where all empty slots bear a price: one that does not must not get any. Returns
    how many entries were looked at.
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
        waits = members.assignment[FIRST_USER - root] == NONE
        if members.load[s] < cap[s] and waits and _claim_path(s, members, table, search.via, used):
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
    """Let every price fall to 0 at its own distance; return how many streamers bear one in vain."""
    _reset_search(cap, members, search)
    wanting = 0
    for s in range(len(cap)):
        if members.load[s] < cap[s]:
            if price[s] <= noise:
                price[s] = 0.0
            wanting += price[s] > 0.0
        search.distance[s] = price[s]
    return wanting


@njit(inner=True)
def _fill_priced(ev, cap, price, noise, limit, members, table, search):
    """Fill empty slots that bear a price, or lower their prices to 0.

    Each round finds by how much every price can fall, as `solver.flow.minimal_duals` does: from
    slots whose price falls to 0 and from users who are out. Where the price of an empty slot does
    not fall to 0, somebody moves there at no loss, over a chain of moves; as many chains as have no
    streamer in common. Returns whether that ended within the work that is allowed.
    """
    n_streamers, work = len(cap), 0
    distance, settled = search.distance, search.settled
    wanting = _reset_price_search(cap, price, noise, members, search)
    while wanting > 0 and work <= limit:
        work += _relax_streamer(ev, n_streamers, 0.0, price, members, table, search)[1]
        n, here = 0, 0.0
        while wanting > 0:
            x = _nearest_streamer(search)
            here = distance[x]
            search.mask[x] = DONE
            settled[n] = x
            n += 1
            wanting -= members.load[x] < cap[x] and price[x] > 0.0
            work += _relax_streamer(ev, x, here, price, members, table, search)[1] + n_streamers
        for s in range(n_streamers):
            price[s] = max(0.0, price[s] - min(here, distance[s]))
        used = np.zeros(n_streamers + 1, np.bool_)
        for goal in settled[:n]:
            bears = members.load[goal] < cap[goal] and price[goal] > noise
            if bears and _claim_path(goal, members, table, search.via, used):
                _apply_path(ev, goal, search.via[goal], members, table, search.via)
        wanting = _reset_price_search(cap, price, noise, members, search)
    return wanting == 0
