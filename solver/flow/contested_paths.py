"""The optimum on the contested arcs, by shortest paths over streamers.

Minimum-cost flow by successive shortest paths, warm-started (R. K. Ahuja, T. L. Magnanti,
J. B. Orlin, "Network Flows", 1993, ch. 9). Users who are not at a best streamer are excesses, empty
slots that bear a price are deficits, and each excess is sent to the nearest deficit in the residual
graph over streamers. Staying out is one streamer more, position S, of EV 0 and without a cap; an
empty slot without a price is linked to it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..kernels import NONE, copy_into, heap_pop, heap_push, link_member, njit, unlink_member

WORK_EXTENSION = 8
"""How many times its work limit the method may take if it is then on course to end within that."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class _Flow(NamedTuple):
    """Where the contested users are, and what each streamer lacks.

    Parameters
    ----------
    home : (n,) int64, home_ev : (n,) float64
        Streamer of each contested user, S for outside and NONE for an excess; and its EV there.
    first : (S + 1,) int64, after, before : (n,) int64
        The contested users by streamer, in linked lists.
    load, room, deficit : (S + 1,) int64
        Users; empty slots without a price; empty slots that bear one.
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
    """Dijkstra's method over streamers; all are of S + 1 entries.

    Parameters
    ----------
    distance
        Currency units.
    seen
        Stamps: that of the search where it was reached, one more where its distance is final.
    via_user, via_node
        Who moves here, and from where.
    settled
        Streamers in the order of their final distances.
    """

    distance: Floats
    seen: Ints
    via_user: Ints
    via_node: Ints
    settled: Ints


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
        Read and written: all users' streamers, prices.
    slack_allowed : float
        A user counts as assigned this near to its best: rounding noise, currency units.
    work_limit : int
        Choices looked at before giving up, unless WORK_EXTENSION times as many will see it through.

    Returns
    -------
    (int, int)
        Users and slots augmented, NONE where the work limit was reached (`assignment` and `price`
        are then unchanged); choices looked at.
    """
    n, n_streamers = len(user), len(cap)
    arcs = arc_start, arc_streamer, arc_ev
    flow = _initial_flow(arcs, user, assignment, cap, price, slack_allowed)
    search = _empty_search(n_streamers + 1)
    home, deficit, outside = flow.home, flow.deficit, n_streamers
    n_deficient = _count_deficient(home, deficit)
    room = 4 * (n_streamers + 1) + 1024
    key, node = np.empty(room), np.empty(room, np.int64)
    work, stamp, n_augmented, source = 0, 0, 0, 0
    while True:
        while source < n and home[source] != NONE:
            source += 1
        if source == n and deficit[outside] >= 0:
            break
        stamp += 2
        n_augmented += 1
        goal, n_settled, looked_at, key, node = _find_path(
            arcs, flow, search, source, stamp, key, node
        )
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
def _empty_search(size):
    return _Search(
        np.empty(size),
        np.zeros(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.int64),
    )


@njit(inner=True)
def _count_deficient(home, deficit):
    """Return about how many paths are needed: excesses, or slots to be filled."""
    unassigned, missing = 0, 0
    for i in range(len(home)):
        unassigned += home[i] == NONE
    for s in range(len(deficit) - 1):
        missing += deficit[s]
    return max(unassigned, missing)


@njit(inner=True)
def _find_path(arcs, flow, search, source, stamp, key, node):
    """Search for the nearest deficit, from a contested user or, at n, from outside.

    Returns the deficit's position or NONE, how many streamers were settled, how many choices were
    looked at, and the heap's arrays, which may have grown.
    """
    n, outside = len(flow.home), len(flow.potential) - 1
    first, deficit, settled, seen = flow.first, flow.deficit, search.settled, search.seen
    size, n_settled, work, nearest, here = np.int64(0), 0, 0, np.inf, 0.0
    x = np.int64(NONE)  # no literal: see `solver.kernels.compilation`
    if source < n:
        size, nearest, work, key, node = _relax_members(
            arcs, flow, search, source, x, here, stamp, nearest, key, node, size
        )
    else:
        size, nearest = _shorten(
            outside, here, nearest, x, x, stamp, deficit, search, key, node, size
        )
    while True:
        x, here, size = _pop_nearest(search, stamp, key, node, size)
        if x == NONE:
            return x, n_settled, work, key, node
        seen[x] = stamp + 1
        settled[n_settled] = x
        n_settled += 1
        if deficit[x] > 0:
            return x, n_settled, work, key, node
        key, node = _make_room(key, node, size + len(seen))
        if x < outside:
            size, nearest = _relax_leaving(flow, search, x, here, stamp, nearest, key, node, size)
        else:
            work += outside
            size, nearest = _relax_entering(flow, search, here, stamp, nearest, key, node, size)
        size, nearest, looked_at, key, node = _relax_members(
            arcs, flow, search, first[x], x, here, stamp, nearest, key, node, size
        )
        work += looked_at


