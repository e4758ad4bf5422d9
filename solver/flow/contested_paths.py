"""Optimum on the contested arcs, by shortest paths over streamers.

Minimum-cost flow by successive shortest paths, warm-started (R. K. Ahuja, T. L. Magnanti,
J. B. Orlin, "Network Flows", 1993, ch. 9). Users who are not at a best streamer are excesses, empty
slots with a price are deficits, and each excess is sent to the nearest deficit in the residual
graph over streamers. Staying out is a further streamer, position S, of EV 0 and without a cap. An
empty slot without a price is linked to it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..kernels import NONE, copy_into, heap_pop, heap_push, link_member, njit, unlink_member

WORK_EXTENSION = 8
"""Factor by which the work limit may be exceeded if the method is expected to end within it."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class _Flow(NamedTuple):
    """Streamers of the contested users, and the state of each streamer.

    Parameters
    ----------
    home : (n,) int64, home_ev : (n,) float64
        Streamer of each contested user, S for outside and NONE for an excess, and its EV there.
    first : (S + 1,) int64, after, before : (n,) int64
        The contested users by streamer, in linked lists.
    load, room, deficit : (S + 1,) int64
        Users, empty slots without a price, and empty slots with one.
    potential : (S + 1,) float64
        Prices.
    """

    home: Ints
    home_ev: Floats
    first: Ints
    after: Ints
    before: Ints
    load: Ints
    room: Ints
    deficit: Ints
    potential: Floats


class _Search(NamedTuple):
    """Dijkstra's method over streamers; all but the heap are of S + 1 entries.

    Parameters
    ----------
    distance
        Currency units.
    seen
        Stamp of the search that reached it, plus 1 once its distance is final.
    via_user, via_node
        The user that moves here, and its previous streamer.
    settled
        Streamers in the order of their final distances.
    key, node
        A heap of distances, with streamers.
    """

    distance: Floats
    seen: Ints
    via_user: Ints
    via_node: Ints
    settled: Ints
    key: Floats
    node: Ints


@njit(cache=True)
def successive_shortest_paths(
    arc_start, arc_streamer, arc_ev, user, assignment, cap, price, slack_allowed, work_limit
):
    """Make an allocation and its prices exactly optimal on the contested arcs.

    Parameters
    ----------
    arc_start : (n + 1,) int64, arc_streamer : int32, arc_ev : float64, user : (n,) int64
        Contested users and their choices.
    assignment : (N,) int64, price : (S,) float64
        Read and written: streamers of all users, prices.
    slack_allowed : float
        Slack up to which a user counts as at its best streamer: rounding noise, currency units.
    work_limit : int
        Number of choices examined before giving up; see WORK_EXTENSION.

    Returns
    -------
    (int, int)
        Number of augmentations, NONE if the work limit was reached (`assignment` and `price` are
        then unchanged); number of choices examined.
    """
    n, n_streamers = len(user), len(cap)
    arcs = arc_start, arc_streamer, arc_ev
    flow = _initial_flow(arcs, user, assignment, cap, price, slack_allowed)
    search = _empty_search(n_streamers + 1, n + arc_start[n])
    home, deficit, outside = flow.home, flow.deficit, n_streamers
    n_deficient = _count_deficient(home, deficit)
    work, stamp, n_augmented, source = 0, 0, 0, 0
    while True:
        while source < n and home[source] != NONE:
            source += 1
        if source == n and deficit[outside] >= 0:
            break
        stamp += 2
        n_augmented += 1
        goal, n_settled, looked_at = _find_path(arcs, flow, search, source, stamp)
        work += looked_at
        beyond = (
            work > work_limit and work * n_deficient > WORK_EXTENSION * work_limit * n_augmented
        )
        if goal == NONE or beyond:
            return NONE, work
        _raise_potentials(flow.potential, search, n_settled, goal)
        _apply_path(arcs, flow, search, goal)
    for s in range(n_streamers):
        price[s] = max(0.0, flow.potential[s] - flow.potential[outside])
    for i in range(n):
        assignment[user[i]] = NONE if home[i] == outside else home[i]
    return n_augmented, work


@njit(inner=True)
def _initial_flow(arcs, user, assignment, cap, price, slack_allowed):
    """Keep every contested user who is at one of its best streamers; the others are excesses."""
    n, size = len(user), len(cap) + 1
    potential = np.zeros(size)
    copy_into(potential, price)
    flow = _Flow(
        np.empty(n, np.int64),
        np.empty(n),
        np.full(size, NONE, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
        potential,
    )
    load, room, deficit = flow.load, flow.room, flow.deficit
    for u in range(len(assignment)):
        if assignment[u] != NONE:
            load[assignment[u]] += 1
    for i in range(n):
        if assignment[user[i]] != NONE:
            load[assignment[user[i]]] -= 1
    unassigned = _keep_best_assigned(arcs, user, assignment, slack_allowed, flow)
    missing = 0
    for s in range(size - 1):
        empty = cap[s] - load[s]
        if price[s] > 0.0:
            deficit[s] = empty
            missing += empty
        else:
            room[s] = empty
    deficit[-1] = unassigned - missing  # what leaves the network outside; negative: a source
    return flow


@njit(inner=True)
def _keep_best_assigned(arcs, user, assignment, slack_allowed, flow):
    """Keep every contested user who is at one of its best; return how many are not."""
    arc_start, arc_streamer, arc_ev = arcs
    home, home_ev, first, after, before = flow[:5]
    load, potential = flow.load, flow.potential
    outside = len(potential) - 1
    unassigned = 0
    for i in range(len(home)):
        best, own, own_ev = -potential[outside], NONE, 0.0
        for a in range(arc_start[i], arc_start[i + 1]):
            profit = arc_ev[a] - potential[arc_streamer[a]]
            best = max(best, profit)
            if arc_streamer[a] == assignment[user[i]]:
                own, own_ev = arc_streamer[a], arc_ev[a]
        if own == NONE and assignment[user[i]] == NONE:
            own = outside
        home[i] = NONE
        if own != NONE and best - (own_ev - potential[own]) <= slack_allowed:
            home[i], home_ev[i] = own, own_ev
            link_member(i, own, first, after, before)
            load[own] += 1
        else:
            unassigned += 1
    return unassigned


@njit(inner=True)
def _empty_search(size, n_choices):
    """Return room for a search: a choice is relaxed once, and so is each way from or to outside."""
    room = n_choices + 2 * size
    return _Search(
        np.empty(size),
        np.zeros(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        np.empty(room),
        np.empty(room, np.int64),
    )


@njit(inner=True)
def _count_deficient(home, deficit):
    """Return an estimate of the number of paths: excesses, or slots to fill."""
    unassigned, missing = 0, 0
    for i in range(len(home)):
        unassigned += home[i] == NONE
    for s in range(len(deficit) - 1):
        missing += deficit[s]
    return max(unassigned, missing)


@njit(inner=True)
def _find_path(arcs, flow, search, source, stamp):
    """Search for the nearest deficit, from a contested user or, at n, from outside.

    Returns the deficit's position or NONE, the number of settled streamers, and the number of
    choices examined.
    """
    # Fields are read from tuples once, because that counts references.
    arc_start, arc_streamer, arc_ev = arcs
    home, home_ev, first, after, _, load, room, deficit, potential = flow
    distance, seen, via_user, via_node, settled, key, node = search
    outside, none = len(potential) - 1, np.int64(NONE)
    size, n_settled, work, nearest, here = np.int64(0), 0, 0, np.inf, 0.0
    x, member, base = none, none, 0.0
    if source < len(home):
        member = np.int64(source)
        base = _best_profit(arc_start, arc_streamer, arc_ev, potential, source)
    else:
        size, nearest = _relax(
            outside, here, nearest, none, none, stamp,
            distance, seen, via_user, via_node, deficit, key, node, size,
        )  # fmt: skip
    while True:
        while member != NONE:
            if x != NONE:
                base = home_ev[member] - potential[x]
            low, high = arc_start[member], arc_start[member + 1]
            work += high - low + 1
            for a in range(low, high + 1):
                t, value = (np.int64(arc_streamer[a]), arc_ev[a]) if a < high else (outside, 0.0)
                if t != x:
                    size, nearest = _relax(
                        t, here + max(0.0, base - (value - potential[t])), nearest, member, x,
                        stamp, distance, seen, via_user, via_node, deficit, key, node, size,
                    )  # fmt: skip
            member = none if x == NONE else after[member]
        x, here, size = _pop_nearest(distance, seen, stamp, key, node, size)
        if x == NONE:
            return x, n_settled, work
        seen[x] = stamp + 1
        settled[n_settled] = x
        n_settled += 1
        if deficit[x] > 0:
            return x, n_settled, work
        # A streamer's potential may have dropped below that of staying out; leaving it then costs.
        if x < outside and room[x] > 0:
            size, nearest = _relax(
                outside, here + max(0.0, potential[outside] - potential[x]), nearest, none, x,
                stamp, distance, seen, via_user, via_node, deficit, key, node, size,
            )  # fmt: skip
        elif x == outside:
            work += outside
            size, nearest = _relax_entering(
                here, nearest, stamp, potential, load,
                distance, seen, via_user, via_node, deficit, key, node, size,
            )  # fmt: skip
        member = first[x]


@njit(inner=True)
def _best_profit(arc_start, arc_streamer, arc_ev, potential, i):
    """Return the greatest profit of a contested user, staying out included."""
    best = -potential[-1]
    for a in range(arc_start[i], arc_start[i + 1]):
        best = max(best, arc_ev[a] - potential[arc_streamer[a]])
    return best


@njit(inner=True)
def _pop_nearest(distance, seen, stamp, key, node, size):
    """Return the nearest streamer that is not settled, or NONE; its distance; the heap's size."""
    while size > 0:
        here, t = key[0], node[0]
        heap_pop(key, node, size)
        size -= 1
        if seen[t] == stamp and distance[t] == here:
            return t, here, size
    return np.int64(NONE), 0.0, size


@njit(inner=True)
def _relax(
    t, reached, nearest, member, x, stamp,
    distance, seen, via_user, via_node, deficit, key, node, size,
):  # fmt: skip
    """Shorten the distance of t if it is longer; return the heap's size and the nearest deficit.

    Distances beyond the nearest deficit reached are ignored.
    """
    if reached >= nearest or (seen[t] >= stamp and distance[t] <= reached):
        return size, nearest
    distance[t], seen[t] = reached, stamp
    via_user[t], via_node[t] = member, x
    heap_push(key, node, size, reached, t)
    return size + 1, reached if deficit[t] > 0 else nearest


@njit(inner=True)
def _relax_entering(
    here, nearest, stamp, potential, load,
    distance, seen, via_user, via_node, deficit, key, node, size,
):  # fmt: skip
    """Relax the arcs from outside to every streamer that has a slot."""
    outside, none = len(potential) - 1, np.int64(NONE)
    for t in range(outside):
        if load[t] + deficit[t] != 0:
            size, nearest = _relax(
                t, here + max(0.0, potential[t] - potential[outside]), nearest, none, outside,
                stamp, distance, seen, via_user, via_node, deficit, key, node, size,
            )  # fmt: skip
    return size, nearest


@njit(inner=True)
def _raise_potentials(potential, search, n_settled, goal):
    """Raise the potentials of settled streamers such that the path to the goal has length 0."""
    distance, settled = search.distance, search.settled
    here = distance[goal]
    for j in range(n_settled):
        t = settled[j]
        potential[t] += here - distance[t]


@njit(inner=True)
def _apply_path(arcs, flow, search, goal):
    """Move users one step along the path to the goal, from its end."""
    via_user, via_node = search.via_user, search.via_node
    home, home_ev, first, after, before = flow[:5]
    load, room, deficit = flow.load, flow.room, flow.deficit
    outside = len(load) - 1
    deficit[goal] -= 1
    x = np.int64(goal)
    while x != NONE:
        i, y = via_user[x], via_node[x]
        if i != NONE:
            if y != NONE:
                unlink_member(i, y, first, after, before)
                load[y] -= 1
            home[i], home_ev[i] = x, _find_ev(arcs, i, x)
            link_member(i, x, first, after, before)
            load[x] += 1
        elif y == NONE:  # the outside was the source
            deficit[outside] += 1
        elif x == outside:
            room[y] -= 1
        else:
            room[x] += 1
        x = y


@njit(inner=True)
def _find_ev(arcs, i, s):
    """Return the EV of a contested user's choice, 0 for staying out."""
    arc_start, arc_streamer, arc_ev = arcs
    value = 0.0
    for a in range(arc_start[i], arc_start[i + 1]):
        if arc_streamer[a] == s:
            value = arc_ev[a]
    return value


class _Ties(NamedTuple):
    """A search among ties; see `augment_ties`.

    Parameters
    ----------
    via_user, via_node : (S,) int64
        Who moves to each streamer, and from where.
    reached : (S,) int64
        Streamers in the order in which they were reached.
    dead : (S,) bool
        Reached by this search, or by one that led nowhere.
    """

    via_user: Ints
    via_node: Ints
    reached: Ints
    dead: NDArray[np.bool_]


@njit(cache=True)
def augment_ties(arc_start, arc_streamer, arc_ev, user, assignment, cap, price, tie):
    """Assign unassigned users where that costs nothing: of the optima, the one with most users.

    Augmenting paths over choices of slack ≤ tie (currency units), from an unassigned user to a
    streamer with room (L. R. Ford and D. R. Fulkerson, 1956). Dead ends are not visited again.
    Returns the number of users assigned.
    """
    n_streamers, n = len(cap), len(user)
    arcs = arc_start, arc_streamer, arc_ev
    load = np.zeros(n_streamers, np.int64)
    for u in range(len(assignment)):
        if assignment[u] != NONE:
            load[assignment[u]] += 1
    first = np.full(n_streamers, NONE, np.int64)
    after, before = np.empty(n, np.int64), np.empty(n, np.int64)
    home_ev = np.zeros(n)
    for i in range(n):
        s = assignment[user[i]]
        if s != NONE:
            home_ev[i] = _find_ev(arcs, i, s)
            link_member(i, s, first, after, before)
    ties = _Ties(
        np.empty(n_streamers, np.int64),
        np.empty(n_streamers, np.int64),
        np.empty(n_streamers, np.int64),
        np.zeros(n_streamers, np.bool_),
    )
    placed = 0
    for source in range(n):
        if assignment[user[source]] != NONE:
            continue
        x = _find_open_slot(arcs, cap, load, price, tie, home_ev, first, after, ties, source)
        if x == NONE:
            continue  # what this search reached leads nowhere, and stays marked
        load[x] += 1
        placed += 1
        while x != NONE:
            member, y = ties.via_user[x], ties.via_node[x]
            home_ev[member] = _find_ev(arcs, member, x)
            if y != NONE:
                unlink_member(member, y, first, after, before)
            link_member(member, x, first, after, before)
            assignment[user[member]] = x
            x = y
    return placed


@njit(inner=True)
def _find_open_slot(arcs, cap, load, price, tie, home_ev, first, after, ties, source):
    """Search breadth first for a streamer with room; return it, or NONE."""
    arc_start, arc_streamer, arc_ev = arcs
    via_user, via_node, reached, dead = ties
    tail, at_tail = 0, 0
    i, x = np.int64(source), np.int64(NONE)
    while True:
        while i != NONE:
            base = 0.0 if x == NONE else home_ev[i] - price[x]
            for a in range(arc_start[i], arc_start[i + 1]):
                t = np.int64(arc_streamer[a])
                if not dead[t] and base - (arc_ev[a] - price[t]) <= tie and cap[t] > 0:
                    dead[t] = True
                    via_user[t], via_node[t] = i, x
                    reached[tail] = t
                    tail += 1
                    if load[t] < cap[t]:
                        for j in range(tail):
                            dead[reached[j]] = False
                        return t
            i = np.int64(NONE) if x == NONE else after[i]
        if at_tail == tail:
            return np.int64(NONE)
        x = reached[at_tail]
        at_tail += 1
        i = first[x]