@njit(inner=True)
def _pop_nearest(search, stamp, key, node, size):
    """Return the nearest streamer that is not settled, or NONE; its distance; the heap's size."""
    distance, seen = search.distance, search.seen
    while size > 0:
        here, t = key[0], node[0]
        heap_pop(key, node, size)
        size -= 1
        if seen[t] == stamp and distance[t] == here:
            return t, here, size
    return np.int64(NONE), 0.0, size


@njit(inner=True)
def _make_room(key, node, size):
    """Return the heap's arrays with room for so many entries."""
    if size < len(key):
        return key, node
    grown_key, grown_node = np.empty(2 * size), np.empty(2 * size, np.int64)
    copy_into(grown_key[: len(key)], key)
    copy_into(grown_node[: len(key)], node)
    return grown_key, grown_node


@njit(inner=True)
def _shorten(t, reached, nearest, member, x, stamp, deficit, search, key, node, size):
    """Shorten the distance of t; return the heap's size and how far the nearest deficit is."""
    search.distance[t], search.seen[t] = reached, stamp
    search.via_user[t], search.via_node[t] = member, x
    heap_push(key, node, size, reached, t)
    return size + 1, reached if deficit[t] > 0 else nearest


@njit(inner=True)
def _relax_members(arcs, flow, search, member, x, here, stamp, nearest, key, node, size):
    """Relax the choices of a user, and of those after it on the list of x unless that is NONE."""
    arc_start, arc_streamer, arc_ev = arcs
    home_ev, after, deficit, potential = flow.home_ev, flow.after, flow.deficit, flow.potential
    distance, seen = search.distance, search.seen
    outside, work = len(potential) - 1, 0
    while member != NONE:
        low, high = arc_start[member], arc_start[member + 1]
        if x == NONE:
            base = -potential[outside]
            for a in range(low, high):
                base = max(base, arc_ev[a] - potential[arc_streamer[a]])
        else:
            base = home_ev[member] - potential[x]
        work += high - low + 1
        key, node = _make_room(key, node, size + high - low + 1)
        for a in range(low, high + 1):
            t, value = (np.int64(arc_streamer[a]), arc_ev[a]) if a < high else (outside, 0.0)
            reached = here + max(0.0, base - (value - potential[t]))
            # Nothing farther than the nearest deficit is of interest.
            if t != x and reached < nearest and (seen[t] < stamp or distance[t] > reached):
                size, nearest = _shorten(
                    t, reached, nearest, member, x, stamp, deficit, search, key, node, size
                )
        member = np.int64(NONE) if x == NONE else after[member]
    return size, nearest, work, key, node


@njit(inner=True)
def _relax_leaving(flow, search, x, here, stamp, nearest, key, node, size):
    """Relax the way outside from a streamer with room.

    A streamer where nobody is may have come to pay its users: leaving it then costs.
    """
    potential, deficit = flow.potential, flow.deficit
    outside, nobody = len(potential) - 1, np.int64(NONE)
    reached = here + max(0.0, potential[outside] - potential[x])
    is_shorter = search.seen[outside] < stamp or search.distance[outside] > reached
    if flow.room[x] == 0 or reached >= nearest or not is_shorter:
        return size, nearest
    return _shorten(outside, reached, nearest, nobody, x, stamp, deficit, search, key, node, size)


@njit(inner=True)
def _relax_entering(flow, search, here, stamp, nearest, key, node, size):
    """Relax the ways from outside to every streamer that has a slot."""
    potential, load, deficit = flow.potential, flow.load, flow.deficit
    distance, seen = search.distance, search.seen
    outside, nobody = len(potential) - 1, np.int64(NONE)
    for t in range(outside):
        reached = here + max(0.0, potential[t] - potential[outside])
        is_shorter = seen[t] < stamp or distance[t] > reached
        if load[t] + deficit[t] != 0 and reached < nearest and is_shorter:
            size, nearest = _shorten(
                t, reached, nearest, nobody, outside, stamp, deficit, search, key, node, size
            )
    return size, nearest


@njit(inner=True)
def _raise_potentials(potential, search, n_settled, goal):
    """Raise the potentials of what was settled to where the path to the goal costs nothing."""
    distance, settled = search.distance, search.settled
    here = distance[goal]
    for j in range(n_settled):
        t = settled[j]
        potential[t] += here - distance[t]


@njit(inner=True)
def _apply_path(arcs, flow, search, goal):
    """Move everybody one step along the path to the goal, from its end."""
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
    """Place users who were left out where that costs nothing: among optima, more users placed.

    Augmenting paths over choices of slack ≤ tie (currency units), from a user left out to a
    streamer with room (L. R. Ford and D. R. Fulkerson, 1956). Streamers that lead nowhere are
    not visited again. Returns how many more users are placed.
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
